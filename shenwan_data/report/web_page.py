"""A report fetched from a web address, with the care that is taken of an inbox."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from shenwan_data.config.forms import is_url, without_account
from shenwan_data.errors import MachineError, Text, UsageError
from shenwan_data.report.inbox_stores import (
    TooLargeError,
    Web,
    byte_limit,
    chunks,
    hide,
    shown_address,
)
from shenwan_data.report.source import ENDINGS

_ENDING_OF = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


def fetch_page(address: str) -> tuple[str, bytes]:
    """The report at a web address: a name for its file, and its content.

    The same care is taken as with an inbox: http and https alone, no redirect to another server, no
    more than the limit of bytes and time. Raises UsageError for what is no address without an account
    or no document, MachineError where it cannot be read.
    """
    address = address.strip().partition("#")[0]
    if not is_url(address):
        raise UsageError(
            Text(
                f"网址无效：{without_account(address)}",
                f"not an http(s) address without an account: {without_account(address)}",
            ),
            remedy=Text("请写完整网址，如 http://www.zs.gov.cn/…", "give the whole address"),
        )
    try:
        with Web(address).page() as answer:
            kind = str(answer.headers.get_content_type())
            content = b"".join(chunks(answer, byte_limit()))
            packed = answer.headers.get("Content-Encoding", "identity") != "identity"
    except (OSError, ValueError, TooLargeError) as error:
        said = hide(str(error) or type(error).__name__, address)
        raise MachineError(
            Text(f"网址无法读取：{said}", f"the address cannot be read: {said}"),
            file=shown_address(address),
            remedy=Text(
                "请检查网址和网络；也可在浏览器中打开，另存后添加文件",
                "check address and network, or save the page in a browser and add the file",
            ),
        ) from error
    last = unquote(urlsplit(address).path).rpartition("/")[2]
    ending = Path(last).suffix.lower()
    ending = ending if ending in ENDINGS else _ENDING_OF.get(kind, "")
    if packed or not ending:
        raise UsageError(
            Text(f"该网址不是报告文件（{kind}）", f"there is no file of a report there ({kind})"),
            file=shown_address(address),
            remedy=Text(
                "请在浏览器中打开，另存后添加文件", "save it in a browser and add the file"
            ),
        )
    return f"{Path(last).stem or 'page'}{ending}", content
