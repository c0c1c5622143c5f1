"""Marks set above or below the line: the number of a note, or the square of a measure.

Belongs here: what such a mark reads as. Does not belong here: finding it in a file (``html``, ``docx``,
``pdf``).

``87¹宗`` is 87宗 with a note, not 871宗, so the mark of a note is left out. ``1200m²`` keeps its square,
``PM₂.₅`` and ``CO₂`` keep their letters' numbers, and a raised word is a word.
"""

from __future__ import annotations

import re

_NOTE = re.compile(
    r"[\[［【〔(（<〈]?\s*(?:注|註|note|备注)?\s*[:：]?\s*"
    r"(?:(?:\d{1,3}|[①-⑳㉑-㉟⑴-⒇❶-❿]|[一二三四五六七八九十]{1,2}|[a-z]|[ivx]{1,4}|[*＊※†‡§#]{1,3})"
    r"\s*[,，、\-–]?\s*){1,4}[\]］】〕)）>〉]?|[\[［【〔(（]?注[\]］】〕)）]?",
    re.I,
)
_RAISED_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_MEASURE = re.compile(r"(?:[a-zA-Z㎝㎞㎡]|公?里|[米呎尺])$")
_POWER_OF_TEN = re.compile(r"(?:^|[×xX*·])\s*10$")
_LETTER = re.compile(r"[A-Za-z]$")


def raised(mark: str, before: str) -> str:
    """What a mark reads as that stands behind ``before``: itself, raised digits, or nothing."""
    mark = mark.strip()
    if re.fullmatch(r"[23]", mark) and _MEASURE.search(before):
        return mark.translate(_RAISED_DIGITS)
    if re.fullmatch(r"\d{1,2}", mark) and _POWER_OF_TEN.search(before):
        return mark.translate(_RAISED_DIGITS)
    if re.fullmatch(r"[\d.]{1,4}", mark) and _LETTER.search(before):
        return mark
    return "" if _NOTE.fullmatch(mark) else mark
