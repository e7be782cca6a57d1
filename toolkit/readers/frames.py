"""Bound blocks to records: typed columns, the rows that are none, and the problems of cells."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from toolkit.model.dossier import (
    Binding,
    CellProblem,
    Dossier,
    RejectedRow,
    SourceProblem,
    dtype_of,
)
from toolkit.model.forms import Block, Field, Layout
from toolkit.model.location import a1, column_letter
from toolkit.model.text import clean, is_blank

from .binding import BoundBlock
from .rows import NOTE, NOTHING, holds_anything, table_rows
from .values import ColumnParser, blank_of

_DOUBTFUL = {
    NOTHING: "如果是真实记录，请补上项目、日期等内容；否则不用处理。",
    NOTE: "如果是真实记录，请按列填写；说明文字可以留着，不用处理。",
}
"""Rows of these kinds may be somebody's record after all: one finding each."""


@dataclass(slots=True)
class _Columns:
    """The growing columns of one frame."""

    places: dict[str, list[int]] = field(
        default_factory=lambda: {name: [] for name in ("source", "binding", "row")}
    )
    values: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @property
    def length(self) -> int:
        return len(self.places["row"])


class FrameBuilder:
    """Collects the records of all workbooks and makes the dossier's frames at the end."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier
        self._frames: dict[str, _Columns] = defaultdict(_Columns)
        self._parsers: dict[tuple[str, str], ColumnParser] = {}

    def add(self, source: int, bound: BoundBlock) -> None:
        """Take all records of a bound block into the frames, and count its rows."""
        binding = Binding(
            source,
            bound.form.key,
            bound.block.key,
            bound.grid.name,
            labels=bound.labels,
            how=bound.how,
            unbound=bound.unbound,
        )
        self._dossier.bindings.append(binding)
        if bound.columns:
            binding.header_row = bound.header_row + 1
            binding.columns = {k: column_letter(c) for k, c in bound.columns.items()}
            self._add_table(binding, bound)
        else:
            binding.cells = {k: a1(*v.value) for k, v in bound.values.items()}
            self._add_form(binding, bound)

    def finish(self) -> None:
        """Build the frames."""
        for key, columns in self._frames.items():
            self._dossier.frames[key] = _frame(self._dossier.blocks[key], columns)

    def _add_form(self, binding: Binding, bound: BoundBlock) -> None:
        raws = {}
        for key, found in bound.values.items():
            raw = bound.grid.value(*found.value)
            raws[key] = (_behind_colon(clean(raw)) if found.inline else raw,)
        if all(is_blank(raw) for (raw,) in raws.values()):
            return
        rows = [min(v.value[0] for v in bound.values.values()) + 1]
        self._append(binding, bound, raws, rows)

    def _add_table(self, binding: Binding, bound: BoundBlock) -> None:
        found = table_rows(bound)
        self._reject(
            binding,
            [
                RejectedRow(binding.source, binding.sheet, row, binding.block, reason, text)
                for row, reason, text in found.rejected
            ],
        )
        self._append(binding, bound, found.columns, found.numbers)

    def _reject(self, binding: Binding, rejected: list[RejectedRow]) -> None:
        source = self._dossier.sources[binding.source]
        source.rows += len(rejected)
        source.rejected += len(rejected)
        self._dossier.rejected += rejected
        by_reason: dict[str, list[RejectedRow]] = defaultdict(list)
        for row in rejected:
            by_reason[row.reason].append(row)
        for reason, hint in _DOUBTFUL.items():
            if rows := by_reason[reason]:
                lines = "、".join(str(r.row) for r in rows[:8])
                more = f"等 {len(rows)} 行" if len(rows) > 8 else ""
                self._dossier.source_problems.append(
                    SourceProblem(
                        binding.source,
                        "SRC-5",
                        "info",
                        f"第 {lines} 行{more}{reason}，没有计入。",
                        hint,
                        binding.sheet,
                        f"A{rows[0].row}",
                    )
                )

    def _append(
        self,
        binding: Binding,
        bound: BoundBlock,
        raws: Mapping[str, Sequence[Any]],
        rows: list[int],
    ) -> None:
        block = bound.block
        columns = self._frames[block.key]
        start = columns.length
        taken: dict[str, list[Any]] = {}
        wrong: list[CellProblem] = []
        for f in block.fields:
            if f.key not in raws:
                taken[f.key] = [blank_of(f.type)] * len(rows)
                continue
            cells = raws[f.key]
            if bound.grid.days_before and f.is_date:
                cells = [_from_1900(cell, bound.grid.days_before) for cell in cells]
            taken[f.key], problems = self._parser(block, f).parse(cells)
            for position, raw, parsed in problems:
                assert parsed.kind is not None
                at = start + position
                wrong.append(
                    CellProblem(block.key, at, f.key, parsed.kind, clean(raw), parsed.message)
                )
        # all or nothing: columns of different lengths would spoil the frame of the department
        source = self._dossier.sources[binding.source]
        if block.layout is Layout.TABLE or bound.form.kind == "form":
            source.rows += len(rows)  # the head of a register is no record of its own
            source.consolidated += len(rows)
        columns.places["source"] += [binding.source] * len(rows)
        columns.places["binding"] += [len(self._dossier.bindings) - 1] * len(rows)
        columns.places["row"] += rows
        for key, values in taken.items():
            columns.values[key] += values
        self._dossier.problems += wrong

    def _parser(self, block: Block, f: Field) -> ColumnParser:
        parser = self._parsers.get((block.key, f.key))
        if parser is None:
            parser = self._parsers[block.key, f.key] = ColumnParser(f)
        return parser


def is_empty(bound: BoundBlock) -> bool:
    """Whether nothing is filled in: neither a value beside a label nor a cell below a header."""
    if bound.columns:
        return not holds_anything(bound)
    return not any(v.inline or clean(bound.grid.value(*v.value)) for v in bound.values.values())


def _behind_colon(text: str) -> str:
    return re.split("[：:]", text, maxsplit=1)[-1]


def _from_1900(cell: Any, days: int) -> Any:
    serial = isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 < cell < 80_000
    return cell + days if serial else cell


def _frame(block: Block, columns: _Columns) -> pd.DataFrame:
    length = columns.length
    data: dict[str, Any] = {
        name: pd.Series(values, dtype="int64") for name, values in columns.places.items()
    }
    for name in ("key", "project", "person"):
        data[name] = pd.Series([""] * length, dtype=object)
    for f in block.fields:
        data[f.key] = _series(f, columns.values[f.key])
    return pd.DataFrame(data)


def _series(f: Field, values: list[Any]) -> pd.Series:
    return pd.Series(values, dtype=dtype_of(f))
