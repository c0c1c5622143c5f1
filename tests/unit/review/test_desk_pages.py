"""Every address of the desk: what it shows, what it writes, and whom it lets in."""

from __future__ import annotations

import html
import re
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import yaml

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

from shenwan_data.config.settings import load_settings
from shenwan_data.review.application import application
from shenwan_data.review.desk import Desk
from shenwan_data.review.guard import Secrets
from shenwan_data.review.jobs import Job, Jobs
from shenwan_data.schemas import metadata
from shenwan_data.versions import year_version
from tests.town_settings import DATA
from tests.unit.report.test_inbox import Server
from tests.unit.review.made_up_review import SHORT, TITLE, data_folder, page

HOST = "127.0.0.1:8123"
REPORT = "report/2023/shenwan"
WHO = "神湾镇数据员"


@dataclass
class Browser:
    """A browser at the desk, without a script."""

    client: TestClient
    folder: Path
    jobs: Jobs
    desk: Desk

    def get(self, path: str, language: str = "zh", **headers: str) -> httpx.Response:
        return self.client.get(f"/tok/{language}/{path}", headers=headers)

    def post(
        self, path: str, headers: dict[str, str] | None = None, **fields: str
    ) -> httpx.Response:
        sent = {"csrf": "csrf", "who": WHO, "why": "已核实"} | fields
        headers = {"origin": f"http://{HOST}"} | (headers or {})
        return self.client.post(f"/tok/zh/{path}", data=sent, headers=headers)

    def written(self, name: str) -> list[dict[str, object]]:
        return list(yaml.safe_load((self.folder / name).read_text("utf-8")))


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    folder = data_folder(tmp_path / "data", SHORT)
    desk, jobs = Desk(folder), Jobs(folder)
    app = application(desk, Secrets("tok", "csrf"), jobs)
    return Browser(TestClient(app, base_url=f"http://{HOST}"), folder, jobs, desk)


def earlier() -> str:
    """A report of 2021 with other numbers."""
    other = re.sub(r"\d+(?=[家个份宗件万.])", lambda m: str(int(m[0]) + 7), SHORT)
    return other.replace("2023", "2021")


def at(quoted: str) -> str:
    return str(SHORT.index(quoted))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path", ["", REPORT, f"{REPORT}?show=doubts", "release", "arrivals", "town", "release/job"]
)
def test_every_page_is_shown_in_both_languages(browser, language, path):
    answer = browser.get(path, language)

    assert answer.status_code == 200
    if path != "release/job":
        assert f'lang="{"zh-Hans" if language == "zh" else "en"}"' in answer.text
        assert metadata("review.yaml")["title"][language] in html.unescape(answer.text)


def test_a_report_shows_text_checklist_and_progress(browser):
    shown = browser.get(REPORT).text

    assert TITLE in shown and "已看 0 / " in shown and "2 处须先决定才能生成" in shown
    # Conflicts come first, and the first open one lies on the desk.
    assert re.search(r'data-key="c-contracts_reviewed" data-start="\d+" aria-current', shown)
    assert shown.index("疑点和冲突，请先看") < shown.index("已找到 ·") < shown.index("没有找到 ·")
    assert f'id="t-{at("118个")}"' in shown


def test_the_panel_says_what_a_figure_states(browser):
    shown = browser.get(f"{REPORT}/item/i-firm_problems_solved").text

    for words in ("定义", "118 个", "<mark>118个</mark>", "全部", "总量", "2023", "解决"):
        assert words in shown
    assert browser.get(f"{REPORT}/item/f-{at('2023年，')}").status_code == 200
    assert browser.get(f"{REPORT}/item/f-1").status_code == 409


def test_decisions_are_written_and_the_next_open_item_follows(browser):
    answer = browser.post(
        f"{REPORT}/decide", key="c-contracts_reviewed", action=f"choose-{at('128份')}"
    )

    assert answer.status_code == 200 and "已记下：128份" in answer.text
    assert "1 处须先决定才能生成" in answer.text
    (entry,) = browser.written("corrections/2023.yaml")
    assert entry["action"] == "assign" and entry["to"] == {"indicator": "contracts_reviewed"}
    assert (entry["who"], entry["why"], entry["quote"]) == (WHO, "已核实", "128份")
    assert "at=c-cppcc_proposals_handled" in str(answer.url)


@pytest.mark.parametrize(
    ("action", "more", "field", "expected"),
    [
        ("none", {}, "action", "drop"),
        ("value", {"value": "5,100", "unit": "宗"}, "to", {"value": 5100}),
        ("assign", {"indicator": "penalty_hearings"}, "action", "assign"),
    ],
)
def test_each_correction_of_a_figure(browser, action, more, field, expected):
    if action == "assign":
        more = {"indicator": "admin_inspections"}
    answer = browser.post(
        f"{REPORT}/decide", key="i-penalty_cases", start=at("510宗"), action=action, **more
    )
    assert answer.status_code == 200
    assert browser.written("corrections/2023.yaml")[0][field] == expected


def test_the_text_is_read_once_whatever_is_decided(browser, monkeypatch):
    browser.get(REPORT)
    read_again = []
    monkeypatch.setattr("shenwan_data.indicators.read.match_text", lambda *_: read_again.append(1))
    for action in ("confirm", "none", "apart"):
        answer = browser.post(f"{REPORT}/decide", key="x", start=at("510宗"), action=action)
        assert answer.status_code == 200
    assert read_again == []


def test_looking_setting_apart_and_what_the_report_does_not_give(browser):
    browser.post(f"{REPORT}/decide", key="x", start=at("118个"), action="confirm", why="")
    browser.post(f"{REPORT}/decide", key="x", start=at("510宗"), action="apart", why="待执法办回复")
    browser.post(f"{REPORT}/decide", key="x", indicator="law_study_sessions", action="confirm")

    entries = browser.written("reviews/2023/shenwan.yaml")
    assert [entry["decision"] for entry in entries] == ["confirmed", "set_apart", "confirmed"]
    assert not (browser.folder / "corrections").exists()


def test_a_group_is_confirmed_in_one_step_and_taken_back_in_one(browser):
    browser.post(f"{REPORT}/confirm", group="found", topic="services")
    assert browser.written("reviews/2023/shenwan.yaml")
    said = browser.post(f"{REPORT}/undo").text
    assert "已撤销" in said and not (browser.folder / "reviews/2023/shenwan.yaml").exists()
    assert "没有可撤销的决定" in browser.post(f"{REPORT}/undo").text


def test_the_decision_about_one_figure_is_taken_back(browser):
    browser.post(f"{REPORT}/decide", key="x", start=at("510宗"), action="none")
    browser.post(f"{REPORT}/forget", key="i-penalty_cases", start=at("510宗"))
    assert not (browser.folder / "corrections/2023.yaml").read_text("utf-8").count("- report")


def test_two_windows_do_not_overwrite_each_other(browser):
    reads = re.search(
        r'name="reads" value="([^"]+)"', browser.get(f"{REPORT}/item/i-penalty_cases").text
    )
    browser.post(f"{REPORT}/decide", key="x", start=at("510宗"), action="value", value="51")
    second = browser.post(
        f"{REPORT}/decide", key="x", start=at("510宗"), action="none", reads=reads[1]
    )
    assert second.status_code == 409 and "现在读作" in second.text
    assert len(browser.written("corrections/2023.yaml")) == 1


def test_a_broken_file_is_named_and_loses_nothing(browser):
    browser.post(f"{REPORT}/decide", key="x", start=at("510宗"), action="none")
    file = browser.folder / "corrections" / "2023.yaml"
    good = file.read_text("utf-8")
    file.write_text(good + "- report： shenwan-2023\n", "utf-8")

    answer = browser.get(REPORT)
    assert answer.status_code == 422 and "2023.yaml" in answer.text and "全角" in answer.text
    assert browser.post(f"{REPORT}/decide", start=at("118个"), action="none").status_code == 422
    file.write_text(good, "utf-8")
    assert browser.get(REPORT).status_code == 200


def test_a_reason_or_value_that_is_wrong_is_said(browser):
    answer = browser.post(f"{REPORT}/decide", start=at("118个"), action="value", value="很多")
    assert answer.status_code == 409 and "不是数：很多" in answer.text
    answer = browser.post(f"{REPORT}/decide", start=at("118个"), action="none", why="")
    assert answer.status_code == 409 and "未写理由" in answer.text


def test_reports_arrive_by_many_are_read_and_confirmed(browser):
    other = earlier()
    headers = {"origin": f"http://{HOST}", "x-csrf": "csrf"}
    for name, text in (("旧报告 2021.html", page(other)), ("框架.txt", "正在加载，请稍候")):
        sent = browser.client.post(
            "/tok/zh/arrivals/file", content=text, headers=headers | {"x-name": quote(name)}
        )
        assert sent.status_code == 201
    refused = browser.client.post(
        "/tok/zh/arrivals/file", content="x", headers=headers | {"x-name": "a.exe"}
    )
    assert refused.status_code == 422 and "不是报告文件" in refused.text

    shown = browser.get("arrivals").text
    assert 'value="2021"' in shown and '<option value="shenwan" selected>' in shown
    names = re.findall(r'name="file" value="([^"]+)"', shown)
    whole, frame = sorted(names, key=lambda name: "框架" in name)
    gate = browser.post("arrivals/take", file=frame, year="2020", area="shenwan")
    assert gate.status_code == 409 and not (browser.folder / "reports/2020").exists()
    done = browser.post("arrivals/take", file=whole, year="2021", area="shenwan")
    assert done.status_code == 200 and (browser.folder / "reports/2021/shenwan.html").is_file()
    browser.post("arrivals/take", file=frame, action="discard")
    assert "待归档" not in browser.get("arrivals").text


def test_many_old_reports_are_archived_in_one_step_with_one_list_of_results(browser):
    headers = {"origin": f"http://{HOST}", "x-csrf": "csrf"}
    for year in range(2010, 2020):
        text = re.sub(r"\d+(?=[家个份宗件万.])", lambda m, y=year: str(int(m[0]) + y), SHORT)
        text = text.replace("2023", str(year))
        name = quote(f"{year}.txt")
        browser.client.post(
            "/tok/zh/arrivals/file", content=text, headers=headers | {"x-name": name}
        )
    browser.client.post(
        "/tok/zh/arrivals/file", content=SHORT, headers=headers | {"x-name": "again.txt"}
    )
    assert "核对无误，归档这 11 份" in browser.get("arrivals").text
    results = browser.post("arrivals/all").text
    assert results.count('class="good"') == 10 and "已有归档文件" in results
    assert len(list((browser.folder / "reports").glob("201?/shenwan.txt"))) == 10
    assert "again.txt" in browser.get("arrivals").text


@pytest.fixture
def web():
    server = Server()
    yield server
    server.close()


def test_a_report_is_fetched_from_its_address_with_the_care_of_an_inbox(browser, web):
    kind = {"Content-Type": "text/html"}
    web.paths["/post_1"] = 200, kind, page(earlier()).encode()
    web.paths["/away"] = 302, {"Location": "http://169.254.169.254/x"}, b""
    web.paths["/image"] = 200, {"Content-Type": "image/png"}, b"x"
    root = web.url.removesuffix("/drop")
    shown = browser.post("arrivals/fetch", url=f"{root}/post_1#top")
    assert shown.status_code == 200 and f'value="{root}/post_1"' in shown.text
    assert 'name="year" required inputmode="numeric" pattern="[0-9]{4}" size="5" value="2021"' in (
        shown.text
    )
    for path, status in (("away", 422), ("image", 409), ("nothing", 422)):
        assert browser.post("arrivals/fetch", url=f"{root}/{path}").status_code == status
    for address in ("file:///etc/passwd", "http://a:b@127.0.0.1/", "ftp://x/", ""):
        assert browser.post("arrivals/fetch", url=address).status_code == 409
    assert browser.get("arrivals").text.count("card arrival") == 1
    (file,) = re.findall(r'name="file" value="([^"]+)"', browser.get("arrivals").text)
    browser.post("arrivals/take", file=file, year="2021", area="shenwan", url=f"{root}/post_1")
    assert f"url: {root}/post_1" in (browser.folder / "reports/2021/shenwan.yaml").read_text(
        "utf-8"
    )


def test_a_town_of_the_official_list_is_one_choice_and_the_title_speaks_of_both(browser):
    shown = browser.get("town").text
    assert "442000114000" in shown and shown.count("442000117000") == 1  # listed, not offered
    browser.post("town", listed="442000114000")
    areas = (browser.folder / "areas.csv").read_text("utf-8")
    assert 'sanxiang,三乡镇,Sanxiang Town,广东省中山市,"Zhongshan, Guangdong",442000114000' in areas
    shown = browser.get("town").text
    assert "神湾镇、三乡镇法治政府建设年度报告数据" in shown
    browser.post(
        "town",
        action="title",
        title_zh="两镇数据",
        title_en="Two towns",
        description_zh="两镇的数字。",
        description_en="Their numbers.",
    )
    settings = load_settings(browser.folder).release
    assert (settings.title.zh, settings.title.en) == ("两镇数据", "Two towns")
    assert (settings.description.zh, settings.description.en) == ("两镇的数字。", "Their numbers.")
    for code in ("442000114", "992000114000", "442000114201"):
        bad = browser.post("town", ref_area="x", name_zh="某镇", name_en="X", division_code=code)
        assert bad.status_code == 409 and "12 位" in bad.text


def test_a_report_and_a_town_are_left_out_and_put_back(browser):
    archived(browser, 2021, earlier())
    before = (browser.folder / "release.yaml").read_bytes()
    assert browser.post("aside", report="shenwan-2023", why="").status_code == 409
    shown = browser.post("aside", report="shenwan-2023", why="待核实").text
    assert shown.count("暂不发布</b>") == 1 and "待核实" in shown
    assert b"  - report: shenwan-2023\n" in (browser.folder / "release.yaml").read_bytes()
    assert "处须先决定" in browser.get("release").text and "shenwan-2023" not in (
        browser.get("release").text
    )
    assert browser.post("aside", area="shenwan", why="整镇").text.count("暂不发布</b>") == 2
    for year in (2021, 2023):
        browser.post("aside", report=f"shenwan-{year}", action="back")
    assert (browser.folder / "release.yaml").read_bytes() == before


def test_the_pages_of_the_release_can_be_seen_before_it_is_built(browser):
    shown = browser.post("preview")
    assert shown.status_code == 200 and "神湾镇" in shown.text
    assert str(shown.url).endswith("/preview/zh/index.html")
    assert not (browser.folder / "releases").exists()
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    for path in ("../../release.yaml", "%2e%2e/%2e%2e/release.yaml", "no.html"):
        assert browser.client.get(f"/tok/preview/{path}").status_code == 404


def test_another_town_is_a_row_of_the_list(browser):
    before = (browser.folder / "areas.csv").read_text("utf-8")
    answer = browser.post("town", ref_area="sanxiang", name_zh="三乡镇", name_en="Sanxiang Town")
    assert answer.status_code == 200
    after = (browser.folder / "areas.csv").read_text("utf-8")
    assert after.startswith(before) and "sanxiang,三乡镇,Sanxiang Town" in after
    again = browser.post("town", ref_area="sanxiang", name_zh="三乡镇", name_en="Sanxiang Town")
    assert again.status_code == 409 and "已登记" in again.text
    assert browser.post("town", ref_area="X", name_zh="甲", name_en="A").status_code == 409


def test_the_preview_says_what_changes_and_what_holds_it_up(browser):
    shown = browser.get("release").text
    assert "2 处须先决定才能生成" in shown and "新增" in shown and "还没有发布过" in shown
    assert re.search(r"行政处罚案件数 <b>510 宗", shown)


def test_a_build_sets_the_version_first(browser, monkeypatch):
    started = []
    monkeypatch.setattr(browser.jobs, "start", lambda name, *commands: started.append(commands))
    browser.post("release/build", version="1.1.0")
    text = (browser.folder / "release.yaml").read_text("utf-8")
    assert "\nversion: 1.1.0\n" in text and started == [(["build", "--log-format", "json"],)]
    assert browser.post("release/build", version="1.1").status_code == 409


def test_publishing_needs_a_target_and_its_plan(browser, monkeypatch):
    started = []
    monkeypatch.setattr(browser.jobs, "start", lambda name, command: started.append(tuple(command)))
    assert browser.post("release/plan", target="portal").status_code == 409
    (browser.folder / "targets.yaml").write_text(
        "targets:\n- {name: portal, kind: store, root: /tmp/x}\n", "utf-8"
    )
    monkeypatch.setattr(browser.jobs, "targets", lambda: ("portal",))
    assert "请先看计划" in browser.post("release/publish", target="portal").text
    browser.post("release/plan", target="portal")
    assert started[-1][-1] == "--dry-run"
    browser.jobs.last = Job("plan", started[-1], code=0)
    browser.post("release/publish", target="portal")
    assert "--dry-run" not in started[-1] and started[-1][0] == "publish"


def test_a_job_shows_its_output_and_its_end(browser):
    job = browser.jobs.start("看版本", ["--version"])
    for _ in range(200):
        if not job.running:
            break
        time.sleep(0.1)
    assert job.code == 0 and "shenwan_data" in job.text
    assert "完成：看版本" in browser.get("release/job").text


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/wrong/zh/", {}, 404),
        ("GET", "/", {}, 404),
        ("GET", "/tok/zh/", {"host": "evil.example"}, 403),
        ("GET", "/tok/zh/", {"host": "127.0.0.1.evil.example"}, 403),
        ("GET", "/tok/zh/", {"sec-fetch-site": "cross-site"}, 403),
        ("POST", f"/tok/zh/{REPORT}/undo", {}, 403),
        ("POST", f"/tok/zh/{REPORT}/undo", {"origin": "http://evil.example"}, 403),
        ("POST", f"/tok/zh/{REPORT}/undo", {"origin": "null"}, 403),
        ("POST", "/tok/zh/arrivals/file", {"origin": f"http://{HOST}"}, 403),
        ("POST", f"/tok/zh/{REPORT}/undo", {"origin": f"http://{HOST}"}, 403),
        ("GET", "/tok/static/../pages.py", {}, 404),
        ("GET", "/tok/static/pages.py", {}, 404),
        ("GET", "/tok/fr/", {}, 404),
    ],
)
def test_strangers_are_not_let_in(browser, method, path, headers, status):
    assert browser.client.request(method, path, headers=headers).status_code == status


def test_every_answer_has_the_policy(browser):
    for path in ("/tok/zh/", "/tok/static/desk.js", "/nothing", f"/tok/zh/{REPORT}"):
        headers = browser.client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_hostile_report_is_shown_as_text(tmp_path):
    text = SHORT.replace("走访企业", "<script>alert(x)</script>\u202e走访企业")
    folder = data_folder(tmp_path / "data", text)
    client = TestClient(
        application(Desk(folder), Secrets("tok", "csrf"), Jobs(folder)), base_url=f"http://{HOST}"
    )
    shown = client.get(f"/tok/zh/{REPORT}?at=%22%3E%3Cscript%3E&said=<b>x</b>").text
    assert "<script>alert" not in shown and "\u202e" not in shown and "<b>x</b>" not in shown
    assert "&lt;script&gt;alert(x)" in shown


def test_a_new_wording_shows_its_effect_before_it_is_kept(browser):
    text = SHORT + "法治夜市8场。\n"
    archived(browser, 2021, earlier() + "法治夜市5场。\n")
    archived(browser, 2023, text)
    start = str(text.index("8场"))
    asked = {"key": f"f-{start}", "start": start, "action": "word", "word": "法治夜市"}
    assert "未选指标" in browser.post(f"{REPORT}/decide", **asked).text
    unfit = browser.post(f"{REPORT}/decide", indicator="penalty_cases", **asked)
    assert unfit.status_code == 409 and "只凭这些字" in unfit.text
    known = browser.post(f"{REPORT}/decide", **asked | {"word": "场"}, indicator="outreach_events")
    assert known.status_code == 409

    shown = browser.post(f"{REPORT}/decide", indicator="outreach_events", **asked)
    assert "“法治夜市”就是“普法宣传活动场次”的说法" in shown.text
    for year, quote_then in ((2023, "8场"), (2021, "5场")):
        assert (
            f'{year} 神湾镇</b> <span lang="zh-Hans">{quote_then}</span>: 无指标 → 普法'
            in shown.text
        )
    assert not (browser.folder / "lexicon.yaml").exists()

    kept = {"start": start, "word": "法治夜市", "indicator": "outreach_events", "key": f"f-{start}"}
    before = year_version(browser.folder, 2021)
    browser.post(f"{REPORT}/word", **kept)
    assert year_version(browser.folder, 2021) != before  # a build reads the year again
    (entry,) = browser.written("lexicon.yaml")
    assert (entry["word"], entry["means"]) == ("法治夜市", "outreach_activity")
    assert (entry["example"], entry["who"]) == ("法治夜市8场。", WHO)
    assert browser.desk.case(2023, "shenwan").figure(int(start)).indicators == ("outreach_events",)
    assert "已撤销：法治夜市" in browser.post(f"{REPORT}/undo").text
    assert not (browser.folder / "lexicon.yaml").exists()
    assert browser.desk.case(2023, "shenwan").figure(int(start)).indicators == ()


def test_a_wording_that_no_longer_holds_is_named(browser):
    (browser.folder / "lexicon.yaml").write_text(
        "- {word: 法治夜市, means: no_such, example: x, report: shenwan-2023, who: a, "
        "when: 2024-01-01}\n",
        "utf-8",
    )
    answer = browser.get(REPORT)
    assert answer.status_code == 422 and "词表中没有概念 no_such" in answer.text


def archived(browser: Browser, year: int, text: str) -> None:
    """A report of that year in the archive, in place of the one it has."""
    from shenwan_data.report.archive import add_report

    for path in (browser.folder / "reports" / str(year)).glob("*"):
        path.unlink()
    new = browser.folder / "new.txt"
    new.write_text(text, "utf-8")
    add_report(new, year=year, area="shenwan", data_dir=browser.folder)
    new.unlink()


def test_the_hour_of_the_readme_names_what_is_on_the_pages():
    readme = (DATA.parent / "README.zh.md").read_text("utf-8")
    hour = readme[readme.index("### 发布者：每年一小时") : readme.index("#### 不用浏览器")]
    texts = {str(text["zh"]) for text in metadata("review.yaml").values()}
    pressed = re.findall(r"点“([^”]+)”", hour)
    assert len(pressed) > 12 and [one for one in pressed if one not in texts] == []
