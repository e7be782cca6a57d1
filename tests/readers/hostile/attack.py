"""A hostile file: how it is made, and what is said about it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ..workbooks import workbook


@dataclass(frozen=True)
class Attack:
    """`status` and `said` are the verdict; of one that does no harm the records are `rows`."""

    make: Callable[[], bytes]
    said: str
    status: str = "unreadable"
    rows: int = 0


def harmless(make: Callable[[], bytes], rows: int = 1) -> Attack:
    """It looks dangerous, but a form like it is read."""
    return Attack(make, "", "read", rows)


DAMAGED, TOO_LARGE = "文件已损坏", "文件展开后过大，已拒绝读取"
TABLE = [
    ["项目编号", "支持日期", "支持内容类型", "具体内容", "销售在场", "结果"],
    ["XM9", date(2026, 3, 5), "产品测试", "测了三项", "是", "成功"],
]
NUMBERED = [TABLE[0], ["XM9", 46086.0, "产品测试", "测了三项", "是", "成功"]]
"""The same for formats that are made by hand."""


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of an archive by their names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


FORM = workbook({"跟踪记录": TABLE})
PARTS = parts_of(FORM)
"""A small register with one record, into which the attacks are built."""
SHEET, BOOK, STRINGS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"
STYLES, RELATIONS = "xl/styles.xml", "xl/_rels/workbook.xml.rels"
HEAD, TAIL = PARTS[SHEET].split(b"</sheetData>")
TAIL = b"</sheetData>" + TAIL
