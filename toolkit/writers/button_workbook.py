"""合并汇总控制台.xlsm: the workbook whose buttons run the toolkit, from Excel or LibreOffice."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from toolkit.forms.names import META_SHEET

from .button_macros import QUICKSTART_SUB, console_modules, quickstart_project
from .button_names import FALLBACK_FILE, JOBS, PYTHON_CELL, PYTHON_VARIABLE, text_cell
from .button_sheet import MAIN_BUTTONS, TITLE, ConsoleSheet
from .files import publish
from .form_styles import BOOK_OPTIONS, FONT
from .report.page import set_properties, write_meta
from .report.styles import ReportStyles
from .vba import Document, vba_project

__all__ = ["write_console"]

_CONF_SHEET = "xlwings.conf"
"""xlwings looks for exactly this name."""
_TEXTS_SHEET = "_texts"
_TEXTS = {
    "title": TITLE,
    "running": "正在处理，请稍候……",
    "python_missing": (
        "没有找到运行程序用的 Python。请在这台电脑的命令行里运行一次 toolkit buttons install，"
        "再关闭并重新打开 Excel。"
    ),
    "job_failed": (
        "程序没有运行完，各人的表没有改动。请在命令行里运行 toolkit doctor 查看原因和办法。"
    ),
    "result_missing": (
        "程序没有给出结果，各人的表没有改动。请在命令行里运行 toolkit doctor 查看原因和办法。"
    ),
    "no_form": "没有找到打开的表。请先打开要核对的表，再回到这里按按钮。",
}
"""What the macros say themselves: their sources must be ASCII."""
_CODE_NAMES = {"console": "Console", "conf": "Settings", "texts": "Texts", "meta": "Meta"}
_QUICKSTART_CODE_NAMES = {"console": "Sheet1", "conf": "Sheet2"}
_CAPTION = re.compile(r'face="Calibri" size="220"(?P<colour>[^>]*)>(?P<caption>[^<]*)<')
_MAIN_SIZE, _SMALL_SIZE = 260, 200
"""Of captions, in twentieths of a point."""
_DRAWING = re.compile(r"xl/drawings/vmlDrawing\d+\.vml")


def write_console(
    path: Path,
    *,
    python: str,
    generated: datetime,
    folder: str = "",
    period: str = "",
    department: str = "",
    fallback: bool = False,
) -> None:
    """Write the console to `path`; an existing file is replaced as a whole.

    `python` is the full path of the interpreter that has the toolkit. The fallback edition has
    one button on xlwings' own Excel-made VBA project and works only under its own file name.
    Raises ToolkitError when xlwings is missing or the file cannot be written.
    """
    if path.suffix.lower() != ".xlsm" or (fallback and path.name != FALLBACK_FILE):
        raise ValueError(f"the console cannot work under the name {path.name}")
    project = quickstart_project() if fallback else _project()
    with publish(path) as temporary:
        book = xlsxwriter.Workbook(str(temporary), BOOK_OPTIONS)
        set_properties(book, TITLE, generated)
        styles = ReportStyles(book)
        macros = {sub: f"Buttons.{sub}" for sub in JOBS}
        if fallback:
            macros = {"ConsolidateAll": QUICKSTART_SUB}
        console = ConsoleSheet(book, styles, macros)
        sheets = {"console": console.draw(folder=folder, period=period, department=department)}
        sheets["conf"] = _conf(book, styles, python)
        if not fallback:
            sheets["texts"] = _texts(book, styles)
        write_meta(book, styles, generated)
        sheets["meta"] = book.get_worksheet_by_name(META_SHEET)
        book.set_vba_name("ThisWorkbook")
        names = _QUICKSTART_CODE_NAMES if fallback else _CODE_NAMES
        for key, code_name in names.items():
            sheets[key].set_vba_name(code_name)
        book.add_vba_project(io.BytesIO(project), is_stream=True)
        book.close()
        _dress_captions(temporary, len(macros))


def _project() -> bytes:
    documents = [Document("ThisWorkbook", is_workbook=True)]
    documents += [Document(code_name) for code_name in _CODE_NAMES.values()]
    return vba_project(console_modules(), documents)


def _conf(book: Any, styles: ReportStyles, python: str) -> Any:
    """xlwings' settings: keys in A, values in B, from the first row on without a gap."""
    rows = {
        "INTERPRETER_WIN": f"%{PYTHON_VARIABLE}%",
        "INTERPRETER_MAC": python,
        # with the workbook's folder on its path Python would import what lies beside the forms
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        PYTHON_VARIABLE: python,
    }
    sheet = _rows(book, styles, _CONF_SHEET, rows)
    book.define_name(PYTHON_CELL, f"='{_CONF_SHEET}'!$B${list(rows).index(PYTHON_VARIABLE) + 1}")
    return sheet


def _texts(book: Any, styles: ReportStyles) -> Any:
    sheet = _rows(book, styles, _TEXTS_SHEET, _TEXTS)
    for row, key in enumerate(_TEXTS, 1):
        book.define_name(text_cell(key), f"='{_TEXTS_SHEET}'!$B${row}")
    return sheet


def _rows(book: Any, styles: ReportStyles, name: str, rows: dict[str, str]) -> Any:
    sheet = book.add_worksheet(name)
    look = styles.get(num_format="@")
    for row, (key, value) in enumerate(rows.items()):
        sheet.write_string(row, 0, key, look)
        sheet.write_string(row, 1, value, look)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.hide()
    return sheet


def _dress_captions(path: Path, buttons: int) -> None:
    """XlsxWriter writes all captions in Calibri 11, which has no Chinese and looks lost."""
    with zipfile.ZipFile(path) as archive:
        parts = [(info, archive.read(info)) for info in archive.infolist()]
    dressed = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, data in parts:
            content = data
            if _DRAWING.fullmatch(info.filename):
                text, count = _CAPTION.subn(_in_our_font, data.decode("utf-8"))
                content, dressed = text.encode("utf-8"), dressed + count
            archive.writestr(info, content)
    if dressed != buttons:
        raise RuntimeError(f"XlsxWriter wrote {dressed} of {buttons} captions as expected")


def _in_our_font(found: re.Match[str]) -> str:
    main = any(found["caption"] == button.caption for button in MAIN_BUTTONS)
    size = _MAIN_SIZE if main else _SMALL_SIZE
    return f'face="{FONT}" size="{size}"{found["colour"]}>{found["caption"]}<'
