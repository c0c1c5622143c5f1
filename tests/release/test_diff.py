"""Two releases are compared, the step in the version follows, and people and programs can read it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.config.settings import load_settings, parse_version
from shenwan_data.errors import DataError, Text
from shenwan_data.model import Revision
from shenwan_data.release.diff import (
    Diff,
    check_version,
    diff_releases,
    diff_snapshots,
    required_bump,
)
from shenwan_data.release.diff_report import diff_changelog, diff_json, diff_markdown
from shenwan_data.release.package import write_release
from shenwan_data.release.snapshot import (
    BUMPS,
    Snapshot,
    TableSnapshot,
    Version,
    next_version,
    read_snapshot,
)
from shenwan_data.release.tables import build_tables
from shenwan_data.schemas import schemas_dir
from tests.release.made_up import CATALOGUE, read_by_hand
from tests.town_settings import SETTINGS

SCHEMA = json.loads((schemas_dir() / "diff.schema.json").read_text(encoding="utf-8"))


def made_up(folder: Path, years: tuple[int, ...] = (2030, 2031), **options: Any) -> Path:
    """A release of the made-up reports; ``count`` the number that the first of them gives.

    Whether it is valid is not judged: that takes longer than all the rest, and other tests look at it.
    """
    readings = [
        read_by_hand(year, options.get("count", 600) if year == years[0] else 37991)
        for year in years
    ]
    if "message" in options:
        (finding,) = readings[0].findings
        message = Text(options["message"], options["message"])
        other = replace(finding, id=f"{finding.id}-2", message=message)
        readings[0] = replace(readings[0], findings=(finding, other))
    if "without" in options:
        readings = [
            replace(
                reading,
                observations=tuple(
                    o for o in reading.observations if o.indicator != options["without"]
                ),
            )
            for reading in readings
        ]
    texts = {reading.report.id: reading.report.text for reading in readings}
    readings[0] = replace(readings[0], revisions=options.get("revisions", ()))
    built = build_tables(
        readings,
        options.get("catalogue", CATALOGUE),
        areas=SETTINGS.areas,
    )
    own = (folder.parent / "release.yaml").exists()
    settings = load_settings(folder.parent) if own else SETTINGS
    return write_release(built.tables, texts, folder, settings.release, verify=lambda _: ())


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of two made-up years."""
    return made_up(tmp_path_factory.mktemp("old") / "releases")


def rendered(diff: Diff) -> tuple[str, str, str]:
    """The three forms of a difference; the JSON holds to its schema."""
    as_json = diff_json(diff)
    content = json.loads(as_json)
    jsonschema.Draft202012Validator(SCHEMA).validate(content)
    return diff_markdown(diff), as_json, diff_changelog(diff)


def test_a_release_does_not_differ_from_itself(old: Path) -> None:
    diff = diff_releases(old, old)
    assert diff.is_empty
    assert required_bump(diff) == "none"
    markdown, as_json, changelog = rendered(diff)
    assert "数据没有变化" in markdown and "The data is the same" in markdown
    assert json.loads(as_json)["least_version"] == "1.0.0"
    assert "The data is the same" in changelog


def test_a_corrected_value_is_told_with_its_old_and_its_new_value(
    old: Path, tmp_path: Path
) -> None:
    diff = diff_releases(old, made_up(tmp_path / "releases", count=601))
    values = [c for c in diff.rows_changed if (c.table, c.column) == ("services", "value")]
    assert [(c.key, c.old, c.new) for c in values] == [
        (("shenwan", "2030", "applications"), "600", "601")
    ]
    assert not diff.rows_added and not diff.rows_removed and not diff.schema
    assert required_bump(diff) == "patch"
    markdown, _, changelog = rendered(diff)
    assert "- shenwan 2030 applications (`services`): 600 → 601" in markdown
    assert "at least version 1.0.1 (patch)" in markdown
    assert "### Fixed" in changelog
    assert "`services` shenwan, 2030, applications: `value` 600 → 601" in changelog


def test_a_value_put_right_by_a_correction_is_a_patch_although_its_revision_is_a_row_more(
    old: Path, tmp_path: Path
) -> None:
    revision = Revision(
        report="shenwan-2030",
        figure_id=read_by_hand(2030, 601).observations[0].figure_id or "",
        quote="600件",
        indicators=("applications",),
        when=date(2031, 4, 1),
        field="value",
        old="600",
        new="601",
        why="印错（虚构）",
    )
    diff = diff_releases(old, made_up(tmp_path / "releases", count=601, revisions=(revision,)))
    assert {row.table for row in diff.rows_added} == {"revisions"}
    assert required_bump(diff) == "patch"
    check_version("1.0.0", "1.0.1", diff)


def test_a_new_year_is_more_rows(old: Path, tmp_path: Path) -> None:
    diff = diff_releases(old, made_up(tmp_path / "releases", (2030, 2031, 2032)))
    added = {row.key for row in diff.rows_added if row.table == "services"}
    assert added == {("shenwan", "2032", code) for code in ("applications", "satisfaction")}
    assert [row.key for row in diff.findings_added] == [("shenwan-2032-doubt-1",)]
    assert not diff.rows_changed
    assert required_bump(diff) == "minor"
    markdown, _, changelog = rendered(diff)
    assert "## 新的核查发现 Findings added" in markdown
    assert "2 rows added" in changelog


def test_a_report_that_is_gone_is_the_largest_step(old: Path, tmp_path: Path) -> None:
    diff = diff_releases(old, made_up(tmp_path / "releases", (2030,)))
    assert {row.table for row in diff.rows_removed} >= {"services", "reports", "figures"}
    assert [row.key for row in diff.findings_removed] == [("shenwan-2031-doubt-1",)]
    assert required_bump(diff) == "major"
    assert "## 删除的行 Rows removed" in rendered(diff)[0]


def test_a_finding_that_is_gone_is_a_correction(old: Path, tmp_path: Path) -> None:
    more = made_up(tmp_path / "more" / "releases", message="又一处")
    assert required_bump(diff_releases(old, more)) == "minor"
    assert required_bump(diff_releases(more, old)) == "patch"


def test_an_indicator_measured_otherwise_means_something_else(old: Path, tmp_path: Path) -> None:
    catalogue = {**CATALOGUE, "lectures": replace(CATALOGUE["lectures"], measure_type="stock")}
    diff = diff_releases(old, made_up(tmp_path / "releases", catalogue=catalogue))
    (change,) = [change for change in diff.codes if change.kind == "redefined"]
    assert (change.code_list, change.code) == ("indicator", "lectures")
    assert "measure_type flow" in str(change.old) and "measure_type stock" in str(change.new)
    assert required_bump(diff) == "major"
    rendered(diff)


def test_a_column_of_apostrophes_and_formulas_is_compared_as_the_reader_meets_it(
    tmp_path: Path,
) -> None:
    one = made_up(tmp_path / "one" / "releases", message="=1+1")
    other = made_up(tmp_path / "other" / "releases", message="'=1+1")
    diff = diff_releases(one, other)
    assert {(c.column, c.old, c.new) for c in diff.rows_changed} == {
        ("message_zh", "=1+1", "'=1+1"),
        ("message_en", "=1+1", "'=1+1"),
    }


def test_markup_in_a_value_stays_text_in_the_report(tmp_path: Path, old: Path) -> None:
    odd = "<img src=x onerror=alert(1)>|`x`\n# head [a](b)"
    markdown, _, changelog = rendered(
        diff_releases(old, made_up(tmp_path / "releases", message=odd))
    )
    for text in (markdown, changelog):
        assert "<img" not in text
        assert "\n# head" not in text
        assert "[a](b)" not in text
    assert "&lt;img" in markdown


# Changes of the schema of one table, each with how large a step it is.
def table(fields: list[dict[str, Any]], rows: dict[tuple[str, ...], tuple[str, ...]]) -> Snapshot:
    schema = {"fields": fields, "primaryKey": ["key"]}
    return Snapshot("1.0.0", "2030-01-01", {"made_up": TableSnapshot("made_up", schema, rows)})


KEY = {"name": "key", "type": "string"}
VALUE = {"name": "value", "type": "number"}


def with_rule(**rules: Any) -> dict[str, Any]:
    return {**VALUE, "constraints": rules}


SCHEMA_CHANGES = [
    ([KEY, VALUE], [KEY], "removed", "major"),
    ([KEY], [KEY, VALUE], "added", "minor"),
    ([KEY, VALUE], [KEY, {**VALUE, "type": "integer"}], "retyped", "major"),
    ([KEY, {**VALUE, "unit": "件"}], [KEY, {**VALUE, "unit": "宗"}], "unit", "major"),
    ([KEY, VALUE], [VALUE, KEY], "reordered", "major"),
    ([KEY, VALUE], [KEY, {**VALUE, "title": "anew"}], "described", "patch"),
    ([KEY, VALUE], [KEY, {**VALUE, "deprecated": {"since": "2030-01-01"}}], "deprecated", "minor"),
    ([KEY, VALUE], [KEY, with_rule(required=True)], "restricted", "major"),
    ([KEY, with_rule(required=True)], [KEY, VALUE], "relaxed", "minor"),
    ([KEY, with_rule(minimum=0)], [KEY, with_rule(minimum=1)], "restricted", "major"),
    ([KEY, with_rule(minimum=1)], [KEY, with_rule(minimum=0)], "relaxed", "minor"),
    ([KEY, with_rule(maximum=1)], [KEY, with_rule(maximum=2)], "relaxed", "minor"),
    ([KEY, with_rule(enum=["a"])], [KEY, with_rule(enum=["a", "b"])], "relaxed", "minor"),
    ([KEY, with_rule(enum=["a", "b"])], [KEY, with_rule(enum=["a"])], "restricted", "major"),
    ([KEY, with_rule(pattern="a")], [KEY, with_rule(pattern="b")], "restricted", "major"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "kind", "bump"), SCHEMA_CHANGES)
def test_a_change_of_the_schema_is_named_and_weighed(
    before: list[dict[str, Any]], after: list[dict[str, Any]], kind: str, bump: str
) -> None:
    diff = diff_snapshots(table(before, {}), table(after, {}))
    assert [change.kind for change in diff.schema] == [kind]
    assert required_bump(diff) == bump
    assert diff_snapshots(table(after, {}), table(after, {})).is_empty
    rendered(diff)


def test_a_table_more_and_another_key() -> None:
    one, other = table([KEY, VALUE], {("a",): ("a", "1")}), table([KEY, VALUE], {})
    more = replace(one, tables={**one.tables, "more": one.tables["made_up"]})
    assert required_bump(diff_snapshots(one, more)) == "minor"
    assert required_bump(diff_snapshots(more, one)) == "major"
    schema = {"fields": [KEY, VALUE], "primaryKey": ["key", "value"]}
    rekeyed = replace(one, tables={"made_up": TableSnapshot("made_up", schema, {})})
    assert [c.kind for c in diff_snapshots(other, rekeyed).schema] == ["rekeyed"]


ROWS = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh")), st.sampled_from(["", "1", "2", "3"]), max_size=8
)


@given(ROWS, ROWS)
def test_the_new_release_follows_from_the_old_one_and_the_difference(
    before: dict[tuple[str], str], after: dict[tuple[str], str]
) -> None:
    def of(rows: dict[tuple[str], str]) -> Snapshot:
        return table([KEY, VALUE], {key: (*key, value) for key, value in rows.items()})

    diff = diff_snapshots(of(before), of(after))
    result = dict(before)
    for gone in diff.rows_removed:
        del result[gone.key]
    for come in diff.rows_added:
        result[come.key] = come.cells["value"]
    for change in diff.rows_changed:
        assert result[change.key] == change.old
        result[change.key] = change.new
    assert result == after
    assert diff.is_empty == (before == after)
    assert (required_bump(diff) == "none") == (before == after)
    rendered(diff)


def test_a_long_difference_is_cut_in_the_markdown_and_whole_in_the_json() -> None:
    rows = {(f"k{number}",): (f"k{number}", "1") for number in range(500)}
    diff = diff_snapshots(table([KEY, VALUE], {}), table([KEY, VALUE], rows))
    markdown, as_json, _ = rendered(diff)
    assert "300 more, see the JSON" in markdown
    assert len(json.loads(as_json)["rows"]["added"]) == 500


def test_every_heading_is_in_both_languages(old: Path, tmp_path: Path) -> None:
    catalogue = {**CATALOGUE, "lectures": replace(CATALOGUE["lectures"], measure_type="stock")}
    new = made_up(tmp_path / "releases", (2031, 2032), catalogue=catalogue)
    markdown = diff_markdown(diff_releases(old, new))
    heads = [line for line in markdown.splitlines() if line.startswith("## ")]
    assert len(heads) == 11
    for head in heads:
        assert re.search("[\u4e00-\u9fff]", head) and re.search("[a-z]{3}", head)


# Versions.
VERSIONS = st.tuples(*[st.integers(0, 30)] * 3).map(
    lambda parts: Version("{}.{}.{}".format(*parts))
)


@given(VERSIONS, VERSIONS)
def test_versions_are_ordered_as_numbers_and_read_back(one: Version, other: Version) -> None:
    assert parse_version(str(one)) == one
    assert (one < other) == (one.release < other.release)


@given(VERSIONS, st.sampled_from(BUMPS))
def test_the_next_version_is_later_and_larger_steps_lead_further(
    old_version: Version, bump: Any
) -> None:
    after = next_version(old_version, bump)
    assert after > old_version
    assert after <= next_version(old_version, "major")
    if bump == "major" and old_version.major:
        assert str(after) == f"{old_version.major + 1}.0.0"


def test_ten_is_later_than_nine() -> None:
    assert parse_version("1.10.0") > parse_version("1.9.9")


@pytest.mark.parametrize(
    "text", ["1.0", "01.0.0", "1.0.0-rc.1", "1.0.0+x", "1.0.0\n", "１.0.0", "-1.0.0", None, 1.0]
)
def test_what_is_no_version_is_refused(text: object) -> None:
    with pytest.raises(DataError, match=re.escape("of the form 1.0.0")):
        parse_version(text)


@pytest.mark.parametrize(
    ("after", "version", "must_be"),
    [
        ([KEY], "1.9.9", "2.0.0"),
        ([KEY], "2.0.0", None),
        ([KEY, VALUE, {"name": "more", "type": "string"}], "1.2.4", "1.3.0"),
        ([KEY, VALUE, {"name": "more", "type": "string"}], "1.3.0", None),
        ([KEY, VALUE, {"name": "more", "type": "string"}], "2.0.0", None),
        ([KEY, {**VALUE, "title": "anew"}], "1.2.3", "1.2.4"),
        ([KEY, {**VALUE, "title": "anew"}], "1.2.4", None),
        ([KEY, VALUE], "1.2.2", "1.2.4"),
        ([KEY, VALUE], "1.2.10", None),
    ],
)
def test_a_version_too_small_for_the_change_is_told_what_it_must_be(
    after: list[dict[str, Any]], version: str, must_be: str | None
) -> None:
    diff = diff_snapshots(table([KEY, VALUE], {}), table(after, {}))
    if must_be is None:
        check_version("1.2.3", version, diff)
    else:
        with pytest.raises(DataError, match=f"use {must_be} or later") as refused:
            check_version("1.2.3", version, diff)
        assert f"应为 {must_be} 或更高" in str(refused.value)


# What is no release.
def spoil_the_index(release: Path) -> None:
    (release / "datapackage.json").write_text("[]", encoding="utf-8")


def lose_a_table(release: Path) -> None:
    (release / "services/services.csv").unlink()


def cut_a_row(release: Path) -> None:
    path = release / "services/services.csv"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n,"), encoding="utf-8")


def rename_a_column(release: Path) -> None:
    path = release / "services/services.csv"
    path.write_text(path.read_text("utf-8").replace("value", "worth", 1), encoding="utf-8")


def open_a_quote(release: Path) -> None:
    with (release / "services/services.csv").open("a", encoding="utf-8") as stream:
        stream.write('"')


@pytest.mark.parametrize(
    "damage", [spoil_the_index, lose_a_table, cut_a_row, rename_a_column, open_a_quote]
)
def test_what_is_no_release_is_named(
    damage: Callable[[Path], None], old: Path, tmp_path: Path
) -> None:
    copy = Path(shutil.copytree(old, tmp_path / "1.0.0"))
    damage(copy)
    with pytest.raises(DataError, match="incomplete release") as refused:
        diff_releases(old, copy)
    assert refused.value.file is not None and str(copy) in refused.value.file


def test_a_table_of_several_packages_is_compared_whole(pristine: Path) -> None:
    snapshot = read_snapshot(pristine)
    lists = {key[0] for key in snapshot.tables["codes"].rows}
    assert {"obs_status", "grade"} <= lists
    assert snapshot.created == date.fromisoformat(snapshot.created).isoformat()
