"""A made-up town with made-up reports, read by hand into the records a release is built from."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from shenwan_data.errors import Text
from shenwan_data.indicators.catalogue import Indicator
from shenwan_data.model import Figure, Finding, Observation, Reading, Report, figure_id

# Made up, like every text of these tests.
TEXT = """一、概况
（一）服务
全年受理申请{n}件，满意率99.94%。整治占地1亩。
二、执法
罚款近4亿元，“1+1>2”。
"""


def indicator(code: str, topic: str, unit: str, measure_type: str = "flow") -> Indicator:
    """A made-up entry of the catalogue."""
    return Indicator(
        code=code,
        topic=topic,
        label=Text(f"{code}的名称", f"Label of {code}"),
        definition=Text(f"{code}的定义", f"Definition of {code}"),
        unit=unit,
        units_accepted=(),
        measure_type=measure_type,
        additive_areas=measure_type == "flow",
        additive_years=measure_type == "flow",
        since=None,
        note=None,
    )


CATALOGUE = {
    entry.code: entry
    for entry in (
        indicator("applications", "services", "件"),
        indicator("satisfaction", "services", "%", "ratio"),
        indicator("land_reclaimed", "enforcement", "平方米"),
        indicator("fines", "enforcement", "元"),
        indicator("meetings", "governance", "次"),
        indicator("lectures", "outreach", "场次"),
    )
}


def read_by_hand(year: int, count: int) -> Reading:
    """The reading of the made-up report of a year."""
    text = TEXT.format(n=count)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    report = Report(
        ref_area="shenwan",
        time_period=year,
        title=f"某镇{year}年度报告（虚构）",
        text=text,
        path=Path(f"data/reports/{year}/shenwan.txt"),
        media_type="text/plain",
        sha256=digest,
        text_sha256=digest,
        published=date(year + 1, 2, 1),
        publisher="某镇人民政府网站",
    )

    def at(quote: str) -> tuple[int, int]:
        start = text.index(quote)
        return start, start + len(quote)

    amount = 666.67
    applications = Figure(
        *at(f"{count}件"), f"{count}件", "count", count, "件", count, "件", count, count, "exact",
        ("applications",),
    )  # fmt: skip
    satisfaction = Figure(
        *at("99.94%"), "99.94%", "ratio", 99.94, "%", 99.94, "%", 99.94, 99.94, "exact",
        ("satisfaction",),
    )  # fmt: skip
    land = Figure(
        *at("1亩"), "1亩", "area", amount, "平方米", 1, "亩", amount, amount, "exact",
        ("land_reclaimed",),
    )  # fmt: skip
    fines = Figure(
        *at("近4亿元"), "近4亿元", "money", 400000000, "元", 4, "亿元", 300000000, 400000000,
        "nearly", ("fines",),
    )  # fmt: skip
    formula = Figure(*at("1+1>2"), "1+1>2", "formula", reason="formula")
    figures = (applications, satisfaction, land, fines, formula)
    finding = Finding(
        id=f"shenwan-{year}-doubt-1",
        report=report.id,
        rule="doubt",
        grade="doubt",
        figures=(figure_id(report.id, applications), figure_id(report.id, fines)),
        indicators=("applications", "fines"),
        reported=400000000,
        implied=None,
        unit="元",
        message=Text("金额过大", "=the amount is large"),
    )
    observed = {code: figure for figure in figures for code in figure.indicators}
    observations = tuple(
        Observation(
            ref_area="shenwan",
            time_period=year,
            indicator=entry.code,
            value=figure.value if figure else None,
            unit=entry.unit,
            lower=figure.lower if figure else None,
            upper=figure.upper if figure else None,
            qualifier=figure.qualifier if figure else None,
            obs_status="reported" if figure else "not_mentioned",
            quote=figure.quote if figure else None,
            figure_id=figure_id(report.id, figure) if figure else None,
            finding_ids=(finding.id,) if entry.code == "fines" else (),
        )
        for entry in CATALOGUE.values()
        for figure in [observed.get(entry.code)]
    )
    return Reading(report, figures, (finding,), observations)
