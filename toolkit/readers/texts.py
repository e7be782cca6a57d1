"""Different texts and lists of texts as bytes: each becomes a value when somebody looks at it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from toolkit.model.coded import objects

Numbers = npt.NDArray[np.integer[Any]]
_END = b"\x1f"
_FEW = 64
"""So many times fewer values than there are in all are made one by one."""
_AT_ONCE = 50_000
_MOST_ALIKE = 1_000
"""Texts with the same checksum; so many are nobody's chance."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Texts, then lists, as arrays."""

    raw: npt.NDArray[np.uint8]
    """The texts in UTF-8, each with a mark behind it."""
    stops: npt.NDArray[np.int64]
    """Where each text ends, if the marks do not tell because they stand in texts, too."""
    parts: npt.NDArray[np.int32]
    """The numbers of the texts of all lists, one list behind the other."""
    ends: npt.NDArray[np.int32]
    """Where each list ends."""
    order: npt.NDArray[np.int32]
    """The numbers of texts and lists in the order of their checksums."""
    sums: npt.NDArray[np.uint32]
    """The checksums, in order."""

    @classmethod
    def of(cls, texts: Sequence[str], parts: Numbers, ends: Numbers) -> Packed | None:
        """Different texts, and lists of their numbers; None when too many checksums are equal."""
        raws, stops, sums = [], [np.empty(0, np.int64)], np.empty(len(texts) + len(ends), np.uint32)
        for start in range(0, len(texts), _AT_ONCE):
            written = list(map(_written, texts[start : start + _AT_ONCE]))
            raws.append(_END.join([*written, b""]))
            stops.append(np.fromiter(map(len, written), np.int64, len(written)) + 1)
            sums[start : start + len(written)] = _sums(map(crc32, written), len(written))
        of_parts = sums.take(parts).astype("<u4").tobytes()
        places = pairwise([0, *(ends * 4).tolist()])
        listed = (_of_list(of_parts[start:end]) for start, end in places)
        sums[len(texts) :] = _sums(listed, len(ends))
        order = np.argsort(sums, kind="stable").astype(np.int32)
        sums = sums.take(order)
        if (sums[_MOST_ALIKE:] == sums[:-_MOST_ALIKE]).any():
            return None
        raw, at = np.frombuffer(b"".join(raws), np.uint8), np.cumsum(np.concatenate(stops)) - 1
        plain = np.count_nonzero(raw == _END[0]) == len(at)
        return cls(
            raw, at[:0] if plain else at, parts.astype(np.int32), ends.astype(np.int32), order, sums
        )


@dataclass(slots=True)
class Texts:
    """The values of `Packed` by their number."""

    packed: Packed
    _ends: npt.NDArray[np.intp] = field(init=False)
    _made: npt.NDArray[np.object_] | None = None
    _lists: npt.NDArray[np.object_] | None = None

    def __post_init__(self) -> None:
        stops = self.packed.stops
        self._ends = stops if len(stops) else np.flatnonzero(self.packed.raw == _END[0])

    @classmethod
    def of(cls, packed: Packed) -> Texts:
        """Raises ValueError when the arrays do not fit each other."""
        found = cls(packed)
        if not len(found) == len(packed.order) == len(packed.sums):
            raise ValueError("texts are missing")
        return found

    def __len__(self) -> int:
        return len(self._ends) + len(self.packed.ends)

    def take(self, numbers: Numbers) -> npt.NDArray[np.object_]:
        """The values of these numbers."""
        first = len(self._ends)
        of_lists = numbers >= first
        if not of_lists.any():
            return self._of_texts(numbers)
        found = np.empty(len(numbers), object)
        found[of_lists] = self._of_lists(numbers[of_lists] - first)
        found[~of_lists] = self._of_texts(numbers[~of_lists])
        return found

    def find(self, values: Sequence[Any]) -> npt.NDArray[np.int64]:
        """The numbers of values; -1 of those that are not there."""
        wanted = _sums(map(_sum, values), len(values))
        found = np.full(len(values), -1, np.int64)
        first = np.searchsorted(self.packed.sums, wanted)
        alike = np.searchsorted(self.packed.sums, wanted, "right") - first
        for nth in range(int(alike.max(initial=0))):
            places = np.flatnonzero(alike > nth)
            numbers = self.packed.order[first[places] + nth]
            same = self.take(numbers) == objects([values[place] for place in places.tolist()])
            found[places[same]] = numbers[same]
        return found

    def _of_texts(self, numbers: Numbers) -> npt.NDArray[np.object_]:
        if self._made is None and len(numbers) * _FEW < len(self._ends):
            return objects(list(map(self._text, numbers.tolist())))
        if self._made is None and len(self.packed.stops):
            self._made = objects(list(map(self._text, range(len(self._ends)))))
        if self._made is None:
            texts = _read(self.packed.raw.tobytes()).split(_END.decode())
            self._made = np.array(texts, object)[:-1]
        return self._made.take(numbers)

    def _text(self, number: int) -> str:
        start = self._ends[number - 1] + 1 if number else 0
        return _read(self.packed.raw[start : self._ends[number]].tobytes())

    def _of_lists(self, numbers: Numbers) -> npt.NDArray[np.object_]:
        ends = self.packed.ends
        if self._lists is None and len(numbers) * _FEW < len(ends):
            starts = [int(ends[number - 1]) if number else 0 for number in numbers.tolist()]
            some = zip(starts, ends.take(numbers).tolist(), strict=True)
            return objects([self._list(start, end) for start, end in some])
        return self._all_lists().take(numbers)

    def _list(self, start: int, end: int) -> tuple[str, ...]:
        return tuple(self._of_texts(self.packed.parts[start:end]).tolist())

    def _all_lists(self) -> npt.NDArray[np.object_]:
        if self._lists is None:
            parts = self._of_texts(self.packed.parts).tolist()
            ends = [0, *self.packed.ends.tolist()]
            self._lists = objects([tuple(parts[start:end]) for start, end in pairwise(ends)])
        return self._lists


def _read(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def _written(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _sum(value: Any) -> int:
    """The checksum of a text, or that of a list of those of its texts."""
    if value.__class__ is str:
        return crc32(_written(value))
    return _of_list(_sums(map(_sum, value), len(value)).astype("<u4").tobytes())


def _of_list(sums: bytes) -> int:
    return crc32(sums, len(sums) + 1)


def _sums(found: Iterable[int], count: int) -> npt.NDArray[np.uint32]:
    return np.fromiter(found, np.uint32, count)
