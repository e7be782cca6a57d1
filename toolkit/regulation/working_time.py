"""The working clock: hours of P36 on the days that the calendar works (catalogue E6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .calendar import WorkCalendar
from .parameters import day_spans, parameter_catalogue

_NOON = time(12, 30)
"""Half days part here: what ends by then is the morning."""
_NEVER = 3660
"""So many days without any working time mean that it never comes."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Time that counts, within one day."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class WorkHours:
    """The spans of a working day in order, e.g. 09:00–12:00 and 13:00–18:00."""

    spans: tuple[tuple[time, time], ...]

    @classmethod
    def parse(cls, text: str) -> WorkHours | None:
        """P36 as it is written, e.g. 09:00-12:00、13:00-18:00; None when it makes no day."""
        spans = day_spans(text)
        return cls(spans) if spans else None

    @classmethod
    def default(cls) -> WorkHours:
        """The hours of P36's default."""
        hours = cls.parse(parameter_catalogue()["P36"].default)
        assert hours is not None
        return hours

    @property
    def begin(self) -> time:
        return self.spans[0][0]

    @property
    def end(self) -> time:
        return self.spans[-1][1]

    def on(self, day: date, calendar: WorkCalendar) -> list[Interval]:
        """The working time of a day: none on days off, a part of it on half days."""
        part = calendar.part_of(day)
        if not part:
            return []
        return [
            Interval(datetime.combine(day, start), datetime.combine(day, end))
            for start, end in self.spans
            if part == "全天" or (part == "上午") == (end <= _NOON)
        ]


@dataclass(frozen=True, slots=True)
class WorkClock:
    """Working time between two moments, and the moment after so much working time."""

    hours: WorkHours
    calendar: WorkCalendar

    def intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """What counts between two moments, day by day and span by span."""
        day = start.date()
        while day <= end.date():
            for span in self.hours.on(day, self.calendar):
                first, last = max(span.start, start), min(span.end, end)
                if first < last:
                    yield Interval(first, last)
            day += timedelta(days=1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum((each.length for each in self.intervals(start, end)), timedelta())

    def after(self, start: datetime, length: timedelta) -> datetime:
        """The moment at which so much working time has passed. Raises ValueError below 0.

        Raises OverflowError when the calendar never works again.
        """
        if length < timedelta():
            raise ValueError("working time is not negative")
        day, left, idle = start.date(), length, 0
        while idle < _NEVER:
            idle += 1
            for span in self.hours.on(day, self.calendar):
                first = max(span.start, start)
                if first >= span.end:
                    continue
                if span.end - first >= left:
                    return first + left
                left -= span.end - first
                idle = 0
            day += timedelta(days=1)
        raise OverflowError("the calendar has no more working time")

    def end_of_workday(self, start: datetime, count: int) -> datetime:
        """The end of work on the last day of a deadline of `count` working days.

        The day of the event is day 0; it may be a day off.
        """
        day = self.calendar.add_workdays(start.date(), count)
        spans = self.hours.on(day, self.calendar)
        return spans[-1].end if spans else datetime.combine(day, self.hours.end)
