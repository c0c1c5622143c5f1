"""``catalogue-sheet.xlsx`` and ``.csv``: the sheet with which a resource is entered in a Chinese portal.

Belongs here: the core fields of 政务信息资源目录, one row for each information item (column of a table).
Does not belong here: their names and fixed values, which are in ``schemas/catalogues.yaml``.
What only the catalogue's system can assign, such as the resource code, stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from shenwan_data.release.about import About
from shenwan_data.release.addresses import identifier
from shenwan_data.release.cells import neutralise
from shenwan_data.release.contents import Package
from shenwan_data.release.csv_file import quote
from shenwan_data.release.files import File
from shenwan_data.release.workbook import Sheet, sheet_name, write_workbook
from shenwan_data.schemas import metadata

NAME = "catalogue-sheet"


def _cells(about: About, package: Package, files: Sequence[File]) -> Iterator[Mapping[str, str]]:
    known = metadata("catalogues.yaml")
    resource = {
        "category": known["themes"][about.themes[0]]["title"]["zh"],
        "name": f"{about.title.zh}：{package.title.zh}",
        "code": "",
        "provider": about.publisher.zh,
        "provider_code": about.publisher_code or "",
        "abstract": package.description.zh,
        "formats": "、".join(dict.fromkeys(file.format for file in files)),
        "licence": about.licence.name,
        "frequency": known["frequencies"][about.update_frequency]["portal"],
        "published": about.created.isoformat(),
        "version": about.version,
        "keywords": "、".join(word.zh for word in about.keywords),
        "related": "",
        "identifier": identifier(about, package.name),
    }
    for table in package.tables:
        for field in table.fields:
            yield {
                **resource,
                "table": f"{table.title.zh}（{table.name}）",
                "item_name": field.title.zh,
                "item_code": field.name,
                "item_type": known["types"][field.type]["portal"],
                "item_description": field.description.zh,
            }


def catalogue_rows(
    about: About, packages: Mapping[str, tuple[Package, Sequence[File]]]
) -> tuple[list[str], list[list[str]]]:
    """The header in Chinese and the rows, every cell as text."""
    columns = metadata("catalogues.yaml")["catalogue_sheet"]["columns"]
    rows = [
        [column["value"] if "value" in column else cells[column["from"]] for column in columns]
        for package, files in packages.values()
        for cells in _cells(about, package, files)
    ]
    return [column["zh"] for column in columns], rows


def write_catalogue_csv(header: Sequence[str], rows: Sequence[Sequence[str]], to: BinaryIO) -> None:
    """Write the sheet as CSV, in the form of the release's other CSV files."""
    for row in (header, *rows):
        line = ",".join(quote(neutralise(cell)) for cell in row)
        to.write(f"{line}\n".encode())


def write_catalogue_workbook(
    about: About, header: Sequence[str], rows: Sequence[Sequence[str]], to: BinaryIO
) -> None:
    """Write the sheet as a workbook. The second header line is in English."""
    declared = metadata("catalogues.yaml")["catalogue_sheet"]
    english = [column["en"] for column in declared["columns"]]
    sheet = Sheet(sheet_name(declared["title"]["zh"]), [header, english], rows)
    title = f"{declared['title']['zh']} / {declared['title']['en']}"
    write_workbook([sheet], title, about.publisher.zh, about.created, to)
