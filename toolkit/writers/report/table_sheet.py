"""A sheet with one table, or several below each other: heads, filter, links, totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.model.errors import ToolkitError
from toolkit.model.location import a1

from .cells import CellWriter, Distinct, Targets, place_targets, replaced, row_heights
from .columns import Look, line_counts, look_of
from .links import Links
from .page import head, paper
from .streamed import Column, StreamedSheet
from .styles import ReportStyles

HEADER_HEIGHT, TOTAL_HEIGHT = 34, 22
_PAGE_WIDTH = 110
_MOST_ROWS = 1_048_000
_NO_GREEN_CORNERS = ("number_stored_as_text", "formula_differs")
"""Numbers of records are text, and every link differs from the one above: no mistakes."""
FIRST_ROW = 2
"""Row of the heads on a sheet with only a title line above, from 0."""


LineWriter = Callable[[Any, ReportStyles, int, int], None]


@dataclass(frozen=True, slots=True)
class TableView:
    """A table and how it is shown.

    `frame` has Chinese titles; `instead` maps (line, title) to a text shown, marked, in place of
    a value. `path` is the title of the column with the file that links lead to. `optional` titles
    stand in a group of columns that does not get printed.
    """

    name: str
    """Name of the Excel table: letters, digits and _ only, unique in the workbook."""
    frame: pd.DataFrame
    empty: str
    """The sentence that stands for the table when it has no lines."""
    instead: Mapping[tuple[int, str], str] = field(default_factory=dict)
    path: str = "来源文件"
    totals: Sequence[str] = ()
    optional: Sequence[str] = ()
    last_printed: str = ""
    own_looks: Mapping[str, Look] = field(default_factory=dict)
    """Looks of this table's columns that differ from those of the same title elsewhere."""

    @property
    def printed(self) -> int:
        """How many columns are printed."""
        return self.titles.index(self.last_printed) + 1 if self.last_printed else len(self.titles)

    @property
    def titles(self) -> list[str]:
        return list(self.frame.columns)

    def looks(self) -> list[Look]:
        return [self.own_looks.get(t) or look_of(t, self.frame[t]) for t in self.titles]


def write_table_sheet(
    book: Any,
    styles: ReportStyles,
    name: str,
    view: TableView,
    *,
    title: str,
    intro: str,
    links: Links | None = None,
    frozen: int = 0,
    tab: str = "",
    above: Sequence[LineWriter] = (),
) -> StreamedSheet:
    """Add a sheet with title and one table; `frozen` columns stay when scrolling to the right.

    `above` writes lines between the title and the table: called with sheet, styles, row, columns.
    """
    sheet: StreamedSheet = book.add_worksheet(name, worksheet_class=StreamedSheet)
    looks = view.looks()
    columns = view.printed if len(view.frame) else _about_a_page(looks)
    head(sheet, styles, columns, title, intro)
    set_widths(sheet, styles, view, looks)
    for row, write in enumerate(above, FIRST_ROW):
        write(sheet, styles, row, columns)
    top = FIRST_ROW + len(above)
    following = place_table(sheet, styles, top, view, looks, links)
    paper(sheet, f"{title}  {intro.split('；')[0]}", header_rows=(top, top))
    sheet.print_area(0, 0, following - 1, columns - 1)
    sheet.freeze_panes(top + 1, frozen if len(view.frame) else 0)
    sheet.ignore_errors(dict.fromkeys(_NO_GREEN_CORNERS, "A1:XFD1048576"))
    if tab:
        sheet.set_tab_color(tab)
    return sheet


def _about_a_page(looks: Sequence[Look]) -> int:
    """How many columns fill the width of a page; a sheet without lines needs no more."""
    widths = np.cumsum([look.width for look in looks])
    return min(int((widths < _PAGE_WIDTH).sum()) + 1, len(looks))


def set_widths(sheet: Any, styles: ReportStyles, view: TableView, looks: Sequence[Look]) -> None:
    """Widths of the columns, and the group of the optional ones."""
    for number, (title, look) in enumerate(zip(view.titles, looks, strict=True)):
        options = {"level": 1} if title in view.optional else {}
        # blank cells of the table take the column's format
        sheet.set_column(number, number, look.width, styles.get(), options)


def place_table(
    sheet: StreamedSheet,
    styles: ReportStyles,
    top: int,
    view: TableView,
    looks: Sequence[Look],
    links: Links | None = None,
    *,
    span: int = 0,
) -> int:
    """Write the table with its heads in row `top` (from 0); return the first row below it.

    With a `span` of more columns than the table has, the text of the last one may run over them.
    """
    if view.frame.empty:
        sheet.set_row(top, HEADER_HEIGHT)
        last = max(_about_a_page(looks) - 1, 1)
        sheet.merge_range(top, 0, top, last, view.empty, styles.nothing)
        return top + 1
    if len(view.frame) > _MOST_ROWS:
        raise ToolkitError(
            f"有 {len(view.frame):,} 行，一张 Excel 工作表放不下。", "请缩短统计期后重新运行。"
        )
    sheet.set_row(top, HEADER_HEIGHT)
    last_row, last_column = top + len(view.frame), len(view.titles) - 1
    heads = [
        {
            "header": title,
            "header_format": styles.quiet_header if title in view.optional else styles.header,
        }
        for title in view.titles
    ]
    options = {"name": view.name, "style": None, "columns": heads}
    sheet.add_tall_table(top, last_row, last_column, options)
    for column in range(last_column + 1, span):
        sheet.write_blank(top, column, None, styles.header_rest)
    sheet.add_block(top + 1, *_block(sheet, styles, view, looks, links))
    sheet.conditional_format(
        top + 1,
        0,
        last_row,
        max(last_column, span - 1),
        {"type": "formula", "criteria": "=TRUE", "format": styles.hairline},
    )
    if view.totals:
        _totals(sheet, styles, last_row + 1, view, looks)
    return last_row + 1 + bool(view.totals)


def _block(
    sheet: StreamedSheet,
    styles: ReportStyles,
    view: TableView,
    looks: Sequence[Look],
    links: Links | None,
) -> tuple[list[Column], list[str]]:
    """The cells column by column, and the heights of the rows."""
    writer = CellWriter(sheet, styles)
    columns: list[Column] = []
    targets: dict[str, Targets] = {}
    heights = np.ones(len(view.frame), dtype=int)
    for title, look in zip(view.titles, looks, strict=True):
        values = view.frame[title]
        distinct = Distinct.of(values)
        if look.link and links and view.path in view.frame.columns:
            if look.link not in targets:
                targets[look.link] = place_targets(links, view.frame, view.path, look.link)
            columns.append(writer.links(values.to_list(), targets[look.link], look))
        else:
            columns.append(writer.column(distinct, look))
        if look.kind == "long":
            heights = np.maximum(heights, _lines(distinct, look.width))
    marked: dict[str, dict[int, str]] = defaultdict(dict)
    for (line, title), text in view.instead.items():
        marked[title][line] = writer.instead(text, looks[view.titles.index(title)])
    columns = [
        replaced(column, marked.get(title, {}))
        for title, column in zip(view.titles, columns, strict=True)
    ]
    return columns, row_heights(heights.tolist())


def _lines(values: Distinct, width: float) -> npt.NDArray[np.intp]:
    """How many lines each value takes; equal ones are measured once."""
    counts = line_counts([str(value) for value in values.different], width)
    # the last one is what the code -1 of missing values finds
    return np.array([*counts, 1]).take(values.codes)


def _totals(
    sheet: Any, styles: ReportStyles, row: int, view: TableView, looks: Sequence[Look]
) -> None:
    """A row of sums below the table; they follow its filter."""
    first, last = row - len(view.frame), row - 1
    sheet.set_row(row, TOTAL_HEIGHT)
    for number, (title, look) in enumerate(zip(view.titles, looks, strict=True)):
        style = styles.total(look.kind)
        if title in view.totals:
            span = f"{a1(first, number)}:{a1(last, number)}"
            value = _sum(view.frame[title])
            sheet.write_formula(row, number, f"=SUBTOTAL(109,{span})", style, value)
        elif number:
            sheet.write_blank(row, number, None, style)
        else:
            sheet.write_string(row, number, "合计", styles.total("text"))


def _sum(column: pd.Series) -> float:
    return round(float(column.sum()), 4)
