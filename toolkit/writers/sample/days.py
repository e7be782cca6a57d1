"""The working days of the sample's year, numbered, so that deadlines are plain arithmetic."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta

from toolkit.model.errors import ToolkitError
from toolkit.regulation.calendar import WorkCalendar

_AHEAD = timedelta(days=120)
"""How far plans may reach beyond the day of the check."""

Note = tuple[date, bool, str]


def local_days(year: int) -> tuple[Note, Note]:
    """The two days on which the sample department differs: (day, worked, why)."""
    public = WorkCalendar()
    rest = public.add_workdays(date(year, 6, 10), 1)
    work = next(
        day
        for day in (rest + timedelta(days=n) for n in range(1, 40))
        if day.weekday() == 5 and not public.is_workday(day)
    )
    return (rest, False, "公司周年活动"), (work, True, "年中盘点")


class Days:
    """Day 0 is the first working day of the year of the check; `last` is the check itself.

    Raises ToolkitError when the year is too young to tell a story.
    """

    def __init__(self, check_date: date) -> None:
        if check_date < date(check_date.year, 4, 1):
            raise ToolkitError(
                f"检查日期 {check_date} 太早，示例数据至少需要一个季度。",
                "请把检查日期定在四月一日以后。",
            )
        self.check = check_date
        self.year = check_date.year
        self.local = local_days(self.year)
        calendar = WorkCalendar({day: worked for day, worked, _ in self.local})
        span = (check_date + _AHEAD - date(self.year, 1, 1)).days
        every = (date(self.year, 1, 1) + timedelta(days=n) for n in range(span))
        self._days = [day for day in every if calendar.is_workday(day)]
        self.last = bisect_right(self._days, check_date) - 1

    def __getitem__(self, number: int) -> date:
        return self._days[number]

    def number(self, day: date) -> int:
        """The number of a day; of the next working day when it is none."""
        return bisect_left(self._days, day)

    def capped(self, number: int) -> int:
        """Not later than the check."""
        return min(number, self.last)
