"""Of a saved page the article is kept and the page around it is not. All pages are made up."""

# ruff: noqa: E501 - lines of markup are left as pages have them
from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.errors import DataError
from shenwan_data.report.source import read_text
from shenwan_data.report.title import find_published, find_title

ARTICLE = """
<p>　　2021年，测试镇坚持依法行政，
共办理行政处罚案件<del>141</del><b>142</b>宗。<!-- 注释里的9件 --></p>
<p style="display: none">隐藏的88件。</p><span hidden>隐藏的77件。</span><s>撤回的55件。</s><span style="text-decoration:line-through">44件。</span>
<p>　　<strong>一、主要做法</strong></p>
<p>&nbsp;&nbsp;&nbsp;&nbsp;整治面积1.8万m<sup>2</sup>，受理<span lang="EN-US">600</span><span>余项；<br/>　　二是调解23宗。</p>
<p>单位：件</p>
<table border="1">
<tr><td rowspan="2">项目</td><td colspan="2">2021年</td></tr>
<tr><td>案件数</td><td><p>罚款</p><p>（万元）</p></td></tr>
<tr><td>行政处罚</td><td>142</td><td>405.23</td></tr>
<tr><td>行政强制</td><td>3</td><td>-</td></tr>
</table>
<ol><li>加强学习。</li><li>加强监督。</li></ol>
<p style="text-align:right">测试镇人民政府<br>2022年1月15日</p>
<script>document.write("脚本里的66件。")</script>
"""

LINES = [
    "测试镇2021年法治政府建设年度报告",
    "信息来源：本网 发布日期：2022-01-15",
    "2021年，测试镇坚持依法行政，共办理行政处罚案件142宗。",
    "一、主要做法",
    "整治面积1.8万m²，受理600余项；",
    "二是调解23宗。",
    "单位：件",
    "行政处罚2021年案件数142件，行政处罚2021年罚款405.23万元。",
    "行政强制2021年案件数3件。",
    "1.加强学习。",
    "2.加强监督。",
    "测试镇人民政府",
    "2022年1月15日",
]

MENUS = """
<div class="top"><a href="/">首页</a> <a href="/w">无障碍版</a> <a href="/z">长者助手</a> 登录</div>
<ul class="mainmenu"><li><a href="1">政务公开</a></li><li><a href="2">政务服务2022</a></li></ul>
"""
PLACE = '<div class="wz">您当前的位置：<a href="/">首页</a> &gt; <a href="/f">政务公开</a> &gt; 正文</div>'
FOOT = """
<div class="bottom">主办单位：测试镇人民政府　联系电话：0760-88888888<br>
粤ICP备12345678号　粤公网安备44200002440000号　网站标识码：4420000001<br>版权所有，未经许可不得转载。</div>
"""
AFTER = """
<div class="pn">上一篇：<a href="5">关于第3批通知</a><br>下一篇：没有了</div>
<div><h3>相关阅读</h3><ul><li><a href="6">某镇2020年报告</a></li></ul></div>
<div class="bdsharebuttonbox">分享到：<a href="#">微信</a></div>
"""


def modern(charset: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="{charset}">
<meta name="ArticleTitle" content="测试镇2021年法治政府建设年度报告"><meta name="PubDate" content="2022-01-15 10:30">
<title>测试镇2021年法治政府建设年度报告_测试镇人民政府</title><style>.n{{x:1}}</style></head><body>
<header>{MENUS}</header><nav>{PLACE}</nav>
<div class="article"><h1>测试镇2021年<br>法治政府建设年度报告</h1>
<div class="info"><span>信息来源：本网</span> <span>发布日期：2022-01-15</span>
 <span>浏览次数：<i id="n">1234</i></span> 【字体：<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】 分享到：</div>
<div id="zoom" class="TRS_Editor">{ARTICLE}</div></div>{AFTER}<footer>{FOOT}</footer></body></html>"""


def layout_tables(charset: str) -> str:
    """The page of an old system, everything inside tables for the sake of columns."""
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>测试镇人民政府</title></head><body>
<table width="100%"><tr><td colspan="2">{MENUS}</td></tr>
<tr><td width="200"><table><tr><td><a href="3">机构职能</a></td></tr><tr><td><a href="4">领导之窗</a></td></tr></table></td>
<td><table><tr><td>{PLACE}</td></tr><tr><td align="center"><h2>测试镇2021年法治政府建设年度报告</h2></td></tr>
<tr><td>信息来源：本网 发布日期：2022-01-15 点击数：88 【打印】【关闭】</td></tr>
<tr><td class="content">{ARTICLE}</td></tr></table>{AFTER}</td></tr>
<tr><td colspan="2">{FOOT}</td></tr></table></body></html>"""


def bare(charset: str) -> str:
    """No container at all: menus, article and footer lie side by side."""
    return f"""<html><head><meta charset={charset}><title>报告</title></head><body>{MENUS}{PLACE}
<h1>测试镇2021年法治政府建设年度报告</h1><p>信息来源：本网 发布日期：2022-01-15</p>{ARTICLE}{AFTER}{FOOT}</body></html>"""


def save(folder: Path, content: bytes) -> Path:
    path = folder / "a.html"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("page", [modern, layout_tables, bare])
@pytest.mark.parametrize(
    ("charset", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("gb2312", "gb18030"),
        ("gbk", "gbk"),
        ("GB18030", "gb18030"),
        ("gb2312", "utf-8"),  # a browser saved the page and left the old declaration in it
        ("utf-8", "gb18030"),
    ],
)
def test_the_article_is_kept_and_nothing_else(
    tmp_path: Path, page: Callable[[str], str], charset: str, encoding: str
) -> None:
    text = read_text(save(tmp_path, page(charset).encode(encoding, "xmlcharrefreplace")))
    assert text.split("\n") == LINES
    assert find_title(text) == LINES[0]
    assert str(find_published(text)) == "2022-01-15"


def test_a_short_article_among_many_links_is_kept_whole(tmp_path: Path) -> None:
    page = """<html><head><meta charset="gbk"><title>法治政府建设年度报告 - 河湾镇</title></head><body>
<div>欢迎访问河湾镇人民政府网站！ 当前在线 128 人 | 设为首页 | 加入收藏</div>
<div><h3>河湾镇2023年度法治政府建设情况报告</h3>
<div>发布时间：2024年03月18日　　阅读：1,203 次　　【大 中 小】　【打印】　【关闭】</div><div>
<p>2023年，河湾镇认真履职，全年办理热线工单1,026件，满意率98.7%。</p>
<p>（一）规范执法。办理行政处罚案件9宗。</p><p>（二）成功调解矛盾纠纷57宗。</p>
<p>附件：1.<a href="1.pdf">河湾镇2023年行政执法案件统计表.pdf</a></p>
<p>　　　2.<a href="2.docx">河湾镇2023年普法活动清单（共36场）.docx</a></p>
<p>上一篇：<a href=a>河湾镇2022年度法治政府建设情况报告</a></p><p>下一篇：<a href=b>关于开展2024年春季防火巡查的通知</a></p>
<p>【字体：大 中 小】 打印本页 关闭窗口 | 分享到：微信 微博 QQ空间</p><p>网友评论：共 12 条评论，参与 35 人</p>
</div></div><div>河湾镇人民政府主办　电话：0571-87654321<br>技术支持：某某网络　总访问量：2345678</div></body></html>"""
    assert read_text(save(tmp_path, page.encode("gbk"))).split("\n") == [
        "河湾镇2023年度法治政府建设情况报告",
        "发布时间：2024年03月18日",
        "2023年，河湾镇认真履职，全年办理热线工单1,026件，满意率98.7%。",
        "（一）规范执法。办理行政处罚案件9宗。",
        "（二）成功调解矛盾纠纷57宗。",
        "附件：1.河湾镇2023年行政执法案件统计表.pdf",
    ]


def test_day_and_title_of_the_meta_data_stand_in_for_what_the_page_does_not_show(
    tmp_path: Path,
) -> None:
    page = (
        '<html><head><meta name="PubDate" content="2022-01-15 10:30">'
        '<meta name="ArticleTitle" content="测试镇2021年法治政府建设年度报告"></head>'
        "<body><div><p>全年办理案件142宗。</p></div></body></html>"
    )
    assert read_text(save(tmp_path, page.encode())).split("\n") == [
        "测试镇2021年法治政府建设年度报告",
        "发布日期：2022-01-15",
        "全年办理案件142宗。",
    ]


def test_the_table_of_a_disclosure_page_is_one_line_of_origin(tmp_path: Path) -> None:
    page = (
        "<body><table><tr><td>索引号：</td><td>11442000-2022-01</td><td>发布机构：</td><td>测试镇</td></tr>"
        "<tr><td>名称：</td><td colspan=3>测试镇2021年法治政府建设年度报告</td></tr>"
        "<tr><td>发布日期：</td><td>2022-01-15</td><td>主题分类：</td><td></td></tr></table>"
        "<h1>测试镇2021年法治政府建设年度报告</h1><div><p>全年办理案件142宗。</p><p>调解5宗。</p></div>"
    )
    text = read_text(save(tmp_path, page.encode()))
    assert text.split("\n")[-2:] == ["全年办理案件142宗。", "调解5宗。"]
    assert str(find_published(text)) == "2022-01-15"


def test_an_article_that_a_script_would_uncover_is_read(tmp_path: Path) -> None:
    page = (
        "<body><h1>测试镇2021年法治政府建设年度报告</h1><em>2022-01-15</em>"
        '<div id="js_content" style="visibility: hidden; opacity: 0;"><section><section>'
        "<p><span>2021年，测试镇办理案件</span><strong>142</strong><span>宗，调解成功率达到98.5%。</span></p>"
        "</section></section></div></body>"
    )
    assert read_text(save(tmp_path, page.encode())).split("\n") == [
        "测试镇2021年法治政府建设年度报告",
        "2021年，测试镇办理案件142宗，调解成功率达到98.5%。",
    ]


def test_a_title_that_no_heading_marks_is_found_above_the_article(tmp_path: Path) -> None:
    page = (
        '<body><div class="nav"><a href=1>首页</a></div><div><ul><li><a href=2>通知</a></li></ul></div>'
        '<div><div class="title">测试镇2021年法治政府建设年度报告</div>'
        '<div class="source">来源：测试镇 发布时间：2022-01-15 10:00</div>'
        '<div class="txt">　　2021年，测试镇办理142宗。<br><br>　　走访600户。<br>'
        "　　附件：<a href=a.doc>名单.doc</a></div></div></body>"
    )
    assert read_text(save(tmp_path, page.encode())).split("\n") == [
        "测试镇2021年法治政府建设年度报告",
        "来源：测试镇 发布时间：2022-01-15 10:00",
        "2021年，测试镇办理142宗。",
        "走访600户。",
        "附件：名单.doc",
    ]


def test_a_page_whose_text_a_script_would_fetch_is_refused(tmp_path: Path) -> None:
    page = f"<html><body>{MENUS}<div id=app></div><script>load('142宗')</script></body></html>"
    with pytest.raises(DataError, match="no article"):
        read_text(save(tmp_path, page.encode()))


def test_a_damaged_byte_in_the_article_is_refused_and_one_in_the_menu_is_not(
    tmp_path: Path,
) -> None:
    start, end = "<meta charset=gbk><div class=nav><a href=1>菜单".encode("gbk"), b"</a></div>"
    article = "<div><p>全年办理案件142宗。</p></div>".encode("gbk")
    assert read_text(save(tmp_path, start + b"\xff" + end + article)) == "全年办理案件142宗。"
    with pytest.raises(DataError, match="do not decode"):
        read_text(save(tmp_path, start + end + article.replace(b"142", b"\xff142")))


markup = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<table>", "<tr>", "<td colspan=0>", "<td rowspan=99>", "</table>", "<ol start=x>",
         "<li>", "<a href=1>", "</a>", "<!--", "-->", "<![CDATA[", "<sup>2</sup>", "<br>", "全年142宗。", "万m"]
    )
)  # fmt: skip


@given(markup)
def test_any_tag_soup_gives_lines_or_one_clear_error(pieces: list[str]) -> None:
    from shenwan_data.report.readers.article import read_article

    try:
        text = read_article("".join(pieces), Path("a.html"))
    except DataError:
        return
    assert text.strip() and "<" not in text
