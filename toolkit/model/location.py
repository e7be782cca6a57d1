"""A place in a workbook that somebody can open."""

from __future__ import annotations

import re
from dataclasses import dataclass

_A1 = re.compile(r"^([A-Z]{1,3})([0-9]+)$")


def column_letter(index: int) -> str:
    """0 -> 'A', 25 -> 'Z', 26 -> 'AA'."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """'A' -> 0, 'AA' -> 26."""
    index = 0
    for char in letters:
        index = index * 26 + ord(char) - 64
    return index - 1


def a1(row: int, column: int) -> str:
    """0-based row and column -> 'A1'."""
    return f"{column_letter(column)}{row + 1}"


def split_a1(cell: str) -> tuple[int, int]:
    """'C5' -> (4, 2), 0-based row and column. Raises ValueError for anything else."""
    match = _A1.match(cell.replace("$", ""))
    if match is None:
        raise ValueError(f"not a cell reference: {cell!r}")
    return int(match[2]) - 1, column_index(match[1])


@dataclass(frozen=True, slots=True)
class Location:
    """File (relative to the department's folder, `/` between parts), sheet and A1 cell."""

    path: str = ""
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return "!".join(part for part in (self.path, self.sheet, self.cell) if part)
