"""The pages of the desk as HTML.

Belongs here: turning a case into what the templates show. Does not belong here: requests
(``application``), what is to be looked at (``checklist``). All text of a report is escaped, and invisible
characters are shown as marks, as on the site.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from shenwan_data.errors import ShenwanError, Text
from shenwan_data.figures.units import units
from shenwan_data.indicators.catalogue import Indicator, catalogue, topics
from shenwan_data.model import Figure, Observation
from shenwan_data.report.structure import structure
from shenwan_data.review.case import Case, reads_as
from shenwan_data.review.checklist import Checklist, Item
from shenwan_data.schemas import metadata
from shenwan_data.site.layout import CrossReferences, Layout, lay_out
from shenwan_data.site.view import Row, visible, visible_markup
from shenwan_data.site.words import TAGS, number, say
from shenwan_data.statements.lexicon import lexicon

HERE = Path(__file__).resolve().parent
SITE = HERE.parent / "site" / "static"


@dataclass(frozen=True)
class Page:
    """What every page knows: the language, the address it stands below, who decides."""

    language: str
    root: str
    csrf: str
    who: str

    def say(self, text: Text) -> str:
        """A text in the language of the page, invisible characters as marks."""
        return visible(say(text, self.language))

    @property
    def words(self) -> Mapping[str, str]:
        """The texts of the interface."""
        return {key: str(text[self.language]) for key, text in metadata("review.yaml").items()}

    def code(self, code_list: str, code: str | None) -> str:
        """The label of a code."""
        known = metadata("codes.yaml")[code_list].get(code)
        return str(code or "—") if known is None else str(known[self.language])

    def defined(self, entry: Indicator) -> Markup:
        """The definition of an indicator, other indicators in it by their names."""
        names = {code: self.say(one.label) for code, one in catalogue().items()}
        return CrossReferences(names, lambda _: None).linked(self.say(entry.definition))

    def topic(self, code: str) -> str:
        """The name of a topic."""
        return self.code("figure_topic", code)

    def unit(self, code: str | None) -> str:
        """The name of a unit."""
        # Without the remark that tells a unit from others: 件, not 件（事项或案件的量词）.
        return self.say(units()[code].label).partition("（")[0] if code in units() else code or ""

    def amount(self, row: Figure | Observation | None) -> str:
        """The value of a figure or observation with its unit, or its bounds."""
        if row is None:
            return "—"
        if row.value is not None:
            return f"{number(row.value)} {self.unit(row.unit)}".strip()
        if row.lower is None and row.upper is None:
            return "—"
        ends = ("…" if end is None else number(end) for end in (row.lower, row.upper))
        return f"{'–'.join(ends)} {self.unit(row.unit)}".strip()


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, page: Page, **given: Any) -> str:
    """A page or a part of one."""
    common = {
        "page": page, "t": page.words, "tag": TAGS[page.language], "visible": visible,
        "number": number, "error": None, "said": "",
    }  # fmt: skip
    return _environment().get_template(template).render(**{**common, **given})


def static(name: str) -> tuple[bytes, str] | None:
    """A file that pages load, with its media type; None where there is none."""
    files = {
        "site.css": (SITE / "site.css", "text/css"),
        "desk.css": (HERE / "static" / "desk.css", "text/css"),
        "mark.svg": (SITE / "mark.svg", "image/svg+xml"),
        "desk.js": (HERE / "static" / "desk.js", "text/javascript"),
    }
    if name not in files:
        return None
    path, kind = files[name]
    return path.read_bytes(), f"{kind}; charset=utf-8"


def report_page(
    page: Page, case: Case, made: Checklist, show: str, at: str | None, **given: Any
) -> str:
    """The page of a report: its text, the checklist, and the panel of one item or figure."""
    chosen = _chosen(case, made, at)
    return render(
        "report.jinja", page, case=case, report=case.report, made=made, show=show,
        groups=_shown(made, show), blocks=_blocks(case, made), panel=panel(page, case, made, chosen),
        at=chosen or "", **given,
    )  # fmt: skip


def panel(page: Page, case: Case, made: Checklist, key: str | None) -> Markup:
    """What one figure or item states, and what can be decided about it."""
    item = made.item(key) if key else None
    figure = item.figure if item else None
    if item is None and key and key.startswith("f-") and key[2:].isdecimal():
        figure = case.figure(int(key[2:]))
    keys = [one.key for one in made.items]
    place = keys.index(key) if key in keys else -1
    start = figure.start if figure else item.person.start if item and item.person else None
    return Markup(  # noqa: S704 - rendered with everything escaped
        render(
            "panel.jinja", page, case=case, item=item, figure=figure, key=key,
            pairs=_pairs(page, case, figure) if figure else [],
            word=_new_word(figure), reads=reads_as(figure) if figure else "",
            sentence=_sentence(case, figure) if figure else "",
            sentences=[(f, _sentence(case, f)) for f in (item.figures if item else ())],
            candidates=_candidates(case, figure, item) if figure else [],
            catalogue=_by_topic(), catalogue_of=catalogue().__getitem__, units=sorted(units()),
            correction=(case.corrected(start) or (None,))[-1] if start is not None else None,
            previous=keys[place - 1] if place > 0 else None,
            following=next((k for k in keys[place + 1 :]), None),
        )
    )  # fmt: skip


def following(made: Checklist, key: str) -> str:
    """The next item that is open behind one, or the first open one."""
    keys = [item.key for item in made.items]
    place = keys.index(key) if key in keys else -1
    rest = [*made.items[place + 1 :], *made.items[: place + 1]]
    return next((item.key for item in rest if item.is_open), key)


def _chosen(case: Case, made: Checklist, at: str | None) -> str | None:
    known = {figure.start for figure in case.reading.figures}
    if at and (made.item(at) or (at[:2] == "f-" and at[2:].isdecimal() and int(at[2:]) in known)):
        return at
    return next((item.key for item in made.items if item.is_open), None)


def _shown(made: Checklist, show: str) -> list[tuple[str, str, tuple[Item, ...]]]:
    groups = made.groups()
    if show == "doubts":
        groups = [group for group in groups if group[0] in ("doubts", "lost")]
    if show == "open":
        groups = [(n, t, tuple(i for i in items if i.is_open)) for n, t, items in groups]
    return [group for group in groups if group[2]]


def _blocks(case: Case, made: Checklist) -> list[tuple[str, Markup]]:
    """The text as paragraphs and headings, each figure a link to its panel."""
    by_start: dict[int, Item] = {}
    for item in made.items:
        for figure in item.figures:
            by_start.setdefault(figure.start, item)
    rows: list[Row] = [{"start": f.start, "end": f.end, "figure": f} for f in case.reading.figures]
    layout = lay_out(case.report.text, rows)
    found, depth = [], 0
    for part in layout.parts:
        for block in part:
            if block.depth:
                depth = min(block.depth, depth + 1)
            tag = f"h{min(depth + 1, 6)}" if block.depth else "p"
            found.append((tag, _runs(layout, block.start, block.end, by_start)))
    return found


def _runs(layout: Layout, start: int, end: int, by_start: Mapping[int, Item]) -> Markup:
    pieces = []
    for run in layout.runs(start, end):
        text = visible_markup(layout.text[run.start : run.end])
        if run.figure is None:
            pieces.append(text)
            continue
        figure: Figure = run.figure["figure"]
        item = by_start.get(figure.start)
        css = _css(figure, item)
        key = item.key if item else f"f-{figure.start}"
        pieces.append(
            Markup(
                '<a class="f {}" id="t-{}" href="?at={}" data-key="{}" tabindex="-1">{}</a>'
            ).format(css, figure.start, key, key, text)
        )
    return Markup("").join(pieces)


def _css(figure: Figure, item: Item | None) -> str:
    if figure.indicators:
        css = catalogue()[figure.indicators[0]].topic
    else:
        css = "unmapped" if figure.is_data else "other"
    if item is not None:
        css += " doubtful" if item.doubt else ""
        css += " seen" if not item.is_open else ""
    return css


def _sentence(case: Case, figure: Figure) -> Markup:
    """The sentence of a figure, the figure marked, with the headings it stands below."""
    text = case.report.text
    start, end = structure(text).sentence_at(figure.start)
    pieces = (text[start : figure.start], text[figure.start : figure.end], text[figure.end : end])
    before, marked, after = map(visible_markup, (pieces[0].lstrip(), pieces[1], pieces[2].rstrip()))
    return Markup("{}<mark>{}</mark>{}").format(before, marked, after)


def _pairs(page: Page, case: Case, figure: Figure) -> list[tuple[str, Any]]:
    t, found = page.words, []
    if not figure.is_data:
        found.append((t["kind"], page.code("kinds", figure.kind)))
        return found
    value = page.amount(figure)
    if figure.qualifier and figure.qualifier != "exact":
        value += f"（{page.code('qualifiers', figure.qualifier)}）"
    found += [(t["value"], value), (t["counted"], visible(figure.counted or "—"))]
    if figure.act:
        found.append((t["act"], visible(figure.act)))
    found += [
        (t["period"], figure.ref_period or "—"),
        (t["coverage"], page.code("coverage", figure.coverage)),
        (t["nature"], page.code("nature", figure.nature)),
    ]
    words = case.reading.because.get(figure.start)
    if words and figure.indicators:
        quoted = [Markup('<q lang="zh-Hans">{}</q>').format(visible(word)) for word in words]
        found.append((t["because"], Markup(" + ").join(quoted)))
    if figure.reason and not figure.indicators:
        found.append((t["reason"], page.code("reason", figure.reason)))
    return found


def label(page: Page, codes: tuple[str, ...]) -> str:
    """The names of some indicators."""
    return (
        "、".join(page.say(catalogue()[code].label) for code in codes) or page.words["no_indicator"]
    )


def _new_word(figure: Figure | None) -> str:
    """The words that a person may want to give a meaning: what is counted, where the lexicon lacks it."""
    counted = (figure.counted or "") if figure else ""
    return "" if counted in lexicon().words else counted


def _candidates(case: Case, figure: Figure, item: Item | None) -> list[Indicator]:
    codes = case.reading.candidates.get(figure.start, ())
    own = item.indicator.code if item and item.indicator else None
    return [catalogue()[code] for code in codes if code != own]


def _by_topic() -> list[tuple[str, list[Indicator]]]:
    return [
        (topic, [entry for entry in catalogue().values() if entry.topic == topic])
        for topic in topics()
    ]


def problem(page: Page, error: ShenwanError) -> dict[str, str]:
    """An error as the templates show it."""
    where = ", ".join(part for part in (error.file, error.place) if part)
    return {
        "problem": page.say(error.problem),
        "where": visible(where),
        "remedy": page.say(error.remedy),
    }
