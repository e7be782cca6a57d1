"""Turns a form into an official Excel workbook, blank or filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from toolkit.forms import SheetLayout, layout_of, load_forms
from toolkit.forms.names import (
    LISTS_SHEET,
    META_GENERATED,
    META_KIND,
    META_NUMBER,
    META_SHEET,
    META_VERSION,
    TEMPLATE_VERSION,
    defined_name,
    meta_kind,
)
from toolkit.model.forms import Form, Layout
from toolkit.model.location import column_letter, split_a1

from .files import publish, sweep
from .form_labels import LabelSheet
from .form_lists import Choices, FormLists
from .form_styles import BOOK_OPTIONS, Styles
from .form_tables import GrowingSheet, TableSheet
from .form_values import write_value

__all__ = ["Choices", "FormContent", "build_blank_forms", "write_form"]

_CREATED = datetime(2026, 1, 1)
"""Fixed, so that the same form always gives the same bytes."""


@dataclass
class FormContent:
    """What stands in a filled form.

    A value is a str, date, datetime, time, float, int or a tuple of str; None, '' and () are blank.
    """

    labels: dict[str, dict[str, object]] = field(default_factory=dict)
    """Block key -> field key -> value."""
    tables: dict[str, list[dict[str, object]]] = field(default_factory=dict)
    """Block key -> rows (field key -> value)."""


def write_form(
    form: Form,
    path: Path,
    content: FormContent | None = None,
    *,
    choices: Choices | None = None,
    number: str = "",
    generated: datetime | None = None,
) -> None:
    """Write the workbook of a form to `path`; an existing file is replaced as a whole.

    `number` goes to `_meta` and, when the content does not say otherwise, into the form's own
    number field. Raises ToolkitError when the file cannot be written (see files.publish) or a text
    is too long for a cell, ValueError for content that the form has no place for.
    """
    content = content or FormContent()
    _demand_known(form, content)
    with publish(path, sweeping=False) as temporary:
        book = xlsxwriter.Workbook(str(temporary), BOOK_OPTIONS)
        _fill(book, form, content, choices or Choices(), number, generated)
        book.close()


def build_blank_forms(
    folder: Path, contents: Mapping[str, FormContent] | None = None
) -> list[Path]:
    """Write every official form as `{title}.xlsx`; `contents` (by form key) is what is preset."""
    paths = []
    for form in load_forms().values():
        path = folder / f"{form.title}.xlsx"
        write_form(form, path, (contents or {}).get(form.key))
        paths.append(path)
    sweep(paths[-1])
    return paths


def _fill(
    book: Any,
    form: Form,
    content: FormContent,
    choices: Choices,
    number: str,
    generated: datetime | None,
) -> None:
    book.set_properties({"title": form.title, "subject": form.key, "created": _CREATED})
    layouts = layout_of(form)
    styles, lists = Styles(book), FormLists(form, layouts, choices)
    labels = _labels(form, content, number)
    for layout in layouts:
        sheet = book.add_worksheet(layout.name, GrowingSheet)
        if layout.is_form:
            LabelSheet(form, layout, lists, styles).draw(sheet, labels)
        else:
            TableSheet(form, layout, lists, styles).draw(sheet, labels, content.tables)
        _name_fields(book, form, layout)
    for name, formula in lists.names.items():
        book.define_name(name, formula)
    sheet = book.add_worksheet(LISTS_SHEET)
    lists.write(sheet, styles)
    sheet.hide()
    _meta(book.add_worksheet(META_SHEET), form, styles, number, generated)


def _labels(form: Form, content: FormContent, number: str) -> dict[str, dict[str, object]]:
    """The label values, with the number in the form's own number field."""
    labels = {key: dict(values) for key, values in content.labels.items()}
    for block in form.blocks:
        if number and block.layout is Layout.LABELS and block.record_key:
            labels.setdefault(block.key, {}).setdefault(block.record_key, number)
    return labels


def _name_fields(book: Any, form: Form, layout: SheetLayout) -> None:
    places = {
        defined_name(form, form.block(key), cell.field): cell.cell
        for key, cells in layout.labels.items()
        for cell in cells
    }
    for table in layout.tables:
        for f in table.block.fields:
            letter = column_letter(table.column_of(f.key))
            places[defined_name(form, table.block, f)] = f"{letter}{table.header_row + 1}"
    for name, cell in places.items():
        row, column = split_a1(cell)
        book.define_name(name, f"='{layout.name}'!${column_letter(column)}${row + 1}")


def _meta(sheet: Any, form: Form, styles: Styles, number: str, generated: datetime | None) -> None:
    moment = generated.isoformat(sep=" ", timespec="seconds") if generated else ""
    rows = {
        META_KIND: meta_kind(form),
        META_VERSION: TEMPLATE_VERSION,
        META_NUMBER: number,
        META_GENERATED: moment,
    }
    sheet.set_column(0, 1, 30, styles.plain)
    for row, (label, value) in enumerate(rows.items()):
        sheet.write_string(row, 0, label, styles.plain)
        write_value(sheet, row, 1, value, styles.plain)
    sheet.hide()


def _demand_known(form: Form, content: FormContent) -> None:
    blocks = {block.key: set(block.keys) for block in form.blocks}
    parts = [*content.labels.items()]
    parts += [(key, row) for key, rows in content.tables.items() for row in rows]
    for key, values in parts:
        unknown = set(values) - blocks.get(key, set())
        if unknown:
            raise ValueError(f"{form.key}.{key} has no fields {sorted(unknown)}")
