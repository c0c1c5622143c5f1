"""The town that a site opens with."""

from types import SimpleNamespace

import pytest

from shenwan_data.site.view import Published


@pytest.mark.parametrize(
    ("title", "home"),
    [
        ("神湾镇、三乡镇法治政府建设年度报告数据 / …", "shenwan"),
        ("三乡镇法治政府建设年度报告数据 / …", "sanxiang"),
        ("各镇街法治政府建设年度报告数据 / …", "sanxiang"),  # the newest report
    ],
)
def test_a_site_opens_with_the_first_town_of_its_title(title, home):
    release = SimpleNamespace(
        descriptor={"title": title},
        areas={"sanxiang": {"name_zh": "三乡镇"}, "shenwan": {"name_zh": "神湾镇"}},
        reporting_areas=("sanxiang", "shenwan"),
        reports=[
            {"ref_area": "shenwan", "time_period": 2022, "data_figures": 71},
            {"ref_area": "sanxiang", "time_period": 2023, "data_figures": 40},
        ],
    )
    assert Published.home.func(release) == home
