"""The API of a CKAN portal, with retries and named errors.

Belongs here: one function for each kind of request. Does not belong here: what the datasets should be
(``datasets``) or the order of the steps (``ckan_target``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import requests
from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotAuthorized, NotFound, ValidationError

from shenwan_data.errors import Text
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.http import PortalSession, Retries, TransientError
from shenwan_data.publish.plan import ConflictError, PortalError

Record = dict[str, Any]
Result = TypeVar("Result")

TIMEOUT = 60.0
_CHUNK = 1 << 20
_MOST_ROWS = 10_000_000


class Portal:
    """A CKAN portal as one user sees it. Every method raises PortalError when it refuses."""

    def __init__(
        self,
        target: str,
        url: str,
        credentials: Credentials | None,
        retries: Retries,
        timeout: float = TIMEOUT,
    ) -> None:
        self.target = target
        self.url = url.rstrip("/")
        self._retries = retries
        token = None
        if credentials is not None:
            credentials.require("token")
            token = lambda: credentials.require("token")  # noqa: E731
        self._session = PortalSession(target, url, token, timeout)
        self._reader = RemoteCKAN(self.url, session=self._session, get_only=True)
        self._writer = RemoteCKAN(self.url, session=self._session)
        self._language = ""

    def language(self) -> str:
        """The language of the portal's pages: "zh" unless it says another one is its own, then "en"."""
        if not self._language:
            said = self.read("status_show")
            own = str(said.get("locale_default") or "") if isinstance(said, dict) else ""
            self._language = "en" if own and not own.startswith("zh") else "zh"
        return self._language

    def read(self, action: str, **parameters: Any) -> Any:
        """The result of a read action; None where the portal has no such thing."""

        def ask() -> Any:
            try:
                return self._call(self._reader, action, parameters)
            except NotFound:
                return None

        return self._retries.read(self.target, action, ask)

    def write(
        self,
        action: str,
        parameters: Mapping[str, Any],
        settled: Callable[[], Any],
        uploads: Mapping[str, Path] | None = None,
    ) -> Any:
        """Run a write action. After an indeterminate answer ``settled`` checks whether it was done."""

        def send() -> Any:
            with ExitStack() as stack:
                files = {
                    key: (path.name, stack.enter_context(path.open("rb")))
                    for key, path in (uploads or {}).items()
                }
                try:
                    return self._call(self._writer, action, parameters, files or None)
                except NotFound as error:
                    raise self._refusal(action, str(error)) from None

        return self._retries.write(self.target, action, send, settled)

    def revise(
        self,
        dataset: Record,
        wanted: Mapping[str, Any],
        settled: Callable[[], Record | None],
        uploads: Mapping[int, Path] | None = None,
    ) -> Record:
        """Change a dataset, if nobody has changed it since ``dataset`` was read.

        Lists in ``wanted`` replace those on the portal. ``uploads`` are files by the position of
        their resource. ConflictError where somebody was faster.
        """
        cut = [f"-{key}" for key, value in wanted.items() if isinstance(value, list)]
        parameters = {
            "match": {key: dataset[key] for key in ("id", "metadata_modified")},
            "filter": cut,
            "update": dict(wanted),
        }
        files = {f"update__resources__{at}__upload": path for at, path in (uploads or {}).items()}
        if files:
            # A request with files cannot nest: each parameter is sent as JSON text.
            parameters = {key: json.dumps(value) for key, value in parameters.items()}
        looked = False

        def look() -> Record | None:
            nonlocal looked
            looked = True
            return _wrap(settled())

        try:
            answer = self.write("package_revise", parameters, look, files)
        except ConflictError:
            # After an indeterminate answer the conflict may be with this very request.
            found = settled() if looked else None
            if found is None:
                raise
            return found
        return dict(answer["package"])

    def _call(
        self,
        client: RemoteCKAN,
        action: str,
        parameters: Mapping[str, Any],
        files: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            return client.call_action(action, dict(parameters), files=files)
        except NotFound:
            raise
        except NotAuthorized as error:
            raise PortalError(
                Text(
                    f"{action}：门户拒绝了凭据（{_said(error)}）",
                    f"{action}: the portal refuses the credentials ({_said(error)})",
                ),
                place=self.target,
                remedy=Text(
                    "令牌可能已过期，或该用户不是该组织的编辑；请换一个令牌",
                    "the token may have expired, or its user is not an editor of the organization",
                ),
            ) from None
        except ValidationError as error:
            details = error.error_dict
            if "match" in details:
                raise self._conflict(action) from None
            raise self._refusal(action, _said(error)) from None
        except CKANAPIError as error:
            # Not an answer of CKAN but of a proxy in front of it.
            raise TransientError(f"no answer from CKAN: {str(error)[:200]}") from None
        except (KeyError, TypeError, AttributeError, IndexError):
            # JSON without what every answer of CKAN has; the library does not look.
            raise TransientError("no answer from CKAN: JSON of another form") from None

    def _conflict(self, action: str) -> ConflictError:
        return ConflictError(
            Text(
                f"{action}：数据集在此期间被他人改动",
                f"{action}: somebody else changed the dataset",
            ),
            place=self.target,
            remedy=Text(
                "可能有另一个发布正在进行；请稍后重新发布",
                "another publication may be under way; publish again later",
            ),
        )

    def _refusal(self, what: str, said: str) -> PortalError:
        return PortalError(
            Text(f"{what}：门户拒绝了请求（{said}）", f"{what}: the portal refuses ({said})"),
            place=self.target,
            remedy=Text(
                "请按门户的提示处理后重新发布", "fix what the portal reports, then publish again"
            ),
        )

    def _unexpected(self, what: str) -> PortalError:
        return self._refusal(what, "an answer of another form 应答格式不符")

    def dataset(self, name: str) -> Record | None:
        """A dataset by name or id, or None."""
        found = self.read("package_show", id=name)
        if found is None:
            return None
        if not _is_dataset(found):
            raise self._unexpected("package_show")
        return dict(found)

    def download_url(self, dataset: Record, resource: Record) -> str:
        """The address of a resource's file on the configured portal."""
        last = str(resource.get("url") or "").rpartition("/")[2] or "file"
        return (
            f"{self.url}/dataset/{quote(dataset['id'])}/resource/{quote(resource['id'])}"
            f"/download/{last}"
        )

    def sha256(self, dataset: Record, resource: Record) -> str | None:
        """The SHA-256 of a resource's file as downloaded; None where there is no file."""
        url = self.download_url(dataset, resource)

        def fetch() -> str | None:
            found = hashlib.sha256()
            try:
                with self._session.get(url, stream=True) as answer:
                    if answer.status_code == 404:
                        return None
                    if answer.status_code != 200:
                        raise self._refusal(url, f"HTTP {answer.status_code}")
                    for chunk in answer.iter_content(_CHUNK):
                        found.update(chunk)
            except requests.RequestException as error:
                raise TransientError(f"{type(error).__name__}: {error}") from None
            return found.hexdigest()

        return self._retries.read(self.target, str(resource.get("name")), fetch)

    def content(self, dataset: Record, resource: Record) -> bytes | None:
        """A resource's file, which is small; None where there is none."""
        url = self.download_url(dataset, resource)

        def fetch() -> bytes | None:
            try:
                with self._session.get(url) as answer:
                    if answer.status_code == 404:
                        return None
                    if answer.status_code != 200:
                        raise self._refusal(url, f"HTTP {answer.status_code}")
                    return bytes(answer.content)
            except requests.RequestException as error:
                raise TransientError(f"{type(error).__name__}: {error}") from None

        return self._retries.read(self.target, str(resource.get("name")), fetch)

    def rows(self, resource: Record, sort: str) -> Record | None:
        """The table of a resource in the DataStore: fields, total, records; None without one."""
        page = 10_000
        records: list[Record] = []
        while True:
            found = self.read(
                "datastore_search",
                resource_id=resource["id"],
                limit=page,
                offset=len(records),
                sort=sort,
            )
            if found is None:
                return None
            if not _is_page(found, page):
                raise self._unexpected("datastore_search")
            records += found["records"]
            if len(records) >= found["total"]:
                return {**found, "records": records}
            # A page that is not full is the last one, whatever the total says.
            if len(found["records"]) < page or len(records) > _MOST_ROWS:
                raise self._unexpected("datastore_search")


def _is_dataset(found: object) -> bool:
    """Whether an answer is a dataset, as far as the target relies on it."""
    if not isinstance(found, dict) or not isinstance(found.get("resources"), list):
        return False
    named = [found, *found["resources"]]
    return all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in named)


def _is_page(found: object, most: int) -> bool:
    """Whether an answer is a page of rows of a table."""
    if not isinstance(found, dict):
        return False
    rows, total = found.get("records"), found.get("total")
    return (
        isinstance(rows, list)
        and len(rows) <= most
        and all(isinstance(row, dict) for row in rows)
        and isinstance(total, int)
    )


def _wrap(dataset: Record | None) -> Record | None:
    return None if dataset is None else {"package": dataset}


def _said(error: CKANAPIError) -> str:
    details = getattr(error, "error_dict", None) or error.args[0] if error.args else ""
    if isinstance(details, dict):
        details = {key: value for key, value in details.items() if key != "__type"}
        return "; ".join(f"{key}: {value}" for key, value in details.items())
    return str(details)
