"""A stand-in for the search index of CKAN: the part of Solr's protocol that CKAN speaks, in memory.

python search_index.py PORT SCHEMA.XML STORE.JSON

CKAN cannot run without a search index, and Solr is in no package repository that the tests may use.
This is not Solr: there is no ranking, no stemming, no Chinese segmentation (text is split at spaces,
punctuation and digits, as CKAN's own schema does). Local parameters are refused, not guessed at.
So what the tests show of searching is only that CKAN finds what it has indexed.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

Document = dict[str, Any]
Test = Callable[[Document], bool]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<op>&&|\|\||(?:AND|OR|NOT)\b)
    | (?P<sign>[-+!()])
    | (?P<field>(?:[\w.*-]|\\.)+):(?=\S)
    | "(?P<phrase>(?:[^"\\]|\\.)*)"
    | (?P<open>[\[{])(?P<low>.*?)\s+TO\s+(?P<high>.*?)(?P<close>[\]}])
    | (?P<boost>\^[\d.]+|~[\d.]*)
    | (?P<term>(?:[^\s()"\[\]{}\\^:]|\\.)+)
    | (?P<other>.)
    )""",
    re.VERBOSE | re.DOTALL,
)
_NUMBERS = frozenset({"int", "float", "long", "double", "pint", "pfloat", "plong", "pdouble"})


def words(text: object) -> list[str]:
    """A text as the words of the index."""
    return re.findall(r"\d+|[^\W\d_]+", str(text).lower())


def unescaped(text: str) -> str:
    """A term without its backslashes."""
    return re.sub(r"\\(.)", r"\1", text)


def matches_glob(pattern: str, text: str) -> bool:
    """Whether a text is of a pattern with * and ?."""
    parts = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(parts, text, re.DOTALL) is not None


class Schema:
    """The fields of CKAN's schema: their types, which are kept, which are copied to which."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_bytes()
        root = ET.fromstring(self.text)
        self._fields = {each.get("name"): each for each in root.iter("field")}
        self._dynamic = list(root.iter("dynamicField"))
        self._copies = [
            (str(each.get("source")), str(each.get("dest"))) for each in root.iter("copyField")
        ]

    def _entry(self, name: str) -> Any:
        if name in self._fields:
            return self._fields[name]
        return next((e for e in self._dynamic if matches_glob(str(e.get("name")), name)), None)

    def kind(self, name: str) -> str:
        """The type of a field."""
        entry = self._entry(name)
        return "string" if entry is None else str(entry.get("type"))

    def kept(self, name: str) -> bool:
        """Whether a field is given back."""
        entry = self._entry(name)
        return entry is not None and entry.get("stored") != "false"

    def with_copies(self, document: Document) -> Document:
        """A document with the fields that are copies of others."""
        for _ in range(2):  # one copy may be the source of another
            for source, target in self._copies:
                for name in [n for n in document if n != target and matches_glob(source, n)]:
                    have = values(document, target)
                    new = [value for value in values(document, name) if value not in have]
                    document[target] = have + new
        return document


def values(document: Document, name: str) -> list[Any]:
    """The values of a field, none where it is empty."""
    found = document.get(name)
    every = found if isinstance(found, list) else [found]
    return [value for value in every if value is not None]


def comparable(value: object, kind: str) -> str:
    """A value as it is compared."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    if kind in ("date", "pdate"):
        if text.startswith("NOW"):
            return datetime.now(UTC).replace(tzinfo=None).isoformat()
        return text.rstrip("Z")
    return text


def solr_date(value: object) -> str:
    """A date as Solr keeps it: UTC, milliseconds, no zeros at the end."""
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    part = f"{moment.microsecond // 1000:03d}".rstrip("0")
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + (f".{part}" if part else "") + "Z"


class Query:
    """One query in Lucene's syntax, as a test of a document."""

    def __init__(self, text: str, schema: Schema, *, every: bool) -> None:
        if "{!" in text:
            raise ValueError(f"local parameters are not understood: {text[:60]}")
        self._schema = schema
        self._every = every
        self._tokens = [m for m in _TOKEN.finditer(text) if m.group(0).strip()]
        self._at = 0
        self.test = self._group(None)

    def _group(self, field: str | None) -> Test:
        parts: list[list[Any]] = []  # occurrence, test, whether it was given by no sign
        joined = ""
        while self._at < len(self._tokens) and self._tokens[self._at]["sign"] != ")":
            token = self._tokens[self._at]
            if token["op"] in ("AND", "&&", "OR", "||"):
                joined = "AND" if token["op"] in ("AND", "&&") else "OR"
                self._at += 1
                continue
            if token["boost"]:
                self._at += 1
                continue
            sign = {"NOT": "-", "-": "-", "!": "-", "+": "+"}.get(token["op"] or token["sign"])
            if sign:
                self._at += 1
            if self._at >= len(self._tokens):
                break
            default = "+" if joined == "AND" or (not joined and self._every) else "?"
            if parts and parts[-1][2]:
                if joined == "AND" and parts[-1][0] == "?":
                    parts[-1][0] = "+"
                if joined == "OR" and parts[-1][0] == "+":
                    parts[-1][0] = "?"
            parts.append([sign or default, self._clause(field), sign is None])
            joined = ""
        must = [test for sign, test, _ in parts if sign == "+"]
        must_not = [test for sign, test, _ in parts if sign == "-"]
        may = [test for sign, test, _ in parts if sign == "?"]

        def test(document: Document) -> bool:
            return (
                all(each(document) for each in must)
                and not any(each(document) for each in must_not)
                and (bool(must) or not may or any(each(document) for each in may))
            )

        return test

    def _clause(self, field: str | None) -> Test:
        token = self._tokens[self._at]
        self._at += 1
        if token["field"] is not None:
            if self._at >= len(self._tokens):
                return lambda _: True
            return self._clause(unescaped(token["field"]))
        if token["sign"] == "(":
            group = self._group(field)
            self._at += 1
            return group
        if token["open"]:
            return self._between(field or "text", token)
        if token["phrase"] is not None:
            return self.equal(field or "text", unescaped(token["phrase"]), phrase=True)
        if token["term"] is not None:
            return self.equal(field or "text", token["term"], phrase=False)
        return lambda _: True

    def _between(self, field: str, token: re.Match[str]) -> Test:
        kind = self._schema.kind(field)
        low, high = token["low"].strip(), token["high"].strip()

        def key(value: object) -> Any:
            return float(str(value)) if kind in _NUMBERS else comparable(value, kind)

        def inside(value: object) -> bool:
            is_ = key(value)
            above = low == "*" or is_ > key(low) or (token["open"] == "[" and is_ == key(low))
            below = high == "*" or is_ < key(high) or (token["close"] == "]" and is_ == key(high))
            return bool(above and below)

        return lambda document: any(inside(value) for value in values(document, field))

    def equal(self, field: str, text: str, *, phrase: bool) -> Test:
        """A test for a word, a phrase or a pattern in a field."""
        if field == "*":
            return lambda _: True
        if not phrase and text == "*":
            return lambda document: bool(values(document, field))
        if not phrase and re.search(r"(?<!\\)[*?]", text):
            return lambda document: any(
                matches_glob(text.lower(), each)
                for value in values(document, field)
                for each in (str(value).lower(), *words(value))
            )
        text = text if phrase else unescaped(text)
        kind = self._schema.kind(field)
        if kind == "text_ngram":
            return lambda document: any(
                text.lower() in str(value).lower() for value in values(document, field)
            )
        if kind.startswith("text"):
            wanted = words(text)
            return lambda document: any(
                contains(words(value), wanted) for value in values(document, field)
            )
        return lambda document: any(
            comparable(value, kind) == comparable(text, kind) for value in values(document, field)
        )


def contains(found: list[str], wanted: list[str]) -> bool:
    """Whether words stand in a row among others."""
    return not wanted or any(
        found[at : at + len(wanted)] == wanted for at in range(len(found) - len(wanted) + 1)
    )


class Index:
    """The documents, kept in a file so that they outlive the process."""

    def __init__(self, schema: Schema, store: Path) -> None:
        self.schema = schema
        self._store = store
        self._lock = threading.RLock()
        self._documents: dict[str, Document] = {}
        if store.exists():
            self._documents = json.loads(store.read_text(encoding="utf-8"))

    def update(self, kind: str, body: str) -> None:
        """Add or delete documents."""
        with self._lock:
            if "json" in kind:
                commands = json.loads(body or "[]")
                added = commands if isinstance(commands, list) else [commands["add"]["doc"]]
                for document in added if isinstance(commands, list) or "add" in commands else []:
                    for name, value in document.items():
                        if self.schema.kind(name) in ("date", "pdate") and value:
                            document[name] = solr_date(value)
                    self._documents[document["index_id"]] = self.schema.with_copies(document)
            else:
                root = ET.fromstring(body)
                for each in root.iter("query"):
                    test = Query(each.text or "", self.schema, every=False).test
                    kept = {k: d for k, d in self._documents.items() if not test(d)}
                    self._documents = kept
                for each in root.iter("id"):
                    self._documents.pop(each.text or "", None)
            draft = self._store.with_suffix(".tmp")
            draft.write_text(json.dumps(self._documents, ensure_ascii=False), encoding="utf-8")
            draft.replace(self._store)

    def select(self, asked: dict[str, list[str]]) -> Document:
        """The answer to a query."""

        def one(key: str, default: str) -> str:
            return asked.get(key, [default])[-1]

        every = one("q.op", "OR") == "AND"
        tests = [Query(text, self.schema, every=every).test for text in asked.get("fq", []) if text]
        tests.append(self._wanted(one("q", "*:*"), one("defType", ""), one("qf", "text"), every))
        with self._lock:
            found = [d for d in self._documents.values() if all(test(d) for test in tests)]
        for part in reversed([p.split() for p in one("sort", "").split(",") if p.strip()]):
            if len(part) != 2 or part[1].lower() not in ("asc", "desc"):
                raise ValueError("Can't determine a Sort Order (asc or desc) in sort spec")
            found = self._sorted(found, part[0], down=part[1].lower() == "desc")
        start, rows = int(one("start", "0")), int(one("rows", "10"))
        fields = {name for name in re.split(r"[,\s]+", one("fl", "*")) if name}
        facets = asked.get("facet.field", []) if one("facet", "false") == "true" else []
        limit, least = int(one("facet.limit", "100")), int(one("facet.mincount", "0"))
        return {
            "responseHeader": {"status": 0, "QTime": 0},
            "response": {
                "numFound": len(found),
                "start": start,
                "docs": [self._shown(each, fields) for each in found[start : start + rows]],
            },
            "facet_counts": {
                "facet_queries": {},
                "facet_fields": {
                    name: list(self._facet(found, name, limit, least)) for name in facets
                },
            },
        }

    def _wanted(self, text: str, kind: str, fields: str, every: bool) -> Test:
        query = Query(text, self.schema, every=every)
        if kind not in ("dismax", "edismax") or text == "*:*" or ":" in text:
            return query.test
        names = [name.partition("^")[0] for name in fields.split()]
        terms = re.findall(r'([-+]?)(?:"([^"]*)"|(\S+))', text)

        def test(document: Document) -> bool:
            return all(
                any(query.equal(name, phrase or term, phrase=True)(document) for name in names)
                != (sign == "-")
                for sign, phrase, term in terms
            )

        return test

    @staticmethod
    def _sorted(found: list[Document], field: str, *, down: bool) -> list[Document]:
        if field == "score":
            return found
        have = [document for document in found if values(document, field)]
        none = [document for document in found if not values(document, field)]

        def key(document: Document) -> Any:
            first = values(document, field)[0]
            return first if isinstance(first, int | float) else str(first).lower()

        return sorted(have, key=key, reverse=down) + none

    def _shown(self, document: Document, fields: set[str]) -> Document:
        shown = {
            name: value
            for name, value in document.items()
            if value is not None and self.schema.kept(name) and ("*" in fields or name in fields)
        }
        return {**shown, "score": 1.0} if "score" in fields else shown

    @staticmethod
    def _facet(found: list[Document], name: str, limit: int, least: int) -> Iterator[Any]:
        counts = Counter(value for d in found for value in set(map(str, values(d, name))))
        most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        for value, count in [pair for pair in most if pair[1] >= least][
            : None if limit < 0 else limit
        ]:
            yield value
            yield count


def handler(index: Index) -> type[BaseHTTPRequestHandler]:
    """The requests of Solr's protocol, for one index."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """CKAN's own log is enough."""

        def _answer(self, status: int, content: object) -> None:
            is_xml = isinstance(content, bytes)
            body = content if is_xml else json.dumps(content, ensure_ascii=False).encode()
            assert isinstance(body, bytes)
            self.send_response(status)
            self.send_header("Content-Type", "application/xml" if is_xml else "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = parse_qs(address.query, keep_blank_values=True)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            kind = self.headers.get("Content-Type", "")
            if "form-urlencoded" in kind:
                for key, more in parse_qs(body, keep_blank_values=True).items():
                    asked.setdefault(key, []).extend(more)
            try:
                match address.path.rstrip("/").rpartition("/")[2]:
                    case "select":
                        self._answer(200, index.select(asked))
                    case "update":
                        index.update(kind, body)
                        self._answer(200, {"responseHeader": {"status": 0, "QTime": 0}})
                    case "schema":
                        self._answer(200, index.schema.text)
                    case "ping":
                        self._answer(200, {"status": "OK"})
                    case _:
                        self._answer(404, {"error": {"msg": "not here", "code": 404}})
            except (ValueError, KeyError, TypeError, ET.ParseError) as error:
                message = {"msg": str(error), "code": 400}
                self._answer(400, {"responseHeader": {"status": 400}, "error": message})

        do_POST = do_GET  # noqa: N815

    return Handler


def main() -> None:
    """Serve until stopped."""
    port, schema, store = sys.argv[1:]
    index = Index(Schema(Path(schema)), Path(store))
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), handler(index))
    server.daemon_threads = True
    server.serve_forever()


if __name__ == "__main__":
    main()
