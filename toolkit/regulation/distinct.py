"""Columns of hundreds of thousands of cells hold few different values: each is judged once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from toolkit.model.text import fold_all

Codes = np.ndarray[Any, np.dtype[np.intp]]


def by_value(column: pd.Series, judge: Callable[[Any], object]) -> pd.Series:
    """`column.map(judge)` as objects; the judge is asked once for equal values."""
    codes, values = pd.factorize(column, use_na_sentinel=False)
    return pd.Series(_objects([judge(v) for v in values])[codes], index=column.index, dtype=object)


def holds(column: pd.Series, judge: Callable[[Any], object]) -> pd.Series:
    """Whether the judge says yes to a value, as a mask; he is asked once for equal values."""
    codes, values = pd.factorize(column, use_na_sentinel=False)
    said = np.fromiter((bool(judge(v)) for v in values), dtype=bool, count=len(values))
    return pd.Series(said[codes], index=column.index)


def by_values(columns: Sequence[pd.Series], judge: Callable[..., object]) -> pd.Series:
    """The judge's answer for the values of each row, as objects; he sees equal rows once."""
    codes, firsts = distinct_rows(columns)
    rows = zip(*(c.to_numpy()[firsts].tolist() for c in columns), strict=True)
    said = _objects([judge(*row) for row in rows])
    return pd.Series(said[codes], index=columns[0].index, dtype=object)


def folded(texts: pd.Series) -> pd.Series:
    """A column of texts for comparing (`fold`)."""
    return pd.Series(fold_all(texts.tolist()), index=texts.index, dtype=object)


def distinct_rows(columns: Sequence[pd.Series]) -> tuple[Codes, Codes]:
    """Which distinct row each row is, and the position where each distinct row comes first."""
    codes, _ = pd.factorize(columns[0], use_na_sentinel=False)
    for column in columns[1:]:
        more, values = pd.factorize(column, use_na_sentinel=False)
        codes, _ = pd.factorize(codes.astype(np.int64) * max(len(values), 1) + more)
    _, firsts = np.unique(codes, return_index=True)
    return codes, firsts


def _objects(values: list[object]) -> np.ndarray[Any, np.dtype[np.object_]]:
    return np.fromiter(values, dtype=object, count=len(values))
