"""Merged ranges: values hidden under one are leftovers that nobody sees, they do not count."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import ParseError

Merges = Mapping[tuple[int, int], tuple[int, int]]
_SOME_CELLS = 100_000
_MOST_STEPS = 5_000_000


def demand_apart(merges: Merges, height: int, width: int) -> None:
    """Raise ParseError when ranges overlap so much that they cover a sheet more than twice.

    Excel allows no overlap, other programs write some; thousands of ranges that each cover the
    whole sheet would take hours to clear.
    """
    covered = 0
    for (top, left), (bottom, right) in merges.items():
        rows, columns = min(bottom + 1, height) - top, min(right + 1, width) - left
        covered += max(rows, 0) * max(columns, 0)
    if covered > 2 * height * width + _SOME_CELLS:
        raise ParseError("merged ranges overlap")


def keep_anchors(lines: list[list[Any]], merges: Merges) -> None:
    """Blank what lies under a merge, except for its first cell. Lines may differ in length.

    Raises ParseError when ranges overlap or are too many for such a large sheet.
    """
    if not merges:
        return
    demand_apart(merges, len(lines), max(map(len, lines), default=0))
    filled = [row for row, line in enumerate(lines) if line]
    steps = 0
    for (top, left), (bottom, right) in merges.items():
        rows = filled[bisect_left(filled, top) : bisect_left(filled, bottom + 1)]
        steps += len(rows)
        if steps > _MOST_STEPS:
            raise ParseError("too many merged ranges")
        for row in rows:
            line = lines[row]
            for column in range(left, min(right + 1, len(line))):
                if (row, column) != (top, left):
                    line[column] = ""
