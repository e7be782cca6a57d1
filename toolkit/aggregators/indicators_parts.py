"""One indicator: what was asked, what was met, and what comes out; nothing is divided by 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

DEPARTMENT = "部门"
SHARE, DAYS, EACH = "%", "工作日", "单/项目"
COLUMNS = {
    "指标": "object",
    "范围": "object",
    "对象": "object",
    "分子": "float64",
    "分母": "float64",
    "结果": "float64",
    "单位": "object",
    "说明": "object",
}
"""Titles and types of a table of indicators."""
NOTHING = "—"
"""Shown for a result whose denominator is 0."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of an object. `value` replaces numerator ÷ denominator where it is a median."""

    name: str
    scope: str
    subject: str
    numerator: float
    denominator: float
    unit: str = SHARE
    note: str = ""
    value: float | None = None

    @property
    def result(self) -> float | None:
        """None where the denominator is 0."""
        if not self.denominator:
            return None
        return self.numerator / self.denominator if self.value is None else self.value

    def line(self) -> tuple[object, ...]:
        """As a line of a table with `COLUMNS`."""
        return (
            self.name,
            self.scope,
            self.subject,
            self.numerator,
            self.denominator,
            self.result,
            self.unit,
            self.note,
        )


def ratio(
    name: str, scope: str, subject: str, met: pd.Series, asked: pd.Series, note: str = ""
) -> Indicator:
    """The share of what was asked for that was met."""
    return Indicator(
        name, scope, subject, float((met & asked).sum()), float(asked.sum()), SHARE, note
    )


def ratios(
    name: str,
    scope: str,
    subjects: pd.Series,
    met: pd.Series,
    asked: pd.Series,
    note: str = "",
    show: Callable[[str], str] = str,
) -> Iterator[Indicator]:
    """`ratio` of each subject ('' left out) in their order; of whom nothing was asked, nothing."""
    named = subjects[subjects != ""]
    lines = pd.DataFrame({"met": met & asked, "asked": asked}).loc[named.index]
    sums = lines.groupby(named, sort=True).sum()
    for subject, done, of in zip(sums.index, sums["met"], sums["asked"], strict=True):
        if of:
            yield Indicator(name, scope, show(str(subject)), float(done), float(of), SHARE, note)


def median(name: str, scope: str, subject: str, values: pd.Series, note: str = "") -> Indicator:
    """The median of durations in working days; numerator and denominator are how many there are."""
    count = float(values.notna().sum())
    middle = float(values.median()) if count else None
    return Indicator(name, scope, subject, count, count, DAYS, note, middle)


def shown(result: float | None, unit: str) -> str:
    """A result as people read it: 75.0%, 3.5工作日, or — without a denominator."""
    if result is None or pd.isna(result):
        return NOTHING
    return f"{result:.1%}" if unit == SHARE else f"{result:g}{unit}"
