"""A frame's rows are those that pandas gives."""

from __future__ import annotations

import pandas as pd
import pytest

from toolkit.model.coded_array import CodedArray
from toolkit.model.frame_rows import rows_of

FRAME = pd.DataFrame(
    {
        "text": pd.Series(CodedArray.of(["a", "b", "a"]), index=[7, 2, 9]),
        "several": pd.Series(CodedArray.of([("x",), (), ("x", "y")]), index=[7, 2, 9]),
        "day": pd.Series(
            pd.to_datetime(["2026-03-05 00:00", None, "2026-03-06 09:30"]), index=[7, 2, 9]
        ),
        "hours": pd.Series([1.5, float("nan"), 2.0], index=[7, 2, 9]),
        "count": pd.Series([1, 2, 3], index=[7, 2, 9]),
        "on": pd.Series([True, False, True], index=[7, 2, 9]),
        "两 字": pd.Series(["a", None, 3], index=[7, 2, 9], dtype=object),
    }
)


@pytest.mark.parametrize("frame", [FRAME, FRAME.iloc[:0], FRAME[["day"]], FRAME[[]]])
def test_rows_are_those_of_itertuples(frame: pd.DataFrame) -> None:
    ours, theirs = list(rows_of(frame)), list(frame.itertuples())
    assert [repr(tuple(row)) for row in ours] == [repr(tuple(row)) for row in theirs]
    assert [row._fields for row in ours] == [row._fields for row in theirs]
    assert [list(map(type, row)) for row in ours] == [list(map(type, row)) for row in theirs]
