"""Every text and list of a folder once: equal ones of a thousand workbooks are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from toolkit.model.coded import objects, used

from .coded import Coded

if TYPE_CHECKING:
    from toolkit.model.coded_array import CodedArray

_Codes = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A column as numbers of a vocabulary."""

    numbers: _Codes

    def __len__(self) -> int:
        return len(self.numbers)


class Vocabulary:
    """Numbers the values of all text columns of a run."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = defaultdict(count().__next__)
        self._values = np.empty(0, object)

    def number(self, value: Any) -> int:
        return self._known[value]

    def numbered(self, values: Sequence[Any]) -> npt.NDArray[np.int32]:
        """The numbers of many values."""
        return np.fromiter(map(self._known.__getitem__, values), np.int32, len(values))

    def numbers(self, values: Any) -> _Codes | list[int]:
        """The numbers of a column's values, however they are held."""
        if isinstance(values, Numbered):
            return values.numbers
        if isinstance(values, Coded):
            return self.numbered(values.table.tolist()).take(values.codes)
        return list(map(self._known.__getitem__, values))

    def array(self, numbers: npt.NDArray[np.int32]) -> CodedArray:
        """A column of these numbers, with a table of its own values only."""
        from toolkit.model.coded_array import CodedArray
        from toolkit.model.value_table import Table

        if len(self._values) != len(self._known):
            self._values = objects(list(self._known))
        codes, places = used(numbers, len(self._values))
        return CodedArray(codes, Table(self._values.take(places)))
