"""Draws a register sheet: a real Excel table that grows, sorts and filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from toolkit.forms.layout import DataTable, LabelCell, SheetLayout
from toolkit.forms.names import table_name
from toolkit.model.forms import Block, Form
from toolkit.model.location import a1, column_letter

from . import form_page
from .form_formulas import missing
from .form_lists import LAST_ROW, FormLists
from .form_prompts import validation
from .form_styles import LINE_HEIGHT, Styles, lines
from .form_values import plain, write_value

_LAST_EXCEL_ROW = 1_048_575
_SPARE_ROWS = 5
_FROZEN_FROM = 12
"""Tables with at least so many columns keep their first two in sight."""
_LEGEND = "表头深蓝为必填，浅蓝视情况填写，其余可留空；浅黄色的格子还需填写。"

Rows = Sequence[Mapping[str, object]]


class GrowingSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is untyped
    """A worksheet with rows whose height Excel may change when somebody types more."""

    def __init__(self) -> None:
        super().__init__()
        self.growing_rows: set[int] = set()
        """Rows from 0 whose height is only a first measure."""

    def _xml_start_tag_unencoded(self, tag: str, attributes: list[tuple[str, Any]]) -> None:
        # XlsxWriter marks every height it is given as fixed; a fixed row hides what is added later
        if tag == "row" and attributes[0][1] - 1 in self.growing_rows:
            attributes = [(name, value) for name, value in attributes if name != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


class TableSheet:
    """One unprotected sheet with a table, and perhaps a line of labels above it."""

    def __init__(self, form: Form, layout: SheetLayout, lists: FormLists, styles: Styles) -> None:
        self._form = form
        self._layout = layout
        self._lists = lists
        self._styles = styles

    def draw(
        self,
        sheet: Any,
        labels: Mapping[str, Mapping[str, object]],
        tables: Mapping[str, Rows],
    ) -> None:
        """Draw everything; `labels` and `tables` are the form's content by block."""
        sheet.hide_gridlines(2)
        table = self._layout.tables[0]
        self._columns(sheet, table)
        self._head(sheet, table)
        for key, cells in self._layout.labels.items():
            self._labels(sheet, self._form.block(key), cells, labels.get(key, {}))
        self._table(sheet, table, tables.get(table.block.key, ()))
        self._print(sheet, table)

    def _columns(self, sheet: Any, table: DataTable) -> None:
        for column, field in enumerate(table.block.fields, table.first_column):
            options = {"level": 1} if field.optional_group else {}
            style = self._styles.column(field, below=True)
            sheet.set_column(column, column, field.width, style, options)
        # the button that folds the group stands left of it, on the last main column
        sheet.outline_settings(True, True, False, False)

    def _head(self, sheet: Any, table: DataTable) -> None:
        styles, form = self._styles, self._form
        heights = [34, 24, *([28, 12] if self._layout.labels else [])]
        for row, height in enumerate(heights):
            sheet.set_row(row, height, styles.plain)
        name = table.block.title or table.block.sheet
        title = form.title if name == form.title else f"{form.title} · {name}"
        sheet.write_string(0, 0, title, styles.title)
        remark = form.intro if self._layout.name == form.sheets[0] else ""
        for column in range(self._layout.columns):
            sheet.write_blank(1, column, None, styles.remark)
        sheet.write_string(1, 0, f"{remark}{_LEGEND}", styles.remark)

    def _labels(
        self, sheet: Any, block: Block, cells: list[LabelCell], values: Mapping[str, object]
    ) -> None:
        at = {c.field.key: f"${column_letter(c.value_column)}${c.row + 1}" for c in cells}
        for cell in cells:
            field, row, column = cell.field, cell.row, cell.value_column
            style = self._styles.register_value(field)
            label = self._styles.register_label()
            sheet.write_string(row, cell.label_column, field.label, label)
            write_value(sheet, row, column, values.get(field.key), style)
            offer = self._lists.offer(block, field)
            sheet.data_validation(row, column, row, column, validation(field, offer))
            if field.required is not None:
                rule = missing(field, at.__getitem__)
                self._tint(sheet, (row, column, row, column), rule)

    def _table(self, sheet: Any, table: DataTable, rows: Rows) -> None:
        block, head, left = table.block, table.header_row, table.first_column
        spare = max(_SPARE_ROWS, block.blank_rows - len(rows))
        last, right = head + len(rows) + spare, left + len(block.fields) - 1
        sheet.set_row(head, 36)
        sheet.add_table(
            head,
            left,
            last,
            right,
            {
                "name": table_name(self._form, block),
                "style": None,
                "columns": [
                    {"header": f.label, "header_format": self._styles.header(f)}
                    for f in block.fields
                ],
            },
        )
        for row, record in enumerate(rows, head + 1):
            self._fit(sheet, row, block, record)
        reach = max(LAST_ROW, last + 500) - 1
        for column, field in enumerate(block.fields, left):
            style = self._styles.column(field)
            for row in range(head + 1, last + 1):
                record = rows[row - head - 1] if row - head <= len(rows) else {}
                write_value(sheet, row, column, record.get(field.key), style)
            offer = self._lists.offer(block, field)
            area = (head + 1, column, reach, column)
            sheet.data_validation(*area, validation(field, offer))
            if field.required is not None:
                self._tint(sheet, area, self._missing(table, column))
        everything = f"{a1(head + 1, left)}:{a1(reach, right)}"
        sheet.ignore_errors({"number_stored_as_text": everything})
        sheet.freeze_panes(head + 1, left + 2 if len(block.fields) >= _FROZEN_FROM else 0)
        sheet.set_selection(head + 1, left, head + 1, left)

    def _fit(self, sheet: Any, row: int, block: Block, record: Mapping[str, object]) -> None:
        """Tall enough for the record's longest text; Excel fits the row again when it changes."""
        needed = 1
        for field in block.fields:
            text = plain(record.get(field.key))
            if isinstance(text, str):
                needed = max(needed, lines(text, field.width - 1.3))
        if needed > 1:
            sheet.set_row(row, min(needed * LINE_HEIGHT, 400.0))
            sheet.growing_rows.add(row)

    def _missing(self, table: DataTable, column: int) -> str:
        """True on rows with anything in them where the column's field is missing."""
        row = table.header_row + 2
        first, last = table.first_column, table.first_column + len(table.block.fields) - 1
        begun = f"COUNTA(${column_letter(first)}{row}:${column_letter(last)}{row})>0"
        field = table.block.fields[column - first]
        return missing(field, lambda key: f"${column_letter(table.column_of(key))}{row}", begun)

    def _tint(self, sheet: Any, area: tuple[int, int, int, int], formula: str) -> None:
        rule = {"type": "formula", "criteria": formula, "format": self._styles.missing}
        sheet.conditional_format(*area, rule)

    def _print(self, sheet: Any, table: DataTable) -> None:
        """The optional group stays off paper."""
        fields = table.block.fields
        main = [f for f in fields if not f.optional_group]
        if len(main) < len(fields):
            # whole columns, so that rows which are added print too
            sheet.print_area(0, 0, _LAST_EXCEL_ROW, table.first_column + len(main) - 1)
        sheet.repeat_rows(table.header_row)
        width = sum(f.width * 7 + 5 for f in main)
        title = self._form.title
        if self._layout.name != title:
            title = f"{title} · {self._layout.name}"
        form_page.register(sheet, self._form, title, width=width)
