"""The release as a researcher opens it: with pandas, from the README's one line."""

import pandas as pd

from tests.pipeline.made_up import text_of


def test_every_number_of_the_report_leads_back_to_its_sentence(built_once):
    folder = built_once / "releases" / "1.0.0"
    figures = pd.read_parquet(folder / "evidence" / "figures.parquet")
    topics = pd.concat(
        pd.read_parquet(folder / topic / f"{topic}.parquet")
        for topic in ("services", "enforcement", "governance", "outreach")
    )

    reported = topics[topics["obs_status"] == "reported"].merge(figures, on="figure_id")
    assert not reported.empty
    for row in reported.itertuples():
        assert row.quote_x == row.quote_y
        assert text_of(row.time_period)[row.start : row.end] == row.quote_x
        assert row.quote_x in row.sentence_x == row.sentence_y
        assert row.indicator in row.indicators.split(" ")
        assert row.value_x == row.value_y


def test_both_years_lie_in_one_table_with_every_indicator(built_once):
    folder = built_once / "releases" / "1.0.0"
    table = pd.read_csv(folder / "outreach" / "outreach.csv")

    rows = table.groupby("time_period").indicator.agg(["nunique", "size"])
    assert list(rows.index) == [2021, 2022]
    assert (rows["nunique"] == rows["size"]).all()
    assert table["obs_status"].notna().all()
