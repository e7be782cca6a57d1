"""Leftovers that need somebody else: a way to solve them, the manager, sales (第17、43条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import split_staff_number
from toolkit.regulation.calls import PROBLEM, REPORT, CallLog
from toolkit.regulation.columns import days, left_blank, readable
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.open_leftovers import (
    STUCK,
    UNDER_WAY,
    handled_by_sales,
    records_naming,
    still_open,
    title_of,
)
from toolkit.regulation.reports import reported

from .evidence import labels, role_with_name
from .leftovers_progress import last_signs
from .registry import ERROR, INFO, WARN, Scope, rule

_MANAGER = "售前经理"
_INFORMED = ("manager_informed_date", "sales_informed_date")
_UNDECIDED = "待定"
_WITHIN = ("部门内部", "内部bug反馈")
"""Ways to solve a leftover on which the department's own people are at work."""


@rule(
    "R17-1",
    "遗留的处理路径不应久拖不定",
    article=17,
    severity=WARN,
    needs=("leftovers.path", "leftovers.raised_date"),
    parameters=("P04",),
    deadline=True,
    scope=Scope.WORKBOOK,
)
def leftover_has_its_way(dept: Department) -> Iterator[Breach]:
    """处理路径 of an open leftover is blank or 待定 for longer than P04.

    要求：遗留产生后，在时限内定下处理路径。
    反例：3月10日产生的遗留，到3月20日处理路径还是“待定”。
    正例：处理路径空着，但3月11日已经处理完成；或写了“部门内部”。
    """
    rows = dept.frame("leftovers")
    undecided = (rows["path"] == _UNDECIDED) | left_blank(dept, "leftovers", "path")
    rows = rows[undecided & still_open(dept, *UNDER_WAY)]
    ends = due(dept, rows["raised_date"], "P04")
    for row in rows_of(rows[overdue(dept, rows["raised_date"], "P04")]):
        since = row.raised_date.date()
        said = "还是“待定”" if row.path else "空着"
        yield Breach(
            "leftovers",
            row.Index,
            "path",
            f"{title_of(row)}于{since}产生，应在{ends[row.Index].date()}前定下怎么处理，处理路径{said}。",
            f"请选择处理路径；需要研发的选相应单据（{dept.parameter('P04', since)}）。",
            clock=(since, ends[row.Index].date()),
        )


@rule(
    "R43-1",
    "久未解决的问题应上报",
    article=43,
    severity=WARN,
    needs=(
        "leftovers.raised_date",
        "leftovers.manager_informed_date",
        "leftovers.sales_informed_date",
    ),
    parameters=("P12",),
    deadline=True,
    patient=True,
    scope=Scope.MATTER,
)
def long_problems_are_passed_on(dept: Department) -> Iterator[Breach]:
    """A leftover is worked on within the department for longer than P12, and nobody was told.

    One without any progress is X39's, one whose way is open R17-1's. Told are 售前经理 and 销售 by
    their dates, by a call, by a later record that names the leftover and was reported. Where
    somebody is awaited until an expected day, nothing is asked before that.

    要求：问题在时限内解决不了的，告诉售前经理和责任销售。
    反例：3月10日产生的遗留一直有进展，到3月25日没有解决，两个反馈日期都空着。
    正例：3月16日填写了“反馈售前经理日期”；或写明预计3月30日解决。
    """
    signs = last_signs(dept)
    moving = signs[~overdue(dept, signs, "P12")]
    rows = dept.frame("leftovers").loc[moving.index]
    rows = rows[(rows["state"] == UNDER_WAY[0]) & rows["path"].isin(_WITHIN)]
    rows = rows[still_open(dept, UNDER_WAY[0])[rows.index]]
    for field in _INFORMED:
        rows = rows[left_blank(dept, "leftovers", field)[rows.index]]
    ends = due(dept, rows["raised_date"], "P12")
    rows = rows[overdue(dept, rows["raised_date"], "P12")]
    heard, log = _heard_later(dept, rows), CallLog(dept, REPORT, PROBLEM)
    for row in rows_of(rows):
        if row.Index in heard or handled_by_sales(dept, row) or _manager_told(dept, log, row):
            continue
        since = row.raised_date.date()
        if log.told_since(row.project, row.handler, since):
            continue
        age = dept.calendar.workdays_between(since, dept.as_of)
        yield Breach(
            "leftovers",
            row.Index,
            "manager_informed_date",
            f"{title_of(row)}于{since}产生，已{age}个工作日没有解决，也没有反馈售前经理或销售的记录。",
            f"请告诉{role_with_name(dept, _MANAGER, dept.as_of)}和责任销售，再填写反馈日期；"
            f"有把握解决的，填写“预计解决日期”（{dept.parameter('P12', since)}）。",
            clock=(since, ends[row.Index].date()),
            also=[("leftovers", row.Index, "sales_informed_date")],
        )


@rule(
    "X88",
    "解决不了的问题须告诉售前经理和销售",
    article=43,
    severity=ERROR,
    needs=(
        "leftovers.status",
        "leftovers.manager_informed_date",
        "leftovers.sales_informed_date",
    ),
    parameters=("P12",),
    deadline=True,
    scope=Scope.MATTER,
)
def stuck_problems_are_passed_on(dept: Department) -> Iterator[Breach]:
    """A leftover is 无法解决 or 无资源, and 售前经理 or 责任销售 was not told.

    P12 runs from its last date: nobody writes down when it got stuck. Calls count, and for sales
    a later record that names it and was reported. Who deals with it himself need not be told.

    要求：无法解决或没有资源的问题，及时告诉售前经理和责任销售，填写两个反馈日期。
    反例：3月10日的遗留写“无法解决”，到3月25日“反馈销售日期”空着。
    正例：两个反馈日期都填了；或登记了给责任销售的“反馈问题”电话。
    """
    rows = dept.frame("leftovers")
    rows = rows[still_open(dept, *STUCK) & rows["raised_date"].notna()]
    rows = rows[readable(dept, "leftovers", "progress_date")[rows.index]]
    blanks = {field: left_blank(dept, "leftovers", field) for field in _INFORMED}
    last = rows[["raised_date", "start_date", "progress_date"]].max(axis=1)
    last = last.astype("datetime64[s]")
    ends = due(dept, last, "P12")
    rows = rows[overdue(dept, last, "P12")]
    heard, log = _heard_later(dept, rows), CallLog(dept, REPORT, PROBLEM)
    for row in rows_of(rows):
        since = row.raised_date.date()
        told = {
            "manager_informed_date": _manager_told(dept, log, row),
            "sales_informed_date": row.Index in heard
            or handled_by_sales(dept, row)
            or log.told_since(row.project, row.handler, since),
        }
        missing = [field for field in _INFORMED if blanks[field][row.Index] and not told[field]]
        if not missing:
            continue
        day = last[row.Index].date()
        yield Breach(
            "leftovers",
            row.Index,
            missing[0],
            f"{title_of(row)}的状态是“{row.state}”，{labels(dept, 'leftovers', missing)}没有填写。",
            f"请把处理经过和需要的资源告诉{_whom(dept, row, missing)}，再填写日期"
            f"（{dept.parameter('P12', day)}）。",
            clock=(day, ends[row.Index].date()),
            also=[("leftovers", row.Index, field) for field in missing[1:]],
        )


def _whom(dept: Department, row: Any, missing: list[str]) -> str:
    sales = dept.responsibility.at(row.project, "责任销售", dept.as_of)
    whom = (role_with_name(dept, _MANAGER, dept.as_of), f"责任销售{sales}")
    people = dict(zip(_INFORMED, whom, strict=True))
    return "和".join(people[field] for field in missing)


def _manager_told(dept: Department, log: CallLog, row: Any) -> bool:
    """Whether 售前经理 deals with the leftover himself, or was phoned since it began."""
    managers = _managers(dept, row.raised_date.date())
    return row.handler in managers or (
        bool(managers)
        and log.told_since(row.project, row.handler, row.raised_date.date(), managers)
    )


def _managers(dept: Department, since: date) -> set[str]:
    """Everybody who was 售前经理, or acted for him, when the leftover began or is it now."""
    days_ = (since, dept.as_of)
    found = {name for day in days_ for name in dept.roles.holders(_MANAGER, day)}
    return found | {name for day in days_ for name in dept.roles.acting(_MANAGER, day)}


def _heard_later(dept: Department, leftovers: pd.DataFrame) -> set[int]:
    """Those that a record after their first day names and of which 销售 heard."""
    if leftovers.empty:
        return set()
    rows, pairs = dept.frame("tracking"), records_naming(dept)
    pairs = pairs[pairs["leftover"].isin(leftovers.index)]
    told = reported(dept) | (rows["sales_present"] == "是")
    raised = days(leftovers["raised_date"]).loc[pairs["leftover"]].to_numpy()
    later = (pairs["day"].to_numpy() > raised) & told.loc[pairs["row"]].to_numpy(bool)
    return set(pairs.loc[later, "leftover"])


@rule(
    "R43-2",
    "问题一般由责任售前负责",
    article=43,
    severity=INFO,
    needs=("leftovers.handler", "initiation.first_presales"),
    scope=Scope.MATTER,
)
def leftovers_belong_to_first_presales(dept: Department) -> Iterator[Breach]:
    """The handler of an open leftover is not the 第一售前 of today; one remark for each of both.

    Not said of sales who deal with it, of R&D people, of a name that another roster entry shares,
    and of the owner of a sheet that should not hold the project.

    要求：项目中的问题由责任售前负责，其他售前帮助分析。
    反例：钱一负责的项目，未关闭的遗留责任人写的是李三。
    正例：责任人留空，表示署名的第一售前自己；或由销售处理。
    """
    rows = dept.frame("leftovers")
    rows = rows[still_open(dept, *UNDER_WAY, *STUCK) & (rows["project"] != "")]
    today = pd.Series(pd.Timestamp(dept.as_of), index=rows.index)
    first = dept.responsibility.column(rows["project"], "第一售前", today)
    rows = rows.assign(first=first)[(first != "") & (rows["handler"] != first)]
    for row in rows_of(rows[rows["handler"] != ""]):
        ever = dept.responsibility.ever(row.project, "第一售前")
        stranger = row.handler == row.owner and row.owner not in ever
        same_name = split_staff_number(row.handler)[0] == split_staff_number(row.first)[0]
        if stranger or same_name or handled_by_sales(dept, row):
            continue
        if dept.roster.department_of(row.handler) not in ("", "售前"):
            continue
        yield Breach(
            "leftovers",
            row.Index,
            "handler",
            f"{title_of(row)}的责任人是{row.handler}，该项目的责任售前是{row.first}。",
            f"问题一般由责任售前负责；其他人只是帮忙的，请把责任人改为{row.first}。",
            cause=f"{row.project}|{row.handler}",
        )
