"""Working days: weekends, public holidays, 调休, the department's own days, unknown years."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.calendar import WorkCalendar, known_years


def test_a_friday_evening_is_due_on_monday() -> None:
    assert WorkCalendar().add_workdays(date(2026, 3, 6), 1) == date(2026, 3, 9)


def test_a_monday_off_moves_the_deadline_to_tuesday() -> None:
    # 2026-04-06 is a holiday: 清明 falls on the Sunday before it
    assert WorkCalendar().add_workdays(date(2026, 4, 3), 1) == date(2026, 4, 7)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 4), True),  # a Sunday worked for 元旦
        (date(2026, 2, 14), True),  # a Saturday worked for 春节
        (date(2026, 2, 17), False),
        (date(2026, 5, 1), False),
        (date(2026, 5, 9), True),  # a Saturday worked for 劳动节
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # a Saturday worked for 国庆节
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), True),
    ],
)
def test_holidays_and_moved_days_of_2026(day: date, worked: bool) -> None:
    assert WorkCalendar().is_workday(day) is worked


def test_a_count_of_zero_is_the_day_itself_even_a_holiday() -> None:
    assert WorkCalendar().add_workdays(date(2026, 10, 1), 0) == date(2026, 10, 1)


def test_days_between_leave_out_the_first_day_and_know_their_direction() -> None:
    calendar = WorkCalendar()
    friday, tuesday = date(2026, 3, 6), date(2026, 3, 10)
    assert calendar.workdays_between(friday, tuesday) == 2
    assert calendar.workdays_between(tuesday, friday) == -2
    assert calendar.workdays_between(friday, friday) == 0
    assert calendar.workdays_between(date(2026, 9, 30), date(2026, 10, 8)) == 1


def test_adding_and_counting_agree_over_the_long_holiday() -> None:
    calendar = WorkCalendar()
    for count in range(1, 30):
        due = calendar.add_workdays(date(2026, 9, 18), count)
        assert calendar.workdays_between(date(2026, 9, 18), due) == count
        assert calendar.is_workday(due)


def test_the_departments_own_days_win() -> None:
    dept = build(
        {
            "calendar": [
                {"day": date(2026, 3, 9), "kind": "休息", "note": "公司年会"},
                {"day": date(2026, 3, 14), "kind": "上班"},
                {"day": date(2026, 3, 16), "kind": ""},
            ]
        }
    )
    assert not dept.calendar.is_workday(date(2026, 3, 9))
    assert dept.calendar.is_workday(date(2026, 3, 14))
    assert dept.calendar.is_workday(date(2026, 3, 16)), "a line without a kind says nothing"
    assert dept.calendar.add_workdays(date(2026, 3, 6), 1) == date(2026, 3, 10)


def test_an_unknown_year_falls_back_to_monday_to_friday_and_says_so() -> None:
    calendar = WorkCalendar()
    assert 2031 not in known_years()
    assert calendar.is_workday(date(2031, 10, 1)), "a Wednesday"
    assert not calendar.is_workday(date(2031, 10, 4)), "a Saturday"
    assert calendar.unknown_years(date(2026, 12, 30), date(2026, 12, 31)) == []
    assert calendar.unknown_years(date(2030, 12, 30), date(2031, 1, 2)) == [2030, 2031]


def test_whole_columns_keep_their_blanks() -> None:
    days = pd.Series(["2026-03-06", None, "2026-04-03"], dtype="datetime64[s]")
    ages = WorkCalendar().age_of_column(days, date(2026, 4, 7))
    assert ages.fillna(-1).tolist() == [21.0, -1.0, 1.0]


def test_a_column_without_any_date_is_no_error() -> None:
    days = pd.Series([pd.NaT, pd.NaT], dtype="datetime64[s]")
    assert WorkCalendar().age_of_column(days, date(2026, 4, 7)).isna().all()


@given(st.lists(st.tuples(st.dates(date(2025, 9, 1), date(2026, 3, 1)), st.integers(-90, 90))))
def test_columns_of_two_days_count_like_single_ones(spans: list[tuple[date, int]]) -> None:
    calendar = WorkCalendar({date(2025, 12, 24): False, date(2025, 12, 27): True})
    firsts = [first for first, _ in spans]
    lasts = [first + timedelta(days=length) for first, length in spans]
    columns = (pd.Series([*days, None], dtype="datetime64[s]") for days in (firsts, lasts))
    found = calendar.between_columns(*columns)
    assert found.iloc[:-1].tolist() == list(map(calendar.workdays_between, firsts, lasts))
    assert pd.isna(found.iloc[-1])
