"""校验结果.xlsx as other programs read it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

from tests.aggregators import samples
from tests.aggregators.test_projects_engineers import finding
from tests.golden import assert_same_workbook
from tests.writers.report_books import GOLDEN, REMEDY, write_small_findings
from toolkit.model.finding import CheckResult, Severity


def written(folder: Path, result: CheckResult | None = None, where: str = "90_输出") -> Path:
    path = folder / where / "校验结果.xlsx"
    path.parent.mkdir(exist_ok=True, parents=True)
    write_small_findings(path, folder / "部门" if where == "别处" else folder, result)
    return path


def rows(path: Path, sheet: str, *, values: bool = True) -> list[dict[str, Any]]:
    """The lines below the heads, which come after title, intro and summary."""
    found = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(path, data_only=values)[sheet].iter_rows()
    ]
    header = next(n for n, row in enumerate(found) if row[0] in ("级别", "规则", "文件"))
    return [dict(zip(found[header], row, strict=True)) for row in found[header + 1 :]]


def test_the_golden_findings(tmp_path: Path) -> None:
    assert_same_workbook(written(tmp_path), GOLDEN / "校验结果.xlsx", REMEDY)


def test_sheets_and_the_hidden_mark(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path))
    assert book.sheetnames == ["校验结果", "数据不足", "按规则", "按文件", "_meta"]
    assert book["_meta"].sheet_state == "hidden"
    assert book["_meta"]["B1"].value == "输出"


def test_every_finding_is_a_linked_line_waived_ones_last(tmp_path: Path) -> None:
    path = written(tmp_path)
    lines = rows(path, "校验结果")
    assert [line["规则"] for line in lines] == ["X07", "X34", "X41"]
    assert lines[0] == {
        "级别": "错误",
        "规则": "X07",
        "条款": 16,
        "说明": "X07的说明",
        "建议": "请移到他的跟踪表。",
        "项目": None,
        "责任人": "钱一",
        "文件": "项目跟踪表_钱一.xlsx",
        "工作表": "跟踪记录",
        "单元格": "A4",
        "处数": 1,
        "检查结论": "不符合",
        "豁免": None,
        "发现编号": "X07-1",
    }
    assert (lines[2]["检查结论"], lines[2]["豁免"]) == ("已豁免", "总监已批准")
    formulas = rows(path, "校验结果", values=False)
    target = "../项目跟踪表_钱一.xlsx"
    assert formulas[1]["单元格"] == f'=HYPERLINK("{target}#\'跟踪记录\'!M6","M6")'
    assert formulas[1]["文件"] == f'=HYPERLINK("{target}","项目跟踪表_钱一.xlsx")'


def test_links_from_another_folder(tmp_path: Path) -> None:
    formulas = rows(written(tmp_path, where="别处"), "校验结果", values=False)
    assert formulas[0]["文件"].startswith('=HYPERLINK("../部门/项目跟踪表_钱一.xlsx"')


def test_summary_says_how_many_of_each(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path, samples.findings()))["校验结果"]
    assert "错误 3，警告 3，提示 2，已豁免 1，因缺少数据无法判断的规则 1" in sheet["A2"].value
    assert [(sheet.cell(r, 1).value, sheet.cell(r, 2).value) for r in (3, 4, 5)] == [
        ("错误", "3 条"), ("警告", "3 条"), ("提示", "2 条"),
    ]  # fmt: skip
    assert sheet["D3"].value == "共 5 处，涉及 2 个文件；规则 X07 3 处、X01 1 处、R15-3 1 处"
    assert sheet.freeze_panes == "C7"


def test_what_is_missing_is_named_in_words(tmp_path: Path) -> None:
    assert rows(written(tmp_path), "数据不足") == [
        {
            "规则": "X27",
            "规则名称": "及时填写",
            "条款": 16,
            "缺少的列": "项目跟踪表·跟踪记录·填写日期",
            "怎么补": "补充“填写日期”后可启用规则 X27",
        },
        {
            "规则": None,
            "规则名称": "没有启用的登记（不算问题）",
            "条款": None,
            "缺少的列": "部门协作登记·督促立项",
            "怎么补": "没有《部门协作登记》的“督促立项”，X04 不适用；"
            "需要时用 toolkit new 部门协作登记 建立。",
        },
    ]


def test_results_by_rule(tmp_path: Path) -> None:
    lines = rows(written(tmp_path), "按规则")
    assert [(r["规则"], r["检查结论"], r["错误"], r["警告"], r["处数"]) for r in lines] == [
        ("X07", "不符合", 1, 0, 1),
        ("X34", "不符合", 0, 1, 1),
        ("X27", "无法判断", 0, 0, 0),
        ("X02", "符合", 0, 0, 0),
        ("X04", "不适用", 0, 0, 0),
        ("合计", None, 1, 1, 2),
    ]
    assert lines[0]["规则名称"] == "只记自己的项目"


def test_results_by_file_worst_first(tmp_path: Path) -> None:
    found = [
        finding("X1", Severity.WARN, path="a.xlsx"),
        finding("X2", Severity.ERROR, path="b.xlsx", count=4),
        finding("X3", Severity.INFO, path=""),
    ]
    lines = rows(written(tmp_path, CheckResult(found)), "按文件")
    assert [(r["文件"], r["错误"], r["警告"], r["处数"]) for r in lines] == [
        ("b.xlsx", 1, 0, 4),
        ("a.xlsx", 0, 1, 1),
        ("合计", 1, 1, 5),
    ]


def test_messages_that_quote_formulas_stay_text(tmp_path: Path) -> None:
    found = [finding("X1", Severity.WARN, message="=1+1", hint="@x", person="-a", project="+b")]
    path = written(tmp_path, CheckResult(found))
    sheet = openpyxl.load_workbook(path)["校验结果"]
    line = rows(path, "校验结果", values=False)[0]
    assert [line[t] for t in ("说明", "建议", "责任人", "项目")] == ["=1+1", "@x", "-a", "+b"]
    row = next(r for r in sheet.iter_rows() if r[1].value == "X1")
    assert {row[3].data_type, row[4].data_type, row[5].data_type} == {"s"}


def test_a_clean_department(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path, CheckResult()))
    assert book["校验结果"]["A3"].value == "没有发现问题。"
    assert book["数据不足"]["A3"].value == "没有因缺少数据而无法判断的规则。"
    assert book["按文件"]["A3"].value == "没有涉及文件的发现。"
