"""A formula of a Word file as text: 98.6%, 140/142, m².

Belongs here: the elements of Office Math that reports hold (runs, fractions, powers, brackets). Does not
belong here: the paragraph around it (``docx``).
"""

from __future__ import annotations

from lxml import etree

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_RAISED = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")


def formula_text(element: etree._Element) -> str:
    """What a formula says, in one line."""
    tag = element.tag
    if tag in (f"{M}t", f"{W}t"):
        return element.text or ""
    if tag == f"{M}f":
        over, under = _part(element, "num"), _part(element, "den")
        return f"{over}/{under}"
    if tag in (f"{M}sSup", f"{M}sSub", f"{M}sSubSup"):
        lowered = _part(element, "sub").translate(_LOWERED)
        return _part(element, "e") + lowered + _part(element, "sup").translate(_RAISED)
    if tag == f"{M}rad":
        return f"√{_part(element, 'e')}"
    if tag == f"{M}d":
        return f"({','.join(formula_text(part) for part in element.iterfind(f'{M}e'))})"
    if not isinstance(tag, str) or tag.endswith("Pr"):
        return ""
    return "".join(formula_text(child) for child in element)


def _part(element: etree._Element, name: str) -> str:
    return "".join(formula_text(part) for part in element.iterfind(f"{M}{name}"))
