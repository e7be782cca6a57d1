"""Every text and list of a folder once: equal ones of a thousand workbooks are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from toolkit.model.coded import objects, used

from .coded import Coded
from .texts import Packed, Texts

if TYPE_CHECKING:
    from toolkit.model.coded_array import CodedArray

_Codes = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A column as numbers of a vocabulary."""

    numbers: _Codes

    def __len__(self) -> int:
        return len(self.numbers)

    def __getitem__(self, some: slice) -> Numbered:
        return Numbered(self.numbers[some])


@dataclass(frozen=True, slots=True)
class Worded:
    """A column as codes into some numbers of a vocabulary, which are in order."""

    codes: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.intp]


class Vocabulary:
    """Numbers the values of all text columns of a run, those of a snapshot first."""

    def __init__(self) -> None:
        self._base: Texts | None = None
        self._first = 0
        """The number of the first value that is not of the snapshot."""
        self._known: dict[Any, int] = defaultdict(count().__next__)
        self._own = np.empty(0, object)
        self._counted = 0

    def take_in(self, texts: Texts) -> npt.NDArray[np.int32] | None:
        """The numbers of all these values; None when they keep their own, as the first ones do."""
        if self._known or self._base is not None:
            return self.numbered(texts.take(np.arange(len(texts))).tolist())
        self._base, self._first = texts, len(texts)
        self._known = defaultdict(count(self._first).__next__)
        return None

    def number(self, value: Any) -> int:
        return int(self.numbered([value])[0])

    def numbered(self, values: Sequence[Any]) -> npt.NDArray[np.int32]:
        """The numbers of many values."""
        if self._base is not None:
            known = self._known
            unknown = list(dict.fromkeys(value for value in values if value not in known))
            numbers = self._base.find(unknown) if unknown else np.empty(0, np.int64)
            known.update((v, n) for v, n in zip(unknown, numbers.tolist(), strict=True) if n >= 0)
        return np.fromiter(map(self._known.__getitem__, values), np.int32, len(values))

    def numbers(self, values: Any) -> _Codes:
        """The numbers of a column's values, however they are held."""
        if isinstance(values, Numbered):
            return values.numbers
        if isinstance(values, Coded):
            return self.numbered(values.table.tolist()).take(values.codes)
        return self.numbered(values)

    def __len__(self) -> int:
        return self._first + len(self._values)

    @property
    def _values(self) -> npt.NDArray[np.object_]:
        """Those that are not of the snapshot."""
        if self._counted != len(self._known):
            self._counted, first = len(self._known), self._first
            self._own = objects([value for value, n in self._known.items() if n >= first])
        return self._own

    def take(self, numbers: _Codes) -> npt.NDArray[np.object_]:
        """The values of these numbers."""
        if self._base is None:
            return self._values.take(numbers)
        found = np.empty(len(numbers), object)
        of_base = numbers < self._first
        found[of_base] = self._base.take(numbers[of_base])
        found[~of_base] = self._values.take(numbers[~of_base] - self._first)
        return found

    def find(self, values: Sequence[Any]) -> npt.NDArray[np.int64]:
        """The numbers of values, -1 of those that nobody named yet."""
        found = np.fromiter((self._known.get(v, -1) for v in values), np.int64, len(values))
        missing = np.flatnonzero(found < 0)
        if self._base is not None and len(missing):
            found[missing] = self._base.find([values[place] for place in missing.tolist()])
        return found

    def column(self, numbers: npt.NDArray[np.int32]) -> Worded:
        """A column of these numbers, with a table of its own values only."""
        return Worded(*used(numbers, len(self)))

    def array(self, column: Worded) -> CodedArray:
        """The column for pandas."""
        from toolkit.model.coded_array import CodedArray
        from toolkit.model.value_table import Table

        places = column.numbers

        def make(some: _Codes) -> npt.NDArray[np.object_]:
            return self.take(places.take(some))

        def find(values: Sequence[Any]) -> npt.NDArray[np.int32]:
            wanted = self.find(values)
            found = np.searchsorted(places, wanted).astype(np.int32)
            there = places.take(found, mode="clip") == wanted if len(places) else wanted < -1
            found[~there] = -1
            return found

        return CodedArray(column.codes, Table(make, len(places), find=find))

    def packed(self) -> tuple[Packed | None, npt.NDArray[np.int32]]:
        """All values, for a snapshot, and the numbers that they have there.

        Nothing when they cannot be kept.
        """
        values = self.take(np.arange(len(self)))
        are_lists = np.fromiter((value.__class__ is tuple for value in values), bool, len(values))
        texts, lists = np.flatnonzero(~are_lists), np.flatnonzero(are_lists)
        tuples = values.take(lists).tolist()
        numbers = np.empty(len(values), np.int32)
        numbers[texts] = np.arange(len(texts))
        # texts that stand in lists only come last
        parts = list(chain.from_iterable(tuples))
        places = self.find(parts)
        more = {parts[place]: 0 for place in np.flatnonzero(places < 0).tolist()}
        last = {part: number for number, part in enumerate(more, len(texts))}
        known = np.where(places < 0, 0, numbers.take(places, mode="clip"))
        known[places < 0] = [last[parts[place]] for place in np.flatnonzero(places < 0).tolist()]
        numbers[lists] = np.arange(len(lists)) + len(texts) + len(more)
        ends = np.cumsum([len(each) for each in tuples], dtype=np.int64)
        return Packed.of([*values.take(texts).tolist(), *more], known, ends), numbers
