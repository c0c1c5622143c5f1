"""A browser, and visits to the site of the made-up reports.

The browser is Debian's Chromium, driven by Playwright, which downloads nothing. Where it is missing
the tests fail and say how to install it: a page that nobody has looked at is not tested.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import DESKTOP, Visit, watched

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# For one module and not the session: while it lives, an event loop runs in this thread, and nothing else
# that needs one of its own, as Dagster does, can run.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window and without a profile."""
    path = CHROMIUM if CHROMIUM.is_file() else Path(shutil.which("chromium") or "")
    if not path.is_file():
        pytest.fail("Chromium is missing: apt-get install $(cat .ci/system-packages)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(path), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser, site: Path) -> Iterator[Visit]:
    """A visitor at a desk; nothing may go wrong while they look around."""
    context = browser.new_context(viewport=DESKTOP)
    one = watched(context, site)
    yield one
    context.close()
    assert one.problems == []
