"""Reports that arrive at an address are put into the archive, each once and byte for byte."""

import fsspec
import pytest
from click.testing import CliRunner

from shenwan_data.cli.main import main
from shenwan_data.errors import MachineError, UsageError
from shenwan_data.report.inbox import fetch, listing
from tests.pipeline.made_up import text_of
from tests.town_settings import give_settings


@pytest.fixture
def inbox(request):
    """An object store with one report and things that are none; its address and file system."""
    memory = fsspec.filesystem("memory")
    root = f"/inbox-{request.node.name}"
    for name, content in {
        "2022/shenwan.txt": text_of(2022).encode(),
        "2022/.hidden.txt": b"",
        "2022/notes.tmp": b"",
        "old/shenwan.txt": b"",
        "readme.txt": b"",
    }.items():
        memory.pipe_file(f"{root}/{name}", content)
    return f"memory:/{root}", memory, root


def test_what_is_new_or_changed_is_fetched_once(inbox, tmp_path):
    address, memory, root = inbox
    data, work = tmp_path / "data", tmp_path / "data" / ".build"
    target = data / "reports" / "2022" / "shenwan.txt"

    assert listing(address) == ("2022/shenwan.txt",)
    assert fetch(address, data, work) == (target,)
    assert target.read_bytes() == text_of(2022).encode()
    assert fetch(address, data, work) == ()

    memory.pipe_file(f"{root}/2022/shenwan.txt", text_of(2022, cases=123).encode())
    assert fetch(address, data, work) == (target,)
    assert target.read_bytes() == text_of(2022, cases=123).encode()


def test_what_was_archived_stays_and_what_was_edited_here_is_left_alone(inbox, tmp_path):
    address, memory, root = inbox
    data, work = tmp_path / "data", tmp_path / "data" / ".build"
    fetch(address, data, work)
    target = data / "reports" / "2022" / "shenwan.txt"
    target.write_text("edited here", encoding="utf-8")

    assert fetch(address, data, work) == ()
    memory.rm_file(f"{root}/2022/shenwan.txt")
    assert fetch(address, data, work) == ()
    assert target.read_text(encoding="utf-8") == "edited here"


def test_a_place_that_cannot_be_read_is_told(inbox, tmp_path, monkeypatch):
    address, memory, _ = inbox
    with pytest.raises(UsageError, match="cannot be opened"):
        fetch("nowhere://there", tmp_path, tmp_path)

    def away(*_, **__):
        raise OSError("the store is away")

    monkeypatch.setattr(type(memory), "find", away)
    with pytest.raises(MachineError, match="the store is away"):
        fetch(address, tmp_path, tmp_path / ".build")


def test_the_command_takes_what_has_arrived_before_it_builds(tmp_path, monkeypatch):
    arrived = tmp_path / "arrived" / "2022" / "shenwan.txt"
    arrived.parent.mkdir(parents=True)
    arrived.write_text(text_of(2022), encoding="utf-8")
    data = give_settings(tmp_path / "data")
    (data / "reports").mkdir()
    found = []
    monkeypatch.setattr(
        "shenwan_data.cli.main._run_build",
        lambda folder, **_: found.extend(folder.glob("reports/2022/shenwan.txt")),
    )
    command = ["build", "--data-dir", str(data)]

    told = CliRunner().invoke(main, command, env={"SHENWAN_INBOX": str(tmp_path / "arrived")})

    assert told.exit_code == 0, told.output
    assert "arrived 收到" in told.stdout
    assert len(found) == 1
