"""Restricted registers are read only where somebody asks for them, whatever they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from toolkit.forms import load_forms
from toolkit.model.dossier import Dossier, Status
from toolkit.readers.folder import classify, is_restricted_path, list_folder
from toolkit.readers.reader import read_folder
from toolkit.writers.form_workbook import FormContent, write_form

ROW = {"number": "TS-1", "received": "2026-03-12", "complainant": "冯签单", "category": "未汇报"}
COMPLAINTS = ["投诉编号", "收到时间", "投诉人", "项目编号", "被投诉人", "投诉类别"]
TRACKING = ["项目编号", "支持日期", "支持内容类型", "具体内容", "销售在场", "结果"]
RECORD = ["XM2026-0001", "2026-03-10", "售前交流", "演示权限管理", "是", "成功"]


@pytest.mark.parametrize(
    ("path", "otherwise"),
    [
        ("09_受限/a.xlsx", Status.READ),
        ("08_登记/投诉与绩效台账.xlsx", Status.READ),
        ("09_受限/~$投诉与绩效台账.xlsx", Status.LOCK),
        ("备份/投诉与绩效台账.xlsx", Status.BACKUP),
        ("90_输出/投诉与绩效台账.xlsx", Status.OUTPUT),
        ("09_受限/说明.docx", Status.IGNORED),
    ],
)
def test_with_restricted_a_name_says_nothing(path: str, otherwise: Status) -> None:
    assert is_restricted_path(path)
    assert classify(path)[0] is Status.RESTRICTED
    assert classify(path, restricted=True)[0] is otherwise


def register(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_form(load_forms()["G05"], path, FormContent({}, {"complaints": [ROW]}))


def book(path: Path, **sheets: list[list[Any]]) -> None:
    workbook = openpyxl.Workbook()
    del workbook["Sheet"]
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)


def read(folder: Path, restricted: bool = False) -> Dossier:
    return read_folder(folder, load_forms(), restricted=restricted)


def status(dossier: Dossier, path: str) -> Status:
    return next(s.status for s in dossier.sources if s.path == path)


def test_the_register_is_read_on_request_only(tmp_path: Path) -> None:
    register(tmp_path / "09_受限" / "投诉与绩效台账.xlsx")
    ordinary, asked = read(tmp_path), read(tmp_path, restricted=True)
    assert not ordinary.kept("complaints")
    assert "complaints" not in ordinary.frames
    assert status(ordinary, "09_受限/投诉与绩效台账.xlsx") is Status.RESTRICTED
    assert list(asked.frame("complaints")["number"]) == ["TS-1"]
    assert [e.status for e in list_folder(tmp_path, restricted=True)] == [Status.READ]


def test_under_another_name_it_is_recognised_and_left_alone(tmp_path: Path) -> None:
    register(tmp_path / "08_登记" / "旧登记.xlsx")
    dossier = read(tmp_path)
    source = dossier.sources[0]
    assert (source.status, source.form, source.rows) == (Status.RESTRICTED, "", 0)
    assert dossier.frames == {}
    assert dossier.bindings == []
    assert dossier.rejected == []
    assert dossier.source_problems == []
    assert read(tmp_path, restricted=True).kept("complaints")


def test_a_register_of_the_departments_own_is_recognised_by_its_labels(tmp_path: Path) -> None:
    row = ["TS-1", "2026-03-12", "冯签单", "XM2026-0001", "孙示例", "未汇报"]
    book(tmp_path / "登记.xlsx", 登记=[COMPLAINTS, row])
    assert status(read(tmp_path), "登记.xlsx") is Status.RESTRICTED
    assert read(tmp_path, restricted=True).frame("complaints")["complainant"].tolist() == ["冯签单"]


def test_a_workbook_that_holds_both_is_restricted_as_a_whole(tmp_path: Path) -> None:
    row = ["TS-1", "2026-03-12", "冯签单", "XM2026-0001", "孙示例", "未汇报"]
    book(tmp_path / "周.xlsx", 跟踪记录=[TRACKING, RECORD], 投诉登记=[COMPLAINTS, row])
    dossier = read(tmp_path)
    assert status(dossier, "周.xlsx") is Status.RESTRICTED
    assert dossier.frames == {}


def test_a_sheet_that_only_resembles_one_costs_no_tracking_record(tmp_path: Path) -> None:
    lookalike = [
        ["项目编号", "项目名称", "结算日期", "备注"],
        ["XM2026-0001", "平台", "2026-03-01", "无"],
    ]
    book(tmp_path / "周.xlsx", 跟踪记录=[TRACKING, RECORD], 费用=lookalike)
    dossier = read(tmp_path)
    assert status(dossier, "周.xlsx") is Status.READ
    assert len(dossier.frame("tracking")) == 1
    assert not dossier.kept("bonuses")


def test_ordinary_forms_are_no_registers_of_complaints(tmp_path: Path) -> None:
    for form in load_forms().values():
        if not form.restricted:
            write_form(form, tmp_path / f"{form.key}.xlsx")
    assert {s.status for s in read(tmp_path).sources} == {Status.READ}
