"""Net development time of a project, near one week and beyond it, and the bonus (第22条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.finding import Breach, Cause, Result, Severity
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import left_blank, readable
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.development_hours import LOGGED
from toolkit.regulation.project_development import (
    ProjectDevelopment,
    cost_reading,
    developments,
)

from .registry import ERROR, INFO, WARN, Scope, rule

_NEAR = 0.8
"""From this part of P15 on somebody is told (第22条)."""
_CENTS = 0.5
"""Yuan: amounts may be rounded to whole ones."""
_READING = ("P15", "P16", "P26")
_OVER = ("已结项", "已取消")


@rule(
    "R22-1",
    "净研发时间接近上限",
    article=22,
    severity=INFO,
    registers=("improvement",),
    cause=Cause.PROJECT,
    parameters=_READING,
    scope=Scope.MATTER,
)
def hours_come_near_a_week(dept: Department) -> Iterator[Breach]:
    """The project's counted hours reach four fifths of P15, but do not exceed it.

    Nothing is said of projects that are closed already.

    要求：项目的净研发时间达到上限的八成时，提前告诉责任销售。
    反例：项目两张申请单共计34小时，上限40小时。
    正例：项目共计20小时；会议、等待和受理以前的时间不算。
    """
    forms = dept.frame("initiation")
    over = set(forms.loc[forms["state"].isin(_OVER), "project"])
    for project, found in _near_the_limit(dept).items():
        hours, limit = found.result.hours, found.result.limit
        if found.result.exceeded or hours < _NEAR * limit or hours == 0 or project in over:
            continue
        yield _at_the_hours(
            dept,
            found,
            f"项目“{dept.show(project)}”净研发时间{_hours(found)}，已到上限的{hours / limit:.0%}"
            f"（{dept.parameter('P15')}）。",
            "请告诉责任销售和售前经理：再有申请可能超过上限，影响销售奖金。",
        )


@rule(
    "R22-2",
    "净研发时间超过上限须扣成本",
    article=22,
    severity=WARN,
    registers=("improvement",),
    cause=Cause.PROJECT,
    parameters=_READING,
    scope=Scope.MATTER,
)
def hours_exceed_a_week(dept: Department) -> Iterator[Breach]:
    """The project's counted hours are more than P15; exactly as many are not.

    要求：项目的净研发时间超过上限后，计算销售奖金时先减去研发成本。
    反例：项目三张申请单分别为16、20和6小时，共42小时，上限40小时。
    正例：项目刚好40小时；或另有8小时写明不计入。
    """
    for project, found in _near_the_limit(dept).items():
        if found.result.exceeded:
            yield _at_the_hours(
                dept,
                found,
                f"项目“{dept.show(project)}”净研发时间{_hours(found)}，超过"
                f"{found.result.limit:g}小时（{dept.parameter('P15')}），"
                "计算销售奖金时要减去研发成本。",
                "请责任销售和财务知悉；工时记错的，请研发更正“研发工时”。",
            )


def _near_the_limit(dept: Department) -> dict[str, ProjectDevelopment]:
    """Projects that may be near the limit or beyond it."""
    # a hair less, so that sums of tenths do not miss it
    return developments(dept, at_least=_NEAR * cost_reading(dept).limit - 0.001)


def _hours(found: ProjectDevelopment) -> str:
    least = "" if found.result.complete else "至少"
    return f"{least}{found.result.hours:g}小时"


def _at_the_hours(dept: Department, found: ProjectDevelopment, message: str, hint: str) -> Breach:
    """At the last hours that count, or at those that went beyond the limit."""
    lines = found.lines[found.lines["counted"] & (found.lines["hours"] > 0)]
    lines = lines.sort_values(["day", "index"], kind="stable", na_position="first")
    at = lines.iloc[-1]
    if found.result.crossed is not None:
        beyond = lines[lines["day"] >= pd.Timestamp(found.result.crossed)]
        at = beyond.iloc[0] if len(beyond) else at
    sales = dept.responsibility.at(found.project, "责任销售", dept.as_of)
    return Breach(
        at["frame"],
        int(at["index"]),
        "hours" if at["frame"] == LOGGED else "net_hours",
        message,
        hint,
        project=found.project,
        person=sales,
        on=found.result.crossed or day_of(at["day"]),
    )


@rule(
    "X46",
    "超过上限的项目须扣研发成本",
    article=22,
    severity=ERROR,
    needs=("bonuses.deducted",),
    parameters=(*_READING, "P17"),
)
def bonuses_bear_the_cost(dept: Department) -> Iterator[Breach]:
    """A settled bonus of a project beyond P15 without 已扣研发成本, or with another amount.

    By the hours up to the settlement; an amount that is right by all hours is right as well. A
    bonus that is not settled yet may leave the amount open.

    要求：净研发时间超过上限的项目，结算销售奖金时扣除按费率算出的研发成本。
    反例：项目净研发时间42小时，每小时150元，已结算的奖金没有扣除6300元。
    正例：项目刚好40小时，不用扣；或还没有结算，金额留空。
    """
    rows = dept.frame("bonuses")
    blank = left_blank(dept, "bonuses", "deducted")
    known = readable(dept, "bonuses", "deducted") & readable(dept, "bonuses", "settled_date")
    everything = developments(dept, only=set(rows["project"]))
    for row in rows_of(rows[known & (rows["project"] != "")]):
        on = day_of(row.settled_date)
        if on is None and blank[row.Index]:
            continue
        own = developments(dept, until=on, on=on, only=[row.project]) if on else {}
        settled = own.get(row.project)
        found = settled or everything.get(row.project)
        if found is None or not found.result.exceeded:
            continue
        amounts = {d.result.deductible for d in (found, everything[row.project])}
        if not blank[row.Index] and any(
            a is not None and abs(a - row.deducted) <= _CENTS for a in amounts
        ):
            continue
        yield _deduction(dept, row.Index, found, None if blank[row.Index] else row.deducted)


def _deduction(
    dept: Department, index: int, found: ProjectDevelopment, deducted: float | None
) -> Breach:
    result = found.result
    why = f"净研发时间{_hours(found)}，超过{result.limit:g}小时（{dept.parameter('P15')}）"
    project = f"项目“{dept.show(found.project)}”"
    person = dept.responsibility.at(found.project, "责任销售", dept.as_of)
    if result.deductible is not None:
        done = "没有扣除研发成本" if deducted is None else f"扣了{deducted:g}元"
        return Breach(
            "bonuses",
            index,
            "deducted",
            f"{project}{why}，销售奖金{done}，应扣{result.deductible:g}元。",
            "请按应扣金额更正；已经发放的，在当前结算中更正并在备注写明。",
            person=person,
        )
    lacking = "有申请单缺工时" if found.lacking or not result.complete else ""
    unpriced = f"“研发费率”中没有{'、'.join(n or '未写姓名的人' for n in result.unpriced)}的费率"
    reason = "；".join(filter(None, (lacking, unpriced if result.unpriced else "")))
    if deducted is None:
        return Breach(
            "bonuses",
            index,
            "deducted",
            f"{project}{why}，销售奖金没有扣除研发成本；{reason}，还算不出应扣多少。",
            "请先补齐工时和费率，再按算出的金额扣除。",
            person=person,
        )
    return Breach(
        "bonuses",
        index,
        "deducted",
        f"{project}已扣{deducted:g}元，无法核对：{reason}。",
        "请补齐工时和费率后再核对。",
        severity=Severity.INFO,
        person=person,
        result=Result.UNDETERMINED,
    )
