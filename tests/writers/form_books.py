"""What the tests of form workbooks share: blank forms built once, and looking things up."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from toolkit.forms import layout_of, load_forms
from toolkit.model.forms import Block, Field, Form
from toolkit.model.location import a1
from toolkit.writers.form_workbook import Choices, FormContent, write_form

FORMS = load_forms()


def written(
    form: Form, content: FormContent | None = None, choices: Choices | None = None, **more
) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_form(form, path, content, choices=choices, **more)
        return path.read_bytes()


def opened(content: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        # openpyxl does not know print areas of whole columns
        warnings.filterwarnings("ignore", "Print area cannot be set")
        return openpyxl.load_workbook(BytesIO(content))


@cache
def blank(key: str) -> bytes:
    return written(FORMS[key])


@cache
def blank_book(key: str) -> openpyxl.Workbook:
    """Opened once; the tests only look at it."""
    return opened(blank(key))


def places(form: Form) -> Iterator[tuple[Block, Field, str, str]]:
    """Every field with its sheet and its first cell to fill in."""
    for sheet in layout_of(form):
        for key, cells in sheet.labels.items():
            for cell in cells:
                yield form.block(key), cell.field, sheet.name, cell.cell
        for table in sheet.tables:
            for field in table.block.fields:
                cell = a1(table.header_row + 1, table.column_of(field.key))
                yield table.block, field, sheet.name, cell


def validation_at(sheet: Worksheet, cell: str) -> DataValidation:
    found = [v for v in sheet.data_validations.dataValidation if cell in v.sqref]
    assert len(found) == 1, f"{sheet.title}!{cell}: {len(found)} validations"
    return found[0]


def tint_at(sheet: Worksheet, cell: str) -> list[str]:
    """Formulas of the conditional formats that cover a cell."""
    return [
        formula
        for area in sheet.conditional_formatting
        if cell in area.sqref
        for rule in area.rules
        for formula in rule.formula
    ]


def listed(book: openpyxl.Workbook, source: str) -> list[str]:
    """The values in a range of `_lists`."""
    name, _, area = source.partition("!")
    assert name == "_lists"
    left, top, right, bottom = range_boundaries(area)
    assert left == right
    column = book[name].iter_rows(top, bottom, left, right, values_only=True)
    return [value for (value,) in column]
