"""Cells by number: each value stands once in a table, and the cells of a sheet point to it.

Most cells of a table are equal to others, so a value is looked at once and not once a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from toolkit.model.coded import used

Codes = npt.NDArray[np.integer[Any]]
Values = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of values."""

    codes: Codes
    table: Values

    def __len__(self) -> int:
        return len(self.codes)

    def expand(self) -> Values:
        """The values, cell by cell."""
        return self.table.take(self.codes)

    def distinct(self) -> Coded:
        """The same column with a table of just its values, in the order of the old one."""
        codes, places = used(self.codes, len(self.table))
        return Coded(codes, self.table.take(places))


class CodedLines(Sequence[list[Any]]):
    """The rows of a sheet, equally long; a row becomes a list when somebody looks at it.

    Code 0 of the table is the blank ''.
    """

    def __init__(self, codes: Codes, table: Values) -> None:
        self.codes = codes
        """Rows by columns."""
        self.table = table

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> list[Any]: ...

    @overload
    def __getitem__(self, place: slice) -> list[list[Any]]: ...

    def __getitem__(self, place: int | slice) -> list[Any] | list[list[Any]]:
        found: list[Any] = self.table.take(self.codes[place]).tolist()
        return found

    def __iter__(self) -> Iterator[list[Any]]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return self[:] == (other[:] if isinstance(other, CodedLines) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self[:])

    def filled(self, first: int, end: int) -> list[int]:
        """Numbers of the rows that hold anything."""
        found: list[int] = (np.flatnonzero(self.codes[first:end].any(axis=1)) + first).tolist()
        return found

    def clear(self, top: int, left: int, bottom: int, right: int) -> None:
        """Blank a range except for its first cell. Rows and columns from 0, both ends included."""
        kept = self.codes[top : top + 1, left : left + 1].copy()
        self.codes[top : bottom + 1, left : right + 1] = 0
        self.codes[top : top + 1, left : left + 1] = kept
