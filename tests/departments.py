"""Builds a Department from plain data, with the cells of the official forms, without any file."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from toolkit.forms import layout_of, load_forms
from toolkit.model.dossier import (
    Binding,
    CellProblem,
    Dossier,
    ProblemKind,
    Source,
    Status,
    dtype_of,
)
from toolkit.model.forms import Block, Field, FieldType
from toolkit.model.location import column_letter
from toolkit.regulation.department import Department

AS_OF = dt.date(2026, 11, 20)
DEFAULTS = tomllib.loads(
    (Path(__file__).parent / "validators" / "defaults.toml").read_text("utf-8")
)
_CHILD_OF = {
    "initiation_additions": "initiation",
    "initiation_changes": "initiation",
    "improvement_hours": "improvement",
    "fault_attempts": "fault",
}
_FILES = {"initiation": "立项单", "improvement": "产品改进申请单", "fault": "故障处理工作单"}


def build(records: Mapping[str, Any], as_of: dt.date = AS_OF) -> Department:
    """A department with the given records: frame -> list of field values.

    Each record is completed from validators/defaults.toml; a value of "" leaves a field blank.
    Tracking rows go to the file of their `owner`; rows of child tables belong to the form
    number `of` (from 0). A frame given as an empty list is kept but empty; `without` lists
    `frame.field` columns that no workbook has; `problems` lists cells that could not be taken:
    frame, index, field, kind, raw and message; `unread` lists paths of files that could not be
    read, `archived` those of files in 销售存档.
    """
    blocks = {b.key for form in load_forms().values() for b in form.blocks}
    given = {k: v for k, v in records.items() if k in blocks}
    for name in ("roster", "roles"):
        given.setdefault(name, DEFAULTS[f"all_{name}"])
    dossier = _Builder(set(records.get("without", ()))).dossier(given)
    for raw in records.get("problems", ()):
        problem = {"raw": "", "message": "", **raw, "kind": ProblemKind(raw["kind"])}
        dossier.problems.append(CellProblem(**problem))
    unread = (Source(path, Status.UNREADABLE) for path in records.get("unread", ()))
    archived = (Source(path, Status.ARCHIVE) for path in records.get("archived", ()))
    dossier.sources.extend((*unread, *archived))
    return Department.of(dossier, as_of)


class _Builder:
    def __init__(self, without: set[str]) -> None:
        self._without = without
        self._dossier = Dossier(dict(load_forms()))
        self._sources: dict[str, int] = {}
        self._bindings: dict[tuple[str, str], int] = {}
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._next: dict[tuple[str, str], int] = {}

    def dossier(self, given: Mapping[str, list[dict[str, Any]]]) -> Dossier:
        owners = {r.get("owner", DEFAULTS["tracking_sheet"]["owner"])
                  for name in ("project_list", "tracking", "leftovers")
                  for r in given.get(name, ())}  # fmt: skip
        sheets = given.get("tracking_sheet", [{"owner": o} for o in sorted(owners)])
        for name, rows in {**given, "tracking_sheet": sheets}.items():
            block = self._dossier.blocks[name]
            if not rows and name != "tracking_sheet":
                self._bind(block, self._file(name, {}, 0))
            for number, row in enumerate(rows):
                self._add(block, row, number)
        for name, rows in self._rows.items():
            self._dossier.frames[name] = _frame(self._dossier.blocks[name], rows)
        for source in self._dossier.sources:
            source.rows = source.consolidated = sum(
                r["source"] == self._sources[source.path] for f in self._rows.values() for r in f
            )
        return self._dossier

    def _file(self, name: str, row: Mapping[str, Any], number: int) -> str:
        if "file" in row:
            return str(row["file"])
        if name in _FILES:
            return f"{_FILES[name]}_{number + 1}.xlsx"
        if name in _CHILD_OF:
            return self._file(_CHILD_OF[name], {}, row.get("of", 0))
        form = self._dossier.form_of[name]
        if form.key != "F02":
            return f"{form.title}.xlsx"
        return f"项目跟踪表_{row.get('owner', DEFAULTS['tracking_sheet']['owner'])}.xlsx"

    def _bind(self, block: Block, path: str) -> int:
        if (path, block.key) in self._bindings:
            return self._bindings[path, block.key]
        form = self._dossier.form_of[block.key]
        if path not in self._sources:
            self._sources[path] = len(self._dossier.sources)
            self._dossier.sources.append(Source(path, form=form.key))
        binding = Binding(self._sources[path], form.key, block.key, block.sheet)
        sheet = next(s for s in layout_of(form) if s.name == block.sheet)
        for cell in sheet.labels.get(block.key, ()):
            if f"{block.key}.{cell.field.key}" not in self._without:
                binding.cells[cell.field.key] = cell.cell
        for table in sheet.tables:
            if table.block.key == block.key:
                binding.header_row = table.header_row + 1
                binding.columns = {
                    key: column_letter(table.column_of(key))
                    for key in block.keys
                    if f"{block.key}.{key}" not in self._without
                }
        self._bindings[path, block.key] = len(self._dossier.bindings)
        self._dossier.bindings.append(binding)
        return self._bindings[path, block.key]

    def _add(self, block: Block, given: Mapping[str, Any], number: int) -> None:
        number = self._bind(block, self._file(block.key, given, number))
        binding = self._dossier.bindings[number]
        line = self._next.get((str(binding.source), block.key), binding.header_row) + 1
        self._next[str(binding.source), block.key] = line
        values = {**DEFAULTS.get(block.key, {}), **given}
        record = {f.key: typed(f, values.get(f.key)) for f in block.fields if binding.has(f.key)}
        place = {"source": binding.source, "binding": number, "row": line}
        self._rows[block.key].append({**record, **place})


def typed(field: Field, value: Any) -> Any:
    """A plain value as the reader would deliver it."""
    if field.type in (FieldType.PEOPLE, FieldType.CHOICES, FieldType.REFERENCES):
        return tuple(value.split("、")) if isinstance(value, str) and value else tuple(value or ())
    if field.is_date:
        return pd.NaT if value in (None, "") else pd.Timestamp(value)
    if field.type is FieldType.NUMBER:
        return float("nan") if value in (None, "") else float(value)
    return "" if value is None else value


def _frame(block: Block, rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns: dict[str, pd.Series] = {}
    for name in ("source", "binding", "row"):
        columns[name] = pd.Series([r[name] for r in rows], dtype="int64")
    for name in ("key", "project", "person"):
        columns[name] = pd.Series([""] * len(rows), dtype=object)
    for f in block.fields:
        blank = typed(f, None)
        columns[f.key] = pd.Series([r.get(f.key, blank) for r in rows], dtype=dtype_of(f))
    return pd.DataFrame(columns)


__all__ = ["AS_OF", "build", "typed"]
