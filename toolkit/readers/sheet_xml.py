"""What the fast reader does not tell about a worksheet part, or must not be asked to read.

python-calamine returns '' for error cells and for formulas without a cached value, says nothing
of hidden rows, and aborts the whole process when one stray cell spans a sheet of 17 billion.
The usual writing of a part is searched with numpy in a few percent of the parsing time; any
other writing (prefixes, single quotes, comments, missing references) is parsed properly.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import numpy as np
import numpy.typing as npt

from toolkit.model.location import split_a1

from .grid import NEVER_CALCULATED, Unreadable
from .scan import LAST_COLUMN, LAST_ROW, SheetScan

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]
_UTF8 = re.compile(rb'\s*(?:<\?xml\b[^>]*?(?:encoding="utf-?8"[^>]*?)?\?>\s*)?<worksheet\b', re.I)
_FORMULA_CELL = re.compile(
    rb"<c\b(?P<attributes>[^>]*)>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)"
    rb"\s*(?P<value><v\s*/>|<v[^>]*>|</c>)(?P<end><)?"
)
_ERROR_CELL = re.compile(rb'<c\b[^>]*\bt\s*=\s*"e"[^>]*>(?:[^<]|<(?!/c>|c\b))*?<v[^>]*>([^<]*)</v>')
_REFERENCE = re.compile(rb'\sr\s*=\s*"([A-Z]+\d+)"')
_HIDDEN = re.compile(rb'<row\b[^>]*?\shidden="(?:1|true)"')
_USUAL_TAGS = frozenset(
    b"c v f is t r row rPr rPh phoneticPr sheetData extLst ext b i u strike sz color rFont family "
    b"charset scheme vertAlign outline shadow condense extend".split()
)
_HEAD = len(b"<sheetData")
_TAIL = b"</sheetData>" + b" " * 16  # so that looking ahead stays inside
_LONGEST_NEAR = 5
"""References of up to so many characters and two letters lie left of AAA and above row 10000."""


class UnusualError(Exception):
    """The part is not written the way the quick look understands."""


def scan_sheet(xml: bytes) -> SheetScan:
    """Error cells, formulas that were never calculated, hidden rows and far cells.

    Raises ParseError when the part is not well-formed, has a document type or leaves the grid.
    """
    try:
        return _quick(xml)
    except UnusualError:
        return _Careful().scan(xml)


def _quick(xml: bytes) -> SheetScan:
    start, end = xml.find(b"<sheetData"), xml.rfind(b"</sheetData>")
    if not _UTF8.match(xml, 3 if xml.startswith(b"\xef\xbb\xbf") else 0):
        raise UnusualError
    if start < 0 or end < 0 or b"<!" in xml[:start]:
        raise UnusualError
    data = xml[start:end] + _TAIL
    bytes_ = np.frombuffer(data, np.uint8)
    tags = np.flatnonzero(bytes_ == ord("<"))[1:]  # without sheetData itself
    kinds = bytes_[tags + 1]
    cells = _cells(data, bytes_, tags, kinds)
    inside = kinds[cells + 1]
    filled = (inside == ord("v")) | (inside == ord("f")) | (inside == ord("i"))
    scan = SheetScan()
    if filled.any():
        _extent(scan, bytes_, tags[cells[filled]])
    for place in tags[cells[inside == ord("f")]]:
        _formula(scan, data, int(place))
    if b"'" in data and _has(bytes_, b"='"):
        raise UnusualError
    if data.find(b"e", _HEAD, -len(_TAIL)) >= 0:  # the others have neither errors nor hidden rows
        if _has(bytes_, b'"e"'):
            _errors(scan, data)
        if _has(bytes_, b"hid"):
            scan.hidden_rows = len(_HIDDEN.findall(data))
    return scan


def _has(bytes_: _Bytes, pattern: bytes) -> bool:
    """Whether a short text occurs; many times quicker than `in` on large parts."""
    size = len(bytes_) - len(pattern) + 1
    found = bytes_[:size] == pattern[0]
    for offset, byte in enumerate(pattern[1:], 1):
        found &= bytes_[offset : offset + size] == byte
    return bool(found.any())


def _cells(data: bytes, bytes_: _Bytes, tags: _Places, kinds: _Bytes) -> _Places:
    """Which of the tags are cells. Raises UnusualError when some tag is unusual."""
    second = bytes_[tags + 2]
    single = (second == ord(" ")) | (second == ord(">")) | (second == ord("/"))
    known = (kinds == ord("c")) | (kinds == ord("v")) | (kinds == ord("f")) | (kinds == ord("t"))
    known &= single
    known |= kinds == ord("/")
    others = tags[~known]
    rows = np.ones(len(others), bool)
    for offset, byte in enumerate(b"<row "):
        rows &= bytes_[others + offset] == byte
    others = others[~rows]
    if len(others) and not len(others) == data.count(b"<is>") == int((kinds == ord("i")).sum()):
        for place in others:
            _demand_usual(data, int(place))
    return np.flatnonzero(known & (kinds == ord("c")))


def _demand_usual(data: bytes, place: int) -> None:
    name = re.match(rb"<([^\s/>]*)", data[place : place + 20])
    if name is None or name[1] not in _USUAL_TAGS:
        raise UnusualError


def _extent(scan: SheetScan, bytes_: _Bytes, places: _Places) -> None:
    """The last row and column of the cells whose tags are at `places`, unless all are near."""
    places = places + 3
    if not all((bytes_[places + n] == byte).all() for n, byte in enumerate(b'r="')):
        raise UnusualError
    places = places + 3
    ended = np.zeros(len(places), bool)
    for offset in range(2, _LONGEST_NEAR + 1):
        ended |= bytes_[places + offset] == ord('"')
    if ended.all() and (bytes_[places + 2] < ord("A")).all():
        return
    rows, columns = np.zeros(len(places), np.int64), np.zeros(len(places), np.int64)
    open_ = np.ones(len(places), bool)
    for offset in range(12):
        byte = bytes_[places + offset].astype(np.int64)
        open_ &= byte != ord('"')
        letter, digit = byte >= ord("A"), byte < ord("A")
        columns = np.where(open_ & letter, columns * 26 + byte - 64, columns)
        rows = np.where(open_ & digit, rows * 10 + byte - 48, rows)
    if open_.any():
        raise ParseError("a cell reference is too long")
    _reach(scan, int(rows.max()), int(columns.max()))


def _reach(scan: SheetScan, row: int, column: int) -> None:
    if not (row <= LAST_ROW and column <= LAST_COLUMN):
        raise ParseError("a cell lies outside of the grid")
    scan.last_row, scan.last_column = max(scan.last_row, row), max(scan.last_column, column)


def _formula(scan: SheetScan, data: bytes, place: int) -> None:
    match = _FORMULA_CELL.match(data, place)
    if match is None:
        raise UnusualError
    if match["value"].startswith(b"<v") and not match["value"].endswith(b"/>") and not match["end"]:
        return  # a value follows
    if b't="str"' in match["attributes"] and match["value"] != b"</c>":
        return  # an empty text is a calculated value
    reference = _REFERENCE.search(match["attributes"])
    if reference is None:
        raise UnusualError
    scan.unreadable[split_a1(reference[1].decode())] = NEVER_CALCULATED


def _errors(scan: SheetScan, data: bytes) -> None:
    for match in _ERROR_CELL.finditer(data):
        reference = _REFERENCE.search(match[0])
        if reference is None:
            raise UnusualError
        error = match[1].decode("utf-8", "replace").strip() or "#N/A"
        scan.unreadable[split_a1(reference[1].decode())] = Unreadable(error)


class _Careful:
    """Parses a part of any writing, cell by cell."""

    def __init__(self) -> None:
        self._scan = SheetScan()
        self._row = self._column = 0
        self._type = ""
        self._has_formula = self._has_value = self._has_inline = False
        self._text = ""
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse

    def scan(self, xml: bytes) -> SheetScan:
        try:
            self._parser.Parse(xml, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise ParseError(str(error)) from error
        return self._scan

    def _refuse(self, *_: object) -> None:
        raise ParseError("document type declarations are not allowed")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        if local == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if self._row > LAST_ROW:
                raise ParseError("a row lies outside of the grid")
            self._scan.hidden_rows += attributes.get("hidden") in ("1", "true")
        elif local == "c":
            self._column += 1
            if "r" in attributes:
                row, column = split_a1(attributes["r"])
                self._row, self._column = row + 1, column + 1
            self._type = attributes.get("t", "")
            self._has_formula = self._has_value = self._has_inline = False
            self._text = ""
        elif local == "f":
            self._has_formula = True
        elif local == "v":
            self._has_value, self._text = True, ""
            self._parser.CharacterDataHandler = self._collect
        elif local == "is":
            self._has_inline = True

    def _collect(self, text: str) -> None:
        self._text += text

    def _end(self, name: str) -> None:
        local = name.rpartition("}")[2]
        if local == "v":
            self._parser.CharacterDataHandler = None
        elif local == "c":
            self._close_cell()

    def _close_cell(self) -> None:
        if not (self._has_value or self._has_formula or self._has_inline):
            return
        _reach(self._scan, self._row, self._column)
        place = self._row - 1, self._column - 1
        if self._type == "e":
            self._scan.unreadable[place] = Unreadable(self._text.strip() or "#N/A")
        elif self._has_formula and not self._text and not self._is_empty_text():
            self._scan.unreadable[place] = NEVER_CALCULATED

    def _is_empty_text(self) -> bool:
        return self._type == "str" and self._has_value
