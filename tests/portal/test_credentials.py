"""Where a token comes from, and that it appears nowhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from shenwan_data.errors import Text, UsageError
from shenwan_data.publish.credentials import Credentials, hiding, read_credentials, variable
from shenwan_data.publish.plan import PortalError
from tests.portal.faulty_proxy import Fault, FaultyProxy, Request
from tests.portal.portal_publisher import Publisher

MADE_UP = "made-up/token+with=signs"


def forms(secret: str) -> set[bytes]:
    plain = secret.encode()
    return {plain, base64.b64encode(plain).rstrip(b"="), base64.b64encode(b"git:" + plain)}


def assert_nowhere(secret: str, folder: Path, said: str) -> None:
    for form in forms(secret):
        assert form not in said.encode()
        for path in folder.rglob("*"):
            if path.is_file():
                assert form not in path.read_bytes(), path


def echo(request: Request) -> Fault | None:
    """A portal that repeats the request in its error, header and all."""
    if request.action != "package_create":
        return None
    echoed = f"{request.headers} {request.path}"
    body = json.dumps({"error": {"__type": "Validation Error", "name": [echoed]}, "success": False})
    return Fault("status", 409, {"Content-Type": "application/json"}, body.encode())


def test_token_appears_in_nothing_that_is_written_or_said(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy, token: str, tmp_path: Path
) -> None:
    release = small()
    said = publisher(release, "--dry-run")
    proxy.rule = echo
    repeated = publisher(release, code=3)
    assert "[hidden]" in repeated
    for status in (403, 500):
        proxy.rule = lambda request, status=status: (
            Fault("status", status, body=str(request.headers).encode())
            if request.action == "package_create"
            else None
        )
        said += publisher(release, code=3)
    proxy.rule = lambda _: None
    process = publisher.command(release)
    command = Path(f"/proc/{process.pid}/cmdline").read_bytes()
    said += process.communicate(timeout=60)[0]
    assert token.encode() not in command
    # The token did go to the portal, and nowhere else.
    assert any(token in request.headers.get("authorization", "") for request in proxy.requests)
    assert list((release.parent / ".published").glob("*.jsonl"))
    assert_nowhere(token, tmp_path, said + repeated)


def test_error_of_a_library_is_told_without_the_secret_and_without_its_cause() -> None:
    credentials = Credentials("town", {"token": MADE_UP, "user": "git"})
    for secret in (MADE_UP, base64.b64encode(f"git:{MADE_UP}".encode()).decode()):
        with pytest.raises(PortalError) as caught, hiding(credentials):
            raise RuntimeError(f"could not send {secret}")
        assert secret not in str(caught.value) and "[hidden]" in str(caught.value)
        assert caught.value.__cause__ is None and caught.value.__suppress_context__
    with pytest.raises(UsageError) as refused, hiding(credentials):
        raise UsageError(Text(MADE_UP, MADE_UP), file=MADE_UP, place=MADE_UP, remedy=Text("", ""))
    assert MADE_UP not in str(refused.value)
    assert MADE_UP not in repr(credentials)


def test_environment_comes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "credentials.yaml"
    file.touch(mode=0o600)
    file.write_text("town: {token: from-file, user: someone}\n")
    environment = {"SHENWAN_CREDENTIALS": str(file)}
    found = read_credentials("town", environment)
    assert (found.get("token"), found.get("user")) == ("from-file", "someone")
    environment[variable("town", "token")] = "from-environment"
    assert read_credentials("town", environment).get("token") == "from-environment"
    assert read_credentials("other-town", environment).get("token") is None
    assert variable("other-town", "token") == "SHENWAN_OTHER_TOWN_TOKEN"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_file_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "credentials.yaml"
    file.write_text("town: {token: made-up}\n")
    file.chmod(mode)
    with pytest.raises(UsageError, match="can be read by others"):
        read_credentials("town", {"SHENWAN_CREDENTIALS": str(file)})


@pytest.mark.parametrize(
    "entry",
    [
        {"type": "ckan", "url": "https://x.example", "organization": "o", "token": "made-up"},
        {"type": "webdav", "address": "https://someone:made-up@x.example/"},
    ],
)
def test_credentials_in_the_file_of_targets_are_refused(
    entry: dict[str, str], whole: Path, tmp_path: Path
) -> None:
    said = Publisher(tmp_path, {"town": entry}, {})(whole, code=2)
    assert "credentials do not belong in" in said and "made-up" not in said


def test_missing_token_names_the_variable(
    small: Callable[..., Path], publisher: Publisher, proxy: FaultyProxy
) -> None:
    publisher.environment["SHENWAN_TOWN_TOKEN"] = ""
    publisher.environment["SHENWAN_CREDENTIALS"] = "/nowhere"
    assert "SHENWAN_TOWN_TOKEN" in publisher(small(), code=2)
    assert not proxy.requests
