"""A minimal compound file (MS-CFB, version 3) that holds streams and folders of streams."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

Folder: TypeAlias = "Mapping[str, bytes | Folder]"

_SECTOR, _MINI_SECTOR, _MINI_LIMIT = 512, 64, 4096
_FREE, _END, _FAT_SECTOR, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_RED, _BLACK = 0, 1
_IN_HEADER = 109
"""FAT sectors that the header can list: enough for 6.8 MB."""
_PER_FAT_SECTOR = _SECTOR // 4
_LONGEST_NAME = 31


@dataclass
class _Entry:
    """A line of the directory; the links are numbers of other lines."""

    name: str
    kind: int
    data: bytes = b""
    colour: int = _BLACK
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = _END
    size: int = 0

    def pack(self) -> bytes:
        name = self.name.encode("utf-16-le") + b"\0\0"
        # an empty stream has no sectors, a folder no size
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            name,
            len(name),
            self.kind,
            self.colour,
            self.left,
            self.right,
            self.child,
            b"",
            0,
            0,
            0,
            self.start,
            self.size,
        )


@dataclass
class _Sectors:
    """Sectors of one size and the chains that run through them."""

    size: int
    data: bytearray = field(default_factory=bytearray)
    chain: list[int] = field(default_factory=list)

    def add(self, stream: bytes) -> int:
        """Append a stream; returns its first sector."""
        if not stream:
            return _END
        first = len(self.chain)
        count = -(-len(stream) // self.size)
        self.data += stream.ljust(count * self.size, b"\0")
        self.chain += [*range(first + 1, first + count), _END]
        return first


def compound_file(root: Folder) -> bytes:
    """The bytes of a compound file; the same content always gives the same bytes.

    Raises ValueError for names that the format cannot hold and for more than 6.8 MB.
    """
    entries = _directory(root)
    large, small = _Sectors(_SECTOR), _Sectors(_MINI_SECTOR)
    for entry in entries:
        if entry.kind == _STREAM:
            sectors = small if len(entry.data) < _MINI_LIMIT else large
            entry.start, entry.size = sectors.add(entry.data), len(entry.data)
    entries[0].start, entries[0].size = large.add(bytes(small.data)), len(small.data)
    mini_table = _table(small.chain)
    first_mini = large.add(mini_table)
    first_directory = large.add(_packed(entries))
    fat = _allocate(large)
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        b"",
        0x3E,
        3,
        0xFFFE,
        _SECTOR.bit_length() - 1,
        _MINI_SECTOR.bit_length() - 1,
        b"",
        0,
        len(fat),
        first_directory,
        0,
        _MINI_LIMIT,
        first_mini,
        len(mini_table) // _SECTOR,
        _END,
        0,
    )
    listed = struct.pack(f"<{_IN_HEADER}I", *fat, *[_FREE] * (_IN_HEADER - len(fat)))
    return header + listed + bytes(large.data)


def _allocate(large: _Sectors) -> list[int]:
    """Append the allocation table, which also lists its own sectors; returns their numbers."""
    used, count = len(large.chain), 0
    while -(-(used + count) // _PER_FAT_SECTOR) > count:
        count += 1
    if count > _IN_HEADER:
        raise ValueError("more than a compound file without further tables can hold")
    large.data += _table([*large.chain, *[_FAT_SECTOR] * count])
    return list(range(used, used + count))


def _table(chain: list[int]) -> bytes:
    full = -(-len(chain) // _PER_FAT_SECTOR) * _PER_FAT_SECTOR
    return struct.pack(f"<{full}I", *chain, *[_FREE] * (full - len(chain)))


def _packed(entries: list[_Entry]) -> bytes:
    lines = b"".join(entry.pack() for entry in entries)
    unused = struct.pack("<64sHBBIII16sIQQIQ", b"", 0, 0, 0, *[_NONE] * 3, b"", 0, 0, 0, 0, 0)
    return lines + unused * (-len(entries) % (_SECTOR // len(unused)))


def _directory(root: Folder) -> list[_Entry]:
    entries = [_Entry("Root Entry", _ROOT)]
    _fill(entries, entries[0], root)
    return entries


def _fill(entries: list[_Entry], parent: _Entry, folder: Folder) -> None:
    """Add what a folder holds and let its lines form the search tree that readers walk."""
    numbers = []
    for name in sorted(folder, key=_order):
        _demand_name(name, parent)
        content = folder[name]
        is_stream = isinstance(content, bytes)
        entry = _Entry(name, _STREAM if is_stream else _STORAGE)
        numbers.append(len(entries))
        entries.append(entry)
        if isinstance(content, bytes):
            entry.data = content
        else:
            entry.start = 0
            _fill(entries, entry, content)
    # of a tree with 2^n - 1 lines all are black; those below the last full level are red
    black_levels = (len(numbers) + 1).bit_length() - 1
    parent.child = _tree(entries, numbers, black_levels)


def _tree(entries: list[_Entry], numbers: list[int], black_levels: int) -> int:
    if not numbers:
        return _NONE
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.colour = _BLACK if black_levels > 0 else _RED
    entry.left = _tree(entries, numbers[:middle], black_levels - 1)
    entry.right = _tree(entries, numbers[middle + 1 :], black_levels - 1)
    return numbers[middle]


def _order(name: str) -> tuple[int, str]:
    """Names are ordered by length first, then without regard to case."""
    return len(name.encode("utf-16-le")), name.upper()


def _demand_name(name: str, parent: _Entry) -> None:
    if not 0 < len(name.encode("utf-16-le")) // 2 <= _LONGEST_NAME or set(name) & set("/\\:!"):
        raise ValueError(f"{name!r} cannot be the name of a stream in {parent.name!r}")
