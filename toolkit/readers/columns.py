"""The growing columns of a frame: what is filled is kept with its place, blanks come last."""

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

_Values = npt.NDArray[Any]


class FrameColumns:
    """The columns of one block's frame, workbook after workbook."""

    def __init__(self, block: Block, words: Vocabulary) -> None:
        self._block, self._words = block, words
        self.length = 0
        self._origins: list[tuple[int, int, int]] = []
        """Source, binding and number of records of each workbook's block."""
        self._rows = _Column(np.dtype(np.int64), 0)
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
        if not len(rows):
            return
        start = self.length
        self._origins.append((source, binding, len(rows)))
        self._rows.put(start, rows)
        for key, values in columns.items():
            self._fields[key].put(start, values)
        self.length += len(rows)

    def frame(self) -> pd.DataFrame:
        """The frame; afterwards nothing is left here."""
        import pandas as pd

        from toolkit.model.coded_columns import constant

        sources, bindings, counts = np.array(self._origins, np.int64).reshape(-1, 3).T
        data: dict[str, Any] = {
            "source": np.repeat(sources, counts),
            "binding": np.repeat(bindings, counts),
            "row": self._rows.take(self.length),
        }
        data = {name: pd.Series(values, copy=False) for name, values in data.items()}
        for name in ("key", "project", "person"):
            data[name] = constant("", pd.RangeIndex(self.length))
        for f in self._block.fields:
            column = self._fields.pop(f.key)
            values: Any = column.take(self.length)
            if isinstance(column, _Words):
                values = self._words.array(values)
            elif f.is_date:
                values = values.view("datetime64[s]")
            data[f.key] = pd.Series(values, copy=False)
        return pd.DataFrame(data, copy=False)


class _Column:
    """Pieces of a column, each with the place where it begins."""

    def __init__(self, dtype: np.dtype[Any], blank: Any) -> None:
        self._dtype, self._blank = dtype, blank
        self._pieces: list[tuple[int, Any]] = []

    def put(self, start: int, values: Any) -> None:
        """Values as an array, a list or coded."""
        self._pieces.append((start, values.expand() if isinstance(values, Coded) else values))

    def take(self, length: int) -> _Values:
        """All values, with blanks where no piece lies; afterwards nothing is left here."""
        pieces, self._pieces = self._pieces, []
        found = np.full(length, self._blank, self._dtype)
        for start, values in pieces:
            found[start : start + len(values)] = values
        return found


class _Words(_Column):
    """A column of texts or lists, kept as numbers of a vocabulary."""

    def __init__(self, words: Vocabulary, blank: Any) -> None:
        super().__init__(np.dtype(np.int32), words.number(blank))
        self._words = words

    def put(self, start: int, values: Any) -> None:
        self._pieces.append((start, self._words.numbers(values)))
