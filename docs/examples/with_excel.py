"""The workbook of a release: one row of names, numbers that are numbers, words beside the codes."""

import sys
from pathlib import Path

from openpyxl import load_workbook

release = Path(sys.argv[1])

book = load_workbook(release / "observations.xlsx", read_only=True)
print(*book.sheetnames, sep=" | ")

# A name is the Chinese title and, behind a space, the name of the column in the other files.
titles, *rows = book.worksheets[0].iter_rows(values_only=True)
names = [title.rpartition(" ")[2] for title in titles]
for row in rows:
    record = dict(zip(names, row, strict=True))
    print(record["time_period"], record["indicator_en"], record["value"], record["unit"], sep=" | ")
    if record["doubt_en"]:
        print("  doubtful:", record["doubt_en"])
