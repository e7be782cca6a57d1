"""遗留问题: what was open at some time of the period, the oldest open ones first."""

from __future__ import annotations

import pandas as pd

from toolkit.model.report import Table
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period

from .tables import field_columns, project_columns, source_columns, unreadable_cells

CLOSED = "已关闭"
STATE, AGE = "当前状态", "已开(工作日)"
_FIRST = (
    "leftover_id", "project_id", "project_name", "description", "handler", "path", "raised_date",
    "progress", "progress_date", "close_date",
)  # fmt: skip
_ASIDE = ("related", "expected_date", "done_date", "reported_date")


def select_leftovers(dept: Department, period: Period) -> pd.DataFrame:
    """Leftovers that were open in the period; what has no date counts as open long ago."""
    frame = dept.frame("leftovers")
    taken = frame[period.touched(frame["raised_date"], frame["close_date"])]
    closed = (taken["state"] == CLOSED).rename("closed")
    return taken.loc[
        pd.concat([closed, taken["raised_date"]], axis=1)
        .sort_values(["closed", "raised_date"], kind="stable")
        .index
    ]


def open_age(dept: Department, taken: pd.DataFrame) -> pd.Series:
    """Working days since an open leftover was raised, to the day of the check; else NaN."""
    raised = taken["raised_date"].where(taken["state"] != CLOSED)
    raised = raised.where(raised <= pd.Timestamp(dept.as_of))
    return dept.calendar.age_of_column(raised, dept.as_of)


def leftover_table(dept: Department, taken: pd.DataFrame) -> Table:
    """The leftovers under the labels of the form, with derived state, age and place."""
    dossier = dept.dossier
    columns = field_columns(dossier, "leftovers", taken, _FIRST) | project_columns(dept, taken)
    columns |= source_columns(dossier, taken)
    columns |= field_columns(dossier, "leftovers", taken, _ASIDE)
    frame = pd.DataFrame(columns)
    after = frame.columns.get_loc("产生日期") + 1
    frame.insert(after, STATE, taken["state"])
    frame.insert(after + 1, AGE, open_age(dept, taken))
    unreadable = unreadable_cells(dossier, "leftovers", taken, (*_FIRST, *_ASIDE))
    return Table(frame.reset_index(drop=True), unreadable)
