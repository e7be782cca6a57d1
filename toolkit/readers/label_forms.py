"""Finds label-value forms on a sheet: values beside, below or in the same cell as the label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from toolkit.model.forms import Form
from toolkit.model.text import clean, fold_label

from .grid import Grid
from .labels import EXACT, OWN, LabelIndex
from .tables import LONGEST_LABEL

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class FoundValue:
    """Where a field's label and value stand, from 0. `inline`: both in one cell, after a colon."""

    label: Cell
    value: Cell
    text: str
    how: str
    inline: bool = False


@dataclass(slots=True)
class FoundForm:
    form: Form
    index: LabelIndex
    values: dict[str, FoundValue]
    score: float

    @property
    def rows(self) -> int:
        """On how many different rows its labels stand."""
        return len({v.label[0] for v in self.values.values()})


def find_form(
    grid: Grid,
    form: Form,
    index: LabelIndex,
    rarity: dict[str, float],
    last_row: int | None = None,
) -> FoundForm | None:
    """The form's labels on the sheet (above `last_row`); None when too little is there.

    `rarity` weighs a label by how few forms have it.
    """
    texts = _label_texts(grid, last_row)
    taken: set[int] = set()
    matched: dict[str, tuple[int, str]] = {}
    for _ in range(3):  # a value that reads like a label is found out in the second round
        usable = {n: t for n, (t, _, _) in texts.items() if n not in taken}
        matched = index.match(usable)
        values = _values(grid, texts, matched, index)
        cells = {v.value: v for v in values.values() if not v.inline}
        wrong = {
            number
            for number, how in matched.values()
            if texts[number][1] in cells and not texts[number][2] and how not in (EXACT, OWN)
        }
        if not wrong:
            break
        taken |= wrong
    else:
        values = _values(grid, texts, matched, index)
    score = sum(rarity.get(key, 1.0) for key in values)
    return FoundForm(form, index, values, score) if values else None


def _label_texts(grid: Grid, last_row: int | None) -> dict[int, tuple[str, Cell, str]]:
    """Number -> (label text, cell, value text when it stands in the same cell)."""
    found: dict[int, tuple[str, Cell, str]] = {}
    for row, cells in enumerate(grid.rows[:last_row]):
        for column, raw in enumerate(cells):
            if not isinstance(raw, str) or not raw:
                continue
            text = clean(raw)
            label, colon, rest = _split_colon(text)
            if colon and rest and len(label) <= LONGEST_LABEL:
                found[len(found)] = (label, (row, column), rest)
            elif text and len(text) <= LONGEST_LABEL:
                found[len(found)] = (text, (row, column), "")
    return found


def _split_colon(text: str) -> tuple[str, str, str]:
    position = min((p for p in (text.find("："), text.find(":")) if p > 0), default=-1)
    if position < 0:
        return text, "", ""
    return text[:position].strip(), text[position], text[position + 1 :].strip()


def _values(
    grid: Grid,
    texts: dict[int, tuple[str, Cell, str]],
    matched: dict[str, tuple[int, str]],
    index: LabelIndex,
) -> dict[str, FoundValue]:
    labels = {texts[number][1] for number, _ in matched.values()}
    places = {key: texts[number] for key, (number, _) in matched.items()}
    votes = Counter(
        vote
        for _, cell, rest in places.values()
        if not rest and (vote := _vote(grid, cell, labels, index))
    )
    beside = votes["beside"] >= votes["below"]
    return {
        key: FoundValue(
            cell,
            cell if rest else _value_cell(grid, cell, labels, index, beside),
            text,
            matched[key][1],
            bool(rest),
        )
        for key, (text, cell, rest) in places.items()
    }


def _vote(grid: Grid, cell: Cell, labels: Collection[Cell], index: LabelIndex) -> str:
    right, under = _right(grid, cell), _under(grid, cell)
    if _is_value(grid, right, labels, index):
        return "beside"
    return "below" if _is_value(grid, under, labels, index) else ""


def _value_cell(
    grid: Grid, cell: Cell, labels: Collection[Cell], index: LabelIndex, beside: bool
) -> Cell:
    right, under = _right(grid, cell), _under(grid, cell)
    right_value = _is_value(grid, right, labels, index)
    under_value = _is_value(grid, under, labels, index)
    if beside:
        # a wide field may have its label above a large cell although the others stand beside
        return under if under_value and not right_value and _wide(grid, under) else right
    return right if right_value and not under_value and under in labels else under


def _right(grid: Grid, cell: Cell) -> Cell:
    return cell[0], grid.after(*cell)


def _under(grid: Grid, cell: Cell) -> Cell:
    return grid.below(*cell), cell[1]


def _wide(grid: Grid, cell: Cell) -> bool:
    return cell in grid.merges


def _is_value(grid: Grid, cell: Cell, labels: Collection[Cell], index: LabelIndex) -> bool:
    raw = grid.value(*cell)
    if raw == "" or cell in labels:
        return False
    return not (isinstance(raw, str) and len(raw) <= LONGEST_LABEL and index.knows(clean(raw)))


def unclaimed_labels(grid: Grid, found: FoundForm) -> dict[Cell, str]:
    """Short texts in the columns where the form's labels stand that no field claimed."""
    columns = {v.label[1] for v in found.values.values()}
    used = {v.label for v in found.values.values()} | {v.value for v in found.values.values()}
    rows = [v.label[0] for v in found.values.values()]
    title = {fold_label(t) for t in (found.form.title, *found.form.titles)}
    return {
        (row, column): text
        for row in range(min(rows), max(rows) + 1)
        for column in sorted(columns)
        if (row, column) not in used
        and isinstance(raw := grid.value(row, column), str)
        and (text := clean(raw)).strip("：: ")
        and len(text) <= 16
        and fold_label(text) not in title
    }
