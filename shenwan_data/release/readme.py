"""README.md of a package and of the release: what they say of themselves to people.

Belongs here: rendering the templates in ``templates/`` from the schemas. Does not belong here: any
wording about one table or column, which is in ``schemas/``.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2

_TEMPLATES = Path(__file__).resolve().parent / "templates"


def markdown_cell(text: object) -> str:
    """A text for one cell of a Markdown table: on one line, with no markup of its own."""
    flat = " ".join(str(text).split())
    for sign, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("|", "\\|")):
        flat = flat.replace(sign, escaped)
    for sign in "`*_[]":
        flat = flat.replace(sign, "\\" + sign)
    return flat


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
