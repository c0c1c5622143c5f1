"""A person's decision is applied where it still fits what the report says, and fails loudly where not."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from shenwan_data.errors import DataError
from shenwan_data.indicators.corrections import read_corrections
from shenwan_data.indicators.read import extract
from shenwan_data.model import Figure, Reading, Report

TEXT = "全年立案查处行政处罚案件86宗，罚没款合计86.5元。另有走访记录30份。"


def report_of(text: str = TEXT) -> Report:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Report(
        "test", 2023, "测试镇2023年报告", text, Path("t.txt"), "text/plain", digest, digest
    )


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "report": "test-2023",
        "quote": "86.5元",
        "start": TEXT.index("86.5元"),
        "action": "set",
        "to": {"value": 865000},
        "who": "数据员",
        "when": "2024-03-01",
        "why": "原文漏写“万”，已向执法办核实",
        "expect": {"value": 86.5, "unit": "元"},
    } | changes


def read_in(folder: Path, text: str) -> Reading:
    return extract(report_of(text), read_corrections(folder, 2023))


def interpreted(tmp_path: Path, *entries: dict[str, Any], text: str = TEXT) -> dict[str, Figure]:
    folder = tmp_path / "corrections"
    folder.mkdir(exist_ok=True)
    (folder / "2023.yaml").write_text(yaml.safe_dump(list(entries), allow_unicode=True), "utf-8")
    return {figure.quote: figure for figure in read_in(tmp_path, text).figures}


def test_set_gives_the_figure_another_value_and_keeps_the_words(tmp_path: Path) -> None:
    figure = interpreted(tmp_path, entry())["86.5元"]
    assert (figure.value, figure.lower, figure.upper, figure.qualifier) == (
        865000,
        865000,
        865000,
        "exact",
    )
    assert figure.indicators == ("penalty_amount",) and figure.raw_value == 86.5


def test_drop_takes_the_indicator_and_keeps_the_figure(tmp_path: Path) -> None:
    figure = interpreted(tmp_path, entry(action="drop", to={}))["86.5元"]
    assert (figure.indicators, figure.reason, figure.value) == ((), "dropped_by_correction", 86.5)


def test_assign_gives_the_indicator_to_one_figure_and_takes_it_from_the_other(
    tmp_path: Path,
) -> None:
    change = entry(
        quote="30份",
        start=TEXT.index("30份"),
        action="assign",
        to={"indicator": "penalty_cases"},
        expect={"indicators": []},
    )
    figures = interpreted(tmp_path, change)
    assert figures["30份"].indicators == ("penalty_cases",)
    assert (figures["86宗"].indicators, figures["86宗"].reason) == ((), "assigned_elsewhere")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"expect": {"value": 86.6}}, "expects value 86.6, the report now reads 86.5"),
        ({"start": 3}, "has no figure '86.5元' at 3"),
        ({"quote": "87元"}, "has no figure '87元'"),
        ({"action": "scale"}, "unknown action 'scale'"),
        ({"to": {"unit": "文"}}, "unknown unit '文'"),
        ({"to": {"colour": "red"}}, "unknown key colour"),
        ({"action": "assign", "to": {"indicator": "nothing"}}, "unknown indicator 'nothing'"),
        ({"to": {}}, "to does not fit"),
        ({"expect": {}}, "expect must name"),
        ({"to": 865000}, "key to: should be a mapping"),
        ({"to": {"value": "86.5万元"}}, "a number without its unit (865000, not 86.5万元)"),
        ({"to": {"lower": 100, "upper": 50}}, "not in order"),
        ({"expect": "86.5元"}, "key expect: should be a mapping"),
        ({"start": "@12"}, "the number that inspect shows after @"),
        ({"when": "2024年3月5日"}, "key when: should be a date"),
        ({"who": ""}, "key who: should be text"),
        ({"report": "test-2032"}, "no report 'test-2032' of 2023"),
        (
            {"action": "assign", "to": {"indicator": "outreach_events"}},
            "outreach_events is counted in 场次, the figure in 元",
        ),
    ],
)
def test_a_correction_that_does_not_hold_stops_the_build(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(DataError) as caught:
        interpreted(tmp_path, entry(**change))
    assert message in str(caught.value)
    assert "2023.yaml" in str(caught.value) and "entry 1" in str(caught.value)


def test_a_correction_for_a_town_without_a_report_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "reports" / "2023").mkdir(parents=True)
    (tmp_path / "reports" / "2023" / "test.html").touch()
    interpreted(tmp_path, entry())
    with pytest.raises(DataError, match="no report 'tset-2023' of 2023"):
        interpreted(tmp_path, entry(report="tset-2023"))


def test_a_file_of_corrections_that_no_year_reads_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / "2023.yml").touch()
    with pytest.raises(DataError, match="never read"):
        interpreted(tmp_path, entry())


def test_a_correction_needs_who_when_and_why(tmp_path: Path) -> None:
    incomplete = {key: value for key, value in entry().items() if key not in ("who", "why")}
    with pytest.raises(DataError, match="missing: who, why"):
        interpreted(tmp_path, incomplete)


def test_corrections_of_other_reports_are_left_alone(tmp_path: Path) -> None:
    assert interpreted(tmp_path, entry(report="other-2023"))["86.5元"].value == 86.5


TWICE = "全年立案查处行政处罚案件86宗。全年立案查处行政处罚案件91宗。"


def test_assigning_one_of_them_settles_it(tmp_path: Path) -> None:
    change = entry(
        quote="91宗",
        start=28,
        action="assign",
        to={"indicator": "penalty_cases"},
        expect={"value": 91},
    )
    figures = interpreted(tmp_path, change, text=TWICE)
    assert figures["91宗"].indicators == ("penalty_cases",) and not figures["86宗"].indicators


def test_dropping_one_of_them_leaves_it_to_the_other(tmp_path: Path) -> None:
    change = entry(quote="91宗", start=28, action="drop", to={}, expect={"value": 91})
    figures = interpreted(tmp_path, change, text=TWICE)
    assert figures["86宗"].indicators == ("penalty_cases",) and not figures["91宗"].indicators
