"""Where each field stands on the official form: pure geometry, shared by writers and tests.

A label-value sheet is a grid of four columns: label A, value B, label C, value D; a wide field
or one that is alone in its line takes B to D. A table sheet has its title in row 1, a remark in
row 2, an optional line of labels in row 3, and the table below.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from toolkit.model.forms import Block, Field, FieldType, Form, Layout
from toolkit.model.location import a1


@dataclass(frozen=True, slots=True)
class LabelCell:
    """Rows and columns from 0. `last_column` is the right end of the (merged) value cell."""

    field: Field
    row: int
    label_column: int
    value_column: int
    last_column: int

    @property
    def cell(self) -> str:
        return a1(self.row, self.value_column)


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table: its header row and first column, from 0."""

    block: Block
    header_row: int
    first_column: int = 0

    def column_of(self, key: str) -> int:
        return self.first_column + self.block.keys.index(key)


@dataclass(slots=True)
class SheetLayout:
    """One sheet: section bars as (row, text), label cells and tables."""

    name: str
    columns: int = 4
    sections: list[tuple[int, str]] = field(default_factory=list)
    labels: dict[str, list[LabelCell]] = field(default_factory=dict)
    tables: list[DataTable] = field(default_factory=list)
    last_row: int = 0

    @property
    def is_form(self) -> bool:
        """A label-value sheet without a table: it is protected."""
        return not self.tables


def layout_of(form: Form) -> list[SheetLayout]:
    """The sheets of a form, in order."""
    sheets = []
    for name in form.sheets:
        blocks = [b for b in form.blocks if b.sheet == name]
        table = next((b for b in blocks if b.layout is Layout.TABLE), None)
        labels = [b for b in blocks if b.layout is Layout.LABELS]
        sheet = SheetLayout(name)
        if table is None:
            _stack(sheet, labels)
        else:
            _register(sheet, labels, table)
        sheets.append(sheet)
    return sheets


def _stack(sheet: SheetLayout, blocks: list[Block]) -> None:
    row, half = 2, 0
    section = ""
    for block in blocks:
        cells = sheet.labels.setdefault(block.key, [])
        for f in block.fields:
            if f.section != section:
                row, half, section = row + (half > 0), 0, f.section
                sheet.sections.append((row, section))
                row += 1
            wide = f.wide or f.type is FieldType.LONG
            if wide and half:
                row, half = row + 1, 0
            column = 0 if not half else 2
            cells.append(LabelCell(f, row, column, column + 1, 3 if wide else column + 1))
            row, half = (row, 1) if not (wide or half) else (row + 1, 0)
    sheet.last_row = row if half else row - 1
    _fill_lines(sheet)


def _fill_lines(sheet: SheetLayout) -> None:
    """A cell that is alone in its line takes the whole width, so that no corner stays open."""
    taken = Counter(cell.row for cells in sheet.labels.values() for cell in cells)
    for key, cells in sheet.labels.items():
        sheet.labels[key] = [replace(c, last_column=3) if taken[c.row] == 1 else c for c in cells]


def _register(sheet: SheetLayout, blocks: list[Block], table: Block) -> None:
    row = 2
    for block in blocks:
        cells = sheet.labels.setdefault(block.key, [])
        for position, f in enumerate(block.fields):
            column = position * 2
            cells.append(LabelCell(f, row, column, column + 1, column + 1))
        row += 1
    header = row + 1 if blocks else row
    sheet.tables.append(DataTable(table, header))
    sheet.columns = len(table.fields)
    sheet.last_row = header + table.blank_rows
