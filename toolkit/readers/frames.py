"""Records of all workbooks to the frames of the dossier, with their bindings and problems."""

from __future__ import annotations

from collections import defaultdict
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
from toolkit.model.text import clean

from .binding import BoundBlock
from .extract import BlockRecords, Extractor
from .rows import NOTE, NOTHING, ONLY_PROJECT, holds_anything

_DOUBTFUL = {
    NOTHING: "如果是真实记录，请补上项目、日期等内容；否则不用处理。",
    ONLY_PROJECT: "如果是真实记录，请补上日期、内容等；小标题可以留着，不用处理。",
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
        self.extractor = Extractor()

    def add(self, source: int, bound: BoundBlock) -> None:
        """Take all records of a bound block into the frames, and count its rows."""
        self.put(source, self.extractor.records(bound))

    def put(self, source: int, records: BlockRecords) -> None:
        """Take records into the frames, and count their rows."""
        binding = _binding(source, records.bound)
        self._dossier.bindings.append(binding)
        self._reject(binding, records)
        self._append(binding, records)

    def finish(self) -> None:
        """Build the frames."""
        for key, columns in self._frames.items():
            self._dossier.frames[key] = _frame(self._dossier.blocks[key], columns)

    def _reject(self, binding: Binding, records: BlockRecords) -> None:
        source = self._dossier.sources[binding.source]
        source.rows += len(records.rejected)
        source.rejected += len(records.rejected)
        by_reason: dict[str, list[int]] = defaultdict(list)
        for row, reason, text in records.rejected:
            by_reason[reason].append(row)
            self._dossier.rejected.append(
                RejectedRow(binding.source, binding.sheet, row, binding.block, reason, text)
            )
        for reason, hint in _DOUBTFUL.items():
            if rows := by_reason[reason]:
                lines = "、".join(map(str, rows[:8]))
                more = f"等 {len(rows)} 行" if len(rows) > 8 else " 行"
                self._dossier.source_problems.append(
                    SourceProblem(
                        binding.source,
                        "SRC-5",
                        "info",
                        f"第 {lines}{more}{reason}，没有计入。",
                        hint,
                        binding.sheet,
                        f"A{rows[0]}",
                    )
                )

    def _append(self, binding: Binding, records: BlockRecords) -> None:
        block, count = records.bound.block, len(records.rows)
        columns = self._frames[block.key]
        start = columns.length
        source = self._dossier.sources[binding.source]
        if block.layout is Layout.TABLE or records.bound.form.kind == "form":
            source.rows += count  # the head of a register is no record of its own
            source.consolidated += count
        columns.places["source"] += [binding.source] * count
        columns.places["binding"] += [len(self._dossier.bindings) - 1] * count
        columns.places["row"] += records.rows
        for key, values in records.columns.items():
            columns.values[key] += values
        self._dossier.problems += [
            CellProblem(block.key, start + p.position, p.field, p.kind, p.raw, p.message)
            for p in records.problems
        ]


def is_empty(bound: BoundBlock) -> bool:
    """Whether nothing is filled in: neither a value beside a label nor a cell below a header."""
    if bound.columns:
        return not holds_anything(bound)
    return not any(v.inline or clean(bound.grid.value(*v.value)) for v in bound.values.values())


def _binding(source: int, bound: BoundBlock) -> Binding:
    binding = Binding(
        source,
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
