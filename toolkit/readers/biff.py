"""A side look into an .xls: error cells, hidden rows, dates, passwords ([MS-XLS])."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from .grid import Unreadable
from .guard import MAX_SHEETS, RefusedError, broken, locked, too_large, too_many_sheets
from .ole import Compound, NotCompoundError
from .scan import BETWEEN_EPOCHS, BookScan, SheetScan

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_FORMULA, _EOF, _DATEMODE, _FILEPASS, _SHEET = 0x0006, 0x000A, 0x0022, 0x002F, 0x0085
_BOOL_OR_ERROR, _ROW, _BOF = 0x0205, 0x0208, 0x0809
_ONE_CELL = (_FORMULA, 0x0203, 0x0204, _BOOL_OR_ERROR, 0x027E, 0x00FD, 0x00D6)
_MANY_CELLS, _EXTENT = 0x00BD, 0x0200
_LAST_ROW, _LAST_COLUMN = 65_536, 256
_MOST_CLAIMED = 1_000_000
_ONE_CELL_EXTENT = struct.pack("<IIHH", 0, 1, 0, 1)
"""The fast reader makes room for the whole extent that a sheet claims, blank cells and all."""
_MOST_RECORDS = 2_000_000
"""Looking at so many takes two seconds; a sheet of a million cells has half of them."""


def scan_xls(content: bytes) -> BookScan:
    """Scan an .xls. Raises RefusedError when it has a password or is no workbook."""
    try:
        compound = Compound(content)
        if "EncryptedPackage" in compound.names:
            raise locked()
        name = next((n for n in ("Workbook", "Book") if n in compound.names), "")
        if not name:
            raise RefusedError(
                "这不是表格文件（可能是 Word、PPT 或其他文件改了后缀）", "请把它移出文件夹。"
            )
        found, extents = _scan(compound.read(name))
        if extents:
            offsets = [start + more for start in extents for more in range(len(_ONE_CELL_EXTENT))]
            small = _ONE_CELL_EXTENT * len(extents)
            found.changes = dict(zip(compound.places(name, offsets), small, strict=True))
        return found
    except (NotCompoundError, struct.error, IndexError, ValueError) as error:
        raise broken() from error


def _records(stream: bytes, place: int = 0) -> Iterator[tuple[int, bytes]]:
    while place + 4 <= len(stream):
        (kind, size) = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size


def _scan(stream: bytes) -> tuple[BookScan, list[int]]:
    """What is found, and where extents stand that claim too much."""
    found, extents = BookScan(), list[int]()
    places: list[tuple[str, int]] = []
    unicode_names = True
    for kind, body in _records(stream):
        if kind == _BOF:
            unicode_names = struct.unpack_from("<H", body)[0] >= 0x0600
        elif kind == _FILEPASS:
            raise locked()
        elif kind == _DATEMODE and struct.unpack_from("<H", body)[0]:
            found.days_before = BETWEEN_EPOCHS
        elif kind == _SHEET and body[5] == 0:
            places.append((_name(body[6:], unicode_names), struct.unpack_from("<I", body)[0]))
        elif kind == _EOF:
            break
    if len(places) > MAX_SHEETS:
        raise too_many_sheets(len(places))
    walked = records = 0
    for name, place in places:
        found.sheets[name], end, count = _scan_sheet(stream, place, extents)
        walked, records = walked + end - place, records + count
        if walked > len(stream):
            raise ValueError("sheets are parts of each other")
        if records > _MOST_RECORDS:
            raise too_large()
    return found, extents


def _name(raw: bytes, unicode_names: bool) -> str:
    length = raw[0]
    if not unicode_names:
        return raw[1 : 1 + length].decode("gb18030", "replace")
    if raw[1] & 1:
        return raw[2 : 2 + 2 * length].decode("utf-16-le", "replace")
    return raw[2 : 2 + length].decode("latin-1")


def _scan_sheet(stream: bytes, place: int, extents: list[int]) -> tuple[SheetScan, int, int]:
    """A sheet, where it ends, and how many records it has."""
    scan, claimed = SheetScan(), False
    depth = count = 0
    for kind, body in _records(stream, place):
        place += 4 + len(body)
        count += 1
        if count > _MOST_RECORDS:
            break
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif depth > 1:
            continue  # a chart on the sheet
        elif kind == _ROW:
            scan.hidden_rows += bool(body[12] & 0x20)
        elif kind in _ONE_CELL or kind == _MANY_CELLS:
            _cell(scan, kind, body)
        elif kind == _EXTENT and len(body) >= len(_ONE_CELL_EXTENT):
            rows, columns = struct.unpack_from("<4xI2xH", body)
            if rows * columns > _MOST_CLAIMED:
                if claimed:
                    raise ValueError("a sheet claims its extent again and again")
                claimed = True
                extents.append(place - len(body))
    return scan, place, count


def _cell(scan: SheetScan, kind: int, body: bytes) -> None:
    (row, column) = struct.unpack_from("<HH", body)
    last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MANY_CELLS else column
    if row >= _LAST_ROW or max(column, last) >= _LAST_COLUMN:
        raise ValueError("a cell lies outside of the grid")
    scan.last_row = max(scan.last_row, row + 1)
    scan.last_column = max(scan.last_column, last + 1)
    if kind == _BOOL_OR_ERROR and body[7]:
        scan.unreadable[row, column] = Unreadable(ERRORS.get(body[6], "#N/A"))
    elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        scan.unreadable[row, column] = Unreadable(ERRORS.get(body[8], "#N/A"))
