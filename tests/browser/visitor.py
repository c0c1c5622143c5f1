"""Someone who looks at the site, and notes all that goes wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Request

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


@dataclass
class Visit:
    """A page that is looked at, with all that went wrong on the way."""

    page: Page
    site: Path
    problems: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the site from its file."""
        self.page.goto(
            (self.site / path.partition("#")[0]).as_uri() + "".join(path.partition("#")[1:])
        )
        return self.page


def failure(request: Request) -> list[str]:
    """What to say of a request that failed; nothing of one that a visitor left behind by going on."""
    left = request.failure == "net::ERR_ABORTED"
    return [] if left else [f"failed: {request.url}: {request.failure}"]


def watched(context: BrowserContext, site: Path) -> Visit:
    """A new page of a context that notes every message, error, failed and outside request."""
    page = context.new_page()
    one = Visit(page, site)
    page.on("console", lambda message: one.problems.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: one.problems.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda request: one.problems.extend(failure(request)))
    page.on("dialog", lambda dialog: (one.problems.append("a dialog"), dialog.dismiss()))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith("file:")
            else one.problems.append(f"outside: {request.url}")
        ),
    )
    return one
