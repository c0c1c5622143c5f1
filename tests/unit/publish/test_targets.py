"""targets.yaml, retries and the journal: what a publisher relies on before any portal answers."""

from __future__ import annotations

import email.utils
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.config.settings import parse_version
from shenwan_data.errors import UsageError
from shenwan_data.publish.http import PassingError, Retries, retry_after
from shenwan_data.publish.plan import Journal, PortalError
from shenwan_data.publish.store.index import Index, parse_index
from shenwan_data.publish.targets import (
    find_address,
    find_targets_file,
    only_target,
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


def test_target_is_found_by_name_or_by_kind(tmp_path: Path) -> None:
    path = write(tmp_path, "targets: {a: {type: folder, path: /x}, b: {type: folder, path: /y}}")
    assert find_address("b", path).text("path") == "/y"
    with pytest.raises(UsageError, match="the targets are: a, b"):
        find_address("c", path)
    with pytest.raises(UsageError, match="there are 2 targets"):
        only_target(read_addresses(path), "folder", None, path)
    assert only_target(read_addresses(path), "folder", "a", path).name == "a"
    with pytest.raises(UsageError, match="no file of targets"):
        find_targets_file(tmp_path, tmp_path / "none.yaml")


def test_unclear_answer_is_looked_up_before_it_is_asked_again() -> None:
    asked: list[str] = []

    def act() -> str:
        asked.append("act")
        raise PassingError("cut", unclear=True)

    def settled() -> str | None:
        asked.append("look")
        return "done" if asked.count("look") == 2 else None

    assert FAST.write("town", "x", act, settled) == "done"
    assert asked == ["act", "look", "act", "look"]


def test_clear_refusal_is_asked_again_without_a_look() -> None:
    answers = iter([PassingError("429", unclear=False, retry_after=0.0), None])

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
        raise PassingError("cut")

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
    with pytest.raises(PortalError, match="none that this project wrote"):
        parse_index(content, "town")
