"""A short attack in every run of the tests; `make fuzz` goes on for longer."""

from tests.fuzz.attack import attack, read, sound


def test_every_sound_file_is_read():
    for name, content in sound().items():
        read(name, content)


def test_damaged_reports_are_read_or_refused():
    outcome = attack(seconds=6)

    assert outcome.failures == []
    assert outcome.read > 10
    assert outcome.refused > 2


def test_a_reader_that_breaks_would_be_found():
    def broken(name: str, content: bytes) -> None:
        raise KeyError(name)

    assert attack(seconds=0.5, reader=broken).failures
