"""``schema-org.jsonld``: what search engines for data sets read.

Belongs here: schema.org/Dataset of the release. Does not belong here: the rules it must
keep, which are in ``schemas/schema_org.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from shenwan_data.errors import Text
from shenwan_data.release.about import About, file_address, identifier
from shenwan_data.release.manifest import File
from shenwan_data.release.schema import both
from shenwan_data.schemas import metadata

SCHEMA_ORG = "schema-org.jsonld"
CONTEXT = "https://schema.org/"


def _agents(names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"@type": "Organization", "name": name} for name in names]


def _years(about: About) -> str | None:
    if about.years is None:
        return None
    first, last = about.years
    return f"{first:04}" if first == last else f"{first:04}/{last:04}"


def _dataset(about: About) -> dict[str, Any]:
    languages = metadata("catalogues.yaml")["languages"]
    whole = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": identifier(about),
        "identifier": f"https://doi.org/{about.doi}" if about.doi else identifier(about),
        "name": both(about.title),
        "description": both(about.description),
        "url": about.landing_page or about.homepage,
        "version": about.version,
        "license": about.licence.address,
        "creator": _agents(about.creators)[0],
        "publisher": _agents([both(about.publisher)])[0],
        "datePublished": about.created.isoformat(),
        "dateModified": about.created.isoformat(),
        "isAccessibleForFree": about.access == "public",
        "inLanguage": [language["bcp47"] for language in languages.values()],
        "keywords": [word for text in about.keywords for word in text],
        "temporalCoverage": _years(about),
        "spatialCoverage": [
            {"@type": "Place", "name": both(area.full_name)} for area in about.areas
        ],
        "isBasedOn": [
            {
                "@type": "Report",
                "name": source.title,
                **({"publisher": _agents([source.publisher])[0]} if source.publisher else {}),
                **({"url": source.url} if source.url else {}),
                **({"datePublished": source.published.isoformat()} if source.published else {}),
            }
            for source in about.reports
        ],
    }
    return {key: value for key, value in whole.items() if value not in (None, [])}


def release_dataset(
    about: About, files: Sequence[File], rows: Mapping[str, pa.Table]
) -> dict[str, Any]:
    """The Dataset of the release, whose observations are had as ``files``."""
    found = _dataset(about)
    found["distribution"] = [
        {
            "@type": "DataDownload",
            "name": both(file.title),
            "contentUrl": file_address(about, file.path),
            "encodingFormat": file.media_type,
            "contentSize": f"{file.bytes} B",
            "sha256": file.sha256,
        }
        for file in files
    ]
    known = {row["unit"]: row for row in rows["units"].to_pylist()}
    variables = [
        {
            "@type": "PropertyValue",
            "name": both(Text(row["label_zh"], row["label_en"])),
            "propertyID": row["indicator"],
            "description": both(Text(row["definition_zh"], row["definition_en"])),
            "unitText": both(Text(row["unit"], row["unit_en"])),
            **({"unitCode": unit["qudt"] or unit["ucum"]} if unit["qudt"] or unit["ucum"] else {}),
        }
        for row in rows["indicators"].to_pylist()
        for unit in (known[row["unit"]],)
    ]
    if variables:
        found["variableMeasured"] = variables
    return found
