"""A table reads as clauses in which every figure has its headers and unit. All made up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shenwan_data.report.table import Cell, header, is_data_table, linearise, unit_line


def grid(*rows: str) -> list[list[Cell]]:
    """Rows of cells split at ``|``; ``<`` repeats the cell to the left, ``^`` the one above."""
    cells: list[list[Cell]] = []
    for row in rows:
        line: list[Cell] = []
        for text in row.split("|"):
            if text == "<":
                line.append(line[-1])
            elif text == "^":
                line.append(cells[-1][len(line)])
            else:
                line.append(Cell(text))
        cells.append(line)
    return cells


def test_each_cell_is_a_clause_of_row_header_column_header_value_and_unit() -> None:
    assert linearise(
        grid("项目|案件数（宗）|罚款(万元)", "行政处罚|142|405.23", "行政强制|3|0")
    ) == [
        "行政处罚案件数142宗，行政处罚罚款405.23万元。",
        "行政强制案件数3宗，行政强制罚款0万元。",
    ]


def test_cells_that_say_nothing_are_left_out() -> None:
    rows = grid("项目|甲（件）|乙（件）|丙（件）|丁（件）", "调解|-|/||5", "听证|—|－|  |／")
    assert linearise(rows) == ["调解丁5件。"]


def test_merged_headers_count_for_all_they_cover() -> None:
    rows = grid("村|2021年|<", "^|调解（件）|成功率（%）", "一村|5|98.5")
    assert linearise(rows) == ["一村2021年调解5件，一村2021年成功率98.5%。"]


def test_merged_row_headers_count_for_every_row() -> None:
    rows = grid("类别|项目|数量", "执法|处罚|142宗", "^|检查|35次")
    assert linearise(rows) == ["执法处罚数量142宗。", "执法检查数量35次。"]


def test_a_bracket_that_is_no_unit_stays_in_the_header() -> None:
    assert linearise(grid("项目|案件（线上）", "调解|5")) == ["调解案件（线上）5。"]


def test_unit_column_unit_line_and_unit_of_the_row() -> None:
    assert linearise(grid("指标|单位|数值", "调解|件|5", "罚款|万元|4.2")) == [
        "调解5件。",
        "罚款4.2万元。",
    ]
    assert linearise(grid("表1　单位：件|<", "项目|2021年", "调解|5")) == ["表1", "调解2021年5件。"]
    assert linearise(grid("项目|2020年|2021年", "罚款（万元）|3|4")) == [
        "罚款2020年3万元，罚款2021年4万元。"
    ]


def test_of_several_units_on_top_each_column_takes_its_own() -> None:
    rows = grid("村|受理数|受助人数|涉及金额|面积|办结率", "东村|5|7|4.2|30|99.5")
    assert unit_line("人民调解情况表（单位：件、人次、万元、亩）") == "件、人次、万元、亩"
    assert linearise(rows, "件、人次、万元、亩") == [
        "东村受理数5件，东村受助人数7人次，东村涉及金额4.2万元，东村面积30亩，东村办结率99.5。"
    ]
    two_counts = grid("项目|活动|资料", "普法|5|700")
    assert linearise(two_counts, "场、份") == ["普法活动5，普法资料700。"]


def test_a_unit_on_top_is_not_put_behind_what_its_header_counts_otherwise() -> None:
    rows = grid("领域|案件数|罚款金额", "城管|5|4.2")
    assert linearise(rows, "件") == ["城管案件数5件，城管罚款金额4.2。"]
    assert linearise(rows, "万元") == ["城管案件数5，城管罚款金额4.2万元。"]
    assert linearise(grid("罚款/万元|2021年", "城管|4.2")) == ["城管2021年4.2。"]
    assert linearise(grid("领域|罚款/万元", "城管|4.2")) == ["城管罚款4.2万元。"]


def test_words_stretched_with_spaces_are_closed_up() -> None:
    rows = grid("序　号|项 目|单 位|数值", "1|调解|件|5", "合　计|^|件|5")
    assert linearise(rows)[-1].startswith("合计")
    assert linearise(grid("项 目|件数（件）", "合  计|5")) == ["合计件数5件。"]


def test_an_office_is_no_unit() -> None:
    assert unit_line("单位：件") == "件" and unit_line("（单位：万元）") == "万元"
    assert unit_line("单位：司法所") is None
    assert linearise(grid("项目|单位|数量（件）", "调解|司法所|5")) == ["调解司法所数量5件。"]


def test_a_header_that_would_run_into_the_number_gets_a_colon() -> None:
    assert linearise(grid("项目|第一|Q1", "调解|5|6")) == ["调解第一：5，调解Q1：6。"]


def test_running_numbers_are_left_out_and_words_stand_behind_a_colon() -> None:
    rows = grid("序号|项目|数量（件）|责任单位", "1|调解|5|司法所")
    assert linearise(rows) == ["调解数量5件，调解责任单位：司法所。"]
    total = grid("序号|项目|数量（件）", "1|调解|5", "合计|<|5", "总计||5")
    assert linearise(total) == ["调解数量5件。", "合计数量5件。", "总计数量5件。"]


def test_years_in_headers_and_rows_are_no_figures() -> None:
    assert linearise(grid("项目|2020|2021", "调解|5件|6件")) == ["调解2020年5件，调解2021年6件。"]
    assert linearise(grid("年份|案件（宗）", "2020|5", "2021|6")) == [
        "2020年案件5宗。",
        "2021年案件6宗。",
    ]


def test_without_headers_labels_and_values_alternate() -> None:
    assert linearise(grid("案件数|142宗|听证|3次", "检查|35次|走访|约600户")) == [
        "案件数142宗，听证3次。",
        "检查35次，走访约600户。",
    ]


def test_tables_that_lay_out_a_page_are_told_from_tables_of_figures() -> None:
    assert is_data_table(grid("项目|数量", "调解|5"))
    assert not is_data_table(grid("只有一列", "5"))
    assert not is_data_table(grid("左栏|全年调解5件。全年听证3次。全年走访600户。"))
    assert not is_data_table([])


def test_the_header_can_be_carried_to_the_next_page() -> None:
    assert [[cell.text for cell in row] for row in header(grid("项目|数量", "调解|5"))] == [
        ["项目", "数量"]
    ]
    assert list(header(grid("调解|5", "听证|3"))) == []


cells = st.text(st.sampled_from("项目数量万元宗（）%：，。0123456789.-年 "), max_size=8)


@given(st.lists(st.lists(cells, max_size=5), max_size=6))
def test_any_grid_gives_whole_lines(
    rows: list[list[str]],
) -> None:
    made = [[Cell(text) for text in row] for row in rows]
    is_data_table(made)
    assert all(line and "\n" not in line for line in linearise(made))


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=5))
def test_every_number_of_a_table_stands_in_its_row_with_its_unit(
    rows: list[tuple[int, int]],
) -> None:
    names = "甲乙丙丁戊"
    made = grid(
        "项目|案件（宗）|罚款（元）",
        *(f"{names[place]}项|{cases}|{fine}" for place, (cases, fine) in enumerate(rows)),
    )
    assert linearise(made) == [
        f"{names[place]}项案件{cases}宗，{names[place]}项罚款{fine}元。"
        for place, (cases, fine) in enumerate(rows)
    ]


def test_a_header_that_only_says_number_is_left_out() -> None:
    assert linearise(grid("指标|单位|数值", "行政处罚案件|宗|142", "罚没金额|万元|12.5")) == [
        "行政处罚案件142宗。",
        "罚没金额12.5万元。",
    ]
    assert linearise(grid("类别|数值（万份）", "宣传资料|1.5")) == ["宣传资料1.5万份。"]


def test_renminbi_before_the_scale_is_no_other_unit() -> None:
    for title in ("金额（人民币万元）", "金额（人民币，万元）", "金额/人民币万元"):
        assert linearise(grid(f"项目|{title}", "罚没款|12.5")) == ["罚没款金额12.5万元。"]


def test_a_header_that_is_only_a_unit_is_that_of_the_table() -> None:
    assert linearise(grid("单位：万人次|2023年", "惠及群众|2.3")) == ["惠及群众2023年2.3万人次。"]
