"""What a release says of itself, from the settings of the town and its own tables.

Belongs here: the facts that every description of the release repeats. Does not belong here: the form
in which a standard wants them (``metadata``, ``workbooks``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote
from uuid import UUID, uuid5

import pyarrow as pa
import pyarrow.compute as pc

from shenwan_data.config.settings import Contact, ReleaseSettings
from shenwan_data.errors import Text


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence by its SPDX identifier."""

    name: str
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Area:
    """An area whose reports the release holds; ``within`` is the province and city, if known."""

    name: Text
    within: Text | None
    division_code: str | None

    @property
    def full_name(self) -> Text:
        """The name with what the area lies in, in the order of each language."""
        if self.within is None:
            return self.name
        return Text(self.within.zh + self.name.zh, f"{self.name.en}, {self.within.en}")


@dataclass(frozen=True, slots=True)
class Source:
    """A report that a release was read from; what is not recorded is None."""

    title: str
    publisher: str | None = None
    url: str | None = None
    published: date | None = None
    retrieved: date | None = None

    @property
    def text(self) -> Text:
        """Title, publisher, address and the days it was published and fetched, in one line."""
        zh = [self.publisher, self.url]
        en = [self.publisher, self.url]
        for day, said_zh, said_en in (
            (self.published, "发布", "published"), (self.retrieved, "获取", "retrieved"),
        ):  # fmt: skip
            if day:
                zh.append(f"{day.isoformat()} {said_zh}")
                en.append(f"{said_en} {day.isoformat()}")
        said = ["，".join(filter(None, zh)), ", ".join(filter(None, en))]
        return Text(
            f"《{self.title}》（{said[0]}）" if said[0] else f"《{self.title}》",
            f"{self.title} ({said[1]})" if said[1] else self.title,
        )


@dataclass(frozen=True, slots=True)
class About:
    """The facts of a release. ``years`` are the first and the last it holds, None where none.

    ``reports`` are the reports it was read from. What is not known is None or empty
    and left out of every description.
    """

    name: str
    version: str
    created: date
    title: Text
    description: Text
    licence: Licence
    publisher: Text
    publisher_code: str | None
    contact: Contact | None
    creators: tuple[str, ...]
    keywords: tuple[Text, ...]
    themes: tuple[str, ...]
    update_frequency: str
    access: str
    homepage: str | None
    landing_page: str | None
    base_url: str | None
    namespace: UUID
    doi: str | None
    areas: tuple[Area, ...]
    years: tuple[int, int] | None
    reports: tuple[Source, ...]


def _areas(built: Mapping[str, pa.Table]) -> tuple[Area, ...]:
    held = set(built["reports"]["ref_area"].to_pylist())
    return tuple(
        Area(
            name=Text(row["name_zh"], row["name_en"]),
            within=Text(row["parent_zh"], row["parent_en"])
            if row["parent_zh"] and row["parent_en"]
            else None,
            division_code=row["division_code"],
        )
        for row in built["areas"].to_pylist()
        if row["ref_area"] in held
    )


def sources(reports: pa.Table) -> tuple[Source, ...]:
    """The rows of the table of reports as sources."""
    return tuple(
        Source(
            row["report_title"],
            row["publisher"],
            row["url"],
            row["published"],
            row["retrieved"],
        )
        for row in reports.to_pylist()
    )


def locator(about: About) -> str:
    """Where the release is found for good, as far as that is known; its identifier where it is not."""
    if about.doi:
        return f"https://doi.org/{about.doi}"
    return about.landing_page or about.homepage or about.base_url or identifier(about)


def about_release(release: ReleaseSettings, built: Mapping[str, pa.Table]) -> About:
    """The facts of the release with these settings and the tables ``built``."""
    years = pc.min_max(built["reports"]["time_period"]).as_py()
    licence = release.licenses[0]
    return About(
        name=release.name,
        version=release.version,
        created=release.created,
        title=release.title,
        description=release.description,
        licence=Licence(licence.name, licence.title, licence.path),
        publisher=release.publisher.name,
        publisher_code=release.publisher.code,
        contact=release.contact,
        creators=tuple(each.title for each in release.contributors if "creator" in each.roles),
        keywords=release.keywords,
        themes=release.themes,
        update_frequency=release.update_frequency,
        access=release.access,
        homepage=release.homepage,
        landing_page=release.landing_page,
        base_url=release.base_url,
        namespace=UUID(release.namespace),
        doi=release.doi,
        areas=_areas(built),
        years=None if years["min"] is None else (years["min"], years["max"]),
        reports=sources(built["reports"]),
    )


_SAFE = "/-._~"


def identifier(about: About, *parts: str) -> str:
    """The IRI of a thing of the data set, such as a package; the same in every version."""
    name = "/".join((about.name, *parts))
    if about.base_url:
        return f"{about.base_url.rstrip('/')}/#{quote(name, safe=_SAFE)}"
    return uuid5(about.namespace, name).urn


def file_address(about: About, path: str, seen_from: str = "") -> str:
    """The address of the file at ``path`` of the release, for a document in the folder ``seen_from``.

    Paths are relative to the release folder, with slashes.
    """
    if about.base_url:
        return f"{about.base_url.rstrip('/')}/{about.version}/{quote(path, safe=_SAFE)}"
    return quote(posixpath.relpath(path, seen_from or "."), safe=_SAFE)
