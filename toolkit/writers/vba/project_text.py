"""The PROJECT and PROJECTwm streams of a VBA project (MS-OVBA 2.3.1, 2.3.3)."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence

_UNPROTECTED = bytes(4)
_NO_PASSWORD = b"\0"
_VISIBLE = b"\xff"
_HOST = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"
_WINDOW = "0, 0, 0, 0, C"
"""A module's editor window: closed, wherever the host likes."""


def project_text(
    identity: uuid.UUID, name: str, listed: Sequence[str], modules: Sequence[str]
) -> bytes:
    """PROJECT: `listed` are its lines `Document=…`, `Module=…` and `Class=…`."""
    guid = f"{{{identity}}}".upper()
    # any seed will do; taken from the identity, the same project has the same bytes
    seeds = identity.bytes
    lines = [
        f'ID="{guid}"',
        *listed,
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{concealed(_UNPROTECTED, guid, seeds[0])}"',
        f'DPB="{concealed(_NO_PASSWORD, guid, seeds[1])}"',
        f'GC="{concealed(_VISIBLE, guid, seeds[2])}"',
        "",
        "[Host Extender Info]",
        _HOST,
        "",
        "[Workspace]",
        *(f"{module}={_WINDOW}" for module in modules),
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def module_names(modules: Sequence[str]) -> bytes:
    """PROJECTwm: each module's name in the code page and in UTF-16."""
    pairs = (f"{m}\0".encode("ascii") + f"{m}\0".encode("utf-16-le") for m in modules)
    return b"".join(pairs) + b"\0\0"


def concealed(data: bytes, guid: str, seed: int) -> str:
    """MS-OVBA 2.4.3.2: protection, password and visibility are hidden from the casual eye."""
    key = sum(guid.encode("ascii")) & 0xFF
    version = 2
    out = bytearray((seed, seed ^ version, seed ^ key))
    plain = bytes((seed & 6) // 2) + struct.pack("<I", len(data)) + data
    before = key
    for byte in plain:
        out.append(byte ^ (out[-2] + before & 0xFF))
        before = byte
    return out.hex().upper()
