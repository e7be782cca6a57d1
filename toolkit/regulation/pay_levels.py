"""From counted complaints to levels of performance pay, month by month (第14条; catalogue E1).

Pure: counts, levels and how the article is read (P21–P23) go in, one line a month comes out.
Months are written 2026-03; levels count upwards, 降1级 is one less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

MONTH_STEP, LASTING_STEP = 2, 4
"""So many complaints take a level off the month, and so many a level for good."""

Total = Literal["累计", "每年", "每月"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How 第14条 is read in a month: P21, P22 and P23."""

    total: Total = "累计"
    """From when on complaints are counted together."""
    replace: bool = False
    """The lasting step takes the place of the month's step instead of coming on top of it."""
    at_once: bool = False
    """The lasting step begins in the month of the complaint instead of the next one."""

    @classmethod
    def of(cls, total: str, both: str, begin: str) -> Reading:
        """From the values of P21, P22 and P23 as they are written."""
        window: Total = "每年" if "年" in total else "每月" if "月" in total else "累计"
        return cls(window, "替代" in both, "当月" in begin)

    def __str__(self) -> str:
        both = "替代" if self.replace else "叠加"
        return f"{self.total}、{both}、{'当月' if self.at_once else '次月'}"

    def month_levels(self, total: int) -> int:
        """Levels that so many complaints take off their months, all months together."""
        lasting = total // LASTING_STEP if self.replace else 0
        return total // MONTH_STEP - lasting


@dataclass(frozen=True, slots=True)
class Scale:
    """What each level is worth, in yuan a month; without a table there are levels only."""

    amounts: Mapping[float, float | None] = field(default_factory=dict)

    @property
    def bottom(self) -> float:
        """The lowest level there is: nobody is paid by a lower one."""
        return min(self.amounts, default=0.0)

    def amount(self, level: float | None) -> float | None:
        return None if level is None else self.amounts.get(level)


@dataclass(frozen=True, slots=True)
class MonthPay:
    """What a month comes to. Levels and amount are None where the person's level is not known."""

    month: str
    new: int
    """Complaints counted in the month."""
    total: int
    """Complaints counted up to its end, in the window of the reading."""
    month_levels: int
    """Levels taken off this month alone."""
    lasting_new: int
    lasting: int
    """Lasting steps that the month's complaints make, and all of them up to its end."""
    level: float | None
    """The level without any complaint."""
    base_level: float | None
    pay_level: float | None
    amount: float | None
    at_bottom: bool
    """A step had no effect, because there is no lower level."""


def months(first: str, last: str) -> list[str]:
    """All months from the first to the last, both included."""
    year, month = map(int, first.split("-"))
    found = []
    while f"{year:04d}-{month:02d}" <= last:
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = map(int, month.split("-"))
    following = date(year + number // 12, number % 12 + 1, 1)
    return following - timedelta(days=1)


def settle(
    counts: Mapping[str, int],
    span: Sequence[str],
    *,
    level: Callable[[str], float | None] = lambda month: None,
    reading: Callable[[str], Reading] = lambda month: Reading(),
    scale: Scale | None = None,
) -> list[MonthPay]:
    """One line for each month of `span` (in order, without gaps) from its counted complaints.

    A lasting step that was made stays, whatever the later months are read by.
    """
    return list(_settle(counts, span, level, reading, scale or Scale()))


def _settle(
    counts: Mapping[str, int],
    span: Sequence[str],
    level: Callable[[str], float | None],
    reading: Callable[[str], Reading],
    scale: Scale,
) -> Iterator[MonthPay]:
    lasting = 0
    for month in span:
        read, new = reading(month), counts.get(month, 0)
        total = sum(n for other, n in counts.items() if _together(read, other, month))
        before = total - new
        month_levels = read.month_levels(total) - read.month_levels(before)
        made = total // LASTING_STEP - before // LASTING_STEP
        begun = lasting + made if read.at_once else lasting
        lasting += made
        full = level(month)
        base = pay = None
        short = False
        if full is not None:
            base, pay = (max(scale.bottom, full - n) for n in (begun, begun + month_levels))
            short = full - begun - month_levels < scale.bottom
        yield MonthPay(
            month, new, total, month_levels, made, lasting, full, base, pay,
            scale.amount(pay), short,
        )  # fmt: skip


def _together(read: Reading, other: str, month: str) -> bool:
    """Whether the complaints of a month count together with those of another one up to it."""
    if other > month:
        return False
    common = {"累计": 0, "每年": 4, "每月": 7}[read.total]
    return other[:common] == month[:common]


@dataclass(frozen=True, slots=True)
class Correction:
    """A settled month that came out otherwise meanwhile: the difference belongs to `booked`."""

    month: str
    booked: str
    settled: MonthPay
    now: MonthPay

    @property
    def amount(self) -> float | None:
        """What is to be paid on top (below 0: held back), in yuan; None without amounts."""
        if self.settled.amount is None or self.now.amount is None:
            return None
        return self.now.amount - self.settled.amount


def correct(settled: MonthPay, now: MonthPay, booked: str) -> Correction | None:
    """The correction of a month that came out otherwise than it was settled; None if it did not.

    A closed month is never rewritten: what changed later is a line of the month `booked`.
    """

    def figures(line: MonthPay) -> tuple[object, ...]:
        return line.month_levels, line.lasting, line.base_level, line.pay_level

    same = figures(settled) == figures(now)
    return None if same else Correction(now.month, booked, settled, now)
