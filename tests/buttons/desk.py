"""A manager's desk: a department, the real console open in the double of Excel, and the buttons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlwings as xw

from tests.buttons.engine_double import Engine
from tests.buttons.workbook_state import BookState
from toolkit.buttons.excel import ExcelConsole
from toolkit.buttons.jobs import run
from toolkit.writers import button_names as names
from toolkit.writers.button_workbook import write_console

NOW = datetime(2026, 11, 23, 9, 30)


@dataclass
class Desk:
    folder: Path
    excel: Engine
    console: BookState

    @property
    def book(self) -> xw.Book:
        return self.excel.book(self.console)

    def press(self, job: str, now: datetime = NOW) -> int:
        """The job behind a button, with a clock of the test's own."""
        return run(job, ExcelConsole(self.book), now)

    def write(self, name: str, text: str) -> None:
        """What a user types into a cell of the console (formatted as text)."""
        self.console.named(name).value = text or None

    def shown(self, name: str) -> object:
        return self.console.named(name).value

    @property
    def told(self) -> str:
        """The text of the last box."""
        return self.excel.alerts[-1][1]

    @property
    def warned(self) -> bool:
        return self.excel.alerts[-1][0] == "critical"

    def open(self, path: Path) -> BookState:
        """Open a form beside the console, as the macro does: its path goes into the cell."""
        state = self.excel.open(path)
        self.write(names.FORM, str(path))
        return state


def new_desk(engine: Engine, folder: Path, console: str = names.CONSOLE_FILE) -> Desk:
    """A console in the folder, open in the double."""
    path = folder / console
    write_console(path, python="/python", generated=NOW)
    return Desk(folder, engine, engine.open(path))
