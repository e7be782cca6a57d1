"""What a manager does after `adopt`, with a workbook open in Excel: here with openpyxl."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from toolkit.forms import layout_of, load_forms
from toolkit.model.text import fold_label
from toolkit.writers.form_workbook import FormContent

from .own_forms import LABELS

G19 = load_forms()["G19"]


@dataclass
class Decisions:
    """Own labels by what the manager had to do about them."""

    right: list[str] = field(default_factory=list)
    """The suggestion was right."""
    chosen: list[str] = field(default_factory=list)
    """There was no suggestion, he chose the standard label himself."""
    corrected: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """The label is no field at all."""


def digests(folder: Path) -> dict[str, str]:
    """Every workbook below a folder and what its bytes are."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.xlsx"))
    }


def lines(path: Path) -> Iterator[tuple[Worksheet, int, dict[str, int], dict[str, Any]]]:
    """(sheet, row, field -> column, field -> value) of every line of 列名别名, in a saved file."""
    book = openpyxl.load_workbook(path)
    sheet, columns, first = _table(book, "label_aliases")
    for row in range(first, sheet.max_row + 1):
        values = {key: sheet.cell(row, column).value for key, column in columns.items()}
        if values["own_label"]:
            yield sheet, row, columns, values
    book.save(path)


def right_standard(kind: str, table: str, own: str) -> str:
    """The standard label that an own label means in a table; '' when it is no field at all."""
    for form in load_forms().values():
        for block in form.blocks:
            if table not in (block.title, block.sheet):
                continue
            for key, label in LABELS[kind].get(block.key, {}).items():
                if fold_label(label) == fold_label(own):
                    return block.field(key).label
    return ""


def confirm(path: Path, kind: str) -> Decisions:
    """Mark what is right, fill in or correct the rest; `kind` is one of own_labels.toml."""
    decisions = Decisions()
    for sheet, row, columns, values in lines(path):
        right = right_standard(kind, str(values["table"]), str(values["own_label"]))
        suggested = values["standard_label"]
        done = f"{values['table']}.{values['own_label']} -> {suggested} ({right})"
        if not right:
            sheet.cell(row, columns["confirmed"], "否")
            decisions.refused.append(done)
            continue
        sheet.cell(row, columns["standard_label"], right)
        sheet.cell(row, columns["confirmed"], "是")
        if suggested == right:
            decisions.right.append(done)
        else:
            (decisions.corrected if suggested else decisions.chosen).append(done)
    return decisions


def complete_configuration(path: Path, content: FormContent) -> None:
    """Write what only the manager knows into the 部门配置 that `adopt` made."""
    book = openpyxl.load_workbook(path)
    layouts = {name: layout for layout in layout_of(G19) for name in layout.labels}
    for block, values in content.labels.items():
        layout = layouts[block]
        for cell in layout.labels[block]:
            book[layout.name][cell.cell] = values.get(cell.field.key)
    for block, rows in content.tables.items():
        if block != "label_aliases":
            _replace(book, block, rows)
    book.save(path)


def _replace(book: openpyxl.Workbook, block: str, rows: list[Mapping[str, Any]]) -> None:
    sheet, columns, first = _table(book, block)
    for row in range(first, max(sheet.max_row, first + len(rows)) + 1):
        values = rows[row - first] if row - first < len(rows) else {}
        for key, column in columns.items():
            value = values.get(key)
            sheet.cell(row, column).value = "、".join(value) if isinstance(value, tuple) else value


def _table(book: openpyxl.Workbook, block: str) -> tuple[Worksheet, dict[str, int], int]:
    """Sheet, field -> column and first data row (from 1) of a table of 部门配置."""
    for layout in layout_of(G19):
        for table in layout.tables:
            if table.block.key == block:
                columns = {key: table.column_of(key) + 1 for key in table.block.keys}
                return book[layout.name], columns, table.header_row + 2
    raise KeyError(block)
