"""A topic in pandas: typed columns, a panel of years and indicators, the sentence of each number."""

import sys

import shenwan_data

source = sys.argv[1]  # a release folder, its zip file or its web address

enforcement = shenwan_data.load("enforcement", source=source)
print(enforcement.dtypes)

# Values that the report gives, with the bounds that its wording allows.
reported = enforcement[enforcement["obs_status"] == "reported"]
print(reported[["time_period", "indicator", "value", "lower", "upper", "unit"]].to_string())

# One row for each area and year, one column for each indicator.
panel = shenwan_data.load("enforcement", source=source, wide=True)
print(panel.to_string())

# Where each number stands in the report.
evidence = shenwan_data.load("enforcement", source=source, evidence=True)
for row in evidence.dropna(subset=["sentence"]).itertuples():
    print(row.indicator, "|", row.section, "|", row.sentence.strip())

print(enforcement.attrs["citation"])
print(enforcement.attrs["licence"]["name"])
