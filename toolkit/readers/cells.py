"""The filled cells of a sheet and the rows that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.model.coded import objects

from .coded import CodedLines, Codes, Values
from .grid import NEVER_CALCULATED, Unreadable
from .merges import demand_apart, keep_anchors
from .number_formats import Shown, shown_value
from .xml_text import decoded

Places = npt.NDArray[np.int64]
_DENSE = 4_000_000
"""So many cells may be laid out at once; with more, only rows as long as they are filled."""

_FEW = 3_000
"""A sheet of so few cells is at hand as lists: a form, whose cells are looked at one by one."""


@dataclass(slots=True)
class SharedParts:
    """What the sheets of a workbook share."""

    strings: Values = field(default_factory=lambda: np.empty(0, object))
    formats: tuple[Shown, ...] = ()
    days_before: int = 0
    """1,462 in a book that counts from 1904."""

    def shown(self, style: int) -> Shown:
        return self.formats[style] if style < len(self.formats) else Shown.NUMBER


@dataclass(slots=True)
class Cells:
    """The filled cells, in the order of the part; rows and columns from 0."""

    rows: Places
    columns: Places
    codes: Codes
    """Place of the value in `table`, whose first value is the blank ''."""
    table: Values
    hidden_rows: int = 0
    merges: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    @property
    def values(self) -> Values:
        return self.table.take(self.codes)

    @property
    def last_row(self) -> int:
        """From 1; 0 when nothing is filled."""
        return int(self.rows.max()) + 1 if len(self.rows) else 0

    @property
    def last_column(self) -> int:
        """From 1; 0 when nothing is filled."""
        return int(self.columns.max()) + 1 if len(self.columns) else 0

    @property
    def unreadable(self) -> dict[tuple[int, int], Unreadable]:
        """Error cells and formulas without a value, by their place."""
        places = zip(self.rows.tolist(), self.columns.tolist(), self.values, strict=True)
        return {(r, c): v for r, c, v in places if isinstance(v, Unreadable)}

    def lines(self) -> Sequence[list[Any]]:
        """Rows from A1 on, blanks as ''; under a merge only the anchor counts.

        All are equally long, unless the cells lie so far apart that this would cost memory; then
        a row ends with its last filled cell. Raises ParseError when merged ranges overlap.
        """
        height, width = self.last_row, self.last_column
        if height * width > _DENSE:
            return self._ragged(height)
        demand_apart(self.merges, height, width)
        codes = np.zeros((height, width), np.int32)
        codes[self.rows, self.columns] = self.codes
        lines = CodedLines(codes, self.table)
        for (top, left), (bottom, right) in self.merges.items():
            lines.clear(top, left, bottom, right)
        return lines if height * width > _FEW else lines[:]

    def _ragged(self, height: int) -> list[list[Any]]:
        nothing: list[Any] = []
        lines = [nothing] * height
        for row, column, value in zip(
            self.rows.tolist(), self.columns.tolist(), self.values, strict=True
        ):
            line = lines[row]
            if line is nothing:
                line = lines[row] = []
            if len(line) <= column:
                line += [""] * (column + 1 - len(line))
            line[column] = value
        keep_anchors(lines, self.merges)
        return lines


def cells_of(found: Iterable[tuple[int, int, Any]]) -> Cells:
    """Cells from (row, column, value)."""
    items = list(found)
    known: dict[tuple[type, Any], int] = {(str, ""): 0}
    codes = [known.setdefault((v.__class__, v), len(known)) for _, _, v in items]
    return Cells(
        np.array([row for row, _, _ in items], np.int64),
        np.array([column for _, column, _ in items], np.int64),
        np.array(codes, np.int64),
        objects([value for _, value in known]),
    )


def cell_value(
    kind: str,
    style: int,
    text: str,
    shared: SharedParts,
    *,
    formula: bool,
    value: bool,
    inline: bool,
) -> Any:
    """What a cell holds, '' when it is blank: its `t` and `s`, its text, and which tags it has.

    Raises ValueError or IndexError when it points to nothing.
    """
    if not (formula or value or inline):
        return ""
    if kind == "e":
        return Unreadable(text.strip() or "#N/A")
    if formula and not text and not (kind == "str" and value):
        return NEVER_CALCULATED
    if not text:
        return ""
    if kind == "s":
        place = int(text)
        if place < 0:
            raise IndexError("no such text")
        return shared.strings[place]
    if kind == "b":
        return text.strip() not in ("0", "false")
    if kind == "d":
        return iso_moment(text)
    if kind in ("str", "inlineStr") or inline:
        return decoded(text)
    return shown_value(text, shared.shown(style), shared.days_before)


def iso_moment(text: str) -> Any:
    """A date of a strict workbook (`2026-03-05T09:30:00Z`); another text as it stands."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    moment = moment.replace(tzinfo=None)
    return moment.date() if "T" not in text and ":" not in text else moment
