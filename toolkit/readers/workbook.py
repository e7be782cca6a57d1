"""Workbook bytes to grids, in the process that may die of them."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from .archive import BROKEN_ZIP, TooLargeError
from .grid import Book
from .guard import RefusedError, broken, hungry, inspect, too_large
from .ooxml import read_ooxml
from .outputs import output_without_rows
from .passwords import decrypted

_EXPECTED = (*BROKEN_ZIP, ElementTree.ParseError)


def parse_workbook(
    name: str,
    content: bytes,
    passwords: Sequence[str] = (),
) -> Book:
    """All data sheets of a workbook of any format. Raises RefusedError with a reason for users.

    A file with a password is opened with Excel's default one or one of `passwords`.
    """
    try:
        try:
            return _parse(name, content)
        except RefusedError as refused:
            if not refused.locked or content.startswith(b"PK"):
                raise
        plain, secret = decrypted(content, passwords)
        book = _parse(name, plain)
    except TooLargeError as error:
        report = output_without_rows(content)
        if report is None:
            raise too_large() from error
        return report
    except MemoryError as error:
        raise hungry() from error
    book.secret = secret
    return book


def _parse(name: str, content: bytes) -> Book:
    inspected = inspect(name, content)
    if inspected.archive is None:
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
