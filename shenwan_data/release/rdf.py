"""A graph of statements as Turtle and as JSON-LD, always in the same order.

Belongs here: terms, and the two ways to write them. Does not belong here: what is stated (``catalog``).
Every node has an IRI: blank nodes have no names and so no fixed order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shenwan_data.errors import Text
from shenwan_data.schemas import metadata

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


def json_ld(graph: Graph, prefixes: Mapping[str, str]) -> bytes:
    """The same graph as a JSON-LD file."""

    def written(term: Term) -> dict[str, str]:
        if isinstance(term, Iri):
            return {"@id": term.value}
        if term.language:
            return {"@value": term.value, "@language": term.language}
        return {"@value": term.value, **({"@type": term.datatype} if term.datatype else {})}

    nodes = []
    for subject, node in _ordered(graph):
        entry: dict[str, object] = {"@id": subject.value}
        for name, terms in node:
            if name == "rdf:type":
                entry["@type"] = [term.value for term in terms]
            else:
                entry[name] = [written(term) for term in terms]
        nodes.append(entry)
    whole = {"@context": {name: prefixes[name] for name in sorted(prefixes)}, "@graph": nodes}
    return (json.dumps(whole, ensure_ascii=False, indent=2) + "\n").encode("utf-8")
