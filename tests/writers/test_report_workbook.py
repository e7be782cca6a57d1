"""部门汇总.xlsx as other programs read it."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
import python_calamine

from tests.aggregators import samples
from tests.departments import build
from tests.golden import assert_same_workbook
from tests.writers.report_books import (
    GENERATED,
    GOLDEN,
    REMEDY,
    report_of,
    small_department,
    small_result,
    write_small_report,
)
from toolkit.model.finding import CheckResult
from toolkit.writers.report import write_report

SHEETS = [
    "总览", "项目一览", "工程师一览", "跟踪记录汇总", "遗留问题", "研发申请与故障", "运行指标",
    "校验结果", "条款覆盖", "数据来源",
]  # fmt: skip
HEADER = 3
"""Row of the heads, from 1."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "90_输出").mkdir()
    return tmp_path


def written(folder: Path, dept: Any = None, period: str | None = None, **options: Any) -> Path:
    path = folder / "90_输出" / "部门汇总.xlsx"
    result = options.pop("result", CheckResult())
    tables = report_of(dept or small_department(), result, period)
    write_report(path, tables, generated=GENERATED, base=folder, **options)
    return path


def lines(
    path: Path, sheet: str, header: int = HEADER, values: bool = True
) -> list[dict[str, Any]]:
    rows = openpyxl.load_workbook(path, data_only=values)[sheet].iter_rows(min_row=header)
    titles = [cell.value for cell in next(rows)]
    return [dict(zip(titles, (c.value for c in row), strict=True)) for row in rows]


def test_the_golden_report(folder: Path) -> None:
    # the same relative place as the golden one, so that the links are equal
    path = folder / "90_输出" / "部门汇总.xlsx"
    write_small_report(path, folder)
    assert_same_workbook(path, GOLDEN / "部门汇总.xlsx", REMEDY)


def test_two_runs_are_equal(folder: Path) -> None:
    first = written(folder, result=small_result())
    second = first.with_name("again.xlsx")
    first.rename(second)
    assert_same_workbook(written(folder, result=small_result()), second)


def test_sheets_in_order_and_the_hidden_mark(folder: Path) -> None:
    book = openpyxl.load_workbook(written(folder))
    assert [s.title for s in book if s.sheet_state == "visible"] == SHEETS
    meta = book["_meta"]
    assert meta.sheet_state == "hidden"
    assert [[c.value for c in row] for row in meta["A1:B2"]] == [
        ["表单类型", "输出"],
        ["生成时间", "2026-11-20 18:30:00"],
    ]


def test_all_records_arrive_with_every_value(folder: Path) -> None:
    dept = samples.department(records=4500)
    tables = report_of(dept, CheckResult(), None)
    path = written(folder, dept)
    frame = tables.records.frame
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    rows = book.get_sheet_by_name("跟踪记录汇总").to_python()
    assert rows[HEADER - 1] == list(frame.columns)
    read = pd.DataFrame(rows[HEADER:], columns=frame.columns)
    assert len(read) == 4500
    for title in ("项目编号", "项目名称", "支持人", "具体内容", "结果", "来源文件", "工作表"):
        assert list(read[title]) == list(frame[title]), title
    hours = [h if isinstance(h, float) else float("nan") for h in read["工时(小时)"]]
    pd.testing.assert_series_equal(pd.Series(hours), frame["工时(小时)"], check_names=False)
    assert [str(d) for d in read["支持日期"]] == list(frame["支持日期"].dt.strftime("%Y-%m-%d"))


def test_links_lead_to_file_and_row_and_show_text(folder: Path) -> None:
    path = written(folder, period="2026-11")
    shown = lines(path, "跟踪记录汇总")[0]
    assert (shown["来源文件"], shown["工作表"], shown["行号"]) == (
        "项目跟踪表_钱一.xlsx",
        "跟踪记录",
        5,
    )
    formulas = lines(path, "跟踪记录汇总", values=False)[0]
    target = "\"../项目跟踪表_钱一.xlsx#'跟踪记录'!A5\""
    assert formulas["来源文件"] == f'=HYPERLINK({target},"项目跟踪表_钱一.xlsx")'
    assert formulas["行号"] == f"=HYPERLINK({target},5)"
    request = lines(path, "研发申请与故障", values=False)[0]
    assert request["单元格"].startswith("=HYPERLINK(\"../故障处理工作单_1.xlsx#'故障处理工作单'!B")


def test_odd_file_names_are_escaped(folder: Path) -> None:
    name = '02 跟踪/#1 张三\'s 100% "终".xlsx'
    path = written(folder, build({"tracking": [{"file": name}]}))
    formula = lines(path, "跟踪记录汇总", values=False)[0]["来源文件"]
    escaped = '../02 跟踪/%231 张三\'s 100%25 ""终"".xlsx'
    assert formula.startswith(f"=HYPERLINK(\"{escaped}#'跟踪记录'!A4\"")
    assert lines(path, "跟踪记录汇总")[0]["来源文件"] == name


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+86 10 1234", "-减号开头", "@SUM(A1)", "=HYPERLINK(\"http://a\",\"b\")",
     "http://example.com/x", "mailto:a@example.com", "<r><t>甲</t></r>", "_x0041_", " 前后空格 ",
     "{=A1}", "2026-11-20", "0012"],
)  # fmt: skip
def test_what_staff_write_stays_text(folder: Path, text: str) -> None:
    dept = build({"tracking": [{"content": text, "project_id": "", "project_name": text}]})
    path = written(folder, dept)
    book = openpyxl.load_workbook(path)
    sheet = book["跟踪记录汇总"]
    titles = [c.value for c in sheet[HEADER]]
    cell = sheet.cell(HEADER + 1, titles.index("具体内容") + 1)
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet.title)
    value = rows.to_python()[HEADER][titles.index("具体内容")]
    assert str(value).strip() == text.strip()
    assert not any("hyperlink" in n.casefold() for n in zipfile.ZipFile(path).namelist())


def test_control_characters_and_long_texts(folder: Path) -> None:
    long = "长" * 40_000
    path = written(folder, build({"tracking": [{"content": "铃\x07声\ud83d", "version": long}]}))
    line = lines(path, "跟踪记录汇总")[0]
    assert line["具体内容"] == "铃声"
    assert len(line["使用版本"]) == 32_767
    assert line["使用版本"].endswith("截断）")


def test_cells_that_could_not_be_read_show_their_text_marked(folder: Path) -> None:
    sheet = openpyxl.load_workbook(written(folder, period="2026-11"))["跟踪记录汇总"]
    titles = [c.value for c in sheet[HEADER]]
    column = titles.index("工时(小时)") + 1
    marked, usual = sheet.cell(HEADER + 2, column), sheet.cell(HEADER + 1, column)
    assert marked.value == "两小时"
    assert marked.fill.fgColor.rgb == "FFFFF2CC"
    assert (usual.value, usual.fill.fill_type) == (1.5, None)


def test_tables_cover_their_lines_and_filter(folder: Path) -> None:
    dept = samples.department()
    tables = report_of(dept, samples.findings(), None)
    book = openpyxl.load_workbook(written(folder, dept, result=samples.findings()))
    for name, count in (
        ("项目一览", len(tables.projects)),
        ("工程师一览", len(tables.engineers)),
        ("跟踪记录汇总", 300),
        ("遗留问题", len(tables.leftovers)),
        ("研发申请与故障", len(tables.requests)),
        ("校验结果", 9),
    ):
        (table,) = book[name].tables.values()
        first, last = table.ref.split(":")
        assert first == f"A{HEADER}"
        assert int("".join(filter(str.isdigit, last))) == HEADER + count, name
        assert table.autoFilter.ref == table.ref
        heads = [c.value for c in book[name][HEADER]][: len(table.tableColumns)]
        assert heads == [c.name for c in table.tableColumns]
        assert book[name].freeze_panes is not None
    assert len(book["数据来源"].tables) == 2


def test_pages_are_a4_with_repeated_heads_and_numbers(folder: Path) -> None:
    book = openpyxl.load_workbook(written(folder))
    for name in SHEETS:
        sheet = book[name]
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.orientation == "landscape"
        assert "&P" in sheet.oddFooter.center.text or "&[Page]" in sheet.oddFooter.center.text
        if name != "总览":
            assert sheet.print_title_rows
            assert sheet.sheet_properties.pageSetUpPr.fitToPage
            assert sheet.page_setup.fitToWidth in (None, 1)
            assert sheet.page_setup.fitToHeight == 0


def test_totals_follow_the_filter_and_agree(folder: Path) -> None:
    path = written(folder, samples.department())
    formulas = lines(path, "项目一览", values=False)[-1]
    values = lines(path, "项目一览")
    assert formulas["项目编号"] == "合计"
    assert formulas["支持次数"].startswith("=SUBTOTAL(109,")
    for title in ("支持次数", "工时(小时)", "未关闭遗留"):
        assert values[-1][title] == sum(line[title] for line in values[:-1]), title
    assert values[-1]["支持次数"] == 300
    sources = lines(path, "数据来源", header=4)
    total = next(line for line in sources if line["文件"] == "合计")
    assert total["读入行"] == total["汇总行"] + total["未采用行"]
    assert total["本期记录"] == 300


def test_the_sheet_says_that_the_sums_agree(folder: Path) -> None:
    sheet = openpyxl.load_workbook(written(folder, samples.department(), "2026-11"))["数据来源"]
    assert sheet["A2"].value.startswith("读入 ")
    assert sheet["A2"].value.endswith("逐个文件核对一致。")
    assert "期外 " in sheet["A3"].value
    texts = [c.value for (c,) in sheet.iter_rows(max_col=1)]
    below = texts[texts.index("未采用的行（合计行、说明行等，不是记录）") :]
    assert len(below) == 4
    assert all("项目跟踪表_赵一鸣_2026.xlsx#'跟踪记录'!A7" in link for link in below[2:])


def test_overview_shows_figures_findings_and_six_charts(folder: Path) -> None:
    path = written(folder, samples.department(), result=samples.findings())
    sheet = openpyxl.load_workbook(path, data_only=True)["总览"]
    texts = [c.value for row in sheet.iter_rows() for c in row if c.value is not None]
    assert texts[0] == "示例技术支持部 部门汇总"
    assert texts[1] == "统计期：全部日期；检查日期：2026-11-20；生成时间：2026-11-20 18:30"
    assert texts[texts.index("支持次数") :].index(300) < 12
    assert "先看这五件事" in texts
    assert "跟踪记录 A9" in texts
    assert any("逐个文件核对一致" in str(t) for t in texts)
    assert any("1 个单元格的内容无法识别" in str(t) for t in texts)
    with zipfile.ZipFile(path) as parts:
        charts = [n for n in parts.namelist() if n.startswith("xl/charts/chart")]
        assert len(charts) == 6
        # the numbers are there before anybody recalculates
        cached = [parts.read(n).decode() for n in charts]
        assert all("numCache" in c and "<c:v>" in c for c in cached)


def test_every_part_is_well_formed(folder: Path) -> None:
    dept = build({"tracking": [{"content": "<&>\"' \x01]]>", "file": "a&b<c>.xlsx"}]})
    with zipfile.ZipFile(written(folder, dept, result=samples.findings())) as parts:
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))


def test_nothing_to_show_is_said_in_sentences(folder: Path) -> None:
    path = written(folder, build({}))
    book = openpyxl.load_workbook(path)
    assert book["跟踪记录汇总"]["A3"].value == "没有读到项目跟踪表。"
    assert book["遗留问题"]["A3"].value == "没有读到遗留与问题的登记。"
    assert book["项目一览"]["A3"].value == "没有读到任何项目。"
    assert book["校验结果"]["A3"].value == "没有发现问题。"
    assert not any(n.startswith("xl/charts") for n in zipfile.ZipFile(path).namelist())
    quiet = written(folder, period="2020-01")
    assert openpyxl.load_workbook(quiet)["跟踪记录汇总"]["A3"].value == "本期没有跟踪记录。"


def test_the_title_can_be_changed(folder: Path) -> None:
    path = written(folder, title="周报")
    assert openpyxl.load_workbook(path)["总览"]["A1"].value == "周报"


@pytest.mark.heavy
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_reads_the_same_lines(folder: Path) -> None:
    dept = samples.department()
    path = written(folder, dept, result=samples.findings())
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", "ods", "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    ours = python_calamine.CalamineWorkbook.from_path(str(path))
    theirs = python_calamine.CalamineWorkbook.from_path(str(folder / "部门汇总.ods"))
    for name in ("项目一览", "跟踪记录汇总", "校验结果"):
        expected = ours.get_sheet_by_name(name).to_python()
        found = theirs.get_sheet_by_name(name).to_python()
        width = len(expected[HEADER - 1])
        assert [row[:width] for row in found[HEADER - 1 : len(expected)]] == expected[HEADER - 1 :]
