"""Texts as they stand in the parts of a workbook, without their escapes."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar
from xml.etree import ElementTree

_ENTITY = re.compile(r"&(?:#(?P<decimal>\d{1,7})|#x(?P<hex>[0-9A-Fa-f]{1,6})|(?P<name>\w{1,5}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")

_Result = TypeVar("_Result")
_SMALL = 64 * 1024


def remembered(read: Callable[..., _Result]) -> Callable[..., _Result]:
    """Keep what was read of small parts: workbooks that were made from one form have equal ones.

    Large ones are no form's, and 256 of them would fill the memory.
    """
    kept = lru_cache(maxsize=256)(read)

    @wraps(read)
    def reader(*parts: Any) -> _Result:
        return (kept if sum(map(len, parts)) < _SMALL else read)(*parts)

    return reader


def tree(xml: bytes) -> ElementTree.Element:
    """A part as a tree. Raises ParseError, also when it has a document type."""
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ElementTree.ParseError("document type declarations are not allowed")
    return ElementTree.fromstring(xml)


def unescaped(text: str) -> str:
    """Without XML's entities and Excel's `_x000D_`. Raises ValueError for an unknown entity."""
    return decoded(resolved(text))


def resolved(text: str) -> str:
    """Without XML's entities. Raises ValueError for an unknown one."""
    return _whole(_ENTITY.sub(_character, text)) if "&" in text else text


def decoded(text: str) -> str:
    """Without Excel's `_x000D_`, for texts whose entities are resolved already."""
    if "_x" in text:
        text = _whole(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))
    return text


def _whole(text: str) -> str:
    """With the halves of characters joined; a half alone is a mark of replacement."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(match: re.Match[str]) -> str:
    if match["name"]:
        if match["name"] not in _NAMED:
            raise ValueError(f"an unknown entity: {match[0]}")
        return _NAMED[match["name"]]
    return chr(int(match["decimal"]) if match["decimal"] else int(match["hex"], 16))
