"""The streams of an OLE compound file, the box around .xls and encrypted workbooks ([MS-CFB])."""

from __future__ import annotations

import struct
from collections.abc import Iterable

_FREE = 0xFFFFFFFA  # this and greater numbers name no sector
_SMALL = 4096


class NotCompoundError(ValueError):
    """The bytes are no sound compound file."""


class Compound:
    """Stream names (as stored) and their bytes. Raises NotCompoundError."""

    def __init__(self, content: bytes) -> None:
        try:
            self._open(content)
        except (struct.error, IndexError) as error:
            raise NotCompoundError(str(error)) from error

    def _open(self, content: bytes) -> None:
        (shift, mini_shift) = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise NotCompoundError("odd sector size")
        self._content, self._size = content, 1 << shift
        (directory,) = struct.unpack_from("<I", content, 48)
        (small_table, _, difat, _) = struct.unpack_from("<IIII", content, 60)
        tables = [n for n in struct.unpack_from("<109I", content, 76) if n < _FREE]
        seen = 0
        while difat < _FREE and seen <= len(content) >> shift:
            sector = self._sector(difat)
            numbers = struct.unpack(f"<{len(sector) // 4}I", sector)
            tables += [n for n in numbers[:-1] if n < _FREE]
            difat, seen = numbers[-1], seen + 1
        table = b"".join(self._sector(n) for n in tables)
        self._next: tuple[int, ...] = struct.unpack(f"<{len(table) // 4}I", table)
        self._entries = dict(self._directory(self._chain(directory)))
        self._small_next = self._chain(small_table) if small_table < _FREE else b""
        root = next(iter(self._entries.values()), (_FREE, 0))
        self._small = self._chain(root[0]) if root[0] < _FREE else b""

    @property
    def names(self) -> set[str]:
        return set(self._entries)

    def read(self, name: str) -> bytes:
        """The bytes of a stream. Raises KeyError, NotCompoundError."""
        start, size = self._entries[name]
        if size >= _SMALL:
            return self._chain(start)[:size]
        parts: list[bytes] = []
        while start < _FREE and len(parts) <= _SMALL // 64:
            parts.append(self._small[start * 64 : start * 64 + 64])
            try:
                (start,) = struct.unpack_from("<I", self._small_next, start * 4)
            except struct.error as error:
                raise NotCompoundError(str(error)) from error
        return b"".join(parts)[:size]

    def places(self, name: str, offsets: Iterable[int]) -> list[int]:
        """Where bytes of a stream stand in the file. Raises NotCompoundError for a small one."""
        start, size = self._entries[name]
        if size < _SMALL:
            raise NotCompoundError("a small stream lies within another one")
        numbers = self._numbers(start)
        return [
            (numbers[offset // self._size] + 1) * self._size + offset % self._size
            for offset in offsets
        ]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._content):
            raise NotCompoundError("a sector lies behind the end")
        return self._content[start : start + self._size].ljust(self._size, b"\0")

    def _chain(self, number: int) -> bytes:
        return b"".join(map(self._sector, self._numbers(number)))

    def _numbers(self, number: int) -> list[int]:
        """The sectors of a chain."""
        numbers: list[int] = []
        while number < _FREE:
            if len(numbers) > len(self._next) or number >= len(self._next):
                raise NotCompoundError("a chain of sectors does not end")
            numbers.append(number)
            number = self._next[number]
        return numbers

    @staticmethod
    def _directory(raw: bytes) -> list[tuple[str, tuple[int, int]]]:
        found = []
        for place in range(0, len(raw) - 127, 128):
            (length, kind) = struct.unpack_from("<HB", raw, place + 64)
            (start, size) = struct.unpack_from("<IQ", raw, place + 116)
            if kind in (1, 2, 5):
                name = raw[place : place + max(min(length, 64) - 2, 0)]
                entry = (start, size & 0xFFFFFFFF)
                found.append((name.decode("utf-16-le", "replace"), entry))
        return found
