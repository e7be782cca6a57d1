"""A side look into an .xlsb: error cells, hidden rows, merges and the extent ([MS-XLSB])."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator
from xml.etree import ElementTree

from .archive import BROKEN_ZIP, MAX_TREE, Archive, TooLargeError
from .biff import ERRORS
from .grid import Unreadable
from .guard import broken
from .scan import BETWEEN_EPOCHS, LAST_COLUMN, LAST_ROW, BookScan, SheetScan
from .xml_text import tree

_ROW, _CELL_ERROR, _FORMULA_ERROR, _MERGE, _BOOK, _SHEET = 0, 3, 11, 176, 153, 156
_MOST_RECORDS = 2_000_000
_FILLED = (2, _CELL_ERROR, 4, 5, 6, 7, 8, 9, 10, _FORMULA_ERROR)


def scan_xlsb(archive: Archive) -> BookScan:
    """Scan an .xlsb. Raises RefusedError when it is broken."""
    try:
        return _scan(archive)
    except (*BROKEN_ZIP, struct.error, IndexError, ElementTree.ParseError) as error:
        raise broken() from error


def _scan(archive: Archive) -> BookScan:
    relations = tree(archive.read("xl/_rels/workbook.bin.rels", MAX_TREE))
    parts = {
        r.attrib["Id"]: posixpath.normpath(posixpath.join("/xl", r.attrib["Target"])).lstrip("/")
        for r in relations
        if r.attrib["Type"].endswith("/worksheet")
    }
    found, unread = BookScan(), set(parts.values())
    for kind, body in _records(archive.read("xl/workbook.bin", MAX_TREE)):
        if kind == _BOOK and body[0] & 1:
            found.days_before = BETWEEN_EPOCHS
        elif kind == _SHEET:
            relation, rest = _text(body[8:])
            name, _ = _text(rest)
            part = parts.get(relation)
            if part is None:
                continue
            if part not in unread:
                raise ValueError("two sheets are one part")
            unread.remove(part)
            found.sheets[name] = _scan_sheet(archive.read(part))
    return found


def _text(raw: bytes) -> tuple[str, bytes]:
    (length,) = struct.unpack_from("<I", raw)
    end = 4 + 2 * length
    return raw[4:end].decode("utf-16-le", "replace"), raw[end:]


def _records(part: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(part):
        kind, place = part[place], place + 1
        if kind & 0x80:
            kind, place = (kind & 0x7F) | (part[place] & 0x7F) << 7, place + 1
        size = 0
        for shift in (0, 7, 14, 21):
            byte, place = part[place], place + 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, part[place : place + size]
        place += size


def _scan_sheet(part: bytes) -> SheetScan:
    scan = SheetScan(merges={})
    row = 0
    for count, (kind, body) in enumerate(_records(part)):
        if count > _MOST_RECORDS:
            raise TooLargeError("too many records")
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", body)
            scan.hidden_rows += bool(body[11] & 0x10)
        elif kind in _FILLED:
            (column,) = struct.unpack_from("<I", body)
            if row >= LAST_ROW or column >= LAST_COLUMN:
                raise ValueError("a cell lies outside of the grid")
            scan.last_row, scan.last_column = row + 1, max(scan.last_column, column + 1)
            if kind in (_CELL_ERROR, _FORMULA_ERROR):
                scan.unreadable[row, column] = Unreadable(ERRORS.get(body[8], "#N/A"))
        elif kind == _MERGE and scan.merges is not None:
            (top, bottom, left, right) = struct.unpack_from("<4I", body)
            scan.merges[top, left] = (bottom, right)
    return scan
