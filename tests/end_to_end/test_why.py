"""`toolkit why` and `toolkit trace` on the committed sample, as a user types them."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from toolkit.cli import cli
from toolkit.model.errors import ToolkitError
from toolkit.model.resources import bundled
from toolkit.workflows.agenda import department_matters
from toolkit.workflows.check import Checked, check_folder
from toolkit.workflows.trace import trace_project, write_trace
from toolkit.workflows.why import explain

SAMPLE = bundled("workbooks") / "示例部门"


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check_folder(SAMPLE, today=date(2026, 11, 20))


def _told(*arguments: str) -> str:
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False, standalone_mode=False)
    return done.output


def test_a_deadline_can_be_checked_line_by_line(checked: Checked) -> None:
    number = next(f.id for f in checked.result.findings if f.rule == "X34")
    told = _told("why", number, str(SAMPLE))
    for words in (
        f"{number}　[错误] 问题遗留须登记并启动处理",
        "责任人：李样本",
        "第17条要点：",
        "参数P04＝1工作日",
        "工具默认值，不是制度原文",
        "跟踪记录!M21　遗留编号：（空白）",
        "跟踪记录!C21　支持日期：2026-05-27",
        "《项目跟踪表》遗留与问题：6 个文件共",
        "2026-05-27 周三：当天，不计",
        "2026-05-28 周四：第 1 个工作日　09:00–12:00、13:00–18:00　← 最后期限",
    ):
        assert words in told
    assert "又过了" in told


def test_every_finding_and_reminder_can_be_explained(checked: Checked) -> None:
    numbers = {f.id for f in checked.result.findings} | {m.id for m in department_matters(checked)}
    assert len(numbers) > 12
    for number in numbers:
        told = explain(checked, number)
        assert told.finding.id == number
        assert told.title
        assert told.demand
        assert told.cells or not told.finding.cell


def test_ids_are_taken_however_they_are_written(checked: Checked) -> None:
    number = next(f.id for f in checked.result.findings if f.rule == "X34")
    assert explain(checked, number.lower().replace("-", "－")).finding.id == number
    with pytest.raises(ToolkitError, match=f"是不是 {number}"):
        explain(checked, number[:-1] + "z")
    with pytest.raises(ToolkitError, match="可能已经解决"):
        explain(checked, "X34")


def test_json_holds_the_finding_and_its_clock(checked: Checked) -> None:
    number = next(f.id for f in checked.result.findings if f.rule == "X34")
    told = json.loads(_told("why", number, str(SAMPLE), "--json"))
    assert told["finding"]["id"] == number
    assert "since" not in told["finding"]
    assert [day["counted"] for day in told["clock"]] == [0, 1]
    assert told["clock"][-1]["day"] == "2026-05-28"


def test_a_trace_is_written_as_a_sheet_with_links(checked: Checked, tmp_path: Path) -> None:
    traced = trace_project(checked, "XM2026-0001")
    output = write_trace(traced, checked, tmp_path / "追责顺序.xlsx", datetime(2026, 11, 20, 9))
    sheet = openpyxl.load_workbook(output)["追责顺序"]
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [row[1] for row in rows] == [step.kind for step in traced.steps]
    assert [row[3] for row in rows] == [step.message for step in traced.steps]
    assert "XM2026-0001" in str(sheet["A1"].value)


def test_trace_on_the_terminal() -> None:
    told = _told("trace", "XM2026-0001", str(SAMPLE), "--until", "2026-12-31")
    assert "步骤迟延" in told
    assert "没有指定问题日期" not in told
