"""Zip archives packed by hand: large parts cost no time to make, and headers may lie."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

_FULL = zlib.Z_FULL_FLUSH
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


@dataclass(frozen=True)
class Repeated:
    """`head`, `count` times `unit`, `tail`; each unit is packed once, however often it stands."""

    unit: bytes
    count: int
    head: bytes = b""
    tail: bytes = b""

    @property
    def size(self) -> int:
        return len(self.head) + self.count * len(self.unit) + len(self.tail)

    def packed(self) -> bytes:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        head = squeeze.compress(self.head) + squeeze.flush(_FULL)
        unit = squeeze.compress(self.unit) + squeeze.flush(_FULL)
        return head + unit * self.count + squeeze.compress(self.tail) + squeeze.flush()

    def crc(self) -> int:
        found = zlib.crc32(self.head)
        for _ in range(self.count):
            found = zlib.crc32(self.unit, found)
        return zlib.crc32(self.tail, found)


@dataclass(frozen=True)
class Entry:
    """A part with what the directory says about it, true or not."""

    packed: bytes
    size: int
    crc: int


def entry(body: str | bytes | Repeated) -> Entry:
    """A part of which everything is true."""
    if not isinstance(body, Repeated):
        body = Repeated(b"", 0, body.encode() if isinstance(body, str) else body)
    return Entry(body.packed(), body.size, body.crc())


def archive(parts: Mapping[str, str | bytes | Repeated | Entry]) -> bytes:
    """A zip archive, also of parts that are packed already."""
    body, directory = b"", b""
    for name, part in parts.items():
        one = part if isinstance(part, Entry) else entry(part)
        raw = name.encode()
        numbers = (one.crc, len(one.packed), one.size)
        directory += _CENTRAL.pack(
            b"PK\x01\x02", 20, 20, 0x800, 8, 0, 0, *numbers, len(raw), 0, 0, 0, 0, 0, len(body)
        )
        directory += raw
        body += _LOCAL.pack(b"PK\x03\x04", 20, 0x800, 8, 0, 0, *numbers, len(raw), 0)
        body += raw + one.packed
    count = len(parts)
    return body + directory + _END.pack(
        b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0
    )  # fmt: skip


def noise(length: int) -> bytes:
    """Text that no packer makes smaller than three quarters."""
    return random.Random(7).randbytes(length).hex().encode()[:length]
