"""The town that a site opens with, and the names in its texts."""

from types import SimpleNamespace

import pytest

from shenwan_data.site.layout import CrossReferences
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


def test_a_code_within_chinese_words_is_shown_as_its_name():
    names = CrossReferences({"legality_reviews_done": "合法性审查件数"}, lambda _: None)
    assert str(names.linked("是legality_reviews_done的一部分")) == "是“合法性审查件数”的一部分"
    assert str(names.linked("xlegality_reviews_done2")) == "xlegality_reviews_done2"
