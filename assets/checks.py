"""What must hold before a release, as Dagster asset checks.

Belongs here: turning the library's verdicts into check results. A check that is blocking stops the
release; one that warns is published as a finding or is about something outside this data. Does not
belong here: the rules themselves (``figures.ledger``, ``release.rules``, ``release.validation``).
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import dagster as dg
import pyarrow as pa

from shenwan_data.errors import Text
from shenwan_data.figures.disclosure import disclosed
from shenwan_data.figures.scan import unaccounted
from shenwan_data.release.contents import EVIDENCE, packages
from shenwan_data.release.schema import Table, tables
from shenwan_data.release.validation import Check
from shenwan_data.report.archive import areas_without_report

from .previews import markdown
from .work_files import Batch

ERROR = dg.AssetCheckSeverity.ERROR
WARN = dg.AssetCheckSeverity.WARN
_SHOWN = 20

LEDGER = dg.AssetCheckSpec(
    "every_numeral_is_accounted_for",
    asset="figures",
    blocking=True,
    description=(
        "Every digit and Chinese numeral of every report lies in a figure.\n\n"
        "报告中的每一个数字都有着落。"
    ),
)
PRIVACY = dg.AssetCheckSpec(
    "nobody_is_named",
    asset="figures",
    blocking=True,
    description=(
        "No sentence that is published beside a figure names a party to a case, and no text holds an "
        "identity or mobile telephone number.\n\n发布的内容不含当事人姓名、身份证号码或手机号码。"
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


def ledger_result(texts: Mapping[str, str], batches: Mapping[str, Batch]) -> dg.AssetCheckResult:
    """Whether every numeral of the texts (by report id) lies in a figure of the batches (by year)."""
    missed = []
    for batch in batches.values():
        for report_id, figures in batch.records.items():
            for start, end in unaccounted(texts[report_id], figures):
                missed.append((report_id, start, texts[report_id][start:end]))
    places = ", ".join(f"{report} {start}: {quote}" for report, start, quote in missed[:3])
    message = Text(
        f"{len(missed)} 处数字没有着落（{places}）" if missed else "每一处数字都有着落",
        f"numerals that lie in no figure: {len(missed)} ({places})"
        if missed
        else "every numeral lies in a figure",
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


def privacy_result(texts: Mapping[str, str], batches: Mapping[str, Batch]) -> dg.AssetCheckResult:
    """Whether the texts (by report id) name a person beside the figures of the batches (by year)."""
    places = [
        (report_id, place.start, place.end, place.label)
        for batch in batches.values()
        for report_id, figures in batch.records.items()
        for place in disclosed(texts[report_id], figures)
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
        f"personal data in {len(places)} places ({en}); blot them out with mask: [[start, end], …] in "
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


def table_checks() -> dg.AssetChecksDefinition:
    """One blocking check for each table of ``schemas/tables.yaml``, all in one step.

    They judge the tables as they are stored, not as they were made, so that a check can be run again
    from the UI at any time.
    """
    declared = tables()

    @dg.multi_asset_check(
        name="tables_keep_their_schemas",
        specs=[_table_spec(table) for table in declared.values()],
        ins={name: dg.AssetIn(table_key(name)) for name in declared},
    )
    def check(**rows: pa.Table) -> Iterable[dg.AssetCheckResult]:
        for table in declared.values():
            yield _table_result(table, rows)

    return check


def _table_spec(table: Table) -> dg.AssetCheckSpec:
    rules = [f"key {', '.join(table.primary_key)}", f"required {', '.join(sorted(table.required))}"]
    rules += [f"{key.field} → {key.table}.{key.column}" for key in table.foreign_keys]
    return dg.AssetCheckSpec(
        "keeps_its_schema",
        asset=table_key(table.name),
        blocking=True,
        description=f"{table.title.zh} / {table.title.en}: {'; '.join(rules)}",
    )


def _table_result(table: Table, rows: Mapping[str, pa.Table]) -> dg.AssetCheckResult:
    from shenwan_data.release.schema import arrow_schema, table_schema
    from shenwan_data.release.table_rules import broken_rules

    own = rows[table.name]
    problems: list[tuple[str, str]] = []
    if not own.schema.equals(arrow_schema(table_schema(table))):
        problems.append(("schema", "columns or types differ 栏目或类型不符"))
    else:
        problems += [
            (problem.place, both(problem.message)) for problem in broken_rules(table, own, rows)
        ]
    return dg.AssetCheckResult(
        check_name="keeps_its_schema",
        asset_key=table_key(table.name),
        passed=not problems,
        severity=ERROR,
        description=problems[0][1] if problems else None,
        metadata={
            "rows": own.num_rows,
            "broken": dg.MetadataValue.md(markdown(("place", "rule"), problems[:_SHOWN])),
        },
    )


RELEASE = dg.AssetKey("release")
_OF_PACKAGE = {
    "frictionless": "A valid Frictionless data package, rows and all. 符合 Frictionless 规范。",
    "parquet": "Every Parquet file equals its CSV cell by cell. Parquet 与 CSV 逐格一致。",
    "keys": "Every key that leads to the evidence finds its row. 指向依据的标识均有对应。",
}
_OF_RELEASE = {
    "index": "The index lists the packages. 索引列出各数据包。",
    "manifest": "Every file is as the manifest says. 全部文件与校验清单一致。",
    "quotes": "Every figure stands in the text where it says. 每个数字都在原文所示位置。",
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
            if name != "keys" or package.name != EVIDENCE:
                yield package_key(package.name), name, description
    for name, description in _OF_RELEASE.items():
        yield RELEASE, name, description


def _is_about(check: Check, key: dg.AssetKey) -> bool:
    return key == RELEASE or check.target.startswith(f"{key.path[-1]}/")
