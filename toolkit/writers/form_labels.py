"""Draws a label-value sheet: sections of labels with the cells to fill beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from toolkit.forms.layout import LabelCell, SheetLayout
from toolkit.model.forms import Block, FieldType, Form
from toolkit.model.location import column_letter

from . import form_page
from .form_formulas import missing
from .form_lists import FormLists
from .form_prompts import validation
from .form_styles import LINE_HEIGHT, Styles, lines
from .form_values import plain, write_value

_WIDTHS = (19.0, 26.0, 21.0, 26.0)
_PADDING = 5.5
_LONG_LINES = 2.6
"""Lines that an empty long field offers."""
_TALLEST = 380.0
_LEGEND = "浅黄色的格子还需填写。"
_HEIGHTS = {"title": 34.0, "intro": 28.0, "section": 22.0, "row": 22.0, "signature": 34.0}

Values = Mapping[str, Mapping[str, object]]


class LabelSheet:
    """One protected sheet of a form; its inputs are unlocked."""

    def __init__(self, form: Form, layout: SheetLayout, lists: FormLists, styles: Styles) -> None:
        self._form = form
        self._layout = layout
        self._lists = lists
        self._styles = styles
        self._heights: dict[int, float] = {0: _HEIGHTS["title"], 1: _HEIGHTS["intro"]}

    def draw(self, sheet: Any, values: Values) -> None:
        """Draw everything; `values` are the form's labels by block and field."""
        styles, last = self._styles, self._layout.last_row
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width, styles.plain)
        sheet.hide_gridlines(2)
        self._head(sheet)
        for row, text in self._layout.sections:
            self._heights[row] = _HEIGHTS["section"]
            sheet.merge_range(row, 0, row, 3, text, styles.section)
        for key, cells in self._layout.labels.items():
            block = self._form.block(key)
            for cell in cells:
                self._cell(sheet, block, cell, values.get(key, {}).get(cell.field.key))
            self._tint(sheet, cells)
        for row, height in self._heights.items():
            sheet.set_row(row, height)
        sheet.protect("", {"format_rows": True, "format_columns": True})
        sheet.print_area(0, 0, last, 3)
        form_page.portrait(sheet, self._form, height=sum(self._heights.values()))
        first = next(iter(self._layout.labels.values()))[0]
        sheet.set_selection(first.row, first.value_column, first.row, first.value_column)

    def _head(self, sheet: Any) -> None:
        styles, form = self._styles, self._form
        title = form.title if self._layout.name in (form.title, form.sheets[0]) else None
        title = title or f"{form.title} · {self._layout.name}"
        sheet.merge_range(0, 0, 0, 2, "", styles.title)
        sheet.write_string(0, 0, title, styles.title)
        code = form.key if form.article is None else f"{form.key}　第{form.article}条"
        sheet.write_string(0, 3, code, styles.code)
        cells = [cell for group in self._layout.labels.values() for cell in group]
        demanding = any(cell.field.required for cell in cells)
        remark = form.intro + (_LEGEND if demanding and "浅黄" not in form.intro else "")
        sheet.merge_range(1, 0, 1, 3, remark, styles.intro)

    def _cell(self, sheet: Any, block: Block, cell: LabelCell, value: object) -> None:
        field, styles = cell.field, self._styles
        sheet.write_string(cell.row, cell.label_column, field.label, styles.label(field))
        style = styles.value(field)
        if cell.last_column > cell.value_column:
            sheet.merge_range(cell.row, cell.value_column, cell.row, cell.last_column, "", style)
        write_value(sheet, cell.row, cell.value_column, value, style)
        offer = self._lists.offer(block, field)
        sheet.data_validation(
            cell.row, cell.value_column, cell.row, cell.last_column, validation(field, offer)
        )
        self._grow(cell, value)

    def _grow(self, cell: LabelCell, value: object) -> None:
        field = cell.field
        text = plain(value)
        width = sum(_WIDTHS[cell.value_column : cell.last_column + 1])
        needed: float = lines(text, width) if isinstance(text, str) else 1
        if field.type is FieldType.LONG:
            needed = max(needed, _LONG_LINES)
        needed = max(needed, lines(field.label, _WIDTHS[cell.label_column]))
        least = _HEIGHTS["signature"] if field.signature else _HEIGHTS["row"]
        height = max(least, needed * LINE_HEIGHT + _PADDING, self._heights.get(cell.row, 0))
        self._heights[cell.row] = min(height, _TALLEST)

    def _tint(self, sheet: Any, cells: list[LabelCell]) -> None:
        at = {c.field.key: f"${column_letter(c.value_column)}${c.row + 1}" for c in cells}
        for cell in cells:
            if cell.field.required is not None:
                rule = {
                    "type": "formula",
                    "criteria": missing(cell.field, at.__getitem__),
                    "format": self._styles.missing,
                }
                sheet.conditional_format(
                    cell.row, cell.value_column, cell.row, cell.last_column, rule
                )
