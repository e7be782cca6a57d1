"""Reads a table's header with suggestions: which table it is, and what its own labels may mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from toolkit.model.forms import Block, Field, Form, Layout
from toolkit.model.text import clean, fold_label

from .grid import Grid
from .label_forms import is_label
from .labels import LabelIndex
from .suggest_labels import likeness, nearest_label
from .suggest_match import Guess, OwnLabel, assign
from .suggest_values import KnownValues, usable
from .tables import always_required, header_texts, two_lines

_SEARCHED_ROWS = 100
_MOST_HEADERS = 12
_LEAST_FIELDS = 3
_LEAST_FORM_FIELDS = 6
"""A label-value form that is kept as a register must have so many of its fields."""
_LEAST_COVERAGE = 0.4
_LEAST_LIKENESS = 0.5
_TITLE_WEIGHT = 2.0
NOT_A_FIELD = frozenset(map(fold_label, ("序号", "序", "行号", "No.", "No", "编序", "排序")))


@dataclass(slots=True)
class Reading:
    """One header read as one block."""

    form: Form
    block: Block
    grid: Grid
    header_row: int
    bound: dict[str, int]
    """Field -> column: what is recognised without any suggestion."""
    guesses: list[Guess] = field(default_factory=list)
    free: list[OwnLabel] = field(default_factory=list)
    """Own labels without any field."""
    score: float = 0.0

    @property
    def fields(self) -> set[str]:
        return {*self.bound, *(g.field.key for g in self.guesses)}


def read_header(
    grid: Grid,
    header_row: int,
    end_row: int,
    texts: dict[int, str],
    index: LabelIndex,
    form: Form,
    known: KnownValues,
) -> Reading:
    """Bind what is known and guess the rest."""
    block = index.block
    bound = {key: column for key, (column, _) in index.match(texts).items()}
    labels = own_labels(grid, header_row, end_row, texts, set(bound.values()))
    missing = [f for f in block.fields if f.key not in bound]
    guesses = assign(labels, missing, known.seen_from(block.key))
    reading = Reading(form, block, grid, header_row, bound, guesses)
    used = {g.label.column for g in reading.guesses}
    reading.free = [label for label in labels if label.column not in used]
    reading.score = _score(reading, len(texts))
    return reading


def own_labels(
    grid: Grid, header_row: int, end_row: int, texts: dict[int, str], taken: Iterable[int]
) -> list[OwnLabel]:
    """The header's labels that nobody claimed, with the cells below them."""
    return [
        OwnLabel(text.strip("：: "), header_row, column, _column(grid, header_row, end_row, column))
        for column, text in texts.items()
        if column not in taken and is_label(text) and fold_label(text) not in NOT_A_FIELD
    ]


def _column(grid: Grid, header_row: int, end_row: int, column: int) -> tuple[object, ...]:
    cells = (grid.value(row, column) for row in range(header_row + 1, end_row))
    return tuple(usable(cells))


def _score(reading: Reading, columns: int) -> float:
    """How well a header suits a block; required fields that are missing speak against it."""
    score = float(len(reading.bound))
    score += sum(min(g.score, 1.0) * 0.9 for g in reading.guesses)
    lacking = -1.0 if reading.block.layout is Layout.LABELS else -0.5
    always = always_required(reading.block)
    score += sum(0.5 if f.key in reading.fields else lacking for f in always)
    return score - 0.5 * (columns - len(reading.fields)) / max(columns, 1)


def guess_table(
    grid: Grid, candidates: Sequence[tuple[Form, LabelIndex]], known: KnownValues, hints: set[str]
) -> Reading | None:
    """The best reading of a sheet that was not recognised; `hints` are titles around it."""
    best: Reading | None = None
    for reading in _readings(grid, candidates, known):
        reading.score += _TITLE_WEIGHT * title_likeness(reading.form, reading.block, hints)
        if best is None or reading.score > best.score:
            best = reading
    return best


def guess_tables(
    grid: Grid, candidates: Sequence[tuple[Form, LabelIndex]], known: KnownValues, first_row: int
) -> list[Reading]:
    """For each block the best reading below a row, where no other block suits better."""
    by_row: dict[int, Reading] = {}
    for reading in _readings(grid, candidates, known, first_row):
        best = by_row.get(reading.header_row)
        if best is None or reading.score > best.score:
            by_row[reading.header_row] = reading
    by_block: dict[str, Reading] = {}
    for reading in by_row.values():
        best = by_block.get(reading.block.key)
        if best is None or reading.score > best.score:
            by_block[reading.block.key] = reading
    return list(by_block.values())


def _readings(
    grid: Grid,
    candidates: Sequence[tuple[Form, LabelIndex]],
    known: KnownValues,
    first_row: int = 0,
) -> Iterator[Reading]:
    folded = frozenset(t for _, index in candidates for t in index.folded_labels())
    fields = [f for _, index in candidates for f in index.block.fields]
    for header_row, texts in _headers(grid, fields, folded, first_row):
        end = _end_of_table(grid, header_row)
        for form, index in candidates:
            reading = read_header(grid, header_row, end, texts, index, form, known)
            if _convincing(reading, len(texts)):
                yield reading


def _end_of_table(grid: Grid, header_row: int) -> int:
    """The first blank row below: what follows may be another table."""
    rows = range(header_row + 1, len(grid.rows))
    return next((r for r in rows if not any(v != "" for v in grid.rows[r])), len(grid.rows))


def title_likeness(form: Form, block: Block, hints: Iterable[str]) -> float:
    """How much the titles around a sheet resemble those of a form or its table (0 to 1)."""
    titles = [form.title, *form.titles]
    if block.layout is Layout.TABLE:
        titles = [block.title or block.sheet]
    pairs = (likeness(h, t) for h in hints for t in titles)
    best = max(pairs, default=0.0)
    return best if best >= 0.5 else 0.0


def _headers(
    grid: Grid, fields: Sequence[Field], known: frozenset[str], first_row: int
) -> Iterator[tuple[int, dict[int, str]]]:
    """Rows that may be headers: enough texts that come near a label, and values below them."""
    found = 0
    for row in range(first_row, min(len(grid.rows) - 1, first_row + _SEARCHED_ROWS)):
        texts = _labels_only(header_texts(grid, row))
        if len(texts) < _LEAST_FIELDS or found >= _MOST_HEADERS:
            continue
        readings = [(row, texts)]
        if (double := two_lines(grid, row, known)) is not None:
            readings.append((row + 1, _labels_only(double)))
        for header_row, labels in readings:
            below = grid.rows[header_row + 1] if header_row + 1 < len(grid.rows) else []
            filled = sum(c < len(below) and clean(below[c]) != "" for c in labels)
            near = (
                any(nearest_label(t, f) >= _LEAST_LIKENESS for f in fields) for t in labels.values()
            )
            if filled >= 2 and sum(near) >= _LEAST_FIELDS:
                found += 1
                yield header_row, labels


def _labels_only(texts: dict[int, str]) -> dict[int, str]:
    return {column: text for column, text in texts.items() if is_label(text)}


def _convincing(reading: Reading, columns: int) -> bool:
    least = _LEAST_FORM_FIELDS if reading.block.layout is Layout.LABELS else _LEAST_FIELDS
    fields = reading.fields
    if reading.block.layout is Layout.LABELS:
        always = always_required(reading.block)
        if 2 * sum(f.key in fields for f in always) < len(always):
            return False
    return (
        len(fields) >= min(least, len(reading.block.fields))
        and bool(fields & set(reading.block.identity))
        and len(fields) >= _LEAST_COVERAGE * columns
    )
