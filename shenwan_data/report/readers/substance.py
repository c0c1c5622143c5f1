"""Whether a text says something, or is only what stands around a report, or in its place.

Belongs here: judging the text of any format. Does not belong here: whether it is the right report
(``completeness``).
"""

from __future__ import annotations

import re

from shenwan_data.report.title import find_title

_SENTENCE = re.compile(r"[。！？；]")
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_ORIGIN = re.compile(r"(?:日期|时间|来\s*源|发布机构|索\s*引\s*号|文\s*号)\s*[:：]")
_ATTACHED = re.compile(r"附件|.*\.(?:pdf|docx?|xlsx?|wps|et|zip|rar)\b", re.I)
_FEWEST = 40
_ERROR = re.compile(
    r"\b(?:400|401|403|404|405|500|502|503|504)\b|Bad Gateway|Forbidden|Not Found|nginx|Request-Id"
    r"|安全威胁|(?:访问|请求)被?(?:阻断|拦截|拒绝|禁止)|云盾|防火墙|WAF|人机验证|验证码"
    r"|没有权限|无权(?:限)?访问|请(?:先|重新)?登[录陆]|登[录陆]超时|页面不存在|找不到(?:该|您)?.{0,8}页|已(?:被)?删除"
    r"|系统(?:繁忙|维护)|正在加载|请稍[候后]",
    re.I,
)
_TOPIC = re.compile(r"法治|依法行政")
_LONGEST_ERROR = 400


def says_something(text: str) -> bool:
    """Whether there is a sentence, or more than a title, a line of origin and a list of files."""
    title = find_title(text)
    own = [
        line
        for line in text.split("\n")
        if line.strip() and line != title and not _ATTACHED.match(line)
    ]
    if any(_SENTENCE.search(line) for line in own):
        return True
    own = [line for line in own if not _ORIGIN.search(line)]
    return len(own) > 1 and sum(len(_HAN.findall(line)) for line in own) >= _FEWEST


def is_error_page(text: str) -> bool:
    """Whether a short text says that something could not be shown: an error, a firewall, a login."""
    return (
        len(text) < _LONGEST_ERROR
        and _ERROR.search(text) is not None
        and _TOPIC.search(text) is None
    )
