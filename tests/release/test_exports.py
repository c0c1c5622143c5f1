"""Files for sites that are fed by hand."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from shenwan_data.cli.main import main
from shenwan_data.errors import UsageError
from shenwan_data.publish.exports import SITES, export
from shenwan_data.publish.release_folder import ReleaseFolder, read_release_folder
from shenwan_data.release.descriptor import measured, to_json
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_problems, manifest_text

_LICENSE = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}


@pytest.fixture
def release(tmp_path: Path) -> ReleaseFolder:
    """A made-up release of one package with one table."""
    folder = tmp_path / "1.0.0"
    (folder / "services").mkdir(parents=True)
    csv, parquet = folder / "services" / "services.csv", folder / "services" / "services.parquet"
    csv.write_text("time_period,value\n2030,1\n")
    parquet.write_bytes(b"made up")
    fields = [{"name": "time_period", "type": "year"}, {"name": "value", "type": "number"}]
    table = {
        "name": "services", "type": "table", "path": "services.csv", **measured(csv),
        "alternates": [{"path": "services.parquet", "format": "parquet", **measured(parquet)}],
        "schema": {"fields": fields},
    }  # fmt: skip
    descriptor = {
        "name": "made-up", "title": "某镇数据（虚构） / Data of a made-up town", "version": "1.0.0",
        "description": "虚构 / made up", "created": "2032-01-01T00:00:00Z", "licenses": [_LICENSE],
    }  # fmt: skip
    package = folder / "services" / "datapackage.json"
    package.write_bytes(to_json({**descriptor, "name": "made-up-services", "resources": [table]}))
    entry = {"name": "services", "path": "services/datapackage.json", **measured(package)}
    (folder / "datapackage.json").write_bytes(to_json({**descriptor, "resources": [entry]}))
    (folder / "README.md").write_text("# 说明 Notes\n", encoding="utf-8")
    (folder / MANIFEST).write_text(manifest_text(hashes(folder)), encoding="utf-8")
    return read_release_folder(folder)


@pytest.mark.parametrize("site", SITES)
def test_every_data_file_is_there_byte_for_byte(
    site: str, release: ReleaseFolder, tmp_path: Path
) -> None:
    out = export(release, site, tmp_path / "out")
    for file in release.files:
        name = file.path.replace("/", "-") if site == "zenodo" else file.path
        if name not in (*SITES[site](release), MANIFEST):
            assert hashlib.sha256((out / name).read_bytes()).hexdigest() == file.sha256


def test_zenodo_has_a_deposit_without_folders(release: ReleaseFolder, tmp_path: Path) -> None:
    out = export(release, "zenodo", tmp_path / "out")
    assert all(path.is_file() for path in out.iterdir())
    deposit = json.loads((out / ".zenodo.json").read_text(encoding="utf-8"))
    assert (deposit["upload_type"], deposit["license"], deposit["version"]) == (
        "dataset", "cc-by-4.0", "1.0.0",
    )  # fmt: skip
    assert deposit["publication_date"] == "2032-01-01" and deposit["creators"][0]["name"]


def test_zenodo_gets_the_archive_and_no_more_files_than_it_takes(
    release: ReleaseFolder, tmp_path: Path
) -> None:
    (release.folder / "made-up-1.0.0.zip").write_bytes(b"made up")
    (release.folder / MANIFEST).unlink()
    (release.folder / MANIFEST).write_text(manifest_text(hashes(release.folder)), encoding="utf-8")
    out = export(read_release_folder(release.folder), "zenodo", tmp_path / "out")
    assert {path.name for path in out.iterdir()} == {
        ".zenodo.json", MANIFEST, "README.md", "datapackage.json", "made-up-1.0.0.zip",
    }  # fmt: skip


@pytest.mark.parametrize("site", SITES)
def test_manifest_tells_the_files_as_they_are_sent(
    site: str, release: ReleaseFolder, tmp_path: Path
) -> None:
    out = export(release, site, tmp_path / "out")
    assert not manifest_problems(out)


def test_hugging_face_has_a_card_with_a_configuration_for_each_table(
    release: ReleaseFolder, tmp_path: Path
) -> None:
    out = export(release, "huggingface", tmp_path / "out")
    _, head, body = (out / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    card = yaml.safe_load(head)
    assert card["license"] == "cc-by-4.0" and card["language"] == ["zh", "en"]
    (configuration,) = card["configs"]
    for entry in configuration["data_files"]:
        assert (out / entry["path"]).is_file()
    assert "# 说明 Notes" in body


def test_kaggle_s_lengths_are_kept(release: ReleaseFolder, tmp_path: Path) -> None:
    out = export(release, "kaggle", tmp_path / "out")
    metadata = json.loads((out / "dataset-metadata.json").read_text(encoding="utf-8"))
    assert 6 <= len(metadata["title"]) <= 50 and 20 <= len(metadata["subtitle"]) <= 80
    for resource in metadata["resources"]:
        assert (out / resource["path"]).is_file()
    assert [field["type"] for field in metadata["resources"][0]["schema"]["fields"]] == [
        "integer", "number",
    ]  # fmt: skip


def test_folder_that_exists_is_not_touched(release: ReleaseFolder, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(UsageError, match="exists already"):
        export(release, "zenodo", out)
    assert not list(out.iterdir())


def test_command_writes_the_folder(release: ReleaseFolder, tmp_path: Path) -> None:
    command = ["export", str(release.folder), "--site", "kaggle", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "dataset-metadata.json").is_file()
