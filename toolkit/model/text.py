"""Normal forms of names, labels and text, so that widths, blanks and dashes never decide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_BLANKS = re.compile(r"[\s\u00a0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]+")
_BLANK_CHARACTERS = "".join(_BLANKS.findall("".join(map(chr, range(0x3001))))) + "\ufeff"
_DASH = "－—–‐‑‒―−﹣"
_DASHES = str.maketrans(dict.fromkeys(_DASH, "-"))
_ODD = re.compile(f"[{re.escape(_DASH + _BLANK_CHARACTERS.replace(chr(0x1F), ''))}]")
"""A dash or blank that `fold` changes; \\x1f stands between the texts."""
_LABEL_NOISE = re.compile(r"[\W_]+")
_PARENTHESES = re.compile(r"\([^()]*\)")
_STAFF_NUMBER = re.compile(r"\((?P<number>[0-9A-Za-z-]+)\)$")


def is_blank(value: object) -> bool:
    """True for None, NaN, NaT and text that is empty after stripping every kind of space."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip(_BLANK_CHARACTERS)
    return value != value  # NaN and NaT are the only values unequal to themselves


def clean(value: object) -> str:
    """The text of a cell: NFC, outer blanks of every kind stripped, line ends unified."""
    if not isinstance(value, str):
        if is_blank(value):
            return ""
        value = str(int(value) if isinstance(value, float) and value.is_integer() else value)
    text = unicodedata.normalize("NFC", value)
    if "\r" in text or "_x000D_" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    return text.strip(_BLANK_CHARACTERS)


def clean_all(texts: Sequence[str]) -> list[str]:
    """`clean` of many texts: looked through once together, because hardly any needs a change."""
    joined = "\x1f".join(texts)
    if "\r" in joined or "_x000D_" in joined or not unicodedata.is_normalized("NFC", joined):
        return [clean(text) for text in texts]
    return [text.strip(_BLANK_CHARACTERS) for text in texts]


def fold(text: str) -> str:
    """For comparing: NFKC, unified dashes, case folded, no blanks at all."""
    # numbers, of which there are many different ones, need no table of what was folded before
    return "".join(text.split()).lower() if text.isascii() else _fold(text)


def fold_all(texts: Sequence[str]) -> list[str]:
    """`fold` of many texts: looked through once together, because hardly any needs changing."""
    joined = "\x1f".join(texts)
    odd = joined.count("\x1f") != len(texts) - 1 or _ODD.search(joined)
    if odd or not unicodedata.is_normalized("NFKC", joined):
        return [fold(text) for text in texts]
    return joined.casefold().split("\x1f")


@lru_cache(maxsize=65536)
def _fold(text: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text).translate(_DASHES)).casefold()


@lru_cache(maxsize=65536)
def fold_label(text: str) -> str:
    """A label for comparing: like fold, without punctuation or a remark in parentheses."""
    folded = fold(text)
    bare = _PARENTHESES.sub("", folded)
    return _LABEL_NOISE.sub("", bare) or _LABEL_NOISE.sub("", folded)


@lru_cache(maxsize=65536)
def fold_person(text: str) -> str:
    """A person's name for display and comparing: NFKC, no inner blanks of Chinese names.

    Latin names keep single blanks; a staff number in parentheses stays: it tells namesakes apart.
    """
    name = _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    if any("\u4e00" <= char <= "\u9fff" for char in name):
        return name.replace(" ", "")
    return name.replace(" (", "(")


def split_staff_number(name: str) -> tuple[str, str]:
    """('张三(0123)') -> ('张三', '0123'); the number is empty when there is none."""
    match = _STAFF_NUMBER.search(name)
    if match is None:
        return name, ""
    return name[: match.start()], match["number"]


_SEPARATORS = re.compile(r"[、,，;；/\n\r\t|｜]+")


def split_list(text: str) -> list[str]:
    """The parts of a cell that holds several values, blanks stripped, empty ones dropped."""
    return [part for piece in _SEPARATORS.split(text) if (part := clean(piece))]
