"""A web page reads as a browser shows it, once, and only the article. All pages are made up."""

# ruff: noqa: E501 - lines of markup are left as pages have them
from __future__ import annotations

from pathlib import Path

import pytest

from shenwan_data.errors import DataError
from shenwan_data.report.source import read_here

TITLE = "测试镇2021年法治政府建设年度报告"
FIRST = "2021年，测试镇坚持依法行政，各项工作取得新进展。"
SECOND = "全年开展普法活动56场次，发放资料1.2万余份，惠及群众8000余人次。"
THIRD = "全年办理行政处罚案件87宗，罚没款12.5万元。"
NAV = (
    '<div class="nav"><a href="/">首页</a><a href="/a">政务公开</a><a href="/b">互动交流</a></div>'
)
FOOT = '<div class="footer">主办：测试镇人民政府 粤ICP备00000000号 联系我们</div>'


def read(markup: str) -> list[str]:
    return read_here(markup.encode(), Path("a.html")).text.split("\n")


def page(body: str, head: str = "", before: str = NAV, after: str = FOOT) -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{TITLE}</title>{head}</head><body>{before}{body}{after}</body></html>'


def article(*paragraphs: str, extra: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f'<div class="con"><h1>{TITLE}</h1>{text}{extra}</div>'


def refused(markup: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(markup)


@pytest.mark.parametrize(
    "markup",
    [
        page(article(FIRST, SECOND, THIRD)).replace(f"<p>{THIRD}", f"</body></html><p>{THIRD}"),
        page(article(FIRST, SECOND, THIRD)).replace(f"<p>{SECOND}", f"</html><p>{SECOND}"),
        page("", after="") + article(FIRST, SECOND, THIRD) + FOOT,
        page(f"{article(FIRST, SECOND)[:-6]}</body></div><p>{THIRD}</p>"),
    ],
)
def test_what_stands_behind_a_stray_end_tag_is_read(markup: str) -> None:
    assert read(markup) == [TITLE, FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "mark",
    [
        "<sup>1</sup>",
        "<sup>[1]</sup>",
        '<span style="position:relative;top:-0.5em;font-size:70%">1</span>',
        '<font style="font-size: 8pt; vertical-align: 3px">1</font>',
        "<sup>①</sup>",
        "<sup>注1</sup>",
        "<sup>*</sup>",
        "<sup>1,2</sup>",
        '<sup><a href="#fn1">1</a></sup>',
        '<a href="#fn1"><sup>1</sup></a>',
        '<a href="#_ftn1" name="_ftnref1"><span>[1]</span></a>',
        '<span style="vertical-align: super; font-size: 8pt">1</span>',
        '<span class="MsoFootnoteReference">1</span>',
        '<span style="mso-text-raise:4.0pt">2</span>',
        "<sub>1</sub>",
    ],
)
def test_the_mark_of_a_note_is_no_digit(mark: str) -> None:
    assert read(page(article(FIRST, f"全年处罚87{mark}宗，调解1.2{mark}万件。")))[-1] == (
        "全年处罚87宗，调解1.2万件。"
    )


def test_marks_that_are_more_than_notes_stay() -> None:
    said = "拆除1200m<sup>2</sup>，清理35m<sup>3</sup>，PM<sub>2.5</sub>下降3%，约3×10<sup>4</sup>份，三<sup>余</sup>。"
    assert read(page(article(FIRST, said)))[-1] == (
        "拆除1200m²，清理35m³，PM2.5下降3%，约3×10⁴份，三余。"
    )
    styled = '<table><tr><td style="vertical-align:top">项目</td><td style="vertical-align:top">案件（宗）</td></tr><tr><td>处罚</td><td style="vertical-align:super">87</td></tr></table>'
    assert read(page(article(FIRST, extra=styled)))[-1] == "处罚案件87宗。"


@pytest.mark.parametrize(
    "part",
    [
        f'<div class="{name}"><p>{THIRD}</p></div>'
        for name in (
            "footnotes",
            "print",
            "side",
            "comment",
            "position",
            "links",
            "share",
            "search",
        )
    ]
    + [
        f"<aside><p>{THIRD}</p></aside>",
        f"<footer><p>{THIRD}</p></footer>",
        f'<div aria-hidden="true"><p>{THIRD}</p></div>',
        f'<div id="side"><p>{THIRD}</p></div>',
    ],
)
def test_a_visible_part_of_the_article_is_read_whatever_its_name(part: str) -> None:
    assert read(page(article(FIRST, SECOND, SECOND * 4, extra=part)))[-1] == THIRD


@pytest.mark.parametrize(
    "beside",
    [
        '<div class="side"><p>本镇开展行政检查56次，检查企业120家。</p></div>',
        '<div class="left"><ul><li><a>政务公开</a></li><li><a>行政检查56次</a></li><li><a>今天12℃~20℃</a></li></ul></div>',
        "<aside><p>热点：本镇开展行政检查56次，检查企业120家。</p></aside>",
        '<ul class="menu"><li>政务公开</li><li>互动交流</li></ul>',
    ],
)
def test_what_stands_beside_the_article_is_not_read(beside: str) -> None:
    whole = [TITLE, FIRST, SECOND, THIRD]
    assert read(page(beside + article(FIRST, SECOND, THIRD))) == whole
    assert read(page(article(FIRST, SECOND, THIRD) + beside)) == whole


@pytest.mark.parametrize(
    "heading",
    [
        "相关推荐",
        "您可能感兴趣的内容",
        "相关新闻",
        "【相关阅读】",
        "推荐阅读",
        "热点新闻",
        "猜你喜欢",
        "延伸阅读：",
        "更多新闻",
    ],
)
def test_other_articles_below_are_not_read(heading: str) -> None:
    news = "本镇召开2022年法治工作会议，120名干部参加会议，表彰先进个人35名。"
    for below in (
        f'<div class="rel"><h3>{heading}</h3><p>{news}</p></div>',
        f"<h3>{heading}</h3><p>{news}</p><p>{news}</p>",
        f'<dl><dt><span>{heading}</span></dt><dd><a href="n">会议</a><p>{news}</p></dd></dl>',
    ):
        assert read(page(article(FIRST, SECOND, THIRD) + below)) == [TITLE, FIRST, SECOND, THIRD]
        inside = page(article(FIRST, SECOND, THIRD, extra=below))
        assert read(inside) == [TITLE, FIRST, SECOND, THIRD]


def test_the_page_own_style_sheet_hides_and_raises() -> None:
    head = "<style>.h, p.x{display:none} .up{vertical-align:super}</style>"
    line = '<p>办理案件142<span class="up">1</span>宗<span class="h">999宗</span>。</p><p class="x">8宗。</p>'
    assert read(page(article(FIRST, SECOND, THIRD, extra=line), head))[-1] == "办理案件142宗。"


@pytest.mark.parametrize(
    ("head", "second"),
    [
        ("<style>.mobile{display:none}</style>", "mobile"),
        (
            "<style>/* x */ @media print{.con{display:none}} div.m , .x {color:red;display: none}</style>",
            "m",
        ),
        ('<link rel="stylesheet" href="a.css">', "mobile"),
    ],
)
def test_an_article_that_stands_twice_is_read_once(head: str, second: str) -> None:
    again = article(FIRST, SECOND, THIRD).replace('"con"', f'"{second}"')
    assert read(page(article(FIRST, SECOND, THIRD) + again, head)) == [TITLE, FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('<p><img src="1.jpg"></p><p><img src="2.jpg"></p>', "shows pictures"),
        (
            '<embed src="r.pdf" type="application/pdf"><p>附件：<a href="r.pdf">报告.pdf</a></p>',
            "embedded document",
        ),
        ('<object data="r.pdf"></object>', "embedded document"),
        ('<iframe src="r.html"></iframe>', "embedded document"),
        ('<div id="content"></div><script>load()</script>', "a script loads it"),
        ('<div class="info">发布时间：2022-01-15 来源：测试镇</div>', "no article"),
    ],
)
def test_a_page_without_its_text_is_refused_with_the_reason(body: str, words: str) -> None:
    refused(page(f'<div class="con"><h1>{TITLE}</h1>{body}</div>'), words)


def test_an_article_that_is_one_link_is_read() -> None:
    linked = "".join(f'<p><a href="r.html">{text * 2}</a></p>' for text in (FIRST, SECOND))
    assert read(page(f'<div class="con"><h1>{TITLE}</h1>{linked}</div>'))[1:] == [
        FIRST * 2,
        SECOND * 2,
    ]


@pytest.mark.parametrize(
    "body",
    [
        "<center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center>",
        "<h1>405</h1><p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>",
        "<p>您没有权限访问该页面，请登录。</p>",
        "<p>页面不存在，请返回首页。</p>",
        "<p>正在加载，请稍候。</p>",
    ],
)
def test_an_error_a_firewall_and_a_login_page_are_refused(body: str) -> None:
    refused(
        f"<html><head><title>提示</title></head><body>{body}</body></html>",
        "an error, firewall or login page",
    )


def test_the_scale_of_a_header_goes_to_its_cells() -> None:
    def row(*cells: str) -> str:
        return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"

    def table(*rows: str) -> str:
        return f"<table border=1>{''.join(rows)}</table>"

    wide = table(
        row("项目", "总额（亿）", "增幅（%）", "惠及群众（万）"), row("税收", "2.35", "-1.8", "3.5")
    )
    assert (
        read(page(article(FIRST, extra=wide)))[-1]
        == "税收总额2.35亿，税收增幅-1.8%，税收惠及群众3.5万。"
    )
    above = "<p>单位：万</p>" + table(
        row("项目", "资料份数", "群众人次"), row("普法", "1.2", "2.3")
    )
    assert (
        read(page(article(FIRST, extra=above)))[-1]
        == "普法资料份数1.2万份，普法群众人次2.3万人次。"
    )
    comma = table(row("项目", "罚没款，万元", "案件：宗"), row("处罚", "12.5", "87"))
    assert read(page(article(FIRST, extra=comma)))[-1] == "处罚罚没款12.5万元，处罚案件87宗。"
    money = "<p>金额单位：人民币万元</p>" + table(
        row("项目", "罚没款", "案件数"), row("处罚", "12.5", "87")
    )
    assert read(page(article(FIRST, extra=money)))[-1] == "处罚罚没款12.5万元，处罚案件数87。"


def test_two_numbers_in_a_cell_stay_two() -> None:
    two = "<table border=1><tr><td>项目</td><td>案件数</td></tr><tr><td>处罚</td><td><p>87</p><p>12</p></td></tr></table>"
    assert read(page(article(FIRST, extra=two)))[-1] == "项目：处罚，案件数：87；12。"


def test_an_xhtml_page_is_read_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    assert read('<?xml version="1.0" encoding="utf-8"?>\n' + page(article(FIRST, THIRD))) == [
        TITLE,
        FIRST,
        THIRD,
    ]
    assert not recwarn.list


@pytest.mark.parametrize(
    "unseen",
    [
        '<span style="color:#fff">999宗</span>',
        '<font color="white">999宗</font>',
        '<span class="pale">999宗</span>',
        '<span style="position:absolute;left:-9999px">999宗</span>',
        '<span style="height:0;overflow:hidden;display:inline-block">999宗</span>',
    ],
)
def test_words_that_nobody_sees_are_left_out(unseen: str) -> None:
    style = "<style>.pale{color:rgb(255,255,255)} .dark{background:#036}</style>"
    said = THIRD.replace("，", unseen + "，")
    assert read(page(article(FIRST, said), style)) == [TITLE, FIRST, THIRD]


@pytest.mark.parametrize(
    "ground", ['style="background:#036"', 'bgcolor="#003366"', 'class="dark"', 'style="color:#fff"']
)
def test_white_words_on_a_dark_ground_are_read(ground: str) -> None:
    style = "<style>.dark{background:#036}</style>"
    said = f'<div {ground}><p>{THIRD[:5]}<span style="color:#fff">{THIRD[5:]}</span></p></div>'
    assert read(page(article(FIRST, extra=said), style)) == [TITLE, FIRST, THIRD]


@pytest.mark.parametrize("second", [f"<p>{THIRD}</p>", f"{THIRD[:11]}<br>{THIRD[11:]}"])
def test_a_short_article_that_stands_twice_is_read_once(second: str) -> None:
    twice = f'<div class="pc"><p>{THIRD}</p></div><div class="wap">{second}</div>'
    assert read(page(article(FIRST, extra=twice))) == [TITLE, FIRST, THIRD]


def test_a_unit_in_any_brackets_of_a_header_goes_to_its_cells() -> None:
    for header in ("罚没款[万元]", "罚没款【万元】", "罚没款（万元）", "罚没款，万元"):
        rows = f"<tr><th>部门</th><th>{header}</th></tr><tr><td>城管</td><td>12.5</td></tr>"
        assert (
            read(page(article(FIRST, extra=f"<table>{rows}</table>")))[-1] == "城管罚没款12.5万元。"
        )
