"""Characters that act without being seen, shown as marks.

Belongs here: which characters those are and how they are shown. Does not belong here: escaping
markup, which is the templates' work.

A report is foreign text. Characters that turn the direction of writing, have no width or end a line
in odd ways could make a sentence look like another; they are shown by their number, as ``[U+202E]``.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

# Cf: format characters, with all bidi controls and zero-width ones; Cc: controls; Co, Cs, Cn: not
# characters at all; Zl, Zp: line and paragraph separators. Tab and line feed are layout.
_HIDDEN = {"Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"}
_LAYOUT = "\t\n"
_SUSPECT = re.compile(r"[^\t\n -~\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]")


def _hidden(character: str) -> bool:
    return character not in _LAYOUT and (
        unicodedata.category(character) in _HIDDEN
        # Fillers and variation selectors, which are of other categories.
        or character in "\u115f\u1160\u3164\uffa0\u034f"
        or "\ufe00" <= character <= "\ufe0f"
    )


def _mark(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def visible(text: str) -> str:
    """The text with a mark in the place of every character that acts without being seen."""
    return _SUSPECT.sub(lambda m: _mark(m[0]) if _hidden(m[0]) else m[0], text)


def visible_markup(text: str) -> Markup:
    """The text as HTML: markup escaped, unseen characters as marks that stand out."""

    def shown(match: re.Match[str]) -> str:
        return f"\x00{_mark(match[0])}\x01" if _hidden(match[0]) else match[0]

    # The two controls that fence a mark cannot be in the text any more: they would be marks.
    fenced = str(escape(_SUSPECT.sub(shown, text)))
    return Markup(  # noqa: S704 - escaped above; what is added is fixed
        fenced.replace("\x00", '<span class="ctl">').replace("\x01", "</span>")
    )
