"""``load`` gives a frame that is right: types, panel, sentences, metadata; from wherever it lies."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pandas as pd
import pytest

import shenwan_data
from shenwan_data.errors import DataError, UsageError
from shenwan_data.indicators.catalogue import topics
from shenwan_data.release.formats import read_parquet
from shenwan_data.release.schema import code_lists

ROOT = Path(__file__).resolve().parents[2]


def test_every_column_has_the_type_of_its_kind(pristine: Path) -> None:
    frame = shenwan_data.load("services", source=pristine)
    assert isinstance(frame["time_period"].dtype, pd.Int64Dtype)
    for name in ("value", "lower", "upper"):
        assert isinstance(frame[name].dtype, pd.Float64Dtype)
    for name in ("ref_area", "indicator", "unit", "qualifier", "obs_status"):
        assert isinstance(frame[name].dtype, pd.CategoricalDtype)
        assert frame[name].cat.ordered
    for name in ("quote", "figure_id", "finding_ids"):
        assert isinstance(frame[name].dtype, pd.StringDtype)
    assert list(frame["qualifier"].cat.categories) == list(code_lists()["qualifiers"])


@pytest.mark.parametrize("topic", topics())
def test_the_frame_holds_what_was_published(topic: str, pristine: Path) -> None:
    frame = shenwan_data.load(topic, source=pristine)
    rows = read_parquet(pristine / topic / f"{topic}.parquet").to_pylist()
    assert len(frame) == len(rows)
    for record, row in zip(frame.to_dict("records"), rows, strict=True):
        for name, value in row.items():
            if value is None:
                assert pd.isna(record[name])
            else:
                assert record[name] == (
                    float(value) if name in ("value", "lower", "upper") else value
                )


def test_a_share_is_the_nearest_float(pristine: Path) -> None:
    frame = shenwan_data.load("services", source=pristine)
    assert frame.loc[frame["indicator"] == "satisfaction", "value"].tolist() == [99.94, 99.94]


def test_days_and_codes_of_the_evidence(pristine: Path) -> None:
    reports = shenwan_data.load("reports", source=pristine)
    assert reports["published"].dtype == "datetime64[s]"
    assert reports["published"].dt.year.tolist() == [2031, 2032]
    assert reports["retrieved"].isna().all()
    areas = shenwan_data.load("areas", source=pristine)
    assert areas["division_code"].tolist() == ["442000117000"]
    assert shenwan_data.load("indicators", source=pristine)["additive_years"].dtype == "boolean"


def test_a_panel_has_every_year_and_every_indicator(pristine: Path) -> None:
    panel = shenwan_data.load("services", source=pristine, wide=True)
    assert panel.index.tolist() == [("shenwan", 2030), ("shenwan", 2031)]
    assert panel.index.names == ["ref_area", "time_period"]
    assert panel.columns.tolist() == ["applications", "satisfaction"]
    assert panel["applications"].tolist() == [600.0, 37991.0]
    assert panel.attrs["units"] == {"applications": "件", "satisfaction": "%"}


def test_a_year_without_any_value_stays_in_the_panel(pristine: Path) -> None:
    panel = shenwan_data.load("governance", source=pristine, wide=True)
    assert panel.shape == (2, 1)
    assert panel["meetings"].isna().all()


def test_evidence_adds_the_headings_of_the_sentence(pristine: Path) -> None:
    plain = shenwan_data.load("enforcement", source=pristine)
    frame = shenwan_data.load("enforcement", source=pristine, evidence=True)
    assert frame.columns.tolist() == [*plain.columns, "section"]
    pd.testing.assert_frame_equal(frame[plain.columns], plain)
    assert set(frame["section"]) == {"一、概况 / （一）服务", "二、执法"}
    for quote, sentence in zip(frame["quote"], frame["sentence"], strict=True):
        assert quote in sentence
    absent = shenwan_data.load("governance", source=pristine, evidence=True)
    assert absent["section"].isna().all()
    alone = shenwan_data.load("enforcement", source=pristine / "enforcement", evidence=True)
    assert alone["section"].tolist() == frame["section"].tolist()


def test_all_observations_are_those_of_the_topics(pristine: Path) -> None:
    frame = shenwan_data.load("observations", source=pristine)
    assert len(frame) == sum(len(shenwan_data.load(one, source=pristine)) for one in topics())
    assert set(frame["topic"]) == set(topics())
    assert frame.attrs["labels"]["fines"] == {"zh": "fines的名称", "en": "Label of fines"}


def test_years_and_areas_are_chosen(pristine: Path) -> None:
    frame = shenwan_data.load("observations", source=pristine, years=range(2031, 2040))
    assert set(frame["time_period"]) == {2031}
    assert len(shenwan_data.load("observations", source=pristine, years=2030)) == len(frame)
    assert len(shenwan_data.load("observations", source=pristine, years=[2030, 2031])) == 12
    assert len(shenwan_data.load("observations", source=pristine, areas="shenwan")) == 12
    with pytest.raises(UsageError, match="no rows of the area 'nowhere'") as caught:
        shenwan_data.load("observations", source=pristine, areas=["nowhere"])
    assert "shenwan" in caught.value.remedy.en
    with pytest.raises(UsageError, match="no column time_period"):
        shenwan_data.load("units", source=pristine, years=2030)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("zh", ["神湾镇", "行政执法", "fines的名称", "元", "接近", "已报告", "存疑"]),
        (
            "en",
            [
                "Shenwan Town",
                "Enforcement",
                "Label of fines",
                "yuan",
                "Nearly",
                "Reported",
                "Doubt",
            ],
        ),
    ],
)
def test_labels_stand_instead_of_codes(language: str, expected: list[str], pristine: Path) -> None:
    frame = shenwan_data.load("observations", source=pristine, labels=language, years=2030)
    assert not [
        name for name in frame.columns if name.endswith("_en" if language == "zh" else "_zh")
    ]
    row = frame[frame["quote"] == "近4亿元"].iloc[0]
    names = ("ref_area", "topic", "indicator", "unit", "qualifier", "obs_status", "doubt")
    assert [row[name] for name in names] == expected
    assert frame.attrs["version"] == "1.0.0"


def test_labels_of_no_language_are_wrong_use(pristine: Path) -> None:
    with pytest.raises(UsageError, match="labels cannot be 'fr'"):
        shenwan_data.load("observations", source=pristine, labels="fr")


def test_the_frame_says_what_it_is(pristine: Path) -> None:
    frame = shenwan_data.load("enforcement", source=pristine)
    about = frame.attrs
    assert about["version"] == "1.0.0"
    assert about["licence"]["name"] == "CC-BY-4.0"
    assert about["version"] in about["citation"]
    assert about["units"]["fines"] == "元"
    assert about["definitions"]["fines"] == {"zh": "fines的定义", "en": "Definition of fines"}
    assert set(about["columns"]) == set(frame.columns)
    assert json.loads(json.dumps(about)) == about


def test_attributes_outlive_a_selection_and_a_parquet_file(pristine: Path, tmp_path: Path) -> None:
    frame = shenwan_data.load("enforcement", source=pristine)
    frame[frame["obs_status"] == "reported"].to_parquet(tmp_path / "mine.parquet")
    assert pd.read_parquet(tmp_path / "mine.parquet").attrs == frame.attrs


@pytest.fixture
def web(pristine: Path) -> Iterator[str]:
    """The folder of releases on a web server of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(pristine.parent)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    "place",
    [
        "1.0.0",
        "",
        "1.0.0/datapackage.json",
        "1.0.0/services",
        "1.0.0/services/datapackage.json",
        "1.0.0/shenwan-rule-of-law-1.0.0.zip",
    ],
)
def test_the_same_frame_from_folder_archive_and_package(place: str, pristine: Path) -> None:
    expected = shenwan_data.load("services", source=pristine)
    found = shenwan_data.load("services", source=pristine.parent / place)
    pd.testing.assert_frame_equal(found, expected)
    assert found.attrs == expected.attrs


@pytest.mark.parametrize(
    "place",
    ["1.0.0", "1.0.0/", "1.0.0/datapackage.json", "1.0.0/services"],
)
def test_the_same_frame_from_the_web(place: str, web: str, pristine: Path) -> None:
    expected = shenwan_data.load("services", source=pristine)
    found = shenwan_data.load("services", source=f"{web}/{place}")
    pd.testing.assert_frame_equal(found, expected)


def test_any_file_system_of_fsspec_will_do(pristine: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.put(str(pristine), "/shelf/1.0.0", recursive=True)
    try:
        found = shenwan_data.load("services", source="memory://shelf/1.0.0", evidence=True)
        assert len(found) == 4
    finally:
        memory.rm("/shelf", recursive=True)


def test_the_newest_release_is_taken(
    pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reports").mkdir()
    for version in ("1.9.0", "1.10.0", "0.99.0"):
        target = Path(shutil.copytree(pristine, tmp_path / "releases" / version))
        path = target / "services" / "datapackage.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**content, "version": version}), encoding="utf-8")
    (tmp_path / "releases" / ".2.0.0.draft").mkdir()
    monkeypatch.setenv("SHENWAN_DATA_DIR", str(tmp_path))
    assert shenwan_data.load("services").attrs["version"] == "1.10.0"


def test_an_unknown_topic_is_told_with_those_there_are(pristine: Path) -> None:
    with pytest.raises(UsageError) as caught:
        shenwan_data.load("enforcment", source=pristine)
    assert "no topic or table 'enforcment'" in str(caught.value)
    assert "没有主题或数据表 enforcment" in str(caught.value)
    for topic in (*topics(), "figures", "findings"):
        assert topic in caught.value.remedy.en


@pytest.mark.parametrize(
    "source", ["nowhere", "nowhere.zip", "nosuch://x", "http://127.0.0.1:1/1.0.0"]
)
def test_a_source_that_is_none_is_wrong_use(source: str, tmp_path: Path) -> None:
    place = source if "://" in source else tmp_path / source
    with pytest.raises(UsageError):
        shenwan_data.load("services", source=place)


def test_a_file_that_is_no_archive_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("not a zip", encoding="utf-8")
    with pytest.raises(UsageError):
        shenwan_data.load("services", source=tmp_path / "x.zip")


def test_no_release_yet_is_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reports").mkdir()
    monkeypatch.setenv("SHENWAN_DATA_DIR", str(tmp_path))
    with pytest.raises(UsageError, match="no release here"):
        shenwan_data.load("services")


def test_the_start_of_a_site_leads_to_its_release(pristine: Path, tmp_path: Path) -> None:
    shutil.copytree(pristine, tmp_path / "site" / "data")
    found = shenwan_data.load("services", source=tmp_path / "site")
    assert found.attrs["version"] == "1.0.0"


def test_a_host_that_does_not_answer_is_told_from_a_place_without_a_release(web: str) -> None:
    with pytest.raises(UsageError, match="cannot connect"):
        shenwan_data.load("services", source="http://127.0.0.1:1/1.0.0")
    with pytest.raises(UsageError, match=r"no release here: no datapackage\.json"):
        shenwan_data.load("services", source=f"{web}/nowhere")


@pytest.mark.parametrize("option", ["wide", "evidence"])
def test_options_of_topics_are_for_topics(option: str, pristine: Path) -> None:
    with pytest.raises(UsageError, match="figures is not a topic"):
        shenwan_data.load("figures", source=pristine, **{option: True})


def test_a_panel_has_no_place_for_sentences(pristine: Path) -> None:
    with pytest.raises(UsageError, match="neither evidence nor labels"):
        shenwan_data.load("services", source=pristine, wide=True, evidence=True)


def test_a_changed_file_is_not_loaded(release: Path) -> None:
    shutil.copy(release / "outreach/outreach.parquet", release / "services/services.parquet")
    with pytest.raises(DataError, match="does not have the hash"):
        shenwan_data.load("services", source=release)


def test_a_lost_file_is_named(release: Path) -> None:
    (release / "services/indicators.parquet").unlink()
    with pytest.raises(DataError, match=r"indicators\.parquet"):
        shenwan_data.load("services", source=release)


@pytest.mark.parametrize(
    "path", ["../../secret.parquet", "/etc/passwd", "..", "http://x/y.parquet", "a//b"]
)
def test_a_path_that_leads_out_of_the_release_is_refused(path: str, release: Path) -> None:
    target = release / "services" / "datapackage.json"
    content = json.loads(target.read_text(encoding="utf-8"))
    content["resources"][0]["alternates"][0]["path"] = path
    target.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match="not one inside the release"):
        shenwan_data.load("services", source=release)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"resources": 1}'])
def test_a_broken_descriptor_is_told(content: str, release: Path) -> None:
    (release / "datapackage.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match="no package descriptor"):
        shenwan_data.load("services", source=release)


def test_neither_import_nor_use_brings_dagster(pristine: Path) -> None:
    code = (
        "import sys, shenwan_data; print(len([m for m in sys.modules if m.startswith('pandas')]));"
        f"shenwan_data.load('services', source={str(pristine)!r}, evidence=True);"
        "print([m for m in sys.modules if m.split('.')[0] in ('dagster', 'frictionless', 'openpyxl')])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "0\n[]\n", run.stderr
