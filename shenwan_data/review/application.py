"""The addresses of the desk, and what each request does.

Belongs here: requests to decisions and pages. Does not belong here: the decisions (``decisions``), the
pages (``pages``), who may ask (``guard``).

Every address begins with the token and the language. A form that changes something answers with the
page to look at next, so that reloading does it no second time.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from shenwan_data.build_record import WORK_FOLDER
from shenwan_data.config.settings import RELEASE_FILE, load_settings, read_areas, set_aside
from shenwan_data.config.town import add_area, area_code, listed_towns, title_of
from shenwan_data.errors import ShenwanError, Text, UsageError
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.report.web_page import fetch_page
from shenwan_data.review import arrivals, pages
from shenwan_data.review.desk import Desk
from shenwan_data.review.entries import set_key, writing
from shenwan_data.review.guard import FILE_LIMIT, Guard, Secrets, form, limited
from shenwan_data.review.jobs import Jobs
from shenwan_data.review.report_addresses import Fields, ReportAddresses, number, today

LANGUAGES = ("zh", "en")


class Application:
    """The desk behind its addresses."""

    def __init__(self, desk: Desk, known: Secrets, jobs: Jobs) -> None:
        self.desk, self.known, self.jobs = desk, known, jobs
        self.taken: tuple[arrivals.Taken, ...] = ()  # what the last import of many came to
        self.of_report = ReportAddresses(desk, self._area)

    def routes(self) -> list[Route]:
        """All addresses, below ``/<token>/<language>/``."""
        routes = [
            Route(f"/{self.known.token}/", self._home),
            Route(f"/{self.known.token}/static/{{name}}", self._static),
            Route(f"/{self.known.token}/preview/{{path:path}}", self._preview),
        ]
        one = self.of_report
        for language in LANGUAGES:
            root = f"/{self.known.token}/{language}"
            report = f"{root}/report/{{year:int}}/{{area}}"
            gets = {
                f"{root}/": self.start, report: one.report, f"{report}/item/{{key}}": one.item,
                f"{report}/word": one.word,
                f"{root}/release": self.release, f"{root}/release/job": self.job,
                f"{root}/arrivals": self.arrivals, f"{root}/town": self.town,
            }  # fmt: skip
            posts = {
                f"{report}/decide": one.decide, f"{report}/confirm": one.confirm_group,
                f"{report}/forget": one.forget, f"{report}/undo": one.undo,
                f"{report}/word": one.keep_word,
                f"{root}/arrivals/take": self.take, f"{root}/arrivals/fetch": self.fetch,
                f"{root}/arrivals/all": self.take_all, f"{root}/town": self.add_town,
                f"{root}/aside": self.aside, f"{root}/preview": self.preview,
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

    async def _preview(self, request: Request) -> Response:
        root = (self.desk.data_dir / WORK_FOLDER / "preview").resolve()
        path = (root / request.path_params["path"]).resolve()
        if path.is_dir():
            path /= "index.html"
        if not path.is_relative_to(root) or not path.is_file():
            return PlainTextResponse("not found", 404)
        return FileResponse(path)

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
        aside = {one.report: one for one in set_aside(self.desk.data_dir)}
        reports = [
            {"year": int(path.parent.name), "area": path.stem, "name": self._area(page, path.stem),
             "aside": aside.get(f"{path.stem}-{path.parent.name}")}
            for path in self.desk.reports()
        ]  # fmt: skip
        towns = {one["area"]: one["name"] for one in reports}
        return pages.render(
            "start.jinja", page, reports=reports, towns=towns,
            said=request.query_params.get("said", ""),
        )  # fmt: skip

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
            taken=self.taken,
        )  # fmt: skip

    def town(self, page: pages.Page, request: Request) -> str:
        """The form of another town."""
        said, areas = request.query_params.get("said", ""), self._areas()
        release = load_settings(self.desk.data_dir).release
        title, description = release.title, release.description
        return pages.render(
            "town.jinja", page, areas=areas, said=said, listed=listed_towns(areas), title=title,
            proposed=title_of(list(areas.values())), description=description,
        )  # fmt: skip

    # what is decided

    def take(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Archive one waiting file, or remove it."""
        del request
        self.taken = ()
        path = arrivals.find(self.desk.data_dir, fields.get("file", ""))
        if fields.get("action") == "discard":
            arrivals.discard(path)
            return f"{page.root}/arrivals"
        year = number(fields.get("year"))
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
        folder, cells = self.desk.data_dir, {key: value.strip() for key, value in fields.items()}
        if fields.get("action") == "title":
            said = {
                key: {code: cells.get(f"{key}_{code}", "") for code in LANGUAGES}
                for key in ("title", "description")
            }
            if not all(all(texts.values()) for texts in said.values()):
                raise UsageError(
                    Text("标题和说明都要写", "title and description are both needed"),
                    remedy=Text("请补上后再提交", "fill them in and submit again"),
                )
            with writing(folder):
                for key, texts in said.items():
                    set_key(folder / RELEASE_FILE, key, json.dumps(texts, ensure_ascii=False))
        else:
            for row in listed_towns(self._areas()):
                if row["division_code"] == cells.get("listed"):
                    cells = {**row, "ref_area": area_code(row["name_en"])}
            with writing(folder):
                add_area(folder, cells)
        return f"{page.root}/town?said={quote(page.words['saved'])}"

    def fetch(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Fetch the report at an address, to be looked at as a dropped file is."""
        del request
        address = fields.get("url", "").strip()
        name, content = fetch_page(address)
        arrivals.keep(self.desk.data_dir, name, content, address.partition("#")[0])
        self.taken = ()
        return f"{page.root}/arrivals"

    def take_all(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Archive every waiting file whose town and year are known."""
        del request, fields
        folder = self.desk.data_dir
        self.taken = arrivals.archive_all(arrivals.waiting(folder), folder)
        return f"{page.root}/arrivals"

    def aside(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Leave a report, or all of its town, out of the release, or have it in again."""
        del request
        self.desk.who = fields.get("who", "").strip() or self.desk.who
        report, area = fields.get("report", ""), fields.get("area", "")
        if fields.get("action") == "back":
            undo = self.desk.put_back(report)
        else:
            there = [f"{path.stem}-{path.parent.name}" for path in self.desk.reports()]
            chosen = [one for one in there if one == report or one.rpartition("-")[0] == area]
            undo = self.desk.set_aside(chosen, today(), fields.get("why", ""))
        self.desk.note(undo)
        return f"{page.root}/?said={quote(page.words['noted'].format(what=undo.about))}"

    def preview(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Write the pages that a release would show, and go there."""
        del request, fields
        self.desk.preview_site()
        return f"/{self.known.token}/preview/{page.language}/index.html"

    def build(self, page: pages.Page, request: Request, fields: Fields) -> str:
        """Set the version and build."""
        del request
        self.jobs.build(page.words["build"], fields.get("version", "").strip(), today())
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
