"""The `dir` stream of a VBA project (MS-OVBA 2.3.4.2): its settings, references and modules."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

CODE_PAGE = 1252
"""Sources are ASCII; any code page would do, this one needs no language pack."""
STANDARD, CLASS = "Module", "Class"
"""Kinds of modules, as the PROJECT stream calls them."""
_ENGLISH = 0x0409
_WIN32 = 1
_VERSION = (1, 1)
_NO_COOKIE = 0xFFFF


@dataclass(frozen=True, slots=True)
class Reference:
    """A registered type library."""

    name: str
    libid: str


@dataclass(frozen=True, slots=True)
class DirModule:
    """A module as `dir` lists it."""

    name: str
    is_standard: bool


STDOLE = Reference(
    "stdole",
    r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0"
    r"#C:\Windows\System32\stdole2.tlb#OLE Automation",
)


def dir_stream(
    project: str, modules: Sequence[DirModule], references: Sequence[Reference]
) -> bytes:
    """The uncompressed stream. Every name must be ASCII."""
    return b"".join(
        (
            _number(0x01, _WIN32),
            _number(0x02, _ENGLISH),
            _number(0x14, _ENGLISH),
            _record(0x03, struct.pack("<H", CODE_PAGE)),
            _record(0x04, project.encode("ascii")),
            _text(0x05, 0x40, ""),  # description
            _record(0x06, b"") + _record(0x3D, b""),  # help files
            _number(0x07, 0),  # help context
            _number(0x08, 0),  # flags of the type library
            # the one record whose size does not count its last two bytes
            struct.pack("<HIIH", 0x09, 4, *_VERSION),
            _text(0x0C, 0x3C, ""),  # compiler constants
            *(_reference(reference) for reference in references),
            _record(0x0F, struct.pack("<H", len(modules))),
            _record(0x13, struct.pack("<H", _NO_COOKIE)),
            *(_module(module) for module in modules),
            _record(0x10, b""),
        )
    )


def _reference(reference: Reference) -> bytes:
    libid = reference.libid.encode("ascii")
    body = struct.pack("<I", len(libid)) + libid + bytes(6)
    return _text(0x16, 0x3E, reference.name) + _record(0x0D, body)


def _module(module: DirModule) -> bytes:
    return b"".join(
        (
            _text(0x19, 0x47, module.name),
            _text(0x1A, 0x32, module.name),  # name of its stream
            _text(0x1C, 0x48, ""),  # description
            _number(0x31, 0),  # the source begins where the stream begins: nothing is compiled
            _number(0x1E, 0),  # help context
            _record(0x2C, struct.pack("<H", _NO_COOKIE)),
            _record(0x21 if module.is_standard else 0x22, b""),
            _record(0x2B, b""),
        )
    )


def _record(number: int, body: bytes) -> bytes:
    return struct.pack("<HI", number, len(body)) + body


def _number(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<I", value))


def _text(number: int, unicode_number: int, text: str) -> bytes:
    """A text is stored twice: in the code page and in UTF-16."""
    return _record(number, text.encode("ascii")) + _record(unicode_number, text.encode("utf-16-le"))
