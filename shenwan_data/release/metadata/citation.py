"""How to cite a release: ``CITATION.cff`` (CFF 1.2) and ``datacite.json`` (DataCite 4.5).

Belongs here: those two forms and the citation as a sentence. Does not belong here: registering a DOI.
"""

from __future__ import annotations

from typing import Any

import yaml

from shenwan_data.errors import Text
from shenwan_data.release.about import About, Source, identifier, locator
from shenwan_data.release.schema import both
from shenwan_data.schemas import metadata

CITATION, DATACITE = "CITATION.cff", "datacite.json"


def citation(about: About, part: Text | None = None) -> Text:
    """The release, or a ``part`` of it, in one line as it should stand in a list of references."""
    year, names = about.created.year, ", ".join(about.creators)
    where = f" {locator(about)}"
    zh, en = (f"（{part.zh}）", f" ({part.en})") if part else ("", "")
    return Text(
        f"{about.publisher.zh}：《{about.title.zh}》{zh}，版本 {about.version}，{year} 年。{where}",
        f"{names} ({year}). {about.title.en}{en}. Version {about.version}. Data set.{where}",
    )


def citation_file(about: About) -> bytes:
    """``CITATION.cff`` as the bytes of its file."""
    whole = {
        "cff-version": "1.2.0",
        "type": "dataset",
        "message": both(
            Text(
                "使用本数据时，请注明所用的版本和各数字所出自的报告。",
                "If you use these data, please cite the release you used and the report each "
                "number comes from.",
            )
        ),
        "title": both(about.title),
        "authors": [{"name": name} for name in about.creators],
        "version": about.version,
        "date-released": about.created,
        "license": about.licence.name,
        "doi": about.doi,
        "url": about.homepage,
        "keywords": [word for text in about.keywords for word in text],
        "abstract": both(about.description),
        "identifiers": [{"type": "other", "value": identifier(about)}],
        "references": [_reference(source) for source in about.reports] or None,
    }
    held = {key: value for key, value in whole.items() if value is not None}
    text = yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=100)
    return text.encode("utf-8")


def _reference(source: Source) -> dict[str, Any]:
    whole = {
        "type": "report",
        "title": source.title,
        "authors": [{"name": source.publisher or source.title}],
        "url": source.url,
        "date-published": source.published,
        "date-accessed": source.retrieved,
    }
    return {key: value for key, value in whole.items() if value is not None}


def datacite_record(about: About) -> dict[str, Any]:
    """The DataCite record of the release. Without a DOI it has none: who registers one adds it."""
    languages = metadata("catalogues.yaml")["languages"]
    created = about.created.isoformat()

    def each(text: Text, key: str, **more: str) -> list[dict[str, str]]:
        return [
            {key: getattr(text, name), "lang": language["bcp47"], **more}
            for name, language in languages.items()
        ]

    whole: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "doi": about.doi,
        "url": about.landing_page or about.homepage,
        "types": {"resourceType": "Statistical data", "resourceTypeGeneral": "Dataset"},
        "creators": [{"name": name, "nameType": "Organizational"} for name in about.creators],
        "titles": each(about.title, "title"),
        "publisher": {"name": about.publisher.en, "lang": languages["en"]["bcp47"]},
        # The standard wants the year as text.
        "publicationYear": f"{about.created.year:04}",
        "dates": [
            {"date": created, "dateType": "Issued"},
            *(
                [
                    {
                        "date": f"{about.years[0]:04}/{about.years[1]:04}",
                        "dateType": "Other",
                        "dateInformation": "Years that the data are about",
                    }
                ]
                if about.years
                else []
            ),
        ],
        "language": languages["zh"]["bcp47"],
        "version": about.version,
        "subjects": [entry for word in about.keywords for entry in each(word, "subject")],
        "descriptions": each(about.description, "description", descriptionType="Abstract"),
        "geoLocations": [{"geoLocationPlace": both(area.full_name)} for area in about.areas],
        "rightsList": [
            {
                "rights": about.licence.title,
                "rightsUri": about.licence.address,
                "rightsIdentifier": about.licence.name,
                "rightsIdentifierScheme": "SPDX",
                "schemeUri": "https://spdx.org/licenses/",
            }
        ],
        "relatedItems": [
            {
                "relatedItemType": "Report",
                "relationType": "IsDerivedFrom",
                "titles": [{"title": source.title}],
                **({"publisher": source.publisher} if source.publisher else {}),
                **({"publicationYear": f"{source.published.year:04}"} if source.published else {}),
                **(
                    {
                        "relatedItemIdentifier": {
                            "relatedItemIdentifier": source.url,
                            "relatedItemIdentifierType": "URL",
                        }
                    }
                    if source.url
                    else {}
                ),
            }
            for source in about.reports
        ],
        "alternateIdentifiers": [
            {"alternateIdentifier": identifier(about), "alternateIdentifierType": "Local IRI"}
        ],
    }
    return {key: value for key, value in whole.items() if value not in (None, [])}
