"""The addresses of the desk, and what each request does.

Belongs here: requests to decisions and pages. Does not belong here: the decisions (``decisions``), the
pages (``pages``), who may ask (``guard``).

Every address begins with the token and the language. A form that changes something answers with the
page to look at next, so that reloading does it no second time.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from shenwan_data.config.settings import load_settings, read_areas
from shenwan_data.config.town import add_area
from shenwan_data.errors import ShenwanError, Text, UsageError
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.review import arrivals, pages
from shenwan_data.review.case import Case
from shenwan_data.review.checklist import checklist
from shenwan_data.review.decisions import Decision, amount, confirm_all, decide, forget
from shenwan_data.review.desk import Desk
from shenwan_data.review.entries import writing
from shenwan_data.review.guard import FILE_LIMIT, Guard, Secrets, form, limited
from shenwan_data.review.jobs import Jobs

LANGUAGES = ("zh", "en")
Fields = dict[str, str]


class Application:
    """The desk behind its addresses."""

    def __init__(self, desk: Desk, known: Secrets, jobs: Jobs) -> None:
        self.desk, self.known, self.jobs = desk, known, jobs

    def routes(self) -> list[Route]:
        """All addresses, below ``/<token>/<language>/``."""
        routes = [
            Route(f"/{self.known.token}/", self._home),
            Route(f"/{self.known.token}/static/{{name}}", self._static),
        ]
        for language in LANGUAGES:
            root = f"/{self.known.token}/{language}"
            report = f"{root}/report/{{year:int}}/{{area}}"
            gets = {
                f"{root}/": self.start, report: self.report, f"{report}/item/{{key}}": self.item,
                f"{root}/release": self.release, f"{root}/release/job": self.job,
                f"{root}/arrivals": self.arrivals, f"{root}/town": self.town,
            }  # fmt: skip
            posts = {
                f"{report}/decide": self.decide, f"{report}/confirm": self.confirm_group,
                f"{report}/forget": self.forget, f"{report}/undo": self.undo,
                f"{root}/arrivals/take": self.take, f"{root}/town": self.add_town,
                f"{root}/release/build": self.build, f"{root}/release/record": self.record,
                f"{root}/release/plan": self.plan, f"{root}/release/publish": self.publish,
            }  # fmt: skip
            routes += [
                Route(path, self._page(work), methods=["GET"]) for path, work in gets.items()
            ]
            routes += [
                Route(path, self._form(work), methods=["POST"]) for path, work in posts.items()
            ]
            routes.append(Route(f"{root}/arrivals/file", self._upload, methods=["POST"]))
        return routes

    # what stands around every request

    def _shown(self, request: Request) -> pages.Page:
        second = request.url.path.split("/")[2]
        language = second if second in LANGUAGES else LANGUAGES[0]
        return pages.Page(
            language, f"/{self.known.token}/{language}", self.known.csrf, self.desk.who
        )

    def _page(
        self, work: Callable[[pages.Page, Request], str]
    ) -> Callable[..., Awaitable[Response]]:
        @functools.wraps(work)
        async def shown(request: Request) -> Response:
            page = self._shown(request)
            try:
                return HTMLResponse(await run_in_threadpool(self._alone, work, page, request))
            except ShenwanError as error:
                return _failed(page, error, request)

        return shown

    def _form(
        self, work: Callable[[pages.Page, Request, Fields], str]
    ) -> Callable[..., Awaitable[Response]]:
        @functools.wraps(work)
        async def changed(request: Request) -> Response:
            fields = await form(request, self.known)
            if fields is None:
                return PlainTextResponse("not a form of this page", 403)
            page = self._shown(request)
            try:
                to = await run_in_threadpool(self._alone, work, page, request, fields)
            except ShenwanError as error:
                return _failed(page, error, request)
            return RedirectResponse(to, 303)

        return changed

    def _alone(self, work: Callable[..., str], *given: Any) -> str:
        with self.desk.lock:
            return work(*given)

    async def _home(self, request: Request) -> Response:
        return RedirectResponse(f"{self._shown(request).root}/", 303)

    async def _static(self, request: Request) -> Response:
        found = pages.static(request.path_params["name"])
        if found is None:
            return PlainTextResponse("not found", 404)
        return Response(found[0], headers={"content-type": found[1]})

    async def _upload(self, request: Request) -> Response:
        page = self._shown(request)
        if request.headers.get("x-csrf") != self.known.csrf:
            return PlainTextResponse("not a form of this page", 403)
        content = await limited(request, FILE_LIMIT)
        if content is None:
            return PlainTextResponse("too large", 413)
        name = unquote(request.headers.get("x-name", ""))
        try:
            await run_in_threadpool(arrivals.keep, self.desk.data_dir, name, content)
        except ShenwanError as error:
            return PlainTextResponse(page.say(error.problem), 422)
        return PlainTextResponse("", 201)

    # the pages

    def start(self, page: pages.Page, request: Request) -> str:
        """The reports, and what can be done next."""
        del request
        reports = [
            {"year": int(path.parent.name), "area": path.stem, "name": self._area(page, path.stem)}
            for path in self.desk.reports()
        ]
        return pages.render("start.jinja", page, reports=reports)

    def report(self, page: pages.Page, request: Request) -> str:
        """One report with its checklist."""
        case = self._case(request)
        asked = request.query_params
        return pages.report_page(
            page, case, checklist(case), asked.get("show", "all"), asked.get("at"),
            name=self._area(page, case.report.ref_area), can_undo=bool(self.desk.done),
            said=asked.get("said", ""),
        )  # fmt: skip

    def item(self, page: pages.Page, request: Request) -> str:
        """The panel of one item or figure alone."""
        case = self._case(request)
        return str(pages.panel(page, case, checklist(case), request.path_params["key"]))

    def release(self, page: pages.Page, request: Request) -> str:
        """What a release would change, and the steps to it."""
        del request
        settings = load_settings(self.desk.data_dir)
        built = (settings.release_dir / "datapackage.json").is_file()
        return pages.render(
            "release.jinja", page, preview=self.desk.preview(), settings=settings, built=built,
            job=self.jobs.last, targets=self.jobs.targets(), area=self._area,
            catalogue=catalogue(),
        )  # fmt: skip

    def job(self, page: pages.Page, request: Request) -> str:
        """The step under way alone."""
        del request
        return pages.render("job.jinja", page, job=self.jobs.last)

    def arrivals(self, page: pages.Page, request: Request) -> str:
        """Files to be archived."""
        return pages.render(
            "arrivals.jinja", page, waiting=arrivals.waiting(self.desk.data_dir), said=
            request.query_params.get("said", ""), areas=self._areas(), problem=pages.problem,
            problems={},
        )  # fmt: skip

    def town(self, page: pages.Page, request: Request) -> str:
        """The form of another town."""
        said = request.query_params.get("said", "")
        return pages.render("town.jinja", page, areas=self._areas(), said=said)

    # what is decided

    def decide(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """One decision about one figure or indicator."""
        case, made = self._case(request), None
        key, action = fields.get("key", ""), fields.get("action", "")
        start: int | None = _number(fields.get("start"))
        if action.startswith("choose-"):  # of a conflict, this figure
            start, action = _number(action.removeprefix("choose-")), "assign"
            fields["indicator"], fields["reads"] = key.removeprefix("c-"), ""
        elif action.startswith("candidate-"):
            fields["indicator"], action = action.removeprefix("candidate-"), "assign"
        self.desk.who = fields.get("who", "").strip() or self.desk.who
        decision = Decision(
            start, action, self.desk.who, _today(), fields.get("why", ""),
            fields.get("indicator") or None, amount(fields.get("value")),
            fields.get("unit", "").strip() or None, _number(fields.get("end")),
            fields.get("reads") or None,
        )  # fmt: skip
        undo = decide(case, decision)
        self.desk.note(undo)
        made = checklist(case.again())
        return _report(page, case, pages.following(made, key), fields, "noted", undo.about)

    def confirm_group(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Everything of a group that is still open is right."""
        case = self._case(request)
        wanted = (fields.get("group", ""), fields.get("topic", ""))
        self.desk.who = fields.get("who", "").strip() or self.desk.who
        for name, topic, items in checklist(case).groups():
            if (name, topic) == wanted and name != "doubts":
                about = [
                    (None, i.indicator.code) if i.figure is None and i.indicator else
                    (i.figure.start if i.figure else None, None)
                    for i in items if i.is_open
                ]  # fmt: skip
                # A figure may give two indicators; it is looked at once.
                self.desk.note(
                    confirm_all(case, list(dict.fromkeys(about)), self.desk.who, _today())
                )
        made = checklist(case.again())
        return _report(page, case, pages.following(made, ""), fields, "", "")

    def forget(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Take back the decision about one figure or indicator."""
        case = self._case(request)
        undo = forget(case, _number(fields.get("start")), fields.get("indicator") or None)
        self.desk.note(undo)
        return _report(page, case, fields.get("key", ""), fields, "undone", undo.about)

    def undo(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Take back the last decision of this sitting."""
        case = self._case(request)
        about = self.desk.undo()
        word = "nothing_to_undo" if about is None else "undone"
        return _report(page, case, fields.get("key", ""), fields, word, about or "")

    def take(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Archive one waiting file, or remove it."""
        del request
        path = arrivals.find(self.desk.data_dir, fields.get("file", ""))
        if fields.get("action") == "discard":
            arrivals.discard(path)
            return f"{page.root}/arrivals"
        year = _number(fields.get("year"))
        if year is None or not fields.get("area"):
            raise UsageError(
                Text("须写明年度和乡镇", "the year and the town are missing"),
                file=path.name,
                remedy=Text("请补上后再归档", "fill them in and archive it again"),
            )
        report = arrivals.archive(
            path, self.desk.data_dir, year=year, area=fields["area"],
            anyway=fields.get("anyway", "").strip() or None, url=fields.get("url", "").strip() or None,
        )  # fmt: skip
        said = page.words["archived"].format(what=f"{report.title} ({report.id})")
        return f"{page.root}/arrivals?said={quote(said)}"

    def add_town(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Another town on the list."""
        del request
        with writing(self.desk.data_dir):
            add_area(self.desk.data_dir, {key: value.strip() for key, value in fields.items()})
        return f"{page.root}/town?said={quote(page.words['saved'])}"

    def build(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Set the version and build."""
        del request
        self.jobs.build(page.words["build"], fields.get("version", "").strip(), _today())
        return f"{page.root}/release#job"

    def record(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Record the release that was built."""
        del request, fields
        self.jobs.record(page.words["record"])
        return f"{page.root}/release#job"

    def plan(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Show what publishing would do."""
        del request
        self.jobs.publish(page.words["plan"], fields.get("target", ""), dry_run=True)
        return f"{page.root}/release#job"

    def publish(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Publish to a target whose plan was the last thing shown."""
        del request
        self.jobs.publish(page.words["publish"], fields.get("target", ""), dry_run=False)
        return f"{page.root}/release#job"

    # shared

    def _case(self, request: Request) -> Case:
        return self.desk.case(request.path_params["year"], request.path_params["area"])

    def _areas(self) -> dict[str, Any]:
        return dict(read_areas(self.desk.data_dir))

    def _area(self, page: pages.Page, code: str) -> str:
        known = self._areas().get(code)
        return code if known is None else page.say(Text(known.name_zh, known.name_en))


def application(desk: Desk, known: Secrets, jobs: Jobs) -> Starlette:
    """The desk as an ASGI application, guarded."""
    made = Application(desk, known, jobs)
    return Starlette(routes=made.routes(), middleware=[Middleware(Guard, known=known)])


def _failed(page: pages.Page, error: ShenwanError, request: Request) -> Response:
    back = request.url.path if request.method == "GET" else request.headers.get("referer", "")
    body = pages.render(
        "problem.jinja", page, error=pages.problem(page, error), back=back or f"{page.root}/"
    )
    return HTMLResponse(body, 409 if isinstance(error, UsageError) else 422)


def _report(page: pages.Page, case: Case, key: str, fields: Fields, word: str, about: str) -> str:
    said = quote(page.words[word].format(what=about)) if word else ""
    show = quote(fields.get("show", "all"))
    where = f"{page.root}/report/{case.report.time_period}/{case.report.ref_area}"
    return f"{where}?at={quote(key)}&show={show}&said={said}"


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _today() -> Any:
    return datetime.now(UTC).astimezone().date()
