"""MS-OVBA compression (2.4.1): chunks of 4,096 bytes, literals and copies from the same chunk."""

from __future__ import annotations

import struct
from collections.abc import Iterator

CHUNK = 4096
"""Bytes of source per chunk, and the most that a compressed chunk may hold."""
_SIGNATURE = b"\x01"
_RAW, _COMPRESSED = 0x3000, 0xB000
_HEADER = 2
_SHORTEST_COPY = 3


def compress(data: bytes, fill: bytes = b"\0") -> bytes:
    """The compressed container of `data`.

    The format has no place for an incompressible last chunk of 3,641 to 4,095 bytes: it is stored
    raw, filled up to 4,096 with the one byte `fill`, and decompresses so.
    """
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return _SIGNATURE + b"".join(_chunk(chunk, fill) for chunk in chunks)


def _chunk(chunk: bytes, fill: bytes) -> bytes:
    packed = b"".join(_groups(chunk))
    if len(packed) > CHUNK:
        raw = chunk.ljust(CHUNK, fill)
        return struct.pack("<H", _RAW | (len(raw) + _HEADER - 3)) + raw
    return struct.pack("<H", _COMPRESSED | (len(packed) + _HEADER - 3)) + packed


def _groups(chunk: bytes) -> Iterator[bytes]:
    """Eight tokens each, led by a byte whose bits say which of them are copies."""
    flags, tokens, count = 0, b"", 0
    for token in _tokens(chunk):
        flags |= (len(token) > 1) << count
        tokens += token
        count += 1
        if count == 8:
            yield bytes([flags]) + tokens
            flags, tokens, count = 0, b"", 0
    if count:
        yield bytes([flags]) + tokens


def _tokens(chunk: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(chunk):
        # the further on, the more bits an offset takes and the fewer are left for the length
        offset_bits = max(4, (at - 1).bit_length())
        length_bits = 16 - offset_bits
        longest = (1 << length_bits) - 1 + _SHORTEST_COPY
        start, length = _longest_match(chunk, at, min(longest, len(chunk) - at))
        if length:
            yield struct.pack("<H", (at - start - 1) << length_bits | (length - _SHORTEST_COPY))
            at += length
        else:
            yield chunk[at : at + 1]
            at += 1


def _longest_match(chunk: bytes, at: int, longest: int) -> tuple[int, int]:
    """Where the longest earlier copy of what stands at `at` begins, and its length; 0 if none.

    A copy may run on into itself. A longer match never begins before the first shorter one.
    """
    start, length = 0, 0
    for size in range(_SHORTEST_COPY, longest + 1):
        if length and chunk[start + size - 1] == chunk[at + size - 1]:
            length = size
            continue
        found = chunk.find(chunk[at : at + size], start, at + size - 1)
        if found < 0:
            break
        start, length = found, size
    return start, length
