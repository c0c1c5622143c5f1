"""What is not installed is named with the extra that brings it, in both languages."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from shenwan_data.cli.main import main
from shenwan_data.corpus.cluster import connect
from shenwan_data.corpus.locations import open_store
from shenwan_data.errors import Text, UsageError
from shenwan_data.extras import needs
from shenwan_data.publish.credentials import Credentials
from shenwan_data.publish.http import Retries
from shenwan_data.publish.targets import Address, open_target
from shenwan_data.report.inbox import fetch
from tests.pipeline.made_up import text_of, write_report

ROOT = Path(__file__).resolve().parents[2]
OPTIONS = {
    "ckan": {"url": "https://data.example.org", "organization": "made-up"},
    "s3": {"bucket": "open"},
    "sftp": {"host": "drop.example.org", "path": "/in"},
    "webdav": {"address": "https://cloud.example.org/"},
}
PACKAGES = {"ckan": "ckanapi", "s3": "s3fs", "sftp": "sshfs", "webdav": "webdav4"}


def without(monkeypatch, *packages):
    """Let packages be missing, also for modules that were loaded with them."""
    for name in list(sys.modules):
        if name.partition(".")[0] in packages or name.startswith("shenwan_data.publish.ckan"):
            monkeypatch.delitem(sys.modules, name)
    for package in packages:
        monkeypatch.setitem(sys.modules, package, None)


@pytest.mark.parametrize("kind", OPTIONS)
def test_a_target_without_its_packages_names_the_extra(kind, monkeypatch):
    without(monkeypatch, PACKAGES[kind])
    given = dict.fromkeys(("token", "user", "password", "key_id", "secret"), "made-up")
    address = Address("here", kind, OPTIONS[kind], Retries())

    with pytest.raises(UsageError) as refused:
        open_target(address, Credentials("here", given))

    for text in (refused.value.remedy.zh, refused.value.remedy.en):
        assert f"pip install 'shenwan-data[{kind}]'" in text
        assert f"make extras EXTRAS={kind}" in text
    assert PACKAGES[kind] in refused.value.problem.zh


def test_an_address_without_its_packages_names_the_extra(monkeypatch):
    without(monkeypatch, "s3fs")

    with pytest.raises(UsageError, match=r"shenwan-data\[s3\]"):
        open_store("s3://open/reports")


def test_an_inbox_without_its_packages_names_the_extra(monkeypatch, tmp_path):
    without(monkeypatch, "s3fs")

    with pytest.raises(UsageError, match=r"shenwan-data\[s3\]"):
        fetch("s3://open/inbox", tmp_path, tmp_path)


def test_a_corpus_without_dask_can_still_be_read_in_one_process(monkeypatch):
    without(monkeypatch, "dask", "distributed")

    with pytest.raises(UsageError, match=r"shenwan-data\[corpus\].*--workers 0"), connect(None, 2):
        pass


@pytest.mark.parametrize(("command", "code"), [("build", 2), ("doctor", 1)])
def test_without_dagster_nothing_is_built_and_the_doctor_says_so(
    command, code, tmp_path, monkeypatch
):
    data = tmp_path / "data"
    write_report(data, 2022, text_of(2022))
    without(monkeypatch, "dagster", "assets")
    monkeypatch.delitem(sys.modules, "assets")

    result = CliRunner().invoke(main, [command, "--data-dir", str(data)])

    assert result.exit_code == code, result.output
    assert "pip install 'shenwan-data[pipeline]'" in result.output
    assert "Traceback" not in result.output


def test_an_incomplete_installation_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("shenwan_data.cli.main._PACKAGE", tmp_path / "shenwan_data")
    data = tmp_path / "data"
    write_report(data, 2022, text_of(2022))

    for command, code in (("build", 2), ("doctor", 1)):
        result = CliRunner().invoke(main, [command, "--data-dir", str(data)])

        assert result.exit_code == code, result.output
        assert "assets/ is missing" in result.output
    assert not Path(data / "releases").exists()


def test_a_missing_module_of_our_own_is_a_fault_of_the_program():
    with pytest.raises(ModuleNotFoundError), needs("ckan", Text("", "")):
        import shenwan_data.nothing_of_this_name  # noqa: F401


def test_scan_and_load_need_nothing_that_only_unix_has():
    code = (
        "import sys\n"
        "for name in ('fcntl', 'resource', 'pwd', 'grp', 'termios'): sys.modules[name] = None\n"
        "from shenwan_data import load, scan\n"
        "assert callable(load)\n"
        "print(scan('全年办理案件122宗。')[0].quote)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout == "122宗\n", done.stderr
