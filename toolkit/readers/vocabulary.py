"""Every text and list of a folder once: equal ones of a thousand workbooks are one."""

from __future__ import annotations

from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from toolkit.model.coded import objects, used

from .coded import Coded

if TYPE_CHECKING:
    from toolkit.model.coded_array import CodedArray

_Codes = npt.NDArray[np.integer[Any]]


class Vocabulary:
    """Numbers the values of all text columns."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = defaultdict(count().__next__)
        self._table: npt.NDArray[np.object_] | None = None
        self._numbers = np.empty(0, np.int32)
        self._values = np.empty(0, object)

    def number(self, value: Any) -> int:
        return self._known[value]

    def numbers(self, values: Any) -> _Codes | list[int]:
        """The numbers of a column's values. The columns of a workbook share a table."""
        if not isinstance(values, Coded):
            return list(map(self._known.__getitem__, values))
        if values.table is not self._table:
            self._table = values.table
            texts = values.table.tolist()
            self._numbers = np.fromiter(map(self._known.__getitem__, texts), np.int32, len(texts))
        return self._numbers.take(values.codes)

    def array(self, numbers: npt.NDArray[np.int32]) -> CodedArray:
        """A column of these numbers, with a table of its own values only."""
        from toolkit.model.coded_array import CodedArray
        from toolkit.model.value_table import Table

        if len(self._values) != len(self._known):
            self._values = objects(list(self._known))
        codes, places = used(numbers, len(self._values))
        return CodedArray(codes, Table(self._values.take(places)))
