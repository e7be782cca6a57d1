"""Workbooks with a password, and what may wait behind it."""

from __future__ import annotations

import io

import olefile
from msoffcrypto.format.ooxml import OOXMLFile

from toolkit.readers.passwords import DEFAULT

from ..other_formats import compound
from .attack import FORM, TOO_LARGE, Attack
from .zips import one_text


def encrypted(content: bytes, password: str = DEFAULT) -> bytes:
    """The workbook with a password; the default one opens without asking."""
    found = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, found)
    return found.getvalue()


def with_rounds(count: int) -> bytes:
    """A password that takes so many rounds of hashing to try."""
    with olefile.OleFileIO(io.BytesIO(encrypted(FORM))) as box:
        streams = {
            name: box.openstream(name).read() for name in ("EncryptionInfo", "EncryptedPackage")
        }
    head, _, rest = streams["EncryptionInfo"].rpartition(b'spinCount="')
    rest = rest[rest.index(b'"') :]
    streams["EncryptionInfo"] = head + b'spinCount="%d' % count + rest
    return compound(streams)


ATTACKS = {
    "密码要算千万轮.xlsx": Attack(lambda: with_rounds(10_000_000), "文件设有打开密码"),
    "密码后面是炸弹.xlsx": Attack(lambda: encrypted(one_text(200)), TOO_LARGE),
    "密码部分是空的.xlsx": Attack(
        lambda: compound({"EncryptionInfo": b"", "EncryptedPackage": b""}), "文件设有打开密码"
    ),
}
