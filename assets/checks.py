"""What must hold before a release, as Dagster asset checks.

Belongs here: turning the library's verdicts into check results. A blocking check stops the release;
one with severity ERROR that does not block concerns single reports: the others go on, and the release
waits for it (``holds_every_report``); one that warns is published as a finding or is about something
outside this data. Does not belong here: the rules themselves (``figures.scan``,
``release.table_rules``, ``release.validation``).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from shenwan_data.errors import DataError, Text
from shenwan_data.model import Blocked
from shenwan_data.release.contents import EVIDENCE, packages
from shenwan_data.release.package import markdown_cell
from shenwan_data.release.schema import Table, tables
from shenwan_data.release.table_rules import Problem
from shenwan_data.release.validation import Check
from shenwan_data.report.archive import areas_without_report
from shenwan_data.versions import years_with_files
from shenwan_data.work_files import Batch

from .previews import both, markdown

ERROR = dg.AssetCheckSeverity.ERROR
WARN = dg.AssetCheckSeverity.WARN
_SHOWN = 20

LEDGER = dg.AssetCheckSpec(
    "every_numeral_is_accounted_for",
    asset="figures",
    description=(
        "Every digit and Chinese numeral of every report is in a figure. The other reports go on; a "
        "release waits.\n\n报告中的每一个数字都有着落；其他报告照常处理，发布须等待。"
    ),
)
PRIVACY = dg.AssetCheckSpec(
    "nobody_is_named",
    asset="figures",
    description=(
        "No text that is published names a party or a resident, or holds a person's identity, "
        "telephone, plate or card number, home or e-mail address, as far as the rules of "
        "schemas/privacy.yaml find them. The other reports go on; a release waits.\n\n"
        "按 schemas/privacy.yaml 的规则，发布的内容不含当事人和群众的姓名、证件号码、电话、车牌、银行卡号、"
        "住址和邮箱；其他报告照常处理，发布须等待。"
    ),
)
READABLE = dg.AssetCheckSpec(
    "every_file_can_be_read",
    asset="reports",
    description=(
        "Every file of the archive is the report that it is filed as. The others go on; a release "
        "waits until this one is corrected or set aside.\n\n"
        "每份归档文件都能读取，且与归档信息一致；其他报告照常处理，发布须等待更正或搁置。"
    ),
)
DECIDED = dg.AssetCheckSpec(
    "every_figure_is_decided",
    asset="figures",
    description=(
        "No indicator of a report has two different figures, and every recorded correction still "
        "holds. The other reports go on; a release waits until a person has decided.\n\n"
        "同一指标没有两个不同的数字，人工更正仍与原文相符；其他报告照常处理，发布须等待人工决定。"
    ),
)
HOLDS = "holds_every_report"
_WHOLE_DESCRIPTION = (
    "No report of the archive is blocked: a release would leave it out without a word.\n\n"
    "没有待处理的报告；否则发布版本会缺少该报告。"
)
WHOLE = dg.AssetCheckSpec(HOLDS, asset="observations", description=_WHOLE_DESCRIPTION)
FINDINGS = dg.AssetCheckSpec(
    "reports_agree_with_themselves",
    asset="findings",
    description=(
        "No report contradicts itself, the year before or plain sense. Warns only: the value is "
        "published as printed, with the finding beside it.\n\n报告前后一致；不一致之处作为疑点发布。"
    ),
)
# A person corrects the report, or leaves it out and says why.
_ASIDE = Text(
    "暂不处理的，可在 release.yaml 的 set_aside 中写明 report、who、when、why，发布时不含该报告",
    "to release without it, name it under set_aside in release.yaml: report, who, when, why",
)
REPORTING = dg.AssetCheckSpec(
    "every_area_has_reported",
    asset="reports",
    description=(
        "Every area that has ever reported has a report for the year, once it is due (1 April of "
        "the year after).\n\n各地区均已按期公布报告。"
    ),
)


def blocked_result(spec: dg.AssetCheckSpec, blocked: Sequence[Blocked]) -> dg.AssetCheckResult:
    """Whether anything keeps a report out of a release: each with its file and the way out.

    Only what fails this very check is shown; the one about the whole release shows everything.
    """
    own = [one for one in blocked if spec.name in (HOLDS, one.check)]
    return dg.AssetCheckResult(
        check_name=spec.name,
        asset_key=spec.asset_key,
        passed=not own,
        severity=ERROR,
        description=both(ways_out(own)) if own else None,
        metadata=_of_blocked(own),
    )


def release_is_whole(blocked: Sequence[Blocked]) -> dg.AssetCheckEvaluation:
    """The check of the release that there is: whether it holds every report that has arrived."""
    return dg.AssetCheckEvaluation(
        asset_key=RELEASE,
        check_name=HOLDS,
        passed=not blocked,
        severity=ERROR,
        description=both(ways_out(blocked)) if blocked else None,
        metadata=_of_blocked(blocked),
    )


def ways_out(blocked: Sequence[Blocked]) -> Text:
    """What is wrong with each report and what to do, and the way out that is open for all."""
    shown = [one.error() for one in blocked]
    zh = [f"{error.where}{error.problem.zh}\n→ {error.remedy.zh}" for error in shown]
    en = [f"{error.where}{error.problem.en}\n→ {error.remedy.en}" for error in shown]
    return Text("\n".join([*zh, f"→ {_ASIDE.zh}"]), "\n".join([*en, f"→ {_ASIDE.en}"]))


def _of_blocked(blocked: Sequence[Blocked]) -> dict[str, dg.MetadataValue[Any]]:
    # Not as a table: the way out may be an entry of several lines, to be pasted as it is.
    shown = [
        f"**{one.report}** {markdown_cell(one.place or '')}\n\n{markdown_cell(one.problem.zh)}\n\n"
        f"{markdown_cell(one.problem.en)}\n\n{_fenced(one.remedy.zh)}\n\n{_fenced(one.remedy.en)}"
        for one in blocked[:_SHOWN]
    ]
    if not blocked:
        return {}
    return {
        "blocked": dg.MetadataValue.int(len(blocked)),
        "reports": dg.MetadataValue.json(sorted({one.report for one in blocked})),
        "which": dg.MetadataValue.md("\n\n".join(shown)),
        **{
            f"file of {one.report}": dg.MetadataValue.path(one.file)
            for one in blocked[:_SHOWN]
            if one.file is not None
        },
    }


def _fenced(text: str) -> str:
    return "```\n" + text.replace("```", "'''") + "\n```"


def findings_result(batches: Mapping[str, Batch]) -> dg.AssetCheckResult:
    """How many findings the years have; passed where there is none."""
    rows = [
        finding
        for batch in batches.values()
        for findings in batch.records.values()
        for finding in findings
    ]
    shown = [(row.report, row.rule, row.message.zh, row.message.en) for row in rows[:_SHOWN]]
    message = Text(f"{len(rows)} 处疑点", f"{len(rows)} findings")
    return dg.AssetCheckResult(
        check_name=FINDINGS.name,
        asset_key=FINDINGS.asset_key,
        passed=not rows,
        severity=WARN,
        description=both(message),
        metadata={
            "findings": len(rows),
            "which": dg.MetadataValue.md(markdown(("report", "rule", "zh", "en"), shown)),
        },
    )


def reporting_result(data_dir: Path) -> dg.AssetCheckResult:
    """Which areas have no report for a year that others have reported for."""
    try:
        missing = [
            (year, area)
            for year in years_with_files(data_dir)
            for area in areas_without_report(data_dir, year)
        ]
    except DataError:
        # A file that is no report fails a check of its own.
        missing = []
    message = Text(
        "尚无报告：" + "、".join(f"{area} {year}" for year, area in missing[:_SHOWN])
        if missing
        else "各地区均有报告",
        "no report yet: " + ", ".join(f"{area} {year}" for year, area in missing[:_SHOWN])
        if missing
        else "every area has a report",
    )
    return dg.AssetCheckResult(
        check_name=REPORTING.name,
        asset_key=REPORTING.asset_key,
        passed=not missing,
        severity=WARN,
        description=both(message),
        metadata={"missing": len(missing)},
    )


def table_key(name: str) -> dg.AssetKey:
    """The asset of a published table."""
    return dg.AssetKey(["tables", name])


_REPORTS_TABLE = "reports"


def table_specs() -> list[dg.AssetCheckSpec]:
    """One blocking check for each table of ``schemas/tables.yaml``, and one that no report is missing."""
    whole = dg.AssetCheckSpec(
        HOLDS,
        asset=table_key(_REPORTS_TABLE),
        blocking=True,
        description=_WHOLE_DESCRIPTION,
    )
    return [*(_table_spec(table) for table in tables().values()), whole]


def _table_spec(table: Table) -> dg.AssetCheckSpec:
    rules = [f"key {', '.join(table.primary_key)}", f"required {', '.join(sorted(table.required))}"]
    rules += [f"{key.field} → {key.table}.{key.column}" for key in table.foreign_keys]
    return dg.AssetCheckSpec(
        "keeps_its_schema",
        asset=table_key(table.name),
        blocking=True,
        description=f"{table.title.zh} / {table.title.en}: {'; '.join(rules)}",
    )


def whole_result(blocked: Sequence[Blocked]) -> dg.AssetCheckResult:
    """Whether the tables hold every report of the archive."""
    spec = dg.AssetCheckSpec(HOLDS, asset=table_key(_REPORTS_TABLE))
    return blocked_result(spec, blocked)


def table_results(problems: Sequence[Problem]) -> Iterable[dg.AssetCheckResult]:
    """The check of every table; the problems are those of all of them."""
    for table in tables().values():
        own = [problem for problem in problems if problem.table == table.name]
        first = own[0] if own else None
        more = Text(f"（另有 {len(own) - 1} 处）", f" (and {len(own) - 1} more)")
        message = Text("", "")
        if first is not None:
            message = Text(
                f"{first.place}：{first.message.zh}{more.zh if own[1:] else ''}；"
                "请检查这一行所出自的报告、指标目录或 schemas/ 中的元数据",
                f"{first.place}: {first.message.en}{more.en if own[1:] else ''}; check the report, "
                "the catalogue or the metadata in schemas/ that the row comes from",
            )
        yield dg.AssetCheckResult(
            check_name="keeps_its_schema",
            asset_key=table_key(table.name),
            passed=not own,
            severity=ERROR,
            description=both(message) if own else None,
            metadata={
                "broken": dg.MetadataValue.md(
                    markdown(
                        ("place", "zh", "en"),
                        [(one.place, one.message.zh, one.message.en) for one in own[:_SHOWN]],
                    )
                )
            },
        )


RELEASE = dg.AssetKey("release")
_OF_PACKAGE = {
    "frictionless": "A valid Frictionless data package, rows and all. 符合 Frictionless 规范。",
    "parquet": "Every Parquet file equals its CSV cell by cell. Parquet 与 CSV 逐格一致。",
    "keys": "Every key leads to a row, every row is one of the evidence. 标识均有所指，各行与依据一致。",
    "observations": "Every observation agrees with its figure. 每个数值与所引数字一致。",
}
# Only topics have observations, which refer to the evidence.
_OF_TOPIC = ("keys", "observations")
_OF_RELEASE = {
    "index": "The index lists the packages. 索引列出各数据包。",
    "manifest": "Every file is as the manifest says. 全部文件与校验清单一致。",
    "parquet": "Every Parquet file equals its CSV cell by cell. Parquet 与 CSV 逐格一致。",
    "whole": "The table of all observations has the rows of the topics. 全部观测值与各主题一致。",
    "identity": "Names, version and paths are valid. 名称、版本和路径有效。",
    "quotes": "Every quote is at its offsets in the text. 每个数字都在原文所示位置。",
    "bounds": "Every value lies within its bounds. 数值均在上下限之内。",
}


def package_key(name: str) -> dg.AssetKey:
    """The asset of a package on disk."""
    return dg.AssetKey(["packages", name])


def package_specs() -> list[dg.AssetCheckSpec]:
    """The blocking checks of every package and of the release as a whole.

    That the release holds every report is checked again whenever a report is read.
    """
    return [
        *(
            dg.AssetCheckSpec(name, asset=key, blocking=True, description=description)
            for key, name, description in _package_checks()
        ),
        dg.AssetCheckSpec(HOLDS, asset=RELEASE, description=_WHOLE_DESCRIPTION),
    ]


def package_results(checks: Sequence[Check]) -> Iterable[dg.AssetCheckResult]:
    """The checks of a written release, gathered by package and kind of check."""
    for key, name, description in _package_checks():
        own = [check for check in checks if check.name == name and _is_about(check, key)]
        failed = [check for check in own if not check.passed]
        # A check that did not come to be made has not been passed.
        unmade = Text("未能检查", "it could not be checked")
        message = failed[0].message if failed else unmade
        yield dg.AssetCheckResult(
            check_name=name,
            asset_key=key,
            passed=bool(own) and not failed,
            severity=ERROR,
            description=both(message) if failed or not own else description,
            metadata={"files": len(own), "failed": len(failed)},
        )


def _package_checks() -> Iterable[tuple[dg.AssetKey, str, str]]:
    for package in packages():
        for name, description in _OF_PACKAGE.items():
            if name not in _OF_TOPIC or package.name != EVIDENCE:
                yield package_key(package.name), name, description
    for name, description in _OF_RELEASE.items():
        yield RELEASE, name, description


def _is_about(check: Check, key: dg.AssetKey) -> bool:
    return key == RELEASE or check.target.startswith(f"{key.path[-1]}/")
