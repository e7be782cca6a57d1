"""A side look into an .ods: error cells, merges, hidden rows, names and the extent."""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.parsers import expat

from toolkit.model.location import split_a1

from .archive import BROKEN_ZIP, LONGEST_TEXT, Archive, TooLargeError
from .grid import NEVER_CALCULATED, Unreadable
from .guard import MAX_CELLS, broken
from .scan import BETWEEN_EPOCHS, LAST_COLUMN, LAST_ROW, BookScan, SheetScan

_ERROR = re.compile(r"#(?:N/A|DIV/0!|VALUE!|REF!|NAME\?|NUM!|NULL!)|(?:Err|错误)[:：]\d{3}")
_ADDRESS = re.compile(r"\$?(?P<sheet>'(?:[^']|'')+'|[^.']+)\.\$?(?P<column>[A-Z]+)\$?(?P<row>\d+)")
_MOST_TAGS = 2_000_000
_MOST_MARKS = 200_000
_MOST_TEXT = 64 * 2**20
"""Characters of all cells, repeated ones as often as they are there."""
_HIDDEN = ("collapse", "filter")


def scan_ods(archive: Archive) -> BookScan:
    """Scan an .ods. Raises RefusedError when it is broken, TooLargeError when it unfolds."""
    try:
        xml = archive.read("content.xml")
        if xml.count(b"<") > _MOST_TAGS:
            raise TooLargeError("too many tags")
        return _Scanner().scan(xml)
    except (*BROKEN_ZIP, expat.ExpatError, ElementTree.ParseError) as error:
        raise broken() from error


class _Scanner:
    """Follows rows and cells; repeated ones are counted, not unrolled."""

    def __init__(self) -> None:
        self._book = BookScan()
        self._sheet = SheetScan(merges={})
        self._depth = 0
        self._row = self._next_row = self._column = 0
        self._cell: dict[str, str] | None = None
        self._text = ""
        self._paragraph = False
        self._note = 0
        self._characters = 0

    def scan(self, xml: bytes) -> BookScan:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._collect
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(xml, True)
        return self._book

    def _refuse(self, *_: object) -> None:
        raise ValueError("document type declarations are not allowed")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(" ")[2]
        values = {name.rpartition(" ")[2]: value for name, value in attributes.items()}
        if local == "table":
            self._depth += 1
            if self._depth == 1:
                if values.get("name", "") in self._book.sheets:
                    raise ValueError("two sheets have one name")
                self._sheet = SheetScan(merges={})
                self._book.sheets[values.get("name", "")] = self._sheet
                self._next_row = 0
        elif local == "null-date":
            if values.get("date-value", "").startswith("1904"):
                self._book.days_before = BETWEEN_EPOCHS
        elif local == "named-range":
            self._name(values)
        elif self._depth == 1:
            self._inside(tag, local, attributes, values)

    def _inside(
        self, tag: str, local: str, attributes: dict[str, str], values: dict[str, str]
    ) -> None:
        if local == "table-row":
            repeated = int(values.get("number-rows-repeated", "1"))
            self._row, self._next_row = self._next_row, self._next_row + repeated
            self._column = 0
            if values.get("visibility") in _HIDDEN and self._next_row < LAST_ROW:
                self._sheet.hidden_rows += repeated
        elif local in ("table-cell", "covered-table-cell"):
            # calcext:value-type says "error" where office:value-type says "string"
            values["is-error"] = str(
                any(n.endswith("value-type") and v == "error" for n, v in attributes.items())
            )
            self._cell, self._text = values, ""
        elif local == "annotation":
            self._note += 1
        elif local == "p" and self._cell is not None:
            self._paragraph = not self._note

    def _collect(self, text: str) -> None:
        if self._paragraph:
            self._text += text
            if len(self._text) > LONGEST_TEXT:
                raise TooLargeError("a text is too long")

    def _end(self, tag: str) -> None:
        local = tag.rpartition(" ")[2]
        if local == "table":
            self._depth -= 1
        elif local == "annotation":
            self._note -= 1
        elif local == "p":
            self._paragraph = False
        elif local in ("table-cell", "covered-table-cell") and self._cell is not None:
            self._close(self._cell)
            self._cell = None

    def _close(self, cell: dict[str, str]) -> None:
        repeated = int(cell.get("number-columns-repeated", "1"))
        column, self._column = self._column, self._column + repeated
        spanned = int(cell.get("number-rows-spanned", "1"))
        wide = int(cell.get("number-columns-spanned", "1"))
        if (spanned > 1 or wide > 1) and self._sheet.merges is not None:
            last = self._row + spanned - 1, column + wide - 1
            self._sheet.merges[self._row, column] = last
        text = self._text.strip()
        if "value-type" in cell or text:
            if self._column > LAST_COLUMN or self._next_row > LAST_ROW:
                raise ValueError("a cell lies outside of the grid")
            self._sheet.last_row = max(self._sheet.last_row, self._next_row)
            self._sheet.last_column = max(self._sheet.last_column, self._column)
            self._characters += len(text) * repeated * (self._next_row - self._row)
            laid_out = self._sheet.last_row * self._sheet.last_column <= MAX_CELLS
            if laid_out and self._characters > _MOST_TEXT:
                raise TooLargeError("repeated texts")
        if cell["is-error"] == "True" or ("formula" in cell and _ERROR.fullmatch(text)):
            self._mark(column, Unreadable(text or "#N/A"))
        elif "formula" in cell and "value-type" not in cell and not text:
            self._mark(column, NEVER_CALCULATED)

    def _mark(self, column: int, why: Unreadable) -> None:
        count = (self._next_row - self._row) * (self._column - column)
        if len(self._sheet.unreadable) + count > _MOST_MARKS:
            raise TooLargeError("repeated errors")
        for row in range(self._row, self._next_row):
            for place in range(column, self._column):
                self._sheet.unreadable[row, place] = why

    def _name(self, values: dict[str, str]) -> None:
        match = _ADDRESS.fullmatch(values.get("cell-range-address", ""))
        if match is not None:
            sheet = match["sheet"].strip("'").replace("''", "'")
            row, column = split_a1(match["column"] + match["row"])
            self._book.names[values.get("name", "")] = (sheet, row, column)
