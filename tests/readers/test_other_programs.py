"""Official forms after other programs had them: names gone or stale, sheets copied, cells moved."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from toolkit.forms import layout_of
from toolkit.model.dossier import Dossier
from toolkit.writers.form_workbook import FormContent, write_form

from .workbooks import FORMS, as_read, read, records, some_records, write_tracking

ROWS = some_records()
EXPECTED = as_read(ROWS)
CHARTER = {
    "project_id": "XM2026-0001",
    "project_name": "甲城档案平台",
    "customer": "甲城档案馆",
    "applicant": "样例丁",
    "apply_date": date(2026, 3, 1),
    "support_types": ("售前交流", "产品测试"),
    "requirement": "演示导出与检索，\n再搭一套测试环境",
    "first_presales": "样例甲",
    "charter_date": date(2026, 3, 2),
}


def changed(path: Path, change: Callable[[Workbook], None]) -> Dossier:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Print area cannot be set")
        book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return read(path.parent)


@pytest.fixture
def tracking(tmp_path) -> Path:
    path = tmp_path / "项目跟踪表_样例甲_2026.xlsx"
    write_tracking(path, ROWS)
    return path


@pytest.fixture
def charter(tmp_path) -> Path:
    path = tmp_path / "立项单_LX-XM2026-0001.xlsx"
    write_form(FORMS["F01"], path, FormContent({"initiation": CHARTER}))
    return path


def only_charter(dossier: Dossier) -> dict[str, object]:
    (record,) = records(dossier, "initiation")
    block = FORMS["F01"].block("initiation")
    (expected,) = as_read([CHARTER], block)
    assert record == expected
    return record


@pytest.mark.parametrize("count", [1, 2, 5])
def test_rows_inserted_above_a_table_without_its_names_moving(tracking, count):
    dossier = changed(tracking, lambda book: book["跟踪记录"].insert_rows(1, count))
    assert records(dossier, "tracking") == EXPECTED


def test_a_column_inserted_without_the_names_moving(tracking):
    def insert(book):
        book["跟踪记录"].insert_cols(3)
        book["跟踪记录"]["C3"] = "心得"

    assert records(changed(tracking, insert), "tracking") == EXPECTED


def test_a_column_deleted(tracking):
    dossier = changed(tracking, lambda book: book["跟踪记录"].delete_cols(7))
    assert records(dossier, "tracking") == [{**r, "channel": ""} for r in EXPECTED]
    assert not dossier.bound("tracking", "channel")


@pytest.mark.parametrize("count", [1, 2])
def test_rows_inserted_above_a_form_without_its_names_moving(charter, count):
    def insert(book):
        sheet = book["立项单"]
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_rows(1, count)

    only_charter(changed(charter, insert))


def test_a_form_without_its_names(charter):
    only_charter(changed(charter, lambda book: book.defined_names.clear()))


def test_a_form_without_meta_and_names_under_another_sheet_name(charter):
    def strip(book):
        book.defined_names.clear()
        del book["_meta"]
        del book["_lists"]
        book["立项单"].title = "Sheet1"

    only_charter(changed(charter, strip))


def test_a_copied_sheet_is_a_form_of_its_own(charter):
    def copy(book):
        other = book.copy_worksheet(book["立项单"])
        (cells,) = layout_of(FORMS["F01"])[0].labels.values()
        for cell in cells:
            if cell.field.key in ("project_id", "project_name"):
                other[cell.cell] = "另一个"

    found = records(changed(charter, copy), "initiation")
    assert [(r["project_id"], r["customer"]) for r in found] == [
        ("XM2026-0001", "甲城档案馆"),
        ("另一个", "甲城档案馆"),
    ]


def test_a_value_cell_that_holds_the_name_of_a_label(tmp_path):
    content = {**CHARTER, "project_name": "项目名称", "customer": "客户", "archive_place": "部门"}
    path = tmp_path / "立项单.xlsx"
    write_form(FORMS["F01"], path, FormContent({"initiation": content}))
    (record,) = records(read(tmp_path), "initiation")
    assert (record["project_name"], record["customer"]) == ("项目名称", "客户")
    changed(path, lambda book: book.defined_names.clear())
    (record,) = records(read(tmp_path), "initiation")
    assert (record["project_name"], record["customer"]) == ("项目名称", "客户")


def test_rewritten_by_pandas(tracking):
    frame = pd.read_excel(tracking, sheet_name="跟踪记录", header=2, engine="calamine")
    frame.to_excel(tracking, sheet_name="Sheet1", index=True)
    assert records(read(tracking.parent), "tracking") == EXPECTED


def test_rows_sorted_in_excel_stay_the_same_records(tracking):
    def turn(book):
        sheet = book["跟踪记录"]
        rows = [[c.value for c in row] for row in sheet.iter_rows(4, 3 + len(ROWS))]
        for number, values in enumerate(reversed(rows), 4):
            for column, value in enumerate(values, 1):
                sheet.cell(number, column).value = value

    assert records(changed(tracking, turn), "tracking") == EXPECTED[::-1]
