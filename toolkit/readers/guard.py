"""Is this file a workbook that may be parsed? A verdict before any parser sees it."""

from __future__ import annotations

import io
import zipfile

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAX_ENTRIES = 10_000
MAX_PART = 512 * 2**20
MAX_TOTAL = 2**30
MAX_RATIO = 200
MAX_CELLS = 60_000_000


class RefusedError(Exception):
    """The file is not read: why, and what to do next, both Chinese."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


_RESAVE = "请用 Excel 打开，另存为 .xlsx 后放回原处。"


def inspect(name: str, content: bytes) -> str:
    """'xlsx' (any OOXML), 'xlsb', 'ods' or 'xls'. Raises RefusedError with the reason."""
    if not content:
        raise RefusedError("文件是空的（0 字节）", "可能没有保存成功，请找填表人重新保存。")
    if name.lower().endswith((".et", ".ett")):
        raise RefusedError("这是 WPS 的 .et 格式，本工具不能读取", "请在 WPS 中另存为 .xlsx。")
    if content.startswith(b"PK"):
        return _inspect_zip(content)
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise RefusedError("文件设有打开密码，无法读取", "请去掉打开密码后重新保存。")
        return "xls"
    head = content[:2048].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml", b"<meta")):
        raise RefusedError("这其实是网页文件，只是用了 Excel 的后缀", _RESAVE)
    if not any(content[:4096]):
        raise RefusedError("文件内容全是空字节，已损坏", "请从备份恢复，或找填表人重新保存。")
    raise RefusedError("文件内容不是 Excel 工作簿", _RESAVE)


def _inspect_zip(content: bytes) -> str:
    broken = RefusedError("文件已损坏，可能没有保存完整", "请从备份恢复，或找填表人重新保存。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise broken from error
    if len(entries) > MAX_ENTRIES or sum(e.file_size for e in entries) > MAX_TOTAL:
        raise RefusedError("文件展开后过大，已拒绝读取", "请确认来源；正常的表单不会这么大。")
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > MAX_PART or (entry.file_size > 2**20 and ratio > MAX_RATIO):
            raise RefusedError("文件展开后过大，已拒绝读取", "请确认来源；正常的表单不会这么大。")
    names = {entry.filename for entry in entries}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names:
        return "ods"
    if "[Content_Types].xml" in names and any(n.endswith("workbook.xml") for n in names):
        return "xlsx"
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise RefusedError("这不是表格文件（可能是 Word 或 PPT）", _RESAVE)
    raise broken
