"""Periods: every way to write one, their edges, and what is refused."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from toolkit.model.errors import ToolkitError
from toolkit.regulation.period import Period


def days(*texts: str | None) -> pd.Series:
    return pd.Series([pd.Timestamp(t) if t else pd.NaT for t in texts], dtype="datetime64[s]")


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), "2026年11月"),
        ("2024-2", date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        ("２０２６－１１", date(2026, 11, 1), date(2026, 11, 30), "2026年11月"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度"),
        ("2026q1", date(2026, 1, 1), date(2026, 3, 31), "2026年第一季度"),
        (
            "2026-W47",
            date(2026, 11, 16),
            date(2026, 11, 22),
            "2026年第47周（11月16日至11月22日）",
        ),
        (
            "2026-W53",
            date(2026, 12, 28),
            date(2027, 1, 3),
            "2026年第53周（12月28日至2027年1月3日）",
        ),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026年"),
        ("2026-11-05", date(2026, 11, 5), date(2026, 11, 5), "2026年11月5日"),
    ],
)
def test_parse(text: str, first: date, last: date, label: str) -> None:
    assert Period.parse(text) == Period(first, last, label)


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-00", "2026-Q5", "2026-Q0", "2025-W53", "2026-W00", "0026-11", "九月", "26-11",
     "2026-02-30", "2026/11", "", "2026-11-"],
)  # fmt: skip
def test_nonsense_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ToolkitError) as refused:
        Period.parse(text)
    assert f"“{text}”" in refused.value.message
    assert "2026-Q4" in refused.value.next_step


@pytest.mark.parametrize(
    ("since", "until", "label"),
    [
        ("2026-03-01", "2026-03-31", "2026年3月1日至3月31日"),
        ("2025/12/1", date(2026, 1, 31), "2025年12月1日至2026年1月31日"),
        ("2026.3.5", "2026-03-05", "2026年3月5日"),
        ("2026-03-01", None, "2026年3月1日起"),
        (None, "2026-03-01", "截至2026年3月1日"),
        (None, None, "全部日期"),
    ],
)
def test_since_until(since: str | date | None, until: str | date | None, label: str) -> None:
    assert Period.of(None, since, until).label == label


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("2026-11", "2026-01-01", None), "只能写一种"),
        ((None, "2026-12-01", "2026-11-01"), "早于"),
        ((None, "昨天", None), "起始日期“昨天”"),
        ((None, None, "2026-11-31"), "截止日期“2026-11-31”"),
    ],
)
def test_contradictions_are_refused(arguments: tuple[str | None, ...], message: str) -> None:
    with pytest.raises(ToolkitError, match=message) as refused:
        Period.of(*arguments)
    assert refused.value.next_step


def test_mask_includes_both_days_and_leaves_out_what_has_none() -> None:
    column = days("2026-10-31", "2026-11-01", "2026-11-30 18:00", "2026-12-01", None)
    assert list(Period.parse("2026-11").mask(column)) == [False, True, True, False, False]
    assert list(Period.of(None, "2026-11-30", None).mask(column)) == [
        False, False, True, True, False,
    ]  # fmt: skip
    assert list(Period.of(None, None, "2026-11-01").mask(column)) == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_everything_includes_what_has_no_date() -> None:
    assert Period.of().everything
    assert list(Period.of().mask(days("1999-01-01", None))) == [True, True]


def test_touched_takes_what_was_open_on_some_day() -> None:
    start = days("2026-10-01", "2026-10-01", "2026-12-01", None, "2026-11-30", None)
    end = days("2026-11-01", "2026-10-31", None, "2026-10-31", None, None)
    november = Period.parse("2026-11")
    assert list(november.touched(start, end)) == [True, False, False, False, True, True]
    assert Period.of().touched(start, end).all()


def test_as_dict() -> None:
    assert Period.parse("2026-11").as_dict() == {
        "label": "2026年11月",
        "first": "2026-11-01",
        "last": "2026-11-30",
    }
    assert Period.of().as_dict() == {"label": "全部日期", "first": "", "last": ""}
