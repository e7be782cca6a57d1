"""Finds label-value forms on a sheet: values beside, below or in the same cell as the label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from toolkit.model.forms import Form
from toolkit.model.text import clean, fold_label

from .grid import Grid
from .labels import EXACT, OWN, LabelIndex
from .tables import LONGEST_LABEL

Cell = tuple[int, int]
LabelTexts = dict[int, tuple[str, Cell, str]]
LONGEST_FREE_LABEL = 16
_SECTION = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．].{1,12}")


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
    texts: LabelTexts | None = None,
) -> FoundForm | None:
    """The form's labels on the sheet (above `last_row`); None when too little is there.

    `rarity` weighs a label by how few forms have it; `texts` spares finding them again.
    """
    found = label_texts(grid, last_row) if texts is None else texts
    texts = {n: t for n, t in found.items() if index.knows(t[0])}
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


def label_texts(grid: Grid, last_row: int | None) -> LabelTexts:
    """Number -> (label text, cell, value text when it stands in the same cell)."""
    found: LabelTexts = {}
    known: dict[str, tuple[str, str]] = {}
    for row, cells in enumerate(grid.rows[:last_row]):
        for column, raw in enumerate(cells):
            if raw.__class__ is not str or not raw:
                continue
            parts = known.get(raw)
            if parts is None:
                parts = known[raw] = _label_and_rest(raw)
            if parts[0]:
                found[len(found)] = (parts[0], (row, column), parts[1])
    return found


def _label_and_rest(raw: str) -> tuple[str, str]:
    """The label in a cell and the value behind its colon; '' when it holds no label."""
    text = clean(raw)
    label, colon, rest = _split_colon(text)
    if colon and rest and len(label) <= LONGEST_LABEL:
        return label, rest
    return (text, "") if len(text) <= LONGEST_LABEL else ("", "")


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
    inline = sum(bool(rest) for _, _, rest in places.values()) > votes.total()
    found: dict[str, FoundValue] = {}
    for key, (text, cell, rest) in places.items():
        # among labels with their values in the same cell `标签：` alone is one without a value
        same = bool(rest) or (inline and text.endswith(("：", ":")))
        value = cell if same else _value_cell(grid, cell, labels, index, beside)
        found[key] = FoundValue(cell, value, text, matched[key][1], same)
    return found


def _vote(grid: Grid, cell: Cell, labels: Collection[Cell], index: LabelIndex) -> str:
    """Which neighbour holds the value, when only one of them can: the other is a label."""
    right = _is_value(grid, _right(grid, cell), labels, index)
    under = _is_value(grid, _under(grid, cell), labels, index)
    return "" if right == under else "beside" if right else "below"


def _value_cell(
    grid: Grid, cell: Cell, labels: Collection[Cell], index: LabelIndex, beside: bool
) -> Cell:
    right, under = _right(grid, cell), _under(grid, cell)
    right_value = _is_value(grid, right, labels, index)
    under_value = _is_value(grid, under, labels, index)
    if beside:
        # a wide field may have its label above a large cell although the others stand beside
        large = _wide(grid, under) and not _wide(grid, right) and not _is_section(grid, under)
        return under if under_value and not right_value and large else right
    return right if right_value and not under_value and under in labels else under


def _right(grid: Grid, cell: Cell) -> Cell:
    return cell[0], grid.after(*cell)


def _under(grid: Grid, cell: Cell) -> Cell:
    return grid.below(*cell), cell[1]


def _wide(grid: Grid, cell: Cell) -> bool:
    return cell in grid.merges


def _is_section(grid: Grid, cell: Cell) -> bool:
    return bool(_SECTION.fullmatch(clean(grid.value(*cell))))


def _is_value(grid: Grid, cell: Cell, labels: Collection[Cell], index: LabelIndex) -> bool:
    raw = grid.value(*cell)
    if raw == "" or cell in labels:
        return False
    if not isinstance(raw, str) or len(raw) > LONGEST_LABEL:
        return True
    text = clean(raw)
    return not text.endswith(("：", ":")) and not index.knows(text)


def unclaimed_labels(grid: Grid, found: FoundForm, last_row: int | None = None) -> list[FoundValue]:
    """Short texts that stand where the form's labels stand and that no field claimed.

    Beside their values these are the columns of the labels, above their values the rows.
    """
    claimed = found.values.values()
    plain = [v for v in claimed if not v.inline]
    beside = 2 * sum(v.value[1] > v.label[1] for v in plain) >= len(plain)
    used = {cell for v in claimed for cell in (v.label, v.value)}
    columns, label_rows = {v.label[1] for v in plain}, {v.label[0] for v in plain}
    value_rows = {v.value[0] for v in plain} - label_rows
    titles = {fold_label(t) for t in (found.form.title, *found.form.titles)}
    lines = _span(grid, found, last_row, 1 if beside else 2)
    last = max(v.value[0] for v in claimed)
    next_labels = {_right(grid, v.value) for v in plain if v.label[0] == v.value[0]}
    free: list[FoundValue] = []
    for text, cell, rest in label_texts(grid, lines.stop).values():
        if cell[0] < lines.start or cell in used or not is_label(text):
            continue
        if fold_label(text) in titles or _is_section(grid, cell) or _is_bar(grid, cell):
            continue
        if rest:
            free.append(FoundValue(cell, cell, text, "", inline=True))
        elif beside and (cell[1] in columns or cell in next_labels):
            right = _right(grid, cell)
            if cell[0] <= last or grid.value(*right) != "":  # below the form stand remarks
                free.append(FoundValue(cell, right, text, ""))
                next_labels.add(_right(grid, right))
        elif not beside and cell[0] not in value_rows:
            under = _under(grid, cell)
            if cell[0] in label_rows or grid.value(*under) != "":
                free.append(FoundValue(cell, under, text, ""))
                value_rows.add(under[0])
    return free


def _is_bar(grid: Grid, cell: Cell) -> bool:
    """A title over the width of the form; a wide label has a value of its width below it."""
    alone = grid.after(*cell) - cell[1] > 2 and _filled(grid, cell[0]) == 1
    return alone and grid.after(*_under(grid, cell)) != grid.after(*cell)


def _span(grid: Grid, found: FoundForm, last_row: int | None, step: int) -> range:
    """The rows of the form: those of its labels, and what adjoins them without a blank row."""
    claimed = found.values.values()
    first = min(v.label[0] for v in claimed)
    end = max(v.value[0] for v in claimed) + 1
    stop = len(grid.rows) if last_row is None else last_row
    while first >= step and all(_filled(grid, first - n) > 1 for n in range(1, step + 1)):
        first -= step
    while end + step <= stop and _filled(grid, end):
        end += step
    return range(first, min(end, stop))


def _filled(grid: Grid, row: int) -> int:
    return sum(value != "" for value in grid.rows[row])


def is_label(text: str) -> bool:
    """Short, and made of words: no number, no date."""
    return len(text) <= LONGEST_FREE_LABEL and any(c.isalpha() for c in text.strip("年月日"))
