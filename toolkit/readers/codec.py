"""A reading as bytes: what a child process hands back and what the cache keeps.

Nothing that is decoded here can run code; whatever does not fit raises DamagedError.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.model.coded import objects
from toolkit.model.dossier import NO_SOURCE, Binding, ProblemKind, Status
from toolkit.model.forms import Block, Field, FieldType, Form

from .coded import Coded
from .extract import NOT_A_TIME, BlockRecords, CellNote
from .packing import MISFITS, DamagedError, Packer, Unpacker, head_of, text_of
from .reading import Reading
from .vocabulary import Numbered, Vocabulary

__all__ = ["DamagedError", "decode", "encode"]

_MARK = b"SWT1"
_SHORT = 32
"""Records of a block up to which its columns stand in the head."""
_BINDING = ("columns", "cells", "labels", "how", "unbound")
_TEXTS = ("reason", "rule", "severity", "hint", "form")
TUPLES = (FieldType.PEOPLE, FieldType.CHOICES, FieldType.REFERENCES)
"""Types of fields that hold lists of texts."""


def encode(reading: Reading) -> bytes:
    """The bytes of a reading."""
    body = Packer()
    blocks = [_block(records, body) for records in reading.records]
    return b"".join(body.packed(_MARK, {**reading_head(reading), "blocks": blocks}))


def decode(
    content: bytes | memoryview, forms: Mapping[str, Form], words: Vocabulary | None = None
) -> Reading:
    """The reading of `encode`, its long columns of texts as numbers of `words` if there are any.

    Raises DamagedError.
    """
    try:
        head, body = head_of(memoryview(content), _MARK)
        source = _Source(body, head, words)
        return reading_of(head, [_records(block, source, forms) for block in head["blocks"]])
    except DamagedError:
        raise
    except MISFITS as error:
        raise DamagedError(str(error)) from error


def reading_head(reading: Reading) -> dict[str, Any]:
    """What a reading says beside its records."""
    return {
        "status": reading.status.value,
        **{name: getattr(reading, name) for name in _TEXTS},
        "version": reading.template_version,
        "hidden": reading.hidden_rows,
    }


def reading_of(head: Mapping[str, Any], records: list[BlockRecords]) -> Reading:
    """The reading of `reading_head`. Raises DamagedError and MISFITS."""
    return Reading(
        status=Status(head["status"]),
        **{name: text_of(head[name]) for name in _TEXTS},
        template_version=text_of(head["version"]),
        hidden_rows=int(head["hidden"]),
        records=records,
    )


def block_head(records: BlockRecords) -> dict[str, Any]:
    """Where the records of a block were found."""
    binding = records.binding
    return {
        "form": binding.form,
        "block": binding.block,
        "sheet": binding.sheet,
        "header": binding.header_row,
        **{name: getattr(binding, name) for name in _BINDING if getattr(binding, name)},
    }


def block_notes(records: BlockRecords) -> dict[str, Any]:
    """How many records there are, their problems, and what is no record."""
    return {
        "count": len(records.rows),
        "problems": [
            [p.position, p.field, p.kind.value, p.raw, p.message] for p in records.problems
        ],
        "rejected": records.rejected,
    }


def block_of(
    head: Mapping[str, Any], forms: Mapping[str, Form]
) -> tuple[Binding, dict[str, Field]]:
    """The binding of `block_head`, and the fields of its block. Raises DamagedError and MISFITS."""
    block: Block = forms[head["form"]].block(head["block"])
    binding = Binding(NO_SOURCE, head["form"], block.key, text_of(head["sheet"]))
    binding.header_row = int(head["header"])
    for name in _BINDING:
        texts = dict(head.get(name, {}))
        if not _are_texts(texts.values()):
            raise DamagedError(name)
        setattr(binding, name, texts)
    return binding, {f.key: f for f in block.fields}


def noted(binding: Binding, fields: Mapping[str, Field], notes: Mapping[str, Any]) -> BlockRecords:
    """The records of `block_notes`, without rows and columns. Raises DamagedError and MISFITS."""
    problems = [
        CellNote(int(position), fields[key].key, ProblemKind(kind), text_of(raw), text_of(message))
        for position, key, kind, raw, message in notes["problems"]
    ]
    rejected = [(int(row), text_of(why), text_of(text)) for row, why, text in notes["rejected"]]
    return BlockRecords(binding, problems=problems, rejected=rejected)


def _block(records: BlockRecords, body: Packer) -> dict[str, Any]:
    count = len(records.rows)
    columns = records.columns.items() if count else ()
    return {
        **block_head(records),
        **block_notes(records),
        "rows": _numbers(records.rows, body),
        "values": {key: _values(values, count, body) for key, values in columns},
    }


def _numbers(rows: Sequence[int], body: Packer) -> Any:
    if len(rows) <= _SHORT:
        return list(map(int, rows))
    return body.array(np.array(rows, np.int32))


def _values(values: Any, count: int, body: Packer) -> Any:
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
    """The columns of a reading."""

    def __init__(self, body: memoryview, head: Mapping[str, Any], words: Vocabulary | None) -> None:
        self._body = Unpacker(body, head)
        number: Callable[[Sequence[Any]], npt.NDArray[Any]]
        number = objects if words is None else words.numbered
        self._numbered = words is not None
        self._lists, self._texts = number(self._body.lists), number(self._body.texts)

    def rows(self, found: Any) -> Any:
        """Numbers of rows."""
        return self._body.array(found, "<i4") if found and isinstance(found[0], str) else found

    def column(self, values: Any, f: Field, count: int) -> Any:
        """A column as BlockRecords has it."""
        found = self._short(values, f) if isinstance(values, list) else self._long(values, f)
        if len(found) != count:
            raise DamagedError(f"{f.key} is too short")
        return found

    def _long(self, values: Any, f: Field) -> npt.NDArray[Any] | Coded | Numbered:
        if f.is_date:
            return self._body.array(values["array"], "<i8")
        if f.type is FieldType.NUMBER:
            return self._body.array(values["array"], "<f8")
        if f.type in TUPLES:
            return self._coded(values["list"], self._lists)
        return self._coded(values["text"], self._texts)

    def _coded(self, place: Any, table: npt.NDArray[Any]) -> Coded | Numbered:
        codes = self._body.array(place, "<u2", "<u4")
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
        if f.type in TUPLES:
            return [tuple(map(text_of, value)) for value in values]
        if not _are_texts(values):
            raise DamagedError("something else stands for a text")
        return values


def _are_texts(values: Collection[Any]) -> bool:
    return set(map(type, values)) <= {str}


def _records(found: Mapping[str, Any], source: _Source, forms: Mapping[str, Form]) -> BlockRecords:
    binding, fields = block_of(found, forms)
    records, count = noted(binding, fields, found), found["count"]
    records.rows = source.rows(found["rows"])
    if len(records.rows) != count:
        raise DamagedError("rows are missing")
    columns = found["values"].items()
    records.columns = {k: source.column(v, fields[k], count) for k, v in columns}
    return records
