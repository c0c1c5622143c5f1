"""The rule file: what a data officer may write, and what a mistake in it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from shenwan_data.errors import DataError
from shenwan_data.findings.rules import CHECK_TYPES, PARAMETER_TYPES, read_rules, rules
from shenwan_data.schemas import schemas_dir

RULE: dict[str, Any] = {
    "code": "leaflets_per_event",
    "kind": "ratio_band",
    "grade": "doubt",
    "title": {"zh": "场均宣传单张", "en": "Leaflets per event"},
    "message": {"zh": "平均每场{ratio}份。", "en": "{ratio} an event."},
    "parameters": {
        "numerator": "outreach_leaflets",
        "denominator": "outreach_events",
        "band": [None, 5000],
    },
}


def written(tmp_path: Path, *entries: Any) -> Path:
    path = tmp_path / "findings.yaml"
    path.write_text(yaml.safe_dump(list(entries), allow_unicode=True), encoding="utf-8")
    return path


def test_a_rule_of_a_known_kind_needs_no_code(tmp_path: Path) -> None:
    (rule,) = read_rules(written(tmp_path, RULE)).values()
    assert (rule.code, rule.kind, rule.parameters["band"]) == (
        "leaflets_per_event", "ratio_band", [None, 5000],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"kind": "ratio_bind"}, "ratio_bind"),
        ({"grade": "fatal"}, "fatal"),
        ({"code": "Leaflets"}, "rule 1"),
        ({"title": {"zh": "场均宣传单张"}}, "title"),
        ({"message": {"zh": "平均{ratio}。", "en": " "}}, "message"),
        ({"message": {"zh": "平均{rate}。", "en": "{ratio}."}}, "'rate'"),
        ({"message": {"zh": "平均{ratio。", "en": "{ratio}."}}, "brace"),
        ({"parameters": {**RULE["parameters"], "numerator": "leaflets"}}, "'leaflets'"),
        ({"parameters": {**RULE["parameters"], "band": [5, 1]}}, "[5, 1]"),
        ({"parameters": {**RULE["parameters"], "band": [None, None]}}, "band"),
        ({"parameters": {**RULE["parameters"], "limit": 3}}, "limit"),
        ({"parameters": {"band": [1, 2]}}, "missing: numerator, denominator"),
        ({"note": "x"}, "note"),
    ],
)
def test_a_mistake_is_named_with_file_rule_and_way_out(
    tmp_path: Path, change: dict[str, Any], named: str
) -> None:
    path = written(tmp_path, RULE | change)
    with pytest.raises(DataError) as caught:
        read_rules(path)
    message = str(caught.value)
    assert str(path) in message and named in message and "->" in message
    if "code" not in change:
        assert "rule leaflets_per_event" in message


def test_a_missing_field_and_a_code_given_twice(tmp_path: Path) -> None:
    short = {name: value for name, value in RULE.items() if name != "message"}
    with pytest.raises(DataError, match="missing: message"):
        read_rules(written(tmp_path, short))
    with pytest.raises(DataError, match="given twice"):
        read_rules(written(tmp_path, RULE, RULE))


def test_every_kind_is_used_explained_and_well_declared() -> None:
    assert {rule.kind for rule in rules().values()} == set(CHECK_TYPES)
    head = (schemas_dir() / "findings.yaml").read_text(encoding="utf-8").partition("\n- code:")[0]
    for kind, engine in CHECK_TYPES.items():
        assert f"# {kind} " in head
        assert set(engine.parameters.values()) <= set(PARAMETER_TYPES)
        lines = head.partition(f"# {kind} ")[2].split("\n# ", 2)
        explained = " ".join(lines[:2])
        for name in (*engine.parameters, *engine.placeholders):
            assert name in explained, (kind, name)


def test_every_rule_speaks_both_languages_and_holds_no_text_of_a_report() -> None:
    reports = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((schemas_dir().parent / "data" / "reports").glob("*/*.txt"))
    )
    for rule in rules().values():
        assert rule.title.zh != rule.title.en and rule.message.zh != rule.message.en
        for words in rule.parameters.values():
            for word in words if isinstance(words, list) else [words]:
                assert not (isinstance(word, str) and len(word) > 8 and word in reports)
