"""The publisher's hour at the desk, in a real browser: from a new report to a recorded release."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.unit.review.made_up_review import TEXT, data_folder, page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DESK, NARROW = {"width": 1280, "height": 900}, {"width": 820, "height": 1100}
WHO = "神湾镇数据员"
expect.set_options(timeout=20_000)


class Running:
    """The command ``shenwan-data review``, which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "shenwan_data", "review"),
                *("--no-browser", "--data-dir", str(self.folder)),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = re.search(r"http\S+", self.process.stdout.readline())[0]

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    desk = Running(data_folder(tmp_path / "data", archived=False))
    yield desk
    desk.process.terminate()
    desk.process.wait(20)


def noted(browser: Browser, viewport: dict[str, int]) -> tuple[Page, list[str]]:
    """A page that notes what goes wrong; statuses of refusals are expected."""
    context = browser.new_context(viewport=viewport, bypass_csp=True)
    context.set_default_timeout(20_000)
    one, problems = context.new_page(), []
    one.on(
        "console",
        lambda message: None if "status of 4" in message.text else problems.append(message.text),
    )
    one.on("pageerror", lambda error: problems.append(str(error)))
    return one, problems


def violations(at: Page) -> list[str]:
    found = Axe().run(at, options={"resultTypes": ["violations"], "preload": False}).response
    return [
        f"{one['id']}: {[node['html'][:150] for node in one['nodes'][:3]]}"
        for one in found["violations"]
    ]


def entries(folder: Path, name: str) -> list[dict[str, object]]:
    path = folder / name
    return list(yaml.safe_load(path.read_text("utf-8")) or []) if path.exists() else []


def by_key(pressed: Locator) -> None:
    """Press a button or follow a link without a mouse."""
    pressed.focus()
    expect(pressed).to_be_focused()
    pressed.press("Enter")


def archived(at: Page, running: Running, new: Path) -> list[str]:
    """The report is dropped; town and year are read from it and confirmed."""
    new.write_text(page(TEXT), "utf-8")
    at.goto(running.address)
    by_key(at.get_by_role("link", name="添加报告").first)
    at.locator("#drop input").set_input_files(new)
    expect(at.locator("[name=year]")).to_have_value("2023")
    expect(at.locator("[name=area]")).to_have_value("shenwan")
    problems = violations(at)
    by_key(at.get_by_role("button", name="核对无误，归档"))
    expect(at.locator("#said")).to_contain_text("已归档")
    return problems


def conflicts_decided(at: Page, running: Running) -> list[str]:
    """Two conflicts, by keyboard alone."""
    at.goto(f"{running.address}zh/report/2023/shenwan")
    expect(at.locator(".stop")).to_have_text("2 处须先决定才能生成")
    assert at.locator(".text .f").count() > 80
    problems = violations(at)
    at.locator("#who").fill(WHO)
    for quote, pressed in (("128份", "2"), ("8件", "1")):
        expect(at.locator("#panel .choices")).to_contain_text(quote)
        at.keyboard.press("Escape")
        at.keyboard.press("w")
        at.keyboard.type("已与承办科室核实")
        at.keyboard.press("Escape")
        at.keyboard.press(pressed)
        expect(at.locator("#said")).to_contain_text(quote)
    expect(at.locator(".stop")).to_have_count(0)
    written = entries(running.folder, "corrections/2023.yaml")
    assert [(e["quote"], e["action"], e["who"]) for e in written] == [
        ("128份", "assign", WHO), ("8件", "assign", WHO),
    ]  # fmt: skip
    return problems


def looked_at_and_undone(at: Page, folder: Path) -> None:
    """A figure is looked at by keyboard; undo takes it back; the arrows of the list lead on."""
    before = at.locator("#panel-title").inner_text()
    at.keyboard.press("c")
    expect(at.locator("#panel-title")).not_to_have_text(before)
    assert len(entries(folder, "reviews/2023/shenwan.yaml")) == 1
    at.keyboard.press("u")
    expect(at.locator("#said")).to_contain_text("已撤销")
    assert entries(folder, "reviews/2023/shenwan.yaml") == []
    by_key(at.locator("#list a[data-key='i-penalty_cases']"))
    expect(at.locator("#panel-title")).to_contain_text("510宗")
    at.keyboard.press("j")
    expect(at.locator("#panel-title")).not_to_contain_text("510宗")
    at.keyboard.press("k")
    expect(at.locator("#panel-title")).to_contain_text("510宗")
    at.keyboard.press("c")
    expect(at.locator("#said")).to_contain_text("510宗")


def killed_and_broken(at: Page, running: Running) -> list[str]:
    """The desk is killed between two decisions, and a file broken by hand: nothing is lost."""
    at.goto("about:blank")  # a page that is open while the desk is gone fills the console
    left = at.context.new_page()
    left.goto(f"{running.address}zh/report/2023/shenwan")
    running.kill()
    left.keyboard.press("j")
    expect(left.locator("#gone")).to_contain_text("工作台已停止")
    left.close()
    running.start()
    at.goto(f"{running.address}zh/report/2023/shenwan")
    expect(at.locator("label[for=bar]")).to_contain_text("已看 3 /")
    expect(at.locator("#who")).to_have_value(WHO)
    file = running.folder / "corrections" / "2023.yaml"
    good = file.read_text("utf-8")
    file.write_text(good + "- report： shenwan-2023\n", "utf-8")
    at.reload()
    expect(at.get_by_role("alert")).to_contain_text("2023.yaml")
    problems = violations(at)
    file.write_text(good, "utf-8")
    by_key(at.get_by_role("link", name="重新读取"))
    return problems


def other_year(year: int) -> str:
    """The report of another year: every count is another."""
    counted = r"(?<![0-9.])[1-9][0-9]{1,4}(?=[件宗个家人次份场名期])"
    text = re.sub(counted, lambda m: str(int(m[0]) + year - 2020), TEXT)
    return text.replace("2023", str(year)).replace("2024-02-20", f"{year + 1}-02-20")


def as_word(text: str, path: Path) -> Path:
    document = docx.Document()
    for line in text.strip().splitlines():
        document.add_paragraph(line)
    document.save(str(path))
    return path


def as_pdf(text: str, browser: Browser, path: Path) -> Path:
    printed = browser.new_page()
    printed.set_content(page(text))
    printed.pdf(path=str(path), format="A4")
    printed.close()
    return path


def the_rest_is_looked_at(at: Page) -> None:
    """What is left is looked at by group."""
    group = at.locator("form[action$='/confirm'] button")
    expect(group.first).to_be_visible()
    while left := group.count():
        by_key(group.first)
        expect(group).to_have_count(left - 1)
    expect(at.locator(".head .state b")).to_have_text("全部看过了")


def reviewed(at: Page, running: Running, new: Path, year: int) -> None:
    """A report of another format, from the file to the last line of its checklist."""
    at.goto(f"{running.address}zh/arrivals")
    at.locator("#drop input").set_input_files(new)
    expect(at.locator("[name=year]")).to_have_value(str(year))
    at.get_by_role("button", name="核对无误，归档").click()
    expect(at.locator("#said")).to_contain_text("已归档")
    at.goto(f"{running.address}zh/report/{year}/shenwan")
    while left := int(at.locator(".stop").count() and at.locator(".stop").inner_text().split()[0]):
        at.locator("#why").fill("已与承办科室核实")
        at.locator("#panel [data-nr='2']").click()
        expect(at.locator(".stop")).to_have_count(int(left > 1))
        if left > 1:
            expect(at.locator(".stop")).to_have_text(f"{left - 1} 处须先决定才能生成")
    the_rest_is_looked_at(at)


def published(at: Page, folder: Path, to: Path) -> None:
    """The recorded release goes to a folder and to a git repository, each after its plan."""
    git = str(shutil.which("git"))
    subprocess.run([git, "init", "--quiet", "--bare", str(to / "data.git")], check=True)
    (to / "open").mkdir()
    targets = {
        "shared": {"type": "folder", "path": str(to / "open")},
        "repository": {"type": "git", "remote": str(to / "data.git"), "branch": "main"},
    }
    (folder / "targets.yaml").write_text(yaml.safe_dump({"targets": targets}), "utf-8")
    at.reload()
    for name in targets:
        at.locator("[name=target]").select_option(name)
        at.get_by_role("button", name="先看计划").click()
        expect(at.locator(".job.done")).to_contain_text("create", timeout=60_000)
        at.locator("[name=target]").select_option(name)
        at.get_by_role("button", name="按此计划发布").click()
        expect(at.locator(".job.done")).to_contain_text("对外发布", timeout=120_000)
    assert list((to / "open").rglob("1.1.0/MANIFEST.sha256"))
    tags = subprocess.run(
        [git, "-C", str(to / "data.git"), "tag"], capture_output=True, text=True, check=True
    )
    assert "1.1.0" in tags.stdout


# What a person decides on the way: each form that is sent but undoing and looking at a plan.
DECIDES = re.compile(r"/(decide|confirm|take|build|record)$")


def test_the_hour_from_a_new_report_to_a_recorded_release(browser, running, tmp_path):
    folder, (at, problems) = running.folder, noted(browser, DESK)
    sent: list[str] = []
    at.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    problems += archived(at, running, tmp_path / "报告.html")
    problems += conflicts_decided(at, running)
    looked_at_and_undone(at, folder)
    problems += killed_and_broken(at, running)
    corrections = (folder / "corrections" / "2023.yaml").read_text("utf-8")
    the_rest_is_looked_at(at)
    assert (folder / "corrections" / "2023.yaml").read_text("utf-8") == corrections
    # Two of them were to look at a figure by itself, once to undo it.
    decisions = {2023: sum(bool(DECIDES.search(url)) for url in sent) - 2}
    for year, new in (
        (2024, as_word(other_year(2024), tmp_path / "报告2024.docx")),
        (2025, as_pdf(other_year(2025), browser, tmp_path / "报告2025.pdf")),
    ):
        sent.clear()
        reviewed(at, running, new, year)
        decisions[year] = sum(bool(DECIDES.search(url)) for url in sent)
    assert {path.name for path in folder.glob("reports/20*/shenwan.*") if path.suffix != ".yaml"} == {
        "shenwan.txt", "shenwan.html", "shenwan.docx", "shenwan.pdf",
    }  # fmt: skip

    # Preview, build, record.
    sent.clear()
    by_key(at.get_by_role("link", name="生成与发布"))
    expect(at.locator(".good")).to_be_visible()
    by_key(at.locator("summary").first)
    expect(at.locator(".changes").first).to_contain_text("行政处罚案件数")
    problems += violations(at)
    at.locator("[name=version]").fill("1.1.0")
    by_key(at.get_by_role("button", name="生成", exact=True))
    expect(at.locator(".job.done")).to_contain_text("observations", timeout=240_000)
    by_key(at.get_by_role("button", name="登记为已发布"))
    expect(at.locator(".job.done")).to_contain_text("登记为已发布", timeout=60_000)
    assert (folder / "published" / "1.1.0" / "MANIFEST.sha256").is_file()
    last = sum(bool(DECIDES.search(url)) for url in sent)
    assert last == 2 and all(count + last <= 15 for count in decisions.values()), decisions
    published(at, folder, tmp_path)
    at.context.close()
    assert problems == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desk_is_accessible_and_fits_a_wide_and_a_narrow_window(browser, tmp_path, language):
    desk = Running(data_folder(tmp_path / "data"))
    try:
        at, problems = noted(browser, NARROW)
        new = f"start={TEXT.index('8场，设摊')}&word=说法茶摊&indicator=outreach_events"
        word = f"report/2023/shenwan/word?{new}"
        for path in ("", "arrivals", "town", "release", word, "report/2023/shenwan"):
            at.goto(f"{desk.address}{language}/{path}")
            for viewport in (DESK, NARROW):
                at.set_viewport_size(viewport)
                wide = at.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{path} is {wide} px too wide"
                for summary in at.locator("main details:not([open]) > summary").all():
                    summary.click()
                problems += [f"{path}, {viewport['width']}: {one}" for one in violations(at)]
        at.locator(".text .f.enforcement").first.click()
        expect(at.locator("#panel .choices")).to_have_count(0)
        expect(at.locator("#panel [data-hot=c]")).to_be_in_viewport()
        at.context.close()
        assert problems == []
    finally:
        desk.kill()
