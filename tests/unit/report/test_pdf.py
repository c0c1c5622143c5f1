"""A PDF reads as the paragraphs its author wrote, not the lines it was printed in. Made up."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

from shenwan_data.errors import DataError
from shenwan_data.report.readers.characters import everyday
from shenwan_data.report.readers.paragraphs import PrintedLine, join_lines
from shenwan_data.report.source import read_text

FONT = "STSong-Light"
TITLE = ParagraphStyle("t", fontName=FONT, fontSize=22, leading=32, alignment=1, wordWrap="CJK")
BODY = ParagraphStyle(
    "b", fontName=FONT, fontSize=16, leading=28, firstLineIndent=32, wordWrap="CJK"
)
FLUSH = ParagraphStyle("f", parent=BODY, firstLineIndent=0)
GRID = [("GRID", (0, 0), (-1, -1), 0.5, "black"), ("FONT", (0, 0), (-1, -1), FONT, 12)]

LONG = (
    "2021年，测试镇共办理行政处罚案件142宗，罚没款405.23万元，开展普法活动35场次，受众2万余人次。"
)
PARAGRAPHS = [
    LONG * 3,
    "一、主要做法",
    "（一）调解。" + "全年调解矛盾纠纷近196件，成功率98.5%，" * 9 + "走访600户。",
]


@pytest.fixture(autouse=True, scope="module")
def font() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def build(folder: Path, story: list[Flowable], head: str = "") -> Path:
    path = folder / "a.pdf"

    def furniture(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(FONT, 10)
        canvas.drawString(70, 815, head)
        canvas.drawCentredString(A4[0] / 2, 30, f"— {document.page} —")

    SimpleDocTemplate(str(path), pagesize=A4).build(
        story, onFirstPage=furniture, onLaterPages=furniture
    )
    return path


def test_lines_are_joined_to_paragraphs_and_the_furniture_of_pages_is_gone(tmp_path: Path) -> None:
    story = [Paragraph("测试镇2021年法治政府建设年度报告", TITLE), Spacer(1, 20)]
    story += [Paragraph(text, BODY) for text in PARAGRAPHS * 4]
    assert read_text(build(tmp_path, story, "测试镇人民政府文件")).split("\n") == [
        "测试镇2021年法治政府建设年度报告",
        *PARAGRAPHS * 4,
    ]


def test_paragraphs_without_indent_end_where_a_line_stops_short(tmp_path: Path) -> None:
    story = [Paragraph(text, FLUSH) for text in PARAGRAPHS]
    story.append(PageBreak())
    story += [Paragraph(text, FLUSH) for text in PARAGRAPHS]
    assert read_text(build(tmp_path, story)).split("\n") == PARAGRAPHS * 2


def test_a_title_over_two_lines_is_one(tmp_path: Path) -> None:
    title = "测试镇人民政府关于二〇二一年度推进法治政府建设工作情况的报告"
    story = [
        Paragraph(title, TITLE),
        Paragraph(LONG, BODY),
        PageBreak(),
        Paragraph(LONG, BODY),
    ]
    assert read_text(build(tmp_path, story)).split("\n") == [title, LONG, LONG]


def test_tables_keep_their_headers_also_on_the_next_page(tmp_path: Path) -> None:
    rows = [["项目", "2021年", ""], ["", "案件数（宗）", "罚款（万元）"]]
    rows += [[f"{letter}项", f"{number}", "-"] for number, letter in enumerate("甲乙丙丁戊己庚辛")]
    merged = [*GRID, ("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (2, 0))]
    story = [
        Paragraph(LONG, BODY),
        Spacer(1, 480),
        Table(rows, style=merged),
        Paragraph("完成。", BODY),
    ]
    lines = read_text(build(tmp_path, story)).split("\n")
    assert lines == [
        LONG,
        *(
            f"{letter}项2021年案件数{number}宗。"
            for number, letter in enumerate("甲乙丙丁戊己庚辛")
        ),
        "完成。",
    ]


def test_the_unit_above_a_table_counts_on_the_next_page_too(tmp_path: Path) -> None:
    rows = [["项目", "立案数"], *([f"{letter}项", "3"] for letter in "甲乙丙丁戊己庚辛")]
    for repeated in (0, 1):
        story = [
            Paragraph(LONG, BODY),
            Spacer(1, 470),
            Paragraph("单位：宗", BODY),
            Table(rows, style=GRID, repeatRows=repeated),
        ]
        lines = read_text(build(tmp_path, story)).split("\n")
        assert lines[2:] == [f"{letter}项立案数3宗。" for letter in "甲乙丙丁戊己庚辛"]


def test_radicals_that_a_browser_prints_are_the_characters_they_look_like() -> None:
    assert everyday("⼈⺠调解⼀次，⻬抓共管，⻅下表") == "人民调解一次，齐抓共管，见下表"
    assert everyday("亻⺅") == "亻⺅"


def test_a_frame_around_text_is_no_table(tmp_path: Path) -> None:
    framed = Table([[Paragraph(LONG * 3, FLUSH)]], style=GRID)
    assert read_text(build(tmp_path, [framed])) == LONG * 3


def test_latin_words_keep_their_spaces_and_chinese_gets_none(tmp_path: Path) -> None:
    story = [Paragraph("通过 Open Data 平台公开 35 件。", BODY)]
    assert read_text(build(tmp_path, story)) == "通过Open Data平台公开35件。"


def scan(folder: Path, words: str = "") -> Path:
    picture = folder / "a.png"
    Image.new("L", (300, 420), 200).save(picture)
    path = folder / "a.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    if words:
        canvas.setFont(FONT, 16)
        canvas.drawString(72, 700, words)
        canvas.showPage()
    canvas.drawImage(str(picture), 0, 0, *A4)
    canvas.save()
    return path


def test_a_scan_is_refused_with_the_page(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a scan") as caught:
        read_text(scan(tmp_path))
    assert caught.value.place == "page 1"
    with pytest.raises(DataError, match="a scan") as caught:
        read_text(scan(tmp_path, "全年调解5件。"))
    assert caught.value.place == "page 2"


def lock(path: Path, password: str) -> Path:
    writer = PdfWriter(clone_from=str(path))
    writer.encrypt(password, "owner", algorithm="AES-256")
    writer.write(str(path))
    return path


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    path = lock(build(tmp_path, [Paragraph(LONG, BODY)]), "secret")
    with pytest.raises(DataError, match="encrypted"):
        read_text(path)


def test_a_file_that_only_forbids_printing_is_read(tmp_path: Path) -> None:
    assert read_text(lock(build(tmp_path, [Paragraph(LONG, BODY)]), "")) == LONG


def test_a_damaged_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    with pytest.raises(DataError, match="not a valid PDF"):
        read_text(path)
    Canvas(str(path)).save()
    with pytest.raises(DataError, match="empty"):
        read_text(path)


def line(text: str, top: float, left: float = 90, right: float = 510) -> PrintedLine:
    """A line of 16-point print on a page whose text runs from 90 to 510 points."""
    return PrintedLine(text, 1, left, right, top, top + 16, 16, 842)


def test_a_heading_that_nearly_fills_its_line_does_not_run_into_the_text() -> None:
    full = [line("在村里开展普法活动共三十五场次受众两万人次。", top) for top in (100, 128, 156)]
    heading = line("（二）以高要求依法全面履行政府职能不断提升", 184, right=495)
    assert join_lines([*full, heading, line("1.借力平台，受理六百件。", 212)])[1:] == [
        heading.text,
        "1.借力平台，受理六百件。",
    ]
    assert join_lines([*full[:2], heading, line("一是借力平台。", 212)])[-1] == "一是借力平台。"


def test_a_line_that_stops_short_before_an_unbroken_formula_goes_on() -> None:
    full = [line("在村里开展普法活动共三十五场次受众两万余人次", top) for top in (100, 128)]
    short = line("司法所与法庭共建实现矛盾纠纷化解", 156, right=450)
    assert join_lines([*full, short, line("“1+1>2”，共五件。", 184)])[0].endswith(
        "化解“1+1>2”，共五件。"
    )
