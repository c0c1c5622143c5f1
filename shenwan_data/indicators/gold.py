"""Gold: every data figure of a text, labelled by a person from the text alone.

Belongs here: reading label files. Does not belong here: comparing them with what the program reads
(``accuracy``), or the labels themselves (``tests/golden``).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FIELDS = ("quote", "kind", "value", "unit", "qualifier", "lower", "upper", "indicators")
MARK = re.compile(r"⟦([^⟦⟧]*)⟧")


@dataclass(frozen=True, slots=True)
class Gold:
    """One labelled data figure: ``text[start:end] == quote`` (code points).

    ``value``, ``lower`` and ``upper`` are in the base unit; None is none or open. ``unit`` is None
    where the text names none (零投诉). ``indicators`` are catalogue codes.
    """

    start: int
    end: int
    quote: str
    kind: str
    value: float | None
    unit: str | None
    qualifier: str
    lower: float | None
    upper: float | None
    indicators: tuple[str, ...]


def _number(cell: str) -> float | None:
    return None if cell == "-" else float(cell)


def _gold(start: int, row: Mapping[str, str]) -> Gold:
    codes = row.get("indicators", "-")
    return Gold(
        start=start,
        end=start + len(row["quote"]),
        quote=row["quote"],
        kind=row["kind"],
        value=_number(row["value"]),
        unit=None if row["unit"] == "-" else row["unit"],
        qualifier=row["qualifier"],
        lower=_number(row["lower"]),
        upper=_number(row["upper"]),
        indicators=() if codes == "-" else tuple(codes.split(" ")),
    )


def parse_marked(marked: str) -> tuple[str, tuple[Gold, ...]]:
    """The text without its marks, and the marks in text order.

    ValueError when a mark has not eight fields, a number in it is none, or a bracket is left over.
    """
    plain: list[str] = []
    found: list[Gold] = []
    position = done = 0
    for mark in MARK.finditer(marked):
        cells = mark.group(1).split("|")
        if len(cells) != len(FIELDS):
            raise ValueError(f"{len(cells)} fields instead of {len(FIELDS)}: {mark.group(0)}")
        before = marked[done : mark.start()]
        position += len(before)
        gold = _gold(position, dict(zip(FIELDS, cells, strict=True)))
        plain += [before, gold.quote]
        found.append(gold)
        position, done = gold.end, mark.end()
    plain.append(marked[done:])
    text = "".join(plain)
    if "⟦" in text or "⟧" in text:
        raise ValueError("a bracket of a mark is left over")
    return text, tuple(found)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def labelled_reports(folder: Path) -> dict[str, tuple[str, tuple[Gold, ...]]]:
    """Text and gold of each ``<name>.gold.txt`` of a folder, by name, in name order."""
    return {
        path.name.removesuffix(".gold.txt"): parse_marked(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.gold.txt"))
    }


def table_gold(path: Path) -> tuple[Gold, ...]:
    """Gold of a report whose text lies elsewhere, from a table with the offsets.

    ValueError when the end of a row is not where its quote ends.
    """
    found = []
    for row in _rows(path):
        gold = _gold(int(row["start"]), row)
        if gold.end != int(row["end"]):
            raise ValueError(f"{path.name}: {gold.quote} does not end at {row['end']}")
        found.append(gold)
    return tuple(found)


def phrases(path: Path) -> Iterator[tuple[str, tuple[Gold, ...]]]:
    """Each short text of a table with its gold, which is empty for no data figure.

    Rows of one text follow each other in text order. ValueError when a quote is not in its text.
    """
    grouped: dict[str, list[Gold]] = {}
    for row in _rows(path):
        found = grouped.setdefault(row["text"], [])
        if row["quote"] != "-":
            after = found[-1].end if found else 0
            found.append(_gold(row["text"].index(row["quote"], after), row))
    for text, golds in grouped.items():
        yield text, tuple(golds)
