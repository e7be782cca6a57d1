"""校验本表 and 清除标记: marks come and go, values and everybody else's looks stay."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.amounts import LONG
from tests.buttons.desk import Desk
from tests.buttons.engine_double import Engine
from tests.buttons.workbook_state import BookState, SheetState, load
from toolkit.buttons.marks import COLOURS, ExcelForm
from toolkit.model.finding import Severity
from toolkit.workflows.annotate import CellMark
from toolkit.writers import button_names as names

pytestmark = LONG

# planted breaches: one cell with an error; one with a warning over two cells; a protected sheet
ERROR_FORM = "02_跟踪表/项目跟踪表_李样本_2026.xlsx"
ERROR_CELL = ("跟踪记录", 21, 13)
WARN_FORM = "02_跟踪表/项目跟踪表_王假设_2026.xlsx"
WARN_CELLS = {("跟踪记录", 29, 4), ("跟踪记录", 30, 9), ("跟踪记录", 31, 9)}
PROTECTED_FORM = "03_研发/产品改进申请单_GJ-XM2026-0001-03_丙子博物馆备份.xlsx"
CLEAN_FORM = "04_bug反馈/内部bug反馈表_2026.xlsx"
LISTED = "90_输出/校验本表.xlsx"
EARLIER = dt.date(2026, 11, 1)


def changed(before: BookState, after: BookState) -> set[tuple[str, int, int]]:
    """Cells that look different."""
    old, new = before.looks(), after.looks()
    return {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}


def test_the_offending_cell_is_marked_and_nothing_else(desk: Desk) -> None:
    path = desk.folder / ERROR_FORM
    form, before = desk.open(path), load(path)
    content = path.read_bytes()
    assert desk.press("check_form") == 0
    assert changed(before, form) == {ERROR_CELL}
    color, note = form.looks()[ERROR_CELL]
    assert color == COLOURS[Severity.ERROR]
    assert note is not None
    assert note.startswith("【校验 2026-11-23】\n错误：2026-05-27的支持结果为“问题遗留”")
    assert "\n建议：" in note
    assert "（第17条，X34-" in note
    assert form.values() == before.values()
    assert form.saved, "marks alone are nothing to save"
    assert path.read_bytes() == content
    assert desk.told.startswith(f"校验“{path.name}”完成：错误 1，警告 0，提示 0。")
    assert "已在表中标出 1 个单元格" in desk.told
    assert not (desk.folder / LISTED).exists(), "everything is told in the form itself"


def test_the_sheet_shows_this_forms_figures(desk: Desk) -> None:
    desk.open(desk.folder / WARN_FORM)
    desk.press("check_form")
    shown = [desk.shown(n) for n in (names.FILES, names.ERRORS, names.WARNINGS, names.HINTS)]
    assert shown == [1.0, 1.0, 1.0, 0.0]
    assert WARN_FORM in str(desk.shown(names.first_thing(1, "where")))
    assert desk.shown(names.first_thing(3, "text")) is None


def test_every_cell_that_takes_part_is_marked(desk: Desk) -> None:
    path = desk.folder / WARN_FORM
    form, before = desk.open(path), load(path)
    desk.press("check_form")
    assert changed(before, form) == WARN_CELLS
    marked = {form.looks()[place][0] for place in WARN_CELLS}
    assert marked == {COLOURS[Severity.WARN], COLOURS[Severity.ERROR]}


def test_clearing_restores_colours_and_notes_exactly(desk: Desk) -> None:
    path = desk.folder / ERROR_FORM
    form = desk.open(path)
    cell = form.sheet("跟踪记录").at(21, 13)
    cell.color, cell.note = (1, 2, 3), "张三:\n请核对\n\n"
    elsewhere = form.sheet("跟踪记录").at(40, 2)
    elsewhere.note = "【校验】是什么意思？"
    before = form.looks()
    desk.press("check_form")
    assert cell.note.startswith("张三:\n请核对\n\n\n\n【校验 2026-11-23】\n")
    assert cell.color == COLOURS[Severity.ERROR]
    assert desk.press("clear_marks") == 0
    assert form.looks() == before
    assert desk.told == "已清除 1 个标记。"
    assert desk.press("clear_marks") == 0
    assert desk.told == "表里没有校验标记。"
    assert form.looks() == before


def test_checking_again_replaces_the_marks(desk: Desk) -> None:
    form = desk.open(desk.folder / WARN_FORM)
    before = form.looks()
    desk.press("check_form")
    once = form.looks()
    desk.press("check_form")
    assert form.looks() == once
    desk.press("clear_marks")
    assert form.looks() == before


def test_what_users_did_to_a_marked_cell_stays(desk: Desk) -> None:
    form = desk.open(desk.folder / ERROR_FORM)
    desk.press("check_form")
    cell = form.sheet("跟踪记录").at(21, 13)
    cell.color = (0, 176, 80)
    cell.note = f"{cell.note}\n已补记，李样本"
    desk.press("clear_marks")
    assert cell.color == (0, 176, 80)
    assert cell.note == "\n已补记，李样本"


def test_a_mark_without_its_end_is_left_alone(desk: Desk) -> None:
    form = desk.open(desk.folder / ERROR_FORM)
    desk.press("check_form")
    cell = form.sheet("跟踪记录").at(21, 13)
    assert cell.note is not None
    cell.note = cell.note.partition("【原底色")[0]
    before = form.looks()
    desk.press("clear_marks")
    assert form.looks() == before
    desk.press("check_form")
    assert form.looks() != before
    desk.press("clear_marks")
    assert form.looks() == before


def test_a_protected_sheet_is_a_sentence_and_a_list(desk: Desk) -> None:
    path = desk.folder / PROTECTED_FORM
    form, before = desk.open(path), load(path)
    assert form.sheets[0].protected
    assert desk.press("check_form") == 0
    assert changed(before, form) == set()
    assert desk.warned
    assert "工作表“产品改进申请单”有 1 个单元格没能标出，工作表可能受保护。" in desk.told
    assert "撤销工作表保护" in desk.told
    listed = openpyxl.load_workbook(desk.folder / LISTED)
    texts = {str(v) for row in listed["校验结果"].iter_rows(values_only=True) for v in row}
    assert any("GJ-XM2026-0001-03" in text for text in texts)
    assert desk.shown(names.OUTPUT) == str(desk.folder / LISTED)
    form.sheets[0].protected = False
    desk.press("check_form")
    assert changed(before, form) == {("产品改进申请单", 20, 2)}
    form.sheets[0].protected = True
    assert desk.press("clear_marks") == 0
    assert "有 1 个单元格没能清除" in desk.told
    assert changed(before, form) == {("产品改进申请单", 20, 2)}


def test_a_clean_form_loses_its_old_marks(desk: Desk) -> None:
    path = desk.folder / CLEAN_FORM
    form, before = desk.open(path), load(path)
    sheet = form.sheets[0].name
    old = CellMark(sheet, "B7", Severity.WARN, "警告：已经改好的问题")
    ExcelForm(desk.excel.book(form)).mark([old], on=EARLIER)
    assert changed(before, form)
    desk.press("check_form")
    assert changed(before, form) == set()
    assert "错误 0，警告 0" in desk.told
    assert not (desk.folder / LISTED).exists()


def _unsaved(form: BookState) -> None:
    form.saved = False


def _never_saved(form: BookState) -> None:
    form.name, form.folder = "工作簿1", None


def _on_the_web(form: BookState) -> None:
    form.address = "https://example.sharepoint.com/部门/表.xlsx"


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (_unsaved, "有没保存的修改。请先保存，再校验。"),
        (_never_saved, "“工作簿1”还没有保存过。请先保存到部门文件夹，再校验。"),
        (_on_the_web, "是从网页地址打开的"),
    ],
)
def test_a_form_that_the_disk_does_not_hold(
    desk: Desk, trouble: Callable[[BookState], None], sentence: str
) -> None:
    form = desk.open(desk.folder / ERROR_FORM)
    before = form.looks()
    trouble(form)
    desk.write(names.FORM, form.name)
    assert desk.press("check_form") == 2
    assert sentence in desk.told
    assert form.looks() == before


def test_an_open_form_is_named_by_a_web_address(desk: Desk) -> None:
    form = desk.open(desk.folder / ERROR_FORM)
    desk.write(names.FORM, f"https://example.sharepoint.com/部门/{form.name}")
    assert desk.press("check_form") == 0
    assert "已在表中标出 1 个单元格" in desk.told


@pytest.mark.parametrize("written", ["", "没有打开.xlsx", r"Z:\部门\没有打开.xlsx"])
def test_no_open_form(desk: Desk, written: str) -> None:
    desk.write(names.FORM, written)
    for job in ("check_form", "clear_marks"):
        assert desk.press(job) == 2
        assert desk.told == "没有找到打开的表。请先打开要核对的表，再回到控制台按按钮。"


def test_a_form_outside_of_the_department(desk: Desk, tmp_path: Path) -> None:
    outside = shutil.copy(desk.folder / ERROR_FORM, tmp_path)
    desk.open(Path(outside))
    assert desk.press("check_form") == 2
    assert "不在部门文件夹" in desk.told


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("90_输出/别人的表.xlsx", "工具的输出，不作为数据读取"),
        ("09_受限/投诉台账.xlsx", "受限资料，未读取"),
        ("02_跟踪表/项目跟踪表_李样本_2026 - 副本.xlsx", "副本"),
    ],
)
def test_a_form_that_is_not_read_says_why(desk: Desk, name: str, reason: str) -> None:
    path = desk.folder / name
    path.parent.mkdir(exist_ok=True)
    shutil.copy(desk.folder / ERROR_FORM, path)
    desk.open(path)
    assert desk.press("check_form") == 2
    assert desk.told.startswith(f"没有校验“{path.name}”：")
    assert reason in desk.told


def test_a_form_that_is_broken_on_the_disk(desk: Desk) -> None:
    path = desk.folder / ERROR_FORM
    form = desk.open(path)
    path.write_bytes(path.read_bytes()[:3000])
    before = form.looks()
    assert desk.press("check_form") == 2
    assert desk.told.startswith(f"没有校验“{path.name}”：")
    assert form.looks() == before


def test_a_form_under_a_difficult_name(desk: Desk) -> None:
    path = (desk.folder / ERROR_FORM).with_name("项目 跟踪表_a=b&c!d_2026.xlsx")
    (desk.folder / ERROR_FORM).rename(path)
    form = desk.open(path)
    desk.press("check_form")
    assert form.looks()[ERROR_CELL][0] == COLOURS[Severity.ERROR]


OUR_WORDS = ["【校验 2026-11-01】", "【原底色 无】", "【原底色 #00FF00】", "\n\n", "张三"]
TEXTS = st.text(max_size=20) | st.lists(st.sampled_from(OUR_WORDS), max_size=4).map("".join)
NOTES = (
    st.none() | st.text(max_size=20) | st.sampled_from(["", "\n\n", "张:\n【校验 2026-11-01】看"])
)
CELL_COLOURS = st.none() | st.tuples(*[st.integers(0, 255)] * 3)


@given(notes=st.lists(st.tuples(NOTES, CELL_COLOURS), min_size=1, max_size=6), text=TEXTS)
@example([("\r", None)], "")
def test_any_note_and_colour_comes_back(
    notes: list[tuple[str | None, tuple[int, int, int] | None]], text: str
) -> None:
    sheet = SheetState("表")
    for row, (note, color) in enumerate(notes, 1):
        sheet.at(row, 1).note, sheet.at(row, 1).color = note, color
    engine = Engine()
    state = BookState("表.xlsx", None, [sheet])
    before = state.looks()
    form = ExcelForm(engine.book(state))
    marks = [CellMark("表", f"A{row}", Severity.WARN, text) for row in range(1, len(notes) + 1)]
    for _ in range(2):
        assert form.mark(marks, EARLIER).done == len(notes)
        assert {color for color, _ in state.looks().values()} == {COLOURS[Severity.WARN]}
    assert form.clear().done == len(notes)
    assert state.looks() == before
