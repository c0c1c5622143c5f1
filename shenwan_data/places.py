"""Where a release is: a folder, an archive, an address; found and read safely.

Belongs here: finding it and reading its files. Does not belong here: its tables (``loading``).
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from os import PathLike
from typing import Any, cast

from upath import UPath

from shenwan_data.config.settings import find_data_dir, is_version, parse_version
from shenwan_data.errors import DataError, Text, UsageError

DESCRIPTOR, _DATA = "datapackage.json", "data"
_SAFE_PATH = re.compile(r"(?!\.)[A-Za-z0-9_.-]+(/(?!\.)[A-Za-z0-9_.-]+)*", re.ASCII)
_DESCRIBED = re.compile(rf"(^|(?<=/)){re.escape(DESCRIPTOR)}$")
_SOURCE = Text(
    "请给出发布目录、其 zip 文件或网址",
    "give a release folder, its zip file or its web address",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder on the disk, in an archive or on the web; ``name`` is what the user gave."""

    folder: UPath | zipfile.Path
    name: str

    def child(self, folder: str) -> Place:
        """A folder in it."""
        return Place(self.folder / folder, self.name)

    def has(self, path: str) -> bool:
        """Whether the file is there. UsageError where the place cannot be reached at all."""
        file = self.folder / path
        if isinstance(file, zipfile.Path) or file.protocol in ("", "file", "memory"):
            return bool(file.exists())
        try:
            # Whether it exists is also answered with no where a host does not answer.
            file.read_bytes()
        except FileNotFoundError as error:
            if not isinstance(error.__cause__, OSError):
                return False
            raise self._unreachable(error.__cause__) from error
        except Exception as error:
            # Every file system has errors of its own.
            raise self._unreachable(error) from error
        return True

    def _unreachable(self, error: Exception) -> UsageError:
        return UsageError(
            Text(f"无法连接：{error}", f"cannot connect: {error}"),
            file=self.name,
            remedy=Text(
                "请检查网址和网络，或先下载该发布",
                "check the address and the network, or download the release first",
            ),
        )

    def read(self, path: str) -> bytes:
        """A file of the folder. DataError for a path that leads out of it or to no file."""
        if not _SAFE_PATH.fullmatch(path):
            raise self.broken(path, Text("路径不合规", "the path is not one inside the release"))
        try:
            content: bytes = (self.folder / path).read_bytes()
        except (OSError, KeyError) as error:
            raise self.broken(
                path, Text("无法读取该文件", f"it cannot be read: {error}")
            ) from error
        return content

    def descriptor(self) -> dict[str, Any]:
        """Its descriptor. DataError where it is none."""
        try:
            found = json.loads(self.read(DESCRIPTOR))
            if isinstance(found["resources"], list):
                return cast("dict[str, Any]", found)
        except (ValueError, KeyError, TypeError):
            pass
        raise self.broken(DESCRIPTOR, Text("不是数据包描述文件", "it is no package descriptor"))

    def broken(self, path: str, problem: Text) -> DataError:
        """The error for a file that is not as it should be."""
        return DataError(
            problem,
            file=self.name,
            place=path,
            remedy=Text("请重新下载该发布", "download the release again"),
        )


def _no_release(source: object, why: Text | None = None) -> UsageError:
    return UsageError(
        why
        or Text(
            f"这里没有数据发布：没有 {DESCRIPTOR}", f"there is no release here: no {DESCRIPTOR}"
        ),
        file=str(source),
        remedy=_SOURCE,
    )


def _newest(place: Place) -> Place | None:
    """The release with the highest version in a folder of releases."""
    try:
        versions = [entry.name for entry in place.folder.iterdir() if is_version(entry.name)]
    except (OSError, NotImplementedError):
        return None
    if not versions:
        return None
    newest = place.child(max(versions, key=parse_version))
    return newest if newest.has(DESCRIPTOR) else None


def find_release(source: str | PathLike[str] | None) -> Place:
    """Where a release, or one package of it, is. UsageError where there is none or no way to it."""
    if source is None:
        source = find_data_dir() / "releases"
    # The address of a descriptor is what users of Data Package are used to giving.
    name = _DESCRIBED.sub("", str(source)) or "."
    try:
        if name.lower().split("?")[0].endswith(".zip"):
            content = io.BytesIO(UPath(name).read_bytes())
            place = Place(zipfile.Path(zipfile.ZipFile(content)), name)
        else:
            place = Place(UPath(name), name)
        if place.has(DESCRIPTOR):
            return place
        # The start of a site, which keeps its release there.
        if place.child(_DATA).has(DESCRIPTOR):
            return place.child(_DATA)
        newest = _newest(place)
    except (OSError, ValueError, ImportError, zipfile.BadZipFile) as error:
        raise _no_release(
            name, Text(f"无法打开：{error}", f"it cannot be opened: {error}")
        ) from error
    if newest is None:
        raise _no_release(name)
    return newest
