"""Each indicator has a row each year: a value with its evidence, or the name of its absence."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.indicators.read import read
from shenwan_data.model import Observation, Report, figure_id


def report_of(text: str) -> Report:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Report(
        "test", 2023, "测试镇2023年报告", text, Path("t.txt"), "text/plain", digest, digest
    )


def observed(text: str) -> dict[str, Observation]:
    return {o.indicator: o for o in read(report_of(text)).observations}


def test_what_is_counted_every_year_has_a_row_and_an_event_only_where_it_is_reported() -> None:
    rows = list(observed("全年立案查处行政处罚案件86宗，组织执法案卷评查3次。"))
    core = [c for c, i in catalogue().items() if i.series == "core" and i.deprecated is None]
    assert rows == [c for c in catalogue() if c in core or c == "case_file_reviews"]
    assert "audit_projects" not in rows


def test_a_whole_that_only_its_parts_are_told_of_is_mentioned_in_parts() -> None:
    row = observed("全年适用简易程序处罚23件，普通程序处罚8件。")["penalty_cases"]
    assert (row.obs_status, row.value) == ("mentioned_in_parts", None)


def test_a_number_that_is_none_is_a_mention() -> None:
    row = observed("多次组织全镇68名中层干部参加网上学法考试。")["law_exam_sittings"]
    assert row.obs_status == "mentioned_without_number"


def test_a_reported_value_carries_its_words_and_where_they_stand() -> None:
    text = "全年立案查处行政处罚案件近90宗。"
    row = observed(text)["penalty_cases"]
    assert (row.value, row.unit, row.lower, row.upper) == (90, "宗", 80, 90)
    assert (row.qualifier, row.obs_status, row.quote) == ("nearly", "reported", "近90宗")
    report = report_of(text)
    [figure] = [f for f in read(report).figures if f.indicators]
    assert row.figure_id == figure_id(report.id, figure) == "test-2023-12"


def test_what_is_not_mentioned_says_so() -> None:
    row = observed("全年立案查处行政处罚案件86宗。")["notarial_cases"]
    assert (row.obs_status, row.value, row.quote) == ("not_mentioned", None, None)


@pytest.mark.parametrize(
    ("text", "code", "implied"),
    [
        ("全年未发生行政复议案件，执法更加规范。", "reconsideration_cases", 0),
        ("积极办理法律援助案件，维护群众权益。", "legal_aid_cases", None),
        ("行政规范性文件合法性审查实现全覆盖，无遗漏。", "legality_review_rate", 100),
    ],
)
def test_a_mention_without_a_number_gives_its_words_and_what_they_imply(
    text: str, code: str, implied: int | None
) -> None:
    row = observed(text)[code]
    assert row.obs_status == "mentioned_without_number"
    assert row.value is None and row.quote is not None and row.quote in text
    assert (row.lower, row.upper) == (implied, implied)


def test_a_plan_is_no_mention() -> None:
    text = "二、下一步工作计划\n进一步办理好法律援助案件，开展法律咨询。\n"
    assert observed(text)["legal_aid_cases"].obs_status == "not_mentioned"


def test_the_same_value_said_twice_is_one_observation_from_the_first_place() -> None:
    text = "全年立案查处行政处罚案件86宗。以上86宗行政处罚案件全部立案办结。"
    assert observed(text)["penalty_cases"].figure_id == "test-2023-12"


def test_a_mention_needs_the_context_that_its_wording_asks_for() -> None:
    assert observed("一、人民调解\n村（社区）法律顾问全覆盖。")["outreach_audience"].obs_status == (
        "not_mentioned"
    )


def test_what_was_not_issued_or_received_is_none() -> None:
    rows = observed("全年未出台行政规范性文件。全年未受理行政复议案件。")
    for code in ("normative_documents_issued", "reconsideration_cases"):
        assert (rows[code].obs_status, rows[code].value, rows[code].upper) == (
            "mentioned_without_number",
            None,
            0,
        )


@pytest.mark.parametrize(
    ("text", "code", "quote"),
    [
        (
            "对村干部开展法律培训5次，对调解员开展法律培训3次。",
            "law_training_events",
            "对村干部开展法律培训5次",
        ),
        (
            "“宪法宣传周”期间开展普法宣传活动3场，发放普法资料2,600份。",
            "outreach_materials",
            "发放普法资料2,600份",
        ),
    ],
)
def test_an_indicator_of_which_only_parts_are_given_says_so(
    text: str, code: str, quote: str
) -> None:
    row = observed(text)[code]
    assert (row.obs_status, row.value, row.figure_id) == ("mentioned_in_parts", None, None)
    assert row.quote == quote


def test_a_part_beside_its_whole_takes_nothing_from_it() -> None:
    text = "全年开展普法宣传活动52场，“宪法宣传周”期间开展普法宣传活动3场。"
    row = observed(text)["outreach_events"]
    assert (row.obs_status, row.value) == ("reported", 52)


def test_of_two_values_that_fit_equally_well_neither_is_the_value() -> None:
    rows = observed("作出行政处罚23宗。\n作出行政处罚29宗。")
    assert rows["penalty_cases"].obs_status == "mentioned_in_parts"
    assert rows["penalty_cases"].quote == "作出行政处罚23宗"
