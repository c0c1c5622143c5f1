"""What the site says to programs: schema.org, sitemap, feed.

Belongs here: those formats. Does not belong here: pages for people.

Where the release names a homepage, addresses are absolute; without one they are relative, as the
site cannot know where it will be put.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup

from shenwan_data.publish.site.changes import Version
from shenwan_data.publish.site.published import Published
from shenwan_data.publish.site.words import TAGS

_NAMESPACE = 'xmlns="http://www.w3.org/2005/Atom"'


def json_ld(content: dict[str, Any]) -> Markup:
    """A JSON-LD document for a script element: nothing in it can end the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - no markup is left in it


def dataset(
    release: Published, title: str, description: str, language: str, base: str, root: str
) -> dict[str, Any]:
    """The release as a schema.org Dataset. ``root`` leads from the page to the site's root."""
    prefix = base or root
    years = sorted({row["time_period"] for row in release.reports})
    content: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title,
        "description": description,
        "version": release.version,
        "datePublished": release.created,
        "inLanguage": ["zh-Hans", "en"],
        "isAccessibleForFree": True,
        "license": [entry.get("path") for entry in release.descriptor.get("licenses", [])],
        "creator": [
            {"@type": "Organization", "name": entry["title"]}
            for entry in release.descriptor.get("contributors", [])
        ],
        "keywords": release.descriptor.get("keywords") or list(release.topics),
        "spatialCoverage": [
            {"@type": "Place", "name": release.areas[area][f"name_{language}"]}
            for area in release.reporting_areas
            if area in release.areas
        ],
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "propertyID": row["indicator"],
                "name": row[f"label_{language}"],
                "unitText": row["unit"],
            }
            for row in release.indicators.values()
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": f"{prefix}data/{topic}/{topic}.{ending}",
            }
            for topic in release.topics
            for ending, kind in (
                ("csv", "text/csv"),
                ("parquet", "application/vnd.apache.parquet"),
            )
        ],
    }
    if years:
        content["temporalCoverage"] = f"{years[0]}/{years[-1]}"
    if base:
        content["url"] = base
    return content


def sitemap(pages: Iterable[str], base: str) -> str:
    """``sitemap.xml``: each page with the same page in the other language."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:xhtml="http://www.w3.org/1999/xhtml">',
    ]
    if not base:
        lines.append("<!-- Addresses are relative: the release names no homepage. -->")
    for page in pages:
        for language in TAGS:
            links = "".join(
                f'<xhtml:link rel="alternate" hreflang="{tag}"'
                f' href="{escape(base + other)}/{escape(page)}"/>'
                for other, tag in TAGS.items()
            )
            lines.append(f"<url><loc>{escape(f'{base}{language}/{page}')}</loc>{links}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def _identity(name: str) -> str:
    """An identifier that depends on a name alone, as a feed must not change its own."""
    return uuid.uuid5(uuid.NAMESPACE_URL, name).urn


def feed(
    name: str, title: str, versions: Sequence[Version], texts: Sequence[str], base: str
) -> str:
    """``feed.xml``: an Atom entry for each release, latest first; ``texts`` say what is new."""

    def stamp(version: Version) -> str:
        return f"{version.created or '1970-01-01'}T00:00:00Z"

    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<feed {_NAMESPACE}>",
        f"<title>{escape(title)}</title>",
        f"<id>{_identity(name)}</id>",
        f"<updated>{stamp(versions[0])}</updated>",
        f"<author><name>{escape(name)}</name></author>",
        f'<link rel="self" href="{escape(base)}feed.xml"/>',
        f'<link href="{escape(base)}index.html"/>',
    ]
    for version, text in zip(versions, texts, strict=True):
        lines += [
            "<entry>",
            f"<title>{escape(name)} {escape(version.version)}</title>",
            f"<id>{_identity(f'{name} {version.version}')}</id>",
            f"<updated>{stamp(version)}</updated>",
            f'<link href="{escape(base)}zh/changes.html#v{escape(version.version)}"/>',
            f'<summary type="text">{escape(text)}</summary>',
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])
