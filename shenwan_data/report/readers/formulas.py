"""What the formulas of a Word file say, in one line: 98.6%, 140/142, m².

Belongs here: formulas in markup (OMML) and in the code of a field (EQ), which older files use. Does not
belong here: where they stand (``docx``).
"""

from __future__ import annotations

import re

from lxml import etree

from shenwan_data.report.readers.numbering import W
from shenwan_data.report.readers.superscript import raised

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
_EQUATION = re.compile(r"\s*EQ\s+(.*)", re.I | re.S)
# A switch with its options and what stands in its brackets, none of which holds brackets itself.
_SWITCH = re.compile(r"\\([a-z])((?:\s*\\[a-z]+\d*(?:\.\d+)?)*)\s*\(([^()]*)\)", re.I)
# The circle or square that another sign is set into.
_FRAME = re.compile("[○◯〇□△◇]")


def formula(element: etree._Element) -> str:
    """What a formula says, in one line: 98.6%, 140/142, m²."""
    tag = element.tag
    if tag in (f"{M}t", f"{W}t"):
        return element.text or ""
    if tag == f"{M}f":
        over, under = _of_formula(element, "num"), _of_formula(element, "den")
        return f"{over}/{under}"
    if tag in (f"{M}sSup", f"{M}sSub", f"{M}sSubSup"):
        lowered = _of_formula(element, "sub").translate(_LOWERED)
        return _of_formula(element, "e") + lowered + _of_formula(element, "sup").translate(_RAISED)
    if tag == f"{M}rad":
        return f"√{_of_formula(element, 'e')}"
    if tag == f"{M}d":
        return f"({','.join(formula(part) for part in element.iterfind(f'{M}e'))})"
    if not isinstance(tag, str) or tag.endswith("Pr"):
        return ""
    return "".join(formula(child) for child in element)


def _of_formula(element: etree._Element, name: str) -> str:
    return "".join(formula(part) for part in element.iterfind(f"{M}{name}"))


def field_text(code: str, before: str) -> str:
    """What a field with this code shows that has no result: a formula after EQ, else nothing."""
    equation = _EQUATION.fullmatch(code)
    if equation is None:
        return ""
    text = equation.group(1).strip()
    while (switch := _SWITCH.search(text)) is not None:
        shown = _switch(
            switch[1].lower(), switch[2].lower(), switch[3], before + text[: switch.start()]
        )
        text = text[: switch.start()] + shown + text[switch.end() :]
    return re.sub(r"\\[a-z]+\d*", "", text, flags=re.I).strip()


def _switch(letter: str, options: str, inside: str, before: str) -> str:
    parts = [part.strip() for part in re.split(r"[,;，；]", inside)]
    if letter == "f":
        return "/".join(parts[:2])
    if letter == "r":
        return f"√{parts[-1]}"
    if letter == "s" and re.search(r"\\(?:up|do)", options):
        return raised(parts[0], before[-8:])
    if letter == "o":
        return "".join(part for part in parts if not _FRAME.fullmatch(part))
    return "".join(parts)
