"""What the rules on leftovers, requests and faults share: blanks, deadlines, wording."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from toolkit.model.finding import Breach, Result, Severity
from toolkit.regulation.columns import left_blank
from toolkit.regulation.department import Department
from toolkit.regulation.links import FORMS

_DAY = timedelta(days=1)


def missing_fields(dept: Department, frame: str, fields: Sequence[str]) -> dict[int, list[str]]:
    """Index -> the fields left blank there, in order, for records that lack at least one."""
    masks = pd.DataFrame({f: left_blank(dept, frame, f) for f in fields}, columns=list(fields))
    masks = masks[masks.any(axis=1)]
    return {int(i): [f for f in fields if row[f]] for i, row in masks.iterrows()}


def labels(dept: Department, frame: str, fields: Sequence[str]) -> str:
    """The fields as messages name them: “环境”、“日志”."""
    block = dept.dossier.blocks[frame]
    return "、".join(f"“{block.field(f).label}”" for f in fields)


def near(
    dept: Department, rows: pd.DataFrame, register: pd.DataFrame, column: str, parameter: str
) -> pd.Series:
    """Rows of 跟踪记录 whose project has a record of about their day in a register.

    About: `column` lies within one working day more than the parameter, before or after.
    """
    known = register[(register["project"] != "") & register[column].notna()]
    codes, projects = pd.factorize(rows["project"])
    of_known = projects.get_indexer(known["project"])
    written = np.sort(_places(of_known, _day_numbers(known[column]))[of_known >= 0])
    days, moments = pd.factorize(rows["support_date"])
    windows = [_around(dept, moment.date(), parameter) for moment in moments]
    first, last = np.array(windows, dtype="datetime64[D]").astype(np.int64).reshape(-1, 2).T
    dated = np.flatnonzero(days >= 0)
    codes, days = codes[dated], days[dated]
    following = np.searchsorted(written, _places(codes, first[days]))
    next_written = np.append(written, np.iinfo(np.int64).max)[following]
    found = np.zeros(len(rows), dtype=bool)
    found[dated] = next_written <= _places(codes, last[days])
    return pd.Series(found, index=rows.index)


_Numbers = np.ndarray[Any, np.dtype[np.int64]]


def _places(projects: np.ndarray[Any, Any], days: _Numbers) -> _Numbers:
    """One number for a project and a day; the days of a project follow each other."""
    numbers: _Numbers = projects.astype(np.int64) * 10_000_000 + days
    return numbers


def _day_numbers(moments: pd.Series) -> _Numbers:
    numbers: _Numbers = moments.to_numpy("datetime64[D]").astype(np.int64)
    return numbers


def _around(dept: Department, day: date, parameter: str) -> tuple[date, date]:
    """First and last day that are at most so many working days away."""
    calendar, first, last = dept.calendar, day, day
    back = ahead = dept.parameter(parameter, day).days + 1
    while back >= calendar.is_workday(first):
        back -= calendar.is_workday(first)
        first -= _DAY
    while ahead >= calendar.is_workday(last + _DAY):
        ahead -= calendar.is_workday(last + _DAY)
        last += _DAY
    return first, last


def role_with_name(dept: Department, role: str, on: date) -> str:
    """售前经理（陈经）, or only the role when nobody is known to hold it."""
    return f"{role}（{dept.roles.names(role, on)}）" if dept.roles.holders(role, on) else role


def holder_unknown(frame: str, index: int, field: str, role: str, on: date) -> Breach:
    """无法判断: nobody holds the role in 角色任命 on that day. One finding a rule and role."""
    return Breach(
        frame,
        index,
        field,
        f"{on}没有登记{role}，无法判断这里的人选是否合适。",
        f"请在部门配置的“角色任命”中登记{role}及任职起止日期。",
        severity=Severity.INFO,
        cause=role,
        result=Result.UNDETERMINED,
    )


def initiation_not_read(
    dept: Department, place: tuple[str, int, str], project: str, path: str
) -> Breach:
    """无法判断: a file that may be the project's 立项单 was not read. One finding a file."""
    return Breach(
        *place,
        f"文件“{path}”没有读出来，无法判断项目“{dept.show(project)}”是否已立项。",
        "请修复这个文件，或用 Excel 打开后另存，放回原处再检查。",
        severity=Severity.INFO,
        project=project,
        cause=f"unread|{path}",
        result=Result.UNDETERMINED,
    )


def has_field(dept: Department, frame: str, index: int, field: str) -> bool:
    """Whether the workbook of this record has the field at all."""
    return dept.dossier.bindings[int(dept.frame(frame).at[index, "binding"])].has(field)


def named(dept: Department, frame: str, index: int) -> str:
    """A form as messages name it: 《故障处理工作单》GZ-XM2026-0001-01."""
    number = dept.frame(frame).at[index, "number"]
    return f"《{FORMS[frame]}》{number}"
