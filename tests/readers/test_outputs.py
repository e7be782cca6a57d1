"""A report is known as one whatever its size: it is never read, and the next one replaces it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from toolkit.forms.names import META_KIND, META_SHEET, OUTPUT_KIND
from toolkit.model.dossier import Status
from toolkit.model.errors import ToolkitError
from toolkit.readers import archive, guard
from toolkit.readers.guard import RefusedError
from toolkit.readers.outputs import output_without_rows
from toolkit.readers.reader import read_folder
from toolkit.readers.workbook import parse_workbook
from toolkit.workflows.targets import demand_report_target

from .workbooks import FORMS

_ROWS = 3_000


def _with_xlsxwriter(path: Path, kind: str, rows: int = _ROWS) -> Path:
    """The rows first, so that the texts of `_meta` are the last ones."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("支持记录")
        for row in range(rows):
            sheet.write_string(row, 0, f"第{row}条记录，<与>其他的都不同")
        meta = book.add_worksheet(META_SHEET)
        meta.write_row(0, 0, [META_KIND, kind])
        meta.hide()
    return path


def _with_openpyxl(path: Path, kind: str) -> Path:
    book = openpyxl.Workbook()
    book.create_sheet("别的").append(["别的"])
    book.create_sheet(META_SHEET).append([META_KIND, kind])
    book.save(path)
    return path


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Far less may be unpacked for one workbook than these reports hold."""
    monkeypatch.setattr(archive, "MAX_READ", 64 * 1024)


@pytest.mark.parametrize("write", [_with_xlsxwriter, _with_openpyxl])
def test_told_by_its_meta(tmp_path: Path, write: Callable[[Path, str], Path]) -> None:
    found = output_without_rows(write(tmp_path / "a.xlsx", OUTPUT_KIND).read_bytes())
    assert found is not None
    assert found.meta == {META_KIND: OUTPUT_KIND}
    assert output_without_rows(write(tmp_path / "b.xlsx", "F02 项目跟踪表").read_bytes()) is None


def test_what_is_no_workbook(tmp_path: Path) -> None:
    sound = _with_xlsxwriter(tmp_path / "a.xlsx", OUTPUT_KIND).read_bytes()
    for content in (b"", b"PK", sound[: len(sound) // 2]):
        assert output_without_rows(content) is None


def test_a_report_too_large_to_be_read(tmp_path: Path, little: None) -> None:
    path = _with_xlsxwriter(tmp_path / "部门汇总.xlsx", OUTPUT_KIND)
    demand_report_target(path)
    assert parse_workbook(path.name, path.read_bytes()).grids == []


def test_somebodys_workbook_too_large_to_be_read(tmp_path: Path, little: None) -> None:
    path = _with_xlsxwriter(tmp_path / "部门汇总.xlsx", "")
    with pytest.raises(ToolkitError, match="不是本工具的报告"):
        demand_report_target(path)
    with pytest.raises(RefusedError, match="过大"):
        parse_workbook(path.name, path.read_bytes())


def test_a_part_larger_than_any_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_PART", 32 * 1024)
    path = _with_xlsxwriter(tmp_path / "部门汇总.xlsx", OUTPUT_KIND)
    demand_report_target(path)
    assert parse_workbook(path.name, path.read_bytes()).meta == {META_KIND: OUTPUT_KIND}


def test_the_text_that_says_so_is_endless(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet(META_SHEET).write_row(0, 0, [META_KIND, OUTPUT_KIND])
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    text = b"<si><t>" + b"x" * 2**21
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"<si><t>", text, 1)
    with zipfile.ZipFile(path, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)
    assert output_without_rows(path.read_bytes()) is None


def test_elsewhere_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "02_跟踪表").mkdir()
    _with_xlsxwriter(tmp_path / "02_跟踪表" / "部门汇总.xlsx", OUTPUT_KIND, rows=10)
    (source,) = read_folder(tmp_path, FORMS).sources
    assert source.status is Status.OUTPUT
