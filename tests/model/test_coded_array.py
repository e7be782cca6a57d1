"""Coded columns behave as columns of objects do, whatever is done with them."""

from __future__ import annotations

import operator
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.coded_array import CodedArray
from toolkit.model.coded_columns import coded, constant, different
from toolkit.model.value_table import Table

TEXT = st.sampled_from(["", "张三", "李四", "a", "B", "ab", " ", "2026", "\ud800", "长" * 40])
MISSING = st.just(np.nan)
TEXTS = st.lists(TEXT, max_size=12)
HOLEY = st.lists(TEXT | MISSING, max_size=12)
LISTS = st.lists(st.lists(TEXT, max_size=3).map(tuple), max_size=8)


def plain(values: list[Any]) -> pd.Series:
    found = np.empty(len(values), object)
    for place, value in enumerate(values):
        found[place] = value
    return pd.Series(found, dtype=object)


def shown(found: Any) -> Any:
    """A result as plain values, so that only they are compared."""
    if isinstance(found, pd.DataFrame):
        return {str(c): shown(found[c]) for c in found}, [str(i) for i in found.index]
    if isinstance(found, pd.Series):
        return shown(found.tolist()), [str(i) for i in found.index]
    if isinstance(found, CodedArray | np.ndarray | pd.Index | pd.api.extensions.ExtensionArray):
        return shown(list(found))
    if isinstance(found, list | tuple):
        return [shown(each) for each in found]
    return "nan" if found is None or found != found else found


def same(values: list[Any], work: Callable[[pd.Series], Any]) -> None:
    """Both columns give the same result or both refuse."""
    try:
        expected = shown(work(plain(values)))
    except (TypeError, ValueError) as error:
        with pytest.raises(type(error)):
            work(coded(values))
        return
    assert shown(work(coded(values))) == expected


ON_ANY: dict[str, Callable[[pd.Series], Any]] = {
    "equal": lambda s: s == "a",
    "not equal": lambda s: s != "张三",
    "equal to a stranger": lambda s: s == "nobody",
    "is in": lambda s: s.isin(["a", "", "nobody"]),
    "is nothing": lambda s: s.isna(),
    "different": lambda s: list(s.unique()),
    "repeated": lambda s: s.duplicated(keep=False),
    "again": lambda s: s.duplicated(),
    "once": lambda s: s.drop_duplicates(),
    "how many": lambda s: s.nunique(),
    "where": lambda s: s.where(s != "a", "z"),
    "where nothing": lambda s: s.where(s == "a"),
    "mask by others": lambda s: s.mask(s == "a", s.iloc[::-1].set_axis(s.index)),
    "filled": lambda s: s.fillna("?"),
    "reversed": lambda s: s.iloc[::-1],
    "some": lambda s: s[s != ""],
    "elsewhere": lambda s: s.reindex([*s.index, 99]),
    "shifted": lambda s: s.shift(),
    "joined": lambda s: pd.concat([s, s.iloc[:2]]),
    "joined with objects": lambda s: pd.concat([s, plain(["a", 1])]),
    "itself": lambda s: s == s.iloc[::-1].set_axis(s.index),
    "grouped": lambda s: s.groupby(s).size(),
    "grouped in their order": lambda s: s.groupby(s, sort=False).size(),
    "numbered": lambda s: s.groupby(s).cumcount(),
    "truth": lambda s: s.dropna().astype(bool),
    "as objects": lambda s: s.astype(object),
    "pickled": lambda s: pickle.loads(pickle.dumps(s)),
    "factorized": lambda s: [*pd.factorize(s)],
    "factorized with NaN": lambda s: [*pd.factorize(s, use_na_sentinel=False)],
    "taken": lambda s: s.take([0, -1]) if len(s) else s,
}
ON_TEXTS: dict[str, Callable[[pd.Series], Any]] = {
    "sorted": lambda s: s.sort_values(kind="stable"),
    "ranked groups": lambda s: s.groupby(s).ngroup(),
    "less": lambda s: s < "b",
    "at least": lambda s: s >= "a",
    "longest": lambda s: s.max() if len(s) else None,
    "lengths": lambda s: s.map(len),
    "looked up": lambda s: s.map({"a": "x", "B": "y"}),
    "parts": lambda s: s.str.slice(0, 1),
    "contains": lambda s: s.str.contains("a"),
    "longer": lambda s: s + "!",
    "behind": lambda s: "!" + s,
    "together": lambda s: s + s,
    "counted": lambda s: s.value_counts().sort_index(),
    "first of each": lambda s: s.groupby(s.map(len)).first(),
    "last of each": lambda s: s.groupby(s.map(len)).last(),
    "lists of each": lambda s: s.groupby(s.map(len)).agg(list),
    "words of each": lambda s: s.groupby(s.map(len)).agg("、".join),
    "different of each": lambda s: s.groupby(s.map(len)).nunique(),
    "spread": lambda s: s.groupby(s).transform("first"),
    "set": lambda s: _with_one_set(s),
    "merged": lambda s: pd.DataFrame({"k": s, "v": range(len(s))}).merge(
        pd.DataFrame({"k": s.iloc[:3], "w": 1}), on="k", how="left"
    ),
    "rows": lambda s: list(pd.DataFrame({"k": s, "v": s}).itertuples(index=False, name=None)),
    "row": lambda s: list(pd.DataFrame({"k": s, "v": 1}).iloc[0]) if len(s) else None,
    "table": lambda s: pd.DataFrame({"k": s, "v": s}).sort_values(["v", "k"], kind="stable"),
    "index": lambda s: pd.Series(range(len(s)), index=pd.Index(s)).groupby(level=0).sum(),
}


def _with_one_set(s: pd.Series) -> pd.Series:
    s = s.copy()
    s.loc[s == "a"] = "new"
    s.iloc[:1] = "b"
    return s


@pytest.mark.parametrize("name", ON_ANY)
@given(values=HOLEY)
def test_columns_with_holes_are_columns_of_objects(name: str, values: list[Any]) -> None:
    same(values, ON_ANY[name])


@pytest.mark.parametrize("name", ON_TEXTS)
@given(values=TEXTS)
def test_columns_of_texts_are_columns_of_objects(name: str, values: list[str]) -> None:
    same(values, ON_TEXTS[name])


@given(values=LISTS)
def test_lists_come_apart_as_lists_do(values: list[tuple[str, ...]]) -> None:
    same(values, lambda s: s.explode())
    same(values, lambda s: s[s.map(len) > 1].explode())
    same(values, lambda s: s.astype(bool))
    same(values, lambda s: pd.DataFrame({"k": s, "v": range(len(s))}).explode("k"))


@given(values=HOLEY, others=HOLEY)
def test_columns_of_different_tables_are_compared_by_their_values(
    values: list[Any], others: list[Any]
) -> None:
    length = min(len(values), len(others))
    left, right = coded(values[:length]), coded(others[:length])
    expected = plain(values[:length]) == plain(others[:length])
    assert (left == right).tolist() == expected.tolist()
    assert (left != right).tolist() == (~expected).tolist()
    assert (left == plain(others[:length])).tolist() == expected.tolist()


def test_columns_of_different_lengths_are_not_compared() -> None:
    with pytest.raises(ValueError, match="Lengths"):
        operator.eq(CodedArray.of(["a"]), CodedArray.of(["a", "b"]))


@given(values=HOLEY, picked=st.lists(st.integers(0, 11), max_size=4))
def test_few_of_many_are_looked_at_by_themselves(values: list[Any], picked: list[int]) -> None:
    """A short column keeps the long table of the column that it was taken from."""
    picked = [place for place in picked if place < len(values)]
    some, expected = coded(values).iloc[picked], plain(values).iloc[picked]
    codes, found = different(some)
    assert shown([found[code] for code in codes]) == shown(expected.tolist())
    assert len(found) == len({repr(value) for value in found})
    assert shown(list(some.unique())) == shown(list(expected.unique()))
    assert shown(pd.factorize(some)[0]) == shown(pd.factorize(expected)[0])


def test_equal_values_of_different_kinds_stay_apart() -> None:
    odd = [1, True, 1.0, "1", None, np.nan, (), ("1",)]
    column = coded(odd)
    assert [type(value) for value in column] == [type(value) for value in odd]
    assert column.isna().tolist() == [False] * 4 + [True, True, False, False]
    assert column.isin([True]).tolist() == [False, True] + [False] * 6


def test_a_table_is_made_when_it_is_looked_at_and_only_as_far_as_needed() -> None:
    asked: list[int] = []

    def make(places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        asked.append(len(places))
        return np.array([f"K{place}" for place in places], object)

    column = coded(CodedArray(np.arange(100, dtype=np.int32), Table(make, 100)))
    assert len(column[column.index > 50]) == 49
    assert asked == []
    assert column.at[7] == "K7"
    assert column[column.index > 97].tolist() == ["K98", "K99"]
    assert asked == [1, 2]
    assert (column == "K3").sum() == 1
    assert column.tolist() == [f"K{n}" for n in range(100)]
    assert asked == [1, 2, 100]


def test_what_is_made_of_a_table_is_made_once() -> None:
    column, asked = coded(["a", "bb", "a"]), []

    def lengths(values: list[Any]) -> np.ndarray[Any, Any]:
        asked.append(values)
        return np.array([len(value) for value in values])

    for part in (column, column[::-1], column):
        assert part.array.of_table("lengths", lengths).tolist() == [len(t) for t in part]
    assert len(asked) == 1


def test_a_constant_column() -> None:
    column = constant("无", pd.RangeIndex(3))
    assert column.tolist() == ["无"] * 3
    assert constant("", pd.RangeIndex(0)).tolist() == []
