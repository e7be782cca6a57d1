"""Deadlines in working days over whole columns (catalogue E6, H)."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from .department import Department


def due(dept: Department, days: pd.Series, parameter: str) -> pd.Series:
    """Last day in time of a deadline that starts on each day; NaT where there is no day."""
    codes, moments = pd.factorize(days)
    ends = [
        dept.calendar.add_workdays(day, dept.parameter(parameter, day).days)
        for day in (moment.date() for moment in moments)
    ]
    # the last one is what the code -1 of no day finds
    last = np.array([*ends, None], dtype="datetime64[s]")
    return pd.Series(last.take(codes), index=days.index, name=days.name)


def overdue(dept: Department, days: pd.Series, parameter: str) -> pd.Series:
    """True where the deadline that started on the day has passed on the day of the check."""
    return due(dept, days, parameter) < pd.Timestamp(dept.as_of)


def day_of(value: pd.Timestamp) -> date | None:
    """A date cell as a date; None when it is blank."""
    return None if pd.isna(value) else value.date()
