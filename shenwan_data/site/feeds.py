"""The machine-readable parts of the site: schema.org, sitemap, feed, list of files.

Belongs here: those formats. Does not belong here: pages for people.

With a homepage in the release, addresses are absolute; otherwise relative, since the site does not know
where it will be served.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from markupsafe import Markup

from shenwan_data.release.contents import EVIDENCE, OBSERVATIONS
from shenwan_data.release.descriptor import DESCRIPTOR
from shenwan_data.site.history import Version
from shenwan_data.site.view import Published
from shenwan_data.site.words import TAGS

_NAMESPACE = 'xmlns="http://www.w3.org/2005/Atom"'


def json_ld(content: dict[str, Any]) -> Markup:
    """A JSON-LD document for a script element, escaped so that nothing can close the element."""
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
                "contentUrl": f"{prefix}data/{OBSERVATIONS}.{ending}",
            }
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
    """An identifier made from a name only: the ids of a feed must never change."""
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


DATA = "data"
_TABLES = {".csv": "CSV", ".parquet": "Parquet"}
# The tables of a topic and of the evidence that people look for; the others are registers.
_SHOWN = ("figures", "reports", "findings", "revisions", "accuracy")


@dataclass(frozen=True, slots=True)
class File:
    """A file to download: its path from the root of the site, its label, its size."""

    path: str
    label: str
    size: str


@dataclass(frozen=True, slots=True)
class Package:
    """The files of a package.

    ``tables`` are its tables, each with its formats by name; ``others`` are descriptor and registers.
    """

    name: str
    tables: Mapping[str, Mapping[str, File]]
    others: Sequence[File]


def size(count: int) -> str:
    """A number of bytes for people."""
    return f"{count} B" if count < 1000 else f"{count / 1000:,.0f} KB"


def release_files(folder: Path) -> list[Path]:
    """The files of a release, without hidden ones, in the order of their paths."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part[0] == "." for part in path.relative_to(folder).parts)
    ]


def copy_data(release: Published, site: Path) -> None:
    """Copy the release into the site."""
    for path in release_files(release.folder):
        target = site / DATA / path.relative_to(release.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _file(release: Published, path: Path, label: str) -> File:
    inside = path.relative_to(release.folder).as_posix()
    return File(f"{DATA}/{inside}", label, size(path.stat().st_size))


def package_files(release: Published) -> list[Package]:
    """The downloads of each package."""
    found = []
    for name in (*release.topics, EVIDENCE):
        folder = release.folder / name
        own = (name, *_SHOWN)
        tables: dict[str, dict[str, File]] = {table: {} for table in own}
        others = []
        for path in release_files(folder):
            label = _TABLES.get(path.suffix)
            if path.parent != folder:
                continue
            if path.name == DESCRIPTOR:
                others.append(_file(release, path, "Data Package"))
            elif label and path.stem in own:
                tables[path.stem][label] = _file(release, path, label)
            elif label:
                others.append(_file(release, path, f"{path.stem} {label}"))
        held = {table: files for table, files in tables.items() if files}
        found.append(Package(name, held, others))
    return found


def whole_files(release: Published) -> dict[str, File]:
    """All observations in one file, by format; ``ZIP`` is the release."""
    paths = {
        label: release.folder / f"{OBSERVATIONS}{suffix}"
        for suffix, label in {**_TABLES, ".xlsx": "XLSX"}.items()
    }
    paths["ZIP"] = release.folder / f"{release.descriptor['name']}-{release.version}.zip"
    return {label: _file(release, path, label) for label, path in paths.items() if path.is_file()}


def root_files(release: Published) -> list[File]:
    """The files that describe the release as a whole."""
    shown = {file.path for file in whole_files(release).values()}
    found = [
        _file(release, path, path.name)
        for path in release_files(release.folder)
        if path.parent == release.folder
    ]
    return [file for file in found if file.path not in shown]
