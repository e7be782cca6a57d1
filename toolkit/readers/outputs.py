"""Is a workbook a report of the toolkit? Told without its rows, which may be too many to read."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import ParseError

import numpy as np

from toolkit.forms.names import META_KIND, META_SHEET, OUTPUT_KIND
from toolkit.model.text import fold

from .archive import BROKEN_ZIP, LONGEST_TEXT, MAX_TREE, Archive, TooLargeError
from .cells import SharedParts
from .grid import Book
from .ooxml import meta_entries, part_of_sheet, part_of_strings
from .shared_strings import shared_strings
from .sheet_quick import read_cells

_SHARED = re.compile(rb'<c\b[^>]*?\st="s"[^>]*>\s*<v>(\d{1,7})</v>')
_CHUNK = 2**20
_LONGEST = 4 * LONGEST_TEXT
_MOST = 512 * 2**20
"""Bytes of texts that are looked through."""


def is_output(book: Book) -> bool:
    """Whether the toolkit made the workbook as a report: such files are never read."""
    return fold(book.meta.get(META_KIND, "")) == fold(OUTPUT_KIND)


def output_without_rows(content: bytes) -> Book | None:
    """The book of a report of any size: its `_meta` and no sheet. None when it is no report."""
    try:
        book = Book([], meta=_meta(Archive(content), content))
    except (*BROKEN_ZIP, TooLargeError, ParseError):
        return None
    return book if is_output(book) else None


def _meta(archive: Archive, content: bytes) -> dict[str, str]:
    sheet = archive.read(part_of_sheet(archive, META_SHEET), MAX_TREE)
    wanted = {int(number) for number in _SHARED.findall(sheet)}
    texts = np.full(max(wanted, default=-1) + 1, "", object)
    if wanted:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            for number, item in enumerate(_items(file.open(part_of_strings(archive)))):
                if number in wanted:
                    texts[number] = shared_strings(b"<sst>" + item + b"</sst>")[0]
                if number == len(texts) - 1:
                    break
    return meta_entries(read_cells(sheet, SharedParts(texts)).lines())


def _items(stream: IO[bytes]) -> Iterator[bytes]:
    """The `<si>` of the shared strings, one after the other."""
    rest, left = b"", _MOST
    while (chunk := stream.read(_CHUNK)) and left > 0:
        left -= len(chunk)
        *items, rest = (rest + chunk).split(b"</si>")
        if len(rest) > _LONGEST:
            raise TooLargeError("a text is too long")
        for item in items:
            yield item[item.find(b"<si") :] + b"</si>"
