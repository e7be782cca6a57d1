"""All hostile files, by the name under which they lie in a folder."""

from __future__ import annotations

from . import binary, locked, open_document, sheets, zips
from .attack import Attack

ATTACKS: dict[str, Attack] = {}
for _module in (zips, sheets, binary, open_document, locked):
    assert not ATTACKS.keys() & _module.ATTACKS.keys(), "two attacks have one name"
    ATTACKS |= _module.ATTACKS
