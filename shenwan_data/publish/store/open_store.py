"""Opening each kind of store.

Belongs here: the client of each protocol, set up to verify the server. Does not belong here: the steps
of publishing (``store_target``).
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import fsspec

from shenwan_data.errors import Text, UsageError
from shenwan_data.extras import needs
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.http import Retries
from shenwan_data.publish.store.store import Client, Store
from shenwan_data.publish.store.store_target import StoreTarget
from shenwan_data.publish.targets import Address

_TIMEOUT = 60
# The transient ones among the client errors: timeout, locked, too early, too many requests.
_PASSING = frozenset({408, 423, 425, 429})
_NO_ROOM = 507


def _refuses(status: int | None) -> bool:
    """Whether an HTTP status is final: a redirect, an error of the client, or no space left."""
    if status is None:
        return False
    return (HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR
            and status not in _PASSING) or status == _NO_ROOM  # fmt: skip


_FRESH = {"skip_instance_cache": True, "use_listings_cache": False}


def _create_local(_: Any, path: str, content: bytes) -> None:
    with Path(path).open("xb") as stream:
        stream.write(content)


def _rename_local(_: Any, source: str, place: str) -> None:
    Path(source).replace(place)


def _leads_out(root: str, path: str) -> bool:
    # The last part is not resolved: a link there is replaced or removed as a link.
    return not Path(path).parent.resolve().is_relative_to(Path(root).resolve())


def open_folder(target: str, path: Path, retries: Retries) -> Store:
    """A folder of this machine, or one mounted here."""
    client = Client(
        connect=lambda: fsspec.filesystem("file", **_FRESH),
        rename=_rename_local,
        create=_create_local,
        leads_out=_leads_out,
    )
    return Store(target, client, str(path.absolute()), retries)


def _s3_status(error: Exception) -> int | None:
    # The client wraps the library's errors, some of them twice.
    cause: BaseException | None = error
    while cause is not None:
        response = getattr(cause, "response", None)
        if isinstance(response, dict):
            status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            return None if status is None else int(status)
        cause = cause.__cause__
    return None


def open_s3(
    target: str,
    bucket: str,
    prefix: str,
    endpoint: str | None,
    region: str | None,
    credentials: Credentials,
    retries: Retries,
) -> Store:
    """A bucket of object storage that speaks S3; ``endpoint`` is None for Amazon's own."""
    with needs("s3"):
        from botocore.exceptions import BotoCoreError, ClientError
        from s3fs import S3FileSystem
        from s3fs.core import S3_RETRYABLE_ERRORS

    def connect() -> Any:
        filesystem = S3FileSystem(
            key=credentials.require("key_id"),
            secret=credentials.require("secret"),
            endpoint_url=endpoint,
            client_kwargs={"region_name": region} if region else {},
            config_kwargs={
                "connect_timeout": _TIMEOUT,
                "read_timeout": _TIMEOUT,
                "retries": {"total_max_attempts": 1},
            },
            **_FRESH,
        )
        # Only our retry policy: nested ones would multiply.
        filesystem.retries = 1
        return filesystem

    client = Client(
        connect=connect,
        rename=None,
        create=lambda filesystem, path, content: filesystem.pipe_file(path, content, mode="create"),
        failures=(OSError, BotoCoreError, ClientError, *S3_RETRYABLE_ERRORS),
        refused=lambda error: _refuses(_s3_status(error)),
    )
    return Store(target, client, f"{bucket}/{prefix}".rstrip("/"), retries)


def _create_sftp(filesystem: Any, path: str, content: bytes) -> None:
    from asyncssh.sftp import SFTPFailure, SFTPFileAlreadyExists

    try:
        with filesystem.open(path, "xb") as stream:
            stream.write(content)
    except (SFTPFailure, SFTPFileAlreadyExists):
        # Version 3 of the protocol, which most servers use, has no error code for this.
        if filesystem.exists(path):
            raise FileExistsError(path) from None
        # Something else went wrong, or the owner of the file has just removed it.
        raise OSError(f"{path} cannot be created") from None


def open_sftp(
    target: str,
    host: str,
    port: int,
    path: str,
    known_hosts: Path | None,
    key_file: Path | None,
    credentials: Credentials,
    retries: Retries,
) -> Store:
    """A folder of an SFTP server whose key is in ``known_hosts`` (else ~/.ssh/known_hosts)."""
    with needs("sftp"):
        import asyncssh
        from asyncssh import sftp
        from sshfs import SSHFileSystem

    known = known_hosts or Path.home() / ".ssh" / "known_hosts"
    if not known.is_file():
        # Without the file the client would trust every server.
        raise UsageError(
            Text("没有已知主机文件，无法确认服务器身份", "the known_hosts file is missing"),
            file=known,
            place=target,
            remedy=Text(
                "请用 ssh-keyscan 取得服务器公钥，核对后写入该文件",
                "get the server's key with ssh-keyscan, compare it, and add it to the file",
            ),
        )
    options: dict[str, object] = {"username": credentials.require("user")}
    if key_file is not None:
        options |= {"client_keys": [str(key_file)], "passphrase": credentials.get("password")}
    else:
        options |= {"password": credentials.require("password"), "client_keys": None}

    def connect() -> Any:
        return SSHFileSystem( host=host, port=port, known_hosts=str(known), agent_path=None,
            config=None, login_timeout=_TIMEOUT, **options, skip_instance_cache=True,
        )  # fmt: skip

    client = Client(
        connect=connect,
        rename=lambda filesystem, source, place: filesystem.mv(source, place),
        create=_create_sftp,
        failures=(OSError, asyncssh.Error),
        refused=lambda error: isinstance(
            error,
            asyncssh.HostKeyNotVerifiable
            | asyncssh.PermissionDenied
            | sftp.SFTPPermissionDenied
            | sftp.SFTPNoSpaceOnFilesystem
            | sftp.SFTPQuotaExceeded,
        ),
    )
    return Store(target, client, path, retries)


def _create_webdav(filesystem: Any, path: str, content: bytes) -> None:
    client = filesystem.client
    answer = client.http.put(client.join_url(path), content=content, headers={"If-None-Match": "*"})
    if answer.status_code == HTTPStatus.PRECONDITION_FAILED:
        raise FileExistsError(path)
    answer.raise_for_status()


def _webdav_refused(error: Exception) -> bool:
    from webdav4.client import ForbiddenOperation, InsufficientStorage

    if isinstance(error, ForbiddenOperation | InsufficientStorage):
        return True
    status = getattr(error, "status_code", None) or getattr(
        getattr(error, "response", None), "status_code", None
    )
    return _refuses(status)


def open_webdav(target: str, url: str, credentials: Credentials, retries: Retries) -> Store:
    """A folder of a WebDAV server. Redirects are refused, so no other server gets the password."""
    with needs("webdav"):
        import httpx
        from webdav4.client import Client as WebdavClient
        from webdav4.client import ClientError, HTTPError
        from webdav4.fsspec import WebdavFileSystem

    auth = (credentials.require("user"), credentials.require("password"))

    def connect() -> Any:
        client = WebdavClient(url, auth=auth, timeout=_TIMEOUT, retry=False)
        return WebdavFileSystem(url, client=client, **_FRESH)

    client = Client(
        connect=connect,
        rename=lambda fs, source, place: fs.client.move(source, place, overwrite=True),
        create=_create_webdav,
        failures=(OSError, httpx.HTTPError, ClientError, HTTPError),
        refused=_webdav_refused,
    )
    return Store(target, client, "", retries)


def public_url(url: str) -> str:
    """An address without user, password and query."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def open_store(address: Address, credentials: Credentials) -> StoreTarget:
    """The store at an address of ``targets.yaml``."""
    name, retries = address.name, address.retries
    if address.kind == "folder":
        path = Path(str(address.text("path"))).expanduser()
        store, place = open_folder(name, path, retries), path.absolute().as_uri()
    elif address.kind == "s3":
        bucket, prefix = str(address.text("bucket")), address.text("prefix", "") or ""
        endpoint = address.text("endpoint")
        store = open_s3(
            name, bucket, prefix, endpoint, address.text("region"), credentials, retries
        )
        place = f"{endpoint or 's3:/'}/{store.root}"
    elif address.kind == "sftp":
        host, path_there = str(address.text("host")), str(address.text("path"))
        port = int(address.text("port", "22") or 22)
        store = open_sftp(
            name, host, port, path_there, address.path("known_hosts"), address.path("key_file"),
            credentials, retries,
        )  # fmt: skip
        place = f"sftp://{host}:{port}/{path_there.lstrip('/')}"
    else:
        place = str(address.text("address"))
        store = open_webdav(name, place, credentials, retries)
    return StoreTarget(store, address.text("url") or public_url(place))
