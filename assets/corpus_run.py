"""A whole corpus, read on a cluster from one asset."""

from collections.abc import Iterator

import dagster as dg

from shenwan_data.corpus.run import CorpusSummary, read_corpus
from shenwan_data.errors import Text, UsageError
from shenwan_data.versions import version_through

from .previews import of_counts
from .resources import OWNERS, asked_for_alone

GROUP = "corpus"


class CorpusReader(dg.ConfigurableResource["CorpusReader"]):
    """Who reads a corpus: local processes (``workers``, 0 for none), or a Dask scheduler."""

    workers: int | None = None
    scheduler: str | None = None

    def read(self, source: str, target: str) -> CorpusSummary:
        """Read what is not finished."""
        return read_corpus(
            source,
            target,
            workers=self.workers,
            scheduler=self.scheduler,
        )


class CorpusConfig(dg.Config):
    """The corpus and the folder of its tables: paths or fsspec addresses."""

    source: str = ""
    target: str = ""


@dg.asset(
    group_name=GROUP,
    output_required=False,
    owners=OWNERS,
    kinds={"dask", "parquet"},
    code_version=version_through("corpus")[:12],
    description=(
        "Figures and observations of a whole corpus as Parquet by year and stretch of areas, by the command "
        "`shenwan-data corpus` or the job `read_corpus`. No part of a release.\n\n"
        "批量读取的全部报告：按年度和地区段分区的数字与观测值，不属于发布版本。"
    ),
)
def corpus(
    context: dg.AssetExecutionContext, config: CorpusConfig, reader: CorpusReader
) -> Iterator[dg.MaterializeResult[None]]:
    """Read what is not finished of the corpus."""
    if not asked_for_alone(context):
        return
    if not (config.source and config.target):
        raise UsageError(
            Text("未指定 source 和 target", "source and target are not given"),
            place="corpus",
            remedy=Text("请在 Launchpad 中填写", "give them in the Launchpad"),
        )
    summary = reader.read(config.source, config.target)
    yield dg.MaterializeResult(
        metadata={
            **of_counts({"figures": summary.figures, "observations": summary.observations}),
            "reports": summary.reports,
            "set_aside": summary.set_aside,
            "partitions_written": summary.written,
            "partitions_kept": summary.kept,
            "path": dg.MetadataValue.path(config.target),
        }
    )


read_corpus_job = dg.define_asset_job(
    "read_corpus",
    selection=dg.AssetSelection.groups(GROUP),
    # Days, where the instance gives a rebuild half an hour (docs/systemd/dagster.yaml).
    tags={"dagster/max_runtime": str(7 * 24 * 3600)},
    description="Read a whole corpus into Parquet by year and area. 批量读取全部报告。",
)
