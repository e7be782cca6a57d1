"""Text columns for pandas: each value stands once in a table, the cells are numbers into it.

Columns of hundreds of thousands of cells hold few different values; comparing, grouping and
taking numbers costs a tenth of what it costs with the texts themselves. To all who use a column
it is one of objects: what is not done with the numbers is done with the values.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import (
    ExtensionDtype,
    register_extension_dtype,
    take,
)

from .coded import used
from .coded_operations import Operations
from .value_table import Codes, Mask, Parts, Table, Values

T = TypeVar("T", bound=np.generic)
_FIRST_OF_MANY = 4
"""A table so many times as long as the column is not gone through for the column's sake."""


@register_extension_dtype
class CodedType(ExtensionDtype):  # type: ignore[misc]
    """The dtype of `CodedArray`; with any other it becomes object."""

    name = "coded"
    type = str
    kind = "O"
    na_value = np.nan

    @classmethod
    def construct_array_type(cls) -> builtins.type[CodedArray]:
        return CodedArray

    def _get_common_dtype(self, dtypes: list[Any]) -> Any:
        return self if all(isinstance(dtype, CodedType) for dtype in dtypes) else np.dtype(object)


class CodedArray(Operations):
    """`codes` into a `table`; of the table, not every value need be there."""

    _dtype: ClassVar[CodedType] = CodedType()
    __array_priority__ = 1000

    def __init__(self, codes: Codes, table: Table) -> None:
        self.codes = codes
        self.table = table

    @classmethod
    def of(cls, values: Iterable[Any]) -> CodedArray:
        """Values, many of which are equal."""
        table, codes = Table.of(values)
        return cls(codes, table)

    # what pandas asks of an array

    @classmethod
    def _from_sequence(
        cls, scalars: Sequence[Any], *, dtype: Any = None, copy: bool = False
    ) -> CodedArray:
        if isinstance(scalars, CodedArray):
            return scalars.copy() if copy else scalars
        return cls.of(scalars)

    @classmethod
    def _from_factorized(cls, values: Sequence[Any], original: CodedArray) -> CodedArray:
        return cls.of(values)

    @property
    def dtype(self) -> CodedType:
        return self._dtype

    @property
    def nbytes(self) -> int:
        return int(self.codes.nbytes)

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.expand().tolist())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> npt.NDArray[Any]:
        return self.expand() if dtype is None else self.expand().astype(dtype)

    def expand(self) -> Values:
        """The values, cell by cell."""
        return self.table.take(self.codes)

    def distinct(self) -> tuple[npt.NDArray[np.integer[Any]], Values]:
        """Codes into just the values that are there, in the order of the table."""
        codes, places = self._used()
        return codes, self.table.take(places)

    def _used(self) -> tuple[npt.NDArray[np.integer[Any]], npt.NDArray[np.intp]]:
        if len(self.table) > _FIRST_OF_MANY * len(self.codes):
            places, codes = np.unique(self.codes, return_inverse=True)
            return codes, places.astype(np.intp)
        return used(self.codes, len(self.table))

    @property
    def fills_table(self) -> bool:
        """Whether it has so many cells that for them all of the table may be looked at."""
        return len(self.codes) * 2 >= len(self.table)

    def of_table(self, name: str, judge: Callable[[list[Any]], npt.NDArray[T]]) -> npt.NDArray[T]:
        """What `judge` makes of each value; for long columns all of the table is kept judged."""
        if self.fills_table:
            return self.table.derived(name, judge).take(self.codes)
        codes, values = self.distinct()
        return judge(values.tolist()).take(codes)

    def by_value(self, judge: Callable[[Values], Any]) -> npt.NDArray[Any]:
        """What `judge` makes of the different values, for each cell."""
        codes, values = self.distinct()
        said: npt.NDArray[Any] = np.asarray(judge(values)).take(codes)
        return said

    def __getitem__(self, item: Any) -> Any:
        if pd.api.types.is_integer(item):
            return self.table.take(self.codes[[item]])[0]
        item = pd.api.indexers.check_array_indexer(self, item)
        return type(self)(self.codes[item], self.table)

    def __setitem__(self, key: Any, value: Any) -> None:
        key = pd.api.indexers.check_array_indexer(self, key)
        if pd.api.types.is_list_like(value) and not isinstance(value, tuple):
            table, codes = self._with(value)
            self.codes[key], self.table = codes, table
        else:
            table, codes = self.table.extended([value])
            self.codes[key], self.table = codes[0], table

    def _with(self, values: Any) -> tuple[Table, Codes]:
        """A table that holds other values, too, and their codes."""
        values = getattr(values, "array", values)
        if isinstance(values, CodedArray):
            if values.table is self.table:
                return self.table, values.codes
            codes, different = values.distinct()
            table, places = self.table.extended(different.tolist())
            return table, places.take(codes)
        return self.table.extended(values)

    def copy(self) -> CodedArray:
        return type(self)(self.codes.copy(), self.table)

    def view(self, dtype: Any = None) -> Any:
        if dtype is not None:
            raise NotImplementedError(dtype)
        return type(self)(self.codes, self.table)

    def take(self, indices: Any, *, allow_fill: bool = False, fill_value: Any = None) -> CodedArray:
        indices = np.asarray(indices, np.intp)
        if not allow_fill or indices.min(initial=0) >= 0:
            return type(self)(self.codes.take(indices), self.table)
        codes = take(self.codes, indices, allow_fill=True, fill_value=-1)
        nowhere, table = codes < 0, self.table
        if nowhere.any():
            table, place = table.extended([np.nan if fill_value is None else fill_value])
            codes[nowhere] = place[0]
        return type(self)(codes.astype(np.int32, copy=False), table)

    @classmethod
    def _concat_same_type(cls, to_concat: Sequence[CodedArray]) -> CodedArray:
        first, codes = to_concat[0], [to_concat[0].codes]
        for other in to_concat[1:]:
            table, more = first._with(other)
            first = cls(first.codes, table)
            codes.append(more)
        return cls(np.concatenate(codes), first.table)

    def isna(self) -> Mask:
        missing = self.table.missing
        if not missing.any():
            return np.zeros(len(self.codes), bool)
        return missing.take(self.codes)

    def astype(self, dtype: Any, copy: bool = True) -> Any:
        dtype = pd.api.types.pandas_dtype(dtype)
        if isinstance(dtype, CodedType):
            return self.copy() if copy else self
        if isinstance(dtype, ExtensionDtype):
            return dtype.construct_array_type()._from_sequence(self.expand(), dtype=dtype)
        if dtype.kind == "O":
            return self.expand()
        if dtype.kind == "b":
            return self.by_value(lambda values: values.astype(bool))
        return self.expand().astype(dtype)

    # what the numbers make quick

    def factorize(self, use_na_sentinel: bool = True) -> tuple[npt.NDArray[np.intp], CodedArray]:
        order, codes = self._in_order()
        uniques = type(self)(order.astype(np.int32), self.table)
        missing = uniques.isna()
        if use_na_sentinel and missing.any():
            numbers = np.cumsum(~missing) - 1
            numbers[missing] = -1
            codes, uniques = numbers.take(codes), uniques[~missing]
        return codes, uniques

    def _in_order(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Places of the different values in the order in which they come, and numbers of that."""
        count, length = len(self.codes), len(self.table)
        if length > _FIRST_OF_MANY * count:
            codes, order = pd.factorize(self.codes)
            return order.astype(np.intp), codes
        first = np.full(length, count, np.intp)
        first[self.codes[::-1]] = np.arange(count - 1, -1, -1)
        order = np.flatnonzero(first < count)
        order = order[np.argsort(first.take(order))]
        numbers = np.empty(length, np.intp)
        numbers[order] = np.arange(len(order))
        return order, numbers.take(self.codes)

    def unique(self) -> CodedArray:
        return type(self)(self._in_order()[0].astype(np.int32), self.table)

    def duplicated(self, keep: Any = "first") -> Mask:
        found: Mask = pd.Index(self.codes).duplicated(keep=keep)
        return found

    def isin(self, values: Any) -> Mask:
        wanted = np.zeros(len(self.table) + 1, bool)
        if isinstance(values, CodedArray):
            values = values.distinct()[1].tolist()
        wanted[self.table.places_of(values)] = True
        return wanted.take(self.codes)

    def value_counts(self, dropna: bool = True) -> pd.Series:
        codes, uniques = self.factorize(use_na_sentinel=dropna)
        counts = np.bincount(codes[codes >= 0], minlength=len(uniques))
        return pd.Series(counts, index=pd.Index(uniques.expand(), dtype=object), name="count")

    def map(self, mapper: Any, na_action: Any = None) -> Any:
        """As for objects; where texts become texts, coded again."""
        codes, values = self.distinct()
        mapped = pd.Series(values, dtype=object).map(mapper, na_action=na_action).array
        if isinstance(mapped.dtype, (pd.StringDtype, CodedType)) or mapped.dtype == object:
            if not len(codes):
                return np.empty(0, object)
            return type(self).of(mapped).take(codes)
        return mapped.take(codes)

    def _values_for_argsort(self) -> npt.NDArray[Any]:
        return self.table.ranks.take(self.codes)

    def _values_for_factorize(self) -> tuple[npt.NDArray[Any], Any]:
        return self.expand(), np.nan

    def _explode(self) -> tuple[CodedArray, npt.NDArray[np.uint64]]:
        if self.fills_table:
            codes, parts = self.codes, self.table.derived("parts", Parts)
        else:
            known, values = self.distinct()
            codes, parts = known.astype(np.int32), Parts(values.tolist())
        places, counts = parts.of(codes)
        pieces = type(self)(parts.codes, parts.table)
        return pieces.take(places, allow_fill=bool((places < 0).any())), counts

    def __getattr__(self, name: str) -> Any:
        """`.str`: what it does to a text is done once for equal ones."""
        if not name.startswith("_str_"):
            raise AttributeError(name)

        def judged(*args: Any, **kwargs: Any) -> Any:
            codes, values = self.distinct()
            plain = pd.Series(values, dtype=object).array
            return getattr(plain, name)(*args, **kwargs).take(codes)

        return judged

    def _formatter(self, boxed: bool = False) -> Callable[[Any], str | None]:
        return str if boxed else repr
