"""A data folder for any town: made once, completed where a file is missing, never changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shenwan_data.cli.main import main
from shenwan_data.config.settings import find_data_dir, load_settings
from shenwan_data.config.town import Town, make_data_dir
from shenwan_data.errors import Text, UsageError

OPTIONS = ["--area", "sanxiang", "--name-zh", "三乡镇", "--name-en", "Sanxiang Town"]
# Made up for the tests.
REPORT = "三乡镇2023年法治政府建设年度报告\n一、行政执法\n全年立案查处行政处罚案件86宗。\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def test_a_town_gets_a_folder_that_is_read_and_filled(tmp_path: Path) -> None:
    folder = tmp_path / "三乡 数据"
    done = run("init", folder, *OPTIONS, "--parent-zh", "广东省中山市", "--parent-en", "Zhongshan")
    assert done.exit_code == 0, done.output
    settings = load_settings(folder)
    assert settings.areas["sanxiang"].parent_zh == "广东省中山市"
    assert settings.release.title == Text(
        "三乡镇法治政府建设年度报告数据",
        "Figures of Sanxiang Town's yearly reports on rule-of-law government",
    )
    assert settings.release.publisher.name.zh == "三乡镇人民政府"
    readme = (folder / "README.md").read_text("utf-8")
    assert "三乡镇" in readme and "Sanxiang Town" in readme
    assert (folder / "reports").is_dir() and (folder / "corrections").is_dir()
    report = tmp_path / "r.txt"
    report.write_text(REPORT, "utf-8")
    added = run("--data-dir", folder, "add", report, "--year", 2023, "--area", "sanxiang")
    assert added.exit_code == 0, added.output
    assert "note 提示" not in added.output
    assert (folder / "reports" / "2023" / "sanxiang.txt").is_file()


def test_what_is_there_is_not_changed_and_what_is_missing_is_added(tmp_path: Path) -> None:
    run("init", tmp_path / "data", *OPTIONS)
    release = tmp_path / "data" / "release.yaml"
    release.write_text(release.read_text("utf-8").replace("1.0.0", "1.2.0"), "utf-8")
    again = run("init", tmp_path / "data")
    assert again.exit_code == 0 and "nothing was changed" in again.output
    assert load_settings(tmp_path / "data").release.version == "1.2.0"
    (tmp_path / "data" / "areas.csv").unlink()
    assert run("init", tmp_path / "data", *OPTIONS).exit_code == 0
    settings = load_settings(tmp_path / "data")
    assert settings.release.version == "1.2.0" and list(settings.areas) == ["sanxiang"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--area is missing"),
        (OPTIONS[:2], "--name-zh is missing"),
        (["--area", "Sanxiang", *OPTIONS[2:]], "not the code of an area"),
        ([*OPTIONS, "--parent-zh", "广东省"], "in both languages"),
    ],
)
def test_what_cannot_be_a_town_is_wrong_use(options: list[str], said: str, tmp_path: Path) -> None:
    done = run("init", tmp_path / "data", *options)
    assert done.exit_code == 2 and said in done.output
    assert not (tmp_path / "data" / "release.yaml").exists()


def test_any_sign_in_a_name_is_kept(tmp_path: Path) -> None:
    name = Text("“三乡”: {镇} #1", 'O\'Brien "Town": [x] #1')
    town = Town("a_b", name, Text("发布: 单位", "P: {x}"))
    make_data_dir(tmp_path, town, date(2026, 1, 2))
    settings = load_settings(tmp_path)
    assert settings.areas["a_b"].name_en == name.en
    assert name.zh in settings.release.title.zh and settings.release.created == date(2026, 1, 2)
    assert settings.release.publisher.name == Text("发布: 单位", "P: {x}")


def test_the_folder_itself_is_found_from_within(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SHENWAN_DATA_DIR", raising=False)
    run("init", tmp_path / "town", *OPTIONS)
    monkeypatch.chdir(tmp_path / "town")
    assert find_data_dir() == (tmp_path / "town").resolve()
    with pytest.raises(UsageError, match="shenwan-data init"):
        find_data_dir(tmp_path / "nowhere")
