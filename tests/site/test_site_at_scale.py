"""Many towns and years: the site grows with them and no page gets too long."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from shenwan_data.site import build_site
from shenwan_data.site.tree import Tree
from tests.site.many_towns import province


def seconds(release: Path, site: Path) -> float:
    """The work of a build, whatever else the machine does meanwhile."""
    before = time.process_time()
    build_site(release, site)
    return time.process_time() - before


def test_the_time_grows_with_the_reports_and_not_faster(tmp_path):
    small = province(tmp_path / "small", towns=4, years=5)
    large = province(tmp_path / "large", towns=8, years=10)
    seconds(small, tmp_path / "warm")
    one = seconds(small, tmp_path / "one")
    four = seconds(large, tmp_path / "four")
    # Four times the reports; square growth would take sixteen times as long.
    assert four < 4 * 1.7 * one


@pytest.mark.slow
def test_twenty_years_of_thirty_towns_fit_on_pages_of_half_a_megabyte(tmp_path, monkeypatch):
    report = Tree._report
    # The reports of all towns have one text: the pages of one stand for them all.
    monkeypatch.setattr(
        Tree, "_report", lambda self, row: report(self, row) if row["ref_area"] == "town07" else ()
    )
    release = province(tmp_path / "releases", towns=30, years=20)
    site = build_site(release, tmp_path / "site")
    pages = list(site.rglob("*.html"))
    assert len(pages) > 1300
    assert len(list(site.glob("zh/evidence/town07-*.html"))) == 20
    assert max(path.stat().st_size for path in pages) < 500_000
    # An indicator has its earlier years on pages of their own, but all of them in one table.
    home = site / "en" / "indicators" / "penalty_cases"
    assert len(list(home.glob("*.html"))) > 1
    table = (home / "index.html").read_text(encoding="utf-8").partition('id="values"')[0]
    assert table.count('-2004"') == table.count('-2023"') == 30
    # Findings: a page for each year, and the number of each on the first.
    assert len(list((site / "zh").glob("findings-20*.html"))) >= 20
    # Earlier years of a town are on pages of their own, which the first one leads to.
    first = (site / "zh" / "governance" / "town07.html").read_text(encoding="utf-8")
    assert 'href="town07-2004-2005.html#table"' in first
    earlier = (site / "zh" / "governance" / "town07-2004-2005.html").read_text(encoding="utf-8")
    assert 'id="r-mediated_disputes-2004"' in earlier
