"""Mutated .xlsx: bytes of the archive, its parts, and what stands inside of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from ..hostile.bombs import archive

Parts = dict[str, bytes]
_NUMBERS = (
    b"0", b"-1", b"1e999", b"NaN", b"99999999999999999999", b"0x10", b"1_000", b"2147483648",
    b"65536", b"16384", b"1048577", b"-0.0", b"1.7976931348623157e308", "１２".encode(), b"",
)  # fmt: skip
_ENTITIES = (
    b"&#0;", b"&#x10FFFF;", b"&#x110000;", b"&#xD800;", b"&none;", b"&amp", b"&#99999999;",
    b"_x0000_", b"_xD83D_", b"_xFFFF_", b"]]>", b"<![CDATA[", b"<!--", b"<?x?>", b"\x00",
    b"\xff\xfe",
)  # fmt: skip
_REFERENCES = (
    b"A0", b"XFE1", b"A1048577", b"A", b"1", b"a1", b"$A$1", b"A1:B2", b"R1C1", b"AAAAAAA1",
    b"A99999999999", b"", b"B2", b"A1", b"XFD1048576",
)  # fmt: skip
_KINDS = (b"s", b"str", b"b", b"e", b"d", b"n", b"inlineStr", b"z", b"")
_DECLARED = (b"utf-16", b"gbk", b"latin-1", b"utf-7", b"none", b"UTF-8", b"ascii", b"idna")
_TAG = re.compile(rb"<[^<>]*>")
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_CELL_REFERENCE = re.compile(rb'(?<=[ :"])\$?[A-Z]{1,3}\$?\d{1,7}(?=["<: ])')
_NUMBER = re.compile(rb"(?<=[>\"])\d+(?:\.\d+)?(?=[<\"])")


def _replaced(text: bytes, pattern: re.Pattern[bytes], random: Random, new: bytes) -> bytes:
    """One match of a pattern replaced; the text itself when there is none."""
    found = list(pattern.finditer(text))
    if not found:
        return text
    match = random.choice(found)
    return text[: match.start()] + new + text[match.end() :]


def _attribute(text: bytes, random: Random) -> bytes:
    found = list(_ATTRIBUTE.finditer(text))
    if not found:
        return text
    one, other = random.choice(found), random.choice(found)
    new = random.choice(
        (
            b"",
            b" " + one[0] + b" " + one[0],
            one[1] + b'="' + other[2] + b'"',
            other[0],
            one[0][:-1],
        )
    )
    return text[: one.start()] + new + text[one.end() :]


def _tag(text: bytes, random: Random) -> bytes:
    found = list(_TAG.finditer(text))
    if len(found) < 2:
        return text
    one, other = random.choice(found), random.choice(found)
    new = random.choice((b"", one[0] * 2, other[0], one[0][:-1] + b"/>", b"<x:" + one[0][1:]))
    return text[: one.start()] + new + text[one.end() :]


def _kind(text: bytes, random: Random) -> bytes:
    new = b' t="' + random.choice(_KINDS) + b'"'
    return _replaced(text, re.compile(rb' t="\w*"'), random, new)


def _insertion(text: bytes, random: Random) -> bytes:
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(_ENTITIES) + text[place:]


def _bytes(text: bytes, random: Random) -> bytes:
    changed = bytearray(text)
    for _ in range(random.randrange(1, 6) if text else 0):
        changed[random.randrange(len(changed))] = random.choice(b'<>/"=& \x00\xffcvrA01')
    return bytes(changed)


def _repeated(text: bytes, random: Random) -> bytes:
    start = random.randrange(len(text) + 1)
    end = min(len(text), start + random.randrange(1, 400))
    return text[:end] + text[start:end] * random.randrange(1, 30) + text[end:]


def _cut(text: bytes, random: Random) -> bytes:
    start = random.randrange(len(text) + 1)
    return text[:start] + text[start + random.randrange(1, 200) :]


def _declared(text: bytes, random: Random) -> bytes:
    return re.sub(
        rb'encoding="[^"]*"', b'encoding="' + random.choice(_DECLARED) + b'"', text, count=1
    )


_IN_XML: tuple[Callable[[bytes, Random], bytes], ...] = (
    _attribute,
    _tag,
    _kind,
    _insertion,
    _bytes,
    _repeated,
    _cut,
    _declared,
    lambda text, random: _replaced(text, _NUMBER, random, random.choice(_NUMBERS)),
    lambda text, random: _replaced(text, _CELL_REFERENCE, random, random.choice(_REFERENCES)),
)


def _some_part(parts: Parts, random: Random) -> str:
    """More often one that matters: a sheet, texts, styles, the workbook."""
    names = sorted(parts)
    telling = [n for n in names if re.search(r"sheet\d|sharedStrings|styles|workbook\.xml", n)]
    return random.choice(telling if telling and random.random() < 0.85 else names)


def _inside(parts: Parts, random: Random) -> bytes:
    changed = dict(parts)
    for _ in range(random.choice((1, 1, 2))):
        name = _some_part(changed, random)
        changed[name] = random.choice(_IN_XML)(changed[name], random)
    return archive(changed)


def _parts(parts: Parts, random: Random) -> bytes:
    changed = dict(parts)
    one, other = _some_part(changed, random), _some_part(changed, random)
    choice = random.randrange(4)
    if choice == 0:
        changed[one], changed[other] = changed[other], changed[one]
    elif choice == 1:
        del changed[one]
    elif choice == 2:
        changed[one.swapcase()] = changed[other]
    else:
        changed[one] = random.choice((b"", b"<x/>", bytes(2_000), changed[one][::-1]))
    return archive(changed)


def _of_archive(parts: Parts, random: Random) -> bytes:
    content = bytearray(archive(parts))
    if random.random() < 0.3:
        return bytes(content[: random.randrange(len(content))])
    directory = content.rfind(b"PK\x01\x02", 0, len(content) - random.randrange(1, 600))
    first = max(directory, 0) if random.random() < 0.7 else 0
    for _ in range(random.randrange(1, 8)):
        content[random.randrange(first, len(content))] = random.randrange(256)
    return bytes(content)


def mutated_xlsx(parts: Parts, random: Random) -> bytes:
    """The workbook of these parts with something wrong."""
    way = random.choices((_inside, _parts, _of_archive), (7, 1, 2))[0]
    return way(parts, random)
