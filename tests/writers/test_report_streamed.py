"""Streamed rows: as many as a sheet holds links for and more, between rows written one by one."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import python_calamine
import xlsxwriter

from toolkit.model.errors import ToolkitError
from toolkit.writers.form_styles import BOOK_OPTIONS
from toolkit.writers.report import table_sheet
from toolkit.writers.report.links import Links
from toolkit.writers.report.streamed import StreamedSheet, shared_strings, style_number
from toolkit.writers.report.styles import ReportStyles
from toolkit.writers.report.table_sheet import TableView, write_table_sheet


def written(path: Path, frame: pd.DataFrame, **options: object) -> None:
    book = xlsxwriter.Workbook(str(path), BOOK_OPTIONS)
    view = TableView("T_1", frame, "没有", **options)
    sheet = write_table_sheet(
        book, ReportStyles(book), "表", view, title="表", intro="", links=Links(path, path.parent)
    )
    book.close()
    sheet.demand_written()


def test_more_links_than_true_hyperlinks_are_allowed(tmp_path: Path) -> None:
    count = 70_000
    frame = pd.DataFrame({"来源文件": ["a.xlsx"] * count, "行号": range(4, count + 4)})
    path = tmp_path / "b.xlsx"
    written(path, frame)
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert len(rows) == count + 3
    assert rows[-1] == ["a.xlsx", count + 3.0]


def test_streamed_rows_between_others_in_two_blocks(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    book = xlsxwriter.Workbook(str(path))
    style = book.add_format({"bold": True})
    sheet = book.add_worksheet("表", worksheet_class=StreamedSheet)
    for row, text in ((0, "头"), (4, "中"), (6, "尾")):
        sheet.write_string(row, 0, text)
    (number,) = shared_strings(sheet, ["甲"], [2])
    text = f'" s="{style_number(style)}" t="s"><v>{number}</v></c>'
    sheet.add_block(5, [[""], ['"><v>9</v></c>']], [""])
    sheet.add_block(1, [[text, "", text], ["", '"><v>2.5</v></c>', ""]], [' ht="30"', "", ""])
    book.close()
    sheet.demand_written()
    found = openpyxl.load_workbook(path)["表"]
    assert [[c.value for c in row] for row in found.iter_rows()] == [
        ["头", None], ["甲", None], [None, 2.5], ["甲", None], ["中", None], [None, 9],
        ["尾", None],
    ]  # fmt: skip
    assert found["A2"].font.bold
    assert found.row_dimensions[2].height == 30
    assert found.dimensions == "A1:B7"


def test_rows_that_xlsxwriter_passed_over_are_noticed() -> None:
    sheet = StreamedSheet()
    sheet.demand_written()
    sheet.add_block(0, [['"><v>1</v></c>']], [""])
    with pytest.raises(RuntimeError, match="XlsxWriter"):
        sheet.demand_written()


def test_more_rows_than_a_sheet_has_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_sheet, "_MOST_ROWS", 2)
    with pytest.raises(ToolkitError, match="放不下"):
        written(tmp_path / "b.xlsx", pd.DataFrame({"甲": [1, 2, 3]}))


def test_sums_stand_below_the_table(tmp_path: Path) -> None:
    path = tmp_path / "b.xlsx"
    written(path, pd.DataFrame({"甲": ["x", "y"], "数": [1, 2]}), totals=("数",))
    sheet = openpyxl.load_workbook(path)["表"]
    assert [c.value for c in sheet[6]] == ["合计", "=SUBTOTAL(109,B4:B5)"]
    assert openpyxl.load_workbook(path, data_only=True)["表"]["B6"].value == 3
    assert sheet.tables["T_1"].ref == "A3:B5"
