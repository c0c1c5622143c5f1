"""What must hold before a release, as Dagster asset checks.

Belongs here: turning the library's verdicts into check results. A blocking check stops the release;
one with severity ERROR that does not block concerns single reports, and the others go on; one that
warns is published as a finding or is about something outside this data. Does not belong here: the
rules themselves (``figures.scan``, ``release.table_rules``, ``release.validation``).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import dagster as dg

from shenwan_data.errors import Text
from shenwan_data.figures.scan import unaccounted
from shenwan_data.model import Blocked, Reading
from shenwan_data.release.contents import EVIDENCE, packages
from shenwan_data.release.schema import Table, tables
from shenwan_data.release.table_rules import Problem
from shenwan_data.release.validation import Check
from shenwan_data.report.archive import areas_without_report
from shenwan_data.report.privacy import find_personal_data
from shenwan_data.work_files import Batch

from .previews import markdown

ERROR = dg.AssetCheckSeverity.ERROR
WARN = dg.AssetCheckSeverity.WARN
_SHOWN = 20

LEDGER = dg.AssetCheckSpec(
    "every_numeral_is_accounted_for",
    asset="figures",
    blocking=True,
    description=(
        "Every digit and Chinese numeral of every report is in a figure.\n\n"
        "报告中的每一个数字都有着落。"
    ),
)
PRIVACY = dg.AssetCheckSpec(
    "nobody_is_named",
    asset="figures",
    blocking=True,
    description=(
        "No text that is published names a party or a resident, or holds a person's identity, "
        "telephone, plate or card number, home or e-mail address, as far as the rules of "
        "schemas/privacy.yaml find them.\n\n"
        "按 schemas/privacy.yaml 的规则，发布的内容不含当事人和群众的姓名、证件号码、电话、车牌、银行卡号、"
        "住址和邮箱。"
    ),
)
READABLE = dg.AssetCheckSpec(
    "every_file_can_be_read",
    asset="reports",
    description=(
        "Every file of the archive is the report that it is filed as. The others go on; a release "
        "waits until this one is corrected.\n\n每份归档文件都能读取，且与归档信息一致；其他报告照常处理。"
    ),
)
DECIDED = dg.AssetCheckSpec(
    "every_figure_is_decided",
    asset="figures",
    description=(
        "No indicator of a report has two different figures, and every recorded correction still "
        "holds. The other reports go on; a release waits until a person has decided.\n\n"
        "同一指标没有两个不同的数字，人工更正仍与原文相符；其他报告照常处理。"
    ),
)
FINDINGS = dg.AssetCheckSpec(
    "reports_agree_with_themselves",
    asset="findings",
    description=(
        "No report contradicts itself, the year before or plain sense. Warns only: the value is "
        "published as printed, with the finding beside it.\n\n报告前后一致；不一致之处作为疑点发布。"
    ),
)
REPORTING = dg.AssetCheckSpec(
    "every_area_has_reported",
    asset="reports",
    description=(
        "Every area that has ever reported has a report for the year, once it is due (1 April of "
        "the year after).\n\n各地区均已按期公布报告。"
    ),
)


def both(message: Text) -> str:
    """A message in the two languages, as a description in the UI."""
    return f"{message.en}\n\n{message.zh}"


def blocked_result(spec: dg.AssetCheckSpec, blocked: Sequence[Blocked]) -> dg.AssetCheckResult:
    """Whether anything keeps a report out of a release: each with its file and the way out."""
    shown = [one.error() for one in blocked]
    zh = "\n".join(f"{error.where}{error.problem.zh}\n→ {error.remedy.zh}" for error in shown)
    en = "\n".join(f"{error.where}{error.problem.en}\n→ {error.remedy.en}" for error in shown)
    rows = [(one.report, one.place or "", one.problem.zh, one.problem.en) for one in blocked]
    return dg.AssetCheckResult(
        check_name=spec.name,
        asset_key=spec.asset_key,
        passed=not blocked,
        severity=ERROR,
        description=both(Text(zh, en)) if blocked else None,
        metadata={
            "blocked": len(blocked),
            "reports": dg.MetadataValue.json(sorted({one.report for one in blocked})),
            "which": dg.MetadataValue.md(markdown(("report", "place", "zh", "en"), rows[:_SHOWN])),
        },
    )


def ledger_result(readings: Sequence[Reading]) -> dg.AssetCheckResult:
    """Whether every numeral of the texts is in a figure."""
    missed = [
        (reading.report.id, start, reading.report.text[start:end])
        for reading in readings
        for start, end in unaccounted(reading.report.text, reading.figures)
    ]
    places = ", ".join(f"{report} {start}: {quote}" for report, start, quote in missed[:3])
    message = Text(
        f"{len(missed)} 处数字没有着落（{places}）" if missed else "每一处数字都有着落",
        f"numerals that are in no figure: {len(missed)} ({places})"
        if missed
        else "every numeral is in a figure",
    )
    return dg.AssetCheckResult(
        check_name=LEDGER.name,
        asset_key=LEDGER.asset_key,
        passed=not missed,
        severity=ERROR,
        description=both(message),
        metadata={
            "missed": len(missed),
            "where": dg.MetadataValue.md(markdown(("report", "start", "numeral"), missed[:_SHOWN])),
        },
    )


def privacy_result(readings: Sequence[Reading]) -> dg.AssetCheckResult:
    """Whether the texts name a person."""
    places = [
        (reading.report.id, place.start, place.end, place.label)
        for reading in readings
        for place in find_personal_data(reading.report.text)
    ]
    # The words themselves are not repeated: a message is kept and shown more widely than a report.
    zh = "；".join(
        f"{report} 第 {start}–{end} 字：{label.zh}" for report, start, end, label in places[:3]
    )
    en = "; ".join(
        f"{report} [{start}, {end}]: {label.en}" for report, start, end, label in places[:3]
    )
    message = Text(
        f"{len(places)} 处个人信息（{zh}）；请在报告旁的 .yaml 中用 mask: [[起, 止], …] 遮盖"
        if places
        else "不含个人信息",
        f"personal data in {len(places)} places ({en}); redact them with mask: [[start, end], …] in "
        "the .yaml beside the report"
        if places
        else "nobody is named",
    )
    return dg.AssetCheckResult(
        check_name=PRIVACY.name,
        asset_key=PRIVACY.asset_key,
        passed=not places,
        severity=ERROR,
        description=both(message),
        metadata={"places": len(places)},
    )


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


def reporting_result(data_dir: Path, years: Iterable[str]) -> dg.AssetCheckResult:
    """Which areas have no report for the years of this run."""
    missing = [(year, area) for year in years for area in areas_without_report(data_dir, int(year))]
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


WHOLE = "holds_every_report"
_REPORTS_TABLE = "reports"


def table_specs() -> list[dg.AssetCheckSpec]:
    """One blocking check for each table of ``schemas/tables.yaml``, and one that no report is missing."""
    whole = dg.AssetCheckSpec(
        WHOLE,
        asset=table_key(_REPORTS_TABLE),
        blocking=True,
        description=(
            "No report of the archive is blocked: a release would leave it out without a word.\n\n"
            "没有被搁置的报告。"
        ),
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
    spec = dg.AssetCheckSpec(WHOLE, asset=table_key(_REPORTS_TABLE))
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
    "keys": "Every key refers to a row of the evidence. 指向依据的标识均有对应。",
    "observations": "Every observation agrees with its figure. 每个数值与所引数字一致。",
}
# Only topics have observations, which refer to the evidence.
_OF_TOPIC = ("keys", "observations")
_OF_RELEASE = {
    "index": "The index lists the packages. 索引列出各数据包。",
    "manifest": "Every file is as the manifest says. 全部文件与校验清单一致。",
    "identity": "Names, version and paths are valid. 名称、版本和路径有效。",
    "quotes": "Every quote is at its offsets in the text. 每个数字都在原文所示位置。",
    "bounds": "Every value lies within its bounds. 数值均在上下限之内。",
}


def package_key(name: str) -> dg.AssetKey:
    """The asset of a package on disk."""
    return dg.AssetKey(["packages", name])


def package_specs() -> list[dg.AssetCheckSpec]:
    """The blocking checks of every package and of the release as a whole."""
    return [
        dg.AssetCheckSpec(name, asset=key, blocking=True, description=description)
        for key, name, description in _package_checks()
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
