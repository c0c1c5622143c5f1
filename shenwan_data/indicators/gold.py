"""Gold: every data figure of a text, labelled by a person from the text alone.

Belongs here: reading label files. Does not belong here: comparing them with what the program reads
(``accuracy``), or the labels themselves (``tests/golden``).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.errors import DataError, Text
from shenwan_data.files import write_atomic
from shenwan_data.indicators.accuracy import LEVELS, Accuracy, Tally, score, total
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.read import read, scan
from shenwan_data.model import Report
from shenwan_data.report.archive import find_reports, read_report
from shenwan_data.versions import rules_version

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


FILE = "accuracy.csv"
# Beside it: the version of the rules that were measured.
VERSION_FILE = "accuracy.version"
ALL = "all"
# Verdicts on the errors and doubts of the labelled reports, and the level that counts them. What the
# rules do not find nobody has counted, so this level has no recall.
JUDGED = "findings.tsv"
FINDING = "finding"
_COLUMNS = ("gold_set", "gold_text", "level", "gold_figures", "read_figures", "hits")


@dataclass(frozen=True, slots=True)
class Measurement:
    """One level on one text. ``gold_set`` is real, seen (by who made the rules) or unseen."""

    gold_set: str
    gold_text: str
    level: str
    tally: Tally


def codes_known(gold_dir: Path) -> frozenset[str]:
    """The codes that the labels of a folder know: those of the catalogue that they were made with."""
    path = gold_dir / "codes.txt"
    return frozenset(path.read_text("utf-8").split()) if path.exists() else frozenset(catalogue())


def measure(gold_dir: Path, data_dir: Path) -> tuple[Measurement, ...]:
    """Measure on every labelled text: archived reports, then ``seen/`` and ``unseen/``.

    Each set ends with its sum. Raises DataError where the folder holds no labels.
    """
    sets: dict[str, dict[str, Accuracy]] = {"real": {}, "seen": {}, "unseen": {}}
    known = codes_known(gold_dir)
    for name, stem, text, gold in labelled_texts(gold_dir, data_dir):
        sets[name][stem] = score(gold, scan(text), known)
    rows = [row for name, texts in sets.items() if texts for row in _rows_measurement(name, texts)]
    if (gold_dir / JUDGED).exists():
        rows.append(Measurement("labelled", ALL, FINDING, _judged(gold_dir, data_dir)))
    return tuple(rows)


def every_labelled_report(gold_dir: Path, data_dir: Path) -> Iterator[tuple[str, str]]:
    """Name and text of every labelled report, those labelled for their statements included."""
    yield from ((stem, text) for _, stem, text, _ in labelled_texts(gold_dir, data_dir))
    for path in sorted((gold_dir / "statements").glob("*/[0-9]*.txt")):
        yield path.stem.partition("-")[2], path.read_text("utf-8")


def errors_and_doubts(gold_dir: Path, data_dir: Path) -> Iterator[tuple[str, str]]:
    """Report and rule of every error and doubt found in the labelled reports."""
    for name, text in every_labelled_report(gold_dir, data_dir):
        year = int(name.rpartition("-")[2])
        report = Report("gold", year, name, text, Path(name), "text/plain", "", "")
        yield from ((name, one.rule) for one in read(report).findings if one.grade != "note")


def _judged(gold_dir: Path, data_dir: Path) -> Tally:
    """How many errors and doubts a person judged right; one that nobody judged is wrong."""
    with (gold_dir / JUDGED).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    right = Counter((row["text"], row["rule"]) for row in rows if row["verdict"] == "right")
    found = Counter(errors_and_doubts(gold_dir, data_dir))
    return Tally(0, found.total(), (found & right).total())


def labelled_texts(
    gold_dir: Path, data_dir: Path
) -> Iterator[tuple[str, str, str, tuple[Gold, ...]]]:
    """Set, name, text and gold of every labelled text, set by set.

    Raises DataError where the folder holds no labels.
    """
    tables = sorted(gold_dir.glob("*.tsv"))
    reports = find_reports(data_dir) if tables else ()
    archived = {f"{path.stem}-{path.parent.name}": path for path in reports}
    none = True
    for path in tables:
        if path.stem in archived:
            none = False
            yield "real", path.stem, read_report(archived[path.stem]).text, table_gold(path)
    for name in ("seen", "unseen"):
        for stem, (text, gold) in labelled_reports(gold_dir / name).items():
            none = False
            yield name, stem, text, gold
    if none:
        raise DataError(
            Text("没有标注文件", "there are no labelled texts"),
            file=gold_dir,
            remedy=Text(
                "请在项目检出目录中运行，或用 --gold 指定", "run it in a checkout, or give --gold"
            ),
        )


def _rows_measurement(name: str, texts: dict[str, Accuracy]) -> Iterator[Measurement]:
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
        gold = "" if row.level == FINDING else tally.gold
        writer.writerow((row.gold_set, row.gold_text, row.level, gold, tally.predicted, tally.hits))
    return stream.getvalue()


def write_measurements(data_dir: Path, measurements: Iterable[Measurement]) -> None:
    """Keep measurements for the release, with the version of the rules they were made with."""
    write_atomic(data_dir / FILE, render(measurements).encode())
    write_atomic(data_dir / VERSION_FILE, f"{rules_version()}\n".encode())


def current_measurements(data_dir: Path) -> tuple[Measurement, ...]:
    """The kept measurements, none where the file does not exist.

    Raises DataError where it is broken, or was measured with other rules than today's.
    """
    kept = read_measurements(data_dir)
    path = data_dir / VERSION_FILE
    made_with = path.read_text("utf-8").strip() if path.exists() else ""
    if kept and made_with != rules_version():
        raise DataError(
            Text(
                "准确度是用另一版识读规则测得的，不能随本版发布",
                "the accuracy was measured with other rules than those that read the reports now",
            ),
            file=data_dir / FILE,
            remedy=Text(
                "请运行 shenwan-data accuracy --write 重新测量后再构建",
                "measure it again, then build: shenwan-data accuracy --write",
            ),
        )
    return kept


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
                Tally(int(row["gold_figures"] or 0), int(row["read_figures"]), int(row["hits"])),
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
