"""A text that was once opened in the wrong encoding is refused, and its own encoding named. Made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from shenwan_data.errors import DataError
from shenwan_data.report.readers.text import refuse_garbled
from shenwan_data.report.source import read_here

SAID = (
    "测试镇2021年法治政府建设年度报告\n"
    "2021年，测试镇坚持依法行政，全年办理行政处罚案件87宗，罚没款12.5万元。\n"
)


@pytest.mark.parametrize(
    "garbled",
    [
        SAID.encode().decode("gb18030", "replace"),
        SAID.encode().decode("gb18030", "ignore"),
        SAID.encode().decode("latin-1"),
        SAID.encode().decode("cp1252", "ignore"),
        SAID.encode("gb18030").decode("latin-1"),
        SAID.replace("镇", "\ufffd"),
        SAID + "锟斤拷锟斤拷",
        SAID + "全年烫烫烫87宗",
        (SAID * 2).replace("政", "?"),
        "????????87????142????" + SAID,
    ],
)
def test_a_garbled_text_is_refused_in_every_format(garbled: str) -> None:
    page = "".join(f"<p>{line}</p>" for line in garbled.split("\n"))
    for name, content in (("a.txt", garbled), ("a.html", f"<html><body>{page}</body></html>")):
        with pytest.raises(DataError) as caught:
            read_here(content.encode(), Path(name))
        assert name == "a.html" or "garbled" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        SAID + "办得怎么样?群众满意吗?满意!还有什么?都有吗?还差多少?没有。",
        SAID,
        "Café à la crème, déjà vu: " + SAID,
        "㎡①②③，。《》" * 30 + SAID,
        "囍喆堃犇骉" * 8 + SAID,
    ],
)
def test_a_sound_text_is_not(text: str) -> None:
    refuse_garbled(text, Path("a.txt"))


@pytest.mark.parametrize(
    ("codec", "name"), [("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("big5", "Big5")]
)
def test_another_encoding_is_named(codec: str, name: str) -> None:
    said = "東莞市虎門鎮法治政府建設年度報告，行政處罰案件。" if codec == "big5" else SAID
    with pytest.raises(DataError, match=f"looks like {name}"):
        read_here(said.encode(codec), Path("a.txt"))
