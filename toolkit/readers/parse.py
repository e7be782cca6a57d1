"""Workbook bytes to grids with python-calamine, after everything else has been looked at."""

from __future__ import annotations

import io
from typing import Any

import python_calamine as calamine

from toolkit.model.text import clean

from .grid import Book, Grid
from .guard import MAX_CELLS, MAX_SHEETS, broken, locked, scattered, too_many_sheets
from .merges import keep_anchors
from .scan import META_SHEET, BookScan, SheetScan, is_read


def parse_book(content: bytes, scan: BookScan) -> Book:
    """All data sheets. Raises RefusedError; a hostile file that `scan` let pass may still abort."""
    if len(scan.sheets) > MAX_SHEETS:
        raise too_many_sheets(len(scan.sheets))
    for name, sheet in scan.sheets.items():
        if sheet.last_row * sheet.last_column > MAX_CELLS:
            raise scattered(name, sheet.last_row, sheet.last_column)
    try:
        return _parse(content, scan)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except calamine.PasswordError as error:
        raise locked() from error
    except BaseException as error:  # the Rust parser's panics are BaseException
        raise broken("文件已损坏，无法解析") from error


def _parse(content: bytes, scan: BookScan) -> Book:
    if scan.changes:
        changed = bytearray(content)
        for place, byte in scan.changes.items():
            changed[place] = byte
        content = bytes(changed)
    workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    book = Book([], names=scan.names)
    for meta in workbook.sheets_metadata:
        if meta.typ != calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.name == META_SHEET:
            rows = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            book.meta = {clean(r[0]): clean(r[1]) for r in rows if len(r) > 1 and clean(r[0])}
        elif is_read(meta.name):
            sheet = workbook.get_sheet_by_name(meta.name)
            book.grids.append(_grid(sheet, scan.sheets.get(meta.name, SheetScan()), scan))
    return book


def _grid(sheet: Any, found: SheetScan, book: BookScan) -> Grid:
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    merges = found.merges
    if merges is None:
        merges = {tuple(first): tuple(last) for first, last in sheet.merged_cell_ranges or ()}
    for (row, column), why in found.unreadable.items():
        while len(rows) <= row:
            rows.append([])
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = why
    keep_anchors(rows, merges)
    return Grid(sheet.name, rows, merges, found.hidden_rows, book.days_before)
