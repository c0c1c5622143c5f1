"""Every error and doubt on the labelled reports is judged by hand, in ``findings.tsv``: right or wrong."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from shenwan_data.findings.rules import rules
from shenwan_data.indicators.read import read
from shenwan_data.model import Report
from tests.golden.gold import FOLDER, made_up_reports

ROOT = FOLDER.parents[1]


def reports() -> Iterator[tuple[str, str]]:
    """Name and text of every labelled report."""
    yield "shenwan-2022", (ROOT / "data" / "reports" / "2022" / "shenwan.txt").read_text("utf-8")
    yield from ((name, text) for name, (text, _) in made_up_reports().items())
    for path in sorted((FOLDER / "statements").glob("*/[0-9]*.txt")):
        yield path.stem.partition("-")[2], path.read_text("utf-8")


def test_every_error_and_doubt_is_one_that_was_judged() -> None:
    with (FOLDER / "findings.tsv").open(encoding="utf-8", newline="") as stream:
        judged = list(csv.DictReader(stream, delimiter="\t"))
    found = []
    number = 0
    for name, text in reports():
        number += 1
        year = int(name.rpartition("-")[2])
        reading = read(Report("moxi", year, name, text, Path(name), "text/plain", "", ""))
        found += [(name, one.rule) for one in reading.findings if rules()[one.rule].grade != "note"]
    assert sorted(found) == sorted((row["text"], row["rule"]) for row in judged)
    right = sum(row["verdict"] == "right" for row in judged)
    for readme, said in (
        ("README.md", f"over {number} labelled reports the rules raise {len(found)} errors and "
         f"doubts, of which {right} are right"),
        ("README.zh.md", f"在 {number} 份标注报告上共提出 {len(found)} 处错误和疑点，其中 {right} 处成立"),
    ):  # fmt: skip
        assert said in " ".join((ROOT / readme).read_text("utf-8").split()), said
