"""The console in LibreOffice: its macro starts a command line and reads an answer file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from toolkit.model.errors import ToolkitError
from toolkit.model.text import clean
from toolkit.writers import button_names as names
from toolkit.writers.button_answer import write_answer

from .console import Cells
from .jobs import BUG, JOBS, run


class AnswerConsole:
    """Settings come as arguments; what is to be shown is written into the answer at the end."""

    def __init__(self, book: Path, settings: dict[str, str], answer: Path) -> None:
        self.path = book
        self._settings, self._answer = settings, answer
        self._cells: dict[str, str | float] = {}
        self._message, self._problem = "", False
        self._opened: Path | None = None

    def setting(self, name: str) -> str:
        text = clean(self._settings.get(name, ""))
        return "" if text == names.NOTHING_YET else text

    def progress(self, sentence: str) -> None:
        """LibreOffice waits for the end; its macro has said so in the status bar."""

    def show(self, cells: Cells) -> None:
        self._cells |= cells

    def say(self, message: str, *, problem: bool = False) -> None:
        self._message, self._problem = message, problem

    def open(self, path: Path) -> None:
        if path.is_dir():
            raise ToolkitError(f"结果在文件夹“{path}”里。", "请在文件管理器中打开它。")
        self._opened = path

    def open_form(self, name: str) -> None:
        """Open workbooks are out of reach, and none is ever saved from here."""
        if not name:
            raise ToolkitError("没有找到打开的表。", "请先打开要核对的表，再回到控制台按按钮。")

    def finish(self) -> None:
        write_answer(
            self._answer,
            self._cells,
            message=self._message,
            problem=self._problem,
            open_file=self._opened,
        )


def run_command_line(arguments: Sequence[str], now: datetime, cache: Path | None = None) -> int:
    """`JOB --book CONSOLE [--folder …] [--period …] [--form …] [--output …] --result ANSWER`."""
    parser = argparse.ArgumentParser("python -m toolkit.buttons")
    parser.add_argument("job", choices=JOBS)
    parser.add_argument("--book", type=Path, required=True, help="the console")
    parser.add_argument("--result", type=Path, required=True, help="answer file, must not exist")
    options = {
        "folder": names.FOLDER,
        "period": names.PERIOD,
        "form": names.FORM,
        "output": names.OUTPUT,
    }
    for option in options:
        parser.add_argument(f"--{option}", default="", help="what the console's cell holds")
    given = parser.parse_args(arguments)
    settings = {cell: getattr(given, option) for option, cell in options.items()}
    console = AnswerConsole(given.book.absolute(), settings, given.result)
    try:
        return run(given.job, console, now, cache)
    except OSError:  # no answer could be written: the macro says that there is none
        return BUG
