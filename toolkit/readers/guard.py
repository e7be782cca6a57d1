"""Is this file a workbook that may be parsed? A verdict before any parser sees it."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass

from toolkit.model.location import a1

from .archive import BROKEN_ZIP, Archive, TooLargeError

_MANIFEST = "META-INF/manifest.xml"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
MAX_ENTRIES = 10_000
MAX_PART = 512 * 2**20
MAX_TOTAL = 2**30
MAX_RATIO = 200
MAX_CELLS = 4_000_000
"""Rows times columns up to the last filled cell of a sheet, where the parser lays out all."""
MAX_SHEETS = 1_000


class RefusedError(Exception):
    """The file is not read: why, and what to do next, both Chinese.

    `torn` says that the file may just have been caught while somebody was saving it, `locked`
    that it wants a password, `hungry` that memory did not suffice.
    """

    def __init__(
        self,
        reason: str,
        hint: str,
        *,
        torn: bool = False,
        locked: bool = False,
        hungry: bool = False,
    ) -> None:
        super().__init__(reason, hint)
        self.reason = reason
        self.hint = hint
        self.torn = torn
        self.locked = locked
        self.hungry = hungry


@dataclass(slots=True)
class Inspected:
    """`kind`: 'xlsx' (any OOXML), 'xlsb', 'ods' or 'xls'; the first three with their archive."""

    kind: str
    archive: Archive | None = None


_RESAVE = "请用 Excel 打开，另存为 .xlsx 后放回原处。"
_RESTORE = "请从备份恢复，或找填表人重新保存。"


def broken(reason: str = "文件已损坏，可能没有保存完整") -> RefusedError:
    """The verdict on a file that cannot be parsed."""
    return RefusedError(reason, _RESTORE, torn=True)


def locked() -> RefusedError:
    """The verdict on a file with a password."""
    hint = "请填表人去掉打开密码后重新保存。"
    return RefusedError("文件设有打开密码，无法读取", hint, locked=True)


def crashed() -> RefusedError:
    """The verdict on a file of which the parser dies."""
    return broken("文件已损坏，解析时出错")


def too_long() -> RefusedError:
    """The verdict on a file at which the parser does not come to an end."""
    return RefusedError(
        "读取这个文件的时间过长，已停止读取", "请用 Excel 打开，删除多余的内容后另存为新的 .xlsx。"
    )


def hungry() -> RefusedError:
    """The verdict on a file that takes more memory than any form could need."""
    return RefusedError(
        "读取这个文件需要的内存过多，已停止读取",
        "请确认来源；正常的表单不会这么大。",
        hungry=True,
    )


def stumbled(error: Exception) -> RefusedError:
    """The verdict on a file with which the toolkit itself made a mistake."""
    return RefusedError(
        f"读取这个文件时程序出错（{type(error).__name__}），未计入",
        "其他文件不受影响；请把这个文件交给维护人员查看。",
    )


def too_large() -> RefusedError:
    """The verdict on a file that unpacks to more than any form could need."""
    return RefusedError(
        "文件展开后过大，已拒绝读取",
        "如果是本部门的表单，请在各工作表删除下方和右侧多余的行、列后保存；来源不明的请移出文件夹。",
    )


def too_many_sheets(count: int) -> RefusedError:
    """The verdict on a workbook with more sheets than anybody keeps."""
    return RefusedError(
        f"工作簿里有 {count} 张工作表，已拒绝读取", "请删除多余的工作表，或拆成几个工作簿。"
    )


def scattered(sheet: str, last_row: int, last_column: int) -> RefusedError:
    """The verdict on a sheet whose filled cells lie too far apart; row and column from 1."""
    return RefusedError(
        f"工作表“{sheet}”的内容一直散布到 {a1(last_row - 1, last_column - 1)}，已拒绝读取",
        "请在该表按 Ctrl+End 找到最远的单元格，删除多余的内容（整行、整列删除）后保存。",
    )


def inspect(name: str, content: bytes) -> Inspected:
    """What kind of workbook the bytes are. Raises RefusedError (with a reason) or TooLargeError."""
    if not content:
        hint = "可能没有保存成功，请填表人重新保存。"
        raise RefusedError("文件是空的（0 字节）", hint, torn=True)
    if name.lower().endswith((".et", ".ett")):
        raise RefusedError("这是 WPS 的 .et 格式，本工具不能读取", "请在 WPS 中另存为 .xlsx。")
    if content.startswith(b"PK"):
        return _inspect_zip(content)
    if content.startswith(OLE):
        return Inspected("xls")
    if not any(content[:4096]):
        raise broken("文件内容全是空字节，已损坏")
    raise RefusedError(_what_it_is(content), _RESAVE)


def _what_it_is(content: bytes) -> str:
    head = content[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = content[:2048].decode("utf-16", "replace").lstrip().lower().encode("utf-8", "ignore")
    if head.startswith(b"<?xml") and b"schemas-microsoft-com:office:spreadsheet" in head:
        return "这是旧式的 XML 表格，本工具不能读取"
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta", b"<!--")):
        return "这其实是网页文件，只是用了 Excel 的后缀"
    if head.startswith(b"mime-version") or b"content-type: multipart/related" in head:
        return "这其实是单个网页文件（.mht），只是用了 Excel 的后缀"
    if head.startswith(b"%pdf"):
        return "这其实是 PDF 文件，只是用了 Excel 的后缀"
    if b"\x00" not in content[:2048] and content[:2048].count(b"\n"):
        return "这其实是文本文件（如 CSV），只是用了 Excel 的后缀"
    return "文件内容不是 Excel 工作簿"


def _inspect_zip(content: bytes) -> Inspected:
    try:
        archive = Archive(content)
    except BROKEN_ZIP as error:
        raise broken() from error
    entries = archive.entries
    _demand_moderate(entries)
    _demand_orderly(entries)
    names = archive.names
    if any(entry.flag_bits & 1 for entry in entries):
        raise locked()
    if "xl/workbook.bin" in names:
        return Inspected("xlsb", archive)
    if "content.xml" in names:
        return _inspect_open_document(archive, names)
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise RefusedError("这不是表格文件（是 Word 或 PPT 文件改了后缀）", "请把它移出文件夹。")
    if "[Content_Types].xml" in names and any(n.endswith("workbook.xml") for n in names):
        return Inspected("xlsx", archive)
    if "[Content_Types].xml" in names:
        raise broken()
    raise RefusedError("这是压缩包，不是 Excel 工作簿", "请解压后把其中的工作簿放回原处。")


def _demand_moderate(entries: list[zipfile.ZipInfo]) -> None:
    """Nothing that unpacks to more than any form could need."""
    if len(entries) > MAX_ENTRIES or sum(e.file_size for e in entries) > MAX_TOTAL:
        raise TooLargeError("too many entries")
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > MAX_PART or (entry.file_size > 2**20 and ratio > MAX_RATIO):
            raise TooLargeError(entry.filename)


def _demand_orderly(entries: list[zipfile.ZipInfo]) -> None:
    """No name twice and no overlap: two readers would see two different workbooks."""
    if len({entry.filename.casefold() for entry in entries}) < len(entries):
        raise broken("文件内部有重复的部分，已拒绝读取")
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < end:
            raise broken("文件内部结构重叠，已拒绝读取")
        end = entry.header_offset + 30 + entry.compress_size


def _inspect_open_document(archive: Archive, names: set[str]) -> Inspected:
    try:
        kind = archive.read("mimetype") if "mimetype" in names else b""
        manifest = archive.read(_MANIFEST) if _MANIFEST in names else b""
    except BROKEN_ZIP as error:
        raise broken() from error
    if b"encryption-data" in manifest:
        raise locked()
    if kind and b"spreadsheet" not in kind:
        raise RefusedError("这不是表格文件（是文档或演示文件改了后缀）", "请把它移出文件夹。")
    return Inspected("ods", archive)
