"""A text file is read as it is, or refused with one clear error. All texts are made up."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.errors import DataError, UsageError
from shenwan_data.report.readers.text import decode_text
from shenwan_data.report.source import read_bytes, read_source, read_text

REPORT = """测试镇2021年法治政府建设年度报告

  2021年，测试镇共受理行政复议案件142宗，办结率为98.5％。
"""

chinese = st.text(
    st.sampled_from("的一是在了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
                    "，。、；：（）《》0123456789 \n"),
    min_size=1,
)  # fmt: skip


def write(folder: Path, content: bytes, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_utf8_file_is_given_back_as_it_reads(tmp_path: Path) -> None:
    odd = REPORT + "　全角空格、\u00a0不换行空格、㎡、①\n\n末行没有换行"
    path = write(tmp_path, odd.encode())
    assert read_text(path) == odd == path.read_text("utf-8")
    assert read_text(write(tmp_path, (odd + "、\ufeff零宽").encode())) == odd + "、零宽"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_every_encoding_towns_use_gives_the_same_text(tmp_path: Path, encoding: str) -> None:
    assert read_text(write(tmp_path, REPORT.encode(encoding))) == REPORT


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_become_lf(tmp_path: Path, ends: str) -> None:
    path = write(tmp_path, REPORT.replace("\n", ends).encode("gb18030"))
    assert read_text(path) == REPORT


@given(
    st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff"), min_size=1)
)
def test_any_text_round_trips_in_every_unicode_encoding(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode_text(text.encode(encoding), Path("a.txt")) == text


@given(chinese)
def test_any_chinese_text_round_trips_in_gb18030(text: str) -> None:
    text = "测试镇" * (1 + len(text)) + text
    assert decode_text(text.encode("gb18030"), Path("a.txt")) == text


@given(chinese)
def test_what_was_read_reads_the_same_again(text: str) -> None:
    text = "测试镇" + text
    once = read_source(text.encode(), Path("a.txt")).text
    assert read_source(once.encode(), Path("a.txt")).text == once


@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_one_clear_error(content: bytes) -> None:
    try:
        text = read_source(content, Path("a.txt")).text
    except DataError as error:
        assert error.file == "a.txt" and error.remedy.zh and error.remedy.en
    else:
        assert text.strip()


@given(st.sampled_from([b"%PDF-1.7\n", b"PK\x03\x04", b"<html>"]), st.binary(max_size=200))
def test_rubbish_that_looks_like_another_format_is_an_error_too(head: bytes, tail: bytes) -> None:
    for ending in (".txt", ".pdf", ".docx", ".html"):
        try:
            assert read_source(head + tail, Path("a" + ending)).text.strip()
        except DataError as error:
            assert error.problem.zh and error.problem.en


@pytest.mark.parametrize("content", [b"", b" \r\n\t", "".encode("utf-16"), "　\n　".encode()])
@pytest.mark.parametrize("ending", [".txt", ".html"])
def test_a_file_without_text_is_refused(tmp_path: Path, content: bytes, ending: str) -> None:
    with pytest.raises(DataError, match=r"empty|no article"):
        read_text(write(tmp_path, content, "a" + ending))


@pytest.mark.parametrize(
    "content",
    [
        "Café à la crème, déjà vu".encode("latin-1"),
        "東莞市の行政処罰は142件です。よろしくお願いします".encode("shift-jis"),
        REPORT.encode("gb18030")[:-5] + b"\xff",
    ],
)
def test_what_is_neither_utf8_nor_gb18030_is_refused_with_its_place(
    tmp_path: Path, content: bytes
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DataError, match="neither valid UTF-8 nor readable GB18030") as caught:
        read_text(path)
    assert caught.value.file == str(path)
    assert caught.value.place and caught.value.place.startswith("line ")


def test_a_damaged_utf16_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="marked as UTF-16"):
        read_text(write(tmp_path, REPORT.encode("utf-16") + b"\x00"))


def test_binary_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="binary"):
        read_text(write(tmp_path, b"142\x00\x01\x02"))


def test_content_wins_over_a_wrong_ending(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><html><body><p>全年办理案件142宗。</p></body></html>"
    source = read_source(page.encode(), Path("a.txt"))
    assert (source.text, source.media_type) == ("全年办理案件142宗。", "text/html")
    with pytest.raises(DataError, match="not a valid PDF"):
        read_text(write(tmp_path, b"%PDF-1.7\nrubbish", "a.docx"))


def test_formats_that_cannot_be_read_say_what_to_do(tmp_path: Path) -> None:
    old = write(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "a.docx")
    with pytest.raises(DataError, match="old Word"):
        read_text(old)
    sheet = tmp_path / "a.xlsx"
    with zipfile.ZipFile(sheet, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(DataError, match="an Excel file"):
        read_text(sheet)
    single = (
        b"From: <Saved by a browser>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
    )
    for name in ("a.mhtml", "a.html"):
        with pytest.raises(DataError, match="single file"):
            read_text(write(tmp_path, single + b"\r\n<html></html>", name))
    with pytest.raises(DataError, match="an RTF file"):
        read_text(write(tmp_path, b"{\\rtf1\\ansi 9}", "a.txt"))
    with pytest.raises(DataError, match=r"unsupported file type \.md"):
        read_text(write(tmp_path, REPORT.encode(), "a.md"))


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        read_bytes(tmp_path / "none.txt")
