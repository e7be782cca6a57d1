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
from .stretch import Stretch
from .values import blank_of
from .vocabulary import Vocabulary, Worded

if TYPE_CHECKING:
    import pandas as pd

_Values = npt.NDArray[Any]


class FrameColumns:
    """The columns of one block's frame, workbook after workbook."""

    def __init__(self, block: Block, words: Vocabulary) -> None:
        self._block, self._words = block, words
        self.length = 0
        self.parts: dict[str, npt.NDArray[Any] | Worded] = {}
        """The columns of the finished frame, as a snapshot holds them."""
        self._origins: list[tuple[int, int, int]] = []
        """Source, binding and number of records of each workbook's block."""
        self._pending: tuple[int, Stretch] | None = None
        """A stretch, with its place, that the next one may follow."""
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
        self._put(self.length, rows, columns)
        self._grow(source, binding, len(rows))

    def add_stretch(self, source: int, binding: int, stretch: Stretch) -> None:
        """Append records that lie together already; many of them in a row are copied at once."""
        start, joined = self.length, None
        if self._pending is not None:
            first, before = self._pending
            if first + len(before) == start:
                joined = before.joined(stretch)
            if joined is None:
                self._put_pending()
            else:
                start = first
        self._pending = start, joined or stretch
        self._grow(source, binding, len(stretch))

    def _put_pending(self) -> None:
        if self._pending is not None:
            start, stretch = self._pending
            some = slice(stretch.start, stretch.stop)
            columns = {key: values[some] for key, values in stretch.columns.values.items()}
            self._put(start, stretch.columns.rows[some], columns)
            self._pending = None

    def _put(self, start: int, rows: Any, columns: Mapping[str, Any]) -> None:
        self._rows.put(start, rows)
        for key, values in columns.items():
            self._fields[key].put(start, values)

    def _grow(self, source: int, binding: int, count: int) -> None:
        self._origins.append((source, binding, count))
        self.length += count

    def frame(self) -> pd.DataFrame:
        """The frame; afterwards only its parts are left here."""
        import pandas as pd

        from toolkit.model.coded_columns import constant

        self._put_pending()
        sources, bindings, counts = np.array(self._origins, np.int64).reshape(-1, 3).T
        data: dict[str, Any] = {
            "source": np.repeat(sources, counts),
            "binding": np.repeat(bindings, counts),
            "row": self._rows.take(self.length),
        }
        self.parts = {"row": data["row"]}
        data = {name: pd.Series(values, copy=False) for name, values in data.items()}
        for name in ("key", "project", "person"):
            data[name] = constant("", pd.RangeIndex(self.length))
        for f in self._block.fields:
            column = self._fields.pop(f.key)
            values: Any = column.take(self.length)
            self.parts[f.key] = values
            if isinstance(column, _Words):
                worded = self.parts[f.key] = self._words.column(values)
                values = self._words.array(worded)
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
