"""A file that hangs or eats memory is refused by name, and the next file is read. All made up."""

from __future__ import annotations

import io
import threading
import zipfile
import zlib
from pathlib import Path

import pytest

from shenwan_data.errors import DataError, UsageError
from shenwan_data.report import box
from shenwan_data.report.source import read_source

PAGE = "<html><body><h1>测试镇2021年法治政府建设年度报告</h1><p>全年处罚87宗。</p></body></html>".encode()


def good() -> str:
    return read_source(PAGE, Path("good.html")).text.split("\n")[-1]


def objects(*bodies: bytes) -> bytes:
    """A PDF of these objects, numbered from 1, the first of which is the catalogue."""
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(content)
    return content + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (len(bodies) + 1, table, len(bodies) + 1, start)
    )


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), entries, data)


def page_of(resources: bytes, *others: bytes, box: bytes = b"[0 0 595 842]") -> bytes:
    return objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox %s/Contents 4 0 R/Resources<<%s>>>>"
        % (box, resources),
        *others,
    )


def a_box_that_is_itself() -> bytes:
    return page_of(b"", stream(b""), b"5 0 R", box=b"5 0 R")


def forms_that_call_forms() -> bytes:
    levels = 8
    forms = [
        stream(
            b"/F Do " * 10 if level < levels - 1 else b"0 0 10 10 re f",
            b"/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</F %d 0 R>>>>"
            % (6 + level),
        )
        for level in range(levels)
    ]
    return page_of(b"/XObject<</F 5 0 R>>", stream(b"/F Do"), *forms)


def a_row_of_two_thousand_million_columns() -> bytes:
    data = zlib.compress(b"\2" + b"0" * 100)
    rows = b"/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 2000000000>>"
    return page_of(b"", stream(data, rows))


def a_gigabyte_squeezed_twice() -> bytes:
    megabyte = zlib.compressobj(wbits=-15)
    block = megabyte.compress(bytes(1 << 20)) + megabyte.flush(zlib.Z_FULL_FLUSH)
    # The checksum of as many zeros.
    total = ((1 << 30) % 65521 << 16) | 1
    once = b"\x78\x9c" + block * 1024 + b"\x03\0" + total.to_bytes(4, "big")
    return page_of(b"", stream(zlib.compress(once), b"/Filter[/FlateDecode/FlateDecode]"))


def two_million_characters() -> bytes:
    text = zlib.compress(b"BT/F 9 Tf(" + b"x" * 2_000_000 + b")Tj ET")
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    return page_of(b"/Font<</F 5 0 R>>", stream(text, b"/Filter/FlateDecode"), font)


def empty_paragraphs() -> bytes:
    content = io.BytesIO()
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}"><w:body>{"<w:p/>" * 8_000_000}</w:body></w:document>',
        )
    return content.getvalue()


def cells_that_cover_a_table() -> bytes:
    rows = "<tr><td colspan=60 rowspan=0>1</td></tr>" * 5000
    return f"<html><body><p>全年处罚87宗。</p><table>{rows}</table></body></html>".encode()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (a_box_that_is_itself, "a.pdf"),
        (forms_that_call_forms, "a.pdf"),
        (a_row_of_two_thousand_million_columns, "a.pdf"),
        (a_gigabyte_squeezed_twice, "a.pdf"),
        (two_million_characters, "a.pdf"),
        (empty_paragraphs, "a.docx"),
        (cells_that_cover_a_table, "a.html"),
    ],
)
def test_a_file_beyond_the_limits_is_refused_by_name(
    make: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(box.SECONDS, "1")
    monkeypatch.setenv(box.MEMORY, "600")
    with pytest.raises(DataError) as caught:
        read_source(make(), Path(name))  # type: ignore[operator]
    assert caught.value.file == name
    # A busy machine may take a second for a good one.
    monkeypatch.delenv(box.SECONDS)
    assert good() == "全年处罚87宗。"


def test_time_and_memory_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(box.SECONDS, "1")
    with pytest.raises(DataError, match="more than 1 seconds"):
        read_source(a_box_that_is_itself(), Path("a.pdf"))
    monkeypatch.setenv(box.SECONDS, "30")
    monkeypatch.setenv(box.MEMORY, "500")
    with pytest.raises(DataError, match="more than 500 MB"):
        read_source(a_row_of_two_thousand_million_columns(), Path("a.pdf"))


def test_long_lists_and_many_notes_are_read_in_time() -> None:
    many = "<li>办理5件。" * 8000
    page = f"<html><body><h1>测试镇2021年报告</h1><p>全年<sup>1</sup>处罚。</p><ol>{many}</ol></body></html>"
    lines = read_source(page.encode(), Path("a.html")).text.split("\n")
    assert lines[-1] == "8000.办理5件。"


def test_one_process_serves_many_files_and_many_threads() -> None:
    assert good() == good()
    child = box._child
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(good())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["全年处罚87宗。"] * 4 and box._child is child is not None


def test_a_reader_that_died_is_replaced() -> None:
    good()
    assert box._child is not None
    box._child.process.kill()
    box._child.process.wait()
    assert good() == "全年处罚87宗。"


def test_errors_come_out_as_they_were_raised() -> None:
    with pytest.raises(DataError, match="not a valid PDF") as caught:
        read_source(b"%PDF-1.7 rubbish", Path("坏.pdf"))
    assert caught.value.file == "坏.pdf" and caught.value.remedy.zh


def test_a_limit_that_is_no_number_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(box.MEMORY, "1G")
    with pytest.raises(UsageError, match="SHENWAN_READER_MEMORY"):
        good()
