"""The frame of every sheet: title line, paper, page numbers; and the hidden `_meta` sheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from toolkit.forms.names import META_GENERATED, META_KIND, META_SHEET, OUTPUT_KIND
from toolkit.writers.form_styles import FONT

from .styles import ReportStyles
from .values import cell_text

_A4 = 9
_SMALL = f'&"{FONT},常规"&8 '
"""The blank keeps a text that begins with a figure apart from the font size."""


def head(sheet: Any, styles: ReportStyles, columns: int, title: str, intro: str) -> None:
    """Title in row 1 and what is shown in row 2, with a line across the columns."""
    sheet.set_row(0, 34)
    sheet.set_row(1, 20)
    sheet.write_string(0, 0, cell_text(title), styles.title)
    for column in range(max(columns, 1)):
        sheet.write_blank(1, column, None, styles.intro)
    sheet.write_string(1, 0, cell_text(intro), styles.intro)


def paper(
    sheet: Any, title: str, *, header_rows: tuple[int, int] | None = None, scale: int = 0
) -> None:
    """A4 on its side, heads repeated, page numbers; one page wide unless a scale is given (%)."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    if scale:
        sheet.set_print_scale(scale)
    else:
        sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    if header_rows:
        sheet.repeat_rows(*header_rows)
    # & begins a code in footers
    left = cell_text(title).replace("&", "&&")[:80]
    text = f"&L{_SMALL}{left}&C{_SMALL}第 &P 页，共 &N 页&R{_SMALL}打印于 &D"
    sheet.set_footer(text, {"margin": 0.3})
    sheet.hide_gridlines(2)


def write_meta(book: Any, styles: ReportStyles, generated: datetime) -> None:
    """Mark the workbook as output, so that it is never read back."""
    sheet = book.add_worksheet(META_SHEET)
    stamp = f"{generated:%Y-%m-%d %H:%M:%S}"
    for row, (label, value) in enumerate(((META_KIND, OUTPUT_KIND), (META_GENERATED, stamp))):
        sheet.write_string(row, 0, label, styles.get())
        sheet.write_string(row, 1, value, styles.get())
    sheet.set_column(0, 1, 24)
    sheet.hide()


def set_properties(book: Any, title: str, generated: datetime) -> None:
    """Title and times of the file; without them XlsxWriter would take the machine's clock."""
    book.set_properties({"title": cell_text(title)[:200], "created": generated})
