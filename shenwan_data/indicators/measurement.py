"""How well the program reads, as a published table.

Belongs here: measuring on the labelled texts, and the file that carries the result into a release.
Does not belong here: the comparison itself (``accuracy``), the labels (``gold``).

The result is kept as ``data/accuracy.csv``, so that a release is built without the labels; a test
fails when it is not what the program reaches now.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.errors import DataError, Text
from shenwan_data.indicators.accuracy import LEVELS, Accuracy, Tally, score, total
from shenwan_data.indicators.gold import labelled_reports, table_gold
from shenwan_data.indicators.scan import scan
from shenwan_data.report.archive import find_reports, read_report

FILE = "accuracy.csv"
ALL = "all"
_COLUMNS = ("gold_set", "gold_text", "level", "gold_figures", "read_figures", "hits")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One level on one text. ``gold_set`` is real, seen (by who made the rules) or unseen."""

    gold_set: str
    gold_text: str
    level: str
    tally: Tally


def measure(gold_dir: Path, data_dir: Path) -> tuple[Measurement, ...]:
    """Measure on every labelled text: archived reports, then ``seen/`` and ``unseen/``.

    Each set ends with its sum. Raises DataError where the folder holds no labels.
    """
    archived = {f"{path.stem}-{path.parent.name}": path for path in find_reports(data_dir)}
    sets: dict[str, dict[str, Accuracy]] = {"real": {}, "seen": {}, "unseen": {}}
    for path in sorted(gold_dir.glob("*.tsv")):
        if path.stem in archived:
            text = read_report(archived[path.stem]).text
            sets["real"][path.stem] = score(table_gold(path), scan(text))
    for name in ("seen", "unseen"):
        for stem, (text, gold) in labelled_reports(gold_dir / name).items():
            sets[name][stem] = score(gold, scan(text))
    if not any(sets.values()):
        raise DataError(
            Text("没有标注文件", "there are no labelled texts"),
            file=gold_dir,
            remedy=Text(
                "请在项目检出目录中运行，或用 --gold 指定", "run it in a checkout, or give --gold"
            ),
        )
    return tuple(row for name, texts in sets.items() if texts for row in _rows(name, texts))


def _rows(name: str, texts: dict[str, Accuracy]) -> Iterator[Measurement]:
    for stem, accuracy in {**texts, ALL: total(texts.values())}.items():
        for level in LEVELS:
            yield Measurement(name, stem, level, getattr(accuracy, level))


def render(measurements: Iterable[Measurement]) -> str:
    """The counts as CSV; shares are worked out where they are shown."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in measurements:
        tally = row.tally
        writer.writerow(
            (row.gold_set, row.gold_text, row.level, tally.gold, tally.predicted, tally.hits)
        )
    return stream.getvalue()


def read_measurements(data_dir: Path) -> tuple[Measurement, ...]:
    """The kept measurements, none where the file does not exist. DataError where it is broken."""
    path = data_dir / FILE
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    try:
        return tuple(
            Measurement(
                row["gold_set"],
                row["gold_text"],
                row["level"],
                Tally(int(row["gold_figures"]), int(row["read_figures"]), int(row["hits"])),
            )
            for row in rows
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            Text(f"准确度文件有误：{error}", f"the accuracy file is broken: {error}"),
            file=path,
            remedy=Text(
                "请运行 shenwan-data accuracy --write 重新生成",
                "make it anew: shenwan-data accuracy --write",
            ),
        ) from error
