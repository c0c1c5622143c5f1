"""Who may speak to the desk: this machine, this browser, this page.

Belongs here: the address with its token, Host and Origin, the token of the forms, the policy that pages
are shown under, and the size of a request. Does not belong here: what the requests do (``application``).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HOSTS = ("127.0.0.1", "localhost")
FORM_LIMIT, FILE_LIMIT = 1_000_000, 60_000_000
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Mapping[str, str] = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True)
class Secrets:
    """The tokens of one start of the desk: in the address, and in the forms."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(24))


class Guard:
    """Lets through what comes from a page of the desk on this machine, and nothing else.

    404 for an address without the token, so that a scan finds nothing; 403 for another host or
    origin; 413 for a request that is too large.
    """

    def __init__(self, app: ASGIApp, known: Secrets) -> None:
        self.app, self.known = app, known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def covered(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refusal = self._refusal(Request(scope))
        await (refusal or self.app)(scope, receive, covered)

    def _refusal(self, request: Request) -> PlainTextResponse | None:
        if _host(request.headers.get("host", "")) not in HOSTS:
            return PlainTextResponse("not this host", 403)
        token = request.url.path.split("/")[1]
        if not hmac.compare_digest(token.encode(), self.known.token.encode()):
            return PlainTextResponse("not found", 404)
        if request.method not in ("GET", "HEAD"):
            origin = request.headers.get("origin", "")
            if origin != f"http://{request.headers['host']}":
                return PlainTextResponse("not this origin", 403)
        elif request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return PlainTextResponse("not this origin", 403)
        try:
            length = int(request.headers.get("content-length", "0"))
        except ValueError:
            return PlainTextResponse("bad request", 400)
        if length > FILE_LIMIT:
            return PlainTextResponse("too large", 413)
        return None


def _host(header: str) -> str | None:
    try:
        return urlsplit(f"//{header}").hostname
    except ValueError:
        return None


async def limited(request: Request, limit: int) -> bytes | None:
    """The body of a request, None where it is larger than ``limit`` bytes, whatever it says."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


async def form(request: Request, known: Secrets) -> dict[str, str] | None:
    """The fields of a form of ours; None where its token is missing or it is too large."""
    body = await limited(request, FORM_LIMIT)
    if body is None:
        return None
    fields = dict(parse_qsl(body.decode("utf-8", errors="replace"), keep_blank_values=True))
    if not hmac.compare_digest(fields.get("csrf", "").encode(), known.csrf.encode()):
        return None
    return fields
