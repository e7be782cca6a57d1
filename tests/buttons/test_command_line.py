"""The same jobs from the command line that LibreOffice's macro starts, and the answer it reads."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest

from tests.buttons.conftest import NAMED_BADLY
from tests.buttons.desk import NOW
from tests.buttons.test_marks import ERROR_FORM, PROTECTED_FORM
from toolkit.buttons.command_line import run_command_line
from toolkit.writers import button_names as names


@dataclass
class Answer:
    cells: dict[str, str | float] = field(default_factory=dict)
    message: str = ""
    problem: bool = False
    opened: str = ""


def read_answer(path: Path) -> Answer:
    """As the macro reads it."""
    answer = Answer()
    for line in path.read_text("ascii").splitlines():
        name, kind, coded = line.split("\t")
        codes = re.sub(r"\\(\d{5})", lambda m: chr(int(m[1])), coded)
        text = codes.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        if kind == "number":
            answer.cells[name] = float(text)
        elif kind == "text":
            answer.cells[name] = text
        elif kind == "open":
            answer.opened = text
        else:
            answer.message, answer.problem = text, kind == "problem"
    return answer


@dataclass
class Office:
    folder: Path
    scratch: Path

    def press(self, job: str, code: int = 0, **settings: str) -> Answer:
        result = self.scratch / "answer.txt"
        result.unlink(missing_ok=True)
        arguments = [job, "--book", str(self.folder / names.CONSOLE_FILE), "--result", str(result)]
        for option, value in settings.items():
            arguments += [f"--{option}", value]
        assert run_command_line(arguments, NOW) == code
        return read_answer(result)


@pytest.fixture
def office(planted: Path, tmp_path: Path) -> Office:
    folder = tmp_path / NAMED_BADLY
    shutil.copytree(planted, folder)
    return Office(folder, tmp_path)


def test_the_door_needs_no_xlwings() -> None:
    code = (
        "import sys\nfrom toolkit.buttons import main\n"
        "import toolkit.buttons.command_line\n"
        "sys.exit('xlwings' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_consolidate_answers_with_figures_and_report(office: Office) -> None:
    answer = office.press("consolidate", period="2026-11")
    report = office.folder / "90_输出" / "部门汇总.xlsx"
    assert answer.cells[names.OUTPUT] == str(report)
    assert answer.cells[names.ERRORS] == 9
    assert answer.cells[names.LAST_PERIOD] == "2026年11月"
    assert set(answer.cells) <= set(names.console_cells())
    assert all(isinstance(answer.cells[n], float) for n in names.FIGURES)
    assert "错误 9，警告 3" in answer.message
    assert not answer.problem
    assert report.exists()


@pytest.mark.parametrize(
    ("job", "settings", "sentence"),
    [
        ("consolidate", {"folder": "/没有/这里"}, "找不到文件夹“/没有/这里”。"),
        ("consolidate", {"period": "上个月"}, "看不懂统计期“上个月”。"),
        ("open_result", {}, "还没有结果可以打开。"),
        ("open_result", {"output": "/没有/这份.xlsx"}, "找不到“/没有/这份.xlsx”。"),
        ("check_form", {}, "没有找到打开的表。"),
        ("check_form", {"form": "未命名 1"}, "“未命名 1”还没有保存过。"),
        ("clear_marks", {"form": "/部门/表.xlsx"}, "“清除标记”只在 Excel 中使用"),
    ],
)
def test_failures_are_sentences(
    office: Office, job: str, settings: dict[str, str], sentence: str
) -> None:
    answer = office.press(job, 2, **settings)
    assert answer.message.startswith(sentence)
    assert answer.problem
    assert not answer.opened


def test_open_result_names_the_newest_or_the_last(office: Office) -> None:
    office.press("consolidate")
    report = office.folder / "90_输出" / "部门汇总.xlsx"
    os.utime(report, (1, 1))
    office.press("check_all")
    listed = report.with_name("校验结果.xlsx")
    assert office.press("open_result", output=names.NOTHING_YET).opened == str(listed)
    assert office.press("open_result", output=str(report)).opened == str(report)
    answer = office.press("open_result", 2, output=str(report.parent))
    assert answer.message.startswith(f"结果在文件夹“{report.parent}”里。")


@pytest.mark.parametrize("form", [ERROR_FORM, PROTECTED_FORM])
def test_a_form_gets_a_list_and_keeps_its_bytes(office: Office, form: str) -> None:
    path = office.folder / form
    content = path.read_bytes()
    answer = office.press("check_form", form=str(path))
    assert path.read_bytes() == content
    listed = office.folder / "90_输出" / "校验本表.xlsx"
    assert answer.cells[names.OUTPUT] == str(listed)
    assert "按已保存的内容核对；表里的标记只有在 Excel 中才能加。" in answer.message
    rows = list(openpyxl.load_workbook(listed)["校验结果"].iter_rows(values_only=True))
    assert sum(any(path.name in str(v) for v in row) for row in rows) == 1
    assert not answer.problem


def test_remind_from_the_command_line(office: Office) -> None:
    answer = office.press("remind")
    assert answer.cells[names.STATE] == "已备好 6 封催办邮件草稿，还没有发出。"


def test_the_module_runs_as_the_macro_starts_it(office: Office) -> None:
    answer = office.scratch / "answer 1.txt"
    command = [sys.executable, "-B", "-m", "toolkit.buttons", "check_all"]
    command += ["--book", str(office.folder / "控制台 a=b.xlsm"), "--result", str(answer)]
    done = subprocess.run(
        command, capture_output=True, cwd=office.scratch, check=False, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    told = read_answer(answer)
    assert told.cells[names.ERRORS] == 9
    assert str(told.cells[names.LAST_RUN]) <= f"{dt.datetime.now():%Y-%m-%d %H:%M}"


def test_an_answer_that_cannot_be_written_is_no_traceback(office: Office) -> None:
    answer = office.scratch / "taken.txt"
    answer.write_text("somebody else's", encoding="utf-8")
    arguments = ["open_result", "--book", str(office.folder / "x.xlsm"), "--result", str(answer)]
    assert run_command_line(arguments, NOW) == 3
    assert answer.read_text("utf-8") == "somebody else's"
