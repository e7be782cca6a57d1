"""The working clock: hours, lunch, half days, holidays, the department's own days (E6)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.calendar import WorkCalendar
from toolkit.regulation.working_time import WorkClock, WorkHours

CLOCK = WorkClock(WorkHours.default(), WorkCalendar())
HALF = WorkCalendar(
    {date(2026, 11, 24): "上午", date(2026, 11, 25): "下午", date(2026, 11, 26): ""}
)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}")


def test_friday_evening_plus_one_working_day_is_monday_at_six() -> None:
    assert CLOCK.end_of_workday(_at("11-20 17:30"), 1) == _at("11-23 18:00")


def test_where_monday_is_a_holiday_it_is_tuesday_at_six() -> None:
    # 2026-04-06 is a holiday
    assert CLOCK.end_of_workday(_at("04-03 17:30"), 1) == _at("04-07 18:00")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("11-23 09:00", "11-23 18:00", 8.0),  # lunch does not count
        ("11-23 11:00", "11-23 14:00", 2.0),
        ("11-23 12:15", "11-23 12:45", 0.0),
        ("11-23 20:00", "11-24 08:00", 0.0),  # a night
        ("11-20 17:30", "11-23 09:30", 1.0),  # a weekend
        ("09-30 17:00", "10-08 10:00", 2.0),  # 国庆节
        ("10-09 17:00", "10-12 10:00", 10.0),  # a Saturday that is worked
        ("11-23 14:00", "11-23 11:00", -2.0),
    ],
)
def test_working_hours_between_two_moments(start: str, end: str, hours: float) -> None:
    assert CLOCK.between(_at(start), _at(end)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("11-23 09:00", 4, "11-23 14:00"),  # P07: four working hours
        ("11-20 16:00", 4, "11-23 11:00"),
        ("11-21 10:00", 1, "11-23 10:00"),  # asked on a Saturday
        ("11-23 11:00", 1, "11-23 12:00"),
        ("11-23 12:30", 0, "11-23 13:00"),
    ],
)
def test_the_moment_after_so_many_working_hours(start: str, hours: float, end: str) -> None:
    assert CLOCK.after(_at(start), timedelta(hours=hours)) == _at(end)


def test_half_days_and_the_departments_own_days() -> None:
    clock = WorkClock(WorkHours.default(), HALF)
    assert clock.between(_at("11-24 09:00"), _at("11-24 18:00")) == timedelta(hours=3)
    assert clock.between(_at("11-25 09:00"), _at("11-25 18:00")) == timedelta(hours=5)
    assert clock.between(_at("11-26 09:00"), _at("11-26 18:00")) == timedelta()
    # a half day is a working day; its end of work is noon
    assert clock.end_of_workday(_at("11-23 10:00"), 1) == _at("11-24 12:00")
    assert HALF.is_workday(date(2026, 11, 24))
    assert HALF.why(date(2026, 11, 24)) == "本部门日历：上午上班"
    assert HALF.why(date(2026, 11, 26)) == "本部门日历：休息"


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 23), "周一"),
        (date(2026, 11, 22), "周日"),
        (date(2026, 10, 2), "周五（国庆节）"),
        (date(2026, 10, 10), "周六（国庆节调休上班）"),
        (date(2099, 3, 2), "周一（2099年的节假日尚未公布）"),
    ],
)
def test_the_calendar_says_why(day: date, why: str) -> None:
    assert WorkCalendar().why(day) == why


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("08:30-12:00、13:30-17:30", 2),
        ("9:00至12:00，13:00至18:00", 2),
        ("08：30～17：30", 1),
        ("09:00-12:00、11:00-18:00", 0),
        ("18:00-09:00", 0),
        ("25:00-26:00", 0),
        ("朝九晚六", 0),
        ("", 0),
    ],
)
def test_hours_as_departments_write_them(text: str, spans: int) -> None:
    hours = WorkHours.parse(text)
    assert (len(hours.spans) if hours else 0) == spans


def test_a_department_sets_its_hours_by_date() -> None:
    given_ = [
        {"parameter": "P36", "value": "08:00-12:00、13:00-17:00", "start": "2026-07-01"},
        {"parameter": "P36", "value": "早八点", "start": "2026-10-01"},
    ]
    dept = build({"parameters": given_})
    assert dept.clock(date(2026, 6, 30)).hours == WorkHours.default()
    assert dept.clock(date(2026, 7, 1)).hours.end.hour == 17
    # what cannot be read counts as not written (CFG-1 says so)
    assert dept.clock(date(2026, 10, 9)).hours.end.hour == 17


def test_a_calendar_that_never_works_is_no_endless_loop() -> None:
    off = WorkCalendar({date(2026, 1, 1) + timedelta(days=n): "" for n in range(4000)})
    with pytest.raises(OverflowError):
        WorkClock(WorkHours.default(), off).after(_at("01-01 09:00"), timedelta(hours=1))


MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2027, 2, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)


@given(MOMENTS, st.integers(0, 40 * 60))
def test_so_much_working_time_after_is_so_much_working_time_between(
    start: datetime, minutes: int
) -> None:
    length = timedelta(minutes=minutes)
    end = CLOCK.after(start, length)
    assert end >= start
    assert CLOCK.between(start, end) == length


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up(a: datetime, b: datetime, c: datetime) -> None:
    assert CLOCK.between(a, b) + CLOCK.between(b, c) == CLOCK.between(a, c)


@given(MOMENTS, MOMENTS)
def test_intervals_lie_within_and_do_not_overlap(a: datetime, b: datetime) -> None:
    start, end = min(a, b), max(a, b)
    found = list(CLOCK.intervals(start, end))
    moments = [moment for each in found for moment in (each.start, each.end)]
    assert moments == sorted(moments)
    assert all(start <= moment <= end for moment in moments)
