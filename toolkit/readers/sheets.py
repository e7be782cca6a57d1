"""One workbook's bytes to grids, parsed where it may do no harm."""

from __future__ import annotations

from .grid import Book
from .worker import Worker


def read_book(name: str, content: bytes, worker: Worker) -> Book:
    """All data sheets of a workbook. Raises RefusedError with a reason for users."""
    return worker.parse(name, content)
