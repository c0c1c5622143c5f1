"""A passage that was published by mistake is taken back from everywhere the project can reach."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from shenwan_data.cli.main import main
from shenwan_data.errors import DataError, Text, UsageError
from shenwan_data.publish.ckan import ckan_withdrawal
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.plan import Journal, PortalError
from shenwan_data.publish.publisher import publish
from shenwan_data.publish.release_folder import read_release_folder
from shenwan_data.publish.targets import find_address, open_target
from shenwan_data.publish.withdrawal import find_figure, find_passages
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_text
from shenwan_data.release.register import check_against_published
from shenwan_data.release.withdrawn import read_withdrawn
from shenwan_data.report.archive import add_report, read_report

ROOT = Path(__file__).resolve().parents[3]
NAME = "shenwan-rule-of-law"
# Made up, as all names in these tests are.
TEXT = "测试镇2022年法治政府建设年度报告\n村民周海生反映道路问题，全年结案9宗，罚款5000元。\n"
OTHER = "测试镇2021年法治政府建设年度报告\n全年结案8宗，罚款4000元。\n"
PASSAGE = "周海生"
WHY = "应当事人要求"


def release(releases: Path, version: str, texts: dict[str, str]) -> Path:
    """A release with these texts by report, no more."""
    folder = releases / version
    (folder / "evidence" / "texts").mkdir(parents=True)
    for report, text in texts.items():
        (folder / "evidence" / "texts" / f"{report}.txt").write_text(text, "utf-8")
    common = {
        "title": "某镇 / A town", "description": "虚构 / made up", "version": version,
        "created": "2023-02-15T00:00:00Z", "licenses": [{"name": "CC-BY-4.0"}],
    }  # fmt: skip
    for place, name, resources in (
        ("evidence/", f"{NAME}-evidence", [f"texts/{report}.txt" for report in texts]),
        ("", NAME, ["evidence/datapackage.json"]),
    ):
        listed = [{"name": f"r{at}", "path": path} for at, path in enumerate(resources)]
        content = {**common, "name": name, "resources": listed}
        (folder / f"{place}datapackage.json").write_text(json.dumps(content), "utf-8")
    (folder / MANIFEST).write_text(manifest_text(hashes(folder)), "utf-8")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder: two reports, one with a name in it; four releases, the second without it."""
    data = tmp_path / "data"
    data.mkdir()
    for file in ("release.yaml", "areas.csv"):
        shutil.copy(ROOT / "data" / file, data)
    for year, text in ((2022, TEXT), (2021, OTHER)):
        file = tmp_path / f"{year}.txt"
        file.write_text(text, "utf-8")
        add_report(file, year=year, area="test", data_dir=data)
    both = {"test-2022": TEXT, "test-2021": OTHER}
    for version, texts in (
        ("1.0.0", {"test-2021": OTHER}),
        ("1.1.0", both),
        ("1.2.0", {"test-2021": OTHER + "\n"}),
        ("1.3.0", both),
    ):
        release(data / "releases", version, texts)
    (data / ".build").mkdir()
    (data / ".build" / "2022.json").write_text(PASSAGE, "utf-8")
    return data


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    """A folder with a neighbour beside it, and a git remote."""
    (tmp_path / "open").mkdir()
    (tmp_path / "neighbour").mkdir()
    (tmp_path / "neighbour" / "file").write_text("not ours", "utf-8")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", "remote.git")
    file = tmp_path / "targets.yaml"
    content = {
        "shared": {"type": "folder", "path": str(tmp_path / "open")},
        "repository": {"type": "git", "remote": str(tmp_path / "remote.git")},
    }
    file.write_text(yaml.safe_dump({"targets": content}), "utf-8")
    return file


def git(folder: Path, *command: str) -> str:
    done = subprocess.run(["git", *command], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def publish_all(data: Path, targets: Path, *versions: str) -> None:
    for name in ("shared", "repository"):
        target = open_target(find_address(name, targets), Credentials(name, {}))
        for version in versions:
            folder = read_release_folder(data / "releases" / version)
            publish(folder, target, Journal(data / "journal" / f"{name}-{version}"))


def withdraw(data: Path, targets: Path | None, *arguments: str, **given: Any) -> Result:
    where = ("--targets", str(targets)) if targets else ()
    command = ["withdraw", *arguments, "--why", WHY, "--data-dir", str(data), *where]
    return CliRunner().invoke(main, command, **given)


def holding(folder: Path) -> list[str]:
    """The files under a folder in which the passage stands."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and PASSAGE.encode() in path.read_bytes()
    )


def shown_by(remote: Path) -> str:
    """Everything that any reference of a repository leads to."""
    return git(remote, "log", "--all", "--full-history", "-p", "--text")


def test_every_version_that_shows_the_passage_is_gone_and_the_others_stay(
    data: Path, targets: Path
) -> None:
    publish_all(data, targets, "1.0.0", "1.1.0", "1.2.0", "1.3.0")
    remote = targets.parent / "remote.git"
    assert PASSAGE in shown_by(remote)
    kept = git(remote, "rev-parse", "v1.2.0^{tree}")

    done = withdraw(data, targets, PASSAGE)

    assert done.exit_code == 0, done.output
    assert PASSAGE not in done.output
    assert holding(targets.parent / "open") == [] and holding(data / "releases") == []
    assert not (data / ".build").exists()
    index = json.loads((targets.parent / "open" / "index.json").read_text("utf-8"))
    assert [entry["version"] for entry in index["releases"]] == ["1.2.0", "1.0.0"]
    assert index["withdrawn"] == ["1.1.0", "1.3.0"] and index["latest"] == "1.2.0"
    assert (targets.parent / "neighbour" / "file").read_text("utf-8") == "not ours"

    assert git(remote, "tag").split() == ["v1.0.0", "v1.2.0"]
    assert PASSAGE not in shown_by(remote)
    assert git(remote, "rev-parse", "v1.2.0^{tree}") == kept
    assert git(remote, "rev-parse", "v1.2.0^{commit}") == git(remote, "rev-parse", "main")
    assert git(remote, "rev-list", "--count", "main") == "2"
    git(targets.parent, "clone", "--quiet", "--no-local", str(remote), "clone")
    assert holding(targets.parent / "clone") == []


def test_the_mask_is_in_the_record_and_what_was_withdrawn_is_recorded_without_it(
    data: Path, targets: Path
) -> None:
    publish_all(data, targets, "1.3.0")
    done = withdraw(data, targets, "-", input=f"{PASSAGE}\n")
    assert done.exit_code == 0, done.output
    text = read_report(data / "reports" / "2022" / "test.txt").text
    assert text == TEXT.replace(PASSAGE, "■■■")
    (entry,) = read_withdrawn(data / "published")
    assert (entry.versions, entry.reports, entry.why) == (("1.3.0",), ("test-2022",), WHY)
    assert holding(data / "published") == []
    for said in ("cannot be undone", "无法撤回", "search engines", "搜索引擎", "clones", "克隆"):
        assert said in done.output


def test_a_second_run_goes_on_where_a_target_failed_and_records_it_once(
    data: Path, targets: Path
) -> None:
    publish_all(data, targets, "1.1.0")
    remote, away = targets.parent / "remote.git", targets.parent / "away.git"
    remote.rename(away)
    first = withdraw(data, targets, PASSAGE)
    assert first.exit_code == 3 and holding(targets.parent / "open") == []
    away.rename(remote)
    assert PASSAGE in shown_by(remote)
    second = withdraw(data, targets, PASSAGE)
    assert second.exit_code == 0, second.output
    assert PASSAGE not in shown_by(remote)
    assert len(read_withdrawn(data / "published")) == 1


def test_a_withdrawn_version_is_neither_built_nor_published_again(
    data: Path, targets: Path, tmp_path: Path
) -> None:
    publish_all(data, targets, "1.1.0")
    assert withdraw(data, targets, PASSAGE).exit_code == 0
    again = release(tmp_path / "again", "1.1.0", {"test-2021": OTHER})
    with pytest.raises(DataError, match=r"version 1\.1\.0 was withdrawn") as caught:
        check_against_published(again, "1.1.0", data / "published")
    assert "1.1.1" in str(caught.value)
    target = open_target(find_address("shared", targets), Credentials("shared", {}))
    with pytest.raises(UsageError, match=r"1\.1\.0 was withdrawn"):
        target.plan(read_release_folder(again), force=True)


def test_a_branch_of_which_all_was_withdrawn_takes_the_next_version(
    data: Path, targets: Path, tmp_path: Path
) -> None:
    publish_all(data, targets, "1.1.0", "1.3.0")
    assert withdraw(data, targets, PASSAGE).exit_code == 0
    remote = targets.parent / "remote.git"
    assert git(remote, "tag") == "" and PASSAGE not in shown_by(remote)
    left = json.loads(git(remote, "show", "main:datapackage.json"))
    assert left["name"] == NAME and left["withdrawn"]
    release(data / "releases", "1.4.0", {"test-2021": OTHER})
    publish_all(data, targets, "1.4.0")
    assert git(remote, "tag") == "v1.4.0"


def test_an_entry_of_the_register_goes_and_one_without_the_report_stays(
    data: Path, targets: Path
) -> None:
    for version in ("1.0.0", "1.1.0"):
        entry = data / "published" / version
        entry.mkdir(parents=True)
        source = data / "releases" / version
        for name in (MANIFEST, "datapackage.json"):
            (entry / name).write_bytes((source / name).read_bytes())
    assert withdraw(data, targets, PASSAGE).exit_code == 0
    assert [path.name for path in sorted((data / "published").iterdir())] == [
        "1.0.0",
        "withdrawn.yaml",
    ]
    (entry,) = read_withdrawn(data / "published")
    assert entry.versions == ("1.1.0",)


def test_a_dry_run_changes_nothing(data: Path, targets: Path) -> None:
    publish_all(data, targets, "1.1.0")
    before = {path: path.read_bytes() for path in targets.parent.rglob("*") if path.is_file()}
    done = withdraw(data, targets, PASSAGE, "--dry-run")
    assert done.exit_code == 0 and "shared: 1.1.0 holds it" in done.output
    after = {path: path.read_bytes() for path in targets.parent.rglob("*") if path.is_file()}
    assert after == before


def test_a_figure_is_withdrawn_by_its_id(data: Path) -> None:
    start = TEXT.index("5000元")
    (passage,) = find_figure(data, f"test-2022-{start}")
    assert passage.text[slice(*passage.spans[0])] == "5000元"
    with pytest.raises(UsageError, match="there is no figure"):
        find_figure(data, "test-2022-1")
    done = withdraw(data, None, "--figure", f"test-2022-{start}")
    assert done.exit_code == 0, done.output
    assert "5000" not in read_report(data / "reports" / "2022" / "test.txt").text
    # What is masked already is found again, for a run that goes on.
    assert find_figure(data, f"test-2022-{start}") == (passage,)


@pytest.mark.parametrize(
    ("arguments", "why", "said"),
    [
        (["张三丰"], WHY, "no archived report holds this passage"),
        ([""], WHY, "no archived report holds this passage"),
        ([], WHY, "give a passage or --figure"),
        ([PASSAGE, "--figure", "x"], WHY, "give a passage or --figure"),
        ([PASSAGE], f"有人指出{PASSAGE}的姓名", "repeats the passage"),
        ([PASSAGE], " ", "the reason is empty"),
        ([PASSAGE], "村民陈建国要求删除", "holds personal data"),
    ],
)
def test_what_cannot_be_withdrawn_is_refused_and_nothing_changes(
    arguments: list[str], why: str, said: str, data: Path
) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    command = ["withdraw", *arguments, "--why", why, "--data-dir", str(data)]
    done = CliRunner().invoke(main, command)
    assert done.exit_code != 0
    assert said in done.output + str(done.exception or "")
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == before


def test_a_passage_that_is_most_of_a_report_is_refused_and_the_record_stays(data: Path) -> None:
    record = data / "reports" / "2022" / "test.yaml"
    before = record.read_bytes()
    done = withdraw(data, None, TEXT.strip())
    assert done.exit_code != 0 and record.read_bytes() == before


def test_a_correction_of_the_passage_has_to_go_first(data: Path) -> None:
    start = TEXT.index("5000元")
    (data / "corrections").mkdir()
    (data / "corrections" / "2022.yaml").write_text(
        f"- {{report: test-2022, quote: 5000元, start: {start}, action: drop, who: 数据员, "
        "when: 2023-03-01, why: 已核实, expect: {value: 5000}}\n",
        "utf-8",
    )
    done = withdraw(data, None, "--figure", f"test-2022-{start}")
    assert isinstance(done.exception, UsageError) or "correction" in done.output
    assert "entry 1" in str(done.exception) + done.output


def test_a_published_text_that_moved_or_is_masked_is_judged_by_what_it_shows(data: Path) -> None:
    (passage,) = find_passages(data, PASSAGE)
    assert passage.is_held_by(TEXT.encode())
    assert passage.is_held_by(f"前言。{TEXT}".encode())
    assert not passage.is_held_by(TEXT.replace(PASSAGE, "■■■").encode())
    assert not passage.is_held_by(OTHER.encode()) and not passage.is_held_by(None)


class Portal:
    """A portal in memory, asked by an editor who may not purge."""

    def __init__(self, datasets: list[dict[str, Any]], *, administrator: bool) -> None:
        self.held = {dataset["id"]: dataset for dataset in datasets}
        self.administrator = administrator
        self.emptied: list[str] = []

    def read(self, action: str, **parameters: Any) -> Any:
        assert action == "package_search" and parameters["include_private"]
        found = [each for each in self.held.values() if each.get("state") != "deleted"]
        part = found[parameters["start"] :][:2]
        return {"count": len(found), "results": part}

    def dataset(self, name: str) -> Any:
        return self.held.get(name)

    def content(self, _: dict[str, Any], resource: dict[str, Any]) -> bytes:
        return str(resource["content"]).encode()

    def revise(self, dataset: dict[str, Any], wanted: dict[str, Any], _: Any) -> Any:
        self.held[dataset["id"]] |= wanted

    def write(self, action: str, parameters: dict[str, Any], _: Any) -> None:
        if action == "datastore_delete":
            self.emptied.append(parameters["resource_id"])
        elif action == "package_delete":
            self.held[parameters["id"]]["state"] = "deleted"
        elif self.administrator:
            del self.held[parameters["id"]]
        else:
            raise PortalError(Text("拒绝", "refused"), remedy=Text("请换人", "ask another"))


def dataset(number: int, package: str, version: str, text: str = "") -> dict[str, Any]:
    return {
        "id": f"id-{number}", "name": f"{package}-{number}", "version": version, "private": False,
        "extras": [
            {"key": "package_sha256", "value": "0"},
            {"key": "identifier", "value": f"{package}/{version}"},
        ],
        "resources": [
            {"id": f"r-{number}", "path": "texts/test-2022.txt", "content": text,
             "datastore_active": True},
        ],
    }  # fmt: skip


@pytest.mark.parametrize("administrator", [True, False])
def test_all_datasets_of_a_version_leave_a_portal(administrator: bool, data: Path) -> None:
    (passage,) = find_passages(data, PASSAGE)
    foreign = dataset(9, "another-town-evidence", "1.1.0", TEXT)
    stranger = {"id": "x", "name": "x", "version": "1.1.0", "extras": [], "resources": []}
    portal: Any = Portal(
        [
            dataset(1, f"{NAME}-evidence", "1.0.0", OTHER),
            dataset(2, f"{NAME}-evidence", "1.1.0", TEXT),
            dataset(3, f"{NAME}-services", "1.1.0"),
            foreign,
            stranger,
        ],
        administrator=administrator,
    )

    def own() -> Any:
        return ckan_withdrawal.own_datasets(portal, "town", NAME)

    def read(version: str) -> bytes | None:
        return ckan_withdrawal.read_file(portal, own(), NAME, version, passage.file)

    assert sorted(ckan_withdrawal.versions(own())) == ["1.0.0", "1.1.0"]
    assert passage.is_held_by(read("1.1.0")) and not passage.is_held_by(read("1.0.0"))
    left = ckan_withdrawal.withdraw(portal, own(), "1.1.0")
    assert ckan_withdrawal.versions(own()) == ("1.0.0",)
    assert portal.emptied == ["r-2", "r-3"]
    assert (left is None) == administrator
    assert foreign["id"] in portal.held and "state" not in foreign and "state" not in stranger
    # The plain names are free for the next version.
    assert not any(each["name"].startswith(f"{NAME}-services") for each in portal.held.values())
