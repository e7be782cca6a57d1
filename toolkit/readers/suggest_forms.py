"""Reads a label-value sheet with suggestions: which form it is, and what its labels may mean."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from toolkit.model.forms import Block, Form, Layout
from toolkit.model.text import fold

from .binding import SMALLEST_FORM, BoundBlock
from .grid import Grid
from .label_forms import FoundForm, is_label, label_texts, unclaimed_labels
from .labels import LabelIndex, OwnLabels
from .suggest_match import Guess, OwnLabel, assign
from .suggest_tables import title_likeness
from .suggest_values import KnownValues, evidence, usable

_CERTAIN, _WITH_TITLE = 0.72, 0.6
"""So like a field's label must a text be to make the form recognised; less under its title."""
_SEARCHED_ROWS = 80
_LEAST_ROWS = 3


@dataclass(frozen=True, slots=True)
class FormGuess:
    """What a sheet seems to be; the guesses are what must be confirmed to make it recognised."""

    form: Form
    block: Block
    guesses: list[Guess]
    score: float


def _value(grid: Grid, cell: tuple[int, int], inline: bool) -> object:
    value = grid.value(*cell)
    if not inline or not isinstance(value, str):
        return value
    return next(
        (rest for _, where, rest in label_texts(grid, cell[0] + 1).values() if where == cell), ""
    )


def guess_form(
    grid: Grid, forms: Iterable[Form], own: OwnLabels, known: KnownValues, hints: set[str]
) -> FormGuess | None:
    """The form that a sheet seems to be although too few of its labels are known."""
    best: FormGuess | None = None
    for form in forms:
        block = next((b for b in form.blocks if b.layout is Layout.LABELS), None)
        if form.kind != "form" or block is None:
            continue
        title = title_likeness(form, block, hints)
        known_labels, guesses = _matches(grid, LabelIndex(form, block, own), known, title)
        rows = {row for row, _ in known_labels} | {g.label.row for g in guesses}
        if len(known_labels) + len(guesses) < SMALLEST_FORM or len(rows) < _LEAST_ROWS:
            continue
        score = len(known_labels) + sum(min(g.score, 1.0) for g in guesses) + 3.0 * title
        if best is None or score > best.score:
            best = FormGuess(form, block, guesses, score)
    return best


def _matches(
    grid: Grid, index: LabelIndex, known: KnownValues, title: float
) -> tuple[list[tuple[int, int]], list[Guess]]:
    """Cells of labels that are known anyway, and guesses for those that come near enough."""
    block = index.block
    texts = label_texts(grid, _SEARCHED_ROWS)
    matched = index.match({number: text for number, (text, _, _) in texts.items()})
    claimed = {number for number, _ in matched.values()}
    least = _WITH_TITLE if title else _CERTAIN
    missing = [f for f in block.fields if f.key not in matched]
    near = [
        OwnLabel(
            text.strip("：: "), *cell, (rest,) if rest else ()
        )  # where the value stands is not known yet
        for number, (text, cell, rest) in texts.items()
        if number not in claimed and is_label(text) and not _is_value(text, block)
    ]
    guesses = [g for g in assign(near, missing, known.seen_from(block.key)) if g.score >= least]
    return [texts[number][1] for number in claimed], guesses


def _is_value(text: str, block: Block) -> bool:
    """Whether a text is an option of the form: such texts stand beside labels."""
    return any(fold(text) in map(fold, (*f.options, *f.synonyms)) for f in block.fields)


def guesses_for_form(
    bound: BoundBlock, assumed: Collection[str], last_row: int | None, known: KnownValues
) -> tuple[list[Guess], list[OwnLabel]]:
    """What the labels of a recognised form may mean, and those that come near no field.

    `assumed` are the fields that were bound by a suggestion only: they are judged anew, now that
    their values are known.
    """
    found = FoundForm(
        bound.form, LabelIndex(bound.form, bound.block, OwnLabels()), bound.values, 0.0
    )
    cells = {v.value for v in bound.values.values() if not v.inline}
    places = [bound.values[key] for key in assumed if bound.values[key].label not in cells]
    places += unclaimed_labels(bound.grid, found, last_row)
    labels = [
        OwnLabel(
            v.text.strip("：: "), *v.label, tuple(usable([_value(bound.grid, v.value, v.inline)]))
        )
        for v in places
    ]
    missing = [f for f in bound.block.fields if f.key not in bound.values or f.key in assumed]
    guesses = assign(labels, missing, known.seen_from(bound.block.key))
    taken = [g.label for g in guesses]
    return guesses, [label for label in labels if all(label is not t for t in taken)]


def guesses_for_head(block: Block, grid: Grid, last_row: int, known: KnownValues) -> list[Guess]:
    """Above a register's table: who keeps it, in labels that are not known."""
    labels = []
    for text, cell, rest in label_texts(grid, last_row).values():
        value = rest or grid.value(cell[0], grid.after(*cell))
        if is_label(text) and usable([value]):
            labels.append(OwnLabel(text.strip("：: "), *cell, (value,)))
    person = [f for f in block.fields if f.key in block.identity]
    found = assign(labels, person, known)
    return [g for g in found if evidence(g.field, g.label.values, known).score > 0]


def values_of(bound: BoundBlock) -> Sequence[tuple[str, list[object]]]:
    """Field -> the cells that a bound block has for it."""
    if bound.columns:
        rows = range(bound.header_row + 1, bound.end_row)
        return [
            (key, [bound.grid.value(row, column) for row in rows])
            for key, column in bound.columns.items()
        ]
    return [(k, [_value(bound.grid, v.value, v.inline)]) for k, v in bound.values.items()]
