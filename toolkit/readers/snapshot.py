"""What was read of a whole folder, as it stands in the frames: opened at once the next time.

Thousands of readings cost more to put together than to take from the cache. A snapshot holds the
columns of all of them, one behind the other; what still is as it was is cut out of it in long
stretches. A file that changed is read as ever and lies between them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.model.dossier import Binding
from toolkit.model.forms import Field, FieldType, Form

from .codec import block_head, block_notes, block_of, noted, reading_head, reading_of
from .extract import NOT_A_TIME, BlockRecords
from .packing import MISFITS, DamagedError, Packer, Unpacker, head_of
from .reading import Reading
from .stretch import Columns, Stretch
from .texts import Packed, Texts
from .vocabulary import Numbered, Vocabulary, Worded

_MARK = b"SWS1"
_DAY_SECONDS = 86_400
_NO_DAY = -(2**31)
_CODES = ("|u1", "<u2", "<u4")
_WORDS = {
    "raw": "|u1", "stops": "<i8", "parts": "<i4", "ends": "<i4", "order": "<i4", "sums": "<u4"
}  # fmt: skip


_Place = tuple[Binding, Mapping[str, Field], Mapping[str, Any], int]
"""Of a block: how it is bound, its fields and notes, and where its records begin."""


class Pieces:
    """Collects what a snapshot is made of."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._files: list[Any] = []
        self._counts: dict[str, int] = defaultdict(int)
        self._heads: dict[str, int] = defaultdict(count().__next__)

    def take(self, key: str, digest: str, reading: Reading) -> None:
        """A reading that still has its records, in the order in which they go into the frames."""
        blocks = []
        for records in reading.records:
            self._counts[records.binding.block] += len(records.rows)
            blocks.append([self._head(block_head(records)), block_notes(records)])
        self.keys.append(key)
        self._files.append([key, digest, self._head(reading_head(reading)), blocks])

    def _head(self, head: Mapping[str, Any]) -> int:
        """The number of a head: those of most files are equal."""
        return self._heads[json.dumps(head, ensure_ascii=False)]

    def pack(self, frames: Mapping[str, Mapping[str, Any]], words: Vocabulary) -> list[bytes]:
        """The bytes, to be joined, of the parts of finished frames.

        None of them where records came from elsewhere, too.
        """
        texts, numbers = words.packed()
        if (
            not self.keys
            or texts is None
            or any(len(p["row"]) != self._counts[n] for n, p in frames.items())
        ):
            return []
        body = Packer()
        head = {
            "files": self._files,
            "heads": list(map(json.loads, self._heads)),
            "words": {name: body.array(getattr(texts, name)) for name in _WORDS},
            "frames": {
                name: {
                    "rows": body.array(parts["row"].astype(np.int32)),
                    "fields": {
                        key: _packed(body, column, numbers)
                        for key, column in parts.items()
                        if key != "row"
                    },
                }
                for name, parts in frames.items()
            },
        }
        return body.packed(_MARK, head)


def _packed(
    body: Packer, column: npt.NDArray[Any] | Worded, new: npt.NDArray[np.int32]
) -> dict[str, Any]:
    """A column, with other numbers for its texts and lists."""
    if isinstance(column, Worded):
        numbers, length = new.take(column.numbers), len(column.codes)
        if len(numbers) == 1:
            return {"same": int(numbers[0]), "count": length}
        kind = np.min_scalar_type(max(len(numbers) - 1, 0))
        return {"codes": body.array(column.codes.astype(kind)), "numbers": body.array(numbers)}
    if column.dtype.kind == "f":
        return {"floats": body.array(column)}
    days, seconds = np.divmod(column, _DAY_SECONDS)
    dated = column != NOT_A_TIME
    if seconds[dated].any() or (np.abs(days[dated]) >= -_NO_DAY).any():
        return {"seconds": body.array(column)}
    return {"days": body.array(np.where(dated, days, _NO_DAY).astype(np.int32))}


@dataclass(slots=True)
class Snapshot:
    """A folder as it was; what does not fit is not there."""

    digests: dict[str, str] = field(default_factory=dict)
    """Key -> hash of the readings that are in it."""
    _readings: dict[str, tuple[dict[str, Any], list[_Place]]] = field(default_factory=dict)
    """Key -> head of the reading, and its blocks."""
    _columns: dict[str, Columns] = field(default_factory=dict)

    @classmethod
    def of(cls, content: bytes, forms: Mapping[str, Form], words: Vocabulary) -> Snapshot:
        """The snapshot of `Pieces.pack`; an empty one when it is damaged.

        Its texts become the first ones of `words`, unless there are others already.
        """
        try:
            head, arrays = head_of(memoryview(content), _MARK)
            body = Unpacker(arrays, head)
            found = cls()
            packed = {name: body.array(head["words"][name], kind) for name, kind in _WORDS.items()}
            texts = Texts.of(Packed(**packed))
            found._lay_out(head, body, forms, len(texts))
            found._renumber(words.take_in(texts))
        except MISFITS:
            return cls()
        return found

    def _lay_out(
        self, head: Mapping[str, Any], body: Unpacker, forms: Mapping[str, Form], words: int
    ) -> None:
        fields = {b.key: b.fields for form in forms.values() for b in form.blocks}
        for name, parts in head["frames"].items():
            rows, kept = body.array(parts["rows"], "<i4"), parts["fields"]
            columns = {f.key: _of_field(body, kept[f.key], f, words) for f in fields[name]}
            if any(len(column) != len(rows) for column in columns.values()):
                raise DamagedError(name)
            self._columns[name] = Columns(rows, columns)
        ends = dict.fromkeys(self._columns, 0)
        heads, bound = head["heads"], {}
        for key, digest, number, found in head["files"]:
            blocks: list[_Place] = []
            for block, notes in found:
                if block not in bound:
                    bound[block] = block_of(heads[block], forms)
                binding, names = bound[block]
                start = ends.get(binding.block, 0)
                ends[binding.block] = start + int(notes["count"])
                blocks.append((binding, names, notes, start))
            self.digests[key], self._readings[key] = digest, (heads[number], blocks)
        if any(ends[name] != len(columns.rows) for name, columns in self._columns.items()):
            raise DamagedError("records are missing")

    def _renumber(self, numbers: npt.NDArray[np.int32] | None) -> None:
        if numbers is None:
            return
        self._columns = {
            name: Columns(
                columns.rows,
                {
                    key: Numbered(numbers.take(column.numbers))
                    if isinstance(column, Numbered)
                    else column
                    for key, column in columns.values.items()
                },
            )
            for name, columns in self._columns.items()
        }

    def reading(self, key: str) -> Reading | None:
        """One of its readings; None when it does not fit."""
        head, blocks = self._readings[key]
        try:
            return reading_of(head, [self._records(*block) for block in blocks])
        except MISFITS:
            return None

    def _records(
        self, binding: Binding, fields: Mapping[str, Field], notes: Mapping[str, Any], start: int
    ) -> BlockRecords:
        records = noted(copy(binding), fields, notes)
        if length := notes["count"]:
            columns = self._columns[binding.block]
            records.rows = columns.rows[start : start + length]
            records.stretch = Stretch(columns, start, start + length)
        return records


def _of_field(body: Unpacker, found: Mapping[str, Any], f: Field, words: int) -> Any:
    column = _column(body, found, words)
    worded = isinstance(column, Numbered)
    kind = None if worded else column.dtype.kind
    if kind != ("i" if f.is_date else "f" if f.type is FieldType.NUMBER else None):
        raise DamagedError(f"another type of {f.key}")
    return column


def _column(body: Unpacker, found: Mapping[str, Any], words: int) -> Any:
    """A column as BlockRecords has it. Raises DamagedError and MISFITS."""
    if "floats" in found:
        return body.array(found["floats"], "<f8")
    if "seconds" in found:
        return body.array(found["seconds"], "<i8")
    if "days" in found:
        days = body.array(found["days"], "<i4").astype(np.int64)
        return np.where(days == _NO_DAY, NOT_A_TIME, days * _DAY_SECONDS)
    if "same" in found:
        numbers = np.full(found["count"], found["same"], np.int32)
    else:
        numbers = body.array(found["numbers"], "<i4").take(body.array(found["codes"], *_CODES))
    if len(numbers) and not 0 <= int(numbers.min()) <= int(numbers.max()) < words:
        raise DamagedError("a text is missing")
    return Numbered(numbers)
