"""A short attack in every run of the tests; `make fuzz` goes on for longer."""

import random

import pytest

from shenwan_data.errors import ShenwanError
from tests.fuzz.answers import kinds, spoiled
from tests.fuzz.attack import attack, damaged, read, sound


def test_every_sound_file_is_read():
    for name, content in sound().items():
        read(name, content)


def test_every_sound_answer_and_file_of_others_is_read(tmp_path):
    with kinds(tmp_path) as others:
        for name, kind in others.items():
            try:
                kind.read(kind.sound)
            except ShenwanError as error:
                # There is no report that the correction is about; a dataset is no page of rows.
                known = {"corrections": "test-2031", "portal": "datastore_search"}
                assert known[name] in str(error), error


@pytest.mark.parametrize(
    "name", ["descriptor", "record", "corrections", "targets", "index", "portal", "inbox"]
)
def test_what_others_send_is_read_or_refused(name, tmp_path):
    with kinds(tmp_path) as others:
        kind = others[name]
        for seed in range(60):
            source = random.Random(seed)  # noqa: S311
            for damage in (damaged, spoiled):
                try:
                    kind.read(damage(kind.sound, source))
                except ShenwanError as error:
                    assert error.problem.zh and error.problem.en


def test_damaged_reports_are_read_or_refused():
    outcome = attack(seconds=6)

    assert outcome.failures == []
    assert outcome.read > 10
    assert outcome.refused > 2


def test_a_reader_that_breaks_would_be_found():
    def broken(name: str, content: bytes) -> None:
        raise KeyError(name)

    assert attack(seconds=0.5, reader=broken).failures
