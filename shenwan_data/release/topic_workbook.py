"""``<topic>.xlsx``: a package for people who open Excel.

Belongs here: which sheets it has. Does not belong here: cells and container (``workbook``).
Each table has two header lines: the Chinese titles, and the column names that a program reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import BinaryIO

import pyarrow as pa

from shenwan_data.errors import Text
from shenwan_data.release.about import About
from shenwan_data.release.citation import citation
from shenwan_data.release.contents import Package
from shenwan_data.release.schema import Table, both, dictionary
from shenwan_data.release.workbook import Sheet, sheet_name, write_workbook
from shenwan_data.schemas import metadata


def _table(table: Table, rows: pa.Table) -> Sheet:
    columns = [rows[name].to_pylist() for name in table.columns]
    return Sheet(
        name=sheet_name(f"{table.title.zh} {table.name}"),
        header=[[field.title.zh for field in table.fields], list(table.columns)],
        rows=zip(*columns, strict=True),
    )


def _listed(sheet: str, rows: list[Mapping[str, object]]) -> Sheet:
    declared = metadata("catalogues.yaml")["workbook"][sheet]
    columns = declared["columns"]
    return Sheet(
        name=sheet_name(f"{declared['title']['zh']} {declared['title']['en']}"),
        header=[[column["zh"] for column in columns], [column["en"] for column in columns]],
        rows=[[row[column["from"]] for column in columns] for row in rows],
    )


def _dictionary(package: Package) -> Sheet:
    rows: list[Mapping[str, object]] = [
        {
            **entry,
            "table": table.name,
            "table_zh": table.title.zh,
            "table_en": table.title.en,
            "title_zh": entry["title"].zh,
            "title_en": entry["title"].en,
            "description_zh": entry["description"].zh,
            "description_en": entry["description"].en,
            "unit_zh": entry["unit"].zh if entry["unit"] else None,
            "unit_en": entry["unit"].en if entry["unit"] else None,
        }
        for table in package.tables
        for entry in dictionary(table, package.table_names)
    ]
    return _listed("dictionary", rows)


def _about(about: About, package: Package) -> Sheet:
    created, licence = about.created.isoformat(), f"{about.licence.name} {about.licence.address}"
    facts = {
        "title": about.title,
        "topic": package.title,
        "description": package.description,
        "version": Text(about.version, about.version),
        "created": Text(created, created),
        "licence": Text(licence, licence),
        "citation": citation(about, package.title),
    }
    return _listed(
        "about",
        [
            {
                "label_zh": row["zh"],
                "label_en": row["en"],
                "zh": facts[row["from"]].zh,
                "en": facts[row["from"]].en,
            }
            for row in metadata("catalogues.yaml")["workbook"]["about"]["rows"]
        ],
    )


def write_topic_workbook(
    about: About, package: Package, rows: Mapping[str, pa.Table], stream: BinaryIO
) -> None:
    """Write the workbook of a package: its tables, the data dictionary, what it is."""
    sheets = [_table(table, rows[table.name]) for table in package.tables]
    sheets += [_dictionary(package), _about(about, package)]
    title = Text(f"{about.title.zh}：{package.title.zh}", f"{about.title.en}: {package.title.en}")
    write_workbook(sheets, both(title), both(about.publisher), about.created, stream)
