"""Layers release and site: tables, packages and pages, each made whole from all years.

Belongs here: three steps, each a call of the library with what the UI shows of it. Does not belong
here: any table, package or page.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa

from shenwan_data.build_record import WORK_FOLDER, Summary, keep_build, keep_site
from shenwan_data.config.settings import AUTOMATIC, ReleaseSettings
from shenwan_data.errors import DataError
from shenwan_data.indicators.catalogue import topics
from shenwan_data.indicators.gold import current_measurements
from shenwan_data.model import DATA_KINDS, Reading
from shenwan_data.release.automatic import CHANGELOG, keep_changelog, write_as_due
from shenwan_data.release.contents import EVIDENCE
from shenwan_data.release.contents import packages as declared_packages
from shenwan_data.release.manifest import MANIFEST, sha256
from shenwan_data.release.schema import tables as declared_tables
from shenwan_data.release.tables import build_tables
from shenwan_data.release.validation import Check, validate_draft
from shenwan_data.release.verdicts import Verdicts
from shenwan_data.site import build_site, site_beside
from shenwan_data.versions import inputs_version, layer_version, years_with_files
from shenwan_data.work_files import Batch, is_current, require_current

from .automation import RELEASED, SETTINGS, TABLES
from .checks import (
    HOLDS,
    RELEASE,
    blocked_result,
    package_key,
    package_results,
    package_specs,
    table_key,
    table_results,
    table_specs,
    whole_result,
)
from .previews import of_counts, of_table
from .resources import GROUP_RELEASE, OWNERS, DataFolder

# Dagster's tags of a run that a condition or the calendar has asked for.
_BY_ITSELF = {"dagster/from_automation_condition", "dagster/schedule_name"}


def readings(batches: dict[str, dict[str, Batch]], years: tuple[int, ...]) -> list[Reading]:
    """All that was read from the reports of the years, one Reading per report."""
    return [
        replace(
            reading,
            findings=batches["findings"][str(year)].records[report_id],
            observations=batches["observations"][str(year)].records[report_id],
        )
        for year in years
        for report_id, reading in batches["figures"][str(year)].records.items()
    ]


@dg.multi_asset(
    name="tables",
    group_name=GROUP_RELEASE,
    ins={name: dg.AssetIn(name) for name in ("figures", "findings", "observations")},
    outs={
        name: dg.AssetOut(
            key=table_key(name),
            is_required=False,
            automation_condition=TABLES,
            owners=OWNERS,
            kinds={"arrow"},
            code_version=layer_version("tables")[:12],
            description=f"{table.description.en}\n\n{table.description.zh}",
        )
        for name, table in declared_tables().items()
    },
    deps=[SETTINGS],
    check_specs=table_specs(),
    # So that a run that stops at a blocked report need not claim that the others passed.
    can_subset=True,
)
def tables(
    context: dg.AssetExecutionContext, data: DataFolder, **batches: Any
) -> Iterator[dg.Output[pa.Table] | dg.AssetCheckResult]:
    """Build every table from the readings of all years, and hold each to its schema."""
    years = years_with_files(data.dir)
    # A year whose files have changed since they were read would publish what is no longer there.
    if _BY_ITSELF & context.run.tags.keys() and not all(
        is_current(data.dir, "observations", year) for year in years
    ):
        context.log.info("files have changed; the release follows when they are read 文件又有改动")
        return
    require_current(data.dir, "observations", years)
    blocked = [one for year in years for one in batches["figures"][str(year)].blocked]
    if blocked:
        yield whole_result(blocked)
        return
    built = build_tables(
        readings(batches, years),
        measurements=current_measurements(data.dir),
        areas=data.settings.areas,
    )
    checks = [whole_result(blocked), *table_results(built.problems)]
    yield from checks
    if built.problems:
        return
    for name, table in built.tables.items():
        if name in context.op_execution_context.selected_output_names:
            yield dg.Output(table, name, metadata=of_table(table))


SUMMARY = "summary"
VERSION_TAKEN = "version_taken_by_itself"
# Reports are due before 1 April: a release that nothing was added to for a year by then is stale.
NEW_EACH_YEAR = dg.FreshnessPolicy.cron(
    deadline_cron="0 4 2 4 *", lower_bound_delta=timedelta(days=365), timezone="Asia/Shanghai"
)
_KINDS = {"frictionless", "csv", "parquet"}


@dg.multi_asset(
    name="packages",
    group_name=GROUP_RELEASE,
    ins={
        "texts": dg.AssetIn("reports"),
        **{name: dg.AssetIn(table_key(name)) for name in declared_tables()},
    },
    outs={
        **{
            f"package_{package.name}": dg.AssetOut(
                key=package_key(package.name),
                dagster_type=dg.Nothing,
                owners=OWNERS,
                kinds=_KINDS,
                automation_condition=RELEASED,
                code_version=layer_version("release")[:12],
                description=f"{package.description.en}\n\n{package.description.zh}",
            )
            for package in declared_packages()
        },
        "release": dg.AssetOut(
            key=RELEASE,
            dagster_type=dg.Nothing,
            owners=OWNERS,
            kinds={"frictionless"},
            automation_condition=RELEASED,
            freshness_policy=NEW_EACH_YEAR,
            code_version=layer_version("release")[:12],
            description=(
                "The folder `releases/VERSION`: all packages under one index and one manifest. It "
                "appears whole and checked, or the previous one stays.\n\n"
                "`releases/版本号` 目录：全部数据包及其索引和校验清单；检查通过才整体替换，否则保留上一版。"
            ),
        ),
    },
    internal_asset_deps={
        **{
            f"package_{package.name}": {
                *(table_key(name) for name in package.table_names),
                *([dg.AssetKey("reports")] if package.name == EVIDENCE else []),
            }
            for package in declared_packages()
        },
        "release": {package_key(package.name) for package in declared_packages()},
    },
    check_specs=package_specs(),
)
def packages(
    context: dg.AssetExecutionContext, data: DataFolder, texts: dict[str, Batch], **tables: Any
) -> Iterator[dg.Output[None] | dg.AssetCheckResult]:
    """Write the release beside the old one, check it there, and put it in place."""
    years = years_with_files(data.dir)
    # The tables were made of what was current; what came since is read next, and released then.
    whole = all(is_current(data.dir, "reports", year) for year in years)
    if not whole and not _BY_ITSELF & context.run.tags.keys():
        require_current(data.dir, "reports", years)
    archived = {report.id: report.text for one in texts.values() for report in one.records.values()}
    checks: list[Check] = []
    settings, inputs, taken = data.settings.release, inputs_version(data.dir), False

    def take(version: str) -> ReleaseSettings:
        nonlocal settings, inputs, taken
        data.set_version(version)
        settings, inputs, taken = data.settings.release, inputs_version(data.dir), True
        return settings

    def verify(folder: Path) -> tuple[Check, ...]:
        checks[:] = validate_draft(folder, Verdicts(data.dir / WORK_FOLDER / "verdicts.json"))
        return tuple(checks)

    try:
        folder = write_as_due(tables, archived, data.releases, settings, verify, take)
    except DataError:
        # The failed checks belong in the record of the run as well, not only in the message.
        yield from package_results(checks) if checks else ()
        raise
    yield from package_results(checks)
    if settings.versions == AUTOMATIC:
        keep_changelog(data.dir / CHANGELOG, folder)
    made = _summary(tables, folder, data.dir)
    # The checks counted here are those of this step; the command counts those of the whole run.
    if whole:
        keep_build(data.dir, inputs, Summary(**made, checks_passed=len(checks), checks_warned=0))
    for package in declared_packages():
        counts = {table.name: tables[table.name].num_rows for table in package.tables}
        files = sorted((folder / package.name).rglob("*"))
        yield dg.Output(
            None,
            f"package_{package.name}",
            metadata={
                **of_counts(counts),
                "bytes": sum(file.stat().st_size for file in files if file.is_file()),
                "path": dg.MetadataValue.path(folder / package.name),
            },
        )
    yield dg.Output(
        None,
        "release",
        metadata={
            "version": folder.name,
            VERSION_TAKEN: taken,
            "path": dg.MetadataValue.path(folder),
            "set_aside": dg.MetadataValue.json([one.report for one in settings.set_aside]),
            SUMMARY: dg.MetadataValue.json(made),
        },
        data_version=dg.DataVersion(sha256(folder / MANIFEST)),
    )
    yield blocked_result(dg.AssetCheckSpec(HOLDS, asset=RELEASE), ())


def _summary(tables: dict[str, Any], folder: Path, data_dir: Path) -> dict[str, Any]:
    kinds = tables["figures"].column("kind").to_pylist()
    return {
        "reports": tables["reports"].num_rows,
        "numerals": len(kinds),
        "figures": sum(kind in DATA_KINDS for kind in kinds),
        "observations": {topic: tables[topic].num_rows for topic in topics()},
        "reported": {
            topic: tables[topic].column("obs_status").to_pylist().count("reported")
            for topic in topics()
        },
        "findings": tables["findings"].num_rows,
        "release": folder.relative_to(data_dir).as_posix(),
    }


@dg.asset(
    group_name=GROUP_RELEASE,
    automation_condition=RELEASED,
    deps=[RELEASE],
    # The words that each figure was recognised by are in no table.
    ins={"figures": dg.AssetIn("figures")},
    owners=OWNERS,
    kinds={"html"},
    code_version=layer_version("site")[:12],
    description=(
        "The release as static pages in Chinese and English, with every numeral of each report "
        "highlighted in its place.\n\n中英文静态网站：发布的数据，以及在报告原文中标出的每一个数字。"
    ),
)
def site(data: DataFolder, figures: dict[str, Batch]) -> dg.MaterializeResult[None]:
    """Write the site beside the release."""
    release = data.settings.release_dir
    read = {key: one for batch in figures.values() for key, one in batch.records.items()}
    target = build_site(release, site_beside(release), read)
    keep_site(data.dir, release, target)
    files = [path for path in target.rglob("*") if path.is_file()]
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(target / "index.html"),
            "evidence": dg.MetadataValue.path(target / "zh" / "evidence" / "index.html"),
            "pages": sum(path.suffix == ".html" for path in files),
            "bytes": sum(path.stat().st_size for path in files),
        }
    )
