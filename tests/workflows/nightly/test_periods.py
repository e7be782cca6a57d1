"""What is due: working days, weeks, months, missed ones, and clocks that are wrong."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.jobs import JOB_OF, JOBS
from toolkit.regulation.calendar import WorkCalendar
from toolkit.workflows.nightly.memory import Mark
from toolkit.workflows.nightly.periods import (
    Plan,
    first_day,
    is_done,
    next_ripe,
    overdue,
    plan,
    ripe_at,
)

WORKDAY = WorkCalendar().is_workday
STARTED = dt.date(2026, 9, 1)


class Marks(dict[str, list[Mark]]):
    """Done periods by job; `run` does what a run does."""

    def plan(self, when: str, **more: object) -> Plan:
        moment = dt.datetime.fromisoformat(when)
        return plan(moment, WORKDAY, lambda job: self.get(job, []), **more)  # type: ignore[arg-type]

    def run(self, when: str, **more: object) -> list[tuple[str, str]]:
        due = [(each.job, each.period) for each in self.plan(when, **more).due]
        for job, period in due:
            before = [mark for mark in self.get(job, []) if mark.period != period]
            self[job] = [*before, Mark(period, dt.datetime.fromisoformat(when), "成功")]
        return due


def _marks(*periods: str) -> list[Mark]:
    """Periods that were run in this order, long ago."""
    return [Mark(period, dt.datetime(2026, 1, 1), "成功") for period in periods]


def _daily(due: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [each for each in due if each[0] in ("morning", "evening")]


@pytest.mark.parametrize(
    ("when", "jobs"),
    [
        ("2026-10-13T08:24", []),
        ("2026-10-13T08:25", ["morning"]),  # a clock may be a little slow
        ("2026-10-13T08:30", ["morning"]),
        ("2026-10-13T17:30", ["morning", "evening"]),
        ("2026-10-14T00:10", []),
        ("2026-10-17T18:00", []),  # Saturday
        ("2026-10-01T18:00", []),  # National Day
        ("2026-10-10T18:00", ["morning", "evening"]),  # a Saturday that is worked
    ],
)
def test_daily_jobs_are_due_from_their_time_on_working_days(when: str, jobs: list[str]) -> None:
    found = Marks().plan(when)
    assert [due.job for due in found.due if JOB_OF[due.job].every == "day"] == jobs


def test_weeks_and_months_are_named_for_what_they_report_on() -> None:
    marks = Marks()
    marks.run("2026-12-31T17:30")
    assert marks.run("2027-01-04T08:30") == [
        ("morning", "2027-01-04"),
        ("weekly", "2026-W53"),
        ("monthly", "2026-12"),
    ]
    assert marks.run("2027-01-04T09:00") == []


def test_a_week_is_due_on_the_first_working_day_of_the_next_one() -> None:
    marks = Marks()
    marks.run("2026-09-28T08:30")
    assert _week(marks.run("2026-10-05T08:30")) == []  # holiday
    assert _week(marks.run("2026-10-08T08:30")) == ["2026-W40"]
    assert _week(marks.run("2026-10-09T08:30")) == []


def _week(due: list[tuple[str, str]]) -> list[str]:
    return [period for job, period in due if job == "weekly"]


def test_nothing_before_the_first_run_was_missed() -> None:
    found = Marks().plan("2026-10-14T18:00")
    assert [(due.job, due.merged) for due in found.due] == [("morning", ()), ("evening", ())]
    assert found.skipped == ()


def test_a_made_up_evening_is_not_missed_again() -> None:
    marks = Marks({"morning": _marks("2026-10-09", "2026-10-12"), "evening": _marks("2026-10-09")})
    (morning,) = (d for d in marks.plan("2026-10-13T08:30").due if d.job == "morning")
    assert morning.merged == (("evening", "2026-10-10"), ("evening", "2026-10-12"))
    merged = {"2026-10-10", "2026-10-12"}
    (morning,) = (
        d for d in marks.plan("2026-10-13T08:30", made_up=lambda job: merged).due
        if d.job == "morning"
    )  # fmt: skip
    assert morning.merged == ()


def test_a_clock_that_goes_back_runs_nothing_twice_and_blocks_nothing() -> None:
    marks = Marks()
    marks.run("2026-10-12T17:30")
    marks.run("2026-10-13T17:30")
    assert marks.run("2026-10-12T18:00") == []
    assert marks.run("2026-10-13T18:00") == []
    assert _daily(marks.run("2026-10-14T08:30")) == [("morning", "2026-10-14")]


def test_a_clock_that_ran_ahead_does_not_silence_the_real_days() -> None:
    marks = Marks()
    marks.run("2026-10-12T17:30")
    ahead = marks.run("2026-11-20T17:30")
    assert ("morning", "2026-11-20") in ahead
    day = dt.date(2026, 10, 13)
    while day <= dt.date(2026, 11, 23):
        expected = [(job, day.isoformat()) for job in ("morning", "evening") if WORKDAY(day)]
        assert _daily(marks.run(f"{day}T17:30")) == expected, day
        day += dt.timedelta(days=1)


def test_weeks_and_months_survive_a_clock_that_ran_ahead() -> None:
    marks = Marks()
    for when in ("2026-10-12T08:30", "2027-03-15T08:30"):
        marks.run(when)
    weeks, months = [], []
    day = dt.date(2026, 10, 19)
    while day <= dt.date(2027, 4, 1):
        due = marks.run(f"{day}T08:30")
        weeks += _week(due)
        months += [period for job, period in due if job == "monthly"]
        day += dt.timedelta(days=1)
    assert weeks == [f"2026-W{week}" for week in range(42, 54)] + [
        f"2027-W{week:02d}" for week in range(1, 13)
    ]
    assert months == ["2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03"]


@given(st.dates(dt.date(2026, 1, 5), dt.date(2026, 12, 20)), st.integers(-400, 400), st.data())
def test_whatever_the_clock_did_once_the_days_after_are_run_once_each(
    day: dt.date, jump: int, data: st.DataObject
) -> None:
    """A single wrong run never makes a later real day run twice or not at all."""
    marks = Marks()
    days = [day + dt.timedelta(days=n) for n in range(12)]
    wrong_after = data.draw(st.integers(0, 10))
    for number, each in enumerate(days):
        expected = [("morning", each.isoformat())] if WORKDAY(each) else []
        found = marks.run(f"{each}T08:30", only="morning")
        assert found == expected, each
        assert marks.run(f"{each}T09:30", only="morning") == []
        if number == wrong_after:
            wrong = each + dt.timedelta(days=jump)
            if jump > 0 or jump < -20 or wrong in days[:number]:
                marks.run(f"{wrong}T09:45", only="morning")


def test_late_is_what_was_due_two_hours_ago_and_is_not_done() -> None:
    job, grace = JOB_OF["morning"], dt.timedelta(hours=2)

    def late(when: str, done: list[str], made_up: set[str] | None = None) -> str:
        moment = dt.datetime.fromisoformat(when)
        return overdue(
            job,
            moment,
            WORKDAY,
            _marks(*done),
            since=STARTED,
            made_up=made_up or set(),
            grace=grace,
        )

    assert late("2026-10-13T10:29", ["2026-10-12"]) == ""
    assert late("2026-10-13T10:30", ["2026-10-12"]) == "2026-10-13"
    assert late("2026-10-13T10:30", ["2026-10-13"]) == ""
    assert late("2026-10-18T10:30", ["2026-10-15"]) == "2026-10-16"  # over the weekend
    assert late("2026-10-13T09:00", ["2026-10-10"], {"2026-10-12"}) == ""
    assert late("2026-09-01T09:00", []) == ""  # nothing was due before the first run


def test_late_weeks_and_months() -> None:
    grace = dt.timedelta(hours=2)

    def late(job: str, when: str, done: list[str]) -> str:
        moment = dt.datetime.fromisoformat(when)
        return overdue(JOB_OF[job], moment, WORKDAY, _marks(*done), since=STARTED, grace=grace)

    assert late("weekly", "2026-10-12T10:00", ["2026-W40"]) == ""
    assert late("weekly", "2026-10-12T11:00", ["2026-W40"]) == "2026-W41"
    assert late("monthly", "2026-10-07T11:00", ["2026-08"]) == ""  # holidays
    assert late("monthly", "2026-10-08T11:00", ["2026-08"]) == "2026-09"


@pytest.mark.parametrize(
    ("job", "when", "expected"),
    [
        ("morning", "2026-10-12T08:00", "2026-10-12T08:30"),
        ("morning", "2026-10-16T08:30", "2026-10-19T08:30"),
        ("evening", "2026-09-30T18:00", "2026-10-08T17:30"),
        ("weekly", "2026-10-01T09:00", "2026-10-08T08:30"),
        ("monthly", "2026-09-30T18:00", "2026-10-08T08:30"),
        ("monthly", "2026-10-08T08:30", "2026-11-02T08:30"),
    ],
)
def test_when_a_job_is_due_next(job: str, when: str, expected: str) -> None:
    found = next_ripe(JOB_OF[job], dt.datetime.fromisoformat(when), WORKDAY)
    assert found == dt.datetime.fromisoformat(expected)


@given(st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31)))
def test_what_is_due_next_becomes_due_then(moment: dt.datetime) -> None:
    for job in JOBS:
        ripe = next_ripe(job, moment, WORKDAY)
        due = plan(ripe, WORKDAY, lambda key: []).due
        periods = [each.period for each in due if each.job == job.key]
        assert periods
        assert ripe_at(job, periods[-1], WORKDAY) == ripe


@pytest.mark.parametrize(
    ("period", "day"),
    [("2026-10-12", "2026-10-12"), ("2026-W41", "2026-10-05"), ("2026-10", "2026-10-01")],
)
def test_first_days(period: str, day: str) -> None:
    assert first_day(period) == dt.date.fromisoformat(day)


def test_a_mark_holds_until_the_days_before_it_are_run_after_it() -> None:
    def holds(*periods: str, now: dt.datetime = dt.datetime(2026, 10, 13, 12)) -> bool:
        return is_done(JOB_OF["morning"], "2026-10-13", _marks(*periods), now)

    assert holds("2026-10-12", "2026-10-13")
    assert holds("2026-10-13", "2020-01-02")
    assert not holds("2026-10-13", "2026-10-12")
    assert holds("2026-10-13", "2026-10-12", "2026-10-13")
    assert not holds("2026-10-12", "2026-10-13", now=dt.datetime(2025, 12, 31))
