"""A worksheet that takes whole columns: a row costs a tenth of what single cells cost.

XlsxWriter does the rest of the sheet (heads, tables, charts, page); only `<sheetData>` of the
blocks is rendered here. This is the one module that knows XlsxWriter's insides, and
`demand_written` makes sure that a version with other insides is noticed instead of losing rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from toolkit.model.location import column_letter

_CHUNK = 2000
"""Rows that are rendered at a time."""


class Column(Protocol):
    """The cells of a column, a piece at a time: a list, or what makes them when they are written.

    A cell is what follows its reference in the XML (see cells.py), '' when it is blank.
    """

    def __getitem__(self, rows: slice, /) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class _Block:
    top: int
    columns: Sequence[Column]
    heights: Sequence[str]

    @property
    def bottom(self) -> int:
        return self.top + len(self.heights) - 1

    def render(self) -> Iterator[str]:
        letters = [column_letter(number) for number in range(len(self.columns))]
        for start in range(0, len(self.heights), _CHUNK):
            stop = min(start + _CHUNK, len(self.heights))
            numbers = [str(self.top + n + 1) for n in range(start, stop)]
            parts = (column[start:stop] for column in self.columns)
            cells = [
                [
                    f'<c r="{letter}{number}{rest}' if rest else ""
                    for number, rest in zip(numbers, part, strict=True)
                ]
                for letter, part in zip(letters, parts, strict=True)
            ]
            heads = zip(numbers, self.heights[start:stop], strict=True)
            yield "".join(
                f'<row r="{number}"{height}>{"".join(row)}</row>'
                for (number, height), row in zip(heads, zip(*cells, strict=True), strict=True)
            )


class StreamedSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter comes without types
    """Pass the class to `Workbook.add_worksheet(name, worksheet_class=StreamedSheet)`."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[_Block] = []
        self._written = 0

    def add_block(self, top: int, columns: Sequence[Column], heights: Sequence[str]) -> None:
        """Rows from `top` (from 0) on, from column A. Nothing else may stand in these rows.

        A height is the attributes of the row, '' for the usual one.
        """
        block = _Block(top, columns, heights)
        if not heights:
            return
        self._check_dimensions(block.top, 0)
        self._check_dimensions(block.bottom, max(len(columns) - 1, 0))
        self._blocks.append(block)
        self._blocks.sort(key=lambda b: b.top)

    def add_tall_table(
        self, top: int, last_row: int, last_column: int, options: dict[str, Any]
    ) -> None:
        """An Excel table from column A on, without a look at each of its cells.

        XlsxWriter keeps a note of every cell of a table, which costs more than writing them.
        """
        self.add_table(top, 0, top + 1, last_column, options)
        whole = xl_range(top, 0, last_row, last_column)
        table = self.tables[-1]
        if table["range"] != xl_range(top, 0, top + 1, last_column):
            raise RuntimeError("this version of XlsxWriter keeps tables in another way")
        table |= {"range": whole, "a_range": whole, "autofilter": whole}

    def demand_written(self) -> None:
        """After the workbook was closed: raise when XlsxWriter passed the blocks over."""
        if self._written != len(self._blocks):
            raise RuntimeError("this version of XlsxWriter does not write streamed rows")

    def _write_rows(self) -> None:
        first: int = self.dim_rowmin  # type: ignore[has-type]
        last: int = self.dim_rowmax  # type: ignore[has-type]
        following = first
        for block in self._blocks:
            self._write_between(following, block.top - 1)
            for chunk in block.render():
                self.fh.write(chunk)
            following = block.bottom + 1
            self._written += 1
        self._write_between(following, last)
        self.dim_rowmin, self.dim_rowmax = first, last

    def _write_between(self, first: int, last: int) -> None:
        if first <= last:
            self.dim_rowmin, self.dim_rowmax = first, last
            super()._write_rows()


def shared_strings(sheet: Any, texts: Sequence[str], uses: Iterable[int]) -> list[int]:
    """The numbers of texts in the workbook's table of strings; a blank one has none, -1."""
    table = sheet.str_table
    number_of = table._get_shared_string_index
    numbers = [number_of(text) if text else -1 for text in texts]
    table.count += sum(used - 1 for text, used in zip(texts, uses, strict=True) if text)
    return numbers


def style_number(style: Any) -> int:
    """The number of a format among the workbook's cell formats."""
    return int(style._get_xf_index())
