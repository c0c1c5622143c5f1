"""The real graph, run as `shenwan-data build` runs it, on made-up reports."""

import csv
import io
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from assets.launch import run_build
from shenwan_data import scan
from shenwan_data.build_lock import exclusive_build
from shenwan_data.build_record import unchanged_build
from shenwan_data.errors import DataError, UsageError
from shenwan_data.indicators.read import extract
from shenwan_data.release.validation import validate_release
from shenwan_data.work_files import is_read, read_batch
from tests.pipeline.made_up import text_of, write_report


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a release by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def build(data_dir: Path, **options: object):
    """Build quietly."""
    return run_build(data_dir, console=Console(file=io.StringIO()), **options)


def the_release(data_dir: Path) -> Path:
    """The one release of a folder that was built."""
    (manifest,) = (data_dir / "releases").glob("*/MANIFEST.sha256")
    return manifest.parent


def read_at(data_dir: Path) -> dict[int, int]:
    """When each year was read last."""
    folder = data_dir / ".build" / "observations"
    return {int(path.stem): path.stat().st_mtime_ns for path in folder.glob("*.jsonl")}


def without_the_last(*given):
    """A reading that has lost its last figure."""
    reading = extract(*given)
    return replace(reading, figures=reading.figures[:-1])


def test_two_years_become_a_release_that_passes_every_check(built_once):
    summary = unchanged_build(built_once)

    assert summary.reports == 2
    assert summary.numerals == sum(len(scan(text_of(year))) for year in (2021, 2022))
    assert 0 < summary.figures < summary.numerals
    release = built_once / summary.release
    assert {path.name for path in release.iterdir() if path.is_dir()} == {
        "services", "enforcement", "governance", "outreach", "evidence",
    }  # fmt: skip
    assert all(check.passed for check in validate_release(release))


def test_the_same_reports_give_the_same_bytes_wherever_they_lie(built_once, tmp_path):
    elsewhere = tmp_path / "另一处" / "data"
    for year in (2022, 2021):
        write_report(elsewhere, year, text_of(year))

    summary = build(elsewhere)

    assert files(elsewhere / summary.release) == files(the_release(built_once))
    assert unchanged_build(elsewhere) == summary == unchanged_build(built_once)


def test_reading_everything_again_gives_the_same_bytes(built):
    release = the_release(built)
    before = files(release)

    build(built, force=True)

    assert files(release) == before


def test_no_output_holds_a_path_of_this_machine(built_once):
    for name, content in files(built_once).items():
        assert str(built_once).encode() not in content, name


def test_nothing_is_done_when_nothing_has_changed(built):
    assert unchanged_build(built) is not None

    write_report(built, 2022, text_of(2022, cases=999))
    assert unchanged_build(built) is None


def test_a_damaged_release_is_built_again(built):
    table = the_release(built) / "services" / "services.csv"
    good = table.read_bytes()
    table.write_bytes(good.replace(b"2021", b"2020"))

    assert unchanged_build(built) is None
    build(built)

    assert table.read_bytes() == good


def test_a_site_that_is_not_that_of_the_release_is_written_again(built):
    site, record = built / "releases" / "1.0.0-site", built / ".build" / "site.json"
    page, kept = site / "index.html", record.read_text()
    good = page.read_bytes()
    site.rename(built / "elsewhere")
    assert unchanged_build(built) is None
    (built / "elsewhere").rename(site)
    assert unchanged_build(built) is not None
    # What a build leaves that was killed before its last step.
    record.write_text(json.dumps(json.loads(kept) | {"manifest": "0" * 64}))
    assert unchanged_build(built) is None
    record.write_text(kept)
    page.write_bytes(good + b" ")
    draft = built / "releases" / ".1.0.0-site.abc.draft"
    draft.mkdir()
    assert unchanged_build(built) is None

    build(built)

    assert page.read_bytes() == good
    assert unchanged_build(built) is not None
    assert not draft.exists()


def test_what_was_read_is_not_believed_when_it_was_altered(built):
    before = files(built / "releases")
    shutil.rmtree(built / "releases")
    kept = built / ".build"
    for asset, old, new in (
        ("observations", b'"value":122', b'"value":9934'),
        ("reports", "神湾镇2022年".encode(), "神湾镇2012年".encode()),
        ("figures", b"", None),
        ("figures", b'"value":122', b'"value":9934'),
    ):
        path = kept / asset / "2022.jsonl"
        content = path.read_bytes()
        assert old in content and is_read(built, 2022)
        path.unlink() if new is None else path.write_bytes(content.replace(old, new))
        assert not is_read(built, 2022), asset
        if path.exists():
            altered = path.read_bytes()
        path.write_bytes(content)
    # The last of them once more, for a whole build.
    path.write_bytes(altered)

    build(built)

    assert files(built / "releases") == before


def test_a_build_that_was_stopped_in_the_middle_is_no_dead_end(built):
    # A build that was killed between two steps: the figures are of another text than all the rest.
    figures = built / ".build" / "figures" / "2022.jsonl"
    good = figures.read_bytes()
    write_report(built, 2022, text_of(2022, cases=999))
    build(built)
    changed = figures.read_bytes()
    assert changed != good
    figures.write_bytes(good)
    write_report(built, 2023, text_of(2023))

    build(built)

    assert unchanged_build(built) is not None
    assert figures.read_bytes() == changed


def test_only_what_changed_is_read_again(built):
    before = read_at(built)

    write_report(built, 2022, text_of(2022, cases=999))
    build(built)

    changed = {year for year, at in read_at(built).items() if at != before[year]}
    assert changed == {2022}


def test_a_changed_report_is_compared_anew_with_the_year_after_it(built):
    before = read_at(built)

    write_report(built, 2021, text_of(2021, cases=1))
    build(built)

    changed = {year for year, at in read_at(built).items() if at != before[year]}
    assert changed == {2021, 2022}


def test_over_a_missing_year_the_last_report_is_compared_and_its_year_named(tmp_path):
    data_dir = tmp_path / "data"
    write_report(data_dir, 2022, text_of(2022))
    write_report(data_dir, 2024, text_of(2024, cases=1240))

    build(data_dir)

    found = read_batch(data_dir, "findings", 2024).records["shenwan-2024"]
    (jump,) = (finding for finding in found if finding.rule == "flow_jumps")
    assert "2022年为122宗" in jump.message.zh and "in 2022" in jump.message.en


def test_one_year_can_be_read_again_by_itself(built):
    release = the_release(built)
    before, bytes_before = read_at(built), files(release)

    summary = build(built, year=2022)

    assert {year for year, at in read_at(built).items() if at != before[year]} == {2022}
    assert summary.reports == 2
    assert files(release) == bytes_before


def test_a_removed_year_leaves_the_release(built):
    for path in (built / "reports" / "2021").iterdir():
        path.unlink()
    (built / "reports" / "2021").rmdir()

    summary = build(built)

    assert summary.reports == 1
    assert b"2021" not in files(built / summary.release)["services/services.csv"]


def test_a_numeral_in_no_figure_stops_the_release_and_leaves_the_old_one(built, monkeypatch):
    release = the_release(built)
    before = files(release)
    write_report(built, 2022, text_of(2022, cases=999))
    monkeypatch.setattr("assets.readings.extract", without_the_last)

    with pytest.raises(DataError) as stopped:
        build(built)

    assert "every_numeral_is_accounted_for" in str(stopped.value)
    assert "shenwan-2022" in str(stopped.value)
    assert files(release) == before
    monkeypatch.undo()
    assert build(built).reports == 2
    assert files(release) != before


def test_a_package_that_fails_its_check_stops_the_release(built, monkeypatch):
    from shenwan_data.release import package

    release = the_release(built)
    before = files(release)
    write_report(built, 2022, text_of(2022, cases=999))
    write_csv = package.write_csv

    def torn(table, stream):
        write_csv(table, stream)
        stream.write(b"\xe7\xa5\x9e\n")

    monkeypatch.setattr(package, "write_csv", torn)

    with pytest.raises(DataError):
        build(built)

    assert files(release) == before


def test_a_report_that_is_not_what_it_was_is_refused_by_name(built):
    path = built / "reports" / "2022" / "shenwan.txt"
    path.write_text(text_of(2022, cases=5), encoding="utf-8")

    with pytest.raises(DataError, match="sha256") as stopped:
        build(built)
    assert "2022/shenwan.txt" in str(stopped.value)
    # Nothing has changed since: the reason is still there.
    with pytest.raises(DataError, match="sha256"):
        build(built)


def test_an_empty_archive_and_an_absent_year_are_told_apart(data_dir, tmp_path):
    (tmp_path / "empty" / "reports").mkdir(parents=True)
    with pytest.raises(DataError, match="no report"):
        build(tmp_path / "empty")
    with pytest.raises(UsageError, match="2017"):
        build(data_dir, year=2017)


def test_two_builds_of_one_folder_do_not_run_at_once(data_dir):
    with exclusive_build(data_dir), pytest.raises(UsageError, match="another build"):
        build(data_dir)
    with exclusive_build(data_dir):
        pass


def test_runs_are_kept_where_dagster_home_is_set(data_dir, tmp_path, monkeypatch):
    import dagster as dg

    home = tmp_path / "home"
    home.mkdir()
    (home / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    monkeypatch.setenv("DAGSTER_HOME", str(home))

    build(data_dir)

    with dg.DagsterInstance.get() as instance:
        assert [run.job_name for run in instance.get_runs()] == ["rebuild"]
        years = instance.get_materialized_partitions(dg.AssetKey("observations"))
        assert years == {"2021", "2022"}


@pytest.mark.slow
def test_twenty_years_are_one_run_told_in_plain_lines_where_there_is_no_terminal(tmp_path):
    folder = tmp_path / "data"
    for year in range(2005, 2025):
        write_report(folder, year, text_of(year))
    output = io.StringIO()

    summary = run_build(folder, console=Console(file=output))

    assert summary.reports == 20
    assert len(read_at(folder)) == 20
    lines = output.getvalue().splitlines()
    assert lines[0].startswith("[1/6] reading reports")
    assert lines[-1].startswith("[6/6]")
    assert len(lines) == 6


def test_several_towns_of_one_year_stand_side_by_side(data_dir):
    folder = data_dir / "reports" / "2022"
    other = text_of(2022, cases=57).replace("神湾镇", "测试镇")
    (folder / "ceshi.txt").write_text(other, encoding="utf-8")  # dropped in, no record, not listed

    release = data_dir / build(data_dir).release

    with (release / "enforcement" / "enforcement.csv").open(encoding="utf-8", newline="") as file:
        cases = {
            (row["ref_area"], row["time_period"]): row["value"]
            for row in csv.DictReader(file)
            if row["indicator"] == "penalty_cases"
        }
    assert cases == {
        ("ceshi", "2022"): "57",
        ("shenwan", "2021"): "121",
        ("shenwan", "2022"): "122",
    }


def test_a_person_beside_a_figure_stops_the_release_until_masked(data_dir):
    text = text_of(2022).replace("二、普法宣传", "当事人李建国受到批评教育1次。\n二、普法宣传")
    write_report(data_dir, 2022, text)
    with pytest.raises(DataError, match="nobody_is_named") as caught:
        build(data_dir)
    assert "李建国" not in str(caught.value)

    record = data_dir / "reports" / "2022" / "shenwan.yaml"
    start = text.index("李建国")
    with record.open("a", encoding="utf-8") as file:
        file.write(f"mask: [[{start}, {start + 3}]]\n")
    release = data_dir / build(data_dir).release
    assert all("李建国".encode() not in content for content in files(release).values())


def test_a_correction_reaches_the_release_and_a_stale_one_stops_it(data_dir):
    text = text_of(2022)
    correction = {
        "report": "shenwan-2022", "quote": "122宗", "start": text.index("122宗"), "action": "set",
        "to": {"value": 120}, "who": "数据员", "when": "2023-03-01", "why": "两宗已撤销",
        "expect": {"value": 122},
    }  # fmt: skip
    path = data_dir / "corrections" / "2022.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump([correction], allow_unicode=True), encoding="utf-8")

    release = data_dir / build(data_dir).release

    table = (release / "enforcement" / "enforcement.csv").read_text("utf-8")
    assert ",penalty_cases,行政处罚案件数,Administrative penalty cases,120,宗," in table
    assert "两宗已撤销" in (release / "evidence" / "revisions.csv").read_text("utf-8")
    before = files(release)
    write_report(data_dir, 2022, text_of(2022, cases=123))
    with pytest.raises(DataError, match=r"2022\.yaml"):
        build(data_dir)
    assert files(release) == before
