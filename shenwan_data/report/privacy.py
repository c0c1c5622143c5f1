"""Persons in a report: names, numbers and addresses that must not be published.

Belongs here: finding them, from the rules of ``schemas/privacy.yaml``, and masking them. Does not
belong here: names (``persons``), or deciding what to do (the build stops; a person masks the passage
in the record beside the report).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

from shenwan_data.errors import DataError, Text
from shenwan_data.report.persons import find_persons
from shenwan_data.schemas import metadata, while_unchanged

MASK = "■"
_BEFORE = 24
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
# Full-width signs that numbers and addresses are written with, and their half-width ones.
_WIDE = "％（）＊＋－．／：＠＿" + "".join(
    chr(ord(sign) + 0xFEE0)
    for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
_HALF_WIDTH = {ord(sign): ord(sign) - 0xFEE0 for sign in _WIDE}


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A passage ``text[start:end]`` that identifies a person, and by which rule."""

    start: int
    end: int
    rule: str
    label: Text


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    label: Text
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None
    introduced: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    not_before: re.Pattern[str] | None


def find_personal_data(text: str) -> tuple[PersonalData, ...]:
    """The passages of a text that identify a person, in text order, none inside another."""
    folded, at = _folded(text)
    found = [
        PersonalData(at(start), at(end - 1) + 1, rule.code, rule.label)
        for rule in _rules()
        for start, end in _matches(rule, folded)
    ]
    labels = metadata("privacy.yaml")["names"]
    for person in find_persons(folded):
        label = labels["masked_label" if person.masked else "label"]
        rule = "masked_name" if person.masked else "name"
        found.append(PersonalData(at(person.start), at(person.end - 1) + 1, rule, Text(**label)))
        # The office numbers of a report are public; one in the bracket behind a party's name is not.
        number = _HIS_LANDLINE.match(folded, person.end)
        if number:
            start, end = number.span("span")
            landline = next(each for each in _rules() if each.code == "landline")
            found.append(PersonalData(at(start), at(end - 1) + 1, landline.code, landline.label))
    return tuple(_outermost(found))


def without_personal_data(
    fields: Mapping[str, str | None], file: Path, place: str | None = None
) -> None:
    """Check texts that are published beside a report, by name. DataError where one names a person."""
    for name, text in fields.items():
        found = find_personal_data(text or "")
        if found:
            # The words themselves are not repeated: a message is seen by more than the report is.
            raise DataError(
                Text(
                    f"{name} 中有个人信息：{found[0].label.zh}（第 {found[0].start}–{found[0].end} 字）",
                    f"{name} holds personal data: {found[0].label.en} "
                    f"[{found[0].start}, {found[0].end}]",
                ),
                file=file,
                place=place or f"key {name}",
                remedy=Text(
                    "请改写该处，不写姓名、号码和住址", "reword it without name, number or address"
                ),
            )


def mask(text: str, spans: Sequence[tuple[int, int]], file: Path) -> str:
    """The text with the spans [start, end) blotted out, sign by sign, so that offsets stay.

    Raises DataError that names ``file``, the record, for a span that is empty, reversed or not
    wholly inside the text, for spans that overlap, and where most of the text would be gone.
    """
    signs = list(text)
    for number, (start, end) in enumerate(spans, 1):
        if not 0 <= start < end:
            raise _wrong_mask(file, number, "起点须小于终点", "a passage starts before it ends")
        if end > len(text):
            zh, en = f"超出正文（共 {len(text)} 字）", f"it is beyond the text of {len(text)} signs"
            raise _wrong_mask(file, number, zh, en)
    ordered = sorted((span, number) for number, span in enumerate(spans, 1))
    for ((_, end), _), ((start, _), number) in pairwise(ordered):
        if start < end:
            zh, en = "与另一处重叠或重复", "it overlaps another passage or is given twice"
            raise _wrong_mask(file, number, zh, en)
    for start, end in spans:
        signs[start:end] = MASK * (end - start)
    if 2 * sum(end - start for start, end in spans) > len(text):
        raise DataError(
            Text("遮盖了报告的一半以上", "more than half of the report would be masked"),
            file=file,
            place="key mask",
            remedy=Text(
                "请只遮盖个人信息；若整份报告不宜公开，请不要归档",
                "mask the personal data only; a report that may not be public is not archived",
            ),
        )
    return "".join(signs)


def _wrong_mask(file: Path, number: int, zh: str, en: str) -> DataError:
    return DataError(
        Text(f"mask 第 {number} 处：{zh}", f"passage {number} of mask: {en}"),
        file=file,
        place="key mask",
        remedy=Text(
            "请按 shenwan-data inspect 所示位置更正；有误的遮盖不起作用",
            "correct it by the offsets that shenwan-data inspect shows; as it is it hides nothing",
        ),
    )


def _folded(text: str) -> tuple[str, Callable[[int], int]]:
    """The text as rules read it, and where each of its signs is in the original."""
    if _INVISIBLE.search(text) is None:
        return text.translate(_HALF_WIDTH), lambda offset: offset
    places = [place for place, sign in enumerate(text) if not _INVISIBLE.match(sign)]
    folded = "".join(text[place] for place in places).translate(_HALF_WIDTH)
    return folded, places.__getitem__


@while_unchanged("privacy.yaml")
def _rules() -> tuple[_Rule, ...]:
    def pattern(rule: Mapping[str, str], key: str) -> re.Pattern[str] | None:
        return re.compile(rule[key]) if key in rule else None

    return tuple(
        _Rule(
            code,
            Text(**rule["label"]),
            re.compile(rule["pattern"]),
            _CHECKS[rule["check"]] if "check" in rule else None,
            pattern(rule, "introduced"),
            pattern(rule, "not_after"),
            pattern(rule, "not_before"),
        )
        for code, rule in metadata("privacy.yaml")["numbers"].items()
    )


def _matches(rule: _Rule, text: str) -> Iterator[tuple[int, int]]:
    for match in rule.pattern.finditer(text):
        start, end = match.span("span")
        before = text[max(0, start - _BEFORE) : start]
        if rule.not_after and rule.not_after.search(before):
            continue
        introduced = rule.introduced is not None and rule.introduced.search(before) is not None
        if rule.check and not introduced and not rule.check(match["span"]):
            continue
        if rule.not_before and not introduced and rule.not_before.match(text, end):
            continue
        yield start, end


def _outermost(found: list[PersonalData]) -> Iterator[PersonalData]:
    end = 0
    for place in sorted(found, key=lambda each: (each.start, -each.end)):
        if place.end > end:
            yield place
            end = place.end


_HIS_LANDLINE = re.compile(
    r"[(（][^()（）。\n]{0,20}?(?:电话|座机)(?:号码?)?[是为:：]?\s*"
    r"(?P<span>(?:0[0-9]{2,3}[)）]?[ -]?)?[1-9][0-9]{3}[ -]?[0-9]{3,4})(?![0-9])"
)
_PROVINCES = frozenset("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83".split())  # fmt: skip  # noqa: E501
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _digits(written: str) -> str:
    return re.sub(r"[ \u00a0-]", "", written).upper()


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return date(int(year), int(month), int(day)).year >= 1900
    except ValueError:
        return False


def _identity(written: str) -> bool:
    """Whether it is an identity number: region, day of birth and check digit (GB 11643)."""
    number = _digits(written)
    if number[:2] not in _PROVINCES or not _is_day(number[6:10], number[10:12], number[12:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def _old_identity(written: str) -> bool:
    """Whether it is one of before 2000: region and day of birth; it has no check digit."""
    day = (f"19{written[6:8]}", written[8:10], written[10:12])
    return written[:2] in _PROVINCES and _is_day(*day)


def _identity_length(written: str) -> bool:
    return written[:2] in _PROVINCES and len(written) in (15, 18)


def _card(written: str) -> bool:
    """Whether it is a card of a Chinese bank: 16 to 19 digits, 62…, check digit (Luhn)."""
    number = _digits(written)
    if not (number.startswith("62") and 16 <= len(number) <= 19):
        return False
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


_CHECKS: dict[str, Callable[[str], bool]] = {
    "identity": _identity,
    "old_identity": _old_identity,
    "identity_length": _identity_length,
    "card": _card,
}
