"""README.md of a package and of the release: what they say of themselves to people.

Belongs here: rendering the templates in ``templates/`` from the schemas. Does not belong here: any
wording about one table or column, which is in ``schemas/``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

_TEMPLATES = Path(__file__).resolve().parent / "templates"


# What would begin a heading, a list, a rule or a table where the text begins a line.
_BLOCK = re.compile(r"[#+\-=~:]|[0-9]+(?=[.)]( |$))")


def markdown_cell(text: object) -> str:
    """A text for one cell of a Markdown table, or for a paragraph: on one line, with no markup."""
    flat = " ".join(str(text).split())
    flat = flat.replace("\\", "\\\\")
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|")):
        flat = flat.replace(sign, escaped)
    for sign in "`*_[]~":
        flat = flat.replace(sign, "\\" + sign)
    block = _BLOCK.match(flat)
    if block is None:
        return flat
    # The digits of a numbered list stay, what follows them is escaped.
    at = block.end() if block[0].isdigit() else 0
    return f"{flat[:at]}\\{flat[at:]}"


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = markdown_cell
    return environment


def render(template: str, **values: Any) -> bytes:
    """A README as the bytes of its file. Raises jinja2.UndefinedError for a value not given."""
    return _environment().get_template(template).render(**values).encode("utf-8")
