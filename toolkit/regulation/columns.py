"""Masks over whole columns: what is blank, what could be read, which day it was."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from toolkit.model.coded_array import CodedType
from toolkit.model.condition import blank
from toolkit.model.forms import FieldType

from .department import Department
from .parameters import Parameter

FIRST_YEAR = 2000
"""An earlier year in a form is mistyped (X95)."""
SAME_SUPPORT = [
    "owner", "project", "support_date", "supporter", "support_type", "stage", "start_time",
    "channel", "customer_contact", "hours",
]  # fmt: skip
"""Two rows of 跟踪记录 that agree in all of these and in 具体内容 are one support written twice."""
_SEVERAL = (FieldType.PEOPLE, FieldType.CHOICES, FieldType.REFERENCES)


def answerable(dept: Department, frame: str, field: str) -> pd.Series:
    """Rows whose workbook has the field and whose cell could be taken: there blank means blank."""
    records = dept.frame(frame)
    clear, lacking = readable(dept, frame, field), _lacking(dept, frame, field)
    return clear & ~records["binding"].isin(lacking) if lacking else clear


def _lacking(dept: Department, frame: str, field: str) -> list[int]:
    """The bindings of a frame that do not have the field."""

    def make() -> list[int]:
        return [n for n, binding in dept.dossier.bindings_of(frame) if not binding.has(field)]

    return dept.remembered(f"bindings without {frame}.{field}", make)


def readable(dept: Department, frame: str, field: str) -> pd.Series:
    """Rows whose cell, blank or not, did not fail to be read."""
    records = dept.frame(frame)
    found = np.ones(len(records), bool)
    if unread := list(dept.dossier.unreadable(frame, field)):
        found = ~records.index.isin(unread)
    return pd.Series(found, index=records.index)


def left_blank(dept: Department, frame: str, field: str) -> pd.Series:
    """Rows in which somebody could have filled the field and did not."""
    column = dept.frame(frame)[field]
    several = dept.dossier.blocks[frame].field(field).type in _SEVERAL
    # comparing a text column is ten times as fast as asking each of its values
    empty = column == "" if isinstance(column.dtype, CodedType) and not several else blank(column)
    return empty & answerable(dept, frame, field) if empty.any() else empty


def days(column: pd.Series) -> pd.Series:
    """Dates without their time of day."""
    return column.dt.normalize()


def project_field(row: object) -> str:
    """The cell in which a record names its project."""
    number = getattr(row, "project_id", "")
    return "project_id" if number or not getattr(row, "project_name", "") else "project_name"


def by_parameter(
    dept: Department, on: pd.Series, key: str
) -> Iterator[tuple[Parameter, pd.Series]]:
    """The values of a parameter, each with the rows on whose day it was in force.

    Rows without a date take the value of the day of the check.
    """
    when = days(on).fillna(pd.Timestamp(dept.as_of))
    values = {day: dept.parameter(key, day.date()) for day in when.unique()}
    for text in dict.fromkeys(value.text for value in values.values()):
        same = [day for day, value in values.items() if value.text == text]
        yield values[same[0]], when.isin(same)
