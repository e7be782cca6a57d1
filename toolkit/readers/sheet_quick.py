"""The cells of a worksheet part, found with numpy when the part is written the usual way.

Every tag must follow the one before it as the grammar of a worksheet allows, otherwise the part
is unusual (prefixes, comments, single quotes, missing references) and parsed properly by
`sheet_stream`: slower by a factor of ten, with the same result. What other readers call blank
stands here as what it is: error cells and formulas that were never calculated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import numpy as np

from toolkit.model.coded import objects
from toolkit.model.location import split_a1

from .cells import Cells, SharedParts
from .scan import LAST_COLUMN
from .sheet_piece import HIDDEN_ROW, SheetPiece
from .sheet_small import SMALL, small_cells
from .sheet_stream import stream_sheet
from .sheet_tags import (
    UnusualError,
)
from .xml_text import remembered

_UTF8 = re.compile(rb'\s*(?:<\?xml\b[^>]*?(?:encoding="utf-?8"[^>]*?)?\?>\s*)?<worksheet\b', re.I)
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3}\d{1,7}):([A-Z]{1,3}\d{1,7})"\s*/>')
_TAIL = b"</sheetData>" + b" " * 32  # so that looking ahead stays inside
_PIECE = 8 * 2**20
"""Bytes of a part that are looked at in one step, unless a row is longer."""
_BLANK = objects([""])


def read_cells(xml: bytes, shared: SharedParts | None = None) -> Cells:
    """The filled cells of a worksheet part.

    Raises ParseError, ValueError or IndexError when the part is damaged, has a document type or
    leaves the grid.
    """
    shared = shared or SharedParts()
    try:
        return quick_cells(xml, shared)
    except UnusualError:
        return stream_sheet(xml, shared)


def quick_cells(xml: bytes, shared: SharedParts) -> Cells:
    """`read_cells` of a part of the usual writing. Raises UnusualError, too."""
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if start < 0 or end < 0 or not _UTF8.match(xml, 3 if xml.startswith(b"\xef\xbb\xbf") else 0):
        raise UnusualError
    around = xml[:start] + b"<sheetData/>" + xml[end + len(b"</sheetData>") :]
    if b"<!" in around or b"\r" in xml:
        raise UnusualError
    merges = dict(_merges(around))
    if end - start < SMALL:
        data = xml[start:end]
        found = small_cells(data, shared)
        found.hidden_rows = len(HIDDEN_ROW.findall(data))
    else:
        found = _large_cells(_pieces(xml, start, end), shared)
    found.merges = merges
    return found


def _large_cells(pieces: Iterable[bytes], shared: SharedParts) -> Cells:
    more: list[Any] = []
    parts = [SheetPiece(piece, shared, more).cells() for piece in pieces]
    rows, columns, codes = (
        np.concatenate(some) for some in zip(*(p[:3] for p in parts), strict=True)
    )
    empty = np.flatnonzero(shared.strings == "") + 1
    if len(empty):  # an empty text is a blank
        filled = ~np.isin(codes, empty)
        rows, columns, codes = rows[filled], columns[filled], codes[filled]
    table = np.concatenate((_BLANK, shared.strings, objects(more)))
    return Cells(rows, columns, codes, table, sum(hidden for *_, hidden in parts))


def _pieces(xml: bytes, start: int, end: int) -> Iterator[bytes]:
    """The rows from `<sheetData>` to its end tag in pieces, each as if it were all of them.

    The places of all tags of a large part at once would take more memory than its cells.
    """
    head = b""
    while start < end:
        cut = end
        if end - start > _PIECE:
            cut = xml.rfind(b"<row", start + 4, start + _PIECE)
            if cut < 0:
                cut = xml.find(b"<row", start + _PIECE, end)
                cut = end if cut < 0 else cut
                if xml.count(b"<c", start, cut) > LAST_COLUMN:
                    raise ParseError("a row has more cells than a sheet has columns")
        yield head + xml[start:cut] + _TAIL
        start, head = cut, b"<sheetData>"


@remembered
def _merges(around: bytes) -> dict[tuple[int, int], tuple[int, int]]:
    """The merged ranges of a part without its cells, which must be well-formed."""
    try:
        expat.ParserCreate().Parse(around, True)
    except expat.ExpatError as error:
        raise ParseError(str(error)) from error
    found = _MERGE.findall(around)
    if len(found) != around.count(b"mergeCell "):
        raise UnusualError
    return {split_a1(first.decode()): split_a1(last.decode()) for first, last in found}
