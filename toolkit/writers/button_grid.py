"""The grid of twelve equal columns that the console is laid out on, one row after the other."""

from __future__ import annotations

from typing import Any, NamedTuple

from toolkit.model.location import column_letter

from .report.styles import ReportStyles

COLUMNS = 12
COLUMN_PIXELS = 72
_FIRST, _WIDTH, _MARGIN = 1, 9.6, 1.8
_LAST = _FIRST + COLUMNS - 1
_A4 = 9
_ZOOM = 90
"""Percent: so much that the first of the five things is seen without scrolling."""
_BUTTON_DROP = 5
"""Pixels between a row's upper edge and a button."""


class Button(NamedTuple):
    """A button: its caption, the Sub that it runs, and what it does in a few words."""

    caption: str
    macro: str
    does: str


class Grid:
    """A sheet that is filled from top to bottom; columns count from 0 at the left margin."""

    def __init__(self, book: Any, name: str, styles: ReportStyles) -> None:
        self.sheet = book.add_worksheet(name)
        self.styles = styles
        self.row = 0
        self._book, self._name = book, name
        self._page()

    def _page(self) -> None:
        sheet, plain = self.sheet, self.styles.get()
        sheet.set_column(0, 0, _MARGIN, plain)
        sheet.set_column(_FIRST, _LAST, _WIDTH, plain)
        sheet.set_column(_LAST + 1, _LAST + 1, _MARGIN, plain)
        sheet.hide_gridlines(2)
        sheet.hide_row_col_headers()
        sheet.set_zoom(_ZOOM)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.5)
        sheet.fit_to_pages(1, 1)
        sheet.center_horizontally()

    def height(self, points: float) -> None:
        self.sheet.set_row(self.row, points)

    def next(self, points: float) -> None:
        """Go on to the next row, which is this high."""
        self.row += 1
        self.height(points)

    def write(self, column: int, text: str, look: Any, *, name: str = "") -> None:
        """A single cell; `name` is its defined name."""
        self.sheet.write_string(self.row, _FIRST + column, text, look)
        self._define(name, column)

    def span(self, first: int, last: int, text: str, look: Any, *, name: str = "") -> None:
        """One cell over several columns."""
        self.sheet.merge_range(self.row, _FIRST + first, self.row, _FIRST + last, "", look)
        if text:
            self.sheet.write_string(self.row, _FIRST + first, text, look)
        self._define(name, first)

    def band(self, look: Any) -> None:
        """The whole row in one look."""
        for column in range(_FIRST, _LAST + 1):
            self.sheet.write_blank(self.row, column, None, look)

    def section(self, text: str) -> None:
        self.next(23)
        self.span(0, COLUMNS - 1, text, self.styles.section)

    def label(self, first: int, text: str) -> None:
        self.span(first, first + 1, text, self.styles.get(font_color="#44546A", indent=1))

    def prompt(self, column: int, title: str, message: str) -> None:
        """What is shown beside a cell while it is selected."""
        place = (self.row, _FIRST + column, self.row, _FIRST + column)
        options = {"validate": "any", "input_title": title, "input_message": message}
        self.sheet.data_validation(*place, options)

    def colour_when(self, columns: tuple[int, int], rule: dict[str, Any], **look: object) -> None:
        """Conditional format of this row's cells from the first to the last of `columns`."""
        place = (self.row, _FIRST + columns[0], self.row, _FIRST + columns[1])
        # bare properties: a font name would make Excel repair the file
        self.sheet.conditional_format(*place, rule | {"format": self._book.add_format(look)})

    def button(self, button: Button, macro: str, place: tuple[int, int], height: int) -> None:
        """A button over the columns of `place`, calling `macro`."""
        first, last = place
        width = (last - first + 1) * COLUMN_PIXELS
        inset = width // 20
        options = {
            "macro": macro,
            "caption": button.caption,
            "description": f"{button.caption}：{button.does}",
            "width": width - 2 * inset,
            "height": height,
            "x_offset": inset,
            "y_offset": _BUTTON_DROP,
        }
        self.sheet.insert_button(self.row, _FIRST + first, options)

    def end(self) -> None:
        """The last row is reached: what is printed ends here."""
        self.sheet.print_area(0, 0, self.row, _LAST + 1)

    def _define(self, name: str, column: int) -> None:
        if name:
            cell = f"${column_letter(_FIRST + column)}${self.row + 1}"
            self._book.define_name(name, f"='{self._name}'!{cell}")
