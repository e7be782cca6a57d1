"""The first sheet of the restricted workbook: for whom it is, what it rests on, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.model.restricted import RestrictedTables
from toolkit.writers.report.columns import line_counts
from toolkit.writers.report.streamed import StreamedSheet
from toolkit.writers.report.styles import BAD, BAD_FILL, ReportStyles
from toolkit.writers.report.table_sheet import LineWriter, TableView, write_table_sheet
from toolkit.writers.report.values import cell_text

from .looks import PARAMETERS

SHEET = "说明"
WARNING = "本文件只供技术支持部经理和技术总监查看，请勿转发，请勿放到 09_受限 以外的共享文件夹。"
_WIDTH = 125
"""Units of width that a line of text has across the sheet."""


def write_cover(
    book: Any, styles: ReportStyles, tables: RestrictedTables, *, title: str, intro: str
) -> StreamedSheet:
    """Add the sheet: the warning, remarks, then the parameters in force."""
    view = TableView("T_参数", tables.parameters.frame, "没有参数。", own_looks=PARAMETERS)
    lines: list[LineWriter] = [_warning, *map(_remark, tables.remarks), *_sums(tables)]
    return write_table_sheet(
        book, styles, SHEET, view, title=title, intro=intro, tab=BAD, above=[*lines, _gap]
    )


def _warning(sheet: Any, styles: ReportStyles, row: int, columns: int) -> None:
    sheet.set_row(row, 24)
    style = styles.get(bold=True, font_color=BAD, bg_color=BAD_FILL, indent=1)
    sheet.merge_range(row, 0, row, columns - 1, WARNING, style)


def _remark(text: str) -> LineWriter:
    def write(sheet: Any, styles: ReportStyles, row: int, columns: int) -> None:
        sheet.set_row(row, 15.0 * line_counts([text], _WIDTH)[0] + 5)
        style = styles.get(font_color="#44546A", text_wrap=True, indent=1)
        sheet.merge_range(row, 0, row, columns - 1, cell_text(text), style)

    return write


def _sums(tables: RestrictedTables) -> Sequence[LineWriter]:
    """What the sheets hold, in one line each."""
    complaints, development = tables.complaints.frame, tables.development.frame
    rows, pay = tables.bonus_rows.frame, tables.pay.frame
    said = [
        _counts("投诉（人次）", complaints, "计入情况"),
        f"绩效建议：{len(pay)} 行，其中有扣发的 {int((pay['扣发级数'] > 0).sum())} 行；"
        f"更正 {len(tables.corrections)} 行。",
        _counts("研发成本（项目）", development, "是否超过"),
        _counts("计奖记录", rows, "计奖情况"),
    ]
    return [_remark(text) for text in said]


def _counts(what: str, frame: Any, column: str) -> str:
    """投诉：共 5，计入 3，待认定 2。"""
    counts = frame[column].value_counts()
    parts = "".join(f"，{word} {number}" for word, number in counts.items())
    return f"{what}：共 {len(frame)}{parts}。"


def _gap(sheet: Any, styles: ReportStyles, row: int, columns: int) -> None:
    sheet.set_row(row, 8)
