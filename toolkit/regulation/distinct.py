"""Columns of hundreds of thousands of cells hold few different values: each is judged once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.model.coded import objects
from toolkit.model.coded_array import CodedArray
from toolkit.model.coded_columns import coded, different
from toolkit.model.text import fold_all
from toolkit.model.value_table import Table

Codes = npt.NDArray[np.integer[Any]]


def by_value(column: pd.Series, judge: Callable[[Any], object]) -> pd.Series:
    """`column.map(judge)`, texts coded, others as objects; equal values are judged once."""
    codes, values = different(column)
    return _answers([judge(value) for value in values.tolist()], codes, column.index)


def holds(column: pd.Series, judge: Callable[[Any], object]) -> pd.Series:
    """Whether the judge says yes to a value, as a mask; he is asked once for equal values."""
    codes, values = different(column)
    said = np.fromiter((bool(judge(v)) for v in values.tolist()), dtype=bool, count=len(values))
    return pd.Series(said.take(codes), index=column.index)


def by_values(columns: Sequence[pd.Series], judge: Callable[..., object]) -> pd.Series:
    """The judge's answer for the values of each row; he sees equal rows once."""
    codes, firsts = distinct_rows(columns)
    rows = zip(*(c.iloc[firsts].tolist() for c in columns), strict=True)
    return _answers([judge(*row) for row in rows], codes, columns[0].index)


def folded(texts: pd.Series) -> pd.Series:
    """A column of texts for comparing (`fold`)."""
    array = texts.array
    if isinstance(array, CodedArray) and array.fills_table and has_only_texts(array.table):
        table, places = array.table.derived("folded", lambda values: Table.of(fold_all(values)))
        return coded(CodedArray(places.take(array.codes), table), texts.index)
    codes, values = different(texts)
    return coded(CodedArray.of(fold_all(values.tolist())).take(codes), texts.index)


def lengths(texts: pd.Series) -> pd.Series:
    """The number of characters of each text."""
    array = texts.array
    if isinstance(array, CodedArray):
        return pd.Series(array.of_table("lengths", _lengths), index=texts.index)
    return texts.map(len).astype(np.int64)


def _lengths(texts: list[str]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(len, texts), np.int64, len(texts))


def has_only_texts(table: Table) -> bool:
    """Whether no value of the table is a list or a number."""
    return table.derived("texts", lambda values: set(map(type, values)) <= {str})


def distinct_rows(columns: Sequence[pd.Series]) -> tuple[Codes, Codes]:
    """Which distinct row each row is, and the position where each distinct row comes first."""
    codes = different(columns[0])[0].astype(np.int64)
    for column in columns[1:]:
        more, values = different(column)
        codes, _ = pd.factorize(codes * max(len(values), 1) + more)
    firsts = np.full(codes.max(initial=-1) + 1, len(codes))
    firsts[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    numbers = np.cumsum(firsts < len(codes)) - 1
    return numbers.take(codes), firsts[firsts < len(codes)]


def _answers(said: list[Any], codes: Codes, index: pd.Index) -> pd.Series:
    if set(map(type, said)) <= {str, tuple}:
        return coded(CodedArray.of(said).take(codes), index)
    return pd.Series(objects(said).take(codes), index=index, dtype=object)
