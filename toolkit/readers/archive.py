"""The parts of a zipped workbook, each checked against its CRC while it is unpacked.

zipfile reads the directory; the parts are unpacked here in one step each, which takes a fifth of
the time that zipfile needs for the many small parts of a form.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from .inflate import inflated

BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError,
    ValueError, LookupError, struct.error,
)  # fmt: skip
"""What reading an archive raises when it is damaged or made to do harm."""

_LOCAL = struct.Struct("<4s22xHH")
_STORED, _DEFLATED = 0, 8
MAX_READ = 96 * 2**20
"""Bytes that may be unpacked for one workbook: about 150,000 rows of 14 columns."""
MAX_TREE = 32 * 2**20
"""Bytes of a part that is parsed to a tree (styles, names): a tree is ten times as large."""
LONGEST_TEXT = 131_072
"""Characters of a cell; Excel keeps 32,767, and every look at a text takes its time."""


class TooLargeError(Exception):
    """More would have to be unpacked than any form holds."""


class Archive:
    """A zip in memory. Raises one of BROKEN_ZIP."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._left = MAX_READ
        with zipfile.ZipFile(io.BytesIO(content)) as directory:
            self.entries = directory.infolist()
        self._by_name = {entry.filename: entry for entry in self.entries}
        self._unread = dict.fromkeys(self._by_name)

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def names(self) -> set[str]:
        return set(self._by_name)

    def size(self, name: str) -> int:
        """The unpacked size of a part as the directory states it; `read` proves it."""
        return self._by_name[name].file_size

    def read(self, name: str, most: int = MAX_READ) -> bytes:
        """A part. Raises KeyError when it is not there, TooLargeError when it is all too much.

        Every reading counts: sheets may share a part, and a small file becomes a large book.
        """
        size = self._by_name[name].file_size
        self._left -= size
        if size > most or self._left < 0:
            raise TooLargeError(name)
        return self._sound(name)

    def _sound(self, name: str) -> bytes:
        entry = self._by_name[name]
        body = self._unpack(entry)
        if len(body) != entry.file_size or zlib.crc32(body) != entry.CRC:
            raise zipfile.BadZipFile(f"bad CRC in {name}")
        self._unread.pop(name, None)
        return body

    def unread_damage(self) -> Iterator[str]:
        """Names of the parts that nobody has read and that are damaged."""
        for name in list(self._unread):
            try:
                self._sound(name)
            except BROKEN_ZIP:
                yield name

    def _unpack(self, entry: zipfile.ZipInfo) -> bytes:
        start = entry.header_offset
        magic, name_length, extra_length = _LOCAL.unpack_from(self._content, start)
        if magic != b"PK\x03\x04":
            raise zipfile.BadZipFile("no part where the directory says")
        start += 30 + name_length + extra_length
        packed = self._content[start : start + entry.compress_size]
        if len(packed) < entry.compress_size:
            raise zipfile.BadZipFile("a part ends behind the file")
        if entry.compress_type == _STORED:
            return packed
        if entry.compress_type != _DEFLATED:
            raise NotImplementedError("an unusual way to pack")
        # never more than was promised, whatever the part would unpack to
        return inflated(packed, entry.file_size + 1)
