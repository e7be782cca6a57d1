"""Reads agendas back as other programs do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl


def tables(path: Path, sheet: str, *, values: bool = True) -> list[list[dict[str, Any]]]:
    """The Excel tables of a sheet from the top to the bottom, each as a list of its lines."""
    found = []
    # values and tables come from two loads: the first knows what links display
    named = openpyxl.load_workbook(path)[sheet]
    cells = openpyxl.load_workbook(path, data_only=values)[sheet]
    places = sorted((t.ref for t in named.tables.values()), key=lambda r: named[r][0][0].row)
    for place in places:
        heads, *lines = [[cell.value for cell in row] for row in cells[place]]
        found.append([dict(zip(heads, line, strict=True)) for line in lines])
    return found


def texts(path: Path) -> Iterator[str]:
    """Everything that people see in the cells of a workbook."""
    for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
        for row in sheet.iter_rows(values_only=True):
            yield from (value for value in row if isinstance(value, str))


def column_a(path: Path, sheet: str) -> list[str]:
    """What stands in column A, without blanks."""
    rows = openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(max_col=1)
    return [row[0].value for row in rows if row[0].value is not None]
