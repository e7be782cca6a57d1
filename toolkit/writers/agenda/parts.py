"""What the sheets of agendas are put together from, beside tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from toolkit.model.agenda import Standing
from toolkit.writers.form_styles import LABEL, NAVY, QUIET
from toolkit.writers.report.columns import line_counts
from toolkit.writers.report.links import Links
from toolkit.writers.report.page import head, paper
from toolkit.writers.report.streamed import StreamedSheet
from toolkit.writers.report.styles import (
    BAD,
    CALM,
    CALM_FILL,
    GOOD,
    WARN,
    WARN_FILL,
    ReportStyles,
)
from toolkit.writers.report.table_sheet import (
    FIRST_ROW,
    HEADER_HEIGHT,
    TableView,
    place_table,
    set_widths,
)
from toolkit.writers.report.values import cell_text

from .words import TODAY

LATE = "late"
"""Kind of columns with days past a time limit."""
_NARROW = 4
_GOOD_FILL = "#E8F2EC"
_STATES = {
    Standing.NEW.value: (CALM, CALM_FILL),
    TODAY: (WARN, WARN_FILL),
    Standing.OPEN.value: (NAVY, LABEL),
    Standing.UNVERIFIED.value: (QUIET, LABEL),
    Standing.RESOLVED.value: (GOOD, _GOOD_FILL),
    Standing.STOPPED.value: (QUIET, LABEL),
}
_NO_GREEN_CORNERS = ("number_stored_as_text", "formula_differs")
"""Every link differs from the one above, numbers of records are text: no mistakes."""
_LINE, _PADDING, _MOST_LINES = 15.0, 5.0, 20
"""Points of a line of text, and around it; a row of Excel is 409 points high at most."""


class AgendaStyles(ReportStyles):
    """The formats of reports, with colours for how a matter stands."""

    def badge(self, word: str, kind: str) -> Any:
        if word not in _STATES:
            return super().badge(word, kind)
        ink, fill = _STATES[word]
        return self.get(font_color=ink, bg_color=fill, bold=True, align="center")

    def _column(self, kind: str) -> dict[str, object]:
        if kind != LATE:
            return super()._column(kind)
        # no conditional format: LibreOffice shows one of several only
        return super()._column("centre") | {"bold": True, "font_color": BAD}

    @property
    def summary(self) -> Any:
        """The line that says how many of each."""
        return self.get(font_size=12, bold=True, font_color=NAVY)

    @property
    def told(self) -> Any:
        """A remark that may take several lines."""
        return self.get(font_size=9, font_color=QUIET, text_wrap=True)

    @property
    def warned(self) -> Any:
        """A sentence about the run that somebody should act on."""
        return self.get(font_color=WARN, bg_color=WARN_FILL, text_wrap=True, indent=1)


class Page:
    """One sheet, written from the top to the bottom; `view` decides the widths of the columns."""

    def __init__(
        self,
        book: Any,
        styles: AgendaStyles,
        name: str,
        view: TableView,
        *,
        title: str,
        intro: str,
        wide: bool,
    ) -> None:
        """A sheet that is not `wide` has no tables, only a few sentences."""
        self.sheet: StreamedSheet = book.add_worksheet(name, worksheet_class=StreamedSheet)
        self._styles = styles
        self._title = title
        looks = view.looks()[: None if wide else _NARROW]
        self._columns, self._width = len(looks), sum(look.width for look in looks)
        self._row = FIRST_ROW
        self._heads: int | None = None
        head(self.sheet, styles, self._columns, title, intro)
        set_widths(self.sheet, styles, view, view.looks())

    def line(self, text: str, style: Any, *, lowest: float = 0) -> None:
        """A text over all columns, wrapped, `lowest` points high at least; '' takes no line."""
        text = cell_text(text)
        if not text:
            return
        lines = min(line_counts([text], self._width)[0], _MOST_LINES)
        self.sheet.set_row(self._row, max(_LINE * lines + _PADDING, lowest))
        # the text is set apart: merge_range would try numbers and formulas on it
        self.sheet.merge_range(self._row, 0, self._row, self._columns - 1, "", style)
        self.sheet.write_string(self._row, 0, text, style)
        self._row += 1

    def bar(self, text: str) -> None:
        """The head of a block, with a little room above."""
        self.sheet.set_row(self._row, 8)
        self.sheet.set_row(self._row + 1, 22)
        for column in range(self._columns):
            self.sheet.write_blank(self._row + 1, column, None, self._styles.bar)
        self.sheet.write_string(self._row + 1, 0, cell_text(text), self._styles.section)
        self._row += 2

    def table(self, view: TableView, links: Links) -> None:
        """A table, or the sentence that stands for it. The heads of the first one stay."""
        if view.frame.empty:
            self.line(view.empty, self._styles.nothing, lowest=HEADER_HEIGHT)
            return
        if self._heads is None:
            self._heads = self._row
        self._row = place_table(self.sheet, self._styles, self._row, view, view.looks(), links)

    def finish(self, day: date, tab: str) -> StreamedSheet:
        """Paper, frozen heads, the tab's colour ('' for none)."""
        heads = (self._heads, self._heads) if self._heads is not None else None
        paper(self.sheet, f"{self._title}  {day}", header_rows=heads)
        self.sheet.print_area(0, 0, self._row - 1, self._columns - 1)
        if self._heads is not None:
            self.sheet.freeze_panes(self._heads + 1, 1)
        self.sheet.ignore_errors(dict.fromkeys(_NO_GREEN_CORNERS, "A1:XFD1048576"))
        if tab:
            self.sheet.set_tab_color(tab)
        return self.sheet
