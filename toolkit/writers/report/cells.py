"""Columns of values as cells in the XML, without their references (see streamed.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .columns import Look
from .links import Links, link_begin, link_end
from .streamed import Column, shared_strings, style_number
from .styles import ReportStyles
from .values import cell_text, cell_texts, plain

_SHARES = ("percent", "share")
NO_SHARE = "—"
"""Shown for a share whose denominator is 0."""


@dataclass(frozen=True, slots=True)
class Distinct:
    """A column as its different values; the code of a missing one is -1."""

    codes: npt.NDArray[np.intp]
    different: list[Any]

    @classmethod
    def of(cls, column: pd.Series) -> Distinct:
        codes, different = pd.factorize(column)
        return cls(codes, list(different))


class CellWriter:
    """Renders the cells of one sheet."""

    def __init__(self, sheet: Any, styles: ReportStyles) -> None:
        self._sheet = sheet
        self._styles = styles

    def column(self, values: Distinct, look: Look) -> Column:
        """The cells of a column; each different value is rendered once."""
        uses = np.bincount(values.codes + 1, minlength=len(values.different) + 1)
        style = style_number(self._styles.column(look.kind))
        cells = self._cells(values.different, look, style, uses[1:].tolist())
        # the last one is what the code -1 of missing values finds
        share = look.kind in _SHARES and uses[0]
        cells.append(self._string(NO_SHARE, style, int(uses[0])) if share else "")
        return _Coded(np.array(cells, object), values.codes)

    def links(self, shown: Sequence[str | int], targets: Targets, look: Look) -> Column:
        """A column of links; what Excel could not link stands as plain text or number."""
        style = style_number(self._styles.link(look.kind))
        unlinked = style_number(self._styles.column(look.kind))
        begins = {place: escape(link_begin(place), quote=False) for place in set(targets.places)}
        ends = {text: self._link_end(text, style) for text in set(shown)}
        unlinkable = {
            line: self._cell(text, look, unlinked, 1)
            for line, (text, place) in enumerate(zip(shown, targets.places, strict=True))
            if not begins[place] or not ends[text][1]
        }
        return replaced(_Links(shown, targets, begins, ends), unlinkable)

    @staticmethod
    def _link_end(shown: str | int, style: int) -> tuple[str, str]:
        """What stands before and behind the place of a link; '' when it can show no such text."""
        display = cell_text(shown) if isinstance(shown, str) else int(shown)
        if display == "" or not (end := link_end(display)):
            return "", ""
        kind = ' t="str"' if isinstance(display, str) else ""
        text = escape(str(display), quote=False)
        return f'" s="{style}"{kind}><f>', f"{escape(end, quote=False)}</f><v>{text}</v></c>"

    def instead(self, text: str, look: Look) -> str:
        """A marked cell with a text that stands for a value; blank text gives a marked blank."""
        style = style_number(self._styles.marked(look.kind))
        text = cell_text(text)
        return self._string(text, style, 1) if text else f'" s="{style}"/>'

    def _cells(
        self, values: Sequence[Any], look: Look, style: int, uses: Sequence[int]
    ) -> list[str]:
        if look.kind == "badge" or not all(isinstance(value, str) for value in values):
            return [
                self._cell(value, look, style, int(used))
                for value, used in zip(values, uses, strict=True)
            ]
        texts = cell_texts(values)
        numbers = shared_strings(self._sheet, texts, uses)
        return [
            f'" s="{style}" t="s"><v>{number}</v></c>' if text else ""
            for text, number in zip(texts, numbers, strict=True)
        ]

    def _cell(self, value: Any, look: Look, style: int, uses: int) -> str:
        content = plain(value)
        if content == "":
            return ""
        if isinstance(content, float):
            return f'" s="{style}"><v>{content:.16G}</v></c>'
        if look.kind == "badge":
            style = style_number(self._styles.badge(content, look.kind))
        return self._string(content, style, uses)

    def _string(self, text: str, style: int, uses: int) -> str:
        return f'" s="{style}" t="s"><v>{shared_strings(self._sheet, [text], [uses])[0]}</v></c>'


def replaced(column: Column, cells: Mapping[int, str]) -> Column:
    """The column with other cells in some lines."""
    return _Replaced(column, cells) if cells else column


@dataclass(frozen=True, slots=True)
class _Coded:
    """Each different cell once."""

    table: npt.NDArray[np.object_]
    codes: npt.NDArray[np.intp]

    def __getitem__(self, rows: slice, /) -> list[str]:
        found: list[str] = self.table.take(self.codes[rows]).tolist()
        return found


@dataclass(frozen=True, slots=True)
class _Replaced:
    column: Column
    instead: Mapping[int, str]

    def __getitem__(self, rows: slice, /) -> list[str]:
        found = list(self.column[rows])
        lines = range(rows.start or 0, (rows.start or 0) + len(found))
        return [self.instead.get(n, cell) for n, cell in zip(lines, found, strict=True)]


@dataclass(frozen=True, slots=True)
class _Links:
    """A link is long, so it is made when it is written."""

    shown: Sequence[str | int]
    targets: Targets
    begins: Mapping[str, str]
    ends: Mapping[str | int, tuple[str, str]]
    """What stands before and behind the place, by what is shown."""

    def __getitem__(self, rows: slice, /) -> list[str]:
        ends = map(self.ends.__getitem__, self.shown[rows])
        places = map(self.begins.__getitem__, self.targets.places[rows])
        return [
            f"{opened}{place}{cell}{end}"
            for (opened, end), place, cell in zip(
                ends, places, self.targets.cells[rows], strict=True
            )
        ]


@dataclass(frozen=True, slots=True)
class Targets:
    """Where the links of a column lead: line by line the place, '' for none, and the cell in it.

    The text of a formula begins with the escaped place; nearly all lines share theirs with others.
    """

    places: Sequence[str]
    cells: Sequence[str | int]


def place_targets(links: Links, lines: pd.DataFrame, path: str, part: str) -> Targets:
    """Where the link of each line leads: to its file, or (part 'cell') to its sheet and cell."""
    files = lines[path].to_list()
    if part == "file" or "工作表" not in lines.columns:
        found = {file: links.target(file) for file in set(files)}
        return Targets([found[file] for file in files], [""] * len(files))
    by_row = "单元格" not in lines.columns
    cells = lines["行号" if by_row else "单元格"].to_list()
    pairs = list(zip(files, lines["工作表"].to_list(), strict=True))
    heads = {pair: links.target(*pair, _WIDE).removesuffix(_WIDE) for pair in set(pairs)}
    if by_row:  # it leads to the first cell of the row
        heads = {pair: head and f"{head}A" for pair, head in heads.items()}
    places = [heads[pair] if cell else "" for pair, cell in zip(pairs, cells, strict=True)]
    return Targets(places, cells)


_WIDE = "XFD1048576"
"""The longest cell reference: what fits with it fits with any."""


def row_heights(lines: Sequence[int]) -> list[str]:
    """The attributes of rows that take so many lines of text.

    Every row gets its height: otherwise programs choose one each in its own way.
    """
    known = {n: _height(n) for n in set(lines)}
    return [known[n] for n in lines]


_MOST_LINES = 8
_LINE_POINTS, _PADDING = 15.0, 6.0


def _height(lines: int) -> str:
    points = min(lines, _MOST_LINES) * _LINE_POINTS + _PADDING
    return f' ht="{points:g}" customHeight="1"'
