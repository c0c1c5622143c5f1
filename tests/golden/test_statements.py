"""What figures state keeps to the labels of ``statements/seen``, to a floor for each column.

The labels know the whole catalogue. Measured where a figure is read at its labelled place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shenwan_data import scan
from shenwan_data.indicators.read import read
from shenwan_data.model import Figure, Report

SEEN = Path(__file__).resolve().parent / "statements" / "seen"
TEXTS = sorted(SEEN.glob("[0-9]*.txt"))
FLOORS = {"ref_period": 0.98, "nature": 0.98, "coverage": 0.95, "topic": 0.915, "counted": 0.91}
Label = dict[str, Any]


def labels(path: Path) -> list[Label]:
    lines = path.with_suffix(".jsonl").read_text("utf-8").splitlines()
    return [row for line in lines if line.strip() and "value" in (row := json.loads(line))]


def year_of(path: Path) -> int:
    return int(path.stem.rsplit("-", 1)[1])


def pairs() -> Iterator[tuple[Label, Figure | None]]:
    for path in TEXTS:
        read = {(f.start, f.end): f for f in scan(path.read_text("utf-8"), year=year_of(path))}
        for label in labels(path):
            yield label, read.get((label["start"], label["end"]))


PAIRS = list(pairs())


def agrees(column: str, wanted: str, given: str) -> bool:
    """A column is right when it is the same, a noun phrase when its head is."""
    if column == "counted":
        return bool(given) and (wanted[-2:] in given or given[-2:] in wanted)
    return wanted == given


@pytest.mark.parametrize("column", FLOORS)
def test_a_column_reaches_its_floor(column: str) -> None:
    asked = [(p, f) for p, f in PAIRS if p.get(column) and f is not None and f.is_data]
    right = sum(agrees(column, str(p[column]), str(getattr(f, column))) for p, f in asked)
    assert len(asked) > 500
    assert right / len(asked) >= FLOORS[column]


def test_indicators_are_given_where_they_are_due_and_nowhere_else() -> None:
    wanted = given = hits = 0
    for label, figure in PAIRS:
        due = set((label.get("indicator") or "").split("+")) - {""}
        read = set(figure.indicators) - set(label.get("arguable") or ()) if figure else set()
        wanted, given, hits = wanted + len(due), given + len(read), hits + len(due & read)
    assert hits / given >= 0.97
    assert hits / wanted >= 0.95


def test_an_indicator_goes_with_a_level_of_the_whole_for_the_year() -> None:
    for path in TEXTS:
        for figure in scan(path.read_text("utf-8"), year=year_of(path)):
            if figure.indicators:
                assert figure.nature == "level" and figure.coverage in ("whole", "each")
                assert figure.ref_period == str(year_of(path))


def test_absences_are_named_as_labelled() -> None:
    right = asked = 0
    for path in TEXTS:
        text, year = path.read_text("utf-8"), year_of(path)
        report = Report("test", year, path.stem, text, path, "text/plain", "", "")
        found = {o.indicator: o.obs_status for o in read(report).observations}
        status = json.loads((SEEN / f"{path.stem}-status.json").read_text("utf-8"))
        asked += len(status)
        right += sum(found.get(code, "not_mentioned") == wanted for code, wanted in status.items())
    assert right / asked >= 0.90


GENRE = [
    line.split("\t")
    for line in (SEEN.parent.parent / "genre.tsv").read_text("utf-8").splitlines()[1:]
]


def said_by(wording: str) -> set[str]:
    """The codes read in a made-up report that says one thing."""
    text = (
        f"墨溪镇2025年法治政府建设年度报告\n一、2025年推进法治政府建设的主要举措和成效\n{wording}。"
    )
    return {code for figure in scan(text, year=2025) for code in figure.indicators}


def test_the_wordings_of_the_genre_are_read() -> None:
    """Short wordings, most without any context; each indicator is read in one of its own at least."""
    read_as = [(set(codes.split("+")), said_by(wording)) for codes, wording in GENRE]
    right = sum(codes <= given for codes, given in read_as)
    others = sum(len(given - codes) for codes, given in read_as)
    assert right / len(GENRE) >= 0.94
    assert others / len(GENRE) <= 0.03
    asked = {code for codes, _ in read_as for code in codes}
    assert asked == {code for codes, given in read_as for code in codes & given}


MARK = re.compile(r"⟦([^|⟧]+)\|([^⟧]+)⟧")
PASSAGES = (SEEN.parent.parent / "passages.txt").read_text("utf-8").splitlines()


def test_indicators_are_given_in_passages_of_many_voices() -> None:
    """One passage a line, each figure with its codes; ``-`` is none, ``?`` before one counts neither way."""
    due = given = hits = 0
    for line in PASSAGES:
        plain = MARK.sub(r"\1", line)
        text = f"墨溪镇2025年法治政府建设年度报告\n一、2025年主要举措和成效\n{plain}"
        start = text.rindex("\n") + 1
        read = {f.start: set(f.indicators) for f in scan(text, year=2025)}
        taken = 0
        for match in MARK.finditer(line):
            at = start + match.start() - taken
            taken += len(match[0]) - len(match[1])
            codes = set(match[2].split("+")) - {"-"}
            open_to_both = {code[1:] for code in codes if code.startswith("?")}
            wanted = {code for code in codes if not code.startswith("?")}
            found = read.get(at, set()) - open_to_both
            due, given, hits = due + len(wanted), given + len(found), hits + len(wanted & found)
    assert due > 400
    assert hits / given >= 0.97
    assert hits / due >= 0.95
