"""The console in Excel, through xlwings. The only module that reaches for the calling workbook."""

from __future__ import annotations

import re
import sys
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.model.errors import ToolkitError
from toolkit.model.text import clean
from toolkit.writers import button_names as names

from .console import Cells, OpenForm
from .marks import ExcelForm

if TYPE_CHECKING:
    import xlwings as xw

TITLE = "合并汇总控制台"
_TEXT_FORMAT = "@"
_PAUSE = 0.2
"""Seconds between two sentences in the status bar: each is a call into Excel."""


def calling_book() -> xw.Book:
    """The workbook whose button was clicked, from the arguments that RunPython passes."""
    import xlwings as xw

    name = _argument("--wb=")
    if "=" not in name:
        return xw.Book.caller()
    # Book.caller() cuts the name at the first further equals sign
    hwnd = _argument("--hwnd=")
    for app in xw.apps:
        if not hwnd or str(app.hwnd) == hwnd:
            for book in app.books:
                if book.name.casefold() == name.casefold():
                    return book
    raise LookupError(f"{name} is not open in Excel")


def _argument(prefix: str) -> str:
    found = (a.removeprefix(prefix).strip() for a in sys.argv if a.startswith(prefix))
    return next(found, "")


class ExcelConsole:
    """The console as a workbook of xlwings."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self._said = -_PAUSE

    @property
    def path(self) -> Path:
        try:
            path = Path(self._book.fullname)
        except Exception as error:  # xlwings could not tell the folder of a web address
            raise ToolkitError(
                "控制台是从网页地址打开的，找不到它所在的文件夹。",
                "请在控制台上填写“部门文件夹”，或从同步文件夹、网络盘里打开它。",
            ) from error
        if not path.is_absolute():
            raise ToolkitError("控制台还没有保存过。", "请先把它保存到部门文件夹。")
        return path

    def setting(self, name: str) -> str:
        cell = self._cell(name)
        return "" if cell is None else _text(cell.value)

    def progress(self, sentence: str) -> None:
        if time.monotonic() - self._said >= _PAUSE:
            self._said = time.monotonic()
            self._book.app.status_bar = sentence

    def show(self, cells: Cells) -> None:
        for name, value in cells.items():
            cell = self._cell(name)
            if cell is None:
                continue  # the edition without macros of ours lacks some
            if isinstance(value, str):
                # text format first: a text that begins with = must not become a formula
                cell.number_format = _TEXT_FORMAT
            cell.value = value

    def say(self, message: str, *, problem: bool = False) -> None:
        self._book.app.status_bar = False
        self._book.app.alert(message, title=TITLE, mode="critical" if problem else "info")

    def open(self, path: Path) -> None:
        if path.is_dir():
            _open_folder(path)
            return
        try:
            self._book.app.books.open(str(path)).activate()
        except ValueError as error:
            raise ToolkitError(
                f"另一个同名的“{path.name}”正开着。", "请先关闭它，再按“打开结果”。"
            ) from error

    def open_form(self, name: str) -> OpenForm:
        wanted = re.split(r"[\\/]", name)[-1]  # a path or a web address
        for book in self._book.app.books:
            if wanted and book.name.casefold() == wanted.casefold():
                return ExcelForm(book)
        raise ToolkitError("没有找到打开的表。", "请先打开要核对的表，再回到控制台按按钮。")

    def finish(self) -> None:
        with suppress(Exception):  # the user may have closed the workbook meanwhile
            self._book.app.status_bar = False

    def _cell(self, name: str) -> xw.Range | None:
        if name not in self._book.names:
            return None
        return self._book.names[name].refers_to_range


def _text(value: object) -> str:
    """A cell as the user meant it: Excel makes dates and numbers of what looks like them."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m}" if value.day == 1 else f"{value:%Y-%m-%d}"
    text = clean(value)
    return "" if text == names.NOTHING_YET else text


def _open_folder(path: Path) -> None:
    if sys.platform == "win32":
        import os

        os.startfile(path)
    else:
        raise ToolkitError(f"结果在文件夹“{path}”里。", "请在文件管理器中打开它。")
