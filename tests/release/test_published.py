"""A published version never changes, the next one is late enough, and what goes has said so."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shenwan_data import schemas
from shenwan_data.errors import DataError, UsageError
from shenwan_data.release.diff import diff_releases
from shenwan_data.release.diff_report import diff_markdown
from shenwan_data.release.gone import find_gone
from shenwan_data.release.manifest import MANIFEST, hashes
from shenwan_data.release.register import newest_published, read_register, record_published
from shenwan_data.release.snapshot import read_snapshot
from tests.release.made_up import CATALOGUE
from tests.release.test_diff import made_up
from tests.town_settings import give_settings

Declare = Callable[[str, str, str], None]


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Let settings and metadata be copies in which a text of a file can be replaced by another."""
    copy = Path(shutil.copytree(schemas.schemas_dir(), tmp_path / "schemas"))
    monkeypatch.setenv(schemas.VARIABLE, str(copy))
    give_settings(tmp_path / "data")

    def change(file: str, old: str, new: str) -> None:
        path = (tmp_path / "data" if file == "release.yaml" else copy) / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


def version(declare: Declare, old: str, new: str) -> None:
    declare("release.yaml", f"version: {old}\n", f"version: {new}\n")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose release 1.0.0, of two made-up years, is published. Only to be copied."""
    folder = tmp_path_factory.mktemp("published") / "data"
    record_published(made_up(folder / "releases"), folder / "published")
    return folder


@pytest.fixture
def releases(published: Path, tmp_path: Path) -> Path:
    """The folder of releases of such a data folder."""
    return Path(shutil.copytree(published, tmp_path / "data")) / "releases"


def test_a_draft_may_be_built_as_often_as_one_likes(tmp_path: Path, declare: Declare) -> None:
    releases = tmp_path / "data" / "releases"
    first = hashes(made_up(releases))
    assert hashes(made_up(releases, count=601)) != first
    assert newest_published(tmp_path / "data" / "published") is None


def test_a_published_version_never_changes(releases: Path) -> None:
    before = hashes(releases / "1.0.0")
    assert hashes(made_up(releases)) == before
    with pytest.raises(DataError, match="a published version never changes") as refused:
        made_up(releases, count=601)
    message = str(refused.value)
    assert "evidence/figures.csv" in message
    assert "set `version: 1.0.1` or later" in message
    assert "已发布的版本不得改变" in message
    assert hashes(releases / "1.0.0") == before
    assert sorted(path.name for path in releases.iterdir()) == [".lock", "1.0.0"]


def test_it_is_refused_in_a_fresh_checkout_without_the_release_too(releases: Path) -> None:
    shutil.rmtree(releases)
    with pytest.raises(DataError, match=re.escape("set `version: 1.1.0` or later")):
        made_up(releases, (2030, 2031, 2032))
    assert [path.name for path in releases.iterdir()] == [".lock"]
    made_up(releases)
    assert (releases / "1.0.0" / MANIFEST).is_file()


def test_the_next_version_must_be_late_enough(releases: Path, declare: Declare) -> None:
    version(declare, "1.0.0", "1.0.1")
    with pytest.raises(DataError, match=r"version 1.0.1 is too low .* use 1.1.0 or later"):
        made_up(releases, (2030, 2031, 2032))
    assert not (releases / "1.0.1").exists()
    made_up(releases, count=601)
    assert (releases / "1.0.1" / MANIFEST).is_file()
    version(declare, "1.0.1", "1.1.0")
    made_up(releases, (2030, 2031, 2032))
    assert (releases / "1.1.0" / MANIFEST).is_file()


def test_a_version_before_the_newest_is_refused(releases: Path, declare: Declare) -> None:
    version(declare, "1.0.0", "0.9.0")
    with pytest.raises(DataError, match="too low"):
        made_up(releases)


def test_versions_are_compared_with_the_newest_not_with_the_last_name(
    releases: Path, declare: Declare
) -> None:
    register = releases.parent / "published"
    for old, new in (("1.0.0", "1.9.0"), ("1.9.0", "1.10.0")):
        version(declare, old, new)
        record_published(made_up(releases), register)
    assert [str(entry.version) for entry in read_register(register)] == ["1.0.0", "1.9.0", "1.10.0"]
    version(declare, "1.10.0", "1.9.1")
    with pytest.raises(DataError, match=r"1.10.0.*use 1.10.1"):
        made_up(releases)


def test_the_register_keeps_what_a_comparison_needs_and_no_more(releases: Path) -> None:
    entry = releases.parent / "published" / "1.0.0"
    kept = {path.suffix for path in entry.rglob("*") if path.is_file()}
    assert kept == {".sha256", ".json", ".csv"}
    assert read_snapshot(entry) == read_snapshot(releases / "1.0.0")
    assert diff_releases(entry, releases / "1.0.0").is_empty


def test_recording_twice_changes_nothing(releases: Path) -> None:
    register = releases.parent / "published"
    before = hashes(register / "1.0.0")
    assert record_published(releases / "1.0.0", register) == register / "1.0.0"
    assert hashes(register / "1.0.0") == before


def test_a_damaged_release_is_not_recorded(releases: Path, tmp_path: Path) -> None:
    (releases / "1.0.0/README.md").write_text("damaged", encoding="utf-8")
    with pytest.raises(DataError, match=re.escape("README.md has changed")):
        record_published(releases / "1.0.0", tmp_path / "other")


def test_a_folder_that_is_not_named_for_its_version_is_not_recorded(
    releases: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="named after its version"):
        record_published(releases, tmp_path / "other")
    moved = (releases / "1.0.0").rename(releases / "2.0.0")
    with pytest.raises(DataError, match=re.escape("it says 1.0.0")):
        record_published(moved, tmp_path / "other")


@pytest.mark.parametrize("what", ["changed", "manifest"])
def test_an_altered_register_is_found(what: str, releases: Path) -> None:
    entry = releases.parent / "published" / "1.0.0"
    name = "services/services.csv" if what == "changed" else MANIFEST
    (entry / name).write_text("altered", encoding="utf-8")
    with pytest.raises(DataError, match="was changed"):
        made_up(releases)


def test_the_same_tables_with_other_bytes_are_a_change_too(
    releases: Path, declare: Declare
) -> None:
    declare("release.yaml", "  zh: 神湾镇法治政府建设年度报告数据", "  zh: 另一个标题")
    with pytest.raises(DataError, match=re.escape("set `version: 1.0.1` or later")):
        made_up(releases)
    version(declare, "1.0.0", "1.0.1")
    made_up(releases)


# What goes must have been marked. The column `ucum` of the table units is taken as the example.
UCUM = "[unit, label_zh, label_en, kind, dimension, base_unit, factor, ucum, qudt]"
NO_UCUM = UCUM.replace(", ucum", "")


def test_a_column_may_go_one_release_after_it_was_marked(releases: Path, declare: Declare) -> None:
    declare("tables.yaml", UCUM, NO_UCUM)
    version(declare, "1.0.0", "2.0.0")
    with pytest.raises(
        DataError, match=re.escape("units.ucum: removed or renamed, but not marked")
    ) as refused:
        made_up(releases)
    assert "没有注明弃用" in str(refused.value)

    # Put back with its mark, and published so.
    declare("tables.yaml", NO_UCUM, UCUM)
    declare("fields.yaml", "  ucum:\n", "  ucum:\n    deprecated: {since: 2026-11-01}\n")
    version(declare, "2.0.0", "1.1.0")
    release = made_up(releases)
    record_published(release, releases.parent / "published")
    readme = (release / "evidence/README.md").read_text(encoding="utf-8")
    assert "**Deprecated** since 2026-11-01." in readme
    assert "**已弃用**（2026-11-01 起）。" in readme

    declare("tables.yaml", UCUM, NO_UCUM)
    version(declare, "1.1.0", "1.2.0")
    with pytest.raises(DataError, match=r"use 2.0.0"):
        made_up(releases)
    version(declare, "1.2.0", "2.0.0")
    assert "ucum" not in (made_up(releases) / "evidence/units.csv").read_text(encoding="utf-8")


def test_a_mark_that_begins_after_the_release_does_not_count(
    releases: Path, declare: Declare
) -> None:
    declare("fields.yaml", "  ucum:\n", "  ucum:\n    deprecated: {since: 2999-01-01}\n")
    version(declare, "1.0.0", "1.1.0")
    record_published(made_up(releases), releases.parent / "published")
    declare("tables.yaml", UCUM, NO_UCUM)
    version(declare, "1.1.0", "2.0.0")
    with pytest.raises(DataError, match=re.escape("units.ucum")):
        made_up(releases)


def test_a_code_may_go_one_release_after_it_was_marked(releases: Path, declare: Declare) -> None:
    code = "  contact: {zh: 联系方式, en: Contact number}\n"
    marked = (
        "  contact: {zh: 联系方式, en: Contact number, "
        "deprecated: {since: 2026-11-01, replaced_by: name}}\n"
    )
    declare("codes.yaml", code, "")
    version(declare, "1.0.0", "2.0.0")
    with pytest.raises(DataError, match="kinds:contact: removed or renamed"):
        made_up(releases)
    declare("codes.yaml", "\nqualifiers:\n", f"{marked}\nqualifiers:\n")
    version(declare, "2.0.0", "1.1.0")
    release = made_up(releases)
    assert "Contact number,,,2026-11-01,name" in (release / "evidence/codes.csv").read_text("utf-8")
    readme = (release / "evidence/README.md").read_text(encoding="utf-8")
    assert "**Deprecated** since 2026-11-01, use `name`." in readme
    record_published(release, releases.parent / "published")
    declare("codes.yaml", marked, "")
    version(declare, "1.1.0", "2.0.0")
    assert "contact" not in (made_up(releases) / "evidence/codes.csv").read_text("utf-8")


def test_an_indicator_must_have_been_marked_too(releases: Path, declare: Declare) -> None:
    fewer = {code: entry for code, entry in CATALOGUE.items() if code != "lectures"}
    version(declare, "1.0.0", "2.0.0")
    with pytest.raises(DataError, match="indicator:lectures: removed or renamed"):
        made_up(releases, catalogue=fewer, without="lectures")

    mark = {"deprecated": date(2026, 11, 1), "replaced_by": "meetings"}
    marked = {**CATALOGUE, "lectures": replace(CATALOGUE["lectures"], **mark)}
    version(declare, "2.0.0", "1.1.0")
    record_published(made_up(releases, catalogue=marked), releases.parent / "published")
    version(declare, "1.1.0", "2.0.0")
    made_up(releases, catalogue=fewer, without="lectures")
    assert (releases / "2.0.0" / MANIFEST).is_file()


@pytest.mark.parametrize(
    "mark", ["yes", "{since: soon}", "{replaced_by: x}", "{since: 2026-11-01, until: 2027-01-01}"]
)
def test_a_mark_of_another_form_is_refused(mark: str, tmp_path: Path, declare: Declare) -> None:
    declare("fields.yaml", "  ucum:\n", f"  ucum:\n    deprecated: {mark}\n")
    with pytest.raises(DataError, match=r"key fields\.ucum\.deprecated"):
        made_up(tmp_path / "releases")


@pytest.mark.parametrize("number", ["1.0.0", "1.0.1", "1.3.0"])
def test_a_report_that_is_gone_is_named_before_the_version(
    number: str, releases: Path, declare: Declare
) -> None:
    if number != "1.0.0":
        version(declare, "1.0.0", number)
    with pytest.raises(DataError) as refused:
        made_up(releases, (2030,))
    problem, remedy = refused.value.problem, refused.value.remedy
    named = "report shenwan-2031 (某镇2031年度报告（虚构）; data/reports/2031/shenwan.*) and its 4 values"
    assert problem.en.startswith(f"published in 1.0.0 and missing now: {named}. version ")
    assert problem.zh.startswith("已发布的 1.0.0 中有、本版没有：报告《某镇2031年度报告（虚构）》")
    assert remedy.en.startswith("if this was not meant, put the report files back and build again")
    assert "2.0.0" in remedy.en and "放回原处" in remedy.zh


def test_a_value_that_is_gone_is_named_with_its_report(releases: Path, declare: Declare) -> None:
    version(declare, "1.0.0", "1.0.1")
    with pytest.raises(DataError) as refused:
        made_up(releases, without="applications")
    said = refused.value.problem
    assert "Label of applications (applications) 600件 of shenwan-2030; " in said.en
    assert "shenwan-2031 的“applications的名称”（applications）37991件" in said.zh
    assert said.en.index("missing now") < said.en.index("version 1.0.1 is too low")
    assert "shenwan-data inspect" in refused.value.remedy.en


def test_a_value_that_becomes_an_absence_is_named(releases: Path) -> None:
    old = read_snapshot(releases / "1.0.0")
    table = old.tables["services"]
    at = table.columns.index("obs_status")
    rows = {
        key: (*row[:at], "mentioned_in_parts", *row[at + 1 :])
        if "applications" in key and "2030" in key else row
        for key, row in table.rows.items()
    }  # fmt: skip
    new = replace(old, tables={**old.tables, "services": replace(table, rows=rows)})
    (text,) = find_gone(old, new).texts
    assert text.en.endswith("600件 of shenwan-2030, now mentioned_in_parts")
    assert not find_gone(old, old) and find_gone(old, old).texts == ()


def test_a_long_list_of_gone_values_is_cut(releases: Path) -> None:
    old = read_snapshot(releases / "1.0.0")
    kept = {name: table for name, table in old.tables.items() if name == "reports"}
    gone = find_gone(old, replace(old, tables=kept))
    assert len(gone.values) == 8
    assert "; and 3 more values" in gone.text.en and "另有 3 个数值" in gone.text.zh


def test_a_report_may_be_withdrawn_by_a_major_version(releases: Path, declare: Declare) -> None:
    version(declare, "1.0.0", "2.0.0")
    made_up(releases, (2030,))
    assert (releases / "2.0.0" / MANIFEST).is_file()
    changes = diff_markdown(diff_releases(releases / "1.0.0", releases / "2.0.0"))
    assert "## 已删除的报告 Reports removed\n\n- shenwan-2031: 某镇2031年度报告" in changes
