"""The smallest patterns: what a numeral, a space and a dash are made of.

Belongs here: characters and single numerals. Does not belong here: anything with a unit or a word.
"""

from __future__ import annotations

import re

D = r"\d"
C = "〇○零一二三四五六七八九十百千万亿两萬億兩"
ONE_TO_NINE = "一二三四五六七八九"
NUMERAL_CHARS = rf"{D}{C}"
NUMERAL_RUN = re.compile(rf"[{NUMERAL_CHARS}]+")
SPACE = r"[ \u3000\xa0]?"
DASHES = r"\-—–―~～－‐‑〜"
DASH = rf"[{DASHES}]{{1,2}}"

# Atomic: half a number is never tried.
ARABIC = (
    rf"(?>(?:{D}{{1,3}}(?:,{D}{{3}})+(?!{D})|{D}{{1,3}}(?:，{D}{{3}})+(?!{D})|{D}+)"
    rf"(?:[.．]{D}+)?)"
)
CHINESE = rf"[{C}]+(?:点[{C}]+)?"
ORDINAL = rf"(?:[{C}]+|{D}+)"
MYRIADS = "万亿萬億"
TO = rf"{SPACE}(?:{DASH}|至|到){SPACE}"
