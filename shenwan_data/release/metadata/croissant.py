"""``croissant.json``: the release for machine-learning tools (Croissant 1.0).

Belongs here: the record sets of the tables, read from their Parquet files, whose texts are the
original ones. Does not belong here: the facts (``about``), the table schemas (``schema``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shenwan_data.errors import Text
from shenwan_data.release.about import About, file_address, identifier
from shenwan_data.release.contents import Package
from shenwan_data.release.manifest import File, formats
from shenwan_data.release.metadata.citation import citation
from shenwan_data.release.schema import Field, Table, both
from shenwan_data.schemas import metadata

CROISSANT = "croissant.json"
CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
# The context that the specification prescribes, word for word.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def _field(package: Package, table: Table, field: Field) -> dict[str, Any]:
    # No references between record sets: the reference reader yields the names of the columns instead
    # of rows for a record set that refers and is referred to. The keys are in datapackage.json.
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": field.name,
        "description": both(Text(f"{field.title.zh}：{field.description.zh}",
                                 f"{field.title.en}: {field.description.en}")),
        "dataType": metadata("catalogues.yaml")["types"][field.type]["croissant"],
        "source": {
            "fileObject": {"@id": package.path(f"{table.name}.parquet")},
            "extract": {"column": field.name},
        },
    }  # fmt: skip


def croissant(about: About, packages: Sequence[Package], files: Sequence[File]) -> dict[str, Any]:
    """The description of the tables of some packages, whose files are among ``files``."""
    languages = metadata("catalogues.yaml")["languages"]
    whole: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "@id": identifier(about),
        "name": about.name,
        "alternateName": [about.title.zh, about.title.en],
        "description": both(about.description),
        # The standard asks for an address; where none is known the identifier is all there is.
        "url": about.landing_page or about.homepage or identifier(about),
        "license": about.licence.address,
        "version": about.version,
        "datePublished": about.created.isoformat(),
        "creator": [{"@type": "sc:Organization", "name": name} for name in about.creators],
        "publisher": [{"@type": "sc:Organization", "name": both(about.publisher)}],
        "keywords": [word for text in about.keywords for word in text],
        "inLanguage": [language["bcp47"] for language in languages.values()],
        "citeAs": citation(about).en,
        "isLiveDataset": False,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file.path,
                "name": file.path,
                "description": both(file.title),
                "contentUrl": file_address(about, file.path),
                "contentSize": f"{file.bytes} B",
                # The specification names Parquet by the type it had before it was registered.
                "encodingFormat": formats()[file.format]["croissant"],
                "sha256": file.sha256,
            }
            for file in files
            if file.format == "parquet"
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": table.name,
                "name": table.name,
                "description": both(table.description),
                "key": [{"@id": f"{table.name}/{name}"} for name in table.primary_key],
                "field": [_field(package, table, field) for field in table.fields],
            }
            for package in packages
            for table in package.tables
        ],
    }  # fmt: skip
    return whole
