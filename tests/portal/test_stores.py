"""One release on every kind of store, each a real server on this machine."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shenwan_data.publish.credentials import read_credentials
from shenwan_data.publish.release_folder import read_release_folder
from shenwan_data.publish.targets import find_address, open_target
from tests.portal.portal_publisher import Publisher
from tests.portal.store_state import Served, assert_undisturbed, assert_whole, published
from tests.portal.stores import make_key


def test_release_is_found_by_its_index_and_a_second_publication_writes_nothing(
    served: Served, small: Callable[..., Path]
) -> None:
    first, second = small("1.0.0", rows=2), small("1.1.0", rows=4)
    assert "Nothing was written" in served.publisher(first, "--dry-run")
    assert published(served) == []
    served.publisher(first)
    assert_whole(served, first)
    again = served.publisher(first)
    assert "0 create, 0 update, 6 unchanged, 0 remove, 0 drift" in again
    served.publisher(second)
    assert published(served) == ["1.1.0", "1.0.0"]
    for release in (first, second):
        assert_whole(served, release)
    # Publishing an older one again does not make it the latest.
    served.publisher(first)
    latest = json.loads(served.read("index.json") or b"{}")["latest"]
    assert latest == "1.1.0"


def test_changed_file_is_drift_kept_until_forced(
    served: Served, small: Callable[..., Path]
) -> None:
    release = small()
    served.publisher(release)
    place = "1.0.0/services/services.csv"
    content = bytearray(served.read(place) or b"")
    content[100] ^= 1
    served.write(place, bytes(content))
    said = served.publisher(release)
    assert "drift      services/services.csv\n" in said and "--force undoes it" in said
    assert served.read(place) == bytes(content)
    served.publisher(release, "--force")
    assert_whole(served, release)
    assert "6 unchanged, 0 remove, 0 drift" in served.publisher(release)


def test_published_version_with_other_content_is_refused(
    served: Served, small: Callable[..., Path]
) -> None:
    release = small(rows=2)
    served.publisher(release)
    said = served.publisher(small(rows=4, folder="again"), "--force", code=2)
    assert "raise the version" in said
    assert_whole(served, release)


def test_wrong_password_stops_at_once_and_is_told_nowhere(
    served: Served, small: Callable[..., Path]
) -> None:
    if served.kind in ("folder", "moto-s3"):  # neither asks who writes
        served.publisher(small())
        return
    wrong = f"wrong-{secrets.token_hex(8)}"
    for name in ("SHENWAN_TOWN_PASSWORD", "SHENWAN_TOWN_SECRET"):
        if name in served.publisher.environment:
            served.publisher.environment[name] = wrong
    said = served.publisher(small(), code=3)
    assert "the store refused" in said and wrong not in said and "Traceback" not in said
    assert published(served) == []


@pytest.mark.parametrize("served", ["sftp"], indirect=True)
def test_unknown_host_key_is_refused(
    served: Served, small: Callable[..., Path], tmp_path: Path
) -> None:
    known = Path(served.publisher.targets["town"]["known_hosts"])
    make_key(tmp_path / "other")
    other = (tmp_path / "other.pub").read_text()
    known.write_text(known.read_text().split()[0] + " " + other)
    said = served.publisher(small(), code=3)
    assert re.search("not trusted|not verifiable|refused", said) and not served.paths()
    known.unlink()
    assert "ssh-keyscan" in served.publisher(small(folder="again"), code=2)


def test_lock_of_another_publisher_is_respected_and_a_dead_one_is_not(
    small: Callable[..., Path], tmp_path: Path
) -> None:
    root = tmp_path / "served"
    root.mkdir()
    publisher = Publisher(tmp_path, {"town": {"type": "folder", "path": str(root)}}, {})
    lock = {"owner": f"{socket.gethostname()} {os.getpid()}", "expires": time.time() + 60}
    (root / ".lock").write_text(json.dumps(lock))
    said = publisher(small(), code=4)
    assert "another publication is under way" in said
    dead = subprocess.Popen(["true"])
    dead.wait()
    (root / ".lock").write_text(json.dumps({**lock, "owner": f"{socket.gethostname()} {dead.pid}"}))
    publisher(small(folder="again"))
    assert not (root / ".lock").exists()


def test_version_that_is_withdrawn_leaves_nothing_and_the_other_stays(
    served: Served, small: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = small("1.0.0", rows=2), small("1.1.0", rows=4)
    served.publisher(first)
    served.publisher(second)
    for key, value in served.publisher.environment.items():
        monkeypatch.setenv(key, value)
    folder = read_release_folder(first)
    name = str(folder.descriptor["name"])
    address = find_address("town", served.publisher.folder / "targets.yaml")
    target = open_target(address, read_credentials("town"))
    assert target.versions(name) == ("1.0.0", "1.1.0")
    file = "services/services.csv"
    assert target.read_file(name, "1.0.0", file) == (first / file).read_bytes()
    assert target.read_file(name, "1.0.0", "services/none") is None
    target.withdraw(name, "1.0.0")
    target.withdraw(name, "1.0.0")
    assert_undisturbed(served, second)
    assert target.versions(name) == ("1.1.0",)
    assert json.loads(served.read("index.json") or b"{}")["withdrawn"] == ["1.0.0"]
    assert "1.0.0 was withdrawn" in served.publisher(first, code=2)
