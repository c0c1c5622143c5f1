"""The workbook of a topic: two header lines, typed cells, and codes that keep their zeros."""

import sys
from pathlib import Path

from openpyxl import load_workbook

release = Path(sys.argv[1])

book = load_workbook(release / "services.xlsx", read_only=True)
print(*book.sheetnames, sep=" | ")

# The first line has the Chinese titles, the second the names of the columns.
titles, names, *rows = book.worksheets[0].iter_rows(values_only=True)
print(*titles, sep=" | ")
for row in rows:
    record = dict(zip(names, row, strict=True))
    print(record["time_period"], record["indicator"], record["value"], record["unit"], sep=" | ")

_, names, area, *_ = book["地区 areas"].iter_rows(values_only=True)
print(repr(dict(zip(names, area, strict=True))["division_code"]))
