"""The addresses of one report at the desk: its page, and what is decided there.

Belongs here: requests about a report to decisions and pages. Does not belong here: who may ask
(``guard``), the addresses beside the reports (``application``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from urllib.parse import quote, urlencode

from starlette.requests import Request

from shenwan_data.review import pages
from shenwan_data.review.case import Case
from shenwan_data.review.checklist import checklist
from shenwan_data.review.decisions import Decision, amount, confirm_all, decide, forget
from shenwan_data.review.desk import Desk
from shenwan_data.review.wordings import Wording, keep, propose

Fields = dict[str, str]


class ReportAddresses:
    """What is shown of a report, and what is done to it."""

    def __init__(self, desk: Desk, name: Callable[[pages.Page, str], str]) -> None:
        self.desk, self.name = desk, name

    def report(self, page: pages.Page, request: Request) -> str:
        """One report with its checklist."""
        case = self._case(request)
        asked = request.query_params
        return pages.report_page(
            page, case, checklist(case), asked.get("show", "all"), asked.get("at"),
            name=self.name(page, case.report.ref_area), can_undo=bool(self.desk.done),
            said=asked.get("said", ""),
        )  # fmt: skip

    def item(self, page: pages.Page, request: Request) -> str:
        """The panel of one item or figure alone."""
        case = self._case(request)
        return str(pages.panel(page, case, checklist(case), request.path_params["key"]))

    def word(self, page: pages.Page, request: Request) -> str:
        """What a new wording would change, before it is kept."""
        case, asked = self._case(request), dict(request.query_params)
        wording = self._wording(case, asked)
        return pages.render(
            "word.jinja", page, case=case, wording=wording, asked=asked,
            name=self.name(page, case.report.ref_area), label=pages.label, area=self.name,
        )  # fmt: skip

    def keep_word(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Keep a new wording whose effect was shown."""
        case = self._case(request)
        wording = self._wording(case, fields)
        self.desk.who = fields.get("who", "").strip() or self.desk.who
        self.desk.note(
            keep(case, number(fields.get("start")) or 0, wording, self.desk.who, today())
        )
        return _there(page, case, fields.get("key", ""), fields, "noted", wording.word)

    def decide(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """One decision about one figure or indicator."""
        case = self._case(request)
        key, action = fields.get("key", ""), fields.get("action", "")
        start: int | None = number(fields.get("start"))
        if action == "word":
            self.desk.who = fields.get("who", "").strip() or self.desk.who
            kept = {name: fields.get(name, "") for name in ("key", "start", "word", "indicator")}
            self._wording(case, kept)  # what does not hold is said on this page
            return f"{_base(page, case)}/word?{urlencode(kept)}"
        if action.startswith("choose-"):  # of a conflict, this figure
            start, action = number(action.removeprefix("choose-")), "assign"
            fields["indicator"], fields["reads"] = key.removeprefix("c-"), ""
        elif action.startswith("candidate-"):
            fields["indicator"], action = action.removeprefix("candidate-"), "assign"
        self.desk.who = fields.get("who", "").strip() or self.desk.who
        decision = Decision(
            start, action, self.desk.who, today(), fields.get("why", ""),
            fields.get("indicator") or None, amount(fields.get("value")),
            fields.get("unit", "").strip() or None, number(fields.get("end")),
            fields.get("reads") or None,
        )  # fmt: skip
        undo = decide(case, decision)
        self.desk.note(undo)
        made = checklist(case.again())
        return _there(page, case, pages.following(made, key), fields, "noted", undo.about)

    def confirm_group(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Everything of a group that is still open is right; without a topic, of all topics.

        What holds up a release is decided by itself.
        """
        case = self._case(request)
        group, topic = fields.get("group", ""), fields.get("topic", "")
        self.desk.who = fields.get("who", "").strip() or self.desk.who
        about = [
            (None, item.indicator.code) if item.figure is None and item.indicator else
            (item.figure.start if item.figure else None, None)
            for name, its, items in checklist(case).groups()
            if name == group and topic in ("", its)
            for item in items
            if item.is_open and not item.blocks
        ]  # fmt: skip
        if about:
            # A figure may give two indicators; it is looked at once.
            self.desk.note(confirm_all(case, list(dict.fromkeys(about)), self.desk.who, today()))
        made = checklist(case.again())
        return _there(page, case, pages.following(made, ""), fields, "", "")

    def forget(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Take back the decision about one figure or indicator."""
        case = self._case(request)
        undo = forget(case, number(fields.get("start")), fields.get("indicator") or None)
        self.desk.note(undo)
        return _there(page, case, fields.get("key", ""), fields, "undone", undo.about)

    def undo(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Take back the last decision of this sitting."""
        case = self._case(request)
        about = self.desk.undo()
        word = "nothing_to_undo" if about is None else "undone"
        return _there(page, case, fields.get("key", ""), fields, word, about or "")

    def _wording(self, case: Case, asked: Fields) -> Wording:
        code, word = asked.get("indicator", ""), asked.get("word", "")
        return propose(case, number(asked.get("start")) or 0, word, code, self.desk.cases())

    def _case(self, request: Request) -> Case:
        return self.desk.case(request.path_params["year"], request.path_params["area"])


def _there(page: pages.Page, case: Case, key: str, fields: Fields, word: str, about: str) -> str:
    said = quote(page.words[word].format(what=about)) if word else ""
    show = quote(fields.get("show", "all"))
    return f"{_base(page, case)}?at={quote(key)}&show={show}&said={said}"


def _base(page: pages.Page, case: Case) -> str:
    return f"{page.root}/report/{case.report.time_period}/{case.report.ref_area}"


def number(text: str | None) -> int | None:
    """A whole number as a form sends it, None for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() else None


def today() -> date:
    """The day on this machine."""
    return datetime.now(UTC).astimezone().date()
