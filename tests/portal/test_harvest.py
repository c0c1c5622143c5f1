"""CKAN's own DCAT harvester takes the static catalogue of a release from a plain web server."""

from __future__ import annotations

import functools
import hashlib
import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import requests
from ckanapi import RemoteCKAN

from shenwan_data.release.about import about_release
from shenwan_data.release.contents import packages
from shenwan_data.release.contents import whole as everything
from shenwan_data.release.manifest import package_files
from shenwan_data.release.metadata.dcat import catalog
from tests.portal import ckan_server
from tests.town_settings import SETTINGS


class Quiet(SimpleHTTPRequestHandler):
    """A web server that knows Turtle and keeps no log."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".ttl": "text/turtle"}  # noqa: RUF012

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def catalogue(whole: Path, tmp_path: Path) -> Iterator[str]:
    """The address of the catalogue of the release, both on a web server of their own."""
    handler = functools.partial(Quiet, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / whole.name).symlink_to(whole)
    built = {
        name: pq.read_table(whole / "evidence" / f"{name}.parquet") for name in ("reports", "areas")
    }
    about = replace(about_release(SETTINGS.release, built), base_url=address)
    offered = [(each, package_files(whole, each)) for each in (everything(), *packages())]
    (tmp_path / "catalog.ttl").write_bytes(catalog(about, offered))
    yield f"{address}/catalog.ttl"
    server.shutdown()
    server.server_close()


def harvest(admin: RemoteCKAN, source: str) -> dict[str, Any]:
    """Run the harvester once; return what it counted."""
    ckan = ckan_server.VENV / "bin/ckan"
    ckan_server.run(
        ckan, "-c", ckan_server.HOME / "ckan.ini", "harvester", "run-test", source, log="harvest"
    )
    last = admin.action.harvest_source_show(id=source)["status"]["last_job"]
    assert last["status"] == "Finished"
    stats: dict[str, Any] = last["stats"]
    return stats


def test_catalogue_is_harvested_twice_and_held_once(
    admin: RemoteCKAN, visitor: RemoteCKAN, catalogue: str
) -> None:
    name = f"harvested-{secrets.token_hex(4)}"
    admin.action.organization_create(name=name, title="转载（虚构）")
    entry = {"name": name, "url": catalogue, "owner_org": name, "source_type": "dcat_rdf"}
    source = admin.action.harvest_source_create(**entry, title="目录")
    try:
        first = harvest(admin, name)
        assert (first["added"], first["errored"]) == (6, 0)
        # After a run ckanext-harvest 1.6 indexes the source without its type; saving it mends that.
        admin.action.harvest_source_update(**entry, id=source["id"], title="目录（再次）")
        again = harvest(admin, name)
        assert (again["added"], again["errored"], again["deleted"]) == (0, 0, 0)
        found = visitor.action.package_search(fq=f"organization:{name} dataset_type:dataset")
        assert found["count"] == 6
        for dataset in found["results"]:
            assert dataset["resources"] and dataset["version"] == SETTINGS.release.version
            for resource in dataset["resources"]:
                content = requests.get(resource["url"], timeout=30).content
                assert hashlib.sha256(content).hexdigest() == resource["hash"], resource["url"]
    finally:
        admin.action.harvest_source_clear(id=source["id"])
        admin.action.dataset_purge(id=source["id"])
