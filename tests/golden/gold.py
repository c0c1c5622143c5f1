"""The gold of this folder.

Belongs here: where the label files lie. Does not belong here: their form
(``shenwan_data.indicators.gold``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from shenwan_data.indicators import gold
from shenwan_data.indicators.gold import Gold, parse_marked

__all__ = [
    "FOLDER",
    "Gold",
    "made_up_reports",
    "of_set",
    "parse_marked",
    "phrases",
    "table_gold",
    "wordings",
]

FOLDER = Path(__file__).resolve().parent


def made_up_reports() -> dict[str, tuple[str, tuple[Gold, ...]]]:
    """Text and gold of each made-up report, those the rules were made with and those unseen."""
    return of_set("seen") | of_set("unseen")


def of_set(name: str) -> dict[str, tuple[str, tuple[Gold, ...]]]:
    """Text and gold of each made-up report of one set, ``seen`` or ``unseen``."""
    return gold.labelled_reports(FOLDER / name)


def table_gold(name: str) -> tuple[Gold, ...]:
    """Gold of an archived report, from ``<name>.tsv``."""
    return gold.table_gold(FOLDER / f"{name}.tsv")


def phrases() -> Iterator[tuple[str, tuple[Gold, ...]]]:
    """Each short text of ``phrases.tsv`` with its gold."""
    return gold.phrases(FOLDER / "phrases.tsv")


def wordings() -> dict[str, list[tuple[str, frozenset[str]]]]:
    """Each short text of ``wordings.tsv`` with its quotes in text order and the codes of each."""
    found: dict[str, list[tuple[str, frozenset[str]]]] = {}
    with (FOLDER / "wordings.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            codes = frozenset(() if row["codes"] == "-" else row["codes"].split(" "))
            text = row["text"].replace("\\n", "\n")
            found.setdefault(text, []).append((row["quote"], codes))
    return found
