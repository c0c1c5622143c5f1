"""Proxies on loopback before a real server, which break requests as a rule says.

Every request is recorded. Whether it is broken, and how, is decided by a rule that sees the request
and its number (from 1). Before a server that does not speak HTTP, the pieces that the publisher
sends are numbered instead.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal
from urllib.parse import urlsplit

_OWN = frozenset({"connection", "transfer-encoding", "keep-alive"})


@dataclass(frozen=True)
class Request:
    """A request as it arrived."""

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def action(self) -> str:
        """The last part of the path: the action of an API call."""
        return urlsplit(self.path).path.rpartition("/")[2]


@dataclass(frozen=True)
class Fault:
    """What happens to a request.

    ``reset``: nothing is passed on and the connection is reset. ``lost``: the server does its work,
    the answer is thrown away. ``truncate``: half of the answer's body, then the end. ``slow``: the
    answer comes after ``seconds``. ``status``: this answer instead, nothing is passed on. ``after``
    is called once the server has answered and before the publisher hears of it.
    """

    kind: Literal["reset", "lost", "truncate", "slow", "status", "after"]
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"made up"
    seconds: float = 0
    after: Callable[[], None] = lambda: None


Rule = Callable[[Request], Fault | None]


class FaultyProxy:
    """The proxy; ``url`` is its address, ``requests`` what it has seen, ``rule`` what it breaks."""

    def __init__(self, server: str, *, keep_host: bool = False) -> None:
        self.requests: list[Request] = []
        self.rule: Rule = lambda _: None
        self._server = urlsplit(server)
        # WebDAV names the place that a file moves to by the address that the publisher knows.
        self._dropped = _OWN if keep_host else _OWN | {"host"}
        self._lock = threading.Lock()
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else each answer waits for the receipt of its own headers, 40 ms.
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                """The list of requests is the log."""

            def handle_any(self) -> None:
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any  # noqa: N815
            do_PROPFIND = do_MKCOL = do_MOVE = do_OPTIONS = handle_any  # noqa: N815

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._http.shutdown()
        self._http.server_close()

    @property
    def writes(self) -> list[Request]:
        """The requests that could change something."""
        return [each for each in self.requests if each.method not in ("GET", "HEAD", "OPTIONS")]

    def handle(self, handler: BaseHTTPRequestHandler) -> None:
        """One request."""
        body = self._body(handler)
        with self._lock:
            number = len(self.requests) + 1
            headers = {key.lower(): value for key, value in handler.headers.items()}
            request = Request(number, handler.command, handler.path, headers, body)
            self.requests.append(request)
        fault = self.rule(request)
        if fault is not None and fault.kind == "reset":
            self._reset(handler)
        elif fault is not None and fault.kind == "status":
            self._answer(handler, fault.status, list(fault.headers.items()), fault.body)
        else:
            self._pass_on(handler, request, fault)

    @staticmethod
    def _body(handler: BaseHTTPRequestHandler) -> bytes:
        if handler.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        body = b""
        while size := int(handler.rfile.readline().split(b";")[0], 16):
            body += handler.rfile.read(size)
            handler.rfile.readline()
        while handler.rfile.readline().strip():
            """What follows the last piece is no part of the body."""
        return body

    def _pass_on(
        self, handler: BaseHTTPRequestHandler, request: Request, fault: Fault | None
    ) -> None:
        passed = {key: value for key, value in request.headers.items() if key not in self._dropped}
        server = http.client.HTTPConnection(
            str(self._server.hostname), self._server.port, timeout=60
        )
        try:
            server.request(request.method, request.path, request.body, passed)
            answer = server.getresponse()
            content = answer.read()
        except OSError:
            self._reset(handler)
            return
        finally:
            server.close()
        kind = fault.kind if fault is not None else None
        if fault is not None and kind in ("lost", "after"):
            fault.after()
            if kind == "lost":
                self._reset(handler)
                return
        if fault is not None and kind == "slow":
            time.sleep(fault.seconds)
        headers = [
            (key, value)
            for key, value in answer.getheaders()
            if key.lower() not in _OWN | {"content-length", "date", "server"}
            # To a HEAD it tells the length of a body that is not there.
            or (key.lower() == "content-length" and request.method == "HEAD")
        ]
        self._answer(handler, answer.status, headers, content, whole=kind != "truncate")

    @staticmethod
    def _answer(
        handler: BaseHTTPRequestHandler,
        status: int,
        headers: list[tuple[str, str]],
        content: bytes,
        *,
        whole: bool = True,
    ) -> None:
        try:
            handler.send_response(status)
            for key, value in headers:
                handler.send_header(key, value)
            if status != 204 and handler.command != "HEAD":
                handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            if handler.command != "HEAD":
                handler.wfile.write(content if whole else content[: len(content) // 2])
            handler.wfile.flush()
        except OSError:
            # The publisher has gone.
            handler.close_connection = True
        if not whole:
            FaultyProxy._reset(handler)

    @staticmethod
    def _reset(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        # Without lingering the system sends a reset instead of an orderly end.
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()


class TcpProxy:
    """A proxy for any protocol: what comes from the publisher is counted piece by piece.

    ``rule`` is asked before a piece is passed on: ``cut`` ends the connection in its stead, ``slow``
    passes it on after half a second. It may also do something else, such as to kill the publisher.
    """

    def __init__(self, port: int) -> None:
        self.pieces = 0
        self.rule: Callable[[int], Literal["cut", "slow"] | None] = lambda _: None
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Stop listening; one that waits for a connection must be told."""
        if self._listener.fileno() != -1:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                client.close()
                continue
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._up, args=(client, server), daemon=True).start()
            threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with client, server:
            try:
                while content := client.recv(1 << 16):
                    self.pieces += 1
                    fault = self.rule(self.pieces)
                    if fault == "cut":
                        break
                    if fault == "slow":
                        time.sleep(0.5)
                    server.sendall(content)
                server.shutdown(socket.SHUT_RDWR)
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                return

    @staticmethod
    def _down(server: socket.socket, client: socket.socket) -> None:
        try:
            while content := server.recv(1 << 16):
                client.sendall(content)
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
