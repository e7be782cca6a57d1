"""Each button on the real console, through xlwings' real objects over a test double of Excel."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

from tests.amounts import LONG, some
from tests.buttons.conftest import NAMED_BADLY
from tests.buttons.desk import NOW, Desk, new_desk
from tests.buttons.engine_double import Engine
from toolkit import buttons
from toolkit.buttons.jobs import JOBS
from toolkit.workflows.check import check_folder
from toolkit.writers import button_names as names

FIGURES = {names.ERRORS: 9.0, names.WARNINGS: 3.0, names.HINTS: 0.0, names.UNDETERMINED: 0.0}
"""What the sample's planted breaches come to."""


def figures(desk: Desk) -> dict[str, object]:
    return {name: desk.shown(name) for name in FIGURES}


def test_every_job_of_the_contract_has_its_function() -> None:
    assert set(JOBS) == set(names.JOBS.values())
    assert set(JOBS) <= set(buttons.__all__)


def test_consolidate_shows_its_figures_and_the_report(desk: Desk) -> None:
    assert desk.press("consolidate") == 0
    report = desk.folder / "90_输出" / "部门汇总.xlsx"
    assert openpyxl.load_workbook(report).sheetnames[0] == "总览"
    sources = check_folder(desk.folder, today=NOW.date()).department.dossier.sources
    assert figures(desk) == FIGURES
    assert desk.shown(names.FILES) == sum(s.status.value == "read" for s in sources)
    assert desk.shown(names.ROWS) == sum(s.consolidated for s in sources) > 0
    assert desk.shown(names.OUTPUT) == str(report)
    assert desk.shown(names.LAST_RUN) == "2026-11-23 09:30"
    assert desk.shown(names.LAST_PERIOD) == "全部日期"
    assert desk.shown(names.DEPARTMENT) == "示例技术支持部"
    assert str(desk.shown(names.STATE)).startswith("合并汇总完成")
    assert not desk.warned
    assert "错误 9，警告 3" in desk.told
    assert str(report) in desk.told


def test_the_first_five_things_are_the_gravest(desk: Desk) -> None:
    desk.press("check_all")
    lines = [
        {part: desk.shown(names.first_thing(n, part)) for part in names.FIRST_PARTS}
        for n in range(1, names.FIRST_THINGS + 1)
    ]
    assert [line["severity"] for line in lines] == ["错误"] * 5
    assert len({line["text"] for line in lines}) == 5
    assert all("!" in str(line["where"]) and line["who"] for line in lines)


def test_a_clean_department_has_nothing_to_do_first(desk: Desk) -> None:
    desk.press("check_all")
    for path in desk.folder.glob("0*/*.xlsx"):
        path.unlink()
    desk.press("check_all")
    assert figures(desk) == dict.fromkeys(FIGURES, 0.0)
    texts = [desk.shown(names.first_thing(n, "text")) for n in range(1, 6)]
    assert texts == ["没有必须处理的问题。", None, None, None, None]


def test_check_all_writes_the_list(desk: Desk) -> None:
    assert desk.press("check_all") == 0
    listed = desk.folder / "90_输出" / "校验结果.xlsx"
    assert desk.shown(names.OUTPUT) == str(listed)
    assert openpyxl.load_workbook(listed).sheetnames[0] == "校验结果"
    assert figures(desk) == FIGURES


@pytest.mark.parametrize(
    ("typed", "label"),
    some(
        [
            (dt.datetime(2026, 11, 1), "2026年11月"),  # Excel took 2026-11 for a date
            ("2026-11", "2026年11月"),
            (" 2026-Q4 ", "2026年第四季度"),
            (2026.0, "2026年"),
            ("", "全部日期"),
        ],
        2,
    ),
)
def test_period_is_what_the_user_meant(desk: Desk, typed: object, label: str) -> None:
    desk.console.named(names.PERIOD).value = typed
    assert desk.press("consolidate") == 0
    assert desk.shown(names.LAST_PERIOD) == label


def test_nonsense_period_is_the_command_lines_sentence(desk: Desk) -> None:
    desk.write(names.PERIOD, "上个月")
    assert desk.press("consolidate") == 2
    assert desk.told.startswith("看不懂统计期“上个月”。可以写：")
    assert desk.warned
    assert str(desk.shown(names.STATE)).startswith(names.FAILED)


def test_progress_stands_in_the_status_bar_and_goes(desk: Desk) -> None:
    desk.press("consolidate")
    told, *rest = desk.excel.status
    assert told.startswith("正在读取 1/")
    assert rest[-1] is False


@pytest.mark.parametrize("quoted", some([False, True], 1))
def test_folder_may_be_elsewhere(desk: Desk, tmp_path: Path, quoted: bool) -> None:
    """The console lies somewhere else and names the folder, as Explorer copies it or plainly."""
    other = tmp_path / "管理 者"
    other.mkdir()
    away = new_desk(desk.excel, other, "控制台 甲=乙.xlsm")
    away.write(names.FOLDER, f'"{desk.folder}"' if quoted else str(desk.folder))
    assert away.press("consolidate") == 0
    assert figures(away) == FIGURES
    assert (desk.folder / "90_输出" / "部门汇总.xlsx").exists()
    assert not (other / "90_输出").exists()


def test_a_relative_folder_starts_at_the_console(desk: Desk) -> None:
    desk.write(names.FOLDER, f"../{NAMED_BADLY}")
    assert desk.press("check_all") == 0
    assert figures(desk) == FIGURES


def test_missing_folder_is_a_sentence_and_old_figures_are_named_old(desk: Desk) -> None:
    desk.press("check_all")
    desk.write(names.FOLDER, str(desk.folder / "没有 这里"))
    assert desk.press("consolidate") == 2
    assert (
        desk.told
        == f"找不到文件夹“{desk.folder / '没有 这里'}”。请检查路径；网络文件夹请先确认已连接。"
    )
    state = str(desk.shown(names.STATE))
    assert state.startswith("未完成（11-23 09:30）：找不到文件夹")
    assert state.endswith("下面的数字没有更新。")
    assert figures(desk) == FIGURES
    assert desk.shown(names.OUTPUT) == str(desk.folder / "90_输出" / "校验结果.xlsx")


@LONG
def test_locked_output_keeps_the_new_report_beside_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where a workbook that is open in Excel cannot be replaced."""
    desk.press("consolidate")
    report = desk.folder / "90_输出" / "部门汇总.xlsx"
    before = report.read_bytes()
    (report.parent / "~$部门汇总.xlsx").write_bytes(b"\x06" + "经理".encode())
    import os

    replace = os.replace

    def held_open(source: object, target: object) -> None:
        if Path(str(target)) == report:
            raise PermissionError(13, "Permission denied", str(target))
        replace(str(source), str(target))

    monkeypatch.setattr("toolkit.writers.files.os.replace", held_open)
    monkeypatch.setattr("toolkit.writers.files.time.sleep", lambda seconds: None)
    assert desk.press("consolidate") == 2
    assert "“部门汇总.xlsx”正被经理打开" in desk.told
    assert "部门汇总_待替换.xlsx" in desk.told
    assert report.read_bytes() == before
    kept = report.with_name("部门汇总_待替换.xlsx")
    assert desk.shown(names.OUTPUT) == str(kept)
    desk.press("open_result")
    assert desk.excel.active is not None
    assert desk.excel.active.name == kept.name


def test_a_share_that_is_gone_is_a_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error", "/网络盘/部门")

    monkeypatch.setattr("toolkit.workflows.check.read_folder", gone)
    assert desk.press("check_all") == 2
    assert desk.told.startswith("无法读写“/网络盘/部门”：Input/output error。请检查网络")


def test_a_bug_goes_to_the_log_and_becomes_a_sentence(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("nobody should read this")

    monkeypatch.setattr("toolkit.validators.engine.check", broken)
    for job in ("consolidate", "check_all", "remind"):
        assert desk.press(job) == 3
        assert desk.told.startswith("程序出错了，没有改动任何表格。")
        assert "nobody" not in desk.told + str(desk.shown(names.STATE))
    assert "nobody should read this" in (tmp_path / "log" / "toolkit-error.log").read_text("utf-8")


def test_an_empty_folder_says_that_nothing_was_read(excel: Engine, tmp_path: Path) -> None:
    desk = new_desk(excel, tmp_path)
    assert desk.press("check_all") == 0
    assert desk.shown(names.FILES) == 0.0
    assert "没有读到任何表，请核对控制台上的“部门文件夹”" in desk.told


def test_open_result_opens_what_the_last_run_wrote(desk: Desk) -> None:
    desk.press("check_all")
    shown = len(desk.excel.alerts)
    assert desk.press("open_result") == 0
    assert desk.excel.active is not None
    assert desk.excel.active.name == "校验结果.xlsx"
    desk.press("open_result")
    assert [b.name for b in desk.excel.books].count("校验结果.xlsx") == 1, "opened already"
    assert len(desk.excel.alerts) == shown, "nothing to say"


def test_open_result_before_any_run_finds_the_newest(desk: Desk) -> None:
    assert desk.press("open_result") == 2
    assert desk.told == "还没有结果可以打开。请先按“合并汇总”或“校验全部”。"
    desk.press("consolidate")
    desk.write(names.OUTPUT, names.NOTHING_YET)
    assert desk.press("open_result") == 0
    assert desk.excel.active is not None
    assert desk.excel.active.name == "部门汇总.xlsx"


def test_open_result_that_is_gone_or_hidden_by_a_namesake(desk: Desk, tmp_path: Path) -> None:
    desk.press("check_all")
    result = desk.folder / "90_输出" / "校验结果.xlsx"
    namesake = shutil.copy(result, tmp_path / result.name)
    desk.excel.open(Path(namesake))
    assert desk.press("open_result") == 2
    assert desk.told.startswith("另一个同名的“校验结果.xlsx”正开着。")
    result.unlink()
    assert desk.press("open_result") == 2
    assert desk.told.startswith(f"找不到“{result}”。")


def test_remind_writes_drafts_and_opens_their_folder(desk: Desk) -> None:
    assert desk.press("remind") == 0
    drafts = desk.folder / "90_输出" / "邮件草稿"
    assert len(list(drafts.glob("催办_*.eml"))) == 6
    assert "已备好 6 封催办邮件草稿，还没有发出。" in desk.told
    assert desk.shown(names.OUTPUT) == str(drafts)
    assert figures(desk) == FIGURES
    assert desk.press("open_result") == 2, "only Windows opens folders"
    assert str(drafts) in desk.told


def test_a_console_on_the_web_needs_the_folder(desk: Desk) -> None:
    desk.console.address = "https://example.sharepoint.com/部门/合并汇总控制台.xlsm"
    assert desk.press("check_all") == 2
    assert desk.told.startswith("控制台是从网页地址打开的")
    desk.write(names.FOLDER, str(desk.folder))
    assert desk.press("check_all") == 0


def test_an_unsaved_console_needs_the_folder(desk: Desk) -> None:
    desk.console.folder = None
    assert desk.press("check_all") == 2
    assert desk.told == "控制台还没有保存过。请先把它保存到部门文件夹。"


def test_text_that_looks_like_a_formula_stays_text(desk: Desk) -> None:
    for cell in desk.console.sheet(names.CONSOLE_SHEET).cells.values():
        cell.number_format = "General"  # somebody has cleared the formats
    folder = desk.folder.with_name("=1+1")
    desk.folder.rename(folder)
    desk.console.folder = folder
    desk.write(names.FOLDER, "")
    assert desk.press("check_all") == 0
    assert desk.shown(names.OUTPUT) == str(folder / "90_输出" / "校验结果.xlsx")
    assert isinstance(desk.shown(names.LAST_RUN), str)


@LONG
def test_the_public_functions_take_the_book(desk: Desk) -> None:
    for job in ("consolidate", "check_all", "remind"):
        assert getattr(buttons, job)(desk.book) == 0
    assert buttons.open_result(desk.book) == 2


@LONG
def test_reading_changes_no_byte(desk: Desk) -> None:
    before = {p: p.read_bytes() for p in desk.folder.rglob("*") if p.is_file()}
    for job in JOBS:
        desk.press(job)
    assert {p: p.read_bytes() for p in before} == before


def test_a_console_that_is_closed_meanwhile_ends_quietly(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object) -> None:
        raise RuntimeError("the object has been disconnected")

    monkeypatch.setattr(xw.App, "alert", closed)
    assert desk.press("check_all") == 3
