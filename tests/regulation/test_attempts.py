"""Failed attempts of a fault: the catalogue's example E4, and what always holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.attempts import GAP, failed_attempts, failed_by_fault

EXAMPLE = [
    ("2026-05-06T10:00", "重启服务", "未解决"),
    ("2026-05-06T15:00", "更换驱动", "未解决"),
    ("2026-05-07T09:00", "回退版本", "部分解决"),
]


def _frame(rows: list[tuple[Any, str, str]], handler: str = "钱一") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "parent": pd.Series([0] * len(rows), dtype="int64"),
            "attempt_time": pd.Series([r[0] for r in rows], dtype="datetime64[s]"),
            "handler": pd.Series([handler] * len(rows), dtype=object),
            "measure": pd.Series([r[1] for r in rows], dtype=object),
            "outcome": pd.Series([r[2] for r in rows], dtype=object),
        }
    )


def _count(rows: list[tuple[Any, str, str]]) -> int:
    return int(failed_attempts(_frame(rows)).sum())


def test_worked_example() -> None:
    assert _count(EXAMPLE) == 2


def test_incomplete_attempts_do_not_count() -> None:
    assert _count([(None, "重启服务", "未解决"), ("2026-05-06T10:00", "", "未解决")]) == 0
    assert failed_attempts(_frame(EXAMPLE, handler="")).sum() == 0


def test_half_an_hour_apart() -> None:
    near = [("2026-05-06T10:00", "重启服务", "未解决"), ("2026-05-06T10:29", "换驱动", "未解决")]
    assert _count(near) == 1
    assert _count([near[0], ("2026-05-06T10:30", "换驱动", "未解决")]) == 2


def test_a_day_without_a_time_is_told_apart_by_its_text() -> None:
    day = "2026-05-06"
    assert _count([(day, "重启服务", "未解决"), (day, "换驱动", "未解决")]) == 2
    assert _count([(day, "重启服务", "未解决"), (day, "重启 服务", "未解决")]) == 1


def test_attempts_of_one_fault_do_not_count_for_another() -> None:
    rows = _frame([EXAMPLE[0], EXAMPLE[0]])
    assert list(failed_attempts(rows.assign(parent=[0, 1]))) == [True, True]


def test_by_fault_with_attempts_from_the_tracking_sheet() -> None:
    day = dt.date(2026, 5, 4)
    row = {"support_date": day, "result": "问题遗留", "content": "更换驱动后仍超时"}
    dept = build(
        {
            "fault": [{"leftover_ids": "YL-1"}, {"number": "GZ-2"}, {"number": "GZ-3"}],
            "fault_attempts": [{"of": 0}, {"of": 2, "attempt_time": dt.date(2026, 5, 9)}],
            "leftovers": [{"leftover_id": "YL-1"}, {"leftover_id": "YL-2", "related": "GZ-2"}],
            "tracking": [
                {**row, "leftover_ids": "YL-1", "related": "GZ-XM2026-0001-01"},
                {**row, "leftover_ids": "YL-1", "support_date": dt.date(2026, 5, 6)},
                {**row, "leftover_ids": "YL-2"},
                {**row, "leftover_ids": "YL-2", "result": "成功"},
                {**row, "leftover_ids": "YL-2", "support_date": dt.date(2026, 5, 9)},
            ],
        }
    )
    assert list(failed_by_fault(dept)) == [2, 1, 0]


def test_no_faults() -> None:
    assert failed_by_fault(build({})).empty


_moments = st.datetimes(dt.datetime(2026, 5, 6), dt.datetime(2026, 5, 7)).map(
    lambda m: m.replace(second=0, microsecond=0)
)
_attempt = st.tuples(
    st.one_of(st.none(), _moments, st.just(dt.datetime(2026, 5, 6))),
    st.sampled_from(["", "甲", "乙", "丙", "丁"]),
    st.sampled_from(["未解决", "未解决", "部分解决", "解决", ""]),
)


@given(st.lists(_attempt, max_size=10))
def test_counted_attempts_are_failed_complete_and_distinct(rows: list[Any]) -> None:
    frame = _frame(rows)
    counted = frame[failed_attempts(frame)]
    assert (counted["outcome"] == "未解决").all()
    assert counted["attempt_time"].notna().all()
    assert counted["measure"].is_unique
    assert "" not in set(counted["measure"])
    times = counted["attempt_time"]
    timed = times[times != times.dt.normalize()].sort_values()
    assert (timed.diff().dropna() >= GAP).all()


@given(st.lists(_attempt, max_size=10))
def test_what_is_not_counted_repeats_something_counted(rows: list[Any]) -> None:
    frame = _frame(rows)
    counts = failed_attempts(frame)
    counted = frame[counts]
    for row in frame[~counts].itertuples():
        if row.outcome != "未解决" or not row.measure or pd.isna(row.attempt_time):
            continue
        near = ((counted["attempt_time"] - row.attempt_time).abs() < GAP).any()
        assert near or row.measure in set(counted["measure"])


@given(st.lists(_attempt, max_size=8), st.randoms(use_true_random=False))
def test_rows_may_stand_in_any_order(rows: list[Any], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert _count(shuffled) == _count(rows)


@given(st.lists(_attempt, max_size=8), _moments)
def test_other_outcomes_change_nothing(rows: list[Any], moment: dt.datetime) -> None:
    assert _count([*rows, (moment, "戊", "部分解决")]) == _count(rows)
