"""A manager's click, for real: LibreOffice on a screen, the mouse, Python, the report, the box."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.end_to_end.departments import check, make_planted
from tests.end_to_end.desktop import SIZE, Desktop
from toolkit.writers import button_names as names
from toolkit.writers.button_workbook import write_console

pytestmark = pytest.mark.heavy
MAIN = "合并汇总", "校验全部", "催办邮件", "打开结果"
FORM = "校验本表", "清除标记"

# as on Windows: while Excel holds a workbook, and its lock file lies beside it, nobody replaces it
WINDOWS = """
import os
replace = os.replace

def held(source, target, **options):
    folder, name = os.path.split(target)
    if os.path.exists(os.path.join(folder, "~$" + name)):
        raise PermissionError(13, "Permission denied", target)
    replace(source, target, **options)

os.replace = held
"""


@dataclass
class Office:
    """A department and a console in another folder that names it, open on a screen."""

    department: Path
    console: Path
    desktop: Desktop
    pictures: Path

    def press(self, caption: str, picture: str) -> dict[str, str]:
        """Click on a button, wait for its message and dismiss it; what the cells show then."""
        self.desktop.click(self.desktop.buttons()[caption].middle)
        self.desktop.wait_for_box()
        self.desktop.shot(self.pictures / f"{picture}.ppm")
        self.desktop.dismiss_box()
        return self.desktop.cells()

    @property
    def report(self) -> Path:
        return self.department / "90_输出" / "部门汇总.xlsx"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("click")
    department = make_planted(home / "示例 部门 a=b")
    console = home / "管理 甲=乙" / "合并汇总 控制台=1.xlsm"
    console.parent.mkdir()
    python = str(Path(sys.executable).absolute())
    write_console(console, python=python, generated=datetime(2026, 11, 23), folder=str(department))
    windows = home / "windows"
    windows.mkdir()
    (windows / "sitecustomize.py").write_text(WINDOWS, encoding="utf-8")
    paths = os.pathsep.join(filter(None, (str(windows), os.environ.get("PYTHONPATH", ""))))
    # the console knows its Python; the variable of this PC's user shall not decide
    environment = {"PYTHONPATH": paths, names.PYTHON_VARIABLE: ""}
    with Desktop.showing(console, home, environment) as desktop:
        yield Office(department, console, desktop, home)


def test_the_buttons_are_there_to_be_seen(office: Office) -> None:
    picture = office.desktop.shot(office.pictures / "buttons.ppm")
    buttons = office.desktop.buttons()
    assert list(buttons) == [*MAIN, *FORM]
    for button in (buttons[caption] for caption in MAIN):
        assert button.visible
        assert button.width >= 150
        assert 0 < button.left < button.left + button.width < SIZE[0]
        assert 0 < button.top < button.top + button.height < SIZE[1]
        face = picture.at(button.left + 10, button.top + 10)
        panel = picture.at(button.left - 10, button.top + 10)
        assert face != panel
        assert picture.dark(button) > 100, "its caption is drawn"


def test_a_click_makes_the_report(office: Office) -> None:
    before = office.console.read_bytes()
    assert not office.report.exists()
    cells = office.press("合并汇总", "consolidated")
    checked = check(office.department)
    counts = checked.result.counts()
    assert (counts["error"], counts["warn"]) == (9, 3)
    assert cells[names.STATE].startswith("合并汇总完成：错误 9，警告 3，")
    assert (cells[names.ERRORS], cells[names.WARNINGS]) == ("9", "3")
    assert cells[names.ROWS] == str(sum(s.consolidated for s in checked.department.dossier.sources))
    assert cells[names.OUTPUT] == str(office.report)
    assert cells[names.DEPARTMENT] == "示例技术支持部"
    assert cells[names.first_thing(5, "severity")] == "错误"
    book = openpyxl.load_workbook(office.report, read_only=True, data_only=True)
    records = set(checked.department.frame("tracking")["content"])
    shown = {value for row in book["跟踪记录汇总"].iter_rows(values_only=True) for value in row}
    assert records <= shown
    assert office.console.read_bytes() == before, "LibreOffice saves nothing"


def test_a_click_with_a_locked_output_says_who_has_it(office: Office) -> None:
    office.press("合并汇总", "again")
    before = office.report.read_bytes()
    lock = office.report.with_name("~$部门汇总.xlsx")
    lock.write_bytes(b"\x09" + "周经理".encode())
    try:
        cells = office.press("合并汇总", "locked")
    finally:
        lock.unlink()
    state = cells[names.STATE]
    assert state.startswith(names.FAILED)
    assert "“部门汇总.xlsx”正被周经理打开，没能更新。" in state
    assert "请关闭原文件后重新运行" in state
    assert office.report.read_bytes() == before
    kept = office.report.with_name("部门汇总_待替换.xlsx")
    assert cells[names.OUTPUT] == str(kept)
    assert openpyxl.load_workbook(kept, read_only=True).sheetnames[0] == "总览"


def test_a_click_with_a_missing_folder_says_so(office: Office) -> None:
    good = office.press("校验全部", "checked")
    gone = office.department.with_name("搬走了")
    office.department.rename(gone)
    try:
        cells = office.press("校验全部", "missing")
    finally:
        gone.rename(office.department)
    assert f"找不到文件夹“{office.department}”。请检查路径" in cells[names.STATE]
    assert "Traceback" not in "".join(cells.values())
    assert cells[names.ERRORS] == good[names.ERRORS] == "9"
    assert cells[names.LAST_RUN] == good[names.LAST_RUN]


def test_a_click_writes_the_drafts(office: Office) -> None:
    shutil.rmtree(office.department / "90_输出", ignore_errors=True)
    cells = office.press("催办邮件", "reminded")
    drafts = sorted((office.department / "90_输出" / "邮件草稿").iterdir())
    assert cells[names.STATE] == f"已备好 {len(drafts)} 封催办邮件草稿，还没有发出。"
    assert len(drafts) == 6


def test_a_click_without_an_open_form_asks_for_one(office: Office) -> None:
    before = office.desktop.cells()
    assert office.press("校验本表", "no_form") == before


def test_a_click_lists_what_is_wrong_with_the_open_form(office: Office) -> None:
    form = office.department / "02_跟踪表" / "项目跟踪表_李样本_2026.xlsx"
    before = form.read_bytes()
    office.desktop.open_beside(form)
    cells = office.press("校验本表", "form")
    assert cells[names.FORM] == str(form)
    assert cells[names.STATE].startswith(f"校验“{form.name}”完成：错误 1，警告 0")
    listed = office.department / "90_输出" / "校验本表.xlsx"
    assert cells[names.OUTPUT] == str(listed)
    assert listed.exists()
    assert form.read_bytes() == before


def test_a_click_opens_the_result(office: Office) -> None:
    office.press("校验全部", "checked_again")
    open_before = office.desktop.documents()
    office.desktop.click(office.desktop.buttons()["打开结果"].middle)
    office.desktop.wait_for_documents(open_before + 1)
    office.desktop.shot(office.pictures / "opened.ppm")
