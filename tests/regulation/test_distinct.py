"""Asking every distinct value once gives what asking every cell gives."""

from __future__ import annotations

from collections import Counter

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from toolkit.regulation.distinct import by_value, by_values, distinct_rows, holds

CELLS = st.one_of(st.sampled_from(["", "甲", "乙", "a"]), st.tuples(), st.tuples(st.text()))
COLUMNS = st.lists(CELLS, max_size=12)


def column(values: list[object], start: int = 0) -> pd.Series:
    index = range(start, start + len(values))
    return pd.Series(values, index=index, dtype=object)


@given(COLUMNS)
def test_a_column(values: list[object]) -> None:
    asked: Counter[object] = Counter()

    def judge(value: object) -> object:
        asked[value] += 1
        return (value, len(value))  # type: ignore[arg-type]

    own = column(values, start=3)
    answers = by_value(own, judge)
    assert answers.tolist() == [(value, len(value)) for value in values]  # type: ignore[arg-type]
    assert answers.index.equals(own.index)
    assert set(asked.values()) <= {1}
    assert holds(own, lambda value: value == "甲").tolist() == [v == "甲" for v in values]


@given(st.lists(st.tuples(CELLS, st.sampled_from(["x", "y"]), CELLS), max_size=12))
def test_several_columns(rows: list[tuple[object, ...]]) -> None:
    columns = [column([row[n] for row in rows], start=7) for n in range(3)]
    assert by_values(columns, lambda *row: row).tolist() == rows
    codes, firsts = distinct_rows(columns)
    assert [rows[firsts[code]] for code in codes] == rows
    assert len({rows[first] for first in firsts}) == len(firsts) == len(set(rows))


def test_days_are_asked_as_timestamps() -> None:
    days = pd.Series(pd.to_datetime(["2026-03-10", None, "2026-03-10"])).astype("datetime64[s]")
    assert by_value(days, lambda day: "" if pd.isna(day) else f"{day:%m-%d}").tolist() == [
        "03-10", "", "03-10",
    ]  # fmt: skip
