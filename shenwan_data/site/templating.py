"""Templates to text.

Belongs here: the one environment, which escapes everything. Does not belong here: what is rendered.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.runtime import Context, Macro

from shenwan_data.site.charts import definitions
from shenwan_data.site.urls import row_anchor, value_anchor
from shenwan_data.site.view import marked
from shenwan_data.site.words import number

TEMPLATES = Path(__file__).resolve().parent / "templates"


class _Context(Context):
    """Calls what a template names: no function of ours asks for the state of the template.

    A page is some hundred calls and a table ten for each row; looking what each may ask for took a
    fifth of the rendering.
    """

    def call(
        self, obj: Any, /, *args: Any, _block_vars: Any = None, _loop_vars: Any = None, **named: Any
    ) -> Any:
        if isinstance(obj, Macro):
            return super().call(obj, *args, **named)
        return obj(*args, **named)


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.context_class = _Context
    environment.globals.update(
        number=number,
        row_anchor=row_anchor,
        value_anchor=value_anchor,
        marked=marked,
        definitions=definitions(),
    )
    return environment


def _tidy(html: str) -> str:
    """Remove indentation and empty lines left by templates: a fifth of the bytes."""
    return "\n".join(line for line in (line.strip() for line in html.split("\n")) if line) + "\n"


def render(template: str, **given: Any) -> str:
    """A page. Raises jinja2.UndefinedError where a value of the template is missing."""
    return _tidy(_environment().get_template(template).render(**given))
