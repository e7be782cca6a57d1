"""The days that a report covers: a month, a quarter, a week, a year, or any two days."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from toolkit.model.errors import ToolkitError

_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_QUARTER = re.compile(r"(\d{4})-?Q(\d)")
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})")
_YEAR = re.compile(r"(\d{4})")
_DAY = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_EARLIEST, _LATEST = 1990, 2200
_QUARTERS = "一二三四"
_EXAMPLES = "可以写：2026-11（月）、2026-Q4（季度）、2026-W47（周）、2026（年）。"
_DAY_EXAMPLE = "请写成 2026-11-01 这样的日期。"


@dataclass(frozen=True, slots=True)
class Period:
    """Both days are inclusive; date.min and date.max mean that the end is open."""

    first: date = date.min
    last: date = date.max
    label: str = "全部日期"

    @classmethod
    def of(
        cls,
        period: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
    ) -> Period:
        """The period that a user asked for; everything when nothing is given.

        Raises ToolkitError when it cannot be understood or says two things at once.
        """
        if period and (since or until):
            raise ToolkitError("统计期和起止日期只能写一种。", "请去掉其中一种后重新运行。")
        if period:
            return cls.parse(period)
        return cls.between(since or None, until or None)

    @classmethod
    def parse(cls, text: str) -> Period:
        """`2026-11`, `2026-Q4`, `2026-W47` (ISO week), `2026` or one day `2026-11-05`.

        Raises ToolkitError for anything else.
        """
        plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
        try:
            found = _parse(plain)
        except ValueError:
            found = None
        if found is None or not _EARLIEST <= found.first.year <= _LATEST:
            raise ToolkitError(f"看不懂统计期“{text}”。", _EXAMPLES)
        return found

    @classmethod
    def between(cls, since: str | date | None, until: str | date | None) -> Period:
        """From one day to another, both inclusive; None leaves that end open.

        Raises ToolkitError for what is not a day, and when the end lies before the beginning.
        """
        first, last = _day(since, "起始日期"), _day(until, "截止日期")
        if first and last:
            if last < first:
                raise ToolkitError(
                    f"截止日期{last}早于起始日期{first}。", "请对调或改正后重新运行。"
                )
            label = (
                _day_label(first)
                if first == last
                else f"{_day_label(first)}至{_until(first, last)}"
            )
            return cls(first, last, label)
        if first:
            return cls(first, label=f"{_day_label(first)}起")
        if last:
            return cls(last=last, label=f"截至{_day_label(last)}")
        return cls()

    @property
    def everything(self) -> bool:
        """Whether no day is left out."""
        return self.first == date.min and self.last == date.max

    def mask(self, days: pd.Series) -> pd.Series:
        """Rows of a datetime column inside the period; NaT only counts when everything does."""
        if self.everything:
            return pd.Series(True, index=days.index)
        return self._from(days) & self._to(days)

    def touched(self, start: pd.Series, end: pd.Series) -> pd.Series:
        """Matters that were open on some day of the period.

        NaT as a start means begun long ago, NaT as an end not finished yet.
        """
        return (start.isna() | self._to(start)) & (end.isna() | self._from(end))

    def as_dict(self) -> dict[str, str]:
        """For JSON: label, first and last day ('' when open)."""
        first = "" if self.first == date.min else self.first.isoformat()
        last = "" if self.last == date.max else self.last.isoformat()
        return {"label": self.label, "first": first, "last": last}

    def _from(self, days: pd.Series) -> pd.Series:
        if self.first == date.min:
            return days.notna()
        return days >= pd.Timestamp(self.first)

    def _to(self, days: pd.Series) -> pd.Series:
        if self.last == date.max:
            return days.notna()
        # the day after: a column may carry times of the last day
        return days < pd.Timestamp(self.last) + pd.Timedelta(days=1)


def _parse(text: str) -> Period | None:
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        last = date(year, month, monthrange(year, month)[1])
        return Period(date(year, month, 1), last, f"{year}年{month}月")
    if found := _QUARTER.fullmatch(text):
        year, quarter = int(found[1]), int(found[2])
        first = date(year, quarter * 3 - 2, 1)
        last = date(year, quarter * 3, monthrange(year, quarter * 3)[1])
        return Period(first, last, f"{year}年第{_QUARTERS[quarter - 1]}季度")
    if found := _WEEK.fullmatch(text):
        year, week = int(found[1]), int(found[2])
        first = date.fromisocalendar(year, week, 1)
        last = first + timedelta(days=6)
        days = f"{first.month}月{first.day}日至{_until(first, last)}"
        return Period(first, last, f"{year}年第{week}周（{days}）")
    if found := _YEAR.fullmatch(text):
        year = int(found[1])
        return Period(date(year, 1, 1), date(year, 12, 31), f"{year}年")
    if found := _DAY.fullmatch(text):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return Period(day, day, _day_label(day))
    return None


def _day(value: str | date | None, what: str) -> date | None:
    if value is None or isinstance(value, date):
        return value
    found = _DAY.fullmatch("".join(unicodedata.normalize("NFKC", value).split()))
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else _refuse(value, what)
    except ValueError:
        return _refuse(value, what)


def _refuse(value: str, what: str) -> date:
    raise ToolkitError(f"看不懂{what}“{value}”。", _DAY_EXAMPLE)


def _day_label(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _until(first: date, last: date) -> str:
    """The second day of a pair, without the year when it is the same."""
    return f"{last.month}月{last.day}日" if last.year == first.year else _day_label(last)
