"""Arrays and texts as one row of bytes behind a JSON head, and back.

Four bytes of mark, the length of the head, the head, then plain arrays. Texts stand once in a
table. Nothing that is unpacked here can run code; whatever does not fit raises DamagedError or one
of MISFITS.
"""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from .coded import Coded

_HEAD = struct.Struct("<4sI")
_ALIGNED = 8
_BETWEEN = "\x1f"
MISFITS = (
    ValueError, LookupError, TypeError, AttributeError, StopIteration, OverflowError,
    RecursionError, struct.error,
)  # fmt: skip


class DamagedError(ValueError):
    """The bytes are not what they should be."""


class Packer:
    """The arrays behind a head, and the tables of texts and lists that they point to."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self._length = 0
        self._texts: dict[str, int] = defaultdict(count().__next__)
        self._lists: dict[tuple[str, ...], int] = defaultdict(count().__next__)

    def array(self, values: npt.NDArray[Any]) -> list[Any]:
        """Put an array in; its type, place and length for the head."""
        raw = values.tobytes()
        place = self._length
        raw += bytes(-len(raw) % _ALIGNED)
        self.pieces.append(raw)
        self._length += len(raw)
        return [values.dtype.str, place, len(values)]

    def texts(self, column: Coded) -> list[Any]:
        return self._codes(self._texts, column)

    def lists(self, column: Coded) -> list[Any]:
        return self._codes(self._lists, column)

    def _codes(self, table: dict[Any, int], column: Coded) -> list[Any]:
        places = list(map(table.__getitem__, column.table.tolist()))
        codes = np.array(places, np.uint16 if len(table) <= 65_536 else np.uint32)
        return self.array(codes.take(column.codes))

    def tables(self) -> dict[str, Any]:
        found: dict[str, Any] = {"lists": list(self._lists)}
        joined = _BETWEEN.join(self._texts)
        if joined.count(_BETWEEN) == max(len(self._texts) - 1, 0):
            raw = np.frombuffer(joined.encode("utf-8", "surrogatepass"), np.uint8)
            return found | {"texts": self.array(raw), "count": len(self._texts)}
        return found | {"texts": list(self._texts), "count": -1}

    def packed(self, mark: bytes, head: Mapping[str, Any]) -> list[bytes]:
        """All of it, with the tables added to the head; to be joined."""
        raw = json.dumps(
            {**head, **self.tables()}, ensure_ascii=False, separators=(",", ":")
        ).encode("utf-8", "surrogatepass")
        raw += b" " * (-(_HEAD.size + len(raw)) % _ALIGNED)
        return [_HEAD.pack(mark, len(raw)), raw, *self.pieces]


def head_of(content: memoryview, mark: bytes) -> tuple[dict[str, Any], memoryview]:
    """The head, and the arrays behind it. Raises DamagedError and MISFITS."""
    found, length = _HEAD.unpack_from(content)
    if found != mark:
        raise DamagedError("something else")
    start = _HEAD.size + length
    head = json.loads(content[_HEAD.size : start].tobytes().decode("utf-8", "surrogatepass"))
    return head, content[start:]


class Unpacker:
    """The arrays behind a head, and its tables. Raises DamagedError and MISFITS."""

    def __init__(self, body: memoryview, head: Mapping[str, Any]) -> None:
        self._body = body
        self.lists = [tuple(map(text_of, items)) for items in head["lists"]]
        self.texts = self._text_table(head["texts"], head["count"])

    def _text_table(self, found: Any, count: int) -> list[str]:
        if count >= 0:
            raw = self.array(found, "|u1").tobytes().decode("utf-8", "surrogatepass")
            texts = raw.split(_BETWEEN) if count else []
            if len(texts) != count:
                raise DamagedError("texts are missing")
            return texts
        return list(map(text_of, found))

    def array(self, place: Any, *types: str) -> npt.NDArray[Any]:
        kind, start, length = place
        if kind not in types or start < 0 or length < 0:
            raise DamagedError(f"an array of {kind}")
        return np.frombuffer(self._body, kind, length, start)


def text_of(value: Any) -> str:
    """The value if it is a text. Raises DamagedError."""
    if value.__class__ is not str:
        raise DamagedError("something else stands for a text")
    return value
