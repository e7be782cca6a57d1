"""A bound block to its records: raw cells to typed columns, problems, and rows that are none."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from toolkit.model.coded import objects
from toolkit.model.dossier import NO_SOURCE, Binding, ProblemKind
from toolkit.model.forms import Block, Field, FieldType
from toolkit.model.location import a1, column_letter
from toolkit.model.text import clean, is_blank

from .binding import BoundBlock
from .coded import Coded
from .rows import Column, holds_anything, table_rows
from .stretch import Stretch
from .values import ColumnParser

NOT_A_TIME = -(2**63)
"""The second that stands for no date, as numpy has it."""
_EPOCH, _SECOND = datetime(1970, 1, 1), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class CellNote:
    """A cell that could not be taken; `position` counts the records of its block from 0."""

    position: int
    field: str
    kind: ProblemKind
    raw: str
    message: str


@dataclass(slots=True)
class BlockRecords:
    """What a bound block adds to its frame."""

    binding: Binding
    """Its `source` is not known yet."""
    rows: Any = field(default_factory=list)
    """Row in Excel of each record, from 1."""
    columns: dict[str, Any] = field(default_factory=dict)
    """Field -> values, a list, an array or coded; a field that is blank throughout is left out.

    Dates are seconds since 1970 (NOT_A_TIME is blank), numbers floats (NaN is blank).
    """
    problems: list[CellNote] = field(default_factory=list)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    """Row, reason and text of what is no record."""
    stretch: Stretch | None = None
    """Where the columns lie, when they were put together before; `columns` is empty then."""


class Extractor:
    """Takes the records of blocks; one for a run, shared by threads.

    Equal cells of a field are parsed once in the run. Two threads may parse the same new cell
    at the same time and come to the same result, so nothing is locked.
    """

    def __init__(self) -> None:
        self._parsers: dict[tuple[str, str], ColumnParser] = {}
        self._seconds = _Seconds()

    def records(self, bound: BoundBlock) -> BlockRecords:
        """The typed records of one block."""
        if bound.columns:
            table = table_rows(bound)
            return self._typed(bound, table.columns, table.numbers, table.rejected)
        raws = {key: (_raw(bound, key),) for key in bound.values}
        if all(is_blank(raw) for (raw,) in raws.values()):
            return BlockRecords(binding_of(bound))
        row = min(v.value[0] for v in bound.values.values()) + 1
        return self._typed(bound, raws, [row], [])

    def _typed(
        self,
        bound: BoundBlock,
        raws: Mapping[str, Column],
        rows: Sequence[int],
        rejected: list[tuple[int, str, str]],
    ) -> BlockRecords:
        found = BlockRecords(binding_of(bound), rows, rejected=rejected)
        days = bound.grid.days_before
        for f in bound.block.fields:
            cells = raws.get(f.key)
            if cells is None or not len(cells):
                continue
            column = self._column(bound.block, f, cells, days if f.is_date else 0, found.problems)
            if column is not None:
                found.columns[f.key] = column
        return found

    def _column(
        self, block: Block, f: Field, cells: Column, days: int, notes: list[CellNote]
    ) -> Any:
        """The typed column, None when it is blank; what could not be taken goes to `notes`."""
        column: Coded | None = None
        raws: Sequence[Any]
        if isinstance(cells, Coded):
            column = cells.distinct()
            raws = column.table.tolist()
        else:
            raws = cells
        if all(raw == "" for raw in raws[:2]) and raws.count("") == len(raws):
            return None
        if days:
            raws = [_from_1900(raw, days) for raw in raws]
        values, problems = self._parser(block, f).parse(raws)
        for position, raw, parsed in problems:
            assert parsed.kind is not None
            places = [position] if column is None else np.flatnonzero(column.codes == position)
            notes += [
                CellNote(int(place), f.key, parsed.kind, clean(raw), parsed.message)
                for place in places
            ]
        stored = self._stored(f, values)
        if column is None:
            return stored
        if len(problems) > 1:
            first = len(notes) - 1
            while first and notes[first - 1].field == f.key:
                first -= 1
            notes[first:] = sorted(notes[first:], key=lambda note: note.position)
        return Coded(column.codes, objects(stored))

    def _stored(self, f: Field, values: list[Any]) -> list[Any]:
        if f.is_date:
            return list(map(self._seconds.__getitem__, values))
        if f.type is FieldType.NUMBER:
            return [math.nan if value is None else value for value in values]
        return values

    def _parser(self, block: Block, f: Field) -> ColumnParser:
        parser = self._parsers.get((block.key, f.key))
        if parser is None:
            parser = self._parsers.setdefault((block.key, f.key), ColumnParser(f))
        return parser


def _raw(bound: BoundBlock, key: str) -> Any:
    found = bound.values[key]
    raw = bound.grid.value(*found.value)
    return re.split("[：:]", clean(raw), maxsplit=1)[-1] if found.inline else raw


def _from_1900(cell: Any, days: int) -> Any:
    serial = isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 < cell < 80_000
    return cell + days if serial else cell


class _Seconds(dict[Any, int]):
    """Day and time -> seconds since 1970, worked out once each."""

    def __init__(self) -> None:
        super().__init__({None: NOT_A_TIME})

    def __missing__(self, moment: datetime) -> int:
        seconds = self[moment] = (moment - _EPOCH) // _SECOND
        return seconds


def binding_of(bound: BoundBlock) -> Binding:
    """Where the fields of a bound block stand; its source is filled in later."""
    binding = Binding(
        NO_SOURCE,
        bound.form.key,
        bound.block.key,
        bound.grid.name,
        labels=bound.labels,
        how=bound.how,
        unbound=bound.unbound,
    )
    if bound.columns:
        binding.header_row = bound.header_row + 1
        binding.columns = {k: column_letter(c) for k, c in bound.columns.items()}
    else:
        binding.cells = {k: a1(*v.value) for k, v in bound.values.items()}
    return binding


def is_empty(bound: BoundBlock) -> bool:
    """Whether nothing is filled in: neither a value beside a label nor a cell below a header."""
    if bound.columns:
        return not holds_anything(bound)
    return not any(v.inline or clean(bound.grid.value(*v.value)) for v in bound.values.values())
