"""A reading as bytes: what a child process hands back and what the cache keeps.

Four bytes of mark, the length of a JSON head, the head, then plain arrays. Texts stand once in a
table. Nothing that is decoded here can run code; whatever does not fit raises DamagedError.
"""

from __future__ import annotations

import json
import struct
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.model.coded import objects
from toolkit.model.dossier import NO_SOURCE, Binding, ProblemKind, Status
from toolkit.model.forms import Block, Field, FieldType, Form

from .coded import Coded
from .extract import NOT_A_TIME, BlockRecords, CellNote
from .reading import Reading
from .vocabulary import Numbered, Vocabulary

_MARK = b"SWT1"
_HEAD = struct.Struct("<4sI")
_ALIGNED = 8
_SHORT = 32
"""Records of a block up to which its columns stand in the head."""
_BETWEEN = "\x1f"
_BINDING = ("columns", "cells", "labels", "how", "unbound")
_TUPLES = (FieldType.PEOPLE, FieldType.CHOICES, FieldType.REFERENCES)


_MISFITS = (
    ValueError, LookupError, TypeError, AttributeError, StopIteration, OverflowError,
    RecursionError, struct.error,
)  # fmt: skip


class DamagedError(ValueError):
    """The bytes are no reading of these forms."""


def encode(reading: Reading) -> bytes:
    """The bytes of a reading."""
    body = _Body()
    head = {
        "status": reading.status.value,
        "reason": reading.reason,
        "rule": reading.rule,
        "severity": reading.severity,
        "hint": reading.hint,
        "form": reading.form,
        "version": reading.template_version,
        "hidden": reading.hidden_rows,
        "blocks": [_block(records, body) for records in reading.records],
    }
    head |= body.tables()
    raw = json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    raw += b" " * (-(_HEAD.size + len(raw)) % _ALIGNED)
    return b"".join((_HEAD.pack(_MARK, len(raw)), raw, *body.pieces))


def decode(
    content: bytes | memoryview, forms: Mapping[str, Form], words: Vocabulary | None = None
) -> Reading:
    """The reading of `encode`, its long columns of texts as numbers of `words` if there are any.

    Raises DamagedError.
    """
    try:
        return _decode(memoryview(content), forms, words)
    except DamagedError:
        raise
    except _MISFITS as error:
        raise DamagedError(str(error)) from error


class _Body:
    """The arrays behind the head, and the tables of texts and lists that they point to."""

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


def _block(records: BlockRecords, body: _Body) -> dict[str, Any]:
    binding = records.binding
    count = len(records.rows)
    return {
        "form": binding.form,
        "block": binding.block,
        "sheet": binding.sheet,
        "header": binding.header_row,
        **{name: getattr(binding, name) for name in _BINDING if getattr(binding, name)},
        "rows": _numbers(records.rows, body),
        "count": count,
        "values": {
            key: _values(values, count, body) for key, values in records.columns.items() if count
        },
        "problems": [
            [p.position, p.field, p.kind.value, p.raw, p.message] for p in records.problems
        ],
        "rejected": records.rejected,
    }


def _numbers(rows: Sequence[int], body: _Body) -> Any:
    if len(rows) <= _SHORT:
        return list(map(int, rows))
    return body.array(np.array(rows, np.int32))


def _values(values: Any, count: int, body: _Body) -> Any:
    """A column for the head: all its values, or where they stand."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return {"array": body.array(values)}
    if count <= _SHORT:
        return list(map(_plain, values.expand() if isinstance(values, Coded) else values))
    column = values if isinstance(values, Coded) else _coded(values)
    first = column.table[0]
    if isinstance(first, str):
        return {"text": body.texts(column)}
    if isinstance(first, tuple):
        return {"list": body.lists(column)}
    kind = np.float64 if isinstance(first, float) else np.int64
    return {"array": body.array(column.table.astype(kind).take(column.codes))}


def _coded(values: Sequence[Any]) -> Coded:
    known = {value: number for number, value in enumerate(dict.fromkeys(values))}
    codes = np.fromiter(map(known.__getitem__, values), np.int32, len(values))
    return Coded(codes, objects(list(known)))


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return None if value != value else value


class _Source:
    """The bytes behind the head, read back."""

    def __init__(self, body: memoryview, head: Mapping[str, Any], words: Vocabulary | None) -> None:
        self._body = body
        self._numbered = words is not None
        tables = (
            [tuple(map(_text, items)) for items in head["lists"]],
            self._text_table(head["texts"], head["count"]),
        )
        number: Callable[[Sequence[Any]], npt.NDArray[Any]]
        number = objects if words is None else words.numbered
        self._lists, self._texts = number(tables[0]), number(tables[1])

    def _text_table(self, found: Any, count: int) -> list[str]:
        if count >= 0:
            raw = self.array(found, "|u1").tobytes().decode("utf-8", "surrogatepass")
            texts = raw.split(_BETWEEN) if count else []
            if len(texts) != count:
                raise DamagedError("texts are missing")
            return texts
        return list(map(_text, found))

    def array(self, place: Any, *types: str) -> npt.NDArray[Any]:
        kind, start, length = place
        if kind not in types or start < 0 or length < 0:
            raise DamagedError(f"an array of {kind}")
        return np.frombuffer(self._body, kind, length, start)

    def column(self, values: Any, f: Field, count: int) -> Any:
        """A column as BlockRecords has it."""
        found = self._short(values, f) if isinstance(values, list) else self._long(values, f)
        if len(found) != count:
            raise DamagedError(f"{f.key} is too short")
        return found

    def _long(self, values: Any, f: Field) -> npt.NDArray[Any] | Coded | Numbered:
        if f.is_date:
            return self.array(values["array"], "<i8")
        if f.type is FieldType.NUMBER:
            return self.array(values["array"], "<f8")
        if f.type in _TUPLES:
            return self._coded(values["list"], self._lists)
        return self._coded(values["text"], self._texts)

    def _coded(self, place: Any, table: npt.NDArray[Any]) -> Coded | Numbered:
        codes = self.array(place, "<u2", "<u4")
        if self._numbered:
            return Numbered(table.take(codes))  # raises when a text is missing
        if len(codes) and codes.max() >= len(table):
            raise DamagedError("a text is missing")
        return Coded(codes, table)

    @staticmethod
    def _short(values: list[Any], f: Field) -> list[Any]:
        if f.is_date:
            return [max(int(value), NOT_A_TIME) for value in values]
        if f.type is FieldType.NUMBER:
            return [float("nan") if value is None else float(value) for value in values]
        if f.type in _TUPLES:
            return [tuple(map(_text, value)) for value in values]
        if not _are_texts(values):
            raise DamagedError("something else stands for a text")
        return values


def _are_texts(values: Collection[Any]) -> bool:
    return set(map(type, values)) <= {str}


def _text(value: Any) -> str:
    if value.__class__ is not str:
        raise DamagedError("something else stands for a text")
    return value


def _decode(content: memoryview, forms: Mapping[str, Form], words: Vocabulary | None) -> Reading:
    mark, length = _HEAD.unpack_from(content)
    if mark != _MARK:
        raise DamagedError("not a reading")
    start = _HEAD.size + length
    head = json.loads(content[_HEAD.size : start].tobytes().decode("utf-8", "surrogatepass"))
    source = _Source(content[start:], head, words)
    names = ("reason", "rule", "severity", "hint", "form")
    return Reading(
        status=Status(head["status"]),
        **{name: _text(head[name]) for name in names},
        template_version=_text(head["version"]),
        hidden_rows=int(head["hidden"]),
        records=[_records(block, source, forms) for block in head["blocks"]],
    )


def _records(found: Mapping[str, Any], source: _Source, forms: Mapping[str, Form]) -> BlockRecords:
    block: Block = forms[found["form"]].block(found["block"])
    fields = {f.key: f for f in block.fields}
    count = found["count"]
    binding = Binding(NO_SOURCE, found["form"], block.key, _text(found["sheet"]))
    binding.header_row = int(found["header"])
    for name in _BINDING:
        texts = found.get(name, {})
        if not _are_texts(texts.values()):
            raise DamagedError(name)
        setattr(binding, name, texts)
    rows = found["rows"]
    if len(rows) == 3 and isinstance(rows[0], str):
        rows = source.array(rows, "<i4")
    if len(rows) != count:
        raise DamagedError("rows are missing")
    return BlockRecords(
        binding,
        rows,
        {k: source.column(v, fields[k], count) for k, v in found["values"].items()},
        [
            CellNote(int(position), fields[key].key, ProblemKind(kind), _text(raw), _text(message))
            for position, key, kind, raw, message in found["problems"]
        ],
        [(int(row), _text(reason), _text(text)) for row, reason, text in found["rejected"]],
    )
