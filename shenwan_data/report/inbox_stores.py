"""Where an inbox can be: a folder, a web address, an object store; read with suspicion.

Belongs here: listing and opening files at an address, and what of an address may be shown. Does not
belong here: which files are taken (``inbox``).

Whoever may write to an inbox is not trusted with more than that. So only regular files are opened,
no link is followed, and a web server cannot send the reader on to another one.
"""

from __future__ import annotations

import base64
import ipaddress
import os
import re
import stat
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any, BinaryIO, Protocol
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.extras import needs_for

VARIABLE = "SHENWAN_INBOX"
HOSTS_VARIABLE = "SHENWAN_INBOX_HOSTS"
LIMIT_VARIABLE = "SHENWAN_INBOX_LIMIT_MB"
_LIMIT_MB = 64
_TIMEOUT = 60
_SECONDS = 300
_CHUNK = 1 << 20
_PAGE_LIMIT = 4 << 20
_HIDDEN = "[hidden]"
_MARKS = ("ETag", "etag", "md5", "checksum", "LastModified", "modified", "mtime", "created")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file at the address. ``version`` changes with its content; ``regular`` is False for a link."""

    name: str
    version: str
    size: int | None
    regular: bool = True


class Inbox(Protocol):
    """Names are relative with slashes: ``2022/shenwan.txt``. Both raise OSError or ValueError."""

    def entries(self) -> Iterator[Entry]:
        """The files at the address and in the folders directly below it."""

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """The content of a file."""


class TooLargeError(Exception):
    """A file is larger than the limit."""


def byte_limit() -> int:
    """The largest file that is fetched, in bytes. Raises UsageError where the setting is no number of MB."""
    given = os.environ.get(LIMIT_VARIABLE) or str(_LIMIT_MB)
    if not re.fullmatch(r"[0-9]{1,6}", given, re.ASCII) or int(given) == 0:
        raise UsageError(
            Text("须为以 MB 计的整数", f"{given!r} is not a number of megabytes"),
            place=LIMIT_VARIABLE,
            remedy=Text(f"例如 {_LIMIT_MB}", f"for example {_LIMIT_MB}"),
        )
    return int(given) << 20


def chunks(stream: IO[bytes], limit: int) -> Iterator[bytes]:
    """The content piece by piece. TooLargeError beyond ``limit`` bytes, OSError when it takes too long."""
    taken, end = 0, time.monotonic() + _SECONDS
    # One that reads no more than has arrived; a server that drips would hold a full read for ever.
    read = getattr(stream, "read1", stream.read)
    while piece := read(_CHUNK):
        taken += len(piece)
        if taken > limit:
            raise TooLargeError(f"it is larger than {limit} bytes")
        if time.monotonic() > end:
            raise TimeoutError(f"it takes longer than {_SECONDS} s")
        yield piece


def shown_address(address: str) -> str:
    """An address as it may be printed, kept and sent: without user, password, query and fragment."""
    if "://" not in address:
        return address
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.partition("://")[0] + "://" + _HIDDEN
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", ""))


def hide(text: str, address: str) -> str:
    """A message without what ``shown_address`` leaves out."""
    text = text.replace(address, shown_address(address))
    if "://" not in address:
        return text
    try:
        parts = urlsplit(address)
    except ValueError:
        return text
    account = parts.netloc.rpartition("@")[0]
    secrets = {parts.password or "", account, account.partition(":")[2], parts.query}
    secrets |= {unquote(each) for each in secrets} | {quote(each, safe="") for each in secrets}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text


def open_inbox(address: str) -> Inbox:
    """The inbox at an address. UsageError where its kind is not supported."""
    scheme = address.partition("://")[0].lower() if "://" in address else ""
    if scheme in ("", "file"):
        return Folder(Path(unquote(urlsplit(address).path) if scheme else address))
    if scheme in ("http", "https"):
        return Web(address)
    return Remote(address)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine, or one that is mounted here."""

    root: Path

    def entries(self) -> Iterator[Entry]:
        """No link is followed; a missing folder is an error, for it may be a lost mount."""
        if not self.root.is_dir():
            raise FileNotFoundError(f"{self.root} is not a folder")
        with os.scandir(self.root) as found:
            for entry in sorted(found, key=lambda each: each.name):
                if entry.is_dir(follow_symlinks=False):
                    with os.scandir(entry.path) as inside:
                        for file in sorted(inside, key=lambda each: each.name):
                            if not file.is_dir(follow_symlinks=False):
                                yield self._entry(f"{entry.name}/{file.name}", file)
                elif not entry.name.startswith("."):
                    yield self._entry(entry.name, entry)

    @staticmethod
    def _entry(name: str, found: os.DirEntry[str]) -> Entry:
        state = found.stat(follow_symlinks=False)
        version = f"{state.st_size}/{state.st_mtime_ns}/{state.st_ino}"
        return Entry(name, version, state.st_size, stat.S_ISREG(state.st_mode))

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """Opened part by part, so that no part can become a link between two calls."""
        handle = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            *folders, last = name.split("/")
            for folder in folders:
                inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=handle)
                os.close(handle)
                handle = inner
            # Without O_NONBLOCK a pipe would be waited for.
            file = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
        finally:
            os.close(handle)
        with os.fdopen(file, "rb") as stream:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise OSError(f"{name} is not a regular file")
            yield stream


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for key, value in attrs if tag == "a" and key == "href" and value]


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port


class _SameServer(urllib.request.HTTPRedirectHandler):
    """Follows a redirect on the same server only, or to a host that is configured."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
        headers: HTTPMessage, newurl: str,
    ) -> urllib.request.Request | None:  # fmt: skip
        old, new = _origin(req.full_url), _origin(newurl)
        allowed = {each.strip() for each in os.environ.get(HOSTS_VARIABLE, "").split(",")}
        upgraded = new == ("https", old[1], None) and old == ("http", old[1], None)
        if new != old and not upgraded and new[1] not in allowed - {""}:
            raise urllib.error.URLError(
                f"the server redirects to {new[0]}://{new[1]}, which is not followed; if that is "
                f"right, name the host in {HOSTS_VARIABLE}"
            )
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and new[1] != old[1]:
            request.remove_header("Authorization")
        return request


class Web:
    """A web server that lists its folders as pages with links."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        path = parts.path.rstrip("/") + "/"
        self._root = urlunsplit((parts.scheme.lower(), host, path, "", ""))
        self._page = urlunsplit((parts.scheme.lower(), host, parts.path or "/", "", ""))
        self._query = parts.query
        self._headers = {"User-Agent": "shenwan-data"}
        if parts.password is not None or parts.username is not None:
            if parts.scheme.lower() == "http" and not _is_loopback(parts.hostname or ""):
                raise UsageError(
                    Text("http 会以明文传送口令", "http would send the password in clear"),
                    file=shown_address(address),
                    remedy=Text("请改用 https", "use https"),
                )
            account = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
            basic = base64.b64encode(account.encode()).decode()
            self._headers["Authorization"] = f"Basic {basic}"
        self._opener = urllib.request.build_opener(_SameServer())

    def _ask(self, url: str, method: str = "GET") -> Any:
        with_query = f"{url}?{self._query}" if self._query else url
        request = urllib.request.Request(with_query, headers=self._headers, method=method)  # noqa: S310 - http only
        try:
            return self._opener.open(request, timeout=_TIMEOUT)
        except HTTPException as error:
            raise OSError(f"{type(error).__name__}: {error}") from None

    def _links(self, url: str) -> list[str]:
        with closing(self._ask(url)) as answer:
            content = b"".join(chunks(answer, _PAGE_LIMIT))
        page = _Links()
        page.feed(content.decode("utf-8", errors="replace"))
        found = {urlsplit(urljoin(url, link))._replace(query="", fragment="").geturl()
                 for link in page.found}  # fmt: skip
        return sorted(link for link in found if link.startswith(url) and link != url)

    def entries(self) -> Iterator[Entry]:
        """The links of the page at the address and of the pages of its folders."""
        for link in self._links(self._root):
            if link.endswith("/"):
                yield from map(self._entry, (e for e in self._links(link) if not e.endswith("/")))
            else:
                yield self._entry(link)

    def _entry(self, link: str) -> Entry:
        with closing(self._ask(link, "HEAD")) as answer:
            marks = (answer.headers.get(key) for key in ("ETag", "Last-Modified", "Content-Length"))
            length = answer.headers.get("Content-Length")
            version = "/".join(str(mark) for mark in marks)
        size = int(length) if length and length.isdecimal() else None
        return Entry(unquote(link.removeprefix(self._root)), version, size)

    def page(self) -> AbstractContextManager[Any]:
        """The answer at the address itself, as it comes."""
        return closing(self._ask(self._page))

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """The answer as it comes, not unpacked."""
        return closing(self._ask(self._root + quote(name)))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Remote:
    """Anything else that fsspec opens: object storage, SFTP."""

    def __init__(self, address: str) -> None:
        from upath import UPath

        try:
            with needs_for(address):
                self._root = UPath(address, use_listings_cache=False)
                self._root.fs  # noqa: B018 - a missing implementation is reported here
        except (ImportError, ValueError) as error:
            raise UsageError(
                Text("不支持这种地址", f"this kind of address cannot be opened: {error}"),
                file=shown_address(address),
                remedy=Text(
                    f"请检查 {VARIABLE}，并安装相应的 fsspec 实现",
                    f"check {VARIABLE}, and install the fsspec implementation it needs",
                ),
            ) from error

    def entries(self) -> Iterator[Entry]:
        """Every object under the prefix."""
        system, root = self._root.fs, self._root.path.rstrip("/")
        system.invalidate_cache()
        for path, info in sorted(system.find(root, detail=True).items()):
            name = str(path)[len(root) :].lstrip("/")
            marks = [str(info[mark]) for mark in _MARKS if info.get(mark) is not None]
            regular = info.get("type") == "file" and not info.get("islink")
            size = info.get("size")
            yield Entry(
                name,
                "/".join([str(size), *marks]),
                size if isinstance(size, int) else None,
                regular,
            )

    def open(self, name: str) -> AbstractContextManager[IO[bytes]]:
        """The content of an object."""
        found: AbstractContextManager[IO[bytes]] = (self._root / name).open("rb")
        return found


def unreadable(address: str, error: Exception) -> MachineError:
    """The error to show where an inbox cannot be read."""
    said = hide(str(error) or type(error).__name__, address)
    return MachineError(
        Text(f"收件地址无法读取：{said}", f"the inbox cannot be read: {said}"),
        file=shown_address(address),
        remedy=Text(
            "请检查目录是否已挂载、地址、网络和凭据是否有效",
            "check that the folder is mounted, the address, the network and the credentials",
        ),
    )
