"""Records of all workbooks to the frames of the dossier, with their bindings and problems."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from toolkit.model.dossier import CellProblem, Dossier, RejectedRow, SourceProblem
from toolkit.model.forms import Layout

from .binding import BoundBlock
from .columns import FrameColumns
from .extract import BlockRecords, Extractor
from .rows import NOTE, NOTHING, ONLY_PROJECT
from .vocabulary import Vocabulary

_DOUBTFUL = {
    NOTHING: "如果是真实记录，请补上项目、日期等内容；否则不用处理。",
    ONLY_PROJECT: "如果是真实记录，请补上日期、内容等；小标题可以留着，不用处理。",
    NOTE: "如果是真实记录，请按列填写；说明文字可以留着，不用处理。",
}
"""Rows of these kinds may be somebody's record after all: one finding each."""


class FrameBuilder:
    """Collects the records of all workbooks and makes the dossier's frames at the end."""

    def __init__(self, dossier: Dossier, words: Vocabulary | None = None) -> None:
        """`words` are what numbered columns are numbers of."""
        self._dossier = dossier
        self._frames: dict[str, FrameColumns] = {}
        self._words = Vocabulary() if words is None else words
        self.extractor = Extractor()

    def add(self, source: int, bound: BoundBlock) -> None:
        """Take all records of a bound block into the frames, and count its rows."""
        self.put(source, self.extractor.records(bound))

    def put(self, source: int, records: BlockRecords) -> None:
        """Take records into the frames, and count their rows."""
        records.binding.source = source
        self._dossier.bindings.append(records.binding)
        self._reject(records)
        self._append(records)

    def finish(self) -> None:
        """Build the frames."""
        for key, columns in self._frames.items():
            self._dossier.frames[key] = columns.frame()

    def parts(self) -> dict[str, dict[str, Any]]:
        """The columns of the finished frames, for a snapshot."""
        return {key: columns.parts for key, columns in self._frames.items()}

    def _reject(self, records: BlockRecords) -> None:
        binding = records.binding
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
            if rows := by_reason.get(reason):
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

    def _append(self, records: BlockRecords) -> None:
        binding, count = records.binding, len(records.rows)
        block = self._dossier.blocks[binding.block]
        columns = self._frames.get(block.key)
        if columns is None:
            columns = self._frames[block.key] = FrameColumns(block, self._words)
        start = columns.length
        source = self._dossier.sources[binding.source]
        if block.layout is Layout.TABLE or self._dossier.forms[binding.form].kind == "form":
            source.rows += count  # the head of a register is no record of its own
            source.consolidated += count
        place = binding.source, len(self._dossier.bindings) - 1
        if records.stretch is not None:
            columns.add_stretch(*place, records.stretch)
        else:
            columns.add(*place, records.rows, records.columns)
        self._dossier.problems += [
            CellProblem(block.key, start + p.position, p.field, p.kind, p.raw, p.message)
            for p in records.problems
        ]
