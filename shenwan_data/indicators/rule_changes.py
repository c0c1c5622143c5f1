"""What a change of the rules moved on the labelled texts, figure by figure.

Belongs here: keeping how the labelled texts were read, and comparing it with how they are read now.
Does not belong here: labels (``gold``), shares (``accuracy``), printing (``cli``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shenwan_data.errors import DataError, Text
from shenwan_data.files import write_atomic
from shenwan_data.indicators.gold import labelled_texts
from shenwan_data.indicators.read import scan
from shenwan_data.model import Figure

FIELDS = (
    "kind", "value", "unit", "lower", "upper", "qualifier", "indicators",
    "counted", "act", "topic", "ref_period", "coverage", "nature",
)  # fmt: skip
# Stands for the whole figure where it was read only before or only now.
FIGURE = "figures"
Fields = dict[str, Any]
# By text, by start and end and quote of a figure: its fields.
Run = dict[str, dict[str, Fields]]


@dataclass(frozen=True, slots=True)
class Moved:
    """One field of one figure that is read otherwise than in the recorded run.

    ``field`` is a column of the table figures, or ``figures`` where the whole figure came or went.
    The values are texts, empty for none; ``gold`` is None where no label says.
    """

    text: str
    start: int
    quote: str
    field: str
    before: str
    after: str
    gold: str | None


def current_run(gold_dir: Path, data_dir: Path) -> tuple[Run, Run]:
    """How every labelled text is read now, and what its labels say, in the same form.

    Raises DataError where the folder holds no labels.
    """
    read: Run = {}
    labels: Run = {}
    for name, stem, text, gold in labelled_texts(gold_dir, data_dir):
        key = f"{name}/{stem}"
        read[key] = dict(_entries(scan(text)))
        labels[key] = {_place(g.start, g.end, g.quote): _fields(g) for g in gold}
    for path in sorted((gold_dir / "statements").glob("*/[0-9]*.txt")):
        key = f"{path.parent.name}/{path.stem}"
        year = int(path.stem.rsplit("-", 1)[1])
        read[key] = dict(_entries(scan(path.read_text("utf-8"), year)))
        labels[key] = dict(_statement_labels(path.with_suffix(".jsonl")))
    return read, labels


def _place(start: int, end: int, quote: str) -> str:
    return f"{start} {end} {quote}"


def _fields(figure: Any) -> Fields:
    found = {name: getattr(figure, name) for name in FIELDS if hasattr(figure, name)}
    return found | {"indicators": " ".join(figure.indicators)}


def _entries(figures: tuple[Figure, ...]) -> Iterator[tuple[str, Fields]]:
    for figure in figures:
        if figure.is_data:
            yield _place(figure.start, figure.end, figure.quote), _fields(figure)


def _statement_labels(path: Path) -> Iterator[tuple[str, Fields]]:
    for line in path.read_text("utf-8").splitlines():
        label = json.loads(line) if line.strip() else {}
        if "value" in label:
            codes = (label.get("indicator") or "").replace("+", " ")
            fields = {name: label[name] for name in FIELDS if name in label}
            place = _place(label["start"], label["end"], label["surface"])
            yield place, fields | {"indicators": codes}


def keep_run(path: Path, run: Run) -> None:
    """Record a run, one text a line. Raises MachineError where the disk refuses it."""
    lines = (
        json.dumps({"text": text, "figures": figures}, ensure_ascii=False)
        for text, figures in run.items()
    )
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode())


def kept_run(path: Path) -> Run | None:
    """The recorded run, None where there is none. DataError where the file is broken."""
    if not path.exists():
        return None
    try:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return {row["text"]: row["figures"] for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            Text("记录的识读结果无法读取", "the recorded run cannot be read"),
            file=path,
            remedy=Text("请删除该文件后重新运行", "delete the file and run the command again"),
        ) from error


def moved(before: Run, after: Run, labels: Run) -> Iterator[Moved]:
    """Every field that differs, in the order of the texts; a text of only one run is passed over."""
    for text, now in after.items():
        if text not in before:
            continue
        then, gold = before[text], labels.get(text, {})
        for place in sorted({*then, *now}, key=lambda place: int(place.split(" ", 1)[0])):
            if then.get(place) != now.get(place):
                yield from _of_figure(text, place, then.get(place), now.get(place), gold.get(place))


def _of_figure(
    text: str,
    place: str,
    then: Mapping[str, Any] | None,
    now: Mapping[str, Any] | None,
    gold: Mapping[str, Any] | None,
) -> Iterator[Moved]:
    start, _, quote = place.split(" ", 2)
    if then is None or now is None:
        names = (_summary(then), _summary(now), None if gold is None else _summary(gold))
        yield Moved(text, int(start), quote, FIGURE, *names)
        return
    for field in FIELDS:
        old, new = _shown(then.get(field)), _shown(now.get(field))
        if old != new:
            wanted = _shown(gold[field]) if gold is not None and field in gold else None
            yield Moved(text, int(start), quote, field, old, new, wanted)


def _summary(fields: Mapping[str, Any] | None) -> str:
    if fields is None:
        return ""
    parts = (_shown(fields.get(name)) for name in ("value", "unit", "indicators"))
    return " ".join(part for part in parts if part)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)
