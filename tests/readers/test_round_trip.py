"""What programs write is what the reader gives: any grid of typed values, cell by cell."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from tests.amounts import amount
from tests.programs import libreoffice_convert
from toolkit.readers.grid import NEVER_CALCULATED, Grid, Unreadable
from toolkit.readers.workbook import parse_workbook

Place = tuple[int, int]
EXAMPLES = amount(400, 100)
_ROWS, _COLUMNS = 40, 30
_FAILS = {
    "#N/A": "=NA()", "#DIV/0!": "=1/0", "#VALUE!": '="a"+1', "#NUM!": "=SQRT(-1)",
    "#NAME?": "=NONE()", "#REF!": "=#REF!A1", "#NULL!": "=A1 B1",
}  # fmt: skip
"""Formulas with these results."""


@dataclass(frozen=True)
class Formula:
    """With the result that was saved beside it; None is one that was never calculated."""

    result: Any = None
    text: str = "=A1"


@dataclass(frozen=True)
class Sheet:
    """Cells, one merged range (first and last cell) at most, hidden rows; from 0."""

    cells: Mapping[Place, Any]
    merged: tuple[Place, Place] | None = None
    hidden: frozenset[int] = frozenset()

    @property
    def visible(self) -> dict[Place, Any]:
        """Cells without those under the merged range."""
        if self.merged is None:
            return dict(self.cells)
        (top, left), (bottom, right) = self.merged
        return {
            (row, column): value
            for (row, column), value in self.cells.items()
            if (row, column) == (top, left)
            or not (top <= row <= bottom and left <= column <= right)
        }


def as_read(value: Any) -> Any:
    """What a grid holds for a value that was written."""
    if isinstance(value, Formula):
        return NEVER_CALCULATED if value.result is None else as_read(value.result)
    if isinstance(value, datetime) and value.time() == time():
        return value.date()  # Excel knows no difference
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def expected(sheet: Sheet) -> dict[Place, tuple[type, Any]]:
    """Filled cells with their types, for `True == 1.0`."""
    read = {place: as_read(value) for place, value in sheet.visible.items()}
    return {place: (type(value), value) for place, value in read.items() if value != ""}


def found(grid: Grid) -> dict[Place, tuple[type, Any]]:
    """Filled cells with their types; a whole number of an .xls is an int."""
    return {
        (row, column): (float, value) if type(value) is int else (type(value), value)
        for row, line in enumerate(grid.rows)
        for column, value in enumerate(line)
        if value != ""
    }


def by_xlsxwriter(sheet: Sheet) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet("甲")
    formats = {
        kind: book.add_format({"num_format": code})
        for kind, code in ((date, "yyyy-mm-dd"), (datetime, "yyyy-mm-dd hh:mm:ss"), (time, "h:mm"))
    }
    if sheet.merged is not None:
        page.merge_range(*sheet.merged[0], *sheet.merged[1], "")
    for row in sheet.hidden:
        page.set_row(row, None, None, {"hidden": True})
    for (row, column), value in sheet.visible.items():
        if isinstance(value, Formula):
            result = value.result
            shown = result.error if isinstance(result, Unreadable) else result
            page.write_formula(row, column, value.text, None, "" if shown is None else shown)
        elif isinstance(value, Unreadable):
            page.write_formula(row, column, _FAILS[value.error], None, value.error)
        elif isinstance(value, bool):
            page.write_boolean(row, column, value)
        elif isinstance(value, str):
            page.write_string(row, column, value)
        elif isinstance(value, (date, time)):
            page.write_datetime(row, column, value, formats[type(value)])
        else:
            page.write_number(row, column, value)
    book.close()
    return buffer.getvalue()


def by_openpyxl(sheet: Sheet) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    for row in sheet.hidden:
        page.row_dimensions[row + 1].hidden = True
    for (row, column), value in sheet.visible.items():
        cell = page.cell(row + 1, column + 1)
        if isinstance(value, Formula):
            cell.value = value.text
            continue
        cell.value = value.error if isinstance(value, Unreadable) else value
        if isinstance(value, str):
            cell.data_type = "s"
    if sheet.merged is not None:
        (top, left), (bottom, right) = sheet.merged
        first = f"{get_column_letter(left + 1)}{top + 1}"
        page.merge_cells(f"{first}:{get_column_letter(right + 1)}{bottom + 1}")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


FRAGMENT = st.one_of(
    st.text("甲乙项目编号ａＢ，。", min_size=1, max_size=6),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=6),
    st.sampled_from(
        [
            *("'", "=1+1", "@", "+8613", "TRUE", "1e5", "2026-03-05", "#N/A"),
            *("\n", "\t", " ", "\u3000", "\xa0", "\u200b", "\ufeff"),
            *("&amp;", "<v>", '"', "]]>", "😀", "👍🏽", "é", "𠮷"),
        ]
    ),
)  # fmt: skip
TEXT = st.lists(FRAGMENT, min_size=1, max_size=4).map("".join)
ESCAPED = st.sampled_from(["_x000D_", "a_x000D_b", "_x000d_", "_x005F_", "a\r\nb", "\x01"])
ERROR = st.sampled_from(sorted(_FAILS)).map(Unreadable)
PLAIN = st.one_of(
    st.integers(-(10**15), 10**15),
    st.floats(-1e15, 1e15).map(lambda n: float(f"{n:.15G}")),
    st.booleans(),
    TEXT,
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1)).map(lambda m: m.replace(microsecond=0)),
    st.dates(date(1900, 3, 1)).map(lambda d: datetime(d.year, d.month, d.day)),
    st.times().map(lambda t: t.replace(microsecond=0)),
    ERROR,
)
RESULT = st.one_of(st.none(), st.integers(-1000, 1000), TEXT, st.booleans(), ERROR)


@st.composite
def sheets(draw: Callable[..., Any], values: st.SearchStrategy[Any]) -> Sheet:
    place = st.tuples(st.integers(0, _ROWS), st.integers(0, _COLUMNS))
    cells = draw(st.dictionaries(place, values, min_size=1, max_size=25))
    merged = None
    if draw(st.booleans()):
        top, left = draw(place)
        last = top + draw(st.integers(0, 4)), left + draw(st.integers(0, 4))
        merged = ((top, left), last) if last != (top, left) else None
    return Sheet(cells, merged, draw(st.frozensets(st.integers(0, _ROWS), max_size=3)))


def assert_read(sheet: Sheet, content: bytes) -> None:
    (grid,) = parse_workbook("甲.xlsx", content).grids
    assert found(grid) == expected(sheet)
    assert grid.hidden_rows == len(sheet.hidden)
    assert grid.merges == (dict([sheet.merged]) if sheet.merged else {})


@settings(max_examples=EXAMPLES)
@given(sheets(st.one_of(PLAIN, ESCAPED, RESULT.map(Formula))))
def test_what_xlsxwriter_writes(sheet):
    assert_read(sheet, by_xlsxwriter(sheet))


@settings(max_examples=EXAMPLES)
@given(sheets(st.one_of(PLAIN, st.just(Formula()))))
def test_what_openpyxl_writes(sheet):
    assert_read(sheet, by_openpyxl(sheet))


FIXED = Sheet(
    {
        (0, 0): "首格",
        (0, 3): "中文，全角　空格",
        (1, 0): 1,
        (1, 1): -(10**14),
        (1, 2): 0.1,
        (1, 3): 1e-7,
        (2, 0): True,
        (2, 1): False,
        (3, 0): "'=1+1",
        (3, 1): "=1+1",
        (3, 2): "上\n下",
        (3, 3): " 前后 ",
        (3, 4): "😀👍",
        (3, 5): "_x000D_",
        (3, 6): "#N/A",
        (3, 7): "2026-03-05",
        (4, 0): date(2026, 3, 5),
        (4, 1): datetime(2026, 3, 5),
        (4, 2): datetime(2026, 3, 5, 9, 30, 15),
        (4, 3): time(9, 30),
        (4, 4): time(0, 0),
        (4, 5): date(1900, 3, 1),
        (4, 6): datetime(2026, 12, 31, 23, 59, 59),
        (5, 0): Unreadable("#N/A"),
        (5, 1): Unreadable("#DIV/0!"),
        (5, 2): Unreadable("#VALUE!"),
        (5, 4): Formula(2, "=1+1"),
        (5, 5): Formula("结果", '="结"&"果"'),
        (5, 6): Formula(True, "=1=1"),
        (7, 1): "合并",
        (12, 9): "最后",
    },
    ((7, 1), (9, 4)),
    frozenset({2, 10}),
)


SAVED_OTHERWISE: dict[str, dict[Place, Any]] = {
    "xlsx": {},
    "xls": {(5, 5): 0.0},
    "ods": {(2, 0): 1.0, (2, 1): 0.0, (5, 6): 1.0},
}
"""What LibreOffice itself makes of texts of formulas (.xls) and of truth (.ods)."""


@pytest.mark.heavy
@pytest.mark.parametrize("kind", SAVED_OTHERWISE)
def test_what_libreoffice_saves(kind, tmp_path):
    saved = replace(FIXED, cells={**FIXED.cells, **SAVED_OTHERWISE[kind]})
    source = tmp_path / "甲.xlsx"
    source.write_bytes(by_xlsxwriter(FIXED))
    (made,) = libreoffice_convert([source], kind, tmp_path / kind, tmp_path / "profile")
    (grid,) = parse_workbook(made.name, made.read_bytes()).grids
    assert found(grid) == expected(saved)
    assert grid.hidden_rows == len(FIXED.hidden)
    assert grid.merges == dict([FIXED.merged])
