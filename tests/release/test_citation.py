"""How to cite a release: CITATION.cff and DataCite, by the validators of each."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from datacite import schema45

from shenwan_data.release.about import Source, about_release
from shenwan_data.release.metadata.citation import citation, citation_file, datacite_record
from tests.town_settings import SETTINGS
from tests.validators import validators_dir


def cffconvert(*paths: Path) -> list[str]:
    """What the validator says of each file: that it is valid, or what is wrong. One process for all."""
    code = (
        "import contextlib, io, json, sys\n"
        "from cffconvert.cli.cli import cli\n"
        "said = []\n"
        "for path in sys.argv[1:]:\n"
        "    out = io.StringIO()\n"
        "    try:\n"
        "        with contextlib.redirect_stdout(out):\n"
        "            cli(['--validate', '--infile', path], standalone_mode=False)\n"
        "        said.append(out.getvalue().strip())\n"
        "    except Exception as error:\n"
        "        said.append(f'refused: {error}')\n"
        "print(json.dumps(said))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, *map(str, paths)],
        env={**os.environ, "PYTHONPATH": str(validators_dir())},
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(run.stdout.splitlines()[-1]))


VALID = re.compile(r"Citation metadata are valid according to schema version 1\.2\.0\.")


SPOILED: list[Callable[[dict[str, Any]], object]] = [
    lambda d: d.pop("authors"),
    lambda d: d.pop("message"),
    lambda d: d.update(type="table"),
    lambda d: d.update({"date-released": "2024年5月"}),
    lambda d: d.update(license="CC-BY"),
    lambda d: d.update(doi="doi:10.1/x"),
]


def test_the_citation_file_is_valid_and_a_broken_one_is_refused(
    pristine: Path, tmp_path: Path
) -> None:
    files = [pristine / "CITATION.cff"]
    for number, spoil in enumerate(SPOILED):
        content = yaml.safe_load((pristine / "CITATION.cff").read_text(encoding="utf-8"))
        spoil(content)
        files.append(tmp_path / f"{number}.cff")
        files[-1].write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    good, *broken = cffconvert(*files)
    assert VALID.search(good), good
    assert len(broken) == len(SPOILED)
    assert all(said.startswith("refused: ") and not VALID.search(said) for said in broken), broken


def test_the_repository_cites_the_release_it_builds(pristine: Path) -> None:
    """The file that a code host shows and the one of the release name the same thing."""
    root = Path(__file__).resolve().parents[2] / "CITATION.cff"
    ours = yaml.safe_load(root.read_text(encoding="utf-8"))
    theirs = yaml.safe_load((pristine / "CITATION.cff").read_text(encoding="utf-8"))
    for key in ("type", "authors", "version", "date-released", "license"):
        assert ours[key] == theirs[key]
    (said,) = cffconvert(root)
    assert VALID.search(said), said


def record(pristine: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((pristine / "datacite.json").read_text(encoding="utf-8"))
    return found


def test_the_datacite_record_is_valid(pristine: Path) -> None:
    found = record(pristine)
    assert [error.message for error in schema45.validator.iter_errors(found)] == []
    assert "doi" not in found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.update(publicationYear=2026),
        lambda d: d.update(publisher="The publisher"),
        lambda d: d.update(identifiers=[{"identifier": "10.1/x", "identifierType": "DOI"}]),
        lambda d: d.update(version=1),
        lambda d: d.update(titles=[]),
        lambda d: d.pop("creators"),
        lambda d: d["dates"][0].update(dateType="Coverage"),
    ],
)
def test_what_datacite_refuses_is_refused(
    spoil: Callable[[dict[str, Any]], object], pristine: Path
) -> None:
    found = record(pristine)
    spoil(found)
    assert not schema45.validator.is_valid(found)


def test_with_a_doi_every_form_gives_it(built: dict[str, Any], tmp_path: Path) -> None:
    about = replace(
        about_release(SETTINGS.release, built),
        doi="10.1234/example",
        homepage="https://town.example/",
    )
    assert schema45.validator.is_valid(datacite_record(about))
    assert datacite_record(about)["doi"] == "10.1234/example"
    (tmp_path / "CITATION.cff").write_bytes(citation_file(about))
    (said,) = cffconvert(tmp_path / "CITATION.cff")
    assert VALID.search(said), said
    assert all("https://doi.org/10.1234/example" in text for text in citation(about))


def test_the_citation_names_title_version_and_year(pristine: Path) -> None:
    release = SETTINGS.release
    readme = (pristine / "services" / "README.md").read_text(encoding="utf-8")
    for key in ("zh", "en"):
        assert getattr(release.title, key) in readme
    package = json.loads((pristine / "services" / "datapackage.json").read_text(encoding="utf-8"))
    assert f"Version {release.version}" in package["citation"]
    assert str(release.created.year) in package["citation"]


def test_a_citation_leads_somewhere_and_every_form_names_the_reports(pristine: Path) -> None:
    package = json.loads((pristine / "services" / "datapackage.json").read_text(encoding="utf-8"))
    # Where no address is known, the identifier that no version changes.
    assert re.search(r"Data set\. urn:uuid:[0-9a-f-]{36}$", package["citation"])
    assert "某镇人民政府网站" in package["sources"][0]["title"]
    content = yaml.safe_load((pristine / "CITATION.cff").read_text(encoding="utf-8"))
    first = content["references"][0]
    assert first["authors"] == [{"name": "某镇人民政府网站"}]
    assert (first["title"], first["date-published"]) == (
        "某镇2030年度报告（虚构）",
        date(2031, 2, 1),
    )
    (item, _) = record(pristine)["relatedItems"]
    assert (item["publisher"], item["publicationYear"]) == ("某镇人民政府网站", "2031")


def test_a_report_with_an_address_is_cited_with_the_day_it_was_fetched(
    built: dict[str, Any], tmp_path: Path
) -> None:
    source = Source("报告", "镇政府", "https://town.example/r", None, date(2031, 3, 1))
    about = replace(about_release(SETTINGS.release, built), reports=(source,))
    assert source.text.en == "报告 (镇政府, https://town.example/r, retrieved 2031-03-01)"
    assert schema45.validator.is_valid(datacite_record(about))
    (tmp_path / "CITATION.cff").write_bytes(citation_file(about))
    (said,) = cffconvert(tmp_path / "CITATION.cff")
    assert VALID.search(said), said
