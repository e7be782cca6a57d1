"""Finds tables on a sheet: header rows of one or two lines, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from toolkit.model.forms import Block, Field, Form, Layout
from toolkit.model.text import clean, fold, fold_label

from .grid import Grid
from .labels import LabelIndex

HEADER_DEPTH = 60
"""Rows that are searched closely; below, only rows of known labels are looked at."""
LONGEST_LABEL = 30
BEGINNING = 300
"""Characters of a text, blanks included, that are looked at to see whether it is a label."""


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
    below = 0
    for row in grid.filled_rows():
        table = _best_at(grid, row, candidates, known) if row >= below else None
        if table is None:
            continue
        if not (found and _repeats(table, found[-1])):
            found.append(table)
        below = table.header_row + 1
    for table, following in pairwise(found):
        table.end_row = _end(grid, table, following)
    if found:
        found[-1].end_row = len(grid.rows)
    return found


def _repeats(table: FoundTable, above: FoundTable) -> bool:
    """Whether it is the header of the table above once more, as on the next printed page."""
    columns = {key: column for key, (column, _) in above.matched.items()}
    return table.index is above.index and all(
        columns.get(key) == column for key, (column, _) in table.matched.items()
    )


def _end(grid: Grid, table: FoundTable, following: FoundTable) -> int:
    """Where a table ends: above the title of the table that follows it."""
    end = following.first_row
    while end > table.header_row + 1 and sum(v != "" for v in grid.rows[end - 1]) <= 1:
        end -= 1
    return end


def _best_at(
    grid: Grid, row: int, candidates: Sequence[tuple[Form, LabelIndex]], known: frozenset[str]
) -> FoundTable | None:
    # deep down only rows with exact labels are looked at: this runs for every row
    if row >= HEADER_DEPTH and len(known.intersection(grid.rows[row])) < 2:
        return None
    single = header_texts(grid, row)
    if len(single) < 2 or not _promising(row, single.values(), known):
        return None
    readings = [(row, single)]
    if (double := two_lines(grid, row, known)) is not None:
        readings.append((row + 1, double))
    if not any(_labels_among(texts, known) for _, texts in readings):
        return None
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


def _labels_among(texts: dict[int, str], known: frozenset[str]) -> bool:
    return sum(fold_label(t) in known for t in texts.values()) >= 2


def header_texts(grid: Grid, row: int) -> dict[int, str]:
    """Column -> text of a row that may be a header: its short texts."""
    return {
        column: text
        for column, value in enumerate(grid.rows[row])
        if isinstance(value, str)
        and value
        and 0 < len(text := clean(value[:BEGINNING])) <= LONGEST_LABEL
    }


def two_lines(grid: Grid, row: int, known: frozenset[str]) -> dict[int, str] | None:
    """Labels of a header whose upper line groups the lower one."""
    upper = header_texts(grid, row)
    groups = {c: t for c, t in upper.items() if grid.after(row, c) > c + 1}
    if not groups or row + 1 >= len(grid.rows):
        return None
    lowers = list(header_texts(grid, row + 1).values())
    texts: dict[int, str] = {}
    group, until = "", -1
    for column in range(max(len(grid.rows[row]), len(grid.rows[row + 1]))):
        if column in groups:
            group, until = groups[column], grid.after(row, column)
        lower = grid.value(row + 1, column)
        if isinstance(lower, str) and (text := clean(lower[:BEGINNING])):
            joined = group + text if column < until else text
            texts[column] = _header_text(text, joined, lowers, known)
        elif column in upper and column not in groups:
            texts[column] = upper[column]
    return texts


def _header_text(text: str, joined: str, lowers: Sequence[str], known: frozenset[str]) -> str:
    """What a lower line means under its group: 客户 over 联系人, but not 基本情况 over 日期."""
    if fold_label(joined) in known:
        return joined
    return text if fold_label(text) in known or lowers.count(text) < 2 else joined


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
    if block.layout is Layout.LABELS:
        # a form kept as a register is told from a mere list of projects by what it must say
        required -= 2 * sum(f.key not in matched for f in always_required(block))
    exact = sum(how in ("标签", "部门别名") for _, how in matched.values())
    score = len(matched) + 0.5 * required + 0.25 * exact + 2.0 * named
    score -= 0.5 * (len(texts) - len(matched)) / max(len(texts), 1)
    return FoundTable(form, index, first, header_row, matched, texts, score)


def always_required(block: Block) -> list[Field]:
    """The fields of a block that no record may leave blank."""
    return [f for f in block.fields if f.required is not None and not f.required.clauses]
