"""A printed page reads in the order a person reads it, or is refused by its number. Made up."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from shenwan_data.errors import DataError
from shenwan_data.report.source import read_here

FONT = "STSong-Light"
WIDE, HIGH = A4
TITLE = "测试镇2021年法治政府建设年度报告"
SAID = (
    "2021年，测试镇坚持依法行政，扎实推进法治政府建设，各项工作取得新进展，全年开展普法活动56场次，"
    "发放宣传资料1.2万余份，惠及群众8000余人次，全部完成。"
)
# As many characters as a line of 14 points holds between the margins.
LINES = tuple(SAID[start : start + 33] for start in range(0, len(SAID), 33))

Draw = Callable[[Canvas], None]


@pytest.fixture(autouse=True, scope="module")
def font() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def pdf(*pages: Draw) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    for draw in pages:
        canvas.setFont(FONT, 14)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def read(*pages: Draw) -> list[str]:
    return read_here(pdf(*pages), Path("a.pdf")).text.split("\n")


def text(canvas: Canvas) -> None:
    """A page of title and paragraph."""
    written(canvas)


def written(canvas: Canvas, times: int = 1) -> float:
    """Title and paragraphs; the height of the next line is given back."""
    top = 780.0
    canvas.setFont(FONT, 22)
    canvas.drawCentredString(WIDE / 2, top + 40, TITLE)
    canvas.setFont(FONT, 14)
    for line in LINES * times:
        canvas.drawString(60, top, line)
        top -= 24
    return top


def below(draw: Callable[[Canvas, float], None]) -> list[str]:
    """The lines of what is drawn below the text of a page."""

    def page(canvas: Canvas) -> None:
        draw(canvas, written(canvas) - 10)

    lines = read(page)
    assert lines[:2] == [TITLE, SAID]
    return lines[2:]


def refused(words: str, number: str, *pages: Draw) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read(*pages)
    assert caught.value.place == f"page {number}"


def rows(
    *lines: tuple[str, ...], at: tuple[int, ...] = (70, 220, 370), step: int = 22
) -> Callable[[Canvas, float], None]:
    def draw(canvas: Canvas, top: float) -> None:
        for line in lines:
            for x, cell in zip(at, line, strict=True):
                canvas.drawString(x, top, cell)
            top -= step

    return draw


@pytest.mark.parametrize(("columns", "gutter"), [(2, 20), (2, 10), (3, 16)])
def test_columns_are_read_one_after_the_other(columns: int, gutter: int) -> None:
    said = [
        f"（{'一二三四五六七八九'[number]}）全年办理第{number + 1}类案件{87 + number}宗，罚没款12.5万元，"
        f"调解纠纷142宗，成功率98.6%。开展普法活动{56 + number}场次，"
        f"发放资料1.2万余份，执法人员培训{number + 3}期，全部完成。"
        for number in range(9)
    ]
    wide = (WIDE - 120 - gutter * (columns - 1)) / columns
    frames = [
        Frame(60 + number * (wide + gutter), 60, wide, HIGH - 140, 0, 0, 0, 0)
        for number in range(columns)
    ]

    def furniture(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.setFont(FONT, 10)
        canvas.drawString(60, 815, "测试镇人民政府公报")
        canvas.drawCentredString(WIDE / 2, 30, f"— {document.page} —")

    stream = io.BytesIO()
    document = BaseDocTemplate(stream, pagesize=A4)
    document.addPageTemplates([PageTemplate(frames=frames, onPage=furniture)])
    body = ParagraphStyle(
        "b", fontName=FONT, fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK"
    )
    title = ParagraphStyle("t", parent=body, fontSize=16, leading=26, firstLineIndent=0)
    document.build([Paragraph(TITLE, title), *(Paragraph(line, body) for line in said * 3)])
    lines = read_here(stream.getvalue(), Path("a.pdf")).text.split("\n")
    assert [line for line in lines if line != "测试镇人民政府公报"] == [TITLE, *said * 3]


def test_columns_whose_lines_are_not_level() -> None:
    left = [
        "全年办理案件87宗，罚没款12.5万元，",
        "全部依法结案，没有一宗被撤销或者变",
        "更，群众满意度98.6%，比上年提高。",
    ]
    right = [
        "二、存在问题。执法力量不足，现有人",
        "员12名，较编制少3名，培训不够。三、",
        "计划全年开展培训6期，调处纠纷142",
        "宗以上，新建法治公园2个。",
    ]

    def draw(canvas: Canvas) -> None:
        canvas.drawCentredString(WIDE / 2, 790, TITLE)
        canvas.setFont(FONT, 12)
        for number, line in enumerate(left):
            canvas.drawString(60, 740 - 20 * number, line)
        for number, line in enumerate(right):
            canvas.drawString(320, 731 - 20 * number, line)

    lines = read(draw)
    assert lines == [TITLE, "".join(left), "".join(right)]


@pytest.mark.parametrize("ruled", ["none", "three lines", "row rules", "box"])
def test_a_table_without_vertical_rules_keeps_its_columns(ruled: str) -> None:
    cells = (
        ("项目", "案件数（宗）", "罚款（万元）"),
        ("行政处罚", "87", "12.5"),
        ("行政强制", "3", "-"),
        ("行政检查", "142", "0"),
    )

    def draw(canvas: Canvas, top: float) -> None:
        rows(*cells)(canvas, top)
        marks = {"none": (), "three lines": (0, 1, 4), "row rules": range(5), "box": (0, 4)}[ruled]
        for number in marks:
            canvas.line(60, top + 16 - 22 * number, 500, top + 16 - 22 * number)
        if ruled == "box":
            canvas.rect(60, top + 16 - 88, 440, 88)
        canvas.drawString(60, top - 130, "全部依法结案。")

    assert below(draw) == [
        "行政处罚案件数87宗，行政处罚罚款12.5万元。",
        "行政强制案件数3宗。",
        "行政检查案件数142宗，行政检查罚款0万元。",
        "全部依法结案。",
    ]


def test_centred_cells_and_headers_of_two_lines() -> None:
    def centred(canvas: Canvas, top: float) -> None:
        for line in (
            ("项目", "2020年", "2021年"),
            ("处罚案件", "75", "87宗"),
            ("调解纠纷", "1142", "985宗"),
        ):
            for x, cell in zip((120, 280, 430), line, strict=True):
                canvas.drawCentredString(x, top, cell)
            top -= 22

    assert below(centred) == [
        "处罚案件2020年75，处罚案件2021年87宗。",
        "调解纠纷2020年1142，调解纠纷2021年985宗。",
    ]
    header = rows(
        ("项目", "案件数", "罚款"), ("", "（宗）", "（万元）"), ("行政处罚", "87", "12.5"), step=18
    )
    assert below(header) == ["行政处罚案件数87宗，行政处罚罚款12.5万元。"]


def test_rows_of_values_without_a_label_are_refused() -> None:
    lines = (
        ("项目", "案件（宗）", "罚款（万元）"),
        ("", "87", "12.5"),
        ("行政处罚", "3", "1"),
        ("行政强制", "9", "2"),
    )
    refused("layout is not understood", "1", lambda canvas: rows(*lines)(canvas, 700))


def test_a_gap_of_ems_parts_two_numbers() -> None:
    apart = rows(("处罚案件", "75", "187宗，罚没款12.5万元。"), at=(60, 200, 260))
    assert below(apart) == ["处罚案件 75；187宗，罚没款12.5万元。"]
    assert below(lambda c, y: c.drawString(60, y, "资料35 000余份，75 87宗。")) == [
        "资料35 000余份，75 87宗。"
    ]


@pytest.mark.parametrize(("rise", "size"), [(4, 8), (5, 7), (7, 8)])
def test_raised_marks(rise: int, size: int) -> None:
    def draw(canvas: Canvas, top: float) -> None:
        line = canvas.beginText(60, top)
        for part in (
            "全年处罚87",
            "^1",
            "宗，拆除1200m",
            "^2",
            "，调解142",
            "^[2]",
            "件，清理35m",
            "^3",
            "。",
        ):
            mark = part.startswith("^")
            line.setFont(FONT, size if mark else 14)
            line.setRise(rise if mark else 0)
            line.textOut(part.removeprefix("^"))
        canvas.drawText(line)

    assert below(draw) == ["全年处罚87宗，拆除1200m²，调解142件，清理35m³。"]


def _stamp(canvas: Canvas, top: float) -> None:
    canvas.setFillColorRGB(1, 0, 0)
    canvas.setFont(FONT, 18)
    canvas.drawString(200, top - 2, "已归档3")


def _stamp_of_one_size(canvas: Canvas, top: float) -> None:
    canvas.setFillColorRGB(0.8, 0, 0)
    canvas.drawString(207, top + 3, "已归档3")


def _pale(canvas: Canvas, top: float) -> None:
    canvas.setFillGray(0.8)
    canvas.drawString(160, top + 1, "仅供查阅 2024")


def _large(canvas: Canvas, top: float) -> None:
    canvas.setFont(FONT, 40)
    canvas.drawString(120, top - 8, "内部2023")


def _see_through(canvas: Canvas, top: float) -> None:
    canvas.setFillAlpha(0.2)
    canvas.setFont(FONT, 16)
    canvas.drawString(100, top, "内部2023")


def _tilted(degrees: int) -> Callable[[Canvas, float], None]:
    def draw(canvas: Canvas, top: float) -> None:
        canvas.saveState()
        canvas.translate(100, top - 60)
        canvas.rotate(degrees)
        canvas.setFont(FONT, 30)
        canvas.drawString(0, 0, "测试镇2024")
        canvas.restoreState()

    return draw


@pytest.mark.parametrize(
    "mark",
    [
        _stamp,
        _stamp_of_one_size,
        _pale,
        _large,
        _see_through,
        _tilted(30),
        _tilted(45),
        _tilted(-30),
    ],
)
def test_a_watermark_or_a_stamp_is_left_out(mark: Callable[[Canvas, float], None]) -> None:
    def draw(canvas: Canvas, top: float) -> None:
        canvas.drawString(60, top, "全年处罚案件87宗，罚没款12.5万元，全部依法结案。")
        mark(canvas, top)

    assert below(draw) == ["全年处罚案件87宗，罚没款12.5万元，全部依法结案。"]


@pytest.mark.parametrize("degrees", [0, 20])
@pytest.mark.parametrize("colour", [(0.85, 0.85, 0.85), (1, 0, 0)])
def test_a_watermark_all_over_the_page_is_left_out(
    degrees: int, colour: tuple[float, float, float]
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFillColorRGB(*colour)
        for place in range(60):
            canvas.saveState()
            canvas.translate(50 + place % 4 * 120, 100 + place // 4 * 45)
            canvas.rotate(degrees)
            canvas.drawString(0, 0, "测试镇2024")
            canvas.restoreState()
        canvas.restoreState()
        written(canvas)

    assert read(draw) == read(lambda canvas: written(canvas) and None)


def test_a_box_of_figures_beside_the_text_is_refused() -> None:
    """Read across, the words of a line would have taken the value beside them."""

    def draw(canvas: Canvas, left: float = 60, box: float = 430) -> None:
        said = (
            "2021年，测试镇坚持依法行政，全年处罚案件",
            "87宗，调解142件，开展普法活动56场次，",
            "发放资料1.2万份，惠及群众8000余人次，",
            "各项工作取得新进展，群众满意度提升。",
        )
        for place, line in enumerate(said * 2):
            canvas.drawString(left, 600 - 20 * place, line)
        for place, word in enumerate(("速览", "处罚", "87宗", "调解", "142件", "普法", "56场")):
            canvas.drawString(box, 600 - 20 * place, word)

    refused("the layout is not understood", "1", draw)
    refused("the layout is not understood", "1", lambda canvas: draw(canvas, 170, 60))


def test_text_printed_upon_text_of_one_look_is_refused() -> None:
    def draw(canvas: Canvas) -> None:
        top = written(canvas)
        canvas.drawString(60, top, "全年处罚案件87宗，罚没款12.5万元。")
        canvas.drawString(67, top + 2, "全年调解纠纷142宗，成功140宗。")

    refused("printed upon text", "1", draw)


def test_text_that_cannot_be_seen_is_left_out() -> None:
    def draw(canvas: Canvas, top: float) -> None:
        canvas.drawString(60, top, "全年处罚87宗。")
        canvas.drawString(60.3, top, "全年处罚87宗。")
        canvas.drawString(60, -200, "全年处罚888宗。")
        canvas.drawString(60, top - 48, "全年处罚666宗。")
        canvas.setFillGray(1)
        canvas.rect(55, top - 53, 300, 22, fill=1, stroke=0)
        canvas.drawString(60, top - 24, "全年处罚999宗。")
        line = canvas.beginText(60, top - 72)
        line.setTextRenderMode(3)
        line.textOut("全年处罚777宗。")
        canvas.drawText(line)
        canvas.setFillGray(0)
        canvas.setFont(FONT, 1)
        canvas.drawString(60, top - 96, "全年处罚555宗。")

    assert below(draw) == ["全年处罚87宗。"]


def test_words_of_two_sizes_are_no_repetition_of_one_another() -> None:
    """The same character stood once at each place when places were counted in steps of two sizes."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 20)
        canvas.drawCentredString(WIDE / 2, 780, "测试镇2023年法治政府建设年度报告")
        canvas.setFont(FONT, 9)
        canvas.drawString(70, 815, "测试镇人民政府公报 2023年第12期")

    assert read(draw) == ["测试镇人民政府公报2023年第12期", "测试镇2023年法治政府建设年度报告"]


def test_narrow_digits_are_not_taken_for_bold_ones() -> None:
    def draw(canvas: Canvas, top: float) -> None:
        line = canvas.beginText(60, top)
        line.setHorizScale(45)
        line.textOut("全年处罚1110宗，罚款22200元。")
        canvas.drawText(line)

    assert below(draw) == ["全年处罚1110宗，罚款22200元。"]


def test_words_set_from_the_top_down_are_refused() -> None:
    def draw(canvas: Canvas) -> None:
        written(canvas)
        for place, character in enumerate("全年处罚八十七宗调解纠纷"):
            canvas.drawString(300, 500 - 18 * place, character)

    refused("vertically", "1", draw)


def test_white_text_on_a_dark_ground_is_read_and_so_is_a_line_over_the_edge() -> None:
    def draw(canvas: Canvas, top: float) -> None:
        canvas.setFillColorRGB(0, 0, 0.5)
        canvas.rect(60, top - 34, 400, 20, fill=1, stroke=0)
        canvas.setFillGray(1)
        canvas.drawString(70, top - 30, "调解142宗，白字深底。")

    assert below(draw) == ["调解142宗，白字深底。"]
    long = "全年开展活动，" * 6 + "处罚87宗。"
    assert read(lambda canvas: canvas.drawString(60, 700, long)) == [long]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_text_is_read(degrees: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(*{90: (300, 60), 180: (560, 500), 270: (200, 780)}[degrees])
        canvas.rotate(degrees)
        for number, line in enumerate(LINES):
            canvas.drawString(0, -24 * number, line)

    assert read(text, draw)[1:] == [SAID, SAID]


def test_the_turned_words_of_a_binding_are_not() -> None:
    def draw(canvas: Canvas) -> None:
        written(canvas, times=3)
        canvas.translate(30, 300)
        canvas.rotate(90)
        canvas.drawString(0, 0, "装 订 线")

    assert read(draw) == [TITLE, *[SAID] * 3]


def _picture(canvas: Canvas, *place: float) -> None:
    grey = ImageReader(Image.new("L", (300, 420), 200))
    canvas.drawImage(grey, *(place or (0, 0, WIDE, HIGH)))


def _numbered(canvas: Canvas) -> None:
    _picture(canvas, 60, 80, WIDE - 120, HIGH - 160)
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(WIDE / 2, 30, "第 2 页 共 2 页")


def _titled(canvas: Canvas) -> None:
    _picture(canvas)
    canvas.drawCentredString(WIDE / 2, 780, TITLE)
    canvas.drawString(60, 700, "2021年，测试镇坚持依法行政。")


def _stamped(canvas: Canvas) -> None:
    _picture(canvas)
    canvas.drawString(60, 815, "测府办〔2022〕3号 2022-01-15 收文")


def _in_strips(canvas: Canvas) -> None:
    for number in range(10):
        _picture(canvas, 0, number * HIGH / 10, WIDE, HIGH / 10)
    canvas.drawCentredString(WIDE / 2, 30, "— 2 —")


@pytest.mark.parametrize("scan", [_picture, _numbered, _titled, _stamped, _in_strips])
def test_a_page_that_is_a_picture_is_a_scan_whatever_is_typed_on_it(scan: Draw) -> None:
    refused("a scan: the page is a picture", "2", text, scan)


def test_recognised_text_is_not_taken_for_the_report() -> None:
    def hidden(canvas: Canvas) -> None:
        _picture(canvas)
        layer = canvas.beginText(60, 780)
        layer.setTextRenderMode(3)
        for line in LINES * 4:
            layer.textLine(line)
        canvas.drawText(layer)

    def under(canvas: Canvas) -> None:
        written(canvas, times=4)
        _picture(canvas)

    refused("recognised by a machine", "1", hidden)
    refused("recognised by a machine", "2", text, under)


def test_a_photograph_between_paragraphs_is_no_scan() -> None:
    def draw(canvas: Canvas) -> None:
        text(canvas)
        _picture(canvas, 60, 100, WIDE - 120, 350)

    assert read(draw) == [TITLE, SAID]


def test_text_drawn_as_curves_is_refused() -> None:
    def draw(canvas: Canvas) -> None:
        for number in range(400):
            x, y = 60 + number % 40 * 12, 780 - number // 40 * 24
            shape = canvas.beginPath()
            shape.moveTo(x, y)
            shape.curveTo(x + 3, y + 8, x + 8, y + 8, x + 8, y)
            shape.lineTo(x, y)
            canvas.drawPath(shape, fill=1)

    refused("drawn as curves", "2", text, draw)


def test_what_is_filled_in_is_read() -> None:
    def draw(canvas: Canvas, top: float) -> None:
        canvas.drawString(60, top, "全年处罚案件数：")
        canvas.acroForm.textfield(name="n", value="87", x=180, y=top - 4, width=40, height=18)
        canvas.drawString(225, top, "宗。")

    assert below(draw) == ["全年处罚案件数：87宗。"]


def test_a_note_between_two_pages_does_not_part_a_number() -> None:
    def first(canvas: Canvas) -> None:
        written(canvas, times=2)
        canvas.drawString(
            60, 780 - 6 * 24, "惠及群众1000人次，全部完成，全年办理各类案件，其中行政处罚8"
        )
        canvas.setFont(FONT, 9)
        canvas.drawString(60, 64, "① 含上年结转的案件。")

    def second(canvas: Canvas) -> None:
        canvas.drawString(60, 780, "7宗，罚没款12.5万元。")
        for number, line in enumerate(LINES):
            canvas.drawString(60, 756 - 24 * number, line)

    assert read(first, second)[-3:] == [
        "惠及群众1000人次，全部完成，全年办理各类案件，其中行政处罚87宗，罚没款12.5万元。",
        "①含上年结转的案件。",
        SAID,
    ]


def test_lists_and_wide_titles_are_no_columns() -> None:
    def hanging(canvas: Canvas, top: float) -> None:
        for number in range(4):
            canvas.drawString(60, top - 24 * number, f"{number + 1}.")
            canvas.drawString(
                90, top - 24 * number, f"开展普法活动{10 + number}场次，发放资料{100 + number}份。"
            )

    assert below(hanging) == [
        f"{number + 1}. 开展普法活动{10 + number}场次，发放资料{100 + number}份。"
        for number in range(4)
    ]

    def cover(canvas: Canvas) -> None:
        for place, sign in enumerate("测试镇年度报告"):
            canvas.drawString(100 + 40 * place, 600, sign)

    assert read(cover, text)[0] == "测试镇年度报告"
