"""Every mistake a person makes in a file is one message with file, line and way out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from shenwan_data import schemas
from shenwan_data.cli.main import main
from shenwan_data.config.settings import load_settings
from shenwan_data.config.textfile import read_csv_document, read_text, read_yaml_document
from shenwan_data.doctor import examine
from shenwan_data.errors import DataError
from shenwan_data.figures.units import units
from shenwan_data.findings.rules import rules
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.corrections import read_corrections
from tests.town_settings import give_settings

# Made up for the tests.
REPORT = "神湾镇2023年法治政府建设年度报告\n一、行政执法\n全年立案查处行政处罚案件86宗。\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one report of 2023, which no record describes."""
    folder = give_settings(tmp_path / "data")
    year = folder / "reports" / "2023"
    year.mkdir(parents=True)
    (year / "shenwan.txt").write_text(REPORT, "utf-8")
    return folder


@pytest.fixture
def own_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the metadata that a test may break."""
    folder = Path(shutil.copytree(schemas.schemas_dir(), tmp_path / "schemas"))
    monkeypatch.setenv(schemas.VARIABLE, str(folder))
    return folder


def refused(read: Callable[[], object]) -> DataError:
    with pytest.raises(DataError) as caught:
        read()
    assert caught.value.problem.zh and caught.value.remedy.zh
    return caught.value


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "'a' is given twice, first in line 1"),
        ("x:\n  - k: 1\n    k: 2\n", 3, "'k' is given twice, first in line 2"),
        ("title: x\nversion：1.0.0\ncreated: y\n", 2, "a full-width ： stands"),
        ("- report：a\n  quote: b\n", 1, "a full-width ： stands"),
        ("name: {zh: 甲， en: A}\n", 1, "a full-width ， stands"),
        ("a: [1\n", 2, "not valid YAML"),
        ("a: 'x\n", 2, "not valid YAML"),
    ],
)
def test_broken_yaml_is_refused_with_its_line(
    content: str, line: int, said: str, tmp_path: Path
) -> None:
    (tmp_path / "x.yaml").write_text(content, "utf-8")
    error = refused(lambda: read_yaml_document(tmp_path / "x.yaml"))
    assert said in error.problem.en and (error.place or "").startswith(f"line {line}")
    assert error.file == str(tmp_path / "x.yaml")


MERGED = "\n".join(
    ["a0: &a0 {x: 1}"]
    + [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}" for i in range(1, 10)]
)
LISTED = "\n".join(
    ["a0: &a0 [x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
)


@pytest.mark.parametrize(
    "content",
    [
        "published: 2023-02-30", "retrieved: 2023-13-01", "note: 2023-02-15 25:61:00",
        "mask: [[0, " + "9" * 5000 + "]]", "note: !!int abc", "note: !!float abc",
        "note: !!timestamp abc", "note: !!python/object/apply:os.system [x]",
        MERGED, LISTED, "note: " + "[" * 100_000, "note: " + "{a: " * 100_000,
        "note:\n" + "- " * 50_000 + "x", "note: &a [*a]\nmask: [" + "[" * 200,
        "mask: [[1, 2]]\nmask: [[3, 4]]",
    ],
    ids=lambda content: content[:24],
)  # fmt: skip
def test_yaml_that_hangs_or_breaks_the_parser_is_one_message(content: str, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(content, "utf-8")
    error = refused(lambda: read_yaml_document(tmp_path / "x.yaml"))
    assert error.file == str(tmp_path / "x.yaml")


@pytest.mark.parametrize("content", [b"\xef\xbb\xbfa: 1\r\nb: [x]\r\n", b"a: 1\rb: [x]\r"])
def test_a_byte_order_mark_and_other_line_ends_are_read_away(
    content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    document = read_yaml_document(tmp_path / "x.yaml")
    assert document.content == {"a": 1, "b": ["x"]}
    assert document.line_of(("b", 0)) == 2 and document.line_of(("b", 7)) == 2


@pytest.mark.parametrize(
    ("encoding", "said"), [("gb18030", "encoded in GBK"), ("utf-16", "encoded in UTF-16")]
)
def test_another_encoding_is_named(encoding: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes("单位,名称\n摊,摊位\n".encode(encoding))
    error = refused(lambda: read_text(tmp_path / "x.csv"))
    assert said in error.problem.en and "另存为 UTF-8" in error.remedy.zh


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        ("", None, "the file is empty"),
        ("a;b\n1;2\n", "line 1", "the header is wrong"),
        ("a,c\n1,2\n", "line 1", "unknown ['c']"),
        ("a,b\n1,2,3\n", "line 2", "3 cells, the header 2"),
        ("a,b\n\n1，2\n", "line 3", "1 cells, the header 2"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(
    content: str, place: str | None, said: str, tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text(content, "utf-8")
    error = refused(lambda: read_csv_document(tmp_path / "x.csv", ("a", "b")))
    assert said in error.problem.en and error.place == place


def test_a_short_row_and_crlf_are_fine(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xef\xbb\xbfa,b\r\n1\r\n")
    assert read_csv_document(tmp_path / "x.csv", ("a", "b")).content == [{"a": "1", "b": ""}]


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


SETTINGS_MISTAKES = [
    ("publisher:", "publishr:", "unknown key publishr; did you mean 'publisher'?"),
    ("version: 1.0.0", "version: 1.0", "of the form 1.0.0, not 1.0"),
    ("created: 2026", "created: 二〇二六", "a date such as"),
    ("access: public", "access: publik", "unknown access 'publik'; did you mean 'public'?"),
    ("themes: [government, justice]", "themes: government", "should be a list, written [a, b]"),
    ("homepage: null", "homepage: www.x.cn", "an http(s) address"),
    ("  zh: 神湾镇法治政府建设年度报告数据\n", "", "needs zh and en"),
    ("doi: null", "doi: null\nversion: 1.0.1", "'version' is given twice"),
    ("doi: null", "doi：null", "a full-width ： stands"),
]


@pytest.mark.parametrize(("old", "new", "said"), SETTINGS_MISTAKES)
def test_a_mistake_in_the_release_settings_is_named(
    old: str, new: str, said: str, data: Path
) -> None:
    replace_in(data / "release.yaml", old, new)
    error = refused(lambda: load_settings(data))
    assert said in error.problem.en
    assert error.file == str(data / "release.yaml") and (error.place or "").startswith("line ")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Sanxiang,三乡镇,Sanxiang Town,,,", "a code of lower-case letters"),
        ("sanxiang,三乡镇,,,,", "missing: name_en"),
        ("sanxiang,三乡镇,Sanxiang Town,,,4420", "division code of a town: 12 digits"),
        ("shenwan,神湾镇,Shenwan Town,,,", "shenwan is given twice"),
        ("sanxiang，三乡镇，Sanxiang Town", "1 cells, the header 6"),
    ],
)
def test_a_mistake_in_the_areas_is_named(row: str, said: str, data: Path) -> None:
    with (data / "areas.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{row}\n")
    error = refused(lambda: load_settings(data))
    assert said in error.problem.en and (error.place or "").startswith("line 3")


def test_areas_saved_by_excel_are_read(data: Path) -> None:
    content = (data / "areas.csv").read_bytes().replace(b"\n", b"\r\n")
    (data / "areas.csv").write_bytes(b"\xef\xbb\xbf" + content)
    assert load_settings(data).areas["shenwan"].name_zh == "神湾镇"


def test_an_edit_is_seen_by_a_running_process(data: Path, own_schemas: Path) -> None:
    assert "摊" not in units() and load_settings(data).release.version == "1.0.0"
    with (own_schemas / "units.csv").open("a", encoding="utf-8") as stream:
        stream.write("摊,摊,stalls,count,count,摊,,,,,,,\n")
    replace_in(data / "release.yaml", "version: 1.0.0", "version: 1.1.0")
    assert units()["摊"].label.en == "stalls"
    assert load_settings(data).release.version == "1.1.0"


LIBRARY_MISTAKES = [
    ("units.csv", ",count,count,件", ",数量,count,件", "unknown kind '数量'", units),
    (
        "indicators/outreach.yaml",
        "- {things: [",
        "- {thing: [",
        "unknown key thing; did you mean",
        catalogue,
    ),
    ("indicators/outreach.yaml", "unit: 份", "unit: 分数", "unknown unit '分数'", catalogue),
    ("indicators/outreach.yaml", "[份, 册", "[份，册", "unknown unit '份，册'", catalogue),
    ("indicators/outreach.yaml", "unit:", "unti:", "unknown key unti; did you mean", catalogue),
    ("findings.yaml", "kind: rate_bounds", "kind: rate_bound", "did you mean 'rate_b", rules),
]


@pytest.mark.parametrize(("name", "old", "new", "said", "read"), LIBRARY_MISTAKES)
def test_a_mistake_in_the_metadata_is_named(
    name: str,
    old: str | None,
    new: str,
    said: str,
    read: Callable[[], object],
    own_schemas: Path,
) -> None:
    path = own_schemas / name
    if old is None:
        path.write_text(path.read_text("utf-8") + new, "utf-8")
    else:
        replace_in(path, old, new)
    error = refused(read)
    assert said in error.problem.en and error.file == str(path)


def test_a_broken_pattern_is_named_with_its_cell(own_schemas: Path) -> None:
    path = own_schemas / "units.csv"
    path.write_text(path.read_text("utf-8") + "摊,摊,stalls,count,count,摊,,,,,,,,(位,,\n", "utf-8")
    error = refused(units)
    assert "the pattern cannot be used" in error.problem.en
    assert "key not_before" in (error.place or "")


@pytest.mark.parametrize("read", [units, catalogue, rules], ids=lambda read: read.__name__)
def test_an_empty_file_is_named(read: Callable[[], object], own_schemas: Path) -> None:
    files = {
        "units": "units.csv",
        "catalogue": "indicators/services.yaml",
        "rules": "findings.yaml",
    }
    (own_schemas / files[read.__name__]).write_text("", "utf-8")
    assert "the file is empty" in refused(read).problem.en


def test_a_text_for_a_mapping_says_what_the_action_takes(data: Path) -> None:
    entry = (
        "- report: shenwan-2023\n  quote: 86宗\n  start: 31\n  action: assign\n"
        "  to: penalty_cases\n  who: 甲\n  when: 2024-03-05\n  why: 核对\n  expect: {value: 86}\n"
    )
    path = data / "corrections" / "2023.yaml"
    path.parent.mkdir()
    path.write_text(entry, "utf-8")
    error = refused(lambda: read_corrections(data, 2023))
    assert "such as {indicator: penalty_cases}" in error.problem.en
    assert error.place == "line 5, entry 1, key to"
    path.write_text(entry.replace("to: p", "to: {indicator: penalty_case}\n  # p"), "utf-8")
    error = refused(lambda: read_corrections(data, 2023))
    assert "unknown indicator 'penalty_case'; did you mean 'penalty_cases'?" in error.problem.en


BROKEN = "units.csv", "data/release.yaml", "data/areas.csv"


@pytest.mark.parametrize("name", BROKEN)
def test_every_command_and_the_doctor_say_the_same(
    name: str, data: Path, own_schemas: Path, tmp_path: Path
) -> None:
    path = tmp_path / name if name.startswith("data/") else own_schemas / name
    path.write_bytes(path.read_text("utf-8").encode("gb18030"))
    report = data / "reports" / "2023" / "shenwan.txt"
    new = tmp_path / "new.txt"
    new.write_text(REPORT.replace("2023", "2024"), "utf-8")
    commands = {
        "inspect": ["inspect", str(report)],
        "add": ["add", str(new), "--year", "2024", "--area", "shenwan", "--data-dir", str(data)],
        "build": ["build", "--data-dir", str(data)],
        "doctor": ["doctor", "--data-dir", str(data)],
    }
    concerned = {
        "units.csv": ["inspect", "build"],
        "data/release.yaml": ["build"],
        "data/areas.csv": ["add", "build"],
    }
    for command in (*concerned[name], "doctor"):
        done = CliRunner().invoke(main, commands[command])
        assert done.exit_code == 1, (command, done.output)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        assert str(path) in done.output and "encoded in GBK" in done.output, command


def test_the_doctor_lists_every_broken_file_once(data: Path, own_schemas: Path) -> None:
    (own_schemas / "units.csv").write_text("", "utf-8")
    (own_schemas / "hedges.yaml").write_text("before: 1\n", "utf-8")
    (data / "reports" / "2023" / "shenwan.yaml").write_text("sha256: 1\n", "utf-8")
    replace_in(data / "release.yaml", "publisher:", "publishr:")
    failed = [one for one in examine(data) if one.state == "FAIL"]
    names = [one.name for one in failed]
    for expected in ("units.csv", "release.yaml", "shenwan.yaml"):
        assert sum(name.endswith(expected) for name in names) == 1, names
    assert len(set(failed)) == len(failed)
