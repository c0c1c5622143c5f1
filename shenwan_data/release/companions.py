"""All that stands in a release beside the packages, so that others can find, cite, open and load it.

Belongs here: which of these files is written where, in which order. Does not belong here: their forms,
each in its own module.

=====================================  =====================================================
``observations.xlsx``                  all observations, findings and the dictionary for Excel
``catalog.ttl``                        DCAT-AP, for data portals
``schema-org.jsonld``                  schema.org/Dataset, for search engines
``croissant.json``                     Croissant, for machine-learning tools
``csv-metadata.json``                  CSV on the Web
``CITATION.cff``, ``datacite.json``    how to cite it
``catalogue-sheet.xlsx``               政务信息资源目录
``<name>-<version>.zip``               the whole release, with its manifest
=====================================  =====================================================

The descriptions for machines cover the table of all observations and the evidence that its keys refer
to; the tables of the topics hold the same rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from shenwan_data.files import durable
from shenwan_data.release.about import About
from shenwan_data.release.archives import write_zip
from shenwan_data.release.contents import EVIDENCE, packages, rows_of, whole
from shenwan_data.release.descriptor import to_json
from shenwan_data.release.manifest import (
    MANIFEST,
    WORKBOOK,
    hashes,
    manifest_text,
    package_files,
    table_files,
    whole_archive,
)
from shenwan_data.release.metadata.citation import (
    CITATION,
    DATACITE,
    citation_file,
    datacite_record,
)
from shenwan_data.release.metadata.croissant import CROISSANT, croissant
from shenwan_data.release.metadata.csvw import CSVW, table_group
from shenwan_data.release.metadata.dcat import CATALOG, catalog
from shenwan_data.release.metadata.schema_org import SCHEMA_ORG, release_dataset
from shenwan_data.release.tables import all_observations
from shenwan_data.release.workbooks import NAME, write_catalogue_workbook, write_workbook_of_all


def _write_whole_archive(folder: Path, about: About) -> None:
    listed = {name: digest for name, digest in hashes(folder).items() if not name.endswith(".zip")}
    entries: dict[str, Path | bytes] = {name: folder / name for name in listed}
    entries[MANIFEST] = manifest_text(listed).encode("utf-8")
    with durable(folder / whole_archive(about.name, about.version)) as stream:
        write_zip(entries, about.created, stream)


def write_companions(folder: Path, built: Mapping[str, pa.Table], about: About) -> None:
    """Write all of it into ``folder``, which holds the finished packages, the index and the README.

    Raises OSError where the disk cannot hold a file, DataError where a format cannot hold the data.
    """
    everything = whole()
    (evidence,) = (package for package in packages() if package.name == EVIDENCE)
    rows = {everything.name: all_observations(built), **rows_of(evidence, built)}
    with durable(folder / WORKBOOK) as stream:
        write_workbook_of_all(about, (everything, evidence), rows, stream)
    described = (everything, evidence)
    tables = [file for package in described for file in table_files(folder, package)]
    offered = [(package, package_files(folder, package)) for package in (everything, *packages())]
    contents = {
        CSVW: to_json(table_group(about, described)),
        CROISSANT: to_json(croissant(about, described, tables)),
        SCHEMA_ORG: to_json(release_dataset(about, offered[0][1], rows)),
        CATALOG: catalog(about, offered),
        CITATION: citation_file(about),
        DATACITE: to_json(datacite_record(about)),
    }
    for name, content in contents.items():
        with durable(folder / name) as stream:
            stream.write(content)
    with durable(folder / NAME) as stream:
        write_catalogue_workbook(about, described, tables, stream)
    _write_whole_archive(folder, about)
