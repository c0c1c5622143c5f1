"""The command as a person meets it: exit codes, what is printed where."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from shenwan_data import scan
from shenwan_data.cli.inspection import FIELDS
from shenwan_data.cli.main import main
from shenwan_data.cli.options import in_chinese
from tests.pipeline.made_up import text_of, write_report
from tests.town_settings import give_settings

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A made-up report outside any data folder."""
    path = tmp_path / "报告.txt"
    path.write_text(text_of(2022), encoding="utf-8")
    return path


def run(*arguments: object):
    """The command with these arguments."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_help_says_what_each_command_does_in_both_languages():
    result = run("--help")

    assert result.exit_code == 0
    for command in ("build", "inspect", "add", "coverage", "validate", "diff", "record"):
        assert command in result.output
        each = run(command, "--help")
        assert each.exit_code == 0
        assert "shenwan-data" in each.output or "Usage" in each.output
    assert "乡镇" in result.output


def test_the_list_of_commands_has_a_whole_sentence_in_each_language():
    listed_lines = run("--help").output.partition("Commands")[2].splitlines()[1:]
    listed = "".join(line.strip() for line in listed_lines)

    assert set(main.commands) <= {line.split()[0] for line in listed_lines if line[:3] != "   "}
    assert "..." not in listed
    for command in main.commands.values():
        english, chinese, *_ = (command.help or "").split("\n\n")
        assert "".join(english.split()) in "".join(listed.split())
        assert "".join(chinese.split()) in "".join(listed.split())


def test_inspect_shows_of_a_sentence_without_end_what_is_around_the_figure(tmp_path):
    # Shown whole for every figure, a line of 40,000 signs took 25 seconds.
    file = tmp_path / "endless.txt"
    file.write_text("办理了很多事项" * 500 + "多次" + "办理了很多事项" * 500, encoding="utf-8")

    lines = run("inspect", file).output.splitlines()

    (shown,) = [line.strip() for line in lines if line.strip().startswith("…")]
    assert "多次" in shown and shown.endswith("…") and len(shown) < 500


def test_inspect_gives_one_object_for_every_numeral_with_exactly_these_keys(report):
    result = run("inspect", report, "--json")

    assert result.exit_code == 0
    text = text_of(2022)
    objects = [json.loads(line) for line in result.output.splitlines()]
    assert len(objects) == len(scan(text))
    for item in objects:
        assert tuple(item) == (
            "start", "end", "quote", "kind", "value", "unit", "raw_value", "raw_unit",
            "lower", "upper", "qualifier", "indicators", "reason",
            "counted", "act", "topic", "ref_period", "coverage", "nature",
        )  # fmt: skip
        assert text[item["start"] : item["end"]] == item["quote"]
        assert isinstance(item["indicators"], list)
    assert "宗" in result.output
    assert tuple(objects[0]) == FIELDS


def test_inspect_shows_every_sentence_with_a_numeral_once(report):
    result = run("inspect", report)

    assert result.exit_code == 0
    assert result.output.count("群众满意率达") == 1
    assert "122" in result.output
    assert "普法工作还有不足" not in result.output


def test_inspect_needs_no_data_folder(report, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHENWAN_DATA_DIR", str(tmp_path / "nowhere"))

    assert run("inspect", report, "--json").exit_code == 0


def test_the_name_of_a_file_is_no_command_to_the_terminal(tmp_path):
    folder = tmp_path / "data"
    write_report(folder, 2022, text_of(2022))
    for name in ("a\x1b[31mb\nc.txt", "\u202etxt.c", os.fsdecode("报告.txt".encode("gbk"))):
        odd = folder / "reports" / "2022" / name
        odd.write_text("x")
        result = run("coverage", "--data-dir", folder)
        odd.unlink()

        assert result.exit_code == 1
        first = result.stderr.splitlines()[0]
        assert first.endswith(
            ("not the code of an area: " + first.split(": ")[-1], "record of one")
        )
        assert all(sign.isprintable() or sign == "\n" for sign in result.stderr)


def test_wrong_use_is_exit_code_2(tmp_path):
    assert run("inspect", tmp_path / "nothing.txt").exit_code == 2
    assert run("validate", tmp_path / "nothing").exit_code == 2
    assert run("build", "--year", "soon").exit_code == 2
    assert run("publish-everything").exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "没有命令 nonsense"),
        (["--nonsense"], "没有选项 --nonsense"),
        (["build", "--nonsense"], "没有选项 --nonsense"),
        (["inspect"], "缺少参数 FILE"),
        (["publish", str(ROOT)], "缺少选项 --to"),
        (["build", "--year"], "选项 --year 后须带值"),
        (["build", "more"], "多余的参数：more"),
        (["inspect", "无此文件.txt"], "文件不存在：无此文件.txt"),
        (["validate", "无此目录"], "目录不存在：无此目录"),
        (["inspect", str(ROOT)], f"这是目录，须给出文件：{ROOT}"),
        (["validate", __file__], f"这是文件，须给出目录：{__file__}"),
        (["build", "--year", "soon"], "不是整数：soon"),
        (["build", "--year", "1800"], "1800 不在范围"),
        (["build", "--log-format", "xml"], "xml 不在可选值之内"),
        (["add", __file__, "--year", "2022", "--area", "x", "--url", "u", "--published", "3"],
         "日期 3 的格式须为"),
        (["inspect", __file__, "--full"], "须与 --json 连用"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_in_both_languages(arguments, said):
    result = run(*arguments)

    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert said in result.stderr
    assert result.stdout == ""


def test_a_message_of_click_that_is_not_known_still_has_its_chinese():
    assert in_chinese("Something new.") == "用法有误，请看 --help"


def test_what_the_system_refuses_to_any_command_is_told_without_traceback(monkeypatch, report):
    def refused(*_given):
        raise PermissionError(errno.EACCES, "Permission denied", "/somewhere/file")

    monkeypatch.setattr("shenwan_data.cli.inspection.inspect_file", refused)

    result = run("inspect", report)

    assert result.exit_code == 3
    assert result.stderr.startswith("/somewhere/file: the system refused")
    assert "权限" in result.stderr


def test_a_report_of_the_run_needs_its_folder(tmp_path):
    write_report(tmp_path, 2022, text_of(2022))

    result = run("build", "--data-dir", tmp_path, "--report", tmp_path / "nowhere" / "run.md")

    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert not (tmp_path / "releases").exists()


def test_a_terminal_of_few_signs_is_no_reason_to_stop(report):
    done = subprocess.run(
        [sys.executable, "-m", "shenwan_data", "inspect", str(report)],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "\\u" in done.stdout


def test_a_folder_without_reports_is_wrong_use_told_without_traceback(tmp_path):
    result = run("build", "--data-dir", tmp_path)

    assert result.exit_code == 2
    assert "reports/" in result.stderr
    assert "数据目录" in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_bad_data_is_exit_code_1_and_names_the_file(tmp_path):
    empty = tmp_path / "empty.txt"
    empty.write_text("", encoding="utf-8")

    result = run("inspect", empty)

    assert result.exit_code == 1
    assert "empty.txt" in result.stderr
    assert result.stdout == ""


def test_a_folder_that_is_no_release_does_not_validate(tmp_path):
    result = run("validate", tmp_path)

    assert result.exit_code == 2
    assert "there is no release here" in result.stderr

    (tmp_path / "datapackage.json").write_text("{}", encoding="utf-8")
    result = run("validate", tmp_path)

    assert result.exit_code == 1
    assert "FAIL" in result.stderr


def test_the_reader_of_the_output_may_leave_early(tmp_path):
    long = tmp_path / "long.txt"
    long.write_text("全年办理案件122宗。\n" * 3000, encoding="utf-8")

    done = subprocess.run(
        [
            "bash",
            "-c",
            f"set -o pipefail; '{sys.executable}' -m shenwan_data inspect '{long}' --json | head -1",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert json.loads(done.stdout)["quote"] == "122宗"
    assert done.stderr == ""
    assert done.returncode == 0


def test_add_archives_a_report_and_says_what_comes_next(report, tmp_path):
    data = give_settings(tmp_path / "data")
    (data / "reports").mkdir()

    result = run(
        "add",
        report,
        "--year",
        2022,
        "--area",
        "shenwan",
        "--url",
        "http://a.gov.cn/1.html",
        "--data-dir",
        data,
    )

    assert result.exit_code == 0
    path = data / "reports" / "2022" / "shenwan.txt"
    assert path.read_text(encoding="utf-8") == text_of(2022)
    assert "http://a.gov.cn/1.html" in path.with_suffix(".yaml").read_text(encoding="utf-8")
    assert f"shenwan-data inspect {path}" in result.output
    assert "areas.csv" not in result.output
    misspelt = ("add", report, "--year", 2022, "--area", "shenwen", "--data-dir", data)
    refused = run(*misspelt)
    assert refused.exit_code == 2 and "the title names another town: 神湾镇" in refused.output
    other = run(*misspelt, "--anyway", "用于测试")
    assert (
        "shenwen is not in areas.csv; a release will show its code; did you mean 'shenwan'?"
        in other.output
    )
    again = run("add", report, "--year", 2022, "--area", "shenwan", "--data-dir", data)
    assert again.exit_code == 2
    assert "already holds" in again.output
    assert (
        run("add", report, "--year", 2021, "--area", "shenwan", "--data-dir", data).exit_code == 2
    )


def archive(folder: Path, *years: int) -> Path:
    """A data folder with the made-up reports of some years."""
    for year in years:
        path = folder / "data" / "reports" / str(year) / "shenwan.txt"
        path.parent.mkdir(parents=True)
        path.write_text(text_of(year), encoding="utf-8")
    return folder / "data"


def test_inspect_compares_an_archived_report_with_the_year_before(tmp_path):
    data = archive(tmp_path, 2021, 2022)
    path = data / "reports" / "2022" / "shenwan.txt"
    text = text_of(2022, cases=910).replace("派发宣传资料近7200份，", "")
    path.write_text(text, encoding="utf-8")

    result = run("inspect", path)
    whole = json.loads(run("inspect", path, "--json", "--full").output)

    assert "年报告有而本报告没有" in result.output
    assert (
        "outreach_materials 普法宣传资料" in result.output or "outreach_materials" in result.output
    )
    assert "121宗 → 910宗" in result.output
    assert whole["comparison"]["lacking"] == ["outreach_materials"]
    assert whole["comparison"]["jumps"] == [
        {"indicator": "penalty_cases", "before": 121, "now": 910}
    ]
    figures = [f for s in whole["sentences"] for f in s["figures"]]
    assert whole["coverage"]["numerals"] == len(figures)
    [cases] = [f for f in figures if "penalty_cases" in f["indicators"]]
    assert cases["quote"] == "910宗" and "行政处罚案件" in cases["because"]
    assert (cases["ref_period"], cases["coverage"], cases["nature"]) == ("2022", "whole", "level")
    assert all(s["text"] == text[s["start"] : s["end"]] for s in whole["sentences"])


def test_inspect_says_what_last_year_had_and_what_is_still_mentioned(tmp_path):
    data = archive(tmp_path, 2021, 2022)
    path = data / "reports" / "2022" / "shenwan.txt"
    text = text_of(2022).replace("派发宣传资料近7200份，", "广泛开展普法并发放宣传资料，")
    path.write_text(text, encoding="utf-8")
    assert "宣传资料份数: 近7100份  (this year without a number 今年提到而无数字：" in (
        run("inspect", path).output
    )
    whole = json.loads(run("inspect", path, "--json", "--full").output)
    assert list(whole["comparison"]["mentioned_without_number"]) == ["outreach_materials"]


def test_inspect_shows_what_is_given_in_parts_only(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(
        "测试镇2022年报告\n对村干部开展法律培训5次，对调解员开展法律培训3次。\n", encoding="utf-8"
    )
    assert (
        "law_training_events 法治培训场次: 对村干部开展法律培训5次" in run("inspect", file).output
    )
    whole = json.loads(run("inspect", file, "--json", "--full").output)
    assert whole["in_parts"] == {"law_training_events": "对村干部开展法律培训5次"}
    assert whole["conflicts"] == []


def test_inspect_shows_who_is_named(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(
        "测试镇2022年报告\n当事人王小明因纠纷起诉，涉案金额3万元，电话13812345678。\n",
        encoding="utf-8",
    )
    output = run("inspect", file).output
    assert "可识别个人" in output and "王小明" in output and "13812345678" in output
    whole = json.loads(run("inspect", file, "--json", "--full").output)
    assert [p["rule"] for p in whole["personal_data"]] == ["name", "mobile_number"]


def test_inspect_agrees_with_the_build_on_a_conflict_that_a_drop_has_decided(tmp_path):
    data = tmp_path / "data"
    path = data / "reports" / "2022" / "shenwan.txt"
    path.parent.mkdir(parents=True)
    text = "测试镇2022年报告\n立案查处行政处罚案件86宗。立案查处行政处罚案件91宗。\n"
    path.write_text(text, encoding="utf-8")
    (data / "corrections").mkdir()
    (data / "corrections" / "2022.yaml").write_text(
        f"- {{report: shenwan-2022, quote: 91宗, start: {text.index('91')}, action: drop, who: 甲, "
        "when: 2023-03-01, why: 重复, expect: {value: 91}}\n",
        encoding="utf-8",
    )
    whole = json.loads(run("inspect", path, "--json", "--full").output)
    figures = [f for s in whole["sentences"] for f in s["figures"]]
    assert whole["conflicts"] == []
    assert [f["quote"] for f in figures if "penalty_cases" in f["indicators"]] == ["86宗"]


def test_inspect_shows_where_a_build_would_stop(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text(
        "测试镇2022年法治政府建设年度报告\n立案查处行政处罚案件86宗。立案查处行政处罚案件91宗。\n",
        encoding="utf-8",
    )

    result = run("inspect", file)

    assert result.exit_code == 0
    assert "No release until this is decided" in result.output
    assert "须先确定才能发布" in result.output
    assert "action: assign" in result.output
    assert "86宗" in result.output and "91宗" in result.output
    assert "立案查处或办理的行政处罚案件数" in result.output
    (conflict,) = json.loads(run("inspect", file, "--json", "--full").output)["conflicts"]
    assert "立案查处或办理的行政处罚案件数" in conflict["definition"]["zh"]
    assert "action: assign" in conflict["entry"] and len(conflict["figures"]) == 2


def test_coverage_counts_what_each_report_gave(tmp_path):
    data = archive(tmp_path, 2021, 2022)

    result = run("coverage", "--data-dir", data)

    lines = [line.split("\t") for line in result.output.splitlines()[1:]]
    assert [line[0] for line in lines] == ["shenwan-2021", "shenwan-2022"]
    for _, numerals, mapped, unmapped, other in lines:
        assert int(numerals) == int(mapped) + int(unmapped) + int(other) > 0


def test_accuracy_prints_a_table_of_every_level():
    result = run("accuracy")

    assert result.exit_code == 0
    assert (
        "| Real | shenwan-2022 | Value and unit | 71 | 71 | 71 | 1.000 | 1.000 | 1.000 |"
        in result.output
    )


def test_accuracy_lists_what_a_change_of_rules_moved(tmp_path):
    data = archive(tmp_path, 2022)
    gold = tmp_path / "gold"
    (gold / "seen").mkdir(parents=True)
    labelled = "墨溪镇2031年报告\n办理行政处罚案件⟦15宗|count|15|宗|exact|15|15|penalty_cases⟧。\n"
    (gold / "seen" / "moxi-2031.gold.txt").write_text(labelled, encoding="utf-8")
    asked = ("accuracy", "--gold", gold, "--data-dir", data)

    result = run(*asked, "--write")
    assert result.exit_code == 0, result.output
    assert "0 changes" in run(*asked, "--changes").output

    kept = data / ".build" / "accuracy.jsonl"
    kept.write_text(kept.read_text("utf-8").replace("penalty_cases", "penalty_fines"), "utf-8")
    result = run(*asked, "--changes")
    assert (
        "seen/moxi-2031  15宗 @19  对应指标 Indicators: penalty_fines → penalty_cases; "
        "label 标注 penalty_cases" in result.output
    )
    assert "1 changes since the recorded run\n与上次记录相比，共 1 处不同" in result.output


def test_a_folder_that_is_no_release_gets_no_site(tmp_path):
    result = CliRunner().invoke(main, ["site", str(tmp_path), "--out", str(tmp_path) + "-site"])

    assert result.exit_code == 2
    assert "there is no release here" in result.output
    assert not Path(str(tmp_path) + "-site").exists()


def test_inspect_says_what_speaks_against_a_report_as_add_does(tmp_path: Path) -> None:
    half = tmp_path / "半份.txt"
    half.write_text(text_of(2022)[:-12] + "，三是", encoding="utf-8")
    result = run("inspect", half)
    assert result.exit_code == 0
    assert "正文到" in result.output and "breaks off" in result.output
    problems = json.loads(run("inspect", half, "--json", "--full").output)["problems"]
    assert [one["code"] for one in problems] == ["breaks_off"]

    last, copy = tmp_path / "去年.txt", tmp_path / "今年.txt"
    last.write_text(text_of(2021), encoding="utf-8")
    copy.write_text(text_of(2021).replace("2021", "2022"), encoding="utf-8")
    assert "most figures or sentences" in run("inspect", copy, "--against", last).output
    assert "most figures or sentences" not in run("inspect", copy).output


def test_inspect_lists_the_units_that_the_table_does_not_have(tmp_path: Path):
    path = tmp_path / "单位.txt"
    path.write_text("全年规范摊点612摊，摆放绿植6盆，出动12人次。\n", encoding="utf-8")

    result = run("inspect", path)
    assert "Unknown units" in result.output
    assert "未知单位" in result.output
    assert "摊: 612摊" in result.output
    assert "盆: 6盆" in result.output
    assert "人次: 12人次" not in result.output

    whole = json.loads(run("inspect", path, "--json", "--full").output)
    assert sorted(whole["unknown_units"]) == ["摊", "盆"]
