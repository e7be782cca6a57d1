"""Who may support a project: 第一售前 and 第二售前, others only with approval (第4条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.acting import unclear
from toolkit.regulation.columns import left_blank
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.links import unread_file
from toolkit.regulation.reinforcements import Reinforcement, Reinforcements, Verdict
from toolkit.regulation.tenure import Role

from .development_support import unsupported_by_forms
from .registry import ERROR, WARN, Scope, rule

_DAY = timedelta(days=1)
_RESEARCH = ("研发", "测试")
_Terms = dict[tuple[str, str], list[tuple[date, date]]]


@rule(
    "R04-1",
    "立项须有第二售前",
    article=4,
    severity=WARN,
    needs=("initiation.second_presales", "initiation.charter_date"),
)
def second_presales_is_named(dept: Department) -> Iterator[Breach]:
    """立项 is completed without a 第二售前, on the form and by 责任人变更.

    要求：立项完成时填写第二售前，与第一售前共同负责项目。
    反例：立项单已写立项完成日期，第一售前有人，“第二售前”空着。
    正例：还没有立项完成的单子可以空着；后来用责任人变更补上也行。
    """
    forms = dept.frame("initiation")
    alone = left_blank(dept, "initiation", "second_presales") & forms["charter_date"].notna()
    for row in rows_of(forms[alone & (forms["state"] != "已取消")]):
        if not dept.responsibility.ever(row.project, "第二售前"):
            yield Breach(
                "initiation",
                row.Index,
                "second_presales",
                f"立项已于{row.charter_date.date()}完成，“第二售前”没有填写。",
                "请指派一位与第一售前不同的售前作为第二售前。",
            )


@rule(
    "R04-2",
    "第一、第二售前不能是同一人",
    article=4,
    severity=ERROR,
    needs=("initiation.first_presales", "initiation.second_presales"),
    scope=Scope.MATTER,
)
def two_presales_differ(dept: Department) -> Iterator[Breach]:
    """第一售前 and 第二售前 are the same person, on the form or by now through a change.

    要求：第一售前和第二售前是两个人；一人换岗时另一人的变更也要登记。
    反例：立项单的第一售前、第二售前都写钱一。
    正例：孙二接任第一售前的同一天，第二售前变更为李三。
    """
    for row in rows_of(dept.frame("initiation")):
        first, second = row.first_presales, row.second_presales
        if not row.project or row.state in ("已取消", "已结项"):
            continue
        if not (first and first == second):
            first, second = (_holder(dept, row.project, role) for role in ("第一售前", "第二售前"))
        if first and first == second:
            yield Breach(
                "initiation",
                row.Index,
                "second_presales",
                f"项目“{dept.show(row.project)}”的第一售前和第二售前都是{first}。",
                "请为其中一个角色另行指派，并在立项单或“责任人变更”中登记。",
                person=first,
                also=(("initiation", row.Index, "first_presales"),),
            )


def _holder(dept: Department, project: str, role: Role) -> str:
    return dept.responsibility.at(project, role, dept.as_of)


@rule(
    "X10",
    "支持人须为第一或第二售前",
    article=4,
    severity=ERROR,
    needs=("initiation.first_presales", "tracking.supporter"),
    cause=Cause.PROJECT,
)
def supporters_are_responsible(dept: Department) -> Iterator[Breach]:
    """Support by somebody who was neither 第一 nor 第二售前 on the day, without approval.

    Only a warning where 增援审批 is not kept, or where a file that may hold it was not read. What
    an approval lacks is R04-3's and X11's; R&D people without any form of theirs are X49's.

    要求：支持由第一、第二售前完成；请其他人支持须先经三方批准。
    反例：第一售前钱一、第二售前孙二的项目，5月6日由李三到客户现场支持。
    正例：李三只在“协助人”里出现；或6月1日接任第一售前后的支持；或增援审批的有效期内。
    """
    rows = helped_by_others(dept)
    rows = rows[~rows.index.isin(unsupported_by_forms(dept))] if len(rows) else rows
    if rows.empty:
        return
    approvals = Reinforcements(dept)
    kept = dept.kept("reinforcements") and not unread_file(dept, "协作登记", "增援审批")
    for row in rows_of(rows):
        day = day_of(row.support_date)
        if approvals.lets(row.project, row.supporter, day):
            continue
        pair = "、".join(filter(None, (row.first, row.second)))
        yield Breach(
            "tracking",
            row.Index,
            "supporter",
            f"{day or '某次'}由{row.supporter}支持“{dept.show(row.project)}”，"
            f"他不是该项目的第一、第二售前（{pair}），"
            f"{_why(approvals.of(row.project, row.supporter)) if kept else '未见三方批准记录'}。",
            f"已获批准的请{'登记增援审批' if kept else '保存批准记录'}；责任人换了的请登记"
            "“责任人变更”；只在内部协助的请填入“协助人”。",
            ERROR if kept else WARN,
            project=row.project,
            person=row.supporter,
            cause=f"{row.project}|{row.supporter}",
        )


def _why(lines: list[Reinforcement]) -> str:
    """Why the lines of 增援审批 for somebody do not cover his support."""
    granted = [line for line in lines if line.verdict is not Verdict.REJECTED]
    if granted:
        first, last = granted[0].start, granted[0].end
        until = "" if last == date.max else f"至{last}"
        return f"当日不在增援审批的有效期（{first}起{until}）之内"
    return "增援审批没有批准他" if lines else "增援审批中没有他"


def helped_by_others(dept: Department) -> pd.DataFrame:
    """Rows of 跟踪记录 whose 支持人 needed three approvals: neither 第一 nor 第二售前 on the day.

    Left out are the project's own sales and other people of 销售, R&D and testers whom a fault
    order of the project names on its days, the holders of the day before a change, people whom
    R02-1 reports, the owner of a sheet that should not hold the project (X07), and 客户培训 that
    somebody outside 售前 gives.
    """
    return dept.remembered("helped by others", lambda: _helped_by_others(dept))


def _helped_by_others(dept: Department) -> pd.DataFrame:
    rows = dept.frame("tracking")
    rows = rows[(rows["first"] != "") & (rows["supporter"] != "") & (rows["project"] != "")]
    strange = (rows["supporter"] != rows["first"]) & (rows["supporter"] != rows["second"])
    strange &= (rows["supporter"] != rows["sales"]) & (rows["supporter"] != rows["owner"])
    rows = rows[strange]
    called = _research_people(dept) if len(rows) else {}
    needed = [_needs_approval(dept, row, called) for row in rows_of(rows)]
    return rows[pd.Series(needed, index=rows.index, dtype=bool)]


def _needs_approval(dept: Department, row: Any, called: _Terms) -> bool:
    day, name = day_of(row.support_date), row.supporter
    if unclear(dept.roster, name) or _was_responsible(dept, row.project, name, day):
        return False
    department = dept.roster.department_of(name, day)
    training = row.support_type == "客户培训" and department not in ("", "售前")
    if department == "销售" or training:
        return False
    return not (department in _RESEARCH and _is_called(called, row.project, name, day))


def _was_responsible(dept: Department, project: str, name: str, day: date | None) -> bool:
    """Held one of the two roles on the eve of the day (a hand-over takes a day) or undated."""
    roles: tuple[Role, Role] = ("第一售前", "第二售前")
    if day is None:
        return any(name in dept.responsibility.ever(project, role) for role in roles)
    return any(dept.responsibility.at(project, role, day - _DAY) == name for role in roles)


def _research_people(dept: Department) -> _Terms:
    """(project, person) -> days on which a fault order had him support the project (第45条)."""
    terms: _Terms = {}
    for fault in rows_of(dept.frame("fault")):
        begun = [fault.propose_date, fault.submit_date, fault.assign_date]
        dated = [day.date() for day in begun if not pd.isna(day)]
        end = date.max if pd.isna(fault.close_date) else fault.close_date.date()
        for name in (fault.dev_lead, *fault.members) if dated else ():
            terms.setdefault((fault.project, name), []).append((min(dated), end))
    return terms


def _is_called(called: _Terms, project: str, name: str, day: date | None) -> bool:
    terms = called.get((project, name), [])
    return any(day is None or first <= day <= last for first, last in terms)
