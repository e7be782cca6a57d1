"""`toolkit adopt` step by step: what it writes, and what it never writes again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.amounts import LONG
from tests.end_to_end.departments import check, planted_sample
from tests.end_to_end.managers import digests, lines
from toolkit.__main__ import main
from toolkit.workflows.adopt import adopt_folder
from toolkit.writers.sample import write_sample

pytestmark = LONG

NOW = dt.datetime(2026, 11, 23, 9, 30)
CONFIGURATION, CONFIRMATION = "部门配置.xlsx", "列名别名_待确认.xlsx"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A register of bugs with labels of its own, and nothing else."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "缺陷"
    sheet.append(
        ["缺陷编号", "种类", "发现人", "发现日", "所用产品", "问题概要", "领导批示", "序号"]
    )
    for n in range(1, 4):
        day = dt.date(2026, 5, n + 5)
        sheet.append([f"Q-{n}", "产品问题", "周演示", day, "示例平台", "导出报表超时", "阅", n])
    folder = tmp_path / "自有 部门"
    folder.mkdir()
    book.save(folder / "缺陷登记.xlsx")
    return folder


def add_column(path: Path, label: str, value: Any) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    column = sheet.max_column + 1
    sheet.cell(1, column, label)
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, column, value)
    book.save(path)


def listed(path: Path) -> dict[str, tuple[Any, Any]]:
    return {v["own_label"]: (v["standard_label"], v["confirmed"]) for *_, v in lines(path)}


def test_a_new_configuration(small: Path) -> None:
    adoption = adopt_folder(small, now=NOW)
    assert adoption.configuration == small / CONFIGURATION
    checked = check(small)
    assert checked.department.name == "自有 部门"
    assert checked.department.go_live == NOW.date()
    assert [p.name for p in checked.department.roster.people] == ["周演示"]
    assert listed(small / CONFIGURATION) == {
        "缺陷编号": ("编号", None),
        "种类": ("类别", None),
        "发现日": ("发现日期", None),
        "所用产品": ("产品", None),
        "领导批示": (None, None),  # no field: the manager may choose one
    }


def test_history_is_one_line(small: Path) -> None:
    add_column(small / "缺陷登记.xlsx", "严重程度", "很严重")
    adopt_folder(small, now=NOW)
    confirm_all(small / CONFIGURATION)
    result = check(small).result
    assert result.history > 0
    # what the configuration lacks is of today
    assert {f.rule for f in result.findings} <= {"HIST", "R03-1", "R50-1"}
    assert [f.count for f in result.findings if f.rule == "HIST"] == [result.history]


def confirm_all(path: Path) -> None:
    for sheet, row, columns, values in lines(path):
        sheet.cell(row, columns["confirmed"], "是" if values["standard_label"] else "否")


def test_only_what_is_new_goes_into_further_files(small: Path) -> None:
    adopt_folder(small, now=NOW)
    confirm_all(small / CONFIGURATION)
    decided = (small / CONFIGURATION).read_bytes()
    add_column(small / "缺陷登记.xlsx", "送出日", dt.date(2026, 5, 8))
    first = adopt_folder(small, now=NOW)
    assert first.confirmation == small / CONFIRMATION
    assert listed(small / CONFIRMATION) == {"送出日": ("发送日期", None)}
    again = adopt_folder(small, now=NOW)
    assert (again.confirmation, again.waiting) == (None, 1)
    confirm_all(small / CONFIRMATION)
    add_column(small / "缺陷登记.xlsx", "严重等级", "一般")
    second = adopt_folder(small, now=NOW)
    assert second.confirmation == small / "列名别名_待确认_2.xlsx"
    assert listed(small / "列名别名_待确认_2.xlsx") == {"严重等级": ("严重程度", None)}
    assert (small / CONFIGURATION).read_bytes() == decided
    assert listed(small / CONFIRMATION) == {"送出日": ("发送日期", "是")}
    bound = check(small).department.dossier
    assert bound.bound("bugs", "sent_date")
    assert not bound.bound("bugs", "severity")


def test_a_configuration_that_cannot_be_read_is_not_replaced(small: Path) -> None:
    (small / "配置").mkdir()
    (small / "配置" / CONFIGURATION).write_bytes(b"PK\x03\x04 broken")
    adoption = adopt_folder(small, now=NOW)
    assert adoption.configuration is None
    assert adoption.confirmation == small / "配置" / CONFIRMATION


def test_a_configuration_under_another_name_counts(small: Path) -> None:
    adopt_folder(small, now=NOW)
    (small / CONFIGURATION).rename(small / "我们的设置.xlsx")
    adoption = adopt_folder(small, now=NOW)
    assert adoption.configuration is None


def test_the_official_forms_need_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "官方"
    write_sample(folder, planted_sample())
    before = digests(folder)
    adoption = adopt_folder(folder, now=NOW)
    assert adoption.suggestions == []
    assert {how for b in adoption.blocks for label in b.bound for how in label.how} == {"名称"}
    assert digests(folder) == before
    (folder / CONFIGURATION).unlink()
    adoption = adopt_folder(folder, now=NOW)
    assert adoption.configuration == folder / CONFIGURATION
    assert listed(folder / CONFIGURATION) == {}


def test_files_that_are_no_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    book = openpyxl.Workbook()
    for row in (["品名", "数量", "单价"], ["打印纸", 3, 20.5], ["墨盒", 1, 180]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "采购.xlsx")
    before = digests(tmp_path)
    assert main(["adopt", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "没有认出任何表单" in said
    assert "坏.xlsx" in said
    assert digests(tmp_path) == before
    assert main(["adopt", str(tmp_path / "没有")]) == 2


def test_what_the_terminal_shows(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adopt", str(small)]) == 0
    said = capsys.readouterr().out
    said.encode("gbk")
    assert "F05 内部bug反馈表" in said
    assert "“发现日”→发现日期" in said
    assert "反馈人（“发现人”，别名）" in said
    assert "没有对应到标准名称 1 栏：“领导批示”" in said
    assert "toolkit check" in said


def test_what_programs_get(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copyfile(small / "缺陷登记.xlsx", small / "缺陷登记_旧.xlsx")
    assert main(["adopt", str(small), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == 1
    assert told["configuration"].endswith(CONFIGURATION)
    assert told["confirmation"] == ""
    assert {f["path"] for f in told["files"]} == {"缺陷登记.xlsx", "缺陷登记_旧.xlsx"}
    suggestion = next(s for s in told["suggestions"] if s["own_label"] == "发现日")
    assert suggestion["standard_label"] == "发现日期"
    assert suggestion["place"] == "缺陷登记.xlsx!缺陷!D1"
    assert "日期" in suggestion["reason"]
    assert told["people"][0]["name"] == "周演示"
