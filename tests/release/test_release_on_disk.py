"""A release is complete, stands by itself, and is the same to the byte wherever it is built."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
import yaml
from frictionless.__main__ import console as frictionless

from shenwan_data.config.settings import load_settings
from shenwan_data.errors import DataError, Text
from shenwan_data.indicators.catalogue import topics
from shenwan_data.release.formats import read_parquet, restore
from shenwan_data.release.manifest import MANIFEST, hashes
from shenwan_data.release.package import write_release
from shenwan_data.release.tables import build_tables
from tests.release.made_up import CATALOGUE, read_by_hand
from tests.town_settings import SETTINGS, give_settings

TOPICS = topics()

SCRIPT = Path(__file__).with_name("build_made_up.py")
ROOT = Path(__file__).resolve().parents[2]


def test_the_layout(pristine: Path) -> None:
    files = {
        path.relative_to(pristine).as_posix() for path in pristine.rglob("*") if path.is_file()
    }
    expected = {"MANIFEST.sha256", "README.md", "datapackage.json", "catalog.ttl"}
    expected |= {"croissant.json", "csv-metadata.json", "schema-org.jsonld", "CITATION.cff"}
    expected |= {"datacite.json", "catalogue-sheet.xlsx", "shenwan-rule-of-law-1.0.0.zip"}
    expected |= {f"observations.{ending}" for ending in ("csv", "parquet", "xlsx")}
    registers = ("indicators", "units", "areas", "codes")
    for name, tables in (
        *((topic, (topic, "figures", "findings", "indicators")) for topic in TOPICS),
        ("evidence", ("figures", "reports", "findings", "revisions", "accuracy", *registers)),
    ):
        expected |= {f"{name}/README.md", f"{name}/datapackage.json"}
        expected |= {f"{name}/{table}.{form}" for table in tables for form in ("csv", "parquet")}
    expected |= {f"evidence/texts/shenwan-{year}.txt" for year in (2030, 2031)}
    assert files == expected
    # What people open must not be lost among what machines open.
    assert len(files) <= 80


@pytest.mark.parametrize("name", [*TOPICS, "evidence", "."])
def test_the_command_of_frictionless_finds_each_package_valid(
    name: str, pristine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pristine / name)
    monkeypatch.setattr(sys, "argv", ["frictionless", "validate", "datapackage.json"])
    with pytest.raises(SystemExit) as ended:
        frictionless()
    assert not ended.value.code


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_confirms_the_manifest(pristine: Path) -> None:
    command = ["sha256sum", "--check", "--strict", "--quiet", MANIFEST]
    run = subprocess.run(command, cwd=pristine, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_stands_by_itself(topic: str, pristine: Path) -> None:
    folder = pristine / topic
    indicators = {row["indicator"] for row in rows(folder / "indicators.csv")}
    assert indicators == {code for code, entry in CATALOGUE.items() if entry.topic == topic}
    figures = {row["figure_id"]: row for row in rows(folder / "figures.csv")}
    findings = {row["finding_id"]: row for row in rows(folder / "findings.csv")}
    for row in rows(folder / f"{topic}.csv"):
        assert row["topic"] == topic
        assert row["indicator_zh"] == f"{row['indicator']}的名称"
        assert row["indicator_en"] == f"Label of {row['indicator']}"
        assert (row["area_zh"], row["area_en"]) == ("神湾镇", "Shenwan Town")
        figure = figures.get(row["figure_id"])
        assert bool(figure) == bool(row["value"])
        assert row["sentence"] == (figure["sentence"] if figure else "")
        doubts = [findings[one] for one in row["finding_ids"].split()]
        assert row["doubt"] == (doubts[0]["grade"] if doubts else "")
        assert row["doubt_zh"] == "".join(one["message_zh"] for one in doubts)
    for finding in findings.values():
        assert set(finding["figures"].split()) <= set(figures)
        # One that concerns figures of two topics is in both.
        assert indicators & set(finding["indicators"].split()) or topic == "services"
    assert bool(findings) == (topic in ("services", "enforcement"))


def test_all_observations_are_in_one_table(pristine: Path) -> None:
    found = rows(pristine / "observations.csv")
    parts = [row for topic in TOPICS for row in rows(pristine / topic / f"{topic}.csv")]
    key = ("ref_area", "time_period", "indicator")
    assert found == sorted(parts, key=lambda row: [row[name] for name in key])


def test_the_evidence_has_the_units_areas_and_codes_that_are_used(pristine: Path) -> None:
    folder = pristine / "evidence"
    used = {
        row["unit"] for path in pristine.glob("*/*.csv") for row in rows(path) if row.get("unit")
    }
    assert {row["unit"] for row in rows(folder / "units.csv")} == used
    assert {row["ref_area"] for row in rows(folder / "areas.csv")} == {"shenwan"}
    lists = {row["code_list"] for row in rows(folder / "codes.csv")}
    assert lists >= {"kinds", "qualifiers", "obs_status", "measure_type", "topic", "grade"}


def test_a_unit_brings_its_base_unit() -> None:
    from shenwan_data.release.contents import packages, rows_of

    catalogue = {"meetings": replace(CATALOGUE["meetings"], unit="亩")}
    package = next(package for package in packages() if package.name == "evidence")
    held = rows_of(package, build_tables((), catalogue).tables)
    assert held["units"]["unit"].to_pylist() == ["平方米", "亩"]


def test_a_quote_is_found_by_its_offset_in_the_archived_text(pristine: Path) -> None:
    with (pristine / "evidence/figures.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 10
    for row in rows:
        path = pristine / "evidence/texts" / f"{row['report_id']}.txt"
        text = path.read_bytes().decode("utf-8")
        assert text[int(row["start"]) : int(row["end"])] == row["quote"]


def test_a_descriptor_says_what_the_release_is(pristine: Path) -> None:
    content = json.loads((pristine / "services/datapackage.json").read_text(encoding="utf-8"))
    assert content["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert content["version"] == pristine.name
    assert content["created"].endswith("T00:00:00Z")
    for resource in content["resources"]:
        assert resource["hash"].startswith("sha256:")
        assert resource["bytes"] == (pristine / "services" / resource["path"]).stat().st_size
        assert not Path(resource["path"]).is_absolute()
        (parquet,) = resource["alternates"]
        assert parquet["bytes"] == (pristine / "services" / parquet["path"]).stat().st_size


@pytest.mark.parametrize("name", [*TOPICS, "evidence"])
def test_the_readme_explains_every_column_and_code_in_both_languages(
    name: str, pristine: Path
) -> None:
    readme = (pristine / name / "README.md").read_text(encoding="utf-8")
    chinese, english = readme.split("## English\n", 1)
    content = json.loads((pristine / name / "datapackage.json").read_text(encoding="utf-8"))
    for resource in content["resources"]:
        for field in resource.get("schema", {}).get("fields", []):
            assert f"| `{field['name']}` |" in chinese
            assert f"| `{field['name']}` |" in english
            for code in field.get("constraints", {}).get("enum", []):
                assert f"| `{code}` |" in chinese
                assert f"| `{code}` |" in english
    for line in readme.splitlines():
        if line.startswith("|"):
            assert line.endswith("|")
    assert "None" not in readme


def test_markup_in_a_text_stays_text() -> None:
    from shenwan_data.release.package import markdown_cell

    found = markdown_cell("<script>|[x](y)\n`z` & *w*")
    assert found == "&lt;script&gt;\\|\\[x\\](y) \\`z\\` &amp; \\*w\\*"


def build(releases: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(releases), *options],
        cwd=releases.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_two_builds_elsewhere_give_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for folder, zone, seed, locale in (
        ("one", "Pacific/Kiritimati", "1", "C.UTF-8"),
        ("another folder/二", "America/Adak", "4242", "POSIX"),
    ):
        releases = tmp_path / folder / "releases"
        releases.parent.mkdir(parents=True)
        run = build(releases, "2", TZ=zone, PYTHONHASHSEED=seed, LC_ALL=locale)
        assert run.returncode == 0, run.stderr
        (release,) = [path for path in releases.iterdir() if path.is_dir()]
        found.append({**hashes(release), MANIFEST: (release / MANIFEST).read_text()})
    assert found[0] == found[1]


def test_no_file_names_this_machine_or_this_moment(pristine: Path) -> None:
    from datetime import UTC, datetime

    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H")
    for path in pristine.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert str(ROOT).encode() not in content
            assert str(pristine.parent).encode() not in content
            assert moment.encode() not in content


def test_the_same_release_is_left_alone(
    release: Path, built: dict[str, pa.Table], texts: dict[str, str]
) -> None:
    before = (release / MANIFEST).stat()
    assert write_release(built, texts, release.parent, SETTINGS.release) == release
    after = (release / MANIFEST).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_damaged_release_of_the_same_manifest_is_replaced(
    release: Path, built: dict[str, pa.Table], texts: dict[str, str]
) -> None:
    (release / "services/services.csv").write_text("damaged", encoding="utf-8")
    write_release(built, texts, release.parent, SETTINGS.release)
    assert "applications" in (release / "services/services.csv").read_text(encoding="utf-8")


def test_a_release_that_fails_its_checks_does_not_appear(
    release: Path, texts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hashes(release)
    broken = build_tables((read_by_hand(2030, 5),), CATALOGUE).tables
    rows = broken["figures"]
    quotes = pa.array(["not there"] * rows.num_rows, pa.string())
    index = rows.schema.get_field_index("quote")
    broken["figures"] = rows.set_column(index, rows.schema.field("quote"), quotes)
    text = read_by_hand(2030, 5).report.text
    with pytest.raises(DataError, match="but 'not there'"):
        write_release(broken, {"shenwan-2030": text}, release.parent, SETTINGS.release)
    assert hashes(release) == before
    assert sorted(path.name for path in release.parent.iterdir()) == [".lock", release.name]


ODD_TEXTS = [
    '=HYPERLINK("x","y")', "+1", "-1", "@x", "\ttab", "a\rb", "a\nb", "a\r\nb", '"', ",",
    "'", "'=1", " spaced ", "\ufeffmark", "\u2028", "<script>alert(1)</script>", "|cell|", "NA",
    "null", "NaN", "true", "0012", "1e5", "𠮷", "＝１",
]  # fmt: skip


def test_odd_texts_reach_the_reader_unchanged(tmp_path: Path) -> None:
    readings = []
    for year, odd in enumerate(ODD_TEXTS, start=2030):
        reading = read_by_hand(year, 600)
        (finding,) = reading.findings
        readings.append(
            replace(
                reading,
                report=replace(reading.report, title=odd if odd.isprintable() else "a title"),
                findings=(replace(finding, message=Text(odd, odd)),),
            )
        )
    texts = {reading.report.id: reading.report.text for reading in readings}
    release = write_release(
        build_tables(readings, CATALOGUE).tables, texts, tmp_path, SETTINGS.release
    )
    found = read_parquet(release / "evidence/findings.parquet")
    assert found["message_zh"].to_pylist() == ODD_TEXTS
    with (release / "evidence/reports.csv").open(encoding="utf-8", newline="") as stream:
        cells = [row["report_title"] for row in csv.DictReader(stream)]
    # A title is one line of text (test_a_title_with_control_characters_is_refused).
    titles = [odd if odd.isprintable() else "a title" for odd in ODD_TEXTS]
    assert [restore(cell) for cell in cells] == titles
    assert all(cell[0] not in "=+-@\t\r\n＝＋－＠" for cell in cells)
    assert "<script>" not in (release / "evidence/README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("texts", [{}, {"shenwan-2030": "another text"}])
def test_a_report_without_its_text_is_refused(texts: dict[str, str], tmp_path: Path) -> None:
    built = build_tables((read_by_hand(2030, 5),), CATALOGUE).tables
    with pytest.raises(DataError, match="the text of the report is missing"):
        write_release(built, texts, tmp_path, SETTINGS.release)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


@pytest.mark.parametrize("version", ["1.0", "../1.0.0", "1.0.0/..", "v1.0.0", "", None, 1.0])
def test_a_version_that_is_none_is_refused(version: object, tmp_path: Path) -> None:
    folder = give_settings(tmp_path)
    content = yaml.safe_load((folder / "release.yaml").read_text("utf-8")) | {"version": version}
    (folder / "release.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    with pytest.raises(DataError, match=re.escape("of the form 1.0.0")) as refused:
        load_settings(folder)
    assert "release.yaml" in str(refused.value.file) and "key version" in str(refused.value.place)
