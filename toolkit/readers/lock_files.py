"""Who has a workbook open: the little files that office programs leave beside it."""

from __future__ import annotations

import struct
from pathlib import Path

_NARROW_NAME = 54
"""Bytes of the name in the code page, its length byte not counted; then it comes in UTF-16."""


def lock_sentence(path: Path) -> str:
    """`张三正在编辑“项目跟踪表.xlsx”`, from the lock file of Excel, WPS or LibreOffice."""
    try:
        with path.open("rb") as file:
            content = file.read(1024)
    except OSError:
        content = b""
    if path.name.startswith(".~lock."):
        workbook = path.name.removeprefix(".~lock.").removesuffix("#")
        owner = libreoffice_owner(content)
    else:
        workbook = path.name.removeprefix("~$")
        owner = excel_owner(content)
    return f"{owner or '有人'}正在编辑“{workbook}”"


def locked_path(path: str) -> str:
    """The workbook that a lock file (with `/` between its parts) speaks of."""
    folder, slash, name = path.rpartition("/")
    if name.startswith(".~lock."):
        name = name.removeprefix(".~lock.").removesuffix("#")
    return folder + slash + name.removeprefix("~$")


def libreoffice_owner(content: bytes) -> str:
    """The person, else the account, of `name,account,computer,time,profile;`."""
    fields = [part.strip() for part in content.decode("utf-8", "replace").split(",")]
    return next((f for f in fields[:2] if _is_name(f)), "")


def excel_owner(content: bytes) -> str:
    """The name in a `~$` file: its length in the first byte, then UTF-8 or GBK.

    Longer files repeat it in UTF-16, which is right whatever the code page was.
    """
    if not content:
        return ""
    wide = _NARROW_NAME + 1
    if len(content) >= wide + 4:
        (length,) = struct.unpack_from("<H", content, wide)
        name = content[wide + 2 : wide + 2 + 2 * length]
        if 0 < length <= _NARROW_NAME and len(name) == 2 * length:
            text = name.decode("utf-16-le", "replace").strip(" \0")
            if _is_name(text):
                return text
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content[1 : 1 + content[0]].decode(encoding).strip(" \0")
        except UnicodeDecodeError:
            continue
        return text if _is_name(text) else ""
    return ""


def _is_name(text: str) -> bool:
    return bool(text) and "\ufffd" not in text and text.isprintable()
