"""Indicators of R&D: how fast fault orders are answered, how dense requests are (catalogue E7)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.regulation.columns import days
from toolkit.regulation.department import Department
from toolkit.regulation.ordinals import ISSUED_BY_SALES_SUPPORT, department_ordinals
from toolkit.regulation.period import Period

from .indicators_parts import DEPARTMENT, EACH, Indicator, median, ratio


def development_indicators(dept: Department, period: Period) -> Iterator[Indicator]:
    """研发响应 of the fault orders submitted in the period, 申请单密度 of the requests issued."""
    yield from _faults(dept, period)
    yield from _requests(dept, period)


def _faults(dept: Department, period: Period) -> Iterator[Indicator]:
    faults = dept.frame("fault")
    faults = faults[faults["submit_date"].notna() & period.mask(faults["submit_date"])]
    answered = faults["decision_date"].fillna(faults["receive_date"])
    spans = [
        float("nan")
        if pd.isna(end)
        else float(dept.calendar.workdays_between(start.date(), end.date()))
        for start, end in zip(days(faults["submit_date"]), days(answered), strict=True)
    ]
    waited = pd.Series(spans, index=faults.index, dtype="float64")
    yield median("研发响应", DEPARTMENT, "", waited, "提交到研发经理审查")
    decided = faults["decision"] != ""
    yield ratio("故障驳回率", DEPARTMENT, "", faults["decision"] == "驳回", decided)
    asked = faults["close_request_date"].notna() & (faults["confirm_result"] != "")
    yield ratio("故障未解决率", DEPARTMENT, "", faults["confirm_result"] == "未解决", asked)
    everything = pd.Series(True, index=faults.index, dtype=bool)
    yield ratio("故障转化率", DEPARTMENT, "", faults["convert_to"] != "", everything)


def _requests(dept: Department, period: Period) -> Iterator[Indicator]:
    forms = dept.frame("improvement")
    found = department_ordinals(dept)
    valid = forms.assign(n=found["n"])[found["n"].notna() & ~found["void"]]
    issued = valid[period.mask(valid["issue_date"])]
    projects = float(issued["project"].nunique())
    yield Indicator("申请单密度", DEPARTMENT, "", float(len(issued)), projects, EACH)
    highest = valid.groupby("project")["n"].max()
    everything = pd.Series(True, index=highest.index, dtype=bool)
    full = highest == ISSUED_BY_SALES_SUPPORT
    yield ratio("下一张须售前经理发出的项目", DEPARTMENT, "", full, everything, "已有两张")
