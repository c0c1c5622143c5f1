"""Whether a text says something, or is only what stands around a report that is a picture.

Belongs here: judging the text of any format. Does not belong here: whether it is the right report
(``completeness``).
"""

from __future__ import annotations

import re

from shenwan_data.report.title import find_title

_SENTENCE = re.compile(r"[。！？；]")
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_ORIGIN = re.compile(r"(?:日期|时间|来\s*源|发布机构|索\s*引\s*号|文\s*号)\s*[:：]")
_ATTACHED = re.compile(r"附件|.*\.(?:pdf|docx?|xlsx?|wps|et|zip|rar)\b", re.I)
_FEWEST = 40


def says_something(text: str) -> bool:
    """Whether there is a sentence, or more than a title, a line of origin and a list of files."""
    title = find_title(text)
    own = [
        line
        for line in text.split("\n")
        if line.strip() and line != title and not _ORIGIN.search(line) and not _ATTACHED.match(line)
    ]
    if any(_SENTENCE.search(line) for line in own):
        return True
    return len(own) > 1 and sum(len(_HAN.findall(line)) for line in own) >= _FEWEST
