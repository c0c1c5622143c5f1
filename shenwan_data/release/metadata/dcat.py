"""``catalog.ttl``: the release for data portals (DCAT-AP 3), as Turtle in a fixed order.

Belongs here: what is stated, and the writing of it. Does not belong here: the facts (``about``).
Every node has an IRI: blank nodes have no names and so no fixed order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shenwan_data.errors import Text
from shenwan_data.release.about import About, file_address, identifier
from shenwan_data.release.contents import Package
from shenwan_data.release.descriptor import PROFILE
from shenwan_data.release.manifest import File, formats
from shenwan_data.schemas import metadata

CATALOG = "catalog.ttl"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
PREFIXES: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def _day(day: str) -> Literal:
    return Literal(day, datatype="xsd:date")


def _common(graph: Graph, about: About) -> dict[str, list[Term]]:
    """What is said alike of the catalogue and of every data set in it."""
    known = metadata("catalogues.yaml")
    publisher = add(
        graph, Iri(identifier(about, "publisher")), "foaf:Agent",
        {"foaf:name": texts(about.publisher)},
    )  # fmt: skip
    licence = add(
        graph, Iri(about.licence.address), "dct:LicenseDocument",
        {"dct:identifier": [Literal(about.licence.name)]},
    )  # fmt: skip
    places = [
        add(
            graph, Iri(identifier(about, "area", area.name.en)), "dct:Location",
            {
                "skos:prefLabel": texts(area.full_name),
                # The official code of the area is a text of twelve digits.
                "dct:identifier": [Literal(area.division_code)] if area.division_code else [],
            },
        )
        for area in about.areas
    ]  # fmt: skip
    languages = [
        add(graph, Iri(language["dcat"]), "dct:LinguisticSystem", {})
        for language in known["languages"].values()
    ]
    period: list[Term] = []
    if about.years:
        first, last = about.years
        facts = {
            "dcat:startDate": [_day(f"{first:04}-01-01")],
            "dcat:endDate": [_day(f"{last:04}-12-31")],
        }
        period = [add(graph, Iri(identifier(about, "period")), "dct:PeriodOfTime", facts)]
    return {
        "dct:publisher": [publisher],
        "dct:license": [licence],
        "dct:spatial": list(places),
        "dct:language": list(languages),
        "dct:temporal": period,
        "dct:issued": [_day(about.created.isoformat())],
        "dct:modified": [_day(about.created.isoformat())],
    }


def _distribution(graph: Graph, about: About, package: Package, file: File) -> Iri:
    form = formats()[file.format]
    address = add(graph, Iri(file_address(about, file.path)), "rdfs:Resource", {})
    media_type = add(graph, Iri(MEDIA_TYPES + file.media_type), "dct:MediaType", {})
    algorithm = add(graph, Iri(SHA256), "spdx:ChecksumAlgorithm", {})
    checksum = add(
        graph, Iri(identifier(about, package.name, file.path, "checksum")), "spdx:Checksum",
        {
            "spdx:algorithm": [algorithm],
            "spdx:checksumValue": [Literal(file.sha256, datatype="xsd:hexBinary")],
        },
    )  # fmt: skip
    return add(
        graph, Iri(identifier(about, package.name, file.path)), "dcat:Distribution",
        {
            "dct:title": texts(file.title),
            "dcat:accessURL": [address],
            "dcat:downloadURL": [address],
            "dct:format": [
                add(graph, Iri(FILE_TYPES + form["file_type"]), "dct:MediaTypeOrExtent", {})
            ],
            "dcat:mediaType": [media_type],
            "dcat:byteSize": [Literal(str(file.bytes), datatype="xsd:nonNegativeInteger")],
            "spdx:checksum": [checksum],
            "dct:license": [Iri(about.licence.address)],
            "dct:issued": [_day(about.created.isoformat())],
        },
    )  # fmt: skip


def _dataset(
    graph: Graph,
    about: About,
    package: Package,
    files: Sequence[File],
    common: Mapping[str, list[Term]],
) -> Iri:
    known = metadata("catalogues.yaml")
    subject = Iri(identifier(about, package.name))
    themes = [
        add(
            graph, Iri(known["themes"][theme]["dcat"]), "skos:Concept",
            {"skos:prefLabel": texts(Text(**known["themes"][theme]["title"]))},
        )
        for theme in about.themes
    ]  # fmt: skip
    titles = Text(
        "、".join(source.text.zh for source in about.reports),
        ", ".join(source.text.en for source in about.reports),
    )
    origin = add(
        graph, Iri(identifier(about, "provenance")), "dct:ProvenanceStatement",
        {"rdfs:label": texts(Text(f"读自：{titles.zh}", f"Read from: {titles.en}"))},
    )  # fmt: skip
    contact: list[Term] = []
    if about.contact:
        facts: dict[str, list[Term]] = {
            "vcard:fn": texts(about.contact.name),
            "vcard:hasEmail": [Iri(f"mailto:{about.contact.email}")],
        }
        contact = [add(graph, Iri(identifier(about, "contact")), "vcard:Kind", facts)]
    pages = [add(graph, Iri(page), "foaf:Document", {}) for page in (about.landing_page,) if page]
    frequency = Iri(known["frequencies"][about.update_frequency]["dcat"])
    access = Iri(known["access"][about.access]["dcat"])
    return add(
        graph, subject, "dcat:Dataset",
        {
            **{name: terms for name, terms in common.items() if name != "dct:license"},
            "dct:identifier": [Literal(subject.value)],
            "dct:title": texts(
                Text(
                    f"{about.title.zh}：{package.title.zh}", f"{about.title.en}: {package.title.en}"
                )
            ),
            "dct:description": texts(package.description),
            "dcat:keyword": [term for word in about.keywords for term in texts(word)],
            "dcat:theme": list(themes),
            "dct:accrualPeriodicity": [add(graph, frequency, "dct:Frequency", {})],
            "dct:accessRights": [add(graph, access, "dct:RightsStatement", {})],
            "dct:conformsTo": [add(graph, Iri(PROFILE), "dct:Standard", {})],
            "dct:provenance": [origin],
            "dcat:version": [Literal(about.version)],
            "dcat:contactPoint": contact,
            "dcat:landingPage": list(pages),
            "dcat:distribution": [_distribution(graph, about, package, file) for file in files],
        },
    )  # fmt: skip


def catalog(about: About, offered: Sequence[tuple[Package, Sequence[File]]]) -> bytes:
    """The catalogue with a data set for each package, in the forms in which it can be had."""
    graph: Graph = {}
    common = _common(graph, about)
    datasets = [_dataset(graph, about, package, files, common) for package, files in offered]
    homepage = [add(graph, Iri(page), "foaf:Document", {}) for page in (about.homepage,) if page]
    add(
        graph, Iri(identifier(about, "catalog")), "dcat:Catalog",
        {
            **common,
            "dct:title": texts(about.title),
            "dct:description": texts(about.description),
            "foaf:homepage": list(homepage),
            "dcat:dataset": list(datasets),
        },
    )  # fmt: skip
    return turtle(graph, PREFIXES)


_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


@dataclass(frozen=True, slots=True, order=True)
class Iri:
    """A thing. Raises ValueError for a character that no IRI may have."""

    value: str

    def __post_init__(self) -> None:
        if _NOT_IN_IRI.search(self.value):
            raise ValueError(f"{self.value!r} is not an IRI")


@dataclass(frozen=True, slots=True, order=True)
class Literal:
    """A text in a ``language``, or a value of a ``datatype`` (a prefixed name); never of both."""

    value: str
    language: str = ""
    datatype: str = ""


Term = Iri | Literal
Node = Mapping[str, Sequence[Term]]
Graph = dict[Iri, dict[str, list[Term]]]


def texts(text: Text) -> list[Term]:
    """A text in its two languages."""
    languages = metadata("catalogues.yaml")["languages"]
    return [Literal(getattr(text, key), language=languages[key]["bcp47"]) for key in ("zh", "en")]


def add(graph: Graph, subject: Iri, kind: str, facts: Mapping[str, Iterable[Term]]) -> Iri:
    """State the facts (by prefixed name of the property) of a subject of a class; return it.

    A property without values is left out; what is stated twice is there once.
    """
    node = graph.setdefault(subject, {"rdf:type": []})
    for name, terms in (("rdf:type", (Iri(kind),)), *facts.items()):
        for term in terms:
            held = node.setdefault(name, [])
            if term not in held:
                held.append(term)
    return subject


def _key(term: Term) -> tuple[bool, str, str, str]:
    if isinstance(term, Iri):
        return (False, term.value, "", "")
    return (True, term.value, term.language, term.datatype)


def _ordered(graph: Graph) -> Iterable[tuple[Iri, list[tuple[str, list[Term]]]]]:
    for subject in sorted(graph):
        node = graph[subject]
        yield subject, [(name, sorted(node[name], key=_key)) for name in sorted(node)]


def turtle(graph: Graph, prefixes: Mapping[str, str]) -> bytes:
    """The graph as a Turtle file."""

    def written(term: Term, prefixed: bool = False) -> str:
        if isinstance(term, Iri):
            return term.value if prefixed else f"<{term.value}>"
        # The escapes of JSON are those of Turtle; the line ends that JSON leaves alone are no matter
        # to Turtle within quotes.
        text = json.dumps(term.value, ensure_ascii=False)
        if term.language:
            return f"{text}@{term.language}"
        return f"{text}^^{term.datatype}" if term.datatype else text

    lines = [f"@prefix {name}: <{prefixes[name]}> ." for name in sorted(prefixes)]
    for subject, node in _ordered(graph):
        said = [
            ("a " if name == "rdf:type" else f"{name} ")
            + ", ".join(written(term, prefixed=name == "rdf:type") for term in terms)
            for name, terms in node
        ]
        lines.append(f"\n<{subject.value}>\n    " + " ;\n    ".join(said) + " .")
    return ("\n".join(lines) + "\n").encode("utf-8")
