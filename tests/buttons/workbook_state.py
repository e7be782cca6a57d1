"""What the double of Excel holds: workbooks loaded from real files, in memory alone."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries

Colour = tuple[int, int, int]


class ExcelError(Exception):
    """Stands for pywintypes.com_error, which exists on Windows only."""


@dataclass
class CellState:
    value: Any = None
    number_format: str = "General"
    color: Colour | None = None
    note: str | None = None
    locked: bool = True


@dataclass
class SheetState:
    name: str
    cells: dict[tuple[int, int], CellState] = field(default_factory=dict)
    protected: bool = False
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """min column, min row, max column, max row."""

    def at(self, row: int, column: int) -> CellState:
        return self.cells.setdefault((row, column), CellState())


@dataclass
class BookState:
    """A workbook in memory. `folder` is None until it is saved for the first time."""

    name: str
    folder: Path | None
    sheets: list[SheetState]
    names: dict[str, str] = field(default_factory=dict)
    """Name -> `'sheet'!$A$1`."""
    saved: bool = True
    address: str = ""
    """A web address in place of the path."""

    def sheet(self, name: str) -> SheetState:
        return next(s for s in self.sheets if s.name.casefold() == name.casefold())

    def named(self, name: str) -> CellState:
        sheet, row, column = place_of(self.names[name])
        return self.sheet(sheet).at(row, column)

    def values(self) -> dict[tuple[str, int, int], Any]:
        """Every value there is."""
        return {
            (s.name, *place): cell.value
            for s in self.sheets
            for place, cell in s.cells.items()
            if cell.value is not None
        }

    def looks(self) -> dict[tuple[str, int, int], tuple[Colour | None, str | None]]:
        """Every colour and note there is."""
        return {
            (s.name, *place): (cell.color, cell.note)
            for s in self.sheets
            for place, cell in s.cells.items()
            if cell.color is not None or cell.note is not None
        }


def place_of(reference: str) -> tuple[str, int, int]:
    """`'控制台'!$B$3` -> sheet, row, column from 1."""
    sheet, _, cell = reference.lstrip("=").rpartition("!")
    column, row, *_ = range_boundaries(cell.replace("$", ""))
    return sheet.strip("'"), row, column


def load(path: Path) -> BookState:
    """A workbook as Excel would open it."""
    with path.open("rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # print areas of whole columns
        book = openpyxl.load_workbook(stream, data_only=True)
    sheets = []
    for source in book.worksheets:
        sheet = SheetState(source.title, protected=source.protection.sheet)
        sheet.merged = [r.bounds for r in source.merged_cells.ranges]
        for row in source.iter_rows():
            for cell in row:
                if cell.value is None and not cell.has_style and cell.comment is None:
                    continue
                state = sheet.at(cell.row, cell.column)
                state.value = float(cell.value) if type(cell.value) is int else cell.value
                state.number_format = cell.number_format
                state.locked = cell.protection.locked
                if cell.fill.fill_type == "solid" and cell.fill.fgColor.type == "rgb":
                    rgb = cell.fill.fgColor.rgb[-6:]
                    state.color = tuple(bytes.fromhex(rgb))  # type: ignore[assignment]
                state.note = cell.comment.text if cell.comment else None
        sheets.append(sheet)
    names = {name: defined.value for name, defined in book.defined_names.items()}
    return BookState(path.name, path.parent, sheets, names)
