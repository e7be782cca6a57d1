"""Finds tables on a sheet: header rows of one or two lines, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from toolkit.model.forms import Form, Layout
from toolkit.model.text import clean, fold, fold_label

from .grid import Grid
from .labels import LabelIndex

HEADER_DEPTH = 60
"""Rows that are searched closely; below, only rows of known labels are looked at."""
LONGEST_LABEL = 30


@dataclass(slots=True)
class FoundTable:
    """A header and whose it is. Rows and columns from 0; the data begin below `header_row`."""

    form: Form
    index: LabelIndex
    first_row: int
    header_row: int
    matched: dict[str, tuple[int, str]]
    texts: dict[int, str]
    score: float
    end_row: int = 0
    names: dict[str, str] = field(default_factory=dict)


def find_tables(
    grid: Grid, candidates: Sequence[tuple[Form, LabelIndex]], known: frozenset[str]
) -> list[FoundTable]:
    """The best reading of each header row, from top to bottom, each with its end.

    `known` are the folded labels of all candidates.
    """
    found: list[FoundTable] = []
    row = 0
    while row < len(grid.rows):
        table = _best_at(grid, row, candidates, known)
        if table is None:
            row += 1
            continue
        found.append(table)
        row = table.header_row + 1
    ends = [*(t.first_row for t in found[1:]), len(grid.rows)]
    for table, end in zip(found, ends, strict=False):
        table.end_row = end
    return found


def _best_at(
    grid: Grid, row: int, candidates: Sequence[tuple[Form, LabelIndex]], known: frozenset[str]
) -> FoundTable | None:
    single = _texts(grid, row)
    if len(single) < 2 or not _promising(row, single.values(), known):
        return None
    readings = [(row, single)]
    if (double := _two_lines(grid, row, known)) is not None:
        readings.append((row + 1, double))
    tables = [
        table
        for header_row, texts in readings
        for form, index in candidates
        if (table := _reading(grid, row, header_row, texts, form, index)) is not None
    ]
    return max(tables, key=lambda t: t.score, default=None)


def _promising(row: int, texts: Iterable[str], known: frozenset[str]) -> bool:
    if row < HEADER_DEPTH:
        return True
    return sum(len(t) <= 12 and t in known for t in texts) >= 3


def _texts(grid: Grid, row: int) -> dict[int, str]:
    return {
        column: text
        for column, value in enumerate(grid.rows[row])
        if isinstance(value, str) and value and len(text := clean(value)) <= LONGEST_LABEL and text
    }


def _two_lines(grid: Grid, row: int, known: frozenset[str]) -> dict[int, str] | None:
    """Labels of a header whose upper line groups the lower one."""
    upper = _texts(grid, row)
    groups = {c: t for c, t in upper.items() if grid.after(row, c) > c + 1}
    if not groups or row + 1 >= len(grid.rows):
        return None
    texts: dict[int, str] = {}
    group, until = "", -1
    for column in range(max(len(grid.rows[row]), len(grid.rows[row + 1]))):
        if column in groups:
            group, until = groups[column], grid.after(row, column)
        lower = grid.value(row + 1, column)
        if isinstance(lower, str) and clean(lower):
            text = clean(lower)
            joined = group + text if column < until else text
            texts[column] = text if fold_label(text) in known or column >= until else joined
        elif column in upper and column not in groups:
            texts[column] = upper[column]
    return texts


def _reading(
    grid: Grid, first: int, header_row: int, texts: dict[int, str], form: Form, index: LabelIndex
) -> FoundTable | None:
    block = index.block
    if sum(index.knows(t) for t in texts.values()) < 2:
        return None
    matched = index.match(texts)
    wanted = 6 if block.layout is Layout.LABELS else min(3, len(block.fields))
    if len(matched) < wanted or not (set(matched) & set(block.identity)):
        return None
    named = fold(block.sheet) in fold(grid.name) or (
        bool(block.title) and fold(block.title) in fold(grid.name)
    )
    required = sum(f.key in matched for f in block.fields if f.required is not None)
    exact = sum(how in ("标签", "部门别名") for _, how in matched.values())
    score = len(matched) + 0.5 * required + 0.25 * exact + 2.0 * named
    score -= 0.5 * (len(texts) - len(matched)) / max(len(texts), 1)
    return FoundTable(form, index, first, header_row, matched, texts, score)


def data_rows(table: FoundTable) -> Iterator[int]:
    """Row numbers (from 0) that belong to the table."""
    return iter(range(table.header_row + 1, table.end_row))
