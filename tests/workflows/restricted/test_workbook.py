"""What stands in the restricted workbook: every sheet, every number with its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.end_to_end.departments import make_clean
from tests.workflows.restricted.registers import (
    FIRST,
    NOW,
    REGISTER,
    SEED,
    SMALL,
    make_department,
)
from toolkit.forms import load_forms
from toolkit.model.dossier import Status
from toolkit.readers.reader import read_folder
from toolkit.regulation.period import Period
from toolkit.workflows.restricted import write_restricted_report

SHEETS = [
    "说明", "投诉", "绩效建议", "更正", "研发成本", "工时明细", "奖金依据", "计奖记录", "校验结果",
    "_meta",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_department(tmp_path_factory.mktemp("made") / "部门")


@pytest.fixture(scope="module")
def book(folder: Path) -> Any:
    target = folder / "09_受限" / "受限汇总.xlsx"
    write_restricted_report(folder, target, period=Period.of(), now=NOW)
    return openpyxl.load_workbook(target)


def table(book: Any, sheet: str) -> list[dict[str, Any]]:
    """The lines of the sheet's table, by title."""
    worksheet = book[sheet]
    (found,) = worksheet.tables.values()
    rows = [[cell.value for cell in row] for row in worksheet[found.ref]]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_the_sheets(book: Any) -> None:
    assert book.sheetnames == SHEETS
    assert "只供技术支持部经理和技术总监" in book["说明"]["A3"].value


def test_complaints_with_their_standing_and_reason(book: Any) -> None:
    found = {(r["投诉编号"], r["被投诉人"]): r for r in table(book, "投诉")}
    standing = {key: line["计入情况"] for key, line in found.items()}
    assert standing["TS-秘-001", FIRST] == "计入"
    assert standing["TS-秘-002", "李样本"] == "计入"
    assert standing["TS-秘-003", FIRST] == "不另计"
    assert standing["TS-秘-004", FIRST] == "不计入"
    assert standing["TS-秘-005", FIRST] == "不计入"
    assert standing["TS-秘-007", FIRST] == "不计入"
    assert standing["TS-秘-008", FIRST] == "待认定"
    assert standing["TS-秘-009", FIRST] == "无法判断"
    line = found["TS-秘-001", FIRST]
    assert line["本人说明"] == "我当天下午打过电话了"
    assert "投诉与绩效台账.xlsx" in line["来源文件"]


def test_pay_with_levels_money_and_evidence(book: Any) -> None:
    found = {(r["月份"], r["姓名"]): r for r in table(book, "绩效建议")}
    march = found["2026-03", FIRST]
    assert (march["收到数"], march["计入数"], march["扣发级数"], march["执行级"]) == (3, 2, 1, 7)
    assert march["绩效工资"] == 3987.25
    assert march["状态"] == "与台账一致"
    assert march["依据"] == "TS-秘-001、TS-秘-002"
    assert found["2026-05", FIRST]["状态"] == "见更正"
    november = found["2026-11", FIRST]
    assert (november["待认定"], november["状态"]) == (1, "本月未完")
    assert "如本月待认定的1次认定有效：扣发1级" in november["说明"]
    assert "待认定：TS-秘-008" in november["依据"]
    assert found["2026-03", "李样本"]["状态"] == "与台账不一致"


def test_corrections_of_closed_months(book: Any) -> None:
    (may, *later) = table(book, "更正")
    assert (may["列入月份"], may["更正月份"], may["原执行级"], may["应执行级"]) == (
        "2026-08", "2026-05", 7, 8,
    )  # fmt: skip
    assert may["差额"] == 334.25
    assert "TS-秘-005 2026-08-03认定撤销" in may["依据"]
    assert {line["更正月份"] for line in later} == {"2026-06", "2026-07"}
    assert all("台账没有这个月" in line["说明"] for line in later)


def test_development_with_its_hours(book: Any) -> None:
    (first, second) = table(book, "研发成本")
    hours = [r for r in table(book, "工时明细") if r["计入情况"] == "计入"]
    assert first["净研发工时"] == sum(r["小时"] for r in hours) == 23
    assert first["研发成本"] == pytest.approx(sum(r["成本"] for r in hours))
    assert (first["是否超过"], first["应扣成本"]) == ("未超过", 0)
    assert (first["奖金基数"], first["扣后奖金"]) == (78123, 3906.15)
    assert "GJ-XM2026-0001-01 9小时" in first["依据"]
    assert (second["扣前奖金"], second["说明"]) == (2000, "没有产品改进申请单")


def test_bonus_basis_adds_up_to_the_records(book: Any) -> None:
    basis, records = table(book, "奖金依据"), table(book, "计奖记录")
    assert sum(r["计入次数"] for r in basis) == sum(r["计奖情况"] == "计入" for r in records)
    assert sum(r["待补次数"] for r in basis) == sum(r["计奖情况"] == "待补证据" for r in records)
    assert len(records) == SMALL.records
    assert all(bool(r["原因"]) == (r["计奖情况"] != "计入") for r in records)


def test_findings_are_those_of_the_register_alone(book: Any) -> None:
    found = table(book, "校验结果")
    rules = {r["规则"] for r in found}
    assert rules >= {"X28", "X29", "X32", "X33", "R14-1"}
    assert all("投诉与绩效台账" in r["文件"] for r in found)


def test_the_period_takes_its_own_complaints(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.xlsx"
    write_restricted_report(folder, target, period=Period.of("2026-05"), now=NOW)
    book = openpyxl.load_workbook(target)
    assert {r["投诉编号"] for r in table(book, "投诉")} == {"TS-秘-004", "TS-秘-005", "TS-秘-006"}
    assert {r["月份"] for r in table(book, "绩效建议")} == {"2026-05"}
    assert not book["更正"].tables


def test_it_is_never_read_back(folder: Path, book: Any) -> None:
    dossier = read_folder(folder, load_forms(), restricted=True)
    status = {s.path: s.status for s in dossier.sources}
    assert status["09_受限/受限汇总.xlsx"] is Status.OUTPUT
    assert status[REGISTER] is Status.READ


def test_a_department_without_the_register_gets_what_there_is(tmp_path: Path) -> None:
    folder, target = make_clean(tmp_path / "部门", SEED, SMALL), tmp_path / "受限.xlsx"
    write_restricted_report(folder, target, period=Period.of(), now=NOW)
    book = openpyxl.load_workbook(target)
    said = "\n".join(str(row[0].value) for row in book["说明"].iter_rows(max_row=12))
    for word in ("投诉登记", "人员级别", "绩效级别表", "研发费率", "销售奖金"):
        assert f"没有读到“{word}”" in said
    assert not book["投诉"].tables
    (line,) = table(book, "研发成本")
    assert (line["净研发工时"], line["研发成本"]) == (23, None)
    assert "没有" in line["说明"]
    assert table(book, "奖金依据")
