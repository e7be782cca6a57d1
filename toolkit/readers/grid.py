"""A sheet as plain rows, with what the fast reader alone would not tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .coded import CodedLines


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in a grid for a cell whose value is there but unknown: never blank."""

    error: str = ""
    """The error as Excel shows it, such as `#N/A`; '' is a formula that was never calculated."""

    def __str__(self) -> str:
        return self.error or "（公式）"


NEVER_CALCULATED = Unreadable()


@dataclass(slots=True)
class Grid:
    """One sheet from A1 on. Blank cells are '', hidden and filtered rows are included."""

    name: str
    rows: Sequence[list[Any]]
    merges: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Anchor -> last row and column of the merged range, all from 0."""
    hidden_rows: int = 0
    days_before: int = 0
    """What to add to serial numbers of days: 1,462 in a book that counts from 1904."""

    def value(self, row: int, column: int) -> Any:
        """The cell's value; '' outside of the grid."""
        if 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row]):
            return self.rows[row][column]
        return ""

    def filled_rows(self, first: int = 0, end: int | None = None) -> Iterator[int]:
        """Numbers of the rows that hold anything, `end` not included: few of a million may."""
        end = len(self.rows) if end is None else min(end, len(self.rows))
        if isinstance(self.rows, CodedLines):
            yield from self.rows.filled(first, end)
            return
        for row in range(first, end):
            line = self.rows[row]
            if line and line.count("") < len(line):
                yield row

    def after(self, row: int, column: int) -> int:
        """The column to the right of a cell, past the range it is merged into."""
        return self.merges.get((row, column), (row, column))[1] + 1

    def below(self, row: int, column: int) -> int:
        """The row under a cell, past the range it is merged into."""
        return self.merges.get((row, column), (row, column))[0] + 1


@dataclass(slots=True)
class Book:
    """A workbook: its data sheets, its `_meta` entries and its defined names."""

    grids: list[Grid]
    meta: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    """Defined name -> sheet, row and column (from 0) of the single cell it means."""
    secret: bool = False
    """It was opened with a password of the department: nothing of it may be stored elsewhere."""
