"""Workbook bytes to grids, in the process that may die of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree import ElementTree

from .archive import BROKEN_ZIP
from .grid import Book
from .guard import RefusedError, broken, hungry, inspect
from .ooxml import read_ooxml
from .passwords import decrypted

_EXPECTED = (*BROKEN_ZIP, ElementTree.ParseError)


def parse_workbook(
    name: str,
    content: bytes,
    passwords: Sequence[str] = (),
    allow: Callable[[int], None] = lambda unpacked: None,
) -> Book:
    """All data sheets of a workbook of any format. Raises RefusedError with a reason for users.

    A file with a password is opened with Excel's default one or one of `passwords`. `allow` is
    told how many bytes will be parsed.
    """
    try:
        allow(len(content))
        return _parse(name, content, allow)
    except RefusedError as refused:
        if not refused.locked or content.startswith(b"PK"):
            raise
    except MemoryError as error:
        raise hungry() from error
    try:
        plain, secret = decrypted(content, passwords)
        book = _parse(name, plain, allow)
    except MemoryError as error:
        raise hungry() from error
    book.secret = secret
    return book


def _parse(name: str, content: bytes, allow: Callable[[int], None]) -> Book:
    inspected = inspect(name, content)
    if inspected.archive is not None:
        allow(sum(entry.file_size for entry in inspected.archive.entries))
    else:
        from .biff import scan_xls
        from .parse import parse_book

        return parse_book(content, scan_xls(content))
    if inspected.kind == "xlsx":
        try:
            return read_ooxml(inspected.archive)
        except _EXPECTED as error:
            raise broken() from error
    from .parse import parse_book

    if inspected.kind == "xlsb":
        from .xlsb import scan_xlsb

        return parse_book(content, scan_xlsb(inspected.archive))
    from .open_document import scan_ods

    return parse_book(content, scan_ods(inspected.archive))
