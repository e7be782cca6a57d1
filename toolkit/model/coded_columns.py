"""Columns of texts for frames, and a look at their different values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .coded_array import CodedArray
from .value_table import Values


def different(column: pd.Series) -> tuple[npt.NDArray[np.integer[Any]], Values]:
    """The number of each cell's value, and the different values."""
    array = column.array
    if isinstance(array, CodedArray):
        return array.distinct()
    codes, values = pd.factorize(column, use_na_sentinel=False)
    return codes, np.asarray(values, object)


def coded(values: Iterable[Any], index: pd.Index | None = None) -> pd.Series:
    """A column of values, many of which are equal."""
    array = values if isinstance(values, CodedArray) else CodedArray.of(values)
    return pd.Series(array, index=index, copy=False)


def constant(value: Any, index: pd.Index) -> pd.Series:
    """A column of one value."""
    return coded(CodedArray.of([value]).take(np.zeros(len(index), np.intp)), index)
