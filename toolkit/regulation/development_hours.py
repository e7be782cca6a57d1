"""Net development hours: which hours of R&D count for 第22条, row by row (catalogue E2)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from toolkit.model.condition import blank

from .columns import answerable
from .department import Department

UNCOUNTED = ("等待", "会议")
"""Kinds of work that are no development, unless a row says otherwise."""
CONVERTED = "故障单转化"
LOGGED, STATED = "improvement_hours", "improvement"
"""Where hours stand: one row of 研发工时, or the total on the form."""


def delivered(forms: pd.DataFrame) -> pd.Series:
    """Requests whose development is done, so that their hours must be known."""
    passed = forms["close_date"].notna() & (forms["verify_result"] == "通过")
    return (forms["delivery_date"].notna() | passed) & (forms["state"] != "撤回")


def hour_lines(dept: Department) -> pd.DataFrame:
    """Every row of 研发工时, and the total of each form that has no rows; not to be changed.

    Columns: frame and index (the record), form (index in `improvement`), project, day (NaT when
    unknown), person, hours (NaN when unknown), category, counted (net development, whatever the
    project makes of the form) and reason.
    """
    return dept.remembered("hour lines", lambda: _hour_lines(dept))


def _hour_lines(dept: Department) -> pd.DataFrame:
    forms = dept.frame("improvement")
    rows = dept.frame("improvement_hours")
    rows = rows[rows["parent"].isin(forms.index)]
    logged = _logged(forms, rows)
    stated = _stated(forms[forms["net_hours"].notna() & ~forms.index.isin(rows["parent"])])
    parts = [part for part in (logged, stated) if len(part)]
    lines = pd.concat(parts, ignore_index=True) if parts else stated
    withdrawn = lines["form"].map(forms["state"]) == "撤回"
    lines.loc[withdrawn, ["counted", "reason"]] = [False, "申请单已撤回"]
    return lines


def _logged(forms: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    accepted = _of_form(forms["receive_date"], rows)
    early = rows["work_date"].dt.normalize() < accepted.dt.normalize()
    idle = rows["category"].isin(UNCOUNTED)
    said = rows["counted"]
    reason = pd.Series("计入净研发时间", index=rows.index, dtype=object)
    reason = reason.mask(idle, rows["category"] + "不计入").mask(early, "受理之前，不计入")
    reason = reason.mask(said == "是", "写明计入").mask(said == "否", "写明不计入")
    counted = (said == "是") | ((said == "") & ~idle & ~early)
    return _lines(
        frame=LOGGED,
        index=rows.index,
        form=rows["parent"],
        project=_of_form(forms["project"], rows),
        day=rows["work_date"],
        person=rows["developer"],
        hours=rows["hours"],
        category=rows["category"],
        counted=counted,
        reason=reason,
    )


def _of_form(column: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """A field of each row's form. Unlike Series.map it keeps the type of a column without rows."""
    return column.reindex(rows["parent"]).set_axis(rows.index)


def _stated(forms: pd.DataFrame) -> pd.DataFrame:
    return _lines(
        frame=STATED,
        index=forms.index,
        form=forms.index,
        project=forms["project"],
        day=forms["delivery_date"].fillna(forms["close_date"]),
        person=forms["dev_lead"],
        hours=forms["net_hours"],
        category="",
        counted=True,
        reason="申请单上的合计",
    )


_DTYPES = {
    "frame": "object", "index": "int64", "form": "int64", "project": "object",
    "day": "datetime64[s]", "person": "object", "hours": "float64", "category": "object",
    "counted": "bool", "reason": "object",
}  # fmt: skip


def _lines(index: pd.Index, **columns: Any) -> pd.DataFrame:
    frame = pd.DataFrame({"index": index, **columns}, index=index)
    return frame[list(_DTYPES)].astype(_DTYPES).reset_index(drop=True)


def net_hours(dept: Department) -> pd.Series:
    """Net development hours of each improvement request; NaN where unknown, 0 where withdrawn."""
    forms, lines = dept.frame("improvement"), hour_lines(dept)
    counted = lines["hours"].where(lines["counted"], 0.0).where(lines["hours"].notna())
    sums = counted.groupby(lines["form"]).sum(min_count=1)
    hours = sums.reindex(forms.index).astype("float64")
    return hours.mask(forms["state"] == "撤回", 0.0)


def lacking_hours(dept: Department) -> pd.Series:
    """Delivered requests whose hours nobody can tell: then the project's sum is not known.

    No hours at all, a zero that nobody explains, or a row without a readable number.
    """
    return dept.remembered("requests that lack hours", lambda: _lacking_hours(dept))


def _lacking_hours(dept: Department) -> pd.Series:
    forms, lines = dept.frame("improvement"), hour_lines(dept)
    gaps = lines["hours"].isna() & lines["counted"]
    torn = forms.index.isin(lines.loc[gaps, "form"])
    unexplained = (
        (forms["net_hours"] == 0)
        & blank(forms["hours_note"])
        & answerable(dept, "improvement", "hours_note")
        & ~forms.index.isin(lines.loc[lines["frame"] == LOGGED, "form"])
    )
    return delivered(forms) & (net_hours(dept).isna() | unexplained | torn)
