"""The console in a real LibreOffice: every Sub, what it starts, shows and says."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from tests.writers.console_files import BUTTONS_BAS, named_cells
from tests.writers.office import Office
from toolkit.writers import button_macros, button_workbook
from toolkit.writers.button_names import JOBS, NOTHING_YET
from toolkit.writers.button_workbook import write_console
from toolkit.writers.vba import Module

NOW = datetime(2026, 11, 23, 10, 30)
TEXT = "2"
"""com.sun.star.table.CellContentType.TEXT"""
SHOWN = ("console_state", "console_errors", "console_last_run", "console_first_5_text")
SHOWN += ("console_files", "console_form")
FAKE_PYTHON = """#!{python}
import sys
from pathlib import Path
from toolkit.writers.button_answer import write_answer
given = sys.argv[1:]
Path({arguments!r}).write_text(chr(10).join(given), encoding="utf-8")
cells = {{"console_state": "=1+1" + chr(10) + "行\\\\部", "console_errors": 12,
          "console_last_run": "2026-11-23 10:30", "console_first_5_text": "改“日期”列",
          "console_later": "x", "console_later_still": 1, "console_files": ""}}
write_answer(Path(given[given.index("--result") + 1]), cells, message="完成，共 12 个错误。",
             open_file=Path({report!r}) if "open_result" in given else None)
"""


class Desk:
    """A folder with a console, a program that stands in for Python, a form and a report."""

    def __init__(self, folder: Path, office: Office) -> None:
        self.console = folder / "合并 汇总=控制台.xlsm"
        self.form, self.report = folder / "立项 单=1.xlsx", folder / "部门 汇总.xlsx"
        self.temporary = folder / "tmp dir"
        self._arguments = folder / "arguments.txt"
        # its name stands in the macro, which is ASCII
        self._said = folder.parent / "said.txt"
        self.python, self._cells = folder / "my 蟒 =python", folder / "cells.txt"
        self._office = office
        self.temporary.mkdir(parents=True, exist_ok=True)
        for path in (self.form, self.report):
            openpyxl.Workbook().save(path)
        self.program(
            FAKE_PYTHON.format(
                python=sys.executable, arguments=str(self._arguments), report=str(self.report)
            )
        )

    def program(self, text: str) -> None:
        self.python.write_text(text, encoding="utf-8")
        self.python.chmod(0o755)

    def write(self, monkeypatch: pytest.MonkeyPatch, python: str | None = None) -> None:
        """Write the console; what its macros say goes to a file instead of a box."""
        heard = f'Open "{self._said}" For Output As #9: Print #9, text: Close #9'
        box = 'MsgBox text, icon, Sentence("title")'
        assert BUTTONS_BAS.count(box) == 1
        modules = [
            Module(m.name, m.source.replace(box, heard)) for m in button_macros.console_modules()
        ]
        monkeypatch.setattr(button_workbook, "console_modules", lambda: modules)
        own = str(self.python) if python is None else python
        write_console(self.console, python=own, generated=NOW, folder="/甲 乙=丙", period="2026-11")

    def press(self, sub: str, *, with_form: bool = False, variable: str = "") -> dict[str, str]:
        """Run a Sub; returns what the cells show then, what was said, and what is open."""
        for path in (self._arguments, self._said, self._cells):
            path.unlink(missing_ok=True)
        prints = "\n".join(
            f'Print #1, "{n}" & Chr(9) & Join(Split(CellOf(d, "{n}").String, Chr(10)), "|")'
            for n in SHOWN
        )
        self._office.run(
            f"""
            {f'f = Opened("{self.form.as_uri()}")' if with_form else ""}
            d = Opened("{self.console.as_uri()}")
            Press d, "Buttons.{sub}"
            Open "{self._cells}" For Output As #1
            {prints}
            Print #1, "modified" & Chr(9) & d.isModified()
            Print #1, "numbers" & Chr(9) & (CellOf(d, "console_errors").Value = 12)
            Print #1, "type of state" & Chr(9) & CellOf(d, "console_state").Type
            others = StarDesktop.Components.createEnumeration()
            Do While others.hasMoreElements()
                other = others.nextElement()
                Print #1, "open " & other.Title & Chr(9) & "yes"
            Loop
            Close #1
            StarDesktop.terminate()
            """,
            {"TMPDIR": str(self.temporary), "TOOLKIT_PYTHON": variable},
        )
        lines = self._cells.read_text(encoding="utf-8").splitlines()
        return dict(line.split("\t") for line in lines)

    def base_name(self) -> str:
        """What xlwings' function of this name answers; '' when it was not compiled."""
        output = self._said.with_name("answer.txt")
        output.unlink(missing_ok=True)
        url = "vnd.sun.star.script:VBAProject.xlwings.GetBaseName?language=Basic&location=document"
        self._office.run(
            f"""
            d = Opened("{self.console.as_uri()}")
            On Error Resume Next
            found = d.getScriptProvider().getScript("{url}")
            answer = found.invoke(Array("a b.xlsm"), Array(), Array())
            Open "{output}" For Output As #1
            Print #1, answer
            Close #1
            d.close(True)
            """
        )
        return output.read_text().strip()

    @property
    def called(self) -> list[str]:
        """The arguments of the program; empty when it was not started."""
        if not self._arguments.exists():
            return []
        return self._arguments.read_text(encoding="utf-8").splitlines()

    @property
    def said(self) -> str:
        return self._said.read_text(encoding="utf-8").strip() if self._said.exists() else ""


def sentence(console: Path, key: str) -> str:
    sheet, cell = named_cells(console)[f"text_{key}"]
    return str(sheet[cell].value)


@pytest.mark.heavy
class TestInLibreOffice:
    @pytest.fixture(scope="class")
    @classmethod
    def desk(cls, tmp_path_factory: pytest.TempPathFactory) -> Desk:
        folder = tmp_path_factory.mktemp("office")
        return Desk(folder / "部门 甲=乙", Office(folder))

    def test_a_button_runs_the_command_line(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.write(monkeypatch)
        shown = desk.press("ConsolidateAll")
        assert desk.called[:-1] == [
            *("-B", "-P", "-m", "toolkit.buttons", "consolidate"),
            *("--book", str(desk.console), "--folder", "/甲 乙=丙", "--period", "2026-11"),
            *("--output", NOTHING_YET, "--result"),
        ]
        # its answer is in the cells, and the answer is gone
        assert shown["console_state"] == "=1+1|行\\部"
        assert shown["type of state"] == TEXT
        assert shown["numbers"] == "True"
        assert shown["console_last_run"] == "2026-11-23 10:30"
        assert shown["console_first_5_text"] == "改“日期”列"
        # blank text empties a cell; cells of a later console are passed over
        assert shown["console_files"] == ""
        assert desk.said == "完成，共 12 个错误。"
        assert Path(desk.called[-1]).parent == desk.temporary
        assert list(desk.temporary.glob("toolkit-button*")) == []
        # nobody is asked to save what LibreOffice would spoil
        assert shown["modified"] == "False"

    @pytest.mark.parametrize("sub", ["CheckAll", "RemindByMail", "OpenResult"])
    def test_every_sub_starts_its_job(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, sub: str
    ) -> None:
        desk.write(monkeypatch)
        shown = desk.press(sub)
        assert desk.called[4] == JOBS[sub]
        assert "--form" not in desk.called
        assert any(desk.report.name in name for name in shown) is (sub == "OpenResult")

    @pytest.mark.parametrize("sub", ["CheckThisForm", "ClearMarks"])
    def test_the_form_beside_the_console_is_meant(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, sub: str
    ) -> None:
        desk.write(monkeypatch)
        shown = desk.press(sub, with_form=True)
        assert desk.called[4] == JOBS[sub]
        assert desk.called[desk.called.index("--form") + 1] == str(desk.form)
        assert shown["console_form"] == str(desk.form)
        assert shown["modified"] == "False"

    def test_without_an_open_form_a_sentence_says_so(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.write(monkeypatch)
        assert desk.press("CheckThisForm")["console_form"] == ""
        assert desk.called == []
        assert desk.said == sentence(desk.console, "no_form")

    @pytest.mark.parametrize("python", ["/nowhere/python", ""])
    def test_without_python_a_sentence_says_so(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, python: str
    ) -> None:
        desk.write(monkeypatch, python=python)
        shown = desk.press("ConsolidateAll")
        assert desk.said == sentence(desk.console, "python_missing")
        assert shown["console_errors"] == "—"

    def test_a_program_that_dies_is_told(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.write(monkeypatch, python="/bin/false")
        shown = desk.press("ConsolidateAll")
        assert desk.said == sentence(desk.console, "result_missing")
        assert shown["console_state"] == "还没有运行过。"

    def test_the_variable_of_this_pc_goes_first(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.write(monkeypatch, python="/nowhere/python")
        desk.press("CheckAll", variable=str(desk.python))
        assert desk.called[4] == "check_all"

    def test_libreoffice_compiles_xlwings(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.write(monkeypatch)
        assert desk.base_name() == "a b"
        # as it is installed it does not, so the changes are still needed
        monkeypatch.setattr(button_macros, "for_libreoffice", lambda source: source)
        desk.write(monkeypatch)
        assert desk.base_name() == ""
