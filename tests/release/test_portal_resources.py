"""What a portal gets of a release: few resources, in the order in which people want them."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any, cast

import pytest

from shenwan_data.indicators.catalogue import topics
from shenwan_data.publish.ckan import ckan_withdrawal
from shenwan_data.publish.ckan.datasets import dataset_fields, wanted_resources
from shenwan_data.publish.ckan.portal import Portal
from shenwan_data.publish.release_folder import ReleaseFolder, read_release_folder

NAME, VERSION = "shenwan-rule-of-law", "1.0.0"


@pytest.fixture(scope="module")
def found(pristine: Path) -> ReleaseFolder:
    return read_release_folder(pristine)


def test_a_dataset_has_eight_resources_at_the_most_and_the_table_first(
    found: ReleaseFolder,
) -> None:
    assert [package.folder for package in found.packages] == [*topics(), "evidence"]
    for package in found.packages:
        main, workbook, *others, dictionary, archive = wanted_resources(package, "zh")
        first = "figures" if package.folder == "evidence" else package.folder
        assert (main.file.path, workbook.file.path) == (f"{first}.csv", "observations.xlsx")
        assert main.table is not None and workbook.table is None
        assert dictionary.file.path == "README.md"
        assert archive.file.path == f"{NAME}-{VERSION}.zip"
        assert {one.file.path for one in others} >= {"findings.csv", "indicators.csv"}
        assert len(others) + 4 <= 8


# What fits beside its button on the page of a dataset, which shows 80 characters: a Chinese one is as
# wide as two others.
LINE = 100


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text[:80])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_titles_are_in_the_language_of_the_portal_and_no_line_runs_under_its_button(
    found: ReleaseFolder, language: str
) -> None:
    for package in found.packages:
        fields = dataset_fields(package, latest=True, language=language)
        for resource in wanted_resources(package, language):
            said = (resource.fields["name"], resource.fields["description"])
            assert all(" / " not in text and width(text) <= LINE for text in said), said
        zh, en = package.title.split(" / ")
        shown, other = (zh, en) if language == "zh" else (en, zh)
        assert fields["title"] == shown and other in fields["notes"]


def test_a_dataset_says_where_it_is_from(found: ReleaseFolder) -> None:
    fields = dataset_fields(found.packages[0], latest=True, language="zh")
    assert "《某镇2030年度报告（虚构）》（某镇人民政府网站，2031-02-01 发布）" in fields["notes"]
    extras = {entry["key"]: entry["value"] for entry in fields["extras"]}
    assert extras["spatial_text"] == "广东省中山市神湾镇 Shenwan Town"
    assert (extras["temporal_start"], extras["temporal_end"]) == ("2030-01-01", "2031-12-31")


class Held:
    """A portal that holds one dataset with all its resources."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def content(self, _: dict[str, Any], resource: dict[str, Any]) -> bytes:
        return (self.folder / resource["path"]).read_bytes()


def test_what_is_no_resource_of_its_own_is_read_from_the_archive(pristine: Path) -> None:
    portal = cast("Portal", Held(pristine))
    dataset = {
        "version": VERSION,
        "extras": [{"key": "identifier", "value": f"{NAME}-evidence/{VERSION}"}],
        "resources": [{"id": "1", "path": f"{NAME}-{VERSION}.zip"}],
    }
    text = "evidence/texts/shenwan-2030.txt"

    def read(version: str, path: str) -> bytes | None:
        return ckan_withdrawal.read_file(portal, (dataset,), NAME, version, path)

    assert read(VERSION, text) == (pristine / text).read_bytes()
    assert read(VERSION, "evidence/texts/none.txt") is None
    assert read("2.0.0", text) is None
