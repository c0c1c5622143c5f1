"""The article of a web page: title, line of origin and paragraphs, without the page around them.

Belongs here: telling the article from menus, breadcrumbs, buttons and footers. Does not belong
here: turning markup into lines (``html``). Nothing here knows a particular site: what holds for
the pages of town governments is that the article is where the sentences are and the links are not.
"""

from __future__ import annotations

import re
from pathlib import Path

from bs4 import BeautifulSoup
from bs4.element import Tag

from shenwan_data.errors import DataError, Text
from shenwan_data.report.readers.dom import TooDeepError, parse
from shenwan_data.report.readers.html import Line, TooLargeError, lines_of, tidy
from shenwan_data.report.readers.substance import is_error_page, says_something
from shenwan_data.report.title import find_title

_CHROME_NAME = re.compile(
    r"(?:^|[-_])(?:nav\w*|menu\w*|bread\w*|crumbs?|foot\w*|copyright|(?:bd)?share\w*|sidebar|side|search\w*|"
    r"login|toolbar|pagination|pager|print|relat\w*|recommend\w*|comments?|qrcode|ewm|fontsize|wza|"
    r"position|weizhi|dqwz|fenxiang|dibu|friendlink|links)(?:$|[-_])",
    re.I,
)
_CHROME_ROLE = frozenset(("navigation", "banner", "contentinfo", "search", "complementary"))
_ORIGIN = re.compile(
    r"(?:发布|发文|公开|更新|成文|生成)?(?:日期|时间)\s*[:：]\s*(?=\d)|信息来源\s*[:：]|来\s*源\s*[:：]|发布机构"
)
_BUTTONS = re.compile(
    r"\s*(?:[【\[（(]?\s*字[体号](?:大小)?\s*[:：]?\s*[大中小\s|]*[】\])）]?|[【\[]\s*大\s*中\s*小\s*[】\]]"
    r"|(?:浏览|点击|阅读|访问|点击率|人气)(?:次数|数|量|率)?\s*[:：]\s*[\d,，]*\s*(?:人次|次)?"
    r"|[【\[]?\s*(?:打印(?:本页|文章)?|关闭(?:窗口|本页)?|收藏(?:本页)?)\s*[】\]]?"
    r"|分享(?:到|至)?\s*[:：]?(?:\s*(?:微信|微博|新浪微博|QQ空间|QQ|朋友圈))*|扫一扫\S*)\s*(?=\s|$|[【\[|])"
)
_FURNITURE = re.compile(
    r"(?:您|你)?(?:的|现在|当前)*(?:所在)?的?位置\s*[:：].*|(?:网站)?首页(?:\s*[>＞»/|].*)?|[^。]*[>＞»]\s*正文"
    r"|分享(?:到|至)?\s*[:：]?.{0,20}|扫一扫.*|[【\[]?\s*(?:打印|关闭|收藏|返回|回到).{0,8}|字[体号].{0,12}"
    r"|(?:上|下)一?[篇条]\s*[:：]?.*|相关(?:阅读|链接|新闻|信息|文章|稿件|附件)\s*[:：]?|无障碍.{0,20}|长者.{0,10}"
    r"|(?:网友)?评论\s*[:：(（].*|登录|注册|繁體.{0,6}|简体.{0,6}|English|责任编辑\s*[:：].{0,20}|(?:浏览|点击|阅读|访问)(?:次数|数|量|率)?\s*[:：]?.{0,8}"
    r"|[\W_]+"
)  # fmt: skip
_FOOTER = re.compile(
    r"版权所有|ICP备|公网安备|网站标识码|主办(?:单位)?\s*[:：]|承办(?:单位)?\s*[:：]|技术支持\s*[:：]|网站地图|Copyright|©"
    r"|联系我们|关于我们|设为首页|加入收藏|欢迎(?:访问|光临|您|来到)|当前在线\s*[:：]?\s*\d|(?:总|今日)访问量\s*[:：]|备案号|建议使用.{0,30}浏览器|未经.{0,10}许可.{0,20}(?:转载|复制)",
    re.I,
)
_RELATED = re.compile(
    r"\s*[【\[]?\s*(?:(?:相关|推荐|热门|热点|最新|更多|延伸|精彩|猜你)\s*"
    r"(?:推荐|阅读|链接|新闻|信息|文章|稿件|内容|资讯|报道|喜欢|动态|专题)|猜你喜欢|为您推荐|大家都在看|相关|[您你]可能(?:还|也)?(?:感兴趣|喜欢|想看).{0,4}|看[过了].{0,6}的?人还看|(?:其他|往期|近期)(?:新闻|文章|回顾|推荐|报道|信息))"
    r"\s*[:：]?\s*[】\]]?\s*(?:更多|MORE|>+)?\s*",
    re.I,
)
# As much as one sentence of an article.
_LEAST_PROSE = 20
_SENTENCE = re.compile(r"[。！？；]")
# Links that stand with an article, not against it.
_OWN_LINK = re.compile(
    r"附件|[\d（(]+[.．、)）]|(?:上|下)一?[篇条]|.*\.(?:pdf|docx?|xlsx?|wps|et|zip|rar)\b", re.I
)
_PARAGRAPH = frozenset(("p", "li", "h1", "h2", "h3", "h4", "span"))


def read_article(markup: str, file: Path) -> str:
    """The article of one page, a paragraph a line. Raises DataError when the page holds none."""
    try:
        soup = parse(markup)
        text = _article(soup)
    except (RecursionError, TooDeepError) as error:
        raise _refused(
            file, Text("网页嵌套过深，无法读取", "the page is nested too deeply to be read")
        ) from error
    except TooLargeError as error:
        raise _refused(
            file, Text("网页中的表格过大", "a table of the page has too many cells")
        ) from error
    shown = text or tidy(soup.get_text())
    if is_error_page(shown):
        raise _refused(
            file,
            Text(
                "这是出错、拦截或登录页面，不是报告", "an error, firewall or login page, no report"
            ),
        )
    if not says_something(text):
        raise _refused(file, _without_text(soup, markup))
    if "\ufffd" in text:
        raise DataError(
            Text("网页正文中有无法解码的字符", "the article holds bytes that do not decode"),
            file=file,
            place=f"…{text[max(0, text.index(chr(0xFFFD)) - 10) :][:20]}…",
            remedy=Text("请在浏览器中重新保存该网页", "save the page again from a browser"),
        )
    return text


def _without_text(soup: BeautifulSoup, markup: str) -> Text:
    """Why a page holds no article: what stands in its place."""
    body = soup.body or soup
    if re.search(r"<(?:embed|object|iframe)\b", markup, re.I):
        return Text(
            "网页中没有正文：正文是嵌入的文件（如 PDF）",
            "the page holds no article: it shows an embedded document (such as a PDF)",
        )
    if body.find("img") is not None:
        return Text("网页中没有正文：正文是图片", "the page holds no article: it shows pictures")
    if re.search(r"<script\b", markup, re.I):
        return Text(
            "网页中没有正文：正文由脚本载入，保存时没有存下来",
            "the page holds no article: a script loads it, and it was not saved",
        )
    return Text("网页中没有正文", "the page holds no article")


def _article(soup: BeautifulSoup) -> str:
    body = soup.body or soup
    _drop_related(body)
    lines = _drop_copies(lines_of(body))
    if not lines:
        return ""
    if not any(_is_prose(line) for line in lines):
        # A page can make a link of its whole article.
        lines = [
            Line(line.text, 0, line.owner)
            if len(line.text) >= 40 and _SENTENCE.search(line.text)
            else line
            for line in lines
        ]
    chrome = _chrome(body, lines)
    outside = [line for line in lines if chrome.isdisjoint(_chain(line))]
    container = _container(body, outside or lines)
    own = {id(container), *(id(tag) for tag in container.parents)}
    apart = chrome - own
    inside = [line for line in lines if id(container) in _chain(line)]
    # A part that is named like furniture is part of the article where it says something.
    kept = [
        line
        for line in inside
        if apart.isdisjoint(_chain(line))
        or (container is not body and (_is_prose(line) or _ORIGIN.search(line.text)))
    ]
    if not kept:
        return ""
    first = next((i for i, line in enumerate(lines) if line is kept[0]), 0)
    content = _without_furniture(kept)
    if not content:
        return ""
    head = _head(soup, lines[:first], content)
    return "\n".join(head + content)


def _chain(line: Line) -> set[int]:
    return {id(line.owner), *(id(tag) for tag in line.owner.parents)}


def _drop_related(body: Tag) -> None:
    """Take out what stands below a heading such as 相关推荐: other articles."""
    total = _prose(lines_of(body))
    for text in body.find_all(
        string=lambda text: text is not None and _RELATED.fullmatch(text) is not None
    ):
        if getattr(text, "decomposed", False) or text.parent is None:
            continue
        heading: Tag = text.parent
        # The heading may be wrapped: up to the element that holds more than the heading.
        while heading.parent is not None and heading is not body:
            if len(tidy(heading.parent.get_text())) > len(tidy(text)) + 8:
                break
            heading = heading.parent
        if heading is body or heading.parent is None:
            continue
        below = [heading, *heading.find_next_siblings()]
        lost = sum(_prose(lines_of(tag)) for tag in below)
        if 2 * lost <= total or lost < total - _LEAST_PROSE:
            for tag in below:
                tag.decompose()


def _drop_copies(lines: list[Line]) -> list[Line]:
    """Without the second of two elements that say the same, as desktop and mobile versions do."""
    said: dict[int, list[str]] = {}
    prose: dict[int, list[str]] = {}
    tags: dict[int, Tag] = {}
    for line in lines:
        for tag in [line.owner, *line.owner.parents]:
            if tag.name not in _PARAGRAPH:
                tags.setdefault(id(tag), tag)
                said.setdefault(id(tag), []).append(line.text)
                if _is_prose(line):
                    prose.setdefault(id(tag), []).append(line.text)
    first: dict[str, Tag] = {}
    copies: set[int] = set()
    for key, sentences in prose.items():
        # The lines may be broken at other places, the buttons around be others.
        for whole in {"".join("".join(texts).split()) for texts in (sentences, said[key])}:
            if len(whole) >= _LEAST_PROSE:
                kept = first.setdefault(whole, tags[key])
                if kept is not tags[key] and not _hold_one_another(kept, tags[key]):
                    copies.add(key)
    return [line for line in lines if copies.isdisjoint(_chain(line))] if copies else lines


def _hold_one_another(one: Tag, other: Tag) -> bool:
    return any(tag is one for tag in other.parents) or any(tag is other for tag in one.parents)


def _chrome(body: Tag, lines: list[Line]) -> set[int]:
    """The elements that call themselves navigation, side or foot, unless most sentences are in them."""
    said: dict[int, int] = {}
    for line in lines:
        if _is_prose(line):
            for key in _chain(line):
                said[key] = said.get(key, 0) + len(line.text)
    total = sum(len(line.text) for line in lines if _is_prose(line))
    return {
        id(tag)
        for tag in body.find_all(True)
        if _is_chrome(tag) and 2 * said.get(id(tag), 0) <= total
    }


def _is_chrome(tag: Tag) -> bool:
    if tag.name in ("nav", "aside", "footer", "header") or tag.get("role") in _CHROME_ROLE:
        return True
    names = [*str(tag.get("id") or "").split(), *tag.get_attribute_list("class")]
    return any(_CHROME_NAME.search(name) for name in names if name)


def _is_prose(line: Line) -> bool:
    if line.is_link or _FOOTER.search(line.text):
        return False
    return bool(_SENTENCE.search(line.text)) or (len(line.text) >= 25 and "，" in line.text)


def _prose(lines: list[Line]) -> int:
    return sum(len(line.text) for line in lines if _is_prose(line))


def _container(body: Tag, lines: list[Line]) -> Tag:
    """The element with the most sentences and the fewest links; of equals, the innermost."""
    score: dict[int, int] = {}
    tags: dict[int, Tag] = {id(body): body}
    depth: dict[int, int] = {id(body): 0}
    for line in lines:
        against = line.is_link and not _OWN_LINK.match(line.text)
        worth = len(line.text) if _is_prose(line) else -len(line.text) if against else 0
        chain = [line.owner, *line.owner.parents]
        for place, tag in enumerate(chain):
            score[id(tag)] = score.get(id(tag), 0) + worth
            tags[id(tag)] = tag
            depth[id(tag)] = len(chain) - place
            if tag is body:
                break
    if not _prose(lines):
        return body
    # One paragraph can outweigh a short article that has many links around it, but is no article.
    wide = [key for key, tag in tags.items() if tag.name not in _PARAGRAPH]
    return tags[max(wide or score, key=lambda key: (score[key], depth[key]))]


def _without_furniture(lines: list[Line]) -> list[str]:
    last = max((i for i, line in enumerate(lines) if _is_prose(line)), default=len(lines) - 1)
    kept: list[str] = []
    for place, line in enumerate(lines):
        text = line.text
        if _is_prose(line):
            kept.append(text)
            continue
        if place > last and _FOOTER.search(text):
            break
        if _ORIGIN.search(text) and len(text) <= 200:
            text = _BUTTONS.sub(" ", text).strip()
        if (line.is_link and not text.startswith("附件")) or _FURNITURE.fullmatch(text):
            continue
        if not re.search(r"\w", _BUTTONS.sub(" ", text)):
            continue  # a row of nothing but buttons
        kept.append(text)
    return kept


def _head(soup: BeautifulSoup, before: list[Line], content: list[str]) -> list[str]:
    """Title and line of origin, where they stand outside the element of the article."""
    head: list[str] = []
    opening = "".join(content[:6]).replace(" ", "")
    title = _title(soup, before)
    if title and title.replace(" ", "") not in opening:
        head.append(title)
    origin = [
        _BUTTONS.sub(" ", line.text).strip()
        for line in before[-15:]
        if _ORIGIN.search(line.text) and len(line.text) <= 300 and not line.is_link
    ]
    published = _meta(soup, "PubDate")
    if not any(_ORIGIN.search(text) and re.search(r"\d{4}", text) for text in origin + content[:6]):
        day = re.match(r"\d{4}-\d{1,2}-\d{1,2}", published)
        if day:
            origin.append(f"发布日期：{day.group()}")
    return head + ([" ".join(origin)] if origin else [])


def _title(soup: BeautifulSoup, before: list[Line]) -> str:
    """The title from the meta data of government sites, a heading, or the window."""
    named = _meta(soup, "ArticleTitle")
    if named:
        return named
    headings = [tidy(tag.get_text()) for tag in soup.find_all(("h1", "h2", "ucaptitle"))]
    window = tidy(soup.title.get_text()) if soup.title else ""
    parts = [part.strip() for part in re.split(r"\s*[-_|–—]+\s*", window) if part.strip()]
    shown = {line.text for line in before if not line.is_link}
    for part in [window, *parts]:
        if part in shown:
            return part
    if (
        stated := find_title("\n".join(line.text for line in before if not line.is_link))
    ) is not None:
        return stated
    for heading in headings:
        if re.search(r"报告|总结|情况", heading):
            return heading
    return next((part for part in parts if re.search(r"报告|总结|情况", part)), "")


def _meta(soup: BeautifulSoup, name: str) -> str:
    tag = soup.find("meta", attrs={"name": re.compile(f"^{name}$", re.I)})
    return tidy(str(tag.get("content") or "")) if isinstance(tag, Tag) else ""


def _refused(file: Path, problem: Text) -> DataError:
    return DataError(
        problem,
        file=file,
        remedy=Text(
            "请打开该网页，把正文另存为 .txt 或 .docx 后重试",
            "open the page and save its article as .txt or .docx",
        ),
    )
