"""Which jobs are due at a moment, what was missed, and what can be made up for.

A day is its date, a week `2026-W41`, a month `2026-10`; weeks and months are those that are
reported on, so they are due after they are over. Periods done are marks in the order of the
runs: nothing here takes the clock to run forward only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Protocol

from toolkit.model.jobs import JOBS, Job

EARLY = timedelta(minutes=5)
"""A scheduler's clock may be a little ahead of the one that is read here."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_MADE_UP = {"week": 8, "month": 12}
_DAYS_LOOKED_BACK, _PERIODS_LOOKED_BACK = 60, 60
_CREDIBLE = {"day": timedelta(days=14), "week": timedelta(days=21), "month": timedelta(days=62)}

Workday = Callable[[date], bool]


class Marked(Protocol):
    """A period that is done (`memory.Mark`)."""

    @property
    def period(self) -> str: ...
    @property
    def at(self) -> datetime: ...


Done = Sequence[Marked]
"""Marks of one job, in the order in which they were run."""


@dataclass(frozen=True, slots=True)
class Due:
    """One period to run now. `merged` are missed periods that it makes up for, (job, period)."""

    job: str
    period: str
    merged: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run has to do. `skipped` are missed periods that are too old."""

    due: tuple[Due, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def jobs(self) -> tuple[str, ...]:
        """Keys of the jobs, each once."""
        return tuple(dict.fromkeys(due.job for due in self.due))


def plan(
    now: datetime,
    workday: Workday,
    done: Callable[[str], Done],
    *,
    made_up: Callable[[str], Collection[str]] = lambda job: (),
    only: str | None = None,
) -> Plan:
    """The periods to run at a moment; none on a day on which nobody works.

    `done` gives a job's marks and `made_up` its periods for which a later run stood in.
    """
    today = now.date()
    if not workday(today):
        return Plan()
    first = begun(done("morning"), now)
    due: list[Due] = []
    skipped: list[tuple[str, str]] = []
    for job in JOBS:
        if only not in (None, job.key) or not _is_time(job, now):
            continue
        if job.every == "day":
            if not is_done(job, today.isoformat(), done(job.key), now):
                missed = [
                    (key, day)
                    for key, day in _missed(job, today, first, workday, done)
                    if day not in made_up(key)
                ]
                due.append(Due(job.key, today.isoformat(), tuple(missed)))
            continue
        marks = done(job.key)
        open_ = [
            period
            for period, ripe in _ended(job, today, _PERIODS_LOOKED_BACK)
            if first_workday(ripe, workday) >= first and not is_done(job, period, marks, now)
        ]
        kept = {period for period, _ in _ended(job, today, _MADE_UP[job.every])}
        due += [Due(job.key, period) for period in open_ if period in kept]
        skipped += [(job.key, period) for period in open_ if period not in kept]
    return Plan(tuple(due), tuple(skipped))


def is_done(job: Job, period: str, done: Done, now: datetime) -> bool:
    """Whether there is a mark for the period that holds.

    One of a run whose clock was ahead does not: it lies in the future, or periods shortly before
    it were run after it.
    """
    at = {mark.period: mark.at for mark in done}
    if period not in at or at[period] > now + EARLY:
        return False
    return not outrun(job, period, [mark.period for mark in done])


def outrun(job: Job, period: str, periods: Sequence[str], often: int = 1) -> bool:
    """Whether periods shortly before it were run after it, which a right clock never does.

    `periods` stand in the order in which they were run.
    """
    place = len(periods) - 1 - list(reversed(periods)).index(period)
    start = first_day(period)
    before = [
        later
        for later in periods[place + 1 :]
        if _CREDIBLE[job.every] >= start - first_day(later) > timedelta(0)
    ]
    return len(before) >= often


def begun(mornings: Done, now: datetime) -> date:
    """The day from which on runs can have been missed: that of the first mark to be believed.

    A mark earlier than one before it is believed only if the days went on from there: it may
    come from a clock that had lost its years.
    """
    days = [first_day(mark.period) for mark in mornings] + [now.date()]
    highest, found = date.min, now.date()
    for day, following in pairwise(days):
        went_on = timedelta(0) <= following - day <= _CREDIBLE["day"]
        if day >= highest or went_on:
            found = min(found, day)
        highest = max(highest, day)
    return found


def first_day(period: str) -> date:
    """The first day of a period of any kind."""
    if "W" in period:
        year, week = period.split("-W")
        return date.fromisocalendar(int(year), int(week), 1)
    return date.fromisoformat(period if len(period) > 7 else f"{period}-01")


def period_before(job: Job, day: date) -> str:
    """The last week or month that was over on a day, or the day itself."""
    if job.every == "day":
        return day.isoformat()
    return next(_ended(job, day, 1))[0]


def first_workday(day: date, workday: Workday) -> date:
    """The first working day on or after a day (within two months)."""
    for n in range(_DAYS_LOOKED_BACK):
        if workday(day + _DAY * n):
            return day + _DAY * n
    return day


def ripe_at(job: Job, period: str, workday: Workday) -> datetime:
    """The moment from which a period is due."""
    start = first_day(period)
    if job.every == "day":
        day = start
    elif job.every == "week":
        day = first_workday(start + _WEEK, workday)
    else:
        day = first_workday(_next_month(start), workday)
    return datetime.combine(day, job.at)


def next_ripe(job: Job, now: datetime, workday: Workday) -> datetime:
    """When the job is due next, after now."""
    ripe = (ripe_at(job, period, workday) for period in _coming(job, now.date(), workday))
    return next(moment for moment in ripe if moment > now)


def overdue(
    job: Job,
    now: datetime,
    workday: Workday,
    done: Done,
    *,
    since: date,
    made_up: Collection[str] = (),
    grace: timedelta,
) -> str:
    """The newest period that was due `grace` ago, unless it is done or made up for ('' then).

    Nothing was due before `since` (`begun`).
    """
    moment = now - grace
    day = moment.date()
    candidates: Iterable[str]
    if job.every == "day":
        days = (day - _DAY * n for n in range(_DAYS_LOOKED_BACK))
        candidates = (each.isoformat() for each in days if workday(each))
    else:
        candidates = reversed([period for period, _ in _ended(job, day, 2)])
    for period in candidates:
        ripe = ripe_at(job, period, workday)
        if ripe <= moment:
            covered = period in made_up or is_done(job, period, done, now)
            return period if ripe.date() >= since and not covered else ""
    return ""


def _coming(job: Job, day: date, workday: Workday) -> Iterator[str]:
    """Periods that may be due next, the oldest first."""
    if job.every == "day":
        for n in range(_DAYS_LOOKED_BACK):
            if workday(day + _DAY * n):
                yield (day + _DAY * n).isoformat()
    elif job.every == "week":
        monday = day - _DAY * day.weekday() - _WEEK
        for n in range(_MADE_UP["week"]):
            yield _week(monday + _WEEK * n)
    else:
        month = _month_before(day)
        for _ in range(_MADE_UP["month"]):
            yield _month(month)
            month = _next_month(month)


def _is_time(job: Job, now: datetime) -> bool:
    return now + EARLY >= datetime.combine(now.date(), job.at)


def _missed(
    job: Job, today: date, first: date, workday: Workday, done: Callable[[str], Done]
) -> tuple[tuple[str, str], ...]:
    """Missed days that today's run makes up for; the morning also does for missed evenings."""
    made_up = [job] if job.key != "morning" else [each for each in JOBS if each.every == "day"]
    missed = []
    for each in made_up:
        days = {mark.period for mark in done(each.key)}
        for n in range(1, _DAYS_LOOKED_BACK):
            day = today - _DAY * n
            if day < first or day.isoformat() in days:
                break
            if workday(day):
                missed.append((each.key, day.isoformat()))
    return tuple(sorted(missed, key=lambda pair: pair[1]))


def _ended(job: Job, today: date, count: int) -> Iterator[tuple[str, date]]:
    """The last weeks or months that were over on a day, the oldest first, with the day after."""
    if job.every == "week":
        monday = today - _DAY * today.weekday()
        for n in range(count, 0, -1):
            yield _week(monday - _WEEK * n), monday - _WEEK * (n - 1)
        return
    months = [today.replace(day=1)]
    for _ in range(count):
        months.append(_month_before(months[-1]))
    months.reverse()
    for start, after in pairwise(months):
        yield _month(start), after


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02d}"


def _month_before(day: date) -> date:
    return (day.replace(day=1) - _DAY).replace(day=1)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
