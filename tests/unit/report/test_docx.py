"""A Word file reads as it prints: in order, with its numbers, without what is hidden. Made up."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from shenwan_data.errors import DataError
from shenwan_data.report.source import read_text

W = nsdecls("w")


@pytest.fixture
def document() -> docx.document.Document:
    return docx.Document()


def read(document: docx.document.Document, folder: Path) -> list[str]:
    path = folder / "a.docx"
    document.save(str(path))
    return read_text(path).split("\n")


def fill(table: docx.table.Table, *rows: str) -> None:
    for y, row in enumerate(rows):
        for x, text in enumerate(row.split("|")):
            table.cell(y, x).text = text


def test_paragraphs_and_tables_come_in_the_order_of_the_document(
    document: docx.document.Document, tmp_path: Path
) -> None:
    document.add_heading("测试镇2021年法治政府建设年度报告", 0)
    document.add_paragraph("　　2021年，测试镇办理142宗。")
    document.add_paragraph("单位：件")
    fill(document.add_table(3, 3), "项目|案件数|罚款（万元）", "处罚|142|405.23", "强制|3|-")
    document.add_paragraph("第一行\n第二行")
    assert read(document, tmp_path) == [
        "测试镇2021年法治政府建设年度报告",
        "2021年，测试镇办理142宗。",
        "单位：件",
        "处罚案件数142件，处罚罚款405.23万元。",
        "强制案件数3件。",
        "第一行",
        "第二行",
    ]


def test_merged_cells_count_for_all_they_cover(
    document: docx.document.Document, tmp_path: Path
) -> None:
    table = document.add_table(4, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "村"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "2021年"
    table.cell(1, 1).text, table.cell(1, 2).text = "调解（件）", "成功率（%）"
    for x, text in enumerate(["一村", "5", "98.5"]):
        table.cell(2, x).text = text
    for x, text in enumerate(["二村", "", "100"]):
        table.cell(3, x).text = text
    assert read(document, tmp_path) == [
        "一村2021年调解5件，一村2021年成功率98.5%。",
        "二村2021年成功率100%。",
    ]


def test_a_table_that_only_frames_text_reads_as_text(
    document: docx.document.Document, tmp_path: Path
) -> None:
    document.add_table(1, 1).cell(0, 0).text = "一是调解5件。二是听证3次。"
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "左栏"
    fill(outer.cell(0, 1).add_table(2, 2), "项目|数量（件）", "调解|5")
    assert read(document, tmp_path) == ["一是调解5件。二是听证3次。", "左栏", "调解数量5件。"]


def test_what_is_deleted_struck_or_hidden_does_not_read_and_what_is_inserted_does(
    document: docx.document.Document, tmp_path: Path
) -> None:
    paragraph = document.add_paragraph("办理")
    for xml in (
        f'<w:del {W} w:id="1" w:author="x"><w:r><w:delText>99件</w:delText></w:r></w:del>',
        f'<w:ins {W} w:id="2" w:author="x"><w:r><w:t>88件</w:t></w:r></w:ins>',
        f'<w:moveFrom {W} w:id="3" w:author="x"><w:r><w:t>77件</w:t></w:r></w:moveFrom>',
        f"<w:r {W}><w:instrText>PAGE 66</w:instrText></w:r>",
    ):
        paragraph._p.append(parse_xml(xml))
    paragraph.add_run("55件").font.hidden = True
    paragraph.add_run("33件").font.strike = True
    paragraph.add_run("，整治5m")
    paragraph.add_run("2").font.superscript = True
    document.sections[0].header.paragraphs[0].text = "页眉44"
    document.element.body.insert(
        0,
        parse_xml(
            f'<w:sdt {W}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/>'
            "</w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>目录 1</w:t></w:r></w:p>"
            "</w:sdtContent></w:sdt>"
        ),
    )
    document.element.body.insert(
        1,
        parse_xml(
            f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>控件里的标题</w:t></w:r></w:p>"
            "</w:sdtContent></w:sdt>"
        ),
    )
    assert read(document, tmp_path) == ["控件里的标题", "办理88件，整治5m²"]


LEVELS = [("chineseCounting", "%1、"), ("japaneseCounting", "（%2）"), ("decimal", "%3.")]


def test_automatic_numbers_are_printed(document: docx.document.Document, tmp_path: Path) -> None:
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (form, text) in enumerate(LEVELS)
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {W} w:abstractNumId="90">{levels}</w:abstractNum>')
    )
    numbering.append(parse_xml(f'<w:num {W} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for text, depth in (
        ("甲", 0),
        ("乙", 1),
        ("丙", 2),
        ("丁", 2),
        ("戊", 1),
        ("己", 0),
        ("庚", 1),
    ):
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>')
        )
    document.add_paragraph("点", style="List Bullet")
    document.add_paragraph("一", style="List Number")
    document.add_paragraph("二", style="List Number")
    assert read(document, tmp_path) == [
        "一、甲", "（一）乙", "1.丙", "2.丁", "（二）戊", "二、己", "（一）庚",
        "点", "1.一", "2.二",
    ]  # fmt: skip


def test_text_boxes_and_notes_are_not_lost(
    document: docx.document.Document, tmp_path: Path
) -> None:
    paragraph = document.add_paragraph("正文5件。")
    box = "<w:txbxContent><w:p><w:r><w:t>文本框3次。</w:t></w:r></w:p></w:txbxContent>"
    paragraph._p.append(
        parse_xml(
            f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f'<mc:AlternateContent><mc:Choice Requires="wps">{box}</mc:Choice>'
            f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    paragraph._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="2"><w:p><w:r><w:t>脚注7户。</w:t></w:r></w:p>'
        "</w:footnote></w:footnotes>"
    )
    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        notes.encode(),
        document.part.package,
    )
    document.part.relate_to(part, RT.FOOTNOTES)
    assert read(document, tmp_path) == ["正文5件。", "文本框3次。", "脚注7户。"]


def test_an_empty_a_damaged_and_a_huge_file_are_refused(
    document: docx.document.Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.docx"
    document.save(str(path))
    with pytest.raises(DataError, match="empty"):
        read_text(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match="not a valid Word file"):
        read_text(path)
    unfolding = io.BytesIO()
    with zipfile.ZipFile(unfolding, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 31_000_000)
    path.write_bytes(unfolding.getvalue())
    with pytest.raises(DataError, match="unfolds to more"):
        read_text(path)
