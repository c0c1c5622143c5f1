"""targets.yaml, retries and the journal: what a publisher relies on before any portal answers."""

from __future__ import annotations

import email.utils
import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.config.settings import parse_version
from shenwan_data.errors import UsageError
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.git import GitTarget
from shenwan_data.publish.http import Retries, TransientError, retry_after
from shenwan_data.publish.plan import ConflictError, Journal, PortalError, journal_of
from shenwan_data.publish.store.index import Index, parse_index
from shenwan_data.publish.targets import (
    find_address,
    find_targets_file,
    read_addresses,
)

FAST = Retries(attempts=4, first_wait=0.001, longest_wait=1)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "targets.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "missing: targets"),
        ("targets:", "one target at least"),
        ("targets: {a: {type: ftp}}", "its type must be one of"),
        ("targets: {a: {type: folder}}", "key targets.a: missing: path"),
        ("targets: {a: {type: folder, path: /x, pasword: y}}", "unknown key pasword"),
        ("targets: {a: {type: folder, path: /x, password: y}}", "credentials do not belong"),
        ("targets: {a: {type: folder, path: /x, retries: {often: 1}}}", "unknown key often"),
        (
            "targets: {a: {type: folder, path: /x, retries: {attempts: many}}}",
            "retries.attempts: should be a whole number",
        ),
    ],
)
def test_wrong_entry_is_told_with_its_place(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        read_addresses(write(tmp_path, text))
    assert "targets.yaml" in str(caught.value)


def test_target_is_found_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, "targets: {a: {type: folder, path: /x}, b: {type: folder, path: /y}}")
    assert find_address("b", path).text("path") == "/y"
    with pytest.raises(UsageError, match="the targets are: a, b"):
        find_address("c", path)
    with pytest.raises(UsageError, match="no targets file"):
        find_targets_file(tmp_path, tmp_path / "none.yaml")


def test_unclear_answer_is_looked_up_before_it_is_asked_again() -> None:
    asked: list[str] = []

    def act() -> str:
        asked.append("act")
        raise TransientError("cut", indeterminate=True)

    def settled() -> str | None:
        asked.append("look")
        return "done" if asked.count("look") == 2 else None

    assert FAST.write("town", "x", act, settled) == "done"
    assert asked == ["act", "look", "act", "look"]


def test_clear_refusal_is_asked_again_without_a_look() -> None:
    answers = iter([TransientError("429", indeterminate=False, retry_after=0.0), None])

    def act() -> str:
        error = next(answers)
        if error is not None:
            raise error
        return "done"

    assert FAST.write("town", "x", act, lambda: pytest.fail("looked")) == "done"


def test_tries_are_bounded() -> None:
    asked: list[int] = []

    def act() -> None:
        asked.append(1)
        raise TransientError("cut")

    with pytest.raises(PortalError, match="publish again later"):
        FAST.read("town", "x", act)
    assert len(asked) == 4


def test_retry_after_is_read_as_seconds_and_as_a_date() -> None:
    assert retry_after("7") == 7
    assert retry_after(None) is None and retry_after("soon") is None
    soon = retry_after(email.utils.formatdate(time.time() + 60, usegmt=True))
    assert soon is not None and 50 < soon < 61


def test_journal_survives_a_line_that_was_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "town.jsonl"
    journal = Journal(path)
    journal.write("sent", "a.csv", "ab")
    with path.open("ab") as stream:
        stream.write('{"step": "sent", "subject": "é'.encode()[:-1])
    again = Journal(path)
    assert again.done("sent", "a.csv", "ab") and not again.done("sent", "a.csv", "cd")
    again.write("sent", "b.csv", "cd")
    assert Journal(path).done("sent", "b.csv", "cd")


@given(
    st.dictionaries(
        st.tuples(*[st.integers(0, 30)] * 3).map(lambda v: ".".join(map(str, v))),
        st.text("0123456789abcdef", min_size=64, max_size=64),
        min_size=1,
    )
)
def test_index_is_read_back_as_it_was_written(releases: dict[str, str]) -> None:
    index = Index("made-up", releases)
    assert parse_index(index.to_json(), "town") == index
    latest = max(releases, key=parse_version)
    assert f'"latest": "{latest}"'.encode() in index.to_json()


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"name": "x", "releases": [{}]}'])
def test_index_of_somebody_else_is_not_overwritten(content: bytes) -> None:
    with pytest.raises(PortalError, match="was not written by shenwan-data"):
        parse_index(content, "town")


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ("type: ckan, organization: x, url: 'http://portal.example.org/'", "url"),
        ("type: webdav, address: 'http://cloud.example.org/dav/'", "address"),
        ("type: git, remote: 'http://git.example.org/data.git'", "remote"),
        ("type: git, remote: 'git://git.example.org/data.git'", "remote"),
        ("type: s3, bucket: x, endpoint: 'HTTP://store.example.org'", "endpoint"),
        ("type: ckan, organization: x, url: 'http://127.0.0.1.example.org/'", "url"),
        ("type: ckan, organization: x, url: 'http://10.0.0.5/'", "url"),
    ],
)
def test_credentials_are_not_sent_in_clear_unless_it_is_allowed(
    entry: str, key: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="in clear") as refused:
        read_addresses(write(tmp_path, f"targets: {{town: {{{entry}}}}}"))
    assert f"{key}: " in refused.value.problem.en and "insecure: true" in refused.value.problem.en
    allowed = read_addresses(write(tmp_path, f"targets: {{town: {{{entry}, insecure: true}}}}"))
    assert allowed["town"].text(key)
    with pytest.raises(UsageError, match="true or false"):
        read_addresses(write(tmp_path, f"targets: {{town: {{{entry}, insecure: 'yes'}}}}"))


@pytest.mark.parametrize(
    "entry",
    [
        "type: ckan, organization: x, url: 'http://127.0.0.1:5000/'",
        "type: ckan, organization: x, url: 'http://localhost:5000/'",
        "type: ckan, organization: x, url: 'http://[::1]:5000/'",
        "type: git, remote: git@git.example.org:town/data.git",
        "type: git, remote: 'ssh://git@git.example.org/town/data.git'",
        "type: git, remote: /srv/git/data#1.git",
        "type: s3, bucket: x, endpoint: 'https://store.example.org'",
        "type: sftp, host: drop.example.org, path: /incoming",
    ],
)
def test_addresses_in_use_are_accepted(entry: str, tmp_path: Path) -> None:
    assert read_addresses(write(tmp_path, f"targets: {{town: {{{entry}}}}}"))


MADE_UP = "ghp_SECRETTOK"  # made up


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            f"type: git, remote: 'https://{MADE_UP}@git.example.org/x.git'",
            "do not belong in an address",
        ),
        (f"type: git, remote: 'https://u:{MADE_UP}@git.example.org/x.git'", "do not belong"),
        (f"type: git, remote: 'ssh://u:{MADE_UP}@git.example.org/x.git'", "do not belong"),
        (f"type: ckan, organization: x, url: 'https://p.example.org/?token={MADE_UP}'", "no query"),
        (f"type: folder, path: /x, url: 'https://{MADE_UP}@p.example.org/'", "do not belong"),
        (f"type: webdav, address: 'https://p.example.org/#{MADE_UP}'", "no query"),
        (f"type: sftp, host: 'u:{MADE_UP}@p.example.org', path: /x", "not a host name"),
    ],
)
def test_a_token_in_an_address_is_refused_and_not_repeated(
    entry: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        read_addresses(write(tmp_path, f"targets: {{town: {{{entry}}}}}"))
    assert MADE_UP not in refused.value.render()


@pytest.mark.parametrize(
    "name", ["../../../tmp/j", "a/b", "..", "", "a b", "a\nb", ".hidden", "x" * 65]
)
def test_a_target_name_that_leads_the_journal_astray_is_refused(name: str, tmp_path: Path) -> None:
    entry = json.dumps({"targets": {name: {"type": "folder", "path": "/x"}}})
    with pytest.raises(UsageError, match="letters, digits, hyphens and underscores"):
        read_addresses(write(tmp_path, entry))
    with pytest.raises(UsageError, match="cannot be the name of a target"):
        journal_of(tmp_path / "1.0.0", name)


@pytest.mark.parametrize("name", ["town-portal", "town_2", "神湾门户"])
def test_the_journal_lies_beside_the_releases(name: str, tmp_path: Path) -> None:
    path = journal_of(tmp_path / "releases" / "1.0.0", name).path
    assert path == (tmp_path / "releases" / ".published" / f"{name}-1.0.0.jsonl").resolve()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("fatal: strange hostname 'x' blocked", PortalError),
        ("! [remote rejected] main -> main (pre-receive hook declined)", PortalError),
        ("error: unlocked account expired", PortalError),
        ("! [rejected] main -> main (fetch first)", ConflictError),
        ("! [rejected] v1.0.0 -> v1.0.0 (already exists)", ConflictError),
        ("! [remote rejected] main -> main (cannot lock ref 'refs/heads/main')", ConflictError),
        ("! [remote rejected] main -> main (failed to update ref)", ConflictError),
        ("! [remote rejected] main -> main (incorrect old value provided)", ConflictError),
    ],
)
def test_only_a_moved_reference_is_a_conflict(
    said: str, kind: type[PortalError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = tmp_path / "git"
    failing.write_text(f'#!/bin/sh\necho "{said}" >&2\nexit 128\n')
    failing.chmod(0o755)
    monkeypatch.setattr("shenwan_data.publish.git.executable", lambda: str(failing))
    target = GitTarget("town", "x", "main", "x", Credentials("town", {}), FAST)
    with pytest.raises(PortalError) as failed:
        target._git(tmp_path, "push")
    assert type(failed.value) is kind
