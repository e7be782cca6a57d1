"""「安装按钮」: the manager's console, and the variable through which it finds Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from toolkit.model.errors import ToolkitError
from toolkit.model.text import clean
from toolkit.readers.guard import RefusedError
from toolkit.readers.lock_files import lock_sentence
from toolkit.readers.outputs import is_output
from toolkit.readers.sheets import read_book
from toolkit.readers.worker import Worker
from toolkit.writers.button_names import (
    CONSOLE_FILE,
    DEPARTMENT,
    FALLBACK_FILE,
    FOLDER,
    NOTHING_YET,
    PERIOD,
    PYTHON_VARIABLE,
)
from toolkit.writers.button_workbook import write_console

from .user_environment import set_user_variable, shell_line

_KEPT = {"folder": FOLDER, "period": PERIOD, "department": DEPARTMENT}


@dataclass(frozen=True, slots=True)
class Installed:
    """The console, and what was done on this PC."""

    console: Path
    replaced: bool
    variable: str
    python: str
    variable_set: bool
    shell_line: str
    """Where no variable could be set: the line that the user may add himself."""


def install_buttons(
    folder: Path, *, python: Path, now: datetime, fallback: bool = False
) -> Installed:
    """Write the console into a folder and set the user's variable (on Windows).

    An earlier console is renewed and keeps its settings. Raises ToolkitError when the folder is
    not there, the console is open or something else has its name.
    """
    if not folder.is_dir():
        raise ToolkitError(f"找不到文件夹“{folder}”。", "请检查路径；网络文件夹请先确认已连接。")
    console = folder / (FALLBACK_FILE if fallback else CONSOLE_FILE)
    _demand_closed(console)
    replaced = console.exists()
    settings = _settings(console) if replaced else {}
    write_console(console, python=str(python), generated=now, fallback=fallback, **settings)
    was_set = set_user_variable(PYTHON_VARIABLE, str(python))
    line = "" if was_set else shell_line(PYTHON_VARIABLE, str(python))
    return Installed(console, replaced, PYTHON_VARIABLE, str(python), was_set, line)


def _demand_closed(console: Path) -> None:
    """Excel and LibreOffice leave a lock file beside what they have open."""
    for lock in (f"~${console.name}", f".~lock.{console.name}#"):
        path = console.with_name(lock)
        if path.exists():
            raise ToolkitError(
                f"{lock_sentence(path)}，没有改动它。", "请先保存并关闭它，再重新运行。"
            )


def _settings(console: Path) -> dict[str, str]:
    """Folder, period and department of an earlier console."""
    try:
        with Worker() as worker:
            book = read_book(console.name, console.read_bytes(), worker)
    except RefusedError as error:
        raise _not_ours(console) from error
    if not is_output(book):
        raise _not_ours(console)
    grids = {grid.name: grid for grid in book.grids}
    kept = {}
    for option, name in _KEPT.items():
        sheet, row, column = book.names.get(name, ("", 0, 0))
        text = clean(grids[sheet].value(row, column)) if sheet in grids else ""
        kept[option] = "" if text == NOTHING_YET else text
    return kept


def _not_ours(console: Path) -> ToolkitError:
    return ToolkitError(
        f"“{console.name}”已经存在，而且不是本工具生成的控制台，没有改动它。",
        "请先改名或移走它，再重新运行。",
    )
