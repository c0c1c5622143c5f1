"""Publishing from Dagster: asked for by name, refused where the release is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.definitions import build_defs, defs
from assets.publications import Portals
from assets.resources import DataFolder
from tests.town_settings import SETTINGS, give_settings


@pytest.fixture
def data(whole: Path, tmp_path: Path) -> Path:
    folder = give_settings(tmp_path / "data")
    (folder / "reports").mkdir(parents=True)
    shutil.copytree(whole, folder / "releases" / SETTINGS.release.version)
    return folder


@pytest.fixture
def definitions(data: Path, tmp_path: Path, ckan: str) -> dg.Definitions:
    targets = {
        "store": {"type": "folder", "path": str(tmp_path / "store")},
        "town": {"type": "ckan", "url": ckan, "organization": "made-up-town"},
    }
    (tmp_path / "targets.yaml").write_text(json.dumps({"targets": targets}))
    return build_defs(
        data=DataFolder(path=str(data)),
        portals=Portals(targets=str(tmp_path / "targets.yaml")),
        targets={name: str(target["type"]) for name, target in targets.items()},
    )


def publish(definitions: dg.Definitions, name: str, **config: bool) -> dg.ExecuteInProcessResult:
    job = definitions.resolve_implicit_job_def_def_for_assets([dg.AssetKey(name)])
    assert job is not None
    return job.execute_in_process(
        asset_selection=[dg.AssetKey(name)],
        run_config={"ops": {name: {"config": config}}},
        raise_on_error=False,
    )


def metadata(result: dg.ExecuteInProcessResult, name: str) -> dict[str, object]:
    (event,) = result.asset_materializations_for_node(name)
    return {key: value.value for key, value in event.metadata.items()}


def test_ckan_publication_tells_where_it_is_and_what_was_verified(
    definitions: dg.Definitions, token: str, monkeypatch: pytest.MonkeyPatch, ckan: str
) -> None:
    monkeypatch.setenv("SHENWAN_TOWN_TOKEN", token)
    result = publish(definitions, "town_publication")
    assert result.success
    shown = metadata(result, "town_publication")
    assert shown["url"] == f"{ckan}/organization/made-up-town"
    assert len(shown["sha256"]["services/services.csv"]) == 64
    assert token not in str([event.message for event in result.all_events])


def test_folder_publication_and_its_dry_run(definitions: dg.Definitions, tmp_path: Path) -> None:
    assert publish(definitions, "store_publication", dry_run=True).success
    assert not (tmp_path / "store").exists()
    result = publish(definitions, "store_publication")
    assert metadata(result, "store_publication")["drift"] == 0
    assert (tmp_path / "store" / "index.json").is_file()


def test_release_with_a_failed_check_is_not_published(
    definitions: dg.Definitions, data: Path, tmp_path: Path
) -> None:
    file = next(data.glob("releases/*/services/services.csv"))
    file.write_text(file.read_text().replace("600", "601"))
    result = publish(definitions, "store_publication")
    assert not result.success
    assert not (tmp_path / "store").exists()


def test_there_is_one_asset_for_each_configured_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def names() -> list[str]:
        graph = defs().resolve_asset_graph()
        return [key.to_user_string() for key in graph.asset_keys_for_group("6_publication")]

    file = tmp_path / "targets.yaml"
    monkeypatch.setenv("SHENWAN_TARGETS", str(file))
    assert not names()
    kept = {name: {"type": "folder", "path": str(tmp_path / name)} for name in ("one", "the-other")}
    file.write_text(json.dumps({"targets": kept}))
    assert sorted(names()) == ["one_publication", "the_other_publication"]
    file.write_text("targets: {one: {type: unknown}}\n")
    assert not names()


def test_no_job_and_no_schedule_publishes() -> None:
    definitions = build_defs(targets={"store": "folder"})
    for job in definitions.get_repository_def().get_all_jobs():
        if not job.name.startswith("__"):
            keys = job.asset_layer.executable_asset_keys
            assert not [key for key in keys if key.to_user_string().endswith("_publication")]
