"""Working days: the department's own calendar, then public holidays and 调休, then Mon–Fri."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import chinese_calendar
import numpy as np
import pandas as pd

from toolkit.model.frame_rows import rows_of

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

    def __init__(self, own_days: Mapping[date, str | bool] | None = None) -> None:
        """`own_days` are the department's: 全天, 上午, 下午 or '' (off); True and False as well."""
        self._own = {day: _part(kind) for day, kind in (own_days or {}).items()}
        self._cache: dict[date, bool] = {}

    def is_workday(self, day: date) -> bool:
        if day in self._own:
            return bool(self._own[day])
        if day not in self._cache:
            known = day.year in known_years()
            self._cache[day] = chinese_calendar.is_workday(day) if known else day.weekday() < 5
        return self._cache[day]

    def part_of(self, day: date) -> str:
        """Which part of a day is worked: 全天, 上午, 下午, or '' on a day off."""
        if day in self._own:
            return self._own[day]
        return "全天" if self.is_workday(day) else ""

    def why(self, day: date) -> str:
        """What makes it a working day or not: 本部门日历：休息, 周五（国庆节）, 周六 …"""
        if day in self._own:
            worked = {"全天": "上班", "": "休息"}.get(self._own[day], f"{self._own[day]}上班")
            return f"本部门日历：{worked}"
        weekday = f"周{'一二三四五六日'[day.weekday()]}"
        if day.year not in known_years():
            return f"{weekday}（{day.year}年的节假日尚未公布）"
        holiday = chinese_calendar.get_holiday_detail(day)[1]
        if self.is_workday(day):
            return (
                f"{weekday}（{_holiday_name(holiday)}调休上班）" if day.weekday() > 4 else weekday
            )
        return f"{weekday}（{_holiday_name(holiday)}）" if holiday else weekday

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
        return self.between_columns(days, pd.Series(pd.Timestamp(last), days.index))

    def between_columns(self, first: pd.Series, last: pd.Series) -> pd.Series:
        """`workdays_between` of two columns of days, row by row, as float; NaN where NaT."""
        known = first.notna() & last.notna()
        if not known.any():
            return pd.Series(np.nan, first.index)
        begin = min(first[known].min(), last[known].min())
        starts, ends = ((column[known] - begin).dt.days.to_numpy() for column in (first, last))
        days = range(1, max(starts.max(), ends.max()) + 1)
        worked = [self.is_workday(begin.date() + _DAY * n) for n in days]
        until = np.concatenate(([0], np.cumsum(worked, dtype=np.int64)))
        between = (until[ends] - until[starts]).astype(np.float64)
        return pd.Series(between, first.index[known]).reindex(first.index)

    def unknown_years(self, first: date, last: date) -> list[int]:
        """Years of the interval without public holidays, own days apart."""
        return [y for y in range(first.year, last.year + 1) if y not in known_years()]


_PARTS = {"上班": "全天", "休息": "", "上午上班": "上午", "下午上班": "下午"}
_HOLIDAYS = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节", "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节", "Anti-Fascist 70th Day": "抗战胜利纪念日",
}  # fmt: skip


def _part(kind: str | bool) -> str:
    return ("全天" if kind else "") if isinstance(kind, bool) else kind


def _holiday_name(name: str | None) -> str:
    return _HOLIDAYS.get(name or "", name or "")


def own_days(frame: pd.DataFrame) -> dict[date, str | bool]:
    """The department's 工作日历 as day -> part that is worked (全天, 上午, 下午, '')."""
    rows = rows_of(frame.dropna(subset=["day"]))
    return {row.day.date(): _PARTS[row.kind] for row in rows if row.kind in _PARTS}
