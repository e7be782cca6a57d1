"""Workbook bytes to grids: guard, side look, then the parser, apart where it may abort."""

from __future__ import annotations

import zipfile
from xml.etree import ElementTree

from .grid import Book
from .guard import BROKEN_ZIP, broken, inspect
from .ooxml import scan_book
from .parse import parse_book
from .scan import BookScan
from .worker import Worker


def read_book(name: str, content: bytes, worker: Worker) -> Book:
    """All data sheets of a workbook. Raises RefusedError with a reason for users."""
    inspected = inspect(name, content)
    if inspected.kind != "xlsx" or inspected.archive is None:
        return worker.parse(inspected.kind, content)
    return parse_book(content, _scan(inspected.archive))


def _scan(archive: zipfile.ZipFile) -> BookScan:
    try:
        return scan_book(archive)
    except (*BROKEN_ZIP, ElementTree.ParseError) as error:
        raise broken() from error
