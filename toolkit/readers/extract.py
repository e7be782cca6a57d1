"""A bound block to its records: raw cells to typed columns, problems, and rows that are none."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from toolkit.model.dossier import ProblemKind
from toolkit.model.forms import Block, Field
from toolkit.model.text import clean, is_blank

from .binding import BoundBlock
from .rows import table_rows
from .values import ColumnParser, blank_of


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

    bound: BoundBlock
    rows: list[int] = field(default_factory=list)
    """Row in Excel of each record, from 1."""
    columns: dict[str, list[Any]] = field(default_factory=dict)
    problems: list[CellNote] = field(default_factory=list)
    rejected: list[tuple[int, str, str]] = field(default_factory=list)
    """Row, reason and text of what is no record."""


class Extractor:
    """Takes the records of blocks; one for a run, shared by threads.

    Equal cells of a field are parsed once in the run. Two threads may parse the same new cell
    at the same time and come to the same result, so nothing is locked.
    """

    def __init__(self) -> None:
        self._parsers: dict[tuple[str, str], ColumnParser] = {}

    def records(self, bound: BoundBlock) -> BlockRecords:
        """The typed records of one block; every field of the block is a column."""
        if bound.columns:
            table = table_rows(bound)
            return self._typed(bound, table.columns, table.numbers, table.rejected)
        raws = {key: (_raw(bound, key),) for key in bound.values}
        if all(is_blank(raw) for (raw,) in raws.values()):
            return BlockRecords(bound, columns={key: [] for key in bound.block.keys})
        row = min(v.value[0] for v in bound.values.values()) + 1
        return self._typed(bound, raws, [row], [])

    def _typed(
        self,
        bound: BoundBlock,
        raws: Mapping[str, Sequence[Any]],
        rows: list[int],
        rejected: list[tuple[int, str, str]],
    ) -> BlockRecords:
        found = BlockRecords(bound, rows, rejected=rejected)
        days = bound.grid.days_before
        for f in bound.block.fields:
            cells = raws.get(f.key)
            if cells is None:
                found.columns[f.key] = [blank_of(f.type)] * len(rows)
                continue
            if days and f.is_date:
                cells = [_from_1900(cell, days) for cell in cells]
            found.columns[f.key], problems = self._parser(bound.block, f).parse(cells)
            for position, raw, parsed in problems:
                assert parsed.kind is not None
                found.problems.append(
                    CellNote(position, f.key, parsed.kind, clean(raw), parsed.message)
                )
        return found

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
