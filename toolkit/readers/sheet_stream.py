"""The cells of a worksheet part of any writing, one after the other, in the memory they need."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from toolkit.model.location import split_a1

from .archive import LONGEST_TEXT, TooLargeError
from .cells import Cells, SharedParts, cell_value, cells_of
from .scan import LAST_COLUMN, LAST_ROW

_MOST_TAGS = 2_000_000
"""Looking at so many one by one takes about two seconds: half a million filled cells."""


def stream_sheet(xml: bytes, shared: SharedParts | None = None) -> Cells:
    """The filled cells. Raises ParseError when the part is no sound worksheet.

    Raises TooLargeError when it is too large to be looked at tag by tag.
    """
    if xml.count(b"<") > _MOST_TAGS:
        raise TooLargeError("too many tags")
    return _Stream(shared or SharedParts()).read(xml)


class _Stream:
    def __init__(self, shared: SharedParts) -> None:
        self._shared = shared
        self._found: list[tuple[int, int, Any]] = []
        self._merges: dict[tuple[int, int], tuple[int, int]] = {}
        self._hidden = 0
        self._row = self._column = 0
        self._kind = self._style = self._text = ""
        self._in_cell = self._has_formula = self._has_value = self._has_inline = False
        self._phonetic = 0
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse

    def read(self, xml: bytes) -> Cells:
        try:
            self._parser.Parse(xml, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise ParseError(str(error)) from error
        cells = cells_of(self._found)
        cells.hidden_rows, cells.merges = self._hidden, self._merges
        return cells

    def _refuse(self, *_: Any) -> None:
        raise ParseError("document type declarations are not allowed")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if local == "c":
            self._open_cell(attributes)
        elif local == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if self._row > LAST_ROW:
                raise ParseError("a row lies outside of the grid")
            self._hidden += attributes.get("hidden") in ("1", "true")
        elif self._in_cell:
            self._inside(local)
        elif local == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self._merges[split_a1(first)] = split_a1(last or first)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._column += 1
        if self._column > LAST_COLUMN:
            raise ParseError("a row has more cells than a sheet has columns")
        if "r" in attributes:
            row, column = split_a1(attributes["r"])
            self._row, self._column = row + 1, column + 1
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
        self._has_formula = self._has_value = self._has_inline = False
        self._in_cell, self._text = True, ""

    def _inside(self, local: str) -> None:
        if local == "v":
            self._has_value, self._text = True, ""
            self._parser.CharacterDataHandler = self._collect
        elif local == "t" and not self._phonetic:
            self._parser.CharacterDataHandler = self._collect
        elif local == "f":
            self._has_formula = True
        elif local == "is":
            self._has_inline = True
        elif local == "rPh":
            self._phonetic += 1

    def _collect(self, text: str) -> None:
        self._text += text
        if len(self._text) > LONGEST_TEXT:
            raise TooLargeError("a text is too long")

    def _end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if local in ("v", "t"):
            self._parser.CharacterDataHandler = None
        elif local == "rPh":
            self._phonetic -= 1
        elif local == "c" and self._in_cell:
            self._in_cell = False
            value = self._value()
            if value != "":
                self._put(value)

    def _put(self, value: Any) -> None:
        if not (0 < self._row <= LAST_ROW and 0 < self._column <= LAST_COLUMN):
            raise ParseError("a cell lies outside of the grid")
        self._found.append((self._row - 1, self._column - 1, value))

    def _value(self) -> Any:
        return cell_value(
            self._kind,
            int(self._style),
            self._text,
            self._shared,
            formula=self._has_formula,
            value=self._has_value,
            inline=self._has_inline,
        )
