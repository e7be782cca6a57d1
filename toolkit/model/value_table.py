"""Different values with their places: what the numbers of a coded column point to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain, repeat
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from .coded import objects

Codes = npt.NDArray[np.int32]
Values = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.integer[Any]]
T = TypeVar("T")
_PLAIN = frozenset((str, tuple))
_ODD = object()
_SCANS = 8
"""So often a table is looked through for a text before its texts are indexed."""
_FEW = 8
"""So many times fewer values than there are in all are made by themselves."""


class Table:
    """Different values; not to be changed."""

    __slots__ = (
        "_derived", "_find", "_length", "_made", "_make", "_missing", "_places", "_plain",
        "_ranks", "_scans", "stamps",
    )  # fmt: skip

    def __init__(
        self,
        values: Values | Callable[[Places], Values],
        length: int | None = None,
        *,
        find: Callable[[list[Any]], Codes] | None = None,
        stamps: npt.NDArray[np.int64] | None = None,
    ) -> None:
        """The values, or what makes those at some of `length` places when they are asked for.

        `find` tells the places of texts and tuples without making any; it holds nothing else.
        `stamps` tell of each value what the other columns of its record do not tell of it.
        """
        self.stamps = stamps
        self._find = find
        self._made = None if callable(values) else values
        self._make = values if callable(values) else None
        self._length = length
        self._derived: dict[str, Any] = {}
        self._scans = 0
        self._places: dict[Any, int] | None = None
        self._plain: bool | None = None if find is None else True
        self._missing: Mask | None = None
        self._ranks: npt.NDArray[np.int64] | None = None

    @classmethod
    def of(cls, values: Iterable[Any]) -> tuple[Table, Codes]:
        """The table of values that may be equal, and the place of each."""
        return cls(np.empty(0, object)).extended(values)

    @property
    def values(self) -> Values:
        if self._made is None:
            assert self._make is not None
            self._made, self._make = self._make(np.arange(len(self))), None
        return self._made

    def take(self, places: Places) -> Values:
        """The values at some places."""
        if self._made is None and len(places) * _FEW < len(self):
            assert self._make is not None
            return self._make(places)
        return self.values.take(places)

    def __len__(self) -> int:
        return len(self.values) if self._length is None else self._length

    def derived(self, name: str, make: Callable[[list[Any]], T]) -> T:
        """What is made of all the values, once for all columns of this table."""
        if name not in self._derived:
            self._derived[name] = make(self.values.tolist())
        found: T = self._derived[name]
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.values,)

    @property
    def plain(self) -> bool:
        """Whether it holds nothing but texts and tuples."""
        if self._plain is None:
            self._plain = _are_plain(self.values.tolist())
        return self._plain

    @property
    def places(self) -> dict[Any, int]:
        """The key of a value -> its place."""
        if self._places is None:
            values = self.values.tolist()
            keys = values if self.plain else map(_key, values)
            self._places = dict(zip(keys, range(len(values)), strict=True))
        return self._places

    @property
    def missing(self) -> Mask:
        """Which values are NaN or None."""
        if self._missing is None:
            self._missing = np.zeros(len(self), bool)
            if not self.plain:
                self._missing[:] = [_is_missing(value) for value in self.values.tolist()]
        return self._missing

    @property
    def ranks(self) -> npt.NDArray[np.int64]:
        """The order of the values; those of different kinds stand by kind."""
        if self._ranks is None:
            there = np.flatnonzero(~self.missing)
            values = self.values[there]
            try:
                order = np.argsort(values, kind="stable")
            except TypeError:
                keys = [(value.__class__.__name__, value) for value in values]
                order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.intp)
            self._ranks = np.full(len(self.values), -1, np.int64)
            self._ranks[there[order]] = np.arange(len(order))
        return self._ranks

    def place(self, value: Any) -> int:
        """Where a value stands; -1 when it does not."""
        if self._places is None and self._find is not None:
            return int(self._find([value])[0]) if value.__class__ in _PLAIN else -1
        if self._places is None and value.__class__ is str and self._scans < _SCANS:
            self._scans += 1  # looking through the table is quicker than indexing it
            found = np.flatnonzero(self.values == value)
            return int(found[0]) if len(found) else -1
        try:
            return self.places.get(_key(value), -1)
        except TypeError:  # a list is equal to nothing here
            return -1

    def places_of(self, values: Iterable[Any]) -> Codes:
        """Where values stand; -1 for those that do not."""
        values = list(values)
        if not _are_plain(values):
            return np.fromiter(map(self.place, values), np.int32, len(values))
        if self._places is None and self._find is not None:
            return self._find(values)
        return np.fromiter(map(self.places.get, values, repeat(-1)), np.int32, len(values))

    def extended(self, values: Iterable[Any]) -> tuple[Table, Codes]:
        """A table that holds these values, too (this one if it does already), and their places."""
        values = list(values)
        plain = _are_plain(values)
        keys = values if plain else list(map(_key, values))
        places, first = self.places, len(self.values)
        added = list(dict.fromkeys(keys))
        if places:
            added = [key for key in added if key not in places]
        if not added:
            return self, np.fromiter(map(places.__getitem__, keys), np.int32, len(keys))
        joined = {**places, **dict(zip(added, range(first, first + len(added)), strict=True))}
        of_keys = added if plain else map(dict(zip(keys, values, strict=True)).__getitem__, added)
        table = Table(np.concatenate((self.values, objects(list(of_keys)))))
        table._places, table._plain = joined, plain and self.plain
        return table, np.fromiter(map(joined.__getitem__, keys), np.int32, len(keys))


def _are_plain(values: list[Any]) -> bool:
    return set(map(type, values)) <= _PLAIN


def _is_missing(value: Any) -> bool:
    return value.__class__ not in _PLAIN and (
        value is None or value is pd.NA or bool(value != value)
    )


def _key(value: Any) -> Any:
    """1 and True are equal and stay different values all the same; NaN is equal to itself."""
    kind = value.__class__
    if kind in _PLAIN:
        return value
    return (_ODD, kind) if _is_missing(value) else (_ODD, kind, value)


class Parts:
    """The parts of lists, one behind the other."""

    def __init__(self, values: list[Any]) -> None:
        several = [v if isinstance(v, (tuple, list)) else (v,) for v in values]
        self._lengths = np.fromiter(map(len, several), np.int64, len(several))
        self._starts = np.cumsum(self._lengths) - self._lengths
        self.table, self.codes = Table.of(chain.from_iterable(several))

    def of(self, codes: Codes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
        """Where the parts of these lists stand, -1 for that of an empty one; how many each has."""
        lengths = self._lengths.take(codes)
        counts = np.maximum(lengths, 1)
        inside = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(self._starts.take(codes), counts) + inside
        places[np.repeat(lengths == 0, counts)] = -1
        return places, counts.astype(np.uint64)
