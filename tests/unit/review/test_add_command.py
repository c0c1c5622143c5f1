"""Reports by the command ``add``: one, many, a folder, an address, or at the desk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shenwan_data.cli import reviewing
from shenwan_data.cli.main import main
from tests.unit.report.test_inbox import Server
from tests.unit.review.made_up_review import SHORT, data_folder, page


def of_year(year: int) -> str:
    """The made-up report with the numbers and the name of another year."""
    text = re.sub(r"\d+(?=[家个份宗件万.])", lambda m: str(int(m[0]) + year), SHORT)
    return text.replace("2023", str(year))


def add(folder: Path, *arguments: object) -> Result:
    """The command in this data folder."""
    given = [str(one) for one in arguments]
    return CliRunner().invoke(main, ["add", *given, "--data-dir", str(folder)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return data_folder(tmp_path / "data", SHORT)


def test_a_folder_of_old_reports_is_one_step_with_one_list_of_results(folder, tmp_path):
    old = tmp_path / "历年报告"
    (old / "2010年代").mkdir(parents=True)
    for year in (2012, 2011):
        (old / "2010年代" / f"报告{year}.html").write_text(page(of_year(year)), "utf-8")
    (old / "框架.txt").write_text("正在加载，请稍候", "utf-8")
    (old / "~$报告.docx").write_text("x")

    result = add(folder, old)

    assert result.exit_code == 1  # not all of them
    assert result.output.index("archived shenwan-2011") < result.output.index(
        "archived shenwan-2012"
    )
    assert "not archived 未归档: 框架.txt" in result.output
    assert "2 of 3 archived" in result.output and "~$" not in result.output
    assert (folder / "reports/2012/shenwan.html").is_file() and (old / "框架.txt").is_file()
    assert add(folder, old, "--area", "shenwan").exit_code == 2


def test_town_and_year_of_one_file_are_read_from_it(folder, tmp_path):
    new = tmp_path / "new.txt"
    new.write_text(of_year(2014), "utf-8")
    result = add(folder, new, "--publisher", "神湾镇人民政府")
    assert result.exit_code == 0, result.output
    assert "publisher: 神湾镇人民政府" in (folder / "reports/2014/shenwan.yaml").read_text("utf-8")
    new.write_text("工作总结，共办理案件12件。", "utf-8")
    assert "看不出年度" in add(folder, new).output


def test_an_address_is_fetched_and_nothing_of_it_stays_aside(folder):
    web = Server()
    try:
        web.paths["/post.html"] = 200, {"Content-Type": "text/html"}, page(of_year(2013)).encode()
        address = f"http://127.0.0.1:{web.port}/post.html"
        result = add(folder, address)
        assert result.exit_code == 0, result.output
        assert f"url: {address}" in (folder / "reports/2013/shenwan.yaml").read_text("utf-8")
        assert not list((folder / ".build" / "arrivals").glob("*/*"))
        assert add(folder, f"http://127.0.0.1:{web.port}/none").exit_code == 3
    finally:
        web.close()


def test_without_arguments_the_desk_opens_where_files_are_dropped(folder, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(reviewing.click, "launch", opened.append)
    monkeypatch.setattr(
        "shenwan_data.review.server.serve", lambda _, __, ready: ready("http://127.0.0.1:1/tok/")
    )
    assert add(folder).exit_code == 0
    assert opened == ["http://127.0.0.1:1/tok/zh/arrivals"]
