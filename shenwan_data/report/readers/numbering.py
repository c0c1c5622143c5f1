"""The numbers Word prints before paragraphs and does not store in them.

Belongs here: automatic list numbering of a .docx (numbering.xml). Does not belong here:
text (``docx``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how it counts, its pattern (``第%1章``) and where it starts."""

    format: str
    pattern: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has counted. ``prefix`` is asked in text order."""

    levels: dict[str, dict[int, Level]]
    abstract: dict[str, str]
    styles: dict[str, tuple[str, int]]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def prefix(self, paragraph: etree._Element) -> str:
        """What Word prints before this paragraph, ``""`` for none or a bullet."""
        number, depth = self._place(paragraph)
        level = self.levels.get(number, {}).get(depth)
        if level is None:
            return ""
        # Lists that share a definition go on counting together.
        family = self.abstract.get(number, number)
        for above in range(depth):
            if (family, above) not in self.counts:
                parent = self.levels[number].get(above)
                self.counts[family, above] = parent.start if parent else 1
        self.counts[family, depth] = self.counts.get((family, depth), level.start - 1) + 1
        for key in [key for key in self.counts if key[0] == family and key[1] > depth]:
            del self.counts[key]
        if level.format in ("bullet", "none"):
            return ""
        text = level.pattern
        for index in range(depth + 1):
            if (own := self.levels[number].get(index)) is not None:
                text = text.replace(
                    f"%{index + 1}", _written(self.counts[family, index], own.format)
                )
        return text

    def _place(self, paragraph: etree._Element) -> tuple[str, int]:
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return "", 0
        style = properties.find(f"{W}pStyle")
        number, depth = self.styles.get(_value(style), ("", 0))
        own = properties.find(f"{W}numPr")
        if own is not None:
            number = _value(own.find(f"{W}numId")) or number
            depth = _int(own.find(f"{W}ilvl"), depth)
        return number, depth


def read_numbering(numbering: etree._Element | None, styles: etree._Element | None) -> Numbering:
    """The numbering of a document from its parts; either may be missing."""
    definitions: dict[str, dict[int, Level]] = {}
    levels: dict[str, dict[int, Level]] = {}
    abstract: dict[str, str] = {}
    if numbering is not None:
        for item in numbering.iterfind(f"{W}abstractNum"):
            definitions[item.get(f"{W}abstractNumId") or ""] = dict(_levels(item))
        for item in numbering.iterfind(f"{W}num"):
            number = item.get(f"{W}numId") or ""
            source = _value(item.find(f"{W}abstractNumId"))
            levels[number] = dict(definitions.get(source, {}))
            overridden = False
            for override in item.iterfind(f"{W}lvlOverride"):
                depth = int(override.get(f"{W}ilvl") or 0)
                levels[number].update(_levels(override))
                start = override.find(f"{W}startOverride")
                if start is not None and depth in levels[number]:
                    old = levels[number][depth]
                    levels[number][depth] = Level(old.format, old.pattern, _int(start, old.start))
                    overridden = True
            abstract[number] = f"own {number}" if overridden else source
    return Numbering(levels, abstract, dict(_style_places(styles)))


def _levels(parent: etree._Element) -> Iterator[tuple[int, Level]]:
    for item in parent.iterfind(f"{W}lvl"):
        yield (
            int(item.get(f"{W}ilvl") or 0),
            Level(
                _value(item.find(f"{W}numFmt")) or "decimal",
                _value(item.find(f"{W}lvlText")),
                _int(item.find(f"{W}start"), 1),
            ),
        )


def _style_places(styles: etree._Element | None) -> Iterator[tuple[str, tuple[str, int]]]:
    """Style id -> list and level, following the style it is based on."""
    if styles is None:
        return
    items = {item.get(f"{W}styleId") or "": item for item in styles.iterfind(f"{W}style")}
    for name, item in items.items():
        number, depth = "", None
        seen: set[str] = set()
        current: etree._Element | None = item
        at = name
        while current is not None and at not in seen:
            seen.add(at)
            own = current.find(f"{W}pPr/{W}numPr")
            if own is not None:
                number = number or _value(own.find(f"{W}numId"))
                level = own.find(f"{W}ilvl")
                depth = _int(level, 0) if depth is None and level is not None else depth
            at = _value(current.find(f"{W}basedOn"))
            current = items.get(at)
        if number:
            yield name, (number, depth or 0)


def _value(element: etree._Element | None) -> str:
    return (element.get(f"{W}val") or "") if element is not None else ""


def _int(element: etree._Element | None, default: int) -> int:
    text = _value(element)
    return int(text) if text.isdigit() else default


def _written(number: int, style: str) -> str:
    return _WRITERS.get(style, str)(number)


def _chinese(number: int) -> str:
    """1-99 as counted in Chinese: 十, 十一, 二十."""
    if not 0 < number < 100:
        return _digits(number)
    tens, units = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[units] if units else "")


def _digits(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _circled(number: int) -> str:
    return chr(0x245F + number) if 1 <= number <= 20 else str(number)


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))


def _letter(number: int) -> str:
    return (
        chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else str(number)
    )


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    ):
        text += sign * (number // value)
        number %= value
    return text


_WRITERS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "ideographDigital": _digits,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": _full_width,
    "decimalZero": lambda number: f"{number:02d}",
    "upperLetter": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
}
