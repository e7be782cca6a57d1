"""What is done with coded columns as a whole: comparing, joining, summing up."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

if TYPE_CHECKING:
    from .coded_array import CodedArray


class Operations(ExtensionArray):  # type: ignore[misc]
    """The operators of `CodedArray`: with its numbers where they tell, else with its values."""

    def _compared(self: CodedArray, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        if isinstance(other, (pd.Series, pd.Index, pd.DataFrame)):
            return NotImplemented
        same = operation in (operator.eq, operator.ne)
        if type(other) is type(self) and same:
            if len(other) != len(self):
                raise ValueError("Lengths must match to compare")
            codes, values = other.distinct()
            if other.table is self.table:
                equal = self.codes == other.codes
            else:
                equal = self.codes == self.table.places_of(values.tolist()).take(codes)
        elif isinstance(other, (list, np.ndarray, ExtensionArray)):
            plain = pd.Series(self.expand(), dtype=object)
            return operation(plain, pd.Series(other, dtype=object)).to_numpy(dtype=bool)
        elif same:
            equal = self.codes == self.table.place(other)
        else:
            return self.by_value(lambda v: operation(pd.Series(v, dtype=object), other).to_numpy())
        if self.table.missing.any():
            equal &= ~self.isna()
        return equal if operation is operator.eq else ~equal

    def __eq__(self, other: object) -> Any:
        return self._compared(other, operator.eq)

    def __ne__(self, other: object) -> Any:
        return self._compared(other, operator.ne)

    def __lt__(self, other: Any) -> Any:
        return self._compared(other, operator.lt)

    def __le__(self, other: Any) -> Any:
        return self._compared(other, operator.le)

    def __gt__(self, other: Any) -> Any:
        return self._compared(other, operator.gt)

    def __ge__(self, other: Any) -> Any:
        return self._compared(other, operator.ge)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, (pd.Series, pd.Index, pd.DataFrame)):
            return NotImplemented
        if isinstance(other, str):
            return self.map(lambda value: value + other, na_action="ignore")
        return self.expand() + np.asarray(other, object)

    def __radd__(self, other: Any) -> Any:
        if isinstance(other, str):
            return self.map(lambda value: other + value, na_action="ignore")
        return np.asarray(other, object) + self.expand()

    def _reduce(self, name: str, *, skipna: bool = True, keepdims: bool = False, **kw: Any) -> Any:
        plain = pd.Series(self.expand(), dtype=object)
        found = getattr(plain, name)(skipna=skipna, **kw)
        return type(self).of([found]) if keepdims else found

    def _groupby_op(
        self, *, how: str, has_dropped_na: bool, min_count: int, ngroups: int, ids: Any, **kw: Any
    ) -> Any:
        found = pd.Series(self.expand(), dtype=object).array._groupby_op(
            how=how,
            has_dropped_na=has_dropped_na,
            min_count=min_count,
            ngroups=ngroups,
            ids=ids,
            **kw,
        )
        return type(self).of(found) if found.dtype == object else np.asarray(found)
