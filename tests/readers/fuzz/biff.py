"""Mutated .xls: the records of its stream, and the sectors of the box around it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from random import Random

import olefile

from ..other_formats import compound, record

Records = list[tuple[int, bytes]]
_SECTOR = 512
_LAST = record(0x000A, b"")
"""With it ends the last sheet; behind it the box fills up."""
_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0xFFFE, 0x7FFFFFFF, 0xFFFFFFFF)
_KINDS = (
    0x0006, 0x000A, 0x0022, 0x002F, 0x003C, 0x0042, 0x0085, 0x00BD, 0x00BE, 0x00D6, 0x00E0, 0x00E5,
    0x00FC, 0x00FD, 0x0200, 0x0201, 0x0203, 0x0204, 0x0205, 0x0207, 0x0208, 0x027E, 0x041E, 0x0809,
)  # fmt: skip


def stream_of(content: bytes) -> bytes:
    """The stream of the workbook in an .xls."""
    with olefile.OleFileIO(content) as box:
        stream = box.openstream("Workbook").read()
    return bytes(stream[: stream.rindex(_LAST) + len(_LAST)])


def records_of(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, place)
        yield kind, stream[place + 4 : place + 4 + size]
        place += 4 + size


def _body(body: bytes, random: Random) -> bytes:
    changed = bytearray(body)
    choice = random.randrange(5)
    if choice == 0:
        return body[: random.randrange(len(body) + 1)]
    if choice == 1:
        return body + random.randbytes(random.randrange(1, 300))
    if choice == 2 and len(changed) >= 4:
        place = random.randrange(len(changed) - 3)
        changed[place : place + 4] = struct.pack("<I", random.choice(_EDGES))
    elif choice == 3 and len(changed) >= 2:
        place = random.randrange(len(changed) - 1)
        changed[place : place + 2] = struct.pack("<H", random.choice(_EDGES) & 0xFFFF)
    elif changed:
        for _ in range(random.randrange(1, 4)):
            changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _in_records(stream: bytes, random: Random) -> bytes:
    """Some records changed; half of the time without any place in the stream becoming wrong."""
    changed = list(records_of(stream))
    for _ in range(random.randrange(1, 5)):
        place = random.randrange(len(changed))
        kind, body = changed[place]
        choice = random.randrange(6)
        if choice == 0:
            changed[place] = random.choice(_KINDS), body
        elif choice == 1:
            changed.insert(place, changed[random.randrange(len(changed))])
        elif choice == 2 and len(changed) > 1:
            del changed[place]
        else:
            new = _body(body, random)
            same = random.random() < 0.5
            changed[place] = kind, new[: len(body)].ljust(len(body), b"\0") if same else new
    joined = b"".join(record(kind, body[:0xFFFF]) for kind, body in changed)
    if random.random() < 0.15:
        lying = bytearray(joined)
        lying[random.randrange(len(lying))] = random.choice((0, 0xFF, 0x7F))
        joined = bytes(lying)
    return compound({"Workbook": joined})


def _in_box(stream: bytes, random: Random) -> bytes:
    """The header, the table of sectors or the directory changed, or the file cut."""
    content = bytearray(compound({"Workbook": stream}))
    choice = random.randrange(4)
    if choice == 0:
        return bytes(content[: random.randrange(len(content))])
    tables, directory = (struct.unpack_from("<I", content, at)[0] for at in (76, 48))
    start, size = ((28, 60), ((tables + 1) * _SECTOR, 256), ((directory + 1) * _SECTOR, 256))[
        choice - 1
    ]
    for _ in range(random.randrange(1, 5)):
        place = start + random.randrange(size) // 2 * 2
        struct.pack_into(
            "<H", content, place, random.choice((*_EDGES, random.randrange(64))) & 0xFFFF
        )
    return bytes(content)


def mutated_xls(stream: bytes, random: Random) -> bytes:
    """The workbook of this stream with something wrong."""
    return random.choices((_in_records, _in_box), (8, 2))[0](stream, random)
