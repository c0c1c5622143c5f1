"""The rules, from ``schemas/findings.yaml``, and what they find in one report.

Belongs here: reading and checking the file; running every rule and turning what violates it into findings
with ids and messages. Does not belong here: what a kind of rule looks for (the check types).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

from pydantic import (
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    create_model,
    field_validator,
)

from shenwan_data.config.declarations import MEASURE_TYPES
from shenwan_data.config.forms import (
    Bilingual,
    Code,
    Filled,
    Model,
    known_as,
    one_of,
    refused,
    should_be,
    validated,
)
from shenwan_data.config.textfile import read_yaml_document
from shenwan_data.errors import DataError, Text
from shenwan_data.figures.units import units
from shenwan_data.findings import growth, lists, printing, ratios, totals, years
from shenwan_data.findings.check import CheckContext, CheckType, Violation
from shenwan_data.indicators.catalogue import catalogue
from shenwan_data.model import DATA_KINDS, QUALIFIERS, Figure, Finding, Report, figure_id
from shenwan_data.schemas import schemas_dir, while_unchanged


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_band(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2:
        return False
    ends = [end for end in value if end is not None]
    return bool(ends) and all(map(_is_number, ends)) and ends == sorted(ends)


def _is_month_day(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(part, int) for part in value)
        and 1 <= value[0] <= 12
        and 1 <= value[1] <= 28
    )


_NONEMPTY = Field(min_length=1)
_INDICATOR = Annotated[str, known_as("indicators", Text("指标", "indicator"))]
_UNIT = Annotated[str, known_as("units", Text("计量单位", "unit"))]
_UNITS = Annotated[list[_UNIT], _NONEMPTY]
_BAND = Text("[下限, 上限]，其一可为 null", "[lowest, highest], one of them may be null")
# What a parameter of a check type may be.
PARAMETER_TYPES: dict[str, Any] = {
    "indicator": _INDICATOR,
    "number": Annotated[Any, should_be(Text("数", "a number"), _is_number)],
    "band": Annotated[Any, should_be(_BAND, _is_band)],
    "closed_band": Annotated[
        Any,
        should_be(
            Text("[下限, 上限]", "[lowest, highest]"),
            lambda value: _is_band(value) and None not in value,
        ),
    ],
    "words": Annotated[list[Filled], _NONEMPTY],
    "unit": _UNIT,
    "units": _UNITS,
    "unit_groups": Annotated[list[_UNITS], _NONEMPTY],
    "unit_pairs": Annotated[
        list[Annotated[list[_UNIT], Field(min_length=2, max_length=2)]], _NONEMPTY
    ],
    "kinds": Annotated[list[Annotated[str, one_of(DATA_KINDS, Text("种类", "kind"))]], _NONEMPTY],
    "qualifiers": Annotated[
        list[Annotated[str, one_of(QUALIFIERS, Text("约数词", "qualifier"))]], _NONEMPTY
    ],
    "measure_types": Annotated[
        list[Annotated[str, one_of(MEASURE_TYPES, Text("度量类型", "measure type"))]], _NONEMPTY
    ],
    "side": Annotated[str, one_of(("early", "late"), Text("取值", "value"))],
    "month_day": Annotated[Any, should_be(Text("[月, 日]", "[month, day]"), _is_month_day)],
}


_MODULES = (ratios, growth, totals, printing, lists, years)
CHECK_TYPES: dict[str, CheckType] = {
    kind: check_type for module in _MODULES for kind, check_type in module.CHECK_TYPES.items()
}


GRADES = ("error", "doubt", "note")


def _parameters_of(kind: str, check_type: CheckType) -> type[Model]:
    fields: dict[str, Any] = {
        name: (PARAMETER_TYPES[wanted], ...) for name, wanted in check_type.parameters.items()
    }
    return create_model(f"{kind}_parameters", __base__=Model, **fields)


_PARAMETERS = {kind: _parameters_of(kind, each) for kind, each in CHECK_TYPES.items()}


class Rule(Model):
    """One rule. ``kind`` names the check type, ``parameters`` are what it is given.

    ``message`` holds the placeholders of the check type in braces. ``grade`` is ``error`` for what
    cannot be right as printed, ``doubt`` for what is probably wrong, ``note`` for style or precision;
    none stops a release.
    """

    code: Code
    kind: Annotated[str, one_of(CHECK_TYPES, Text("规则种类", "kind"))]
    grade: Annotated[str, one_of(GRADES, Text("程度", "grade"))]
    title: Bilingual
    message: Bilingual
    parameters: Mapping[str, Any] = Field(default_factory=dict, validate_default=True)

    @field_validator("message")
    @classmethod
    def _placeholders_are_known(cls, message: Text, info: ValidationInfo) -> Text:
        kind = info.data.get("kind")
        for words in message if kind is not None else ():
            try:
                names = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
            except ValueError as error:
                raise refused(
                    Text(f"花括号不成对：{error}", f"unbalanced braces in the message: {error}")
                ) from error
            known = CHECK_TYPES[str(kind)].placeholders
            for name in sorted(names - known):
                raise refused(
                    Text(
                        f"占位符“{name}”不存在，可用：{'、'.join(sorted(known))}",
                        f"unknown placeholder {name!r}; use one of {', '.join(sorted(known))}",
                    )
                )
        return message

    @field_validator("parameters", mode="wrap")
    @classmethod
    def _parameters_fit(
        cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Mapping[str, Any]:
        kind = info.data.get("kind")
        if kind is not None:
            _PARAMETERS[kind].model_validate({} if value is None else value, context=info.context)
        given: Mapping[str, Any] = handler({} if value is None else value)
        return given


@while_unchanged("findings.yaml", "indicators", "units.csv", "codes.yaml")
def rules() -> dict[str, Rule]:
    """All rules by code, in file order. Raises DataError as ``read_rules`` does."""
    return read_rules(schemas_dir() / "findings.yaml")


def read_rules(path: Path) -> dict[str, Rule]:
    """The rules of one file.

    Raises DataError naming file, line and rule for an unknown kind, grade, field, parameter,
    indicator, unit or placeholder, a missing language, or a code given twice.
    """
    document = read_yaml_document(path)
    listed = validated(
        list[Rule],
        document,
        context={"units": units(), "indicators": catalogue()},
        remedy=Text(
            "请参照文件开头的说明和其他规则改正",
            "correct it; the notes at the top of the file and the other rules show the format",
        ),
        entry="rule",
    )
    found: dict[str, Rule] = {}
    for index, rule in enumerate(listed):
        if rule.code in found:
            raise DataError(
                Text("规则代码重复", "the code is given twice"),
                file=path,
                place=f"line {document.line_of((index,))}, rule {rule.code}",
                remedy=Text("请删除或改名其中一个", "remove or rename one of the two"),
            )
        found[rule.code] = rule
    return found


def find_findings(
    report: Report,
    figures: Sequence[Figure],
    previous: Sequence[Figure] | None = None,
    previous_year: int | None = None,
    earlier: Mapping[int, str] | None = None,
) -> tuple[Finding, ...]:
    """The findings of one report, in text order, those without a figure first.

    ``figures`` are the report's, with indicators, in text order; ``previous`` are those of the
    area's last report before, of ``previous_year`` (the year before unless given), None where there
    is no such report: rules over years then find nothing. ``earlier`` gives, by the start of a figure,
    the indicator whose value of an earlier year it states. An id
    is ``<report>-<rule>-<start of the first figure>``, or a running number where there is none, and
    stays the same as long as the archived text does. Raises DataError for a broken rule file.
    """
    context = CheckContext(
        report,
        tuple(figures),
        None if previous is None else tuple(previous),
        report.time_period - 1 if previous_year is None else previous_year,
        earlier or {},
    )
    found: list[tuple[int, int, Finding]] = []
    for order, rule in enumerate(rules().values()):
        for finding, start in _findings(context, rule):
            found.append((start, order, finding))
    return tuple(finding for _, _, finding in sorted(found, key=lambda entry: entry[:2]))


def _findings(context: CheckContext, rule: Rule) -> Iterator[tuple[Finding, int]]:
    """The findings of one rule, each with the offset it stands at (-1 for the whole report)."""
    used: set[str] = set()
    for number, violation in enumerate(
        CHECK_TYPES[rule.kind].run(context, rule.parameters), start=1
    ):
        start = violation.figures[0].start if violation.figures else -1
        base = f"{context.report.id}-{rule.code}-{start if violation.figures else number}"
        identifier, again = base, 2
        while identifier in used:
            identifier, again = f"{base}-{again}", again + 1
        used.add(identifier)
        yield _finding(context, rule, violation, identifier), start


def _finding(context: CheckContext, rule: Rule, violation: Violation, identifier: str) -> Finding:
    return Finding(
        id=identifier,
        report=context.report.id,
        rule=rule.code,
        grade=rule.grade,
        figures=tuple(figure_id(context.report.id, figure) for figure in violation.figures),
        indicators=violation.indicators,
        reported=violation.reported,
        implied=violation.implied,
        unit=violation.unit,
        message=_message(rule.message, violation.words),
    )


def _message(template: Text, words: Mapping[str, Text]) -> Text:
    zh = template.zh.format_map({name: word.zh for name, word in words.items()})
    en = template.en.format_map({name: word.en for name, word in words.items()})
    return Text(zh, en[:1].upper() + en[1:])  # a message may begin with a hedge: more than 500 …
