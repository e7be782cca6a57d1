"""A click through the argument line that xlwings' RunPython builds, in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import xlwings as xw

from tests.buttons.conftest import NAMED_BADLY
from tests.buttons.desk import NOW
from toolkit.model.resources import bundled
from toolkit.writers import button_names as names
from toolkit.writers.button_workbook import write_console

ROOT = Path(__file__).resolve().parents[2]
BASIC = (Path(xw.__file__).parent / "xlwings.bas").read_text("ascii")

# what Excel is for the child: the double holds the console, and tells at the end what it saw
EXCEL = """
import atexit, json, os
from pathlib import Path
from tests.buttons.engine_double import Engine

engine = Engine()
engine.register()
console = engine.open(Path(os.environ["CONSOLE"]))

@atexit.register
def tell():
    cells = {name: console.named(name).value for name in console.names}
    told = {"alerts": engine.alerts, "status": engine.status, "cells": cells}
    Path(os.environ["TOLD"]).write_text(json.dumps(told), encoding="utf-8")
"""


def test_the_line_is_the_one_of_the_installed_xlwings() -> None:
    for piece in (
        r'" -B -c ""import xlwings.utils;xlwings.utils.prepare_sys_path(\""" & PYTHONPATH',
        r'PYTHONPATH & "\""); " & PythonCommand & """ "',
        '" --wb=" & """" & ThisWorkbook.Name & """ --from_xl=1" & " --app="',
        '" --hwnd=" & Chr(34) & Application.Hwnd & Chr(34)',
        'PYTHONPATH = AddExcelDir & ";" & ActiveFullName & ";" & ThisFullName & ";"',
    ):
        assert piece in BASIC


def test_the_command_is_the_one_of_our_macro() -> None:
    macro = (bundled("macros") / "Buttons.bas").read_text("ascii")
    assert 'RunPython("import toolkit.buttons; toolkit.buttons.click(\'" & job & "\')")' in macro


def run_python(
    command: str, console: Path, tmp_path: Path, *, named: str = ""
) -> tuple[subprocess.CompletedProcess[str], dict[str, object]]:
    """Start Python as RunPython does, with a console open in the double of Excel."""
    excel = tmp_path / "excel"
    excel.mkdir()
    (excel / "sitecustomize.py").write_text(EXCEL, encoding="utf-8")
    # AddExcelDir, active and own full name, three OneDrive settings, PYTHONPATH
    full_name = str(console).replace("\\", "\\\\")
    paths = ";".join(("False", full_name, full_name, "", "", "", ""))
    done = subprocess.run(
        [
            *(sys.executable, "-B", "-c"),
            f'import xlwings.utils;xlwings.utils.prepare_sys_path("{paths}"); {command}',
            f"--wb={named or console.name}",
            "--from_xl=1",
            r"--app=C:\Program Files\Microsoft Office\root\Office16\Microsoft Excel",
            "--hwnd=65932",
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(excel), str(ROOT))),
            "PYTHONIOENCODING": "utf-8",
            "CONSOLE": str(console),
            "TOLD": str(tmp_path / "told.json"),
            "XDG_STATE_HOME": str(tmp_path / "state"),
        },
        check=False,
        timeout=120,
    )
    return done, json.loads((tmp_path / "told.json").read_text("utf-8"))


@pytest.mark.parametrize(
    "console",
    [names.CONSOLE_FILE, "控制台 甲 乙.xlsm", "控制台 a=b=c&d.xlsm", "(1) Konsole'x.xlsm"],
)
def test_a_click_finds_its_workbook_and_runs(planted: Path, tmp_path: Path, console: str) -> None:
    home = tmp_path / NAMED_BADLY
    home.mkdir()
    write_console(home / console, python="/python", generated=NOW, folder=str(planted))
    command = "import toolkit.buttons; toolkit.buttons.click('open_result')"
    done, told = run_python(command, home / console, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert told["alerts"] == [["critical", "还没有结果可以打开。请先按“合并汇总”或“校验全部”。"]]


def test_a_click_runs_its_job_to_the_end(planted: Path, tmp_path: Path) -> None:
    console = tmp_path / names.CONSOLE_FILE
    folder = tmp_path / NAMED_BADLY
    shutil.copytree(planted, folder)
    write_console(console, python="/python", generated=NOW, folder=str(folder))
    command = "import toolkit.buttons; toolkit.buttons.click('remind')"
    done, told = run_python(command, console, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    cells = told["cells"]
    assert isinstance(cells, dict)
    assert (cells[names.ERRORS], cells[names.WARNINGS]) == (9.0, 3.0)
    assert cells[names.STATE] == "已备好 6 封催办邮件草稿，还没有发出。"


def test_xlwings_own_sub_runs_the_main_button(tmp_path: Path) -> None:
    """Its Sub imports the module that the workbook is named after and calls its main()."""
    console = tmp_path / names.FALLBACK_FILE
    write_console(console, python="/python", generated=NOW, fallback=True, folder="没有这里")
    module = names.FALLBACK_FILE.removesuffix(".xlsm")
    done, told = run_python(f"import {module};{module}.main()", console, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    ((mode, sentence),) = told["alerts"]  # type: ignore[misc]
    assert mode == "critical"
    assert sentence.startswith(f"找不到文件夹“{tmp_path / '没有这里'}”。")


@pytest.mark.parametrize("named", ["别的.xlsm", "别的=2.xlsm"])
def test_a_workbook_that_is_not_open_is_said_in_ascii(tmp_path: Path, named: str) -> None:
    """xlwings shows what stands in stderr in the PC's own code page."""
    console = tmp_path / names.CONSOLE_FILE
    write_console(console, python="/python", generated=NOW)
    command = "import toolkit.buttons; toolkit.buttons.click('consolidate')"
    done, told = run_python(command, console, tmp_path, named=named)
    assert done.returncode == 1
    assert done.stderr.isascii()
    assert done.stderr.startswith("toolkit: the workbook with the button was not found")
    assert "Traceback" not in done.stderr
    assert told["alerts"] == []
    (log,) = (tmp_path / "state").rglob("toolkit-error.log")
    assert "Traceback" in log.read_text("utf-8")
