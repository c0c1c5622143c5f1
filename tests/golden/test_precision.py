"""Every error and doubt on the labelled reports is judged by hand, in ``findings.tsv``: right or wrong."""

from __future__ import annotations

import csv

from shenwan_data.indicators.gold import (
    FINDING,
    errors_and_doubts,
    every_labelled_report,
    read_measurements,
)
from tests.golden.gold import FOLDER

ROOT = FOLDER.parents[1]
DATA = ROOT / "data"


def test_every_error_and_doubt_is_one_that_was_judged() -> None:
    with (FOLDER / "findings.tsv").open(encoding="utf-8", newline="") as stream:
        judged = list(csv.DictReader(stream, delimiter="\t"))
    number = len(list(every_labelled_report(FOLDER, DATA)))
    found = sorted(errors_and_doubts(FOLDER, DATA))
    assert found == sorted((row["text"], row["rule"]) for row in judged)
    right = sum(row["verdict"] == "right" for row in judged)
    [published] = [row.tally for row in read_measurements(DATA) if row.level == FINDING]
    assert (published.predicted, published.hits) == (len(found), right)
    for readme, said in (
        ("README.md", f"over {number} labelled reports the rules raise {len(found)} errors and "
         f"doubts, of which {right} are right"),
        ("README.zh.md", f"在 {number} 份标注报告上共提出 {len(found)} 处错误和疑点，其中 {right} 处成立"),
    ):  # fmt: skip
        assert said in " ".join((ROOT / readme).read_text("utf-8").split()), said
