"""Damaged files that people or programs of others write, and damaged answers of servers.

Each is either read or refused in words: descriptors, records, corrections, targets, the index of a
store, the answers of a portal and of a web inbox. All of them are made up.
"""

import json
import random
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shenwan_data.config.records import read_sidecar
from shenwan_data.indicators.corrections import read_corrections
from shenwan_data.publish.ckan.portal import Portal
from shenwan_data.publish.http import Retries
from shenwan_data.publish.store.index import parse_index
from shenwan_data.publish.targets import read_addresses
from shenwan_data.release.declared import check_identity, package_folders, read_declared
from shenwan_data.report.inbox import listing

DESCRIPTOR = {
    "name": "made-up", "version": "1.0.0", "created": "2031-01-01T00:00:00Z", "title": "t",
    "description": "d", "licenses": [{"name": "CC0-1.0", "path": "https://example.org/"}],
    "sources": [{"title": "s", "path": "https://example.org/a"}], "keywords": ["k"],
    "resources": [
        {"name": "x", "path": "x/datapackage.json",
         "schema": {"fields": [{"name": "a", "type": "number"}], "primaryKey": ["a"]},
         "alternates": [{"path": "x.parquet", "format": "parquet"}]},
    ],
}  # fmt: skip
RECORD = f"""sha256: {"a" * 64}
title: 测试镇2031年法治政府建设年度报告
publisher: 测试镇
url: https://example.org/a
published: 2032-01-05
anyway: 已核实
mask: [[3, 5], [7, 9]]
"""
CORRECTIONS = """- report: test-2031
  quote: 142宗
  start: 12
  action: set
  to: {value: 124, unit: 宗}
  who: 数据员
  when: 2032-01-05
  why: 已核实
  expect: {value: 142, indicators: [penalty_cases]}
"""
TARGETS = """targets:
  portal: {type: ckan, url: https://example.org/, organization: town}
  shop: {type: s3, bucket: b, endpoint: https://example.org}
  share: {type: folder, path: /made/up, retries: {attempts: 2}}
  code: {type: git, remote: "git@example.org:a/b.git"}
"""
INDEX = {
    "name": "made-up", "latest": "1.0.0", "withdrawn": ["0.9.0"],
    "releases": [{"version": "1.0.0", "path": "1.0.0/", "manifest_sha256": "0" * 64}],
}  # fmt: skip
DATASET = {"id": "i", "name": "n", "metadata_modified": "t", "state": "active",
           "resources": [{"id": "r", "name": "x", "url": "http://127.0.0.1/", "hash": "0" * 64}]}  # fmt: skip
ODD = [
    "null", "true", "-1", "1e999", "[]", "{}", "''", "'../..'", "'\\0'", "9" * 400, "2031-02-30",
    "!!int x", "!!timestamp x", "&a [*a]", "[" * 300, "<<: *x", "：", "'\\ud800'", ".nan", "0x1F",
]  # fmt: skip
VALUES = [None, True, -1, 1e308, [], {}, "", "..", "a/../b", "\0", "x" * 6000, [[]], {"a": None}]


@dataclass(frozen=True, slots=True)
class Kind:
    """A sound content, and the reader that takes it or refuses it in words."""

    sound: bytes
    read: Callable[[bytes], object]


@contextmanager
def kinds(folder: Path) -> Iterator[dict[str, Kind]]:
    """Every kind by name; ``folder`` is for the files that readers want."""

    def at(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)

        def written(content: bytes) -> object:
            path.write_bytes(content)
            return read(path)

        return written

    def descriptor(path: Path) -> None:
        declared, _ = read_declared(path)
        for name in package_folders(declared):
            assert "/" not in name and not name.startswith("."), name
        check_identity(path.parent)

    package = folder / "x" / "datapackage.json"
    package.parent.mkdir(parents=True)
    package.write_text(json.dumps(DESCRIPTOR | {"name": "made-up-x"}))
    with answering() as server:

        def portal(content: bytes) -> None:
            server.answer = content
            asked = Portal("made-up", server.url, None, Retries(attempts=1, first_wait=0), 2)
            found = asked.dataset("n")
            if found is not None:
                asked.rows({"id": "r"}, "a")

        def inbox(content: bytes) -> None:
            server.answer = content
            for name in listing(server.url):
                assert ".." not in str(name).split("/"), name

        ok = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        links = '<a href="2031/">2031/</a> <a href="shenwan.txt">a</a> <a href="../x">up</a>'
        yield {
            "descriptor": Kind(json.dumps(DESCRIPTOR).encode(), at("datapackage.json", descriptor)),
            "record": Kind(RECORD.encode(), at("shenwan.yaml", read_sidecar)),
            "corrections": Kind(
                CORRECTIONS.encode(),
                at("corrections/2031.yaml", lambda path: read_corrections(folder, 2031)),
            ),
            "targets": Kind(TARGETS.encode(), at("targets.yaml", read_addresses)),
            "index": Kind(json.dumps(INDEX).encode(), lambda content: parse_index(content, "x")),
            "portal": Kind(ok + json.dumps({"success": True, "result": DATASET}).encode(), portal),
            "inbox": Kind(page + links.encode(), inbox),
        }


class Server(socketserver.ThreadingTCPServer):
    """Answers every connection with the bytes in ``answer``, whatever is asked."""

    daemon_threads = True
    answer = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(socketserver.BaseRequestHandler):
    """One connection: the request is read once and answered."""

    def handle(self) -> None:
        self.request.settimeout(2)
        try:
            self.request.recv(65536)
            self.request.sendall(self.server.answer)
        except OSError:
            pass


@contextmanager
def answering() -> Iterator[Server]:
    """A server of this machine for the block."""
    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def spoiled(content: bytes, source: random.Random) -> bytes:
    """The content with one value replaced by an odd one, a key gone, or a line said twice."""
    head, mark, body = content.rpartition(b"\r\n\r\n")
    try:
        tree = json.loads(body)
    except ValueError:
        lines = body.decode().splitlines()
        at = source.randrange(len(lines))
        key, colon, _ = lines[at].partition(":")
        lines[at : at + 1] = source.choice(
            [[], [lines[at]] * 2, [f"{key}{colon} {source.choice(ODD)}"], [f"{key}：x"]]
        )
        return head + mark + "\n".join(lines).encode()
    _spoil(tree, source)
    return head + mark + json.dumps(tree).encode()


def _spoil(tree: object, source: random.Random) -> None:
    """Replace or remove one value somewhere in a tree of JSON."""
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    key = source.choice(keys)
    below = tree[key]
    if isinstance(below, dict | list) and below and source.random() < 0.7:
        _spoil(below, source)
    elif source.random() < 0.3:
        del tree[key]
    else:
        tree[key] = source.choice(VALUES)
