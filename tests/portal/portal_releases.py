"""Small releases to publish, cut from the made-up release by the project's own writers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from shenwan_data.release.descriptor import measured, to_json
from shenwan_data.release.formats import write_csv, write_parquet
from shenwan_data.release.manifest import MANIFEST, hashes, manifest_text


def small_release(
    whole: Path, releases: Path, name: str, version: str = "1.0.0", rows: int = 3
) -> Path:
    """A release of one package with one table: CSV, Parquet, descriptor and dictionary."""
    source, release = whole / "services", releases / version
    folder = release / "services"
    folder.mkdir(parents=True)
    table = _table(source).slice(0, rows)
    with (folder / "services.csv").open("xb") as stream:
        write_csv(table, stream)
    with (folder / "services.parquet").open("xb") as stream:
        write_parquet(table, stream)
    descriptor = _read(source / "datapackage.json") | {"name": f"{name}-services"}
    descriptor["version"] = version
    resource = descriptor["resources"][0]
    resource |= measured(folder / "services.csv")
    resource["alternates"][0] |= measured(folder / "services.parquet")
    resource["schema"].pop("foreignKeys", None)
    descriptor["resources"] = [resource]
    (folder / "datapackage.json").write_bytes(to_json(descriptor))
    (folder / "README.md").write_bytes((source / "README.md").read_bytes())
    index = _read(whole / "datapackage.json") | {"name": name, "version": version}
    entry = next(each for each in index["resources"] if each["name"] == "services")
    index["resources"] = [entry | measured(folder / "datapackage.json")]
    (release / "datapackage.json").write_bytes(to_json(index))
    (release / MANIFEST).write_text(manifest_text(hashes(release)), encoding="utf-8")
    return release


def _table(folder: Path) -> pa.Table:
    import pyarrow.parquet as pq

    return pq.read_table(folder / "services.parquet")


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content
