"""数据来源: every file with its rows, and below it the rows that were not taken."""

from __future__ import annotations

from typing import Any

from toolkit.model.report import ReportTables

from .links import Links
from .page import head, paper
from .streamed import StreamedSheet
from .styles import ReportStyles
from .table_sheet import FIRST_ROW, TableView, place_table, set_widths

SHEET = "数据来源"
_LONGEST_TEXT = 160
_REJECTED_SPAN = 12
"""Columns that a line of the second table takes, up to 说明 of the first."""
_SUMMED = (
    "读入行", "汇总行", "未采用行", "其中跟踪记录", "本期记录", "期外记录", "无日期记录", "隐藏行",
)  # fmt: skip


def write_sources(
    book: Any, styles: ReportStyles, tables: ReportTables, links: Links, heading: str
) -> StreamedSheet:
    """Add the sheet; the sentences in rows 2 and 3 say whether the sums agree."""
    sheet: StreamedSheet = book.add_worksheet(SHEET, worksheet_class=StreamedSheet)
    sums = tables.reconciliation
    files = TableView(
        "T_数据来源",
        tables.sources.frame,
        "没有读到任何文件。",
        path="文件",
        totals=_SUMMED,
    )
    looks = files.looks()
    columns = len(files.titles)
    head(sheet, styles, columns, SHEET, sums.rows_sentence)
    sheet.write_string(FIRST_ROW, 0, sums.records_sentence, styles.remark)
    set_widths(sheet, styles, files, looks)
    row = place_table(sheet, styles, FIRST_ROW + 1, files, looks, links)
    row += 1
    sheet.set_row(row, 22)
    for column in range(columns):
        sheet.write_blank(row, column, None, styles.section if not column else styles.bar)
    sheet.write_string(row, 0, "未采用的行（合计行、说明行等，不是记录）", styles.section)
    rejected = _rejected(tables)
    end = place_table(
        sheet, styles, row + 1, rejected, rejected.looks(), links, span=_REJECTED_SPAN
    )
    paper(sheet, f"{heading}  {SHEET}", header_rows=(FIRST_ROW + 1, FIRST_ROW + 1))
    sheet.print_area(0, 0, end - 1, columns - 1)
    sheet.freeze_panes(FIRST_ROW + 2, 1)
    return sheet


def _rejected(tables: ReportTables) -> TableView:
    """The reason and the text in one last column: it runs over the narrow ones beside it."""
    frame = tables.rejected.frame
    cut = frame["内容"].str.replace(r"\s+", " ", regex=True).str.slice(0, _LONGEST_TEXT)
    lines = frame[["来源文件", "所在表", "工作表", "行号"]].assign(
        原因和原文=(frame["原因"] + "：" + cut).astype(object)
    )
    return TableView("T_未采用的行", lines, "没有未采用的行。")
