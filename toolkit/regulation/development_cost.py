"""Whether a project's development took more than a week, and what that costs (第22条; E2).

Pure: lines of hours (`development_hours.hour_lines`), rates and the reading of the article go in.
Hours are hours of work, money is yuan.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

_ORDER = ["day", "person", "hours", "index"]
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class CostReading:
    """How 第22条 is read: P15, P16 and P17."""

    limit: float = 40.0
    """One week, in hours; only more than that exceeds it."""
    elapsed: bool = False
    """Hours that passed while somebody worked, instead of the hours of all people together."""
    excess: bool = False
    """Only what lies beyond the limit is deducted, instead of the whole cost."""
    from_bonus: bool = False
    """The cost is taken off the bonus itself, instead of the amount it is computed from."""

    @classmethod
    def of(cls, limit: float, span: str, scope: str) -> CostReading:
        """From the values of P15, P16 and P17 as they are written."""
        elapsed = any(word in span for word in ("历时", "日历", "经过"))
        return cls(limit, elapsed, "超" in scope, "从奖金" in scope)


@dataclass(frozen=True, slots=True)
class Rate:
    """Yuan an hour; `person` is '' for everybody who has no rate of his own."""

    person: str
    rate: float
    start: date = date.min
    end: date = date.max

    def __post_init__(self) -> None:
        if self.rate < 0:
            raise ValueError("a rate is not negative")


def rate_of(rates: Sequence[Rate], person: str, day: date | None) -> float | None:
    """The rate of a person on a day: his own before the general one, the latest start first.

    Without a day the rate must be the only one that there ever was.
    """
    for who in dict.fromkeys((person, "")):
        own = [rate for rate in rates if rate.person == who]
        if day is None:
            values = {rate.rate for rate in own}
            if len(values) == 1:
                return values.pop()
            if values:
                return None
            continue
        valid = [rate for rate in own if rate.start <= day <= rate.end]
        if valid:
            return max(valid, key=lambda rate: rate.start).rate
    return None


@dataclass(frozen=True, slots=True)
class Development:
    """What the counted lines of one project come to."""

    hours: float
    """By the reading: of all people together, or elapsed. A lower bound when not `complete`."""
    limit: float
    complete: bool
    crossed: date | None
    """The day on which the limit was exceeded, where the lines tell it."""
    cost: float | None
    """Of all counted hours; None when a rate is missing or the hours are not complete."""
    deductible: float | None
    """The part of it that the bonus bears; 0 when the limit is not exceeded."""
    unpriced: tuple[str, ...]
    """People without a rate."""

    @property
    def exceeded(self) -> bool | None:
        """More than a week; None when hours are missing and the rest is not more."""
        if self.hours > self.limit:
            return True
        return False if self.complete else None


def develop(
    lines: pd.DataFrame, rates: Sequence[Rate], reading: CostReading, *, complete: bool = True
) -> Development:
    """Judge the counted lines of one project. `complete` is False when hours are missing.

    Elapsed time needs days: lines without one make the result incomplete.
    """
    used = lines[lines["counted"] & lines["hours"].notna()].sort_values(_ORDER, kind="stable")
    used = used.assign(hours=used["hours"].clip(lower=0.0))
    worth = price(used, rates)
    # so that forty hours in tenths are not more than forty
    running = _running(used, reading.elapsed).round(_DIGITS)
    if reading.elapsed and used["day"].isna().any():
        complete = False
    hours = float(running.iloc[-1]) if len(running) else 0.0
    beyond = used.loc[running[running > reading.limit].index, "day"]
    crossed = None if beyond.empty or pd.isna(beyond.iloc[0]) else beyond.iloc[0].date()
    unpriced = tuple(sorted(set(used.loc[worth.isna() & (used["hours"] > 0), "person"])))
    known = complete and not unpriced
    cost = round(float(worth.sum()), 2) if known else None
    over = hours > reading.limit
    if not over:
        deductible = 0.0 if complete else None
    elif cost is None or not reading.excess:
        deductible = cost
    elif reading.elapsed:
        deductible = round(cost * (hours - reading.limit) / hours, 2)
    else:
        part = (running - reading.limit).clip(lower=0.0, upper=used["hours"])
        share = (part / used["hours"].where(used["hours"] > 0)).fillna(0.0)
        deductible = round(float((worth * share).sum()), 2)
    return Development(hours, reading.limit, complete, crossed, cost, deductible, unpriced)


def price(lines: pd.DataFrame, rates: Sequence[Rate]) -> pd.Series:
    """What each line costs; NaN where there is no rate."""
    days = [None if pd.isna(day) else day.date() for day in lines["day"]]
    found = [rate_of(rates, who, day) for who, day in zip(lines["person"], days, strict=True)]
    each = pd.Series([float("nan") if r is None else r for r in found], lines.index, "float64")
    return each * lines["hours"]


def _running(used: pd.DataFrame, elapsed: bool) -> pd.Series:
    """Hours up to each line: of all people, or of the busiest one of each day."""
    if not elapsed:
        return used["hours"].cumsum()
    dated = used[used["day"].notna()]
    by_person = dated.groupby([dated["day"], dated["person"]])["hours"].cumsum()
    so_far = by_person.groupby(dated["day"]).cummax()
    steps = so_far - so_far.groupby(dated["day"]).shift(fill_value=0.0)
    return steps.cumsum()


def bonus(base: float, ratio: float, deductible: float, *, from_bonus: bool = False) -> float:
    """销售奖金 after the deduction, never below 0."""
    if from_bonus:
        return round(max(0.0, base * ratio - deductible), 2)
    return round(max(0.0, base - deductible) * ratio, 2)
