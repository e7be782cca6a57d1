"""The growing columns of a frame: short pieces are gathered as lists, long ones as arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from toolkit.model.forms import Block, Field, FieldType

from .coded import Coded
from .extract import NOT_A_TIME
from .values import blank_of
from .vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

_LONG = 64
"""Cells from which a piece stays an array of its own."""


class FrameColumns:
    """The columns of one block's frame, workbook after workbook."""

    def __init__(self, block: Block, words: Vocabulary) -> None:
        self._block, self._words = block, words
        self.length = 0
        self._places = {name: _Column(np.dtype(np.int64), 0) for name in _PLACES}
        self._fields = {f.key: self._column(f) for f in block.fields}

    def _column(self, f: Field) -> _Column:
        if f.is_date:
            return _Column(np.dtype(np.int64), NOT_A_TIME)
        if f.type is FieldType.NUMBER:
            return _Column(np.dtype(np.float64), math.nan)
        return _Words(self._words, blank_of(f.type))

    def add(
        self, source: int, binding: int, rows: Sequence[int], columns: Mapping[str, Any]
    ) -> None:
        """Append records; a field without a column is blank."""
        count = len(rows)
        if not count:
            return
        self._places["source"].repeat(source, count)
        self._places["binding"].repeat(binding, count)
        self._places["row"].extend(rows)
        for key, column in self._fields.items():
            values = columns.get(key)
            if values is None:
                column.repeat(column.blank, count)
            else:
                column.extend(values)
        self.length += count

    def frame(self) -> pd.DataFrame:
        """The frame; afterwards nothing is left here."""
        import pandas as pd

        from toolkit.model.coded_columns import constant

        data: dict[str, Any] = {
            name: pd.Series(column.take(), copy=False) for name, column in self._places.items()
        }
        for name in ("key", "project", "person"):
            data[name] = constant("", pd.RangeIndex(self.length))
        for f in self._block.fields:
            column = self._fields.pop(f.key)
            values: Any = column.take()
            if isinstance(column, _Words):
                values = self._words.array(values)
            elif f.is_date:
                values = values.view("datetime64[s]")
            data[f.key] = pd.Series(values, copy=False)
        return pd.DataFrame(data, copy=False)


_PLACES = ("source", "binding", "row")


class _Column:
    def __init__(self, dtype: np.dtype[Any], blank: Any) -> None:
        self._dtype = dtype
        self.blank = blank
        self._pieces: list[npt.NDArray[Any]] = []
        self._short: list[Any] = []

    def repeat(self, value: Any, count: int) -> None:
        if count < _LONG:
            self._short += [value] * count
        else:
            self._flush()
            self._pieces.append(full(value, count, self._dtype))

    def extend(self, values: Any) -> None:
        if isinstance(values, Coded):
            values = values.expand()
        self._put(values)

    def _put(self, values: Any) -> None:
        if len(values) < _LONG:
            self._short.extend(values)
        else:
            self._flush()
            self._pieces.append(array_of(values, self._dtype))

    def take(self) -> npt.NDArray[Any]:
        """All values; afterwards nothing is left here."""
        self._flush()
        pieces, self._pieces = self._pieces, []
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else np.empty(0, self._dtype)

    def _flush(self) -> None:
        if self._short:
            self._pieces.append(array_of(self._short, self._dtype))
            self._short = []


class _Words(_Column):
    """A column of texts or lists, kept as numbers of a vocabulary."""

    def __init__(self, words: Vocabulary, blank: Any) -> None:
        super().__init__(np.dtype(np.int32), words.number(blank))
        self._words = words

    def extend(self, values: Any) -> None:
        self._put(self._words.numbers(values))


def full(value: Any, count: int, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """An array of equal values; tuples stay tuples."""
    found = np.empty(count, dtype)
    found.fill(value)
    return found


def array_of(values: Any, dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """Values as an array of one dimension, also when they are tuples."""
    if isinstance(values, np.ndarray):
        return values.astype(dtype, copy=False)
    return np.fromiter(values, dtype, len(values))
