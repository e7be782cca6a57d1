"""Bound blocks to records: typed columns, the rows that are none, and the problems of cells."""

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
from toolkit.model.text import clean, fold, fold_label

from .binding import BoundBlock
from .grid import Grid
from .values import blank_of, parse_column

_TOTALS = ("合计", "总计", "小计", "共计")
_NOTES = ("备注", "说明", "注")


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
            raws[key] = clean(raw).partition(_colon(clean(raw)))[2] if found.inline else raw
        if all(raw == "" for raw in raws.values()):
            return
        rows = [min(v.value[0] for v in bound.values.values()) + 1]
        self._append(binding, bound.block, {k: [raw] for k, raw in raws.items()}, rows)

    def _add_table(self, binding: Binding, bound: BoundBlock) -> None:
        grid, block = bound.grid, bound.block
        keys, places = list(bound.columns), list(bound.columns.values())
        _spread_merges(grid, bound)
        identity = [bound.columns[k] for k in block.identity if k in bound.columns]
        header = {fold_label(t) for t in bound.labels.values()}
        columns: dict[str, list[Any]] = {key: [] for key in keys}
        rows: list[int] = []
        rejected: list[RejectedRow] = []
        width = max(places) + 1
        for number in range(bound.header_row + 1, bound.end_row):
            line = grid.rows[number]
            if len(line) < width:
                line = [*line, *[""] * (width - len(line))]
            if not any(line[c] != "" for c in places) or not any(clean(line[c]) for c in places):
                continue
            if reason := _not_a_record(line, places, identity, header):
                text = " ".join(clean(v) for v in line if clean(v))[:80]
                rejected.append(
                    RejectedRow(binding.source, grid.name, number + 1, block.key, reason, text)
                )
                continue
            rows.append(number + 1)
            for key, column in zip(keys, places, strict=True):
                columns[key].append(line[column])
        self._reject(binding, rejected)
        self._append(binding, block, columns, rows)

    def _reject(self, binding: Binding, rejected: list[RejectedRow]) -> None:
        source = self._dossier.sources[binding.source]
        source.rows += len(rejected)
        source.rejected += len(rejected)
        self._dossier.rejected += rejected
        by_reason: dict[str, list[RejectedRow]] = defaultdict(list)
        for row in rejected:
            by_reason[row.reason].append(row)
        for reason, rows in by_reason.items():
            lines = "、".join(str(r.row) for r in rows[:8]) + ("等" if len(rows) > 8 else "")
            self._dossier.source_problems.append(
                SourceProblem(
                    binding.source,
                    "SRC-5",
                    "info",
                    f"第{lines}行{reason}，没有计入（共{len(rows)}行）。",
                    "如果是真实记录，请补上项目、日期等内容；否则不用处理。",
                    rows[0].sheet,
                    f"A{rows[0].row}",
                )
            )

    def _append(
        self, binding: Binding, block: Block, raws: dict[str, list[Any]], rows: list[int]
    ) -> None:
        columns = self._frames[block.key]
        start = columns.length
        source = self._dossier.sources[binding.source]
        if block.layout is Layout.TABLE or self._dossier.form_of[block.key].kind == "form":
            source.rows += len(rows)  # the head of a register is no record of its own
            source.consolidated += len(rows)
        columns.places["source"] += [binding.source] * len(rows)
        columns.places["binding"] += [len(self._dossier.bindings) - 1] * len(rows)
        columns.places["row"] += rows
        for f in block.fields:
            if f.key not in raws:
                columns.values[f.key] += [blank_of(f.type)] * len(rows)
                continue
            values, problems = parse_column(f, raws[f.key])
            columns.values[f.key] += values
            for position, raw, parsed in problems:
                assert parsed.kind is not None
                self._dossier.problems.append(
                    CellProblem(
                        block.key, start + position, f.key, parsed.kind, clean(raw), parsed.message
                    )
                )


def is_empty(bound: BoundBlock) -> bool:
    """Whether nothing is filled in: neither a value beside a label nor a cell below a header."""
    if not bound.columns:
        return not any(v.inline or bound.grid.value(*v.value) != "" for v in bound.values.values())
    places = bound.columns.values()
    return not any(
        bound.grid.value(row, column) != ""
        for row in range(bound.header_row + 1, bound.end_row)
        for column in places
    )


def _colon(text: str) -> str:
    return next((c for c in text if c in "：:"), "：")


def _not_a_record(line: list[Any], places: list[int], identity: list[int], header: set[str]) -> str:
    texts = [clean(line[c]) for c in places]
    first = next((clean(v) for v in line if clean(v)), "")
    if fold(first).rstrip(":：").startswith(_TOTALS):
        return "是合计行"
    if sum(fold_label(t) in header for t in texts if t) >= max(2, len(header) // 2):
        return "是重复的表头"
    if not any(clean(line[c]) for c in identity):
        return "没有可以识别的内容"
    filled = sum(bool(t) for t in texts)
    if filled == 1 and fold_label(first).startswith(_NOTES) and len(first) > 4:
        return "是说明文字"
    return ""


def _spread_merges(grid: Grid, bound: BoundBlock) -> None:
    """A cell merged over several rows of a table speaks for all of them."""
    columns = set(bound.columns.values())
    for (top, left), (bottom, _) in grid.merges.items():
        if left in columns and bound.header_row < top < bottom:
            value = grid.value(top, left)
            for row in range(top + 1, min(bottom + 1, len(grid.rows))):
                line = grid.rows[row]
                line += [""] * (left + 1 - len(line))
                line[left] = value


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
