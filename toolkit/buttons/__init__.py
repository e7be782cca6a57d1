"""The buttons in workbooks: the door for people who never open a terminal.

RunPython calls `click(job)`; LibreOffice and `python -m toolkit.buttons` call `main`. The six
functions are what each button does to the console that it is passed. xlwings is imported by
nothing but this package, and only when Excel is there.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlwings as xw

__all__ = [
    "check_all",
    "check_form",
    "clear_marks",
    "click",
    "consolidate",
    "main",
    "open_result",
    "remind",
]


def consolidate(book: xw.Book) -> int:
    """合并汇总: one report of the whole department."""
    return _press("consolidate", book)


def check_all(book: xw.Book) -> int:
    """校验全部: all findings as a list."""
    return _press("check_all", book)


def remind(book: xw.Book) -> int:
    """催办邮件: a draft for everybody with open findings; nothing is sent."""
    return _press("remind", book)


def open_result(book: xw.Book) -> int:
    """打开结果: what the last run wrote."""
    return _press("open_result", book)


def check_form(book: xw.Book) -> int:
    """校验本表: marks the cells of the open form that its console names."""
    return _press("check_form", book)


def clear_marks(book: xw.Book) -> int:
    """清除标记: takes away exactly the marks of 校验本表."""
    return _press("clear_marks", book)


def click(job: str) -> None:
    """What RunPython calls: a job on the workbook whose button was clicked.

    Ends with exit code 1 and ASCII text only when that workbook cannot be found: xlwings shows
    it, in the PC's own code page.
    """
    from toolkit.bug_log import log_bug

    from .excel import calling_book

    try:
        book = calling_book()
    except Exception:
        log_bug(sys.argv, _now())
        sys.exit("toolkit: the workbook with the button was not found; run: toolkit doctor")
    _press(job, book)


def main(arguments: Sequence[str] | None = None) -> int:
    """A job from the command line; from xlwings' own Sub, which passes none, the main one."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if arguments is None and any(argument.startswith("--from_xl") for argument in given):
        click("consolidate")
        return 0
    from toolkit.workflows.early import user_cache

    from .command_line import run_command_line

    return run_command_line(given, _now(), user_cache())


def _press(job: str, book: xw.Book) -> int:
    from toolkit.workflows.early import user_cache

    from .excel import ExcelConsole
    from .jobs import run

    return run(job, ExcelConsole(book), _now(), user_cache())


def _now() -> datetime:
    """The wall clock: read here, at the door, and passed on."""
    return datetime.now().replace(microsecond=0)
