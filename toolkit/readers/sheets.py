"""Workbook bytes to grids, with python-calamine for the values (.xlsx .xlsm .xlsb .xls .ods)."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any
from xml.etree import ElementTree

import python_calamine as calamine

from toolkit.forms.names import META_SHEET
from toolkit.model.text import clean

from .grid import Book, Grid
from .guard import MAX_CELLS, RefusedError, inspect
from .ooxml import BookScan, SheetScan, scan_book


def read_book(name: str, content: bytes) -> Book:
    """All data sheets of a workbook. Raises RefusedError with a reason for users."""
    kind = inspect(name, content)
    scan = _scan(content) if kind == "xlsx" else BookScan()
    for sheet in scan.sheets.values():
        if sheet.last_row * sheet.last_column > MAX_CELLS:
            raise RefusedError(
                "有内容的单元格散布过广，已拒绝读取",
                "请按 Ctrl+End 找到最远的单元格，删除多余内容后保存。",
            )
    try:
        return _parse(content, scan)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the Rust parser's panics are BaseException
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            reason, hint = "文件设有打开密码，无法读取", "请去掉打开密码后重新保存。"
        else:
            reason, hint = (
                "文件已损坏，无法解析",
                "请用 Excel 打开并另存为 .xlsx；打不开请从备份恢复。",
            )
        raise RefusedError(reason, hint) from error


def _scan(content: bytes) -> BookScan:
    try:
        return scan_book(content)
    except (zipfile.BadZipFile, zlib.error, KeyError, ElementTree.ParseError, EOFError) as error:
        raise RefusedError(
            "文件已损坏，可能没有保存完整", "请从备份恢复，或找填表人重新保存。"
        ) from error


def _parse(content: bytes, scan: BookScan) -> Book:
    workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    book = Book([], names=scan.names)
    for meta in workbook.sheets_metadata:
        if meta.typ is not calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.name == META_SHEET:
            rows = workbook.get_sheet_by_name(meta.name).to_python(skip_empty_area=False)
            book.meta = {clean(r[0]): clean(r[1]) for r in rows if len(r) > 1 and clean(r[0])}
        elif not meta.name.startswith("_"):
            sheet = workbook.get_sheet_by_name(meta.name)
            book.grids.append(_grid(sheet, scan.sheets.get(meta.name, SheetScan())))
    return book


def _grid(sheet: Any, scan: SheetScan) -> Grid:
    rows: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    merges = {tuple(first): tuple(last) for first, last in sheet.merged_cell_ranges or ()}
    grid = Grid(sheet.name, rows, merges, scan.hidden_rows)
    for (top, left), (bottom, right) in merges.items():
        _only_the_anchor(rows, top, left, bottom, right)
    for (row, column), why in scan.unreadable.items():
        while len(rows) <= row:
            rows.append([])
        rows[row] += [""] * (column + 1 - len(rows[row]))
        if rows[row][column] == "":
            rows[row][column] = why
    return grid


def _only_the_anchor(rows: list[list[Any]], top: int, left: int, bottom: int, right: int) -> None:
    """Values hidden under a merge are leftovers that nobody sees: they do not count."""
    for row in range(top, min(bottom + 1, len(rows))):
        for column in range(left, min(right + 1, len(rows[row]))):
            if (row, column) != (top, left):
                rows[row][column] = ""
