"""总览: key figures, what to look at first, whether the sums agree, and six charts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from toolkit.model.finding import SEVERITY_TITLES, Finding
from toolkit.model.report import Figure, ReportTables
from toolkit.writers.form_styles import LABEL, NAVY, QUIET

from .charts import drawable, place_charts
from .columns import line_counts
from .links import Links, hyperlink
from .page import head, paper
from .styles import BAD, CALM, HAIRLINE, LINK, NUMBER_FORMATS, WARN, ReportStyles
from .values import cell_text

SHEET = "总览"
_TILES, _TILE_WIDTH, _GAP_WIDTH = 6, 19, 1.2
_LAST = _TILES * 2 - 2
_TONES = {"bad": BAD, "warn": WARN}
_PRINT_SCALE = 90
"""Percent: the page is fitted by hand, because Excel drops page breaks on fitted pages."""


def write_overview(
    book: Any,
    styles: ReportStyles,
    tables: ReportTables,
    links: Links,
    *,
    title: str,
    intro: str,
) -> None:
    """Add the first sheet of the report."""
    sheet = book.add_worksheet(SHEET)
    for tile in range(_TILES):
        sheet.set_column(tile * 2, tile * 2, _TILE_WIDTH, styles.get())
        if tile < _TILES - 1:
            sheet.set_column(tile * 2 + 1, tile * 2 + 1, _GAP_WIDTH, styles.get())
    head(sheet, styles, _LAST + 1, title, intro)
    row = _figures(sheet, styles, 2, tables.figures)
    row = _look_first(sheet, styles, row, tables.look_first, links)
    if drawable(tables.charts):
        sheet.set_h_pagebreaks([row])
        _bar(sheet, styles, row, "图表")
        row = place_charts(book, sheet, row + 1, tables.charts)
    row = _reconciliation(sheet, styles, row, tables)
    paper(sheet, f"{title}  {intro.split('；')[0]}", scale=_PRINT_SCALE)
    sheet.print_area(0, 0, row - 1, _LAST)
    sheet.set_tab_color(NAVY)
    sheet.activate()


def _bar(sheet: Any, styles: ReportStyles, row: int, text: str) -> None:
    sheet.set_row(row, 22)
    sheet.merge_range(row, 0, row, _LAST, text, styles.section)


def _figures(sheet: Any, styles: ReportStyles, row: int, figures: Sequence[Figure]) -> int:
    sheet.set_row(row, 6)
    row += 1
    for start in range(0, len(figures), _TILES):
        for height, offset in ((18, 0), (30, 1), (17, 2), (7, 3)):
            sheet.set_row(row + offset, height)
        for number, figure in enumerate(figures[start : start + _TILES]):
            _tile(sheet, styles, row, number * 2, figure)
        row += 4
    return row


def _tile(sheet: Any, styles: ReportStyles, row: int, column: int, figure: Figure) -> None:
    accent = _TONES.get(figure.tone, CALM)
    box = {"bg_color": LABEL, "left": 5, "left_color": accent, "align": "left", "indent": 1}
    label = styles.get(**box, font_color="#44546A", font_size=9, valign="bottom")
    number = styles.get(
        **box,
        font_size=20,
        bold=True,
        font_color=_TONES.get(figure.tone, NAVY),
        num_format=NUMBER_FORMATS[figure.kind],
    )
    note = styles.get(**box, font_color=QUIET, font_size=9, valign="top")
    sheet.write_string(row, column, figure.label, label)
    if figure.value is None:
        sheet.write_string(row + 1, column, "—", number)
    else:
        sheet.write_number(row + 1, column, figure.value, number)
    sheet.write_string(row + 2, column, figure.note, note)


def _look_first(
    sheet: Any, styles: ReportStyles, row: int, findings: Sequence[Finding], links: Links
) -> int:
    _bar(sheet, styles, row, "先看这五件事" if len(findings) == 5 else "先看这几件事")
    row += 1
    if not findings:
        sheet.write_string(row, 0, "没有需要处理的错误和警告。", styles.nothing)
        for column in range(1, _LAST + 1):
            sheet.write_blank(row, column, None, styles.nothing)
        sheet.set_row(row + 1, 8)
        return row + 2
    line = {"bottom": 1, "bottom_color": HAIRLINE}
    for finding in findings:
        _item(sheet, styles, row, finding, links, line)
        row += 1
    sheet.set_row(row, 8)
    return row + 1


def _item(
    sheet: Any,
    styles: ReportStyles,
    row: int,
    finding: Finding,
    links: Links,
    line: dict[str, object],
) -> None:
    """Severity and rule, what is wrong and what to do, whose it is, and a link to the cell."""
    article = f"  第{finding.article}条" if finding.article else ""
    head_text = f"{SEVERITY_TITLES[finding.severity]}  {finding.rule}{article}"
    ink = BAD if finding.severity.rank == 0 else WARN
    text = cell_text(f"{finding.message}\n{finding.hint}".strip())
    wrapped = styles.get(**line, text_wrap=True, indent=1)
    width = _TILE_WIDTH * 3
    sheet.set_row(row, 15.0 * min(max(line_counts([text], width)[0], 2), 4) + 6)
    for column in range(_LAST + 1):
        sheet.write_blank(row, column, None, styles.get(**line))
    sheet.write_string(row, 0, head_text, styles.get(**line, font_color=ink, bold=True, indent=1))
    # a merged cell instead of one wide column: the tiles above have the columns
    sheet.merge_range(row, 2, row, 6, "", wrapped)
    sheet.write_string(row, 2, text, wrapped)
    who = cell_text("\n".join(t for t in (finding.person, finding.project) if t))
    sheet.write_string(row, 8, who, styles.get(**line, text_wrap=True, font_size=9))
    place = cell_text(" ".join(t for t in (finding.sheet, finding.cell) if t)) or "打开文件"
    formula = hyperlink(links.target(finding.path, finding.sheet, finding.cell), place)
    if formula:
        style = styles.get(**line, font_color=LINK, underline=1, align="right")
        sheet.write_formula(row, _LAST, f"={formula}", style, place)


def _reconciliation(sheet: Any, styles: ReportStyles, row: int, tables: ReportTables) -> int:
    _bar(sheet, styles, row, "数据核对")
    sums = tables.reconciliation
    unreadable = (
        f"有 {tables.unreadable:,} 个单元格的内容无法识别：明细中以浅黄底色照原文显示，不计入数字。"
        if tables.unreadable
        else ""
    )
    sentences = [
        (sums.rows_sentence, "" if sums.balanced else BAD),
        (sums.records_sentence, ""),
        (unreadable, WARN),
        (
            "支持次数、工时、合规率为本期数；阶段、遗留、申请、故障和校验发现为截至检查日期的情况。",
            "",
        ),
    ]
    row += 1
    for text, ink in sentences:
        if text:
            style = styles.get(font_size=9, font_color=ink or "#44546A", indent=1)
            sheet.merge_range(row, 0, row, _LAST, cell_text(text), style)
            sheet.set_row(row, 18)
            row += 1
    return row
