"""The cells of a small worksheet part, found with regular expressions.

For a label-value form of a few hundred cells numpy's many steps take longer than the work itself.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import ParseError

from .cells import Cells, SharedParts, cell_value, cells_of
from .scan import LAST_COLUMN, LAST_ROW
from .sheet_tags import UnusualError
from .xml_text import resolved

SMALL = 40_000
"""Bytes of a part up to which this is the quicker way."""
_FORMULA = rb"<f\b[^<>]*+(?:(?<=/)>|>[^<>]*+</f>)"
_VALUE = rb"<v(?:/>|>[^<>]*+</v>)"
_INLINE = rb'<is><t(?: xml:space="preserve")?+>[^<>]*+</t></is>'
_GRAMMAR = re.compile(
    rb"<sheetData>\s*+(?:<row\b[^<>]*+(?:(?<=/)>|>\s*+(?:"
    rb"<c\b[^<>]*+(?:(?<=/)>|>(?:(?:%s)?+(?:%s)?+|%s)</c>)\s*+)*+</row>)\s*+)*+"
    % (_FORMULA, _VALUE, _INLINE)
)
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3}+)(\d++)"(?: s="(\d{1,5}+)")?+(?: t="([A-Za-z]++)")?+>'
    rb"(<f\b[^<>]*+(?:(?<=/)>|>[^<>]*+</f>))?+(?:(<v)(?:/>|>([^<>]*+)</v>))?+"
    rb'(?:(<is)><t(?: xml:space="preserve")?+>([^<>]*+)</t></is>)?+</c>'
)


_COLUMNS: dict[bytes, int] = {}
"""Letters of a column -> its number from 1."""


def small_cells(data: bytes, shared: SharedParts) -> Cells:
    """The filled cells of `<sheetData>…` up to its end tag, which is not given.

    Raises UnusualError, ParseError, ValueError or IndexError.
    """
    if not _GRAMMAR.fullmatch(data):
        raise UnusualError
    cells = _CELL.findall(data)
    if len(cells) != data.count(b"</c>"):
        raise UnusualError  # other attributes, or in another order
    found: list[tuple[int, int, Any]] = []
    for letters, digits, style, kind, formula, value_tag, text, inline_tag, inline in cells:
        if kind == b"s" and text:
            value: Any = shared.strings[int(text)] if text.isdigit() else None
            if value is None:
                raise UnusualError
        else:
            value = cell_value(
                kind.decode(),
                int(style or 0),
                resolved((text or inline).decode()),
                shared,
                formula=bool(formula),
                value=bool(value_tag),
                inline=bool(inline_tag),
            )
        if value != "":
            found.append((*_place(letters, digits), value))
    return cells_of(found)


def _place(letters: bytes, digits: bytes) -> tuple[int, int]:
    """Row and column from 0."""
    column = _COLUMNS.get(letters, 0)
    if not column:
        for letter in letters:
            column = column * 26 + letter - 64
        _COLUMNS[letters] = column
    row = int(digits) if len(digits) < 8 else 0
    if not (0 < row <= LAST_ROW and column <= LAST_COLUMN):
        raise ParseError("a cell lies outside of the grid")
    return row - 1, column - 1
