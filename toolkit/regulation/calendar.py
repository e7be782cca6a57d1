"""Working days: the department's own calendar, then public holidays and 调休, then Mon–Fri."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import numpy as np
import pandas as pd

_DAY = timedelta(days=1)


@cache
def known_years() -> frozenset[int]:
    """Years whose public holidays and 调休 days the installed calendar knows."""
    known: set[int] = set()
    for year in range(2004, 2100):
        try:
            chinese_calendar.is_workday(date(year, 10, 1))
        except NotImplementedError:
            if known:
                break
        else:
            known.add(year)
    return frozenset(known)


class WorkCalendar:
    """Which days are worked (P36, catalogue E6). Days are dates, counts are working days.

    For a year that the public calendar does not know, Monday to Friday are taken as working
    days; `unknown_years` tells the callers, who then soften their findings.
    """

    def __init__(self, own_days: Mapping[date, bool] | None = None) -> None:
        self._own = dict(own_days or {})
        self._cache: dict[date, bool] = {}

    def is_workday(self, day: date) -> bool:
        if day in self._own:
            return self._own[day]
        if day not in self._cache:
            known = day.year in known_years()
            self._cache[day] = chinese_calendar.is_workday(day) if known else day.weekday() < 5
        return self._cache[day]

    def add_workdays(self, day: date, count: int) -> date:
        """The last day on which something due `count` working days after `day` is in time.

        The day itself is day 0; a count of 0 is the day itself, even a holiday.
        """
        while count > 0:
            day += _DAY
            count -= self.is_workday(day)
        return day

    def workdays_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative when last < first."""
        if last < first:
            return -self.workdays_between(last, first)
        return sum(self.is_workday(first + _DAY * n) for n in range(1, (last - first).days + 1))

    def age_of_column(self, days: pd.Series, last: date) -> pd.Series:
        """`workdays_between(day, last)` of a datetime column as float; NaN where NaT."""
        ages = {d: float(self.workdays_between(d.date(), last)) for d in days.dropna().unique()}
        return days.map(ages).astype(np.float64)

    def unknown_years(self, first: date, last: date) -> list[int]:
        """Years of the interval without public holidays, own days apart."""
        return [y for y in range(first.year, last.year + 1) if y not in known_years()]


def own_days(frame: pd.DataFrame) -> dict[date, bool]:
    """The department's 工作日历 as day -> worked."""
    rows = frame.dropna(subset=["day"]).itertuples()
    return {row.day.date(): row.kind == "上班" for row in rows if row.kind in ("上班", "休息")}
