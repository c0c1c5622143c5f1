"""What a person decides is written as a person would write it, and nothing else of the file changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from shenwan_data.config.records import read_reviews, read_sidecar
from shenwan_data.errors import DataError, UsageError
from shenwan_data.review.case import Case, open_case, reads_as
from shenwan_data.review.checklist import checklist, counts
from shenwan_data.review.decisions import Decision, confirm_all, decide, forget, take_back
from shenwan_data.review.entries import add_entries, content_hash, remove_entries, set_key, writing
from tests.unit.review.made_up_review import SHORT, data_folder

DAY = date(2024, 3, 5)
WHO = "神湾镇数据员"
WHY = "已向执法办核实：“万”字印漏, 见: 台账"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    folder = data_folder(tmp_path / "data", SHORT)
    return open_case(folder / "reports" / "2023" / "shenwan.txt", None, folder)


def start_of(case: Case, quote: str) -> int:
    return next(figure.start for figure in case.reading.figures if figure.quote == quote)


def decision(case: Case, quote: str, action: str, **more: object) -> Decision:
    given = {"who": WHO, "when": DAY, "why": WHY} | more
    return Decision(start_of(case, quote), action, **given)  # type: ignore[arg-type]


def test_a_correction_is_written_as_the_readme_shows_it(case):
    decide(case, decision(case, "510宗", "value", value=51, why="印错"))

    text = case.corrections_file.read_text("utf-8")
    assert text == (
        "# 人工更正：每条写明何人、何时、为何。\n# Corrections by hand, each with who, when and why.\n"
        f"- report: shenwan-2023\n  quote: 510宗\n  start: {start_of(case, '510宗')}\n"
        f"  action: set\n  to: {{value: 51}}\n  who: {WHO}\n  when: 2024-03-05\n  why: 印错\n"
        "  expect: {value: 510, unit: 宗}\n"
    )
    assert case.again().figure(start_of(case, "510宗")).value == 51


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", ["", "  "])
def test_comments_order_and_line_ends_of_the_file_stay(case, ends, indent):
    start = start_of(case, "118个")
    by_hand = (
        f"# 手写\n\n{indent}- {{report: shenwan-2023, quote: 118个, start: {start}, action: drop,\n"
        f"{indent}   who: '甲', when: 2024-03-01, why: \"统计口径不同\",  # 电话确认\n"
        f"{indent}   expect: {{value: 118}}}}\n"
    ).replace("\n", ends)
    case.corrections_file.parent.mkdir()
    case.corrections_file.write_bytes(by_hand.encode())

    undo = decide(case, decision(case, "510宗", "none"))

    content = case.corrections_file.read_bytes().decode()
    assert content.startswith(by_hand) and content.count(ends) == content.count("\n")
    assert len(yaml.safe_load(content)) == 2
    take_back(undo, case.data_dir)
    assert case.corrections_file.read_bytes().decode() == by_hand


def test_a_second_decision_takes_the_place_of_the_first_and_expects_what_is_read_without_it(case):
    decide(case, decision(case, "510宗", "none"))
    decide(case, decision(case, "510宗", "assign", indicator="penalty_cases"))

    (entry,) = yaml.safe_load(case.corrections_file.read_text("utf-8"))
    assert entry["action"] == "assign"
    assert entry["expect"] == {"value": 510, "unit": "宗"}
    assert entry["why"] == WHY


def test_a_conflict_is_decided_by_choosing_one(case):
    codes = [conflict.indicator for conflict in case.reading.conflicts]
    assert codes == ["contracts_reviewed", "cppcc_proposals_handled"]

    decide(case, decision(case, "128份", "assign", indicator="contracts_reviewed"))

    left = case.again().reading
    assert [conflict.indicator for conflict in left.conflicts] == ["cppcc_proposals_handled"]
    given = {f.quote for f in left.figures if "contracts_reviewed" in f.indicators}
    assert given == {"128份"}


def test_looking_is_kept_with_what_was_read_and_asked_again_when_that_changes(case):
    decide(case, decision(case, "118个", "confirm", why=""))

    (entry,) = read_reviews(case.reviews_file)
    figure = case.figure(start_of(case, "118个"))
    assert (entry.quote, entry.reads, entry.decision) == ("118个", reads_as(figure), "confirmed")
    assert counts(checklist(case.again()))["looked_at"] == 1
    edited = case.reviews_file.read_text("utf-8").replace("118 个", "119 个")
    case.reviews_file.write_text(edited, "utf-8")
    item = checklist(case.again()).at(figure.start)
    assert item is not None and item.is_open and item.again and item.doubt


def test_a_redaction_masks_the_words_and_keeps_them_nowhere(case):
    at = start_of(case, "118个")
    undo = decide(case, decision(case, "118个", "redact", why="涉及个人"))

    again = case.again()
    assert again.report.text[at : at + 4] == "■■■■"
    assert read_sidecar(case.report.path.with_suffix(".yaml")).mask == ((at, at + 4),)
    assert "118" not in case.reviews_file.read_text("utf-8")
    take_back(undo, case.data_dir)
    assert case.again().report.text == case.report.text


def test_a_redaction_that_takes_away_what_a_correction_is_about_writes_nothing(case):
    decide(case, decision(case, "118个", "none"))
    before = {p: content_hash(p) for p in case.data_dir.rglob("*.yaml")}
    with pytest.raises(DataError):
        decide(case, decision(case, "118个", "redact"))
    assert {p: content_hash(p) for p in case.data_dir.rglob("*.yaml")} == before


@pytest.mark.parametrize(
    ("action", "more", "said"),
    [
        ("none", {"why": " "}, "未写理由"),
        ("confirm", {"who": ""}, "未写是谁决定的"),
        ("assign", {"indicator": "no_such"}, "未选指标"),
        ("value", {}, "未写数值"),
        ("destroy", {}, "没有这种操作"),
    ],
)
def test_a_decision_that_lacks_something_is_refused(case, action, more, said):
    with pytest.raises(UsageError, match=said):
        decide(case, decision(case, "118个", action, **more))
    assert not case.corrections_file.exists() and not case.reviews_file.exists()


@pytest.mark.parametrize(
    ("action", "more"),
    [
        ("assign", {"indicator": "penalty_amount"}),  # people counted in money
        ("none", {"why": "李小明，身份证号44200019800101123X来电"}),
    ],
)
def test_a_decision_that_does_not_hold_writes_nothing(case, action, more):
    with pytest.raises(DataError):
        decide(case, decision(case, "118个", action, **more))
    assert not case.corrections_file.exists()


def test_what_is_read_otherwise_than_the_person_saw_is_not_decided(case):
    stale = decision(case, "510宗", "none", reads=reads_as(case.figure(start_of(case, "510宗"))))
    decide(case, decision(case, "510宗", "value", value=51))  # another window
    with pytest.raises(UsageError, match="现在读作"):
        decide(case, stale)
    assert "action: set" in case.corrections_file.read_text("utf-8")


def test_undo_stops_where_the_file_was_changed_by_hand(case):
    undo = decide(case, decision(case, "510宗", "none"))
    with case.corrections_file.open("a", encoding="utf-8") as file:
        file.write("# 手写\n")
    with pytest.raises(UsageError, match="刚被改动"):
        take_back(undo, case.data_dir)
    forget(case, start_of(case, "510宗"))  # the decision alone
    assert "# 手写" in case.corrections_file.read_text("utf-8")
    assert yaml.safe_load(case.corrections_file.read_text("utf-8")) is None


def test_a_broken_file_is_named_and_left_alone(case):
    case.corrections_file.parent.mkdir()
    case.corrections_file.write_text("- report: x\n bad", "utf-8")
    with pytest.raises(DataError, match="line 2"):
        decide(case, decision(case, "510宗", "none"))
    assert case.corrections_file.read_text("utf-8") == "- report: x\n bad"


def test_many_are_confirmed_in_one_write_and_taken_back_in_one(case):
    found = [i for i in checklist(case).items if i.state == "found" and not i.doubt]
    undo = confirm_all(
        case, [(i.figures[0].start, None) for i in found] + [(None, "law_fairs")], WHO, DAY
    )
    assert len(read_reviews(case.reviews_file)) == len(found) + 1
    take_back(undo, case.data_dir)
    assert not case.reviews_file.exists()


def test_a_list_in_one_line_is_not_rewritten(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("[{a: 1}]\n", "utf-8")
    with pytest.raises(DataError, match="续写"):
        add_entries(path, [{"a": 2}], "x")
    assert path.read_text("utf-8") == "[{a: 1}]\n"


def test_an_entry_is_removed_with_its_lines_and_the_file_with_the_last(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- a: 1\n  b: |\n    x\n    y\n# of the second\n- a: 2\n", "utf-8")
    remove_entries(path, [0])
    assert path.read_text("utf-8") == "# of the second\n- a: 2\n"
    with pytest.raises(UsageError):
        remove_entries(path, [1])
    path.write_text("- a: 2\n", "utf-8")
    remove_entries(path, [0], content_hash(path))
    assert not path.exists()


def test_a_key_is_set_in_its_place(tmp_path):
    path = tmp_path / "keys.yaml"
    path.write_text("a: 1  # one\nlist:\n- [1, 2]\n- [3, 4]\nb: x\n", "utf-8")
    set_key(path, "a", "2")
    set_key(path, "list", "[[1, 2]]")
    set_key(path, "c", "3")
    assert path.read_text("utf-8") == "a: 2  # one\nlist: [[1, 2]]\nb: x\nc: 3\n"
    with pytest.raises(UsageError, match="刚被改动"):
        set_key(path, "a", "3", seen="0")


def test_two_writers_wait_for_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr("shenwan_data.review.entries._WAIT", 0.05)
    with writing(tmp_path), pytest.raises(UsageError, match="另一个窗口"), writing(tmp_path):
        pass
