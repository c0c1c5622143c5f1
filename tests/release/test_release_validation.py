"""Every damage to a release is found by the check that is there for it, and named by its place."""

from __future__ import annotations

import csv
import hashlib
import json
import math
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.errors import UsageError
from shenwan_data.release import verdicts
from shenwan_data.release.agreement import interval_problem
from shenwan_data.release.derived import derived_problems, settings_for
from shenwan_data.release.descriptor import measured
from shenwan_data.release.formats import (
    read_csv_table,
    read_parquet,
    write_csv,
    write_parquet,
)
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_problems, manifest_text
from shenwan_data.release.package import write_files
from shenwan_data.release.register import record_published
from shenwan_data.release.tables import build_tables
from shenwan_data.release.validation import (
    Check,
    validate_package,
    validate_release,
)
from shenwan_data.release.verdicts import Verdicts
from tests.release.made_up import CATALOGUE, read_by_hand
from tests.town_settings import SETTINGS


def test_a_package_of_the_same_bytes_is_judged_once(release, tmp_path, monkeypatch):
    judged: list[str] = []
    real = verdicts._judged

    def judge(folder: Path, name: str) -> list[tuple[str, str]]:
        judged.append(name)
        return real(folder, name)

    monkeypatch.setattr(verdicts, "_judged", judge)
    draft, file = tmp_path / "draft", tmp_path / "kept" / "verdicts.json"
    shutil.copytree(release, draft)

    def passed(package: str) -> bool:
        checks = validate_package(draft, package, Verdicts(file))
        return next(check.passed for check in checks if check.name == "frictionless")

    assert [passed("outreach"), passed("outreach"), passed("governance")] == [True] * 3
    assert judged == ["outreach", "governance"]
    # A fault is judged each time, and what is kept is of no other package.
    (draft / "outreach" / "outreach.csv").write_text("no,such,columns\n", encoding="utf-8")
    assert [passed("outreach"), passed("outreach"), passed("governance")] == [False, False, True]
    assert judged == ["outreach", "governance", "outreach", "outreach"]
    file.write_text("{torn", encoding="utf-8")
    assert passed("governance")
    assert judged[-1] == "governance"


# The packages of the good release, of which a test damages one: frictionless judges that one alone.
KNOWN: list[Verdicts] = []


@pytest.fixture(scope="module", autouse=True)
def known(tmp_path_factory: pytest.TempPathFactory) -> None:
    KNOWN[:] = [Verdicts(tmp_path_factory.mktemp("known") / "verdicts.json")]


def failed(release: Path, package: str | None = None, *, derive: bool = False) -> list[Check]:
    """The checks that fail, of the whole release or of one package (which takes less time)."""
    checks = (
        validate_package(release, package, KNOWN[0])
        if package
        else validate_release(release, derive=derive, verdicts=KNOWN[0])
    )
    return [check for check in checks if not check.passed]


def seal(release: Path) -> None:
    """Bring every size and hash in line with the files, as a careful forger would."""
    for path in (*release.glob("*/datapackage.json"), release / "datapackage.json"):
        content = json.loads(path.read_text(encoding="utf-8"))
        for resource in content["resources"]:
            for entry in (resource, *resource.get("alternates", [])):
                if (path.parent / entry["path"]).is_file():
                    entry.update(measured(path.parent / entry["path"]))
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")


def edit_parquet(path: Path, edit: Callable[[pa.Table], pa.Table]) -> None:
    changed = edit(read_parquet(path))
    with path.open("wb") as stream:
        write_parquet(changed, stream)


def with_column(table: pa.Table, name: str, values: list[Any], **change: Any) -> pa.Table:
    field = table.schema.field(name)
    field = field.with_type(change.get("type", field.type))
    field = field.with_nullable(change.get("nullable", field.nullable))
    return table.set_column(
        table.schema.get_field_index(name), field, pa.array(values, type=field.type)
    )


def edit_csv(path: Path, row: int, column: str, value: str) -> None:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[row][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def test_a_good_release_passes_every_check_and_each_says_so_in_both_languages(
    pristine: Path,
) -> None:
    checks = validate_release(pristine)
    assert [check for check in checks if not check.passed] == []
    assert {check.name for check in checks} == {
        "manifest", "index", "identity", "frictionless", "parquet", "keys", "quotes", "observations",
        "bounds", "derived", "whole",
    }  # fmt: skip
    parquet = {check.target for check in checks if check.name == "parquet"}
    assert parquet == {str(path.relative_to(pristine)) for path in pristine.rglob("*.parquet")}

    for check in checks:
        assert check.message.zh and check.message.en and check.message.zh != check.message.en


# Damages to the Parquet file of the enforcement topic, each with what must be said of it.
def flip_a_number(table: pa.Table) -> pa.Table:
    values = table["value"].to_pylist()
    values[1] += 0.0000000001
    return with_column(table, "value", values)


def flip_a_text(table: pa.Table) -> pa.Table:
    return with_column(table, "quote", [*table["quote"].to_pylist()[:-1], "1畝"])


def lose_a_value(table: pa.Table) -> pa.Table:
    return with_column(table, "value", [None, *table["value"].to_pylist()[1:]])


def invent_a_value(table: pa.Table) -> pa.Table:
    return with_column(table, "finding_ids", ["x"] * table.num_rows)


def make_it_whole(table: pa.Table) -> pa.Table:
    values = [int(value) for value in table["value"].to_pylist()]
    return with_column(table, "value", values, type=pa.int64())


def make_it_no_number(table: pa.Table) -> pa.Table:
    return with_column(table, "value", [math.nan, *table["value"].to_pylist()[1:]])


def make_the_key_nullable(table: pa.Table) -> pa.Table:
    return with_column(table, "indicator", table["indicator"].to_pylist(), nullable=True)


def turn_the_rows(table: pa.Table) -> pa.Table:
    return table.take(pa.array(range(table.num_rows - 1, -1, -1)))


def drop_a_row(table: pa.Table) -> pa.Table:
    return table.slice(1)


def drop_a_column(table: pa.Table) -> pa.Table:
    return table.drop_columns(["quote"])


def lose_the_descriptions(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([field.remove_metadata() for field in table.schema]))


def add_metadata(table: pa.Table) -> pa.Table:
    return table.replace_schema_metadata({"pandas": "{}"})


@pytest.mark.parametrize("forged", [False, True], ids=["plain", "forged"])
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (
            flip_a_number,
            "row 3, column value: 666.6700000001, but 666.67 in enforcement.csv",
        ),
        (flip_a_text, "row 5, column quote: '1畝', but '1亩' in enforcement.csv"),
        (lose_a_value, "row 2, column value: null, but 400000000 in enforcement.csv"),
        (invent_a_value, "row 2, column finding_ids: 'x', but 'shenwan-2030-doubt-1'"),
        (make_it_whole, "column value is int64, not double"),
        (make_it_no_number, "row 2, column value: nan, but 400000000 in enforcement.csv"),
        (make_the_key_nullable, "column indicator is string, not string not null"),
        (turn_the_rows, "row 2, column time_period"),
        (drop_a_row, "it has 3 rows, enforcement.csv has 4"),
        (drop_a_column, "its columns are"),
        (lose_the_descriptions, "the metadata of column ref_area"),
        (add_metadata, "it carries other metadata"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_damaged_parquet_file_is_found(
    damage: Callable[[pa.Table], pa.Table], said: str, forged: bool, release: Path
) -> None:
    edit_parquet(release / "enforcement/enforcement.parquet", damage)
    if forged:
        seal(release)
    found = {(check.name, check.target): check for check in failed(release, "enforcement")}
    check = found[("parquet", "enforcement/enforcement.parquet")]
    assert said in check.message.en
    assert bool(manifest_problems(release)) == (not forged)
    assert ("size or hash" in check.message.en) == (not forged)


def test_a_swapped_parquet_file_is_found(release: Path) -> None:
    shutil.copy(release / "services/services.parquet", release / "enforcement/enforcement.parquet")
    seal(release)
    checks = {(check.name, check.target): check for check in failed(release)}
    check = checks["parquet", "enforcement/enforcement.parquet"]
    assert "row 2, column topic: 'services', but 'enforcement'" in check.message.en


def test_a_swapped_file_of_another_table_is_found(release: Path) -> None:
    shutil.copy(release / "evidence/units.parquet", release / "evidence/areas.parquet")
    seal(release)
    assert [(check.name, check.target) for check in failed(release, "evidence")] == [
        ("parquet", "evidence/areas.parquet")
    ]


def test_a_parquet_file_that_is_none_is_found(release: Path) -> None:
    (release / "services/indicators.parquet").write_bytes(b"PAR1 not really PAR1")
    (check,) = [check for check in failed(release, "services") if check.name == "parquet"]
    assert "cannot be read" in check.message.en


@pytest.mark.parametrize(
    ("table", "row", "column", "value", "said"),
    [
        ("services/services", 1, "indicator", "", "required"),
        ("services/services", 2, "value", "many", "many"),
        ("services/services", 1, "figure_id", "shenwan-2030-9999", "shenwan-2030-9999"),
        ("services/services", 1, "obs_status", "perhaps", "perhaps"),
        ("services/services", 2, "time_period", "22", "22"),
        ("services/services", 2, "indicator", "applications", "primary key"),
        ("evidence/areas", 1, "division_code", "4.42E+11", "4.42E+11"),
        ("evidence/figures", 1, "start", "-1", "-1"),
        ("evidence/reports", 1, "sha256", "abc", "abc"),
    ],
)
def test_a_damaged_csv_file_is_found_by_frictionless_and_by_its_twin(
    table: str, row: int, column: str, value: str, said: str, release: Path
) -> None:
    edit_csv(release / f"{table}.csv", row, column, value)
    seal(release)
    package, name = table.split("/")
    found = {(check.name, check.target): check for check in failed(release, package)}
    check = found[("frictionless", f"{package}/datapackage.json")]
    assert said.lower() in check.message.en.lower()
    assert f"{package}/{name}.csv: " in check.message.en
    assert re.search(f'[Rr]ow (at position )?"{row + 1}"', check.message.en)
    assert ("parquet", f"{table}.parquet") in found


def test_a_changed_missing_and_extra_file_are_named(release: Path) -> None:
    with (release / "services/README.md").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    (release / "outreach/README.md").unlink()
    (release / "notes.txt").write_text("extra", encoding="utf-8")
    (check,) = failed(release)
    assert check.message.en == (
        "outreach/README.md is missing; services/README.md has changed; "
        "notes.txt is not in the manifest"
    )


def test_a_hash_in_the_descriptor_that_is_wrong_is_found(release: Path) -> None:
    path = release / "services/datapackage.json"
    wrong = hashlib.sha256(b"another file").hexdigest()
    content = json.loads(path.read_text(encoding="utf-8"))
    content["resources"][0]["hash"] = f"sha256:{wrong}"
    path.write_text(json.dumps(content), encoding="utf-8")
    checks = {check.name: check for check in failed(release)}
    assert "hash" in checks["frictionless"].message.en


@pytest.mark.parametrize(
    ("table", "column", "value", "said"),
    [
        ("services", "unit", "furlong", "column unit: furlong is not in evidence/units"),
        ("services", "ref_area", "nowhere", "column ref_area: nowhere is not in evidence/areas"),
        ("services", "finding_ids", "no-1", "column finding_ids: no-1 is not in services/findings"),
        ("figures", "indicators", "lost", "column indicators: lost is not in evidence/indicators"),
        ("findings", "figures", "no-2", "column figures: no-2 is not in services/figures"),
        ("figures", "quote", "700件", "figures, row 2: not a row of evidence/figures"),
        ("indicators", "label_zh", "别的", "indicators, row 2: not a row of evidence/indicators"),
    ],
)
def test_a_key_that_leads_nowhere_and_a_row_of_its_own_are_found(
    table: str, column: str, value: str, said: str, release: Path
) -> None:
    change(release, f"services/{table}", 0, **{column: value})
    checks = {check.name: check for check in failed(release, "services")}
    assert said in checks["keys"].message.en


def test_the_table_of_all_observations_has_the_rows_of_the_topics(release: Path) -> None:
    change(release, "observations", 0, quote="700件")
    (check,) = failed(release)
    assert (check.name, check.target) == ("whole", "observations.parquet")
    assert "not those of the topics" in check.message.en
    (release / "observations.csv").unlink()
    (release / "observations.parquet").write_bytes(b"PAR1 not really PAR1")
    seal(release)
    assert {check.target for check in failed(release)} == {"observations.parquet"}


def test_words_that_do_not_follow_from_the_codes_are_found(release: Path) -> None:
    change(release, "services/services", 0, indicator_zh="别的名称", doubt_zh="没有的疑点")
    found = [problem.en for problem in derived_problems(release, SETTINGS.release)]
    assert any(one.startswith("services/services.csv is not what the tables") for one in found)


def test_a_quote_that_is_not_in_its_place_is_found(release: Path) -> None:
    path = release / "evidence/texts/shenwan-2030.txt"
    path.write_bytes("。".encode() + path.read_bytes())
    seal(release)
    (check,) = failed(release)
    assert check.name == "quotes"
    assert "shenwan-2030.txt 17-21 is not '600件'" in check.message.en


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"resources": []}', "{"])
@pytest.mark.parametrize("name", ["datapackage.json", "services/datapackage.json"])
def test_a_descriptor_that_cannot_be_read_is_a_failed_check(
    name: str, content: str | None, release: Path
) -> None:
    path = release / name
    path.unlink() if content is None else path.write_text(content, encoding="utf-8")
    assert any(check.target == name for check in failed(release))


def test_a_manifest_that_cannot_be_read_is_a_failed_check(release: Path) -> None:
    (release / MANIFEST).write_text("no manifest\n", encoding="utf-8")
    (check,) = failed(release)
    assert "line 1" in check.message.en


def test_a_folder_that_is_no_release_is_told_with_the_one_that_is_meant(
    tmp_path: Path, release: Path
) -> None:
    (tmp_path / "empty").mkdir()
    for folder, problem, meant in (
        (tmp_path / "empty", "there is no release here", "data/releases/<version>"),
        (release.parent, "there is no release here", str(release)),
        (release / "services", "one package of a release", str(release)),
    ):
        with pytest.raises(UsageError, match=problem) as refused:
            validate_release(folder)
        assert refused.value.remedy.en == f"give the folder of a release: {meant}"


def test_a_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        validate_release(tmp_path / "9.9.9")


def test_a_parquet_file_of_pandas_is_told_from_ours(release: Path) -> None:
    path = release / "evidence/areas.parquet"
    frame = pq.read_table(path).to_pandas()
    frame.to_parquet(path)
    seal(release)
    (check,) = failed(release)
    assert check.target == "evidence/areas.parquet"


def test_one_byte_in_any_file_that_follows_from_the_tables_is_found(release: Path) -> None:
    """README, workbooks, archives, every descriptor: also where a manifest was made that fits."""
    tables = (".csv", ".parquet", ".txt")
    follows = sorted(
        path.relative_to(release).as_posix()
        for path in release.rglob("*")
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(tables)
    )
    assert {Path(name).suffix for name in follows} >= {
        ".md",
        ".xlsx",
        ".zip",
        ".json",
        ".jsonld",
        ".ttl",
    }
    for name in follows:
        with (release / name).open("ab") as stream:
            # Still JSON, YAML, Turtle and Markdown, and still a zip archive.
            stream.write(b"\n")
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    found = {problem.en.split(" ")[0] for problem in derived_problems(release, SETTINGS.release)}
    assert found - {MANIFEST} == set(follows)


def test_forged_files_with_a_manifest_that_fits_fail_the_validation(release: Path) -> None:
    names = ["README.md", "observations.xlsx", "catalog.ttl", "CITATION.cff",
             "shenwan-rule-of-law-1.0.0.zip", "croissant.json"]  # fmt: skip
    for name in names:
        content = bytearray((release / name).read_bytes())
        content[len(content) // 2] ^= 1
        (release / name).write_bytes(content)
    (release / "services" / "notes.txt").write_text("extra", encoding="utf-8")
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    (check,) = failed(release, derive=True)
    assert check.name == "derived"
    # All seven, of which a message names three; that of one byte names every kind of file.
    assert check.message.en.startswith("CITATION.cff is not what the tables give: byte ")
    assert check.message.en.endswith("; and 4 more")


def change(release: Path, table: str, row: int, **cells: Any) -> None:
    """Change cells of a table in both of its files, and all that is listed of them."""
    path = release / f"{table}.csv"
    described = json.loads((path.parent / "datapackage.json").read_text(encoding="utf-8"))
    (schema,) = (one["schema"] for one in described["resources"] if one["name"] == path.stem)
    found = read_csv_table(path, schema)
    for name, value in cells.items():
        values = found[name].to_pylist()
        values[row] = value
        found = with_column(found, name, values)
    with path.open("wb") as stream:
        write_csv(found, stream)
    with path.with_suffix(".parquet").open("wb") as stream:
        write_parquet(found, stream)
    seal(release)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"value": Decimal(9934)}, "the value is outside its bounds (lower, value, upper: 600"),
        ({"value": Decimal(601), "upper": Decimal(601)}, "value is 601"),
        ({"upper": Decimal(700)}, "upper is 700"),
        ({"lower": None}, "lower is null"),
        ({"unit": "次"}, "unit is '次', but '件'"),
        ({"qualifier": "about"}, "qualifier is 'about', but 'exact'"),
        ({"quote": "700件"}, "quote is '700件', but '600件'"),
        ({"figure_id": None}, "it has a value but names no figure"),
        ({"figure_id": "shenwan-2031-0017"}, "is of another report"),
    ],
    ids=[
        "value",
        "value-and-bound",
        "upper",
        "lower",
        "unit",
        "qualifier",
        "quote",
        "none",
        "other",
    ],
)
def test_an_observation_that_contradicts_its_figure_is_found(
    cells: dict[str, Any], said: str, release: Path
) -> None:
    found = read_parquet(release / "services/services.parquet").to_pylist()
    (at,) = [n for n, row in enumerate(found) if row["quote"] == "600件"]
    if cells.get("figure_id"):
        figures = read_parquet(release / "evidence/figures.parquet").to_pylist()
        cells = {"figure_id": next(f["figure_id"] for f in figures if f["quote"] == "37991件")}
    change(release, "services/services", at, **cells)
    checks = {check.name: check for check in failed(release, "services")}
    assert said in checks["observations"].message.en
    assert f"row {at + 2}, applications" in checks["observations"].message.en


def test_a_figure_outside_its_own_bounds_is_found(release: Path) -> None:
    change(release, "evidence/figures", 0, value=Decimal(1))
    checks = {check.name: check for check in failed(release, "evidence")}
    assert "outside its bounds" in checks["bounds"].message.en


@given(st.tuples(*[st.none() | st.decimals(-5, 5, places=1)] * 3))
def test_a_value_lies_within_its_bounds(numbers: tuple[Decimal | None, ...]) -> None:
    lower, value, upper = numbers
    row = {"lower": lower, "value": value, "upper": upper}
    ordered = all(
        a is None or b is None or a <= b
        for a, b in ((lower, value), (value, upper), (lower, upper))
    )
    assert (interval_problem(row) is None) == ordered


@pytest.mark.parametrize("version", ["", "..", "../x", "/", "1.0", "1.0.0 ", "v1.0.0", None, 1])
def test_a_version_that_is_none_fails_the_validation(version: object, release: Path) -> None:
    path = release / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["version"] = version
    path.write_text(json.dumps(content), encoding="utf-8")
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    (check,) = failed(release)
    assert check.name == "identity" and "version" in check.message.en


@pytest.mark.parametrize(
    ("key", "value"),
    [("path", "javascript:alert(1)"), ("path", "data:text/html,x"), ("path", 'https://x/"onload=')],
)
def test_a_licence_address_that_is_no_web_address_fails_the_validation(
    key: str, value: str, release: Path
) -> None:
    path = release / "datapackage.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["licenses"][0][key] = value
    path.write_text(json.dumps(content), encoding="utf-8")
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    (check,) = failed(release)
    assert check.name == "identity" and "licenses.0.path" in check.message.en


def test_a_published_version_is_held_to_the_register(release: Path, tmp_path: Path) -> None:
    register = tmp_path / "register"
    record_published(release, register)
    checks = {
        check.name: check
        for check in validate_release(release, register=register, verdicts=KNOWN[0])
    }
    # The very files that were published need not be derived again, also by a later program.
    assert checks["register"].passed and "derived" not in checks
    with (release / "README.md").open("a", encoding="utf-8") as stream:
        stream.write("forged")
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    checks = {
        check.name: check
        for check in validate_release(release, register=register, verdicts=KNOWN[0])
    }
    assert not checks["register"].passed


def test_a_release_of_another_data_set_is_not_derived_from_these_settings(release: Path) -> None:
    assert settings_for(release) is not None
    for path in release.glob("**/datapackage.json"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('"name": "shenwan-', '"name": "other-'), encoding="utf-8")
    seal(release)
    assert settings_for(release) is None
    checks = {check.name: check for check in validate_release(release, verdicts=KNOWN[0])}
    assert checks["derived"].passed and "not derived again" in checks["derived"].message.en


def test_a_figure_that_is_not_what_the_text_says_is_found(tmp_path: Path) -> None:
    reading = read_by_hand(2030, 600)
    first, *others = reading.figures
    wrong = replace(first, value=601, lower=601, upper=601)
    forged = replace(reading, figures=(wrong, *others[1:]))
    tables = build_tables([forged], CATALOGUE).tables
    write_files(
        tmp_path / "1.0.0", tables, {reading.report.id: reading.report.text}, SETTINGS.release
    )
    found = [problem.en for problem in derived_problems(tmp_path / "1.0.0", SETTINGS.release)]
    start = reading.report.text.index("600件")
    assert f"shenwan-2030: value of the figure at {start} is 601.0, by the text 600.0" in found
    lost = reading.report.text.index("99.94%")
    assert f"shenwan-2030: the figure at {lost} is not in the table" in found
    assert len(found) == 4
