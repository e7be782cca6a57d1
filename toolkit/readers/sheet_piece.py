"""The cells of one piece of a worksheet part, found with numpy by the places of its tags."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import ParseError

import numpy as np
import numpy.typing as npt

from .archive import LONGEST_TEXT, TooLargeError
from .cells import SharedParts, iso_moment
from .coded import Codes
from .grid import NEVER_CALCULATED, Unreadable
from .number_formats import Shown, shown_values
from .scan import LAST_COLUMN, LAST_ROW
from .sheet_tags import (
    CELL,
    FORMULA,
    INLINE,
    ROW,
    ROW_WITHOUT_CELLS,
    TEXT,
    VALUE,
    UnusualError,
    tag_codes,
    tag_places,
)
from .xml_text import decoded, resolved

_Bytes = npt.NDArray[np.uint8]
_Places = npt.NDArray[np.int64]
HIDDEN_ROW = re.compile(rb'<row\b[^>]*?\shidden="(?:1|true)"')
_ATTRIBUTE = re.compile(rb'\s(\w+)="([^"<]*)"')
_HEAD = 14
"""Bytes that are looked at when a reference does not end."""
_LONGEST_COLUMN, _LONGEST_ROW, _LETTERS = 3, 7, 26
_MOST_BYTES = 4
"""Bytes of a character."""
_SHORT = 8
"""Numbers of up to so many characters are compared as whole words: most are equal to others."""
_KINDS = {b"s": ord("s"), b"str": ord("S"), b"inlineStr": ord("i"), b"n": 0, b"": 0}


class SheetPiece:
    """The bytes from `<sheetData` on, their tags, and what the filled cells hold.

    `more` are the values behind those of the shared strings; those of this part are added.
    """

    def __init__(self, data: bytes, shared: SharedParts, more: list[Any]) -> None:
        self._data, self._shared = data, shared
        self._bytes = bytes_ = np.frombuffer(data, np.uint8)
        self._starts, self._ends = tag_places(bytes_)
        codes = tag_codes(bytes_, self._starts, self._ends)
        tags = np.flatnonzero(codes == CELL)
        inside = codes[tags + 1]
        filled = (inside == VALUE) | (inside == FORMULA) | (inside == INLINE)
        self._tags = tags[filled]
        self._codes = codes
        self._count = len(self._tags)
        self._coded = np.zeros(self._count, np.int32)
        self._more = more

    def cells(self) -> tuple[_Places, _Places, Codes, int]:
        """Rows and columns (from 0) of the filled cells, places of their values, hidden rows."""
        rows, columns = self._heads()
        self._find_texts()
        self._formulas()
        self._take()
        known = self._coded != 0
        if not known.all():  # a formula whose result is an empty text
            rows, columns, self._coded = rows[known], columns[known], self._coded[known]
        return rows - 1, columns - 1, self._coded, self._hidden_rows()

    def _hidden_rows(self) -> int:
        if b"hidden=" not in self._data:
            return 0
        rows = np.flatnonzero((self._codes == ROW) | (self._codes == ROW_WITHOUT_CELLS))
        places = zip(self._starts[rows].tolist(), self._ends[rows].tolist(), strict=True)
        return len(
            HIDDEN_ROW.findall(b"".join([self._data[start : end + 1] for start, end in places]))
        )

    def _heads(self) -> tuple[_Places, _Places]:
        """Row and column (from 1), and into fields style and kind, of `<c r="A1" s="3" t="s">`."""
        at = self._starts[self._tags]
        if not (self._has(at, b"<c r") & self._has(at + 4, b'="')).all():
            raise UnusualError
        at += len(b'<c r="')
        columns, behind = self._letters(at)
        if len(at) and (behind == at).any():
            self._refuse(at)
        rows, quotes = self._digits(behind, _LONGEST_ROW)
        if not (self._bytes.take(quotes) == ord('"')).all():
            self._refuse(at)
        if len(at) and ((quotes == behind).any() or not rows.all()):
            raise UnusualError
        if len(at) and (rows.max() > LAST_ROW or columns.max() > LAST_COLUMN):
            raise ParseError("a cell lies outside of the grid")
        self._attributes(quotes + 1)
        return rows, columns

    def _letters(self, at: _Places) -> tuple[_Places, _Places]:
        """The column of each reference, and where its letters end."""
        numbers = np.zeros(len(at), np.int64)
        for _ in range(_LONGEST_COLUMN):
            value = self._bytes.take(at) - np.uint8(ord("A"))
            letter = value < _LETTERS
            if not letter.any():
                break
            numbers = np.where(letter, numbers * _LETTERS + value + 1, numbers)
            at = at + letter
        return numbers, at

    def _refuse(self, at: _Places) -> None:
        """Raise ParseError for a reference that is too long, else UnusualError."""
        heads = np.lib.stride_tricks.sliding_window_view(self._bytes, _HEAD)[at]
        if ((heads >= ord("0")) & (heads <= ord("Z"))).all(axis=1).any():
            raise ParseError("a cell reference is too long")
        raise UnusualError

    def _digits(self, at: _Places, most: int) -> tuple[_Places, _Places]:
        numbers = np.zeros(len(at), np.int64)
        for _ in range(most):
            byte = self._bytes[at]
            digit = (byte >= ord("0")) & (byte <= ord("9"))
            if not digit.any():
                break
            numbers = np.where(digit, numbers * 10 + byte - 48, numbers)
            at = at + digit
        return numbers, at

    def _attributes(self, at: _Places) -> None:
        """Style and kind of the cells, whose references end before `at`."""
        bytes_, data = self._bytes, self._data
        style = self._has(at, b' s="')
        styles, behind = self._digits(np.where(style, at + 4, len(data) - 1), 5)
        usual = ~style | (bytes_[behind] == ord('"'))
        at = np.where(style, behind + 1, at)
        ends = self._ends[self._tags]
        kinds = np.zeros(self._count, np.uint8)
        typed = self._has(at, b' t="') & (bytes_[at + 5] == ord('"'))
        kinds[typed] = bytes_[at[typed] + 4]
        at = np.where(typed, at + 6, at)
        rest = np.flatnonzero(at != ends)
        for text in (b' t="str"', b' t="inlineStr"'):
            places = rest[self._has(at[rest], text)]
            kinds[places] = _KINDS[text[4:-1]]
            at[places] += len(text)
        usual &= at == ends
        for n in np.flatnonzero(~usual):
            styles[n], kinds[n] = self._odd_head(int(self._starts[self._tags[n]]), int(ends[n]))
        kinds[kinds == ord("n")] = 0
        self._styles, self._kinds = styles, kinds

    def _has(self, at: _Places, text: bytes) -> npt.NDArray[np.bool_]:
        """Whether the text stands at these places; two or four bytes are compared as a number."""
        if len(text) in (2, 4):
            kind = np.dtype(f"u{len(text)}")
            window = np.lib.stride_tricks.sliding_window_view(self._bytes, len(text))
            same: npt.NDArray[np.bool_] = window[at].view(kind).ravel() == np.frombuffer(text, kind)
            return same
        found = np.ones(len(at), bool)
        for offset, byte in enumerate(text):
            found &= self._bytes[at + offset] == byte
        return found

    def _odd_head(self, start: int, end: int) -> tuple[int, int]:
        """Style and kind of a cell with other attributes, or with them in another order."""
        head = self._data[start + 2 : end]
        attributes = dict(_ATTRIBUTE.findall(head))
        if len(b"".join(_ATTRIBUTE.split(head))) != sum(
            len(k) + len(v) for k, v in attributes.items()
        ):
            raise UnusualError
        style, kind = attributes.get(b"s", b"0"), attributes.get(b"t", b"")
        if not style.isdigit() or len(style) > 5 or not (kind in _KINDS or len(kind) == 1):
            raise UnusualError
        return int(style), _KINDS.get(kind, kind[0] if kind else 0)

    def _find_texts(self) -> None:
        """Where the text of each cell starts and ends; both 0 without one."""
        codes, ends, at = self._codes, self._ends, self._tags + 1
        inside = codes[at]
        self._has_formula = inside == FORMULA
        inline = inside == INLINE
        if not (self._kinds[inline] == ord("i")).all():
            raise UnusualError
        for cells in map(np.flatnonzero, (self._has_formula, inline)):
            # past <f/> stands one tag, past <f>…</f> two; in <is> comes <t>
            open_ = self._bytes[ends[at[cells]] - 1] != ord("/")
            at[cells] += 1 + (open_ & self._has_formula[cells])
        found = codes[at]
        self._has_value = found == VALUE
        some = self._has_value | (found == TEXT)
        some &= self._bytes[ends[at] - 1] != ord("/")
        self._from = np.where(some, ends[at] + 1, 0)
        self._to = np.where(some, self._starts[at + 1], 0)
        if self._count and (self._to - self._from).max() > LONGEST_TEXT * _MOST_BYTES:
            raise TooLargeError("a text is too long")

    def _formulas(self) -> None:
        """Those that were never calculated; an empty text is a calculated value."""
        no_text = self._from == self._to
        empty_text = (self._kinds == ord("S")) & self._has_value
        never = self._has_formula & no_text & ~empty_text & (self._kinds != ord("e"))
        if never.any():
            self._coded[never] = self._codes_of([NEVER_CALCULATED])

    def _codes_of(self, values: list[Any]) -> npt.NDArray[np.int32]:
        """Where values stand that are put behind the shared strings."""
        first = 1 + len(self._shared.strings) + len(self._more)
        self._more += values
        return np.arange(first, first + len(values), dtype=np.int32)

    def _take(self) -> None:
        kinds, some = self._kinds, self._from < self._to
        self._take_shared(np.flatnonzero((kinds == ord("s")) & some))
        self._take_numbers((kinds == 0) & some)
        some |= kinds == ord("e")
        for n in np.flatnonzero((kinds != 0) & (kinds != ord("s")) & some):
            self._coded[n : n + 1] = self._codes_of([self._one(int(kinds[n]), self._text(n))])

    def _text(self, n: int | np.int64) -> str:
        return resolved(self._data[self._from[n] : self._to[n]].decode())

    def _one(self, kind: int, text: str) -> Any:
        if kind == ord("e"):
            return Unreadable(text.strip() or "#N/A")
        if kind == ord("b"):
            return text.strip() not in ("0", "false")
        if kind == ord("d"):
            return iso_moment(text)
        if kind in (ord("S"), ord("i")):
            return decoded(text)
        raise UnusualError

    def _take_shared(self, cells: _Places) -> None:
        numbers, behind = self._digits(self._from[cells], 7)
        if not (behind == self._to[cells]).all():
            raise UnusualError
        if len(numbers) and numbers.max() >= len(self._shared.strings):
            raise IndexError("no such text")
        self._coded[cells] = numbers + 1

    def _take_numbers(self, wanted: npt.NDArray[np.bool_]) -> None:
        formats = np.array([*self._shared.formats, Shown.NUMBER], np.uint8)
        shown = formats[np.minimum(self._styles, len(formats) - 1)]
        for kind in Shown:
            cells = np.flatnonzero(wanted & (shown == kind))
            lengths = self._to[cells] - self._from[cells]
            self._take_short(cells[lengths <= _SHORT], kind)
            self._take_long(cells[lengths > _SHORT], kind)

    def _take_long(self, cells: _Places, kind: Shown) -> None:
        if not len(cells):
            return
        places = zip(self._from[cells].tolist(), self._to[cells].tolist(), strict=True)
        texts = [self._data[start:end] for start, end in places]
        known = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        codes = self._codes_of(self._shown(list(known), kind))
        self._coded[cells] = codes[[known[text] for text in texts]]

    def _take_short(self, cells: _Places, kind: Shown) -> None:
        if not len(cells):
            return
        window = np.arange(_SHORT)
        words = self._bytes[self._from[cells][:, None] + window]
        words[window >= (self._to[cells] - self._from[cells])[:, None]] = 0
        different, which = np.unique(words.view(np.uint64).ravel(), return_inverse=True)
        codes = self._codes_of(self._shown(different.view("S8").tolist(), kind))
        self._coded[cells] = codes[which]

    def _shown(self, raws: list[bytes], shown: Shown) -> list[Any]:
        return shown_values(raws, shown, self._shared.days_before)
