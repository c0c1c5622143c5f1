"""A Word file reads as Word shows it, and what Word opens is opened or named. All files are made up."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from PIL import Image

from shenwan_data.errors import DataError
from shenwan_data.report.source import read_here

TITLE = "测试镇2021年法治政府建设年度报告"
FIRST = "2021年，测试镇坚持依法行政。"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def parts(*paragraphs: str, **others: str) -> dict[str, str]:
    """The parts of a file whose body holds a title, a sentence and these paragraphs of markup."""
    head = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in (TITLE, FIRST))
    body = "".join(paragraphs)
    files = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": f'<w:document xmlns:w="{_W}" xmlns:m="{_M}" xmlns:r="{_R}">'
        f"<w:body>{head}{body}</w:body></w:document>",
    }
    return {**files, **{name.replace("__", "/"): text for name, text in others.items()}}


def relations(*items: tuple[str, str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="{one}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for one, kind, target in items
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{lines}</Relationships>'


def zipped(files: dict[str, str | bytes] | dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def read(files: dict[str, str], name: str = "a.docx") -> list[str]:
    lines = read_here(zipped(files), Path(name)).text.split("\n")
    assert lines[:2] == [TITLE, FIRST]
    return lines[2:]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


RAISED = '<w:vertAlign w:val="superscript"/>'


@pytest.mark.parametrize(
    "mark",
    [
        run("1", RAISED),
        run("[1]", RAISED),
        run("1", '<w:position w:val="8"/><w:sz w:val="16"/>'),
        run("1", '<w:rStyle w:val="Mark"/>'),
        '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="9"/><w:t>1</w:t></w:r>',
        '<w:r><w:footnoteReference w:id="9"/></w:r>',
        run("1", '<w:vertAlign w:val="subscript"/>'),
    ],
)
def test_the_mark_of_a_note_is_no_digit(mark: str) -> None:
    style = f'<w:styles xmlns:w="{_W}"><w:style w:styleId="Mark"><w:rPr>{RAISED}</w:rPr></w:style></w:styles>'
    files = parts(
        paragraph(run("全年处罚87"), mark, run("宗。")),
        word__styles={},  # type: ignore[arg-type]
    )
    files["word/styles.xml"] = style
    del files["word/styles"]
    files["word/_rels/document.xml.rels"] = relations(("rId2", "styles", "styles.xml"))
    assert read(files) == ["全年处罚87宗。"]


def test_a_square_stays_a_square() -> None:
    said = paragraph(
        run("拆除1200m"), run("2", RAISED), run("，清理35m"), run("3", RAISED), run("。")
    )
    assert read(parts(said)) == ["拆除1200m²，清理35m³。"]


def test_formulas_are_read() -> None:
    def text(value: str) -> str:
        return f"<m:r><m:t>{value}</m:t></m:r>"

    over = f"<m:f><m:num>{text('140')}</m:num><m:den>{text('142')}</m:den></m:f>"
    square = f"<m:sSup><m:e>{text('m')}</m:e><m:sup>{text('2')}</m:sup></m:sSup>"
    said = paragraph(
        run("成功率"), f"<m:oMath>{over}</m:oMath>", run("，即"), f"<m:oMath>{text('98.6%')}</m:oMath>",
        run("，拆除"), f"<m:oMathPara><m:oMath>{text('1200')}{square}</m:oMath></m:oMathPara>", run("。"),
    )  # fmt: skip
    cell = f"<w:tc><w:p><m:oMath>{text('87')}</m:oMath></w:p></w:tc>"
    label = "<w:tc><w:p><w:r><w:t>处罚（宗）</w:t></w:r></w:p></w:tc>"
    table = f"<w:tbl><w:tr>{label}{cell}</w:tr></w:tbl>"
    lone = f"<w:p><m:oMathPara><m:oMath>{text('调解142宗。')}</m:oMath></m:oMathPara></w:p>"
    assert read(parts(said, table, lone)) == [
        "成功率140/142，即98.6%，拆除1200m²。",
        "处罚87宗。",
        "调解142宗。",
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("word/a.html", "<html><body><p>全年处罚87宗，</p><p>罚没款12.5万元。</p></body></html>"),
        ("word/a.txt", "全年处罚87宗，\n罚没款12.5万元。"),
        (
            "word/a.mht",
            "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
            "<p>全年处罚87宗，</p><p>罚没款12.5万元。</p>",
        ),
        (
            "word/a.docx",
            zipped(
                {
                    k: v.replace(TITLE, "全年处罚87宗，").replace(FIRST, "罚没款12.5万元。")
                    for k, v in parts().items()
                }
            ),
        ),
    ],
)
def test_a_document_inside_the_document_is_read_in_its_place(
    name: str, content: str | bytes
) -> None:
    files = parts('<w:altChunk r:id="rId9"/>', paragraph(run("完成。")))
    files["word/_rels/document.xml.rels"] = relations(
        ("rId9", "aFChunk", name.removeprefix("word/"))
    )
    files[name] = content  # type: ignore[assignment]
    assert read(files) == ["全年处罚87宗，", "罚没款12.5万元。", "完成。"]


def test_a_document_inside_that_cannot_be_read_is_refused() -> None:
    files = parts('<w:altChunk r:id="rId9"/>')
    files["word/_rels/document.xml.rels"] = relations(("rId9", "aFChunk", "a.rtf"))
    files["word/a.rtf"] = "{\\rtf1 87}"
    with pytest.raises(DataError, match="embedded in the file") as caught:
        read(files)
    assert caught.value.place == "word/a.rtf"


def test_numbers_go_on_behind_soft_returns_and_deleted_ends() -> None:
    soft = "<w:p><w:r><w:t>全年处罚8</w:t><w:br/><w:t>7宗，罚款12.</w:t><w:br/><w:t>5万元。</w:t></w:r></w:p>"
    deleted = '<w:rPr><w:del w:id="1" w:author="a"/></w:rPr>'
    ends = paragraph(run("调解纠纷1"), properties=deleted) + paragraph(
        run("42宗，听证"), properties=deleted
    )
    assert read(parts(soft, ends + paragraph(run("3次。")))) == [
        "全年处罚87宗，罚款12.5万元。",
        "调解纠纷142宗，听证3次。",
    ]


def test_what_word_opens_is_opened() -> None:
    said = paragraph(run("全年处罚87宗。"))
    dead = parts(said)
    dead["word/_rels/document.xml.rels"] = relations(
        ("rId7", "image", "NULL"), ("rId8", "hyperlink", "#_top"), ("rId9", "image", "../NULL")
    )
    elsewhere = parts(said)
    elsewhere["word/document2.xml"] = elsewhere.pop("word/document.xml")
    elsewhere["_rels/.rels"] = relations(("rId1", "officeDocument", "/word/document2.xml"))
    strict = {
        name: text.replace(_W, "http://purl.oclc.org/ooxml/wordprocessingml/main").replace(
            _OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, text in parts(said).items()
    }
    for files, name in (
        (dead, "a.docx"), (elsewhere, "a.docx"), (strict, "a.docx"), (parts(said), "a.docm"),
        (parts(said), "a.dotx"), (parts(said), "a.dotm"),
    ):  # fmt: skip
        assert read(files, name) == ["全年处罚87宗。"]


@pytest.mark.parametrize(
    ("name", "stream", "words"),
    [
        ("a.doc", "WordDocument", "an old Word file"),
        ("a.wps", "WordDocument", "an old WPS file"),
        ("a.docx", "EncryptedPackage", "encrypted with a password"),
        ("a.et", "Workbook", "an Excel file"),
    ],
)
def test_old_and_encrypted_files_are_named(name: str, stream: str, words: str) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + stream.encode("utf-16-le")
    with pytest.raises(DataError, match=words):
        read_here(content, Path(name))


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("OFD.xml", "an OFD file"),
        ("content.xml", "an OpenDocument file"),
        ("ppt/presentation.xml", "PowerPoint"),
    ],
)
def test_other_zipped_formats_are_named(inside: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read_here(zipped({inside: "<x/>"}), Path("a.zip"))


def test_a_page_under_the_name_of_a_word_file_is_read_as_a_page() -> None:
    page = f"<html><head></head><body><h1>{TITLE}</h1><p>{FIRST}</p></body></html>"
    assert read_here(page.encode(), Path("a.doc")).media_type == "text/html"


def test_a_word_file_of_pictures_is_refused() -> None:
    picture = io.BytesIO()
    Image.new("L", (30, 40), 200).save(picture, "PNG")
    document = docx.Document()
    document.add_paragraph(TITLE)
    document.add_picture(picture)
    stream = io.BytesIO()
    document.save(stream)
    with pytest.raises(DataError, match="shows pictures"):
        read_here(stream.getvalue(), Path("a.docx"))


def test_what_has_no_width_parts_no_number_in_word() -> None:
    marks = "\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\u202c\u034f"
    lines = [paragraph(run(f"全年处罚8{mark}7宗，罚没款1,{mark}600元。")) for mark in marks]
    assert read(parts("".join(lines))) == ["全年处罚87宗，罚没款1,600元。"] * len(marks)


def test_a_note_is_printed_once_however_often_it_is_referred_to() -> None:
    def note(number: int) -> str:
        again = f'<w:r><w:footnoteReference w:id="{number + 1}"/></w:r>' * 10
        return f'<w:footnote w:id="{number}">{paragraph(run(f"注{number}。"), again)}</w:footnote>'

    files = parts(paragraph(run("全年处罚87宗。"), '<w:r><w:footnoteReference w:id="1"/></w:r>'))
    notes = "".join(note(number) for number in range(1, 10))
    files["word/footnotes.xml"] = f'<w:footnotes xmlns:w="{_W}">{notes}</w:footnotes>'
    files["word/_rels/document.xml.rels"] = relations(("rId2", "footnotes", "footnotes.xml"))
    assert read(files) == ["全年处罚87宗。", *(f"注{number}。" for number in range(1, 10))]


def test_a_table_beyond_all_measure_is_refused() -> None:
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="100"/></w:tcPr><w:p/></w:tc>'
    with pytest.raises(DataError, match="unfolds to more"):
        read(parts(f"<w:tbl>{f'<w:tr>{cell * 20}</w:tr>' * 100}</w:tbl>"))


WHITE = '<w:color w:val="FFFFFF"/>'
DARK = '<w:shd w:val="clear" w:color="auto" w:fill="1F4E79"/>'


def styled(styles: str, *paragraphs: str, page: str = "") -> list[str]:
    """The lines of a file with these styles and, where given, a page of a colour."""
    files = parts(*paragraphs)
    files["word/styles.xml"] = f'<w:styles xmlns:w="{_W}">{styles}</w:styles>'
    files["word/_rels/document.xml.rels"] = relations(("rId2", "styles", "styles.xml"))
    if page:
        document = files["word/document.xml"]
        files["word/document.xml"] = document.replace(
            "<w:body>", f'<w:background w:color="{page}"/><w:body>', 1
        )
    return read(files)


def cell(*content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(content)}</w:tc>"


HIDDEN = [
    paragraph(run("处罚87宗"), run("999宗", '<w:sz w:val="2"/>'), run("。")),
    paragraph(run("处罚87宗"), run("999宗", WHITE), run("。")),
    paragraph(run("处罚87宗"), run("999宗", '<w:color w:val="FDFDFD"/>'), run("。")),
    paragraph(run("处罚87宗"), run("999宗", '<w:color w:val="FFFFFF" w:themeColor="background1"/>'),
              run("。")),
    paragraph(run("处罚87宗"), run("999宗", '<w:rStyle w:val="Pale"/>'), run("。")),
    paragraph(run("处罚87宗"), run("999宗", '<w:rStyle w:val="Paler"/>'), run("。")),
    paragraph(run("处罚87宗"), run("999宗", '<w:rStyle w:val="Gone"/>'), run("。")),
    paragraph(run("处罚87宗"), run("999宗", WHITE + '<w:highlight w:val="white"/>'), run("。")),
    paragraph(run("处罚87宗"), run("999宗", WHITE + '<w:shd w:val="clear" w:fill="FFFFFF"/>'),
              run("。")),
    paragraph(run("处罚87宗"), run("999宗", '<w:color w:val="1F4E79"/>' + DARK), run("。")),
    paragraph(run("处罚999宗。"), properties='<w:pStyle w:val="Pale paragraph"/>')
    + paragraph(run("处罚87宗。")),
    f"<w:tbl><w:tr>{cell(paragraph(run('处罚999宗。', WHITE)))}"
    f"{cell(paragraph(run('处罚87宗。')))}</w:tr></w:tbl>",
]  # fmt: skip
SHOWN = [
    paragraph(run("处罚87宗。", WHITE + '<w:highlight w:val="darkBlue"/>')),
    paragraph(run("处罚87宗。", WHITE + DARK)),
    paragraph(run("处罚87宗。", WHITE + '<w:shd w:val="solid" w:color="1F4E79"/>')),
    paragraph(run("处罚87宗。", WHITE), properties=DARK),
    paragraph(run("处罚87宗。"), properties='<w:pStyle w:val="Banner"/>'),
    paragraph(run("处罚87宗。", '<w:color w:val="auto"/>')),
    paragraph(run("处罚87宗。", '<w:color w:val="000000"/>')),
    paragraph(run("处罚87宗。", '<w:rStyle w:val="Paler"/><w:color w:val="000000"/>')),
    f"<w:tbl><w:tr>{cell(paragraph(run('处罚87宗。', WHITE)), properties=DARK)}</w:tr></w:tbl>",
    '<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/></w:tblPr>'
    f"<w:tr>{cell(paragraph(run('处罚87宗。', WHITE)))}</w:tr></w:tbl>",
]
STYLES = (
    f'<w:style w:type="character" w:styleId="Pale"><w:rPr>{WHITE}</w:rPr></w:style>'
    '<w:style w:type="character" w:styleId="Paler"><w:basedOn w:val="Pale"/></w:style>'
    '<w:style w:type="character" w:styleId="Gone"><w:rPr><w:vanish/></w:rPr></w:style>'
    f'<w:style w:type="paragraph" w:styleId="Pale paragraph"><w:rPr>{WHITE}</w:rPr></w:style>'
    f'<w:style w:type="paragraph" w:styleId="Banner"><w:pPr>{DARK}</w:pPr><w:rPr>{WHITE}</w:rPr>'
    '</w:style><w:style w:type="table" w:styleId="Grid"><w:tblStylePr w:type="firstRow"><w:tcPr>'
    f"{DARK}</w:tcPr></w:tblStylePr></w:style>"
)


@pytest.mark.parametrize("markup", [*HIDDEN, *SHOWN])
def test_words_in_the_colour_of_their_ground_are_left_out(markup: str) -> None:
    assert styled(STYLES, markup) == ["处罚87宗。"]


def test_a_page_of_a_colour_is_the_ground() -> None:
    said = paragraph(
        run("处罚87宗", WHITE), run("999宗", '<w:color w:val="1F3864"/>'), run("。", WHITE)
    )
    assert styled("", said, page="1F3864") == ["处罚87宗。"]


@pytest.mark.parametrize(
    ("fill", "lines"),
    [
        ('<a:solidFill><a:srgbClr val="1F4E79"/></a:solidFill>', ["处罚87宗。"]),
        ("<a:noFill/>", []),
        ("", []),
    ],
)
def test_white_words_in_a_filled_shape_are_read(fill: str, lines: list[str]) -> None:
    shape = (
        '<w:r><w:drawing><wps:wsp xmlns:wps="http://schemas.microsoft.com/office/word/2010/'
        'wordprocessingShape" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        f"<wps:spPr>{fill}<a:ln><a:solidFill/></a:ln></wps:spPr><wps:txbx><w:txbxContent>"
        f"{paragraph(run('处罚87宗。', WHITE))}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></w:r>"
    )
    assert styled("", paragraph(shape)) == lines


def field(code: str, result: str = "") -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    shown = mark.format("separate") + run(result) if result else ""
    instruction = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return mark.format("begin") + instruction + shown + mark.format("end")


@pytest.mark.parametrize(
    ("before", "mark", "after", "line"),
    [
        ("处罚", field(" EQ \\o(87) "), "宗。", "处罚87宗。"),
        ("完成率", field(" EQ \\f(140,142) "), "。", "完成率140/142。"),
        ("处罚87", field(" EQ \\s\\up8(1) "), "宗。", "处罚87宗。"),
        ("拆除1200m", field(" eq \\s\\up6(2)"), "。", "拆除1200m²。"),
        ("第", field(" EQ \\o\\ac(○,7) "), "组。", "第7组。"),
        ("处罚", field(" =SUM(A1:A3) ", "87"), "宗。", "处罚87宗。"),
        ("处罚", field(" EQ \\x(\\f(8,9)) "), "宗。", "处罚8/9宗。"),
        ("处罚87", field(" PAGEREF a "), "宗。", "处罚87宗。"),
    ],
)
def test_a_field_shows_its_result_or_its_formula(
    before: str, mark: str, after: str, line: str
) -> None:
    assert read(parts(paragraph(run(before), mark, run(after)))) == [line]


def test_a_part_that_is_not_there_is_no_empty_part() -> None:
    with pytest.raises(DataError, match="another document is embedded"):
        read(parts('<w:altChunk r:id="rId9"/>', paragraph(run("完成。"))))
