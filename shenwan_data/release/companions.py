"""All that stands in a release beside the packages, so that others can find, cite, open and load it.

Belongs here: which of these files is written where, in which order. Does not belong here: their forms,
each in its own module.

=====================================  =====================================================
``<package>/croissant.json``           Croissant, for machine-learning tools
``<package>/schema-org.jsonld``        schema.org/Dataset, for search engines
``<package>/*.csv-metadata.json``      CSV on the Web, each file; ``csv-metadata.json`` all together
``<topic>.xlsx``                       a topic for Excel
``<package>.zip``                      a package in one file
``catalog.ttl``, ``catalog.jsonld``    DCAT-AP, for data portals
``schema-org.jsonld``                  schema.org/Dataset of the whole
``CITATION.cff``, ``datacite.json``    how to cite it
``catalogue-sheet.xlsx``, ``.csv``     政务信息资源目录
``<name>-<version>.zip``               the whole release but the other archives, with its manifest
=====================================  =====================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from shenwan_data.files import durable, sync_folder
from shenwan_data.release.about import About
from shenwan_data.release.archives import write_zip
from shenwan_data.release.contents import EVIDENCE, Package, packages, rows_of
from shenwan_data.release.descriptor import to_json
from shenwan_data.release.manifest import (
    MANIFEST,
    File,
    hashes,
    manifest_text,
    package_files,
    table_files,
)
from shenwan_data.release.metadata.citation import (
    CITATION,
    DATACITE,
    citation_file,
    datacite_record,
)
from shenwan_data.release.metadata.croissant import CROISSANT, croissant
from shenwan_data.release.metadata.csvw import csvw_files
from shenwan_data.release.metadata.dcat import catalog_files
from shenwan_data.release.metadata.schema_org import SCHEMA_ORG, package_dataset, release_dataset
from shenwan_data.release.workbooks import (
    NAME,
    catalogue_rows,
    write_catalogue_csv,
    write_catalogue_workbook,
    write_topic_workbook,
)


def _write(path: Path, content: bytes) -> None:
    with durable(path) as stream:
        stream.write(content)


def _write_zip(folder: Path, about: About, name: str, entries: Mapping[str, Path | bytes]) -> None:
    with durable(folder / name) as stream:
        write_zip(entries, about.created, stream)


def _in_package(
    folder: Path, about: About, package: Package, rows: Mapping[str, pa.Table]
) -> tuple[File, ...]:
    """Write what stands in and beside one package; return the files it offers."""
    home = folder / package.name
    tables = table_files(folder, package)
    for name, document in csvw_files(about, package).items():
        _write(home / name, to_json(document))
    parquet = [file for file in tables if file.format == "parquet"]
    _write(home / CROISSANT, to_json(croissant(about, package, parquet)))
    found = package_dataset(about, package, tables, rows, seen_from=package.name)
    _write(home / SCHEMA_ORG, to_json(found))
    sync_folder(home)
    if package.name != EVIDENCE:
        with durable(folder / f"{package.name}.xlsx") as stream:
            write_topic_workbook(about, package, rows, stream)
    inside = sorted(path for path in home.rglob("*") if path.is_file())
    entries: dict[str, Path | bytes] = {path.relative_to(home).as_posix(): path for path in inside}
    _write_zip(folder, about, f"{package.name}.zip", entries)
    return package_files(folder, package)


def whole_archive(name: str, version: str) -> str:
    """The file name of the archive of all."""
    return f"{name}-{version}.zip"


def _write_whole_archive(folder: Path, about: About) -> None:
    listed = {name: digest for name, digest in hashes(folder).items() if not name.endswith(".zip")}
    entries: dict[str, Path | bytes] = {name: folder / name for name in listed}
    entries[MANIFEST] = manifest_text(listed).encode("utf-8")
    _write_zip(folder, about, whole_archive(about.name, about.version), entries)


def write_companions(folder: Path, built: Mapping[str, pa.Table], about: About) -> None:
    """Write all of it into ``folder``, which holds the finished packages, the index and the README.

    Raises OSError where the disk cannot hold a file, DataError where a format cannot hold the data.
    """
    offered: dict[str, tuple[Package, tuple[File, ...]]] = {}
    datasets = []
    for package in packages():
        rows = rows_of(package, built)
        files = _in_package(folder, about, package, rows)
        offered[package.name] = (package, files)
        datasets.append(package_dataset(about, package, files, rows))
    for name, content in catalog_files(about, offered).items():
        _write(folder / name, content)
    _write(folder / SCHEMA_ORG, to_json(release_dataset(about, datasets)))
    _write(folder / CITATION, citation_file(about))
    _write(folder / DATACITE, to_json(datacite_record(about)))
    header, cells = catalogue_rows(about, offered)
    with durable(folder / f"{NAME}.csv") as stream:
        write_catalogue_csv(header, cells, stream)
    with durable(folder / f"{NAME}.xlsx") as stream:
        write_catalogue_workbook(about, header, cells, stream)
    _write_whole_archive(folder, about)
