"""增援审批: three opinions, by those who may give them, before somebody else supports (第4条)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.acting import acted, unclear
from toolkit.regulation.department import Department
from toolkit.regulation.reinforcements import (
    AGREED,
    APPROVERS,
    OPINIONS,
    REFUSED,
    Reinforcement,
    Reinforcements,
    Verdict,
    missing_opinions,
)

from .evidence import holder_unknown
from .registry import ERROR, WARN, rule
from .staffing import helped_by_others

_FIELDS = tuple(f"reinforcements.{field}" for field in OPINIONS)


@rule(
    "R04-3",
    "三方都同意才能批准增援",
    article=4,
    severity=ERROR,
    needs=("reinforcements.conclusion", *_FIELDS),
)
def approval_has_three_opinions(dept: Department) -> Iterator[Breach]:
    """审批结论 says 批准 although an opinion is missing or is 不同意.

    要求：技术支持部经理、技术总监、总经理都同意，审批结论才写“批准”。
    反例：审批结论写了“批准”，总经理意见还空着。
    正例：三方都写“同意”；或总经理不同意，审批结论写“不批准”。
    """
    lines = dept.frame("reinforcements")
    missing = missing_opinions(dept)
    for row in rows_of(lines[lines["conclusion"] == Verdict.APPROVED]):
        refused = [f for f in OPINIONS if getattr(row, f) == REFUSED]
        wrong = [f for f in OPINIONS if f in refused or f in missing[row.Index]]
        if not wrong:
            continue
        said = [f"缺{_roles(missing[row.Index])}的意见"] if missing[row.Index] else []
        said += [f"{_roles(refused)}的意见是“{REFUSED}”"] if refused else []
        yield Breach(
            "reinforcements",
            row.Index,
            wrong[0],
            f"{_numbered(dept, row.Index)}的结论是“{Verdict.APPROVED}”，但{'，'.join(said)}。",
            "请补齐三方意见；有一方不同意的，结论请改为“不批准”，并停止由他支持。",
            person=_asker(dept, row.Index),
            also=[("reinforcements", row.Index, field) for field in wrong[1:]],
        )


@rule(
    "X11",
    "增援须先经三方审批",
    article=4,
    severity=ERROR,
    needs=_FIELDS,
)
def helpers_are_approved_before_they_support(dept: Department) -> Iterator[Breach]:
    """What an approval lacks whose helper has worked, and opinions that are not worth one.

    An opinion given after the work is only a warning (补批). Deputies count in their days. Who an
    unsigned opinion is from is not asked; a 批准 without three opinions is R04-3's.

    要求：增援人员支持之前，技术支持部经理、技术总监、总经理（或其代理人）都已同意，且不审批自己。
    反例：李三5月6日去支持，总经理意见还空着；或总经理5月8日才同意。
    正例：三方都在5月6日以前同意；技术总监休假，由登记的代理人签署。
    """
    yield from _unfit_opinions(dept)
    missing = missing_opinions(dept)
    for line, rows in _relied_on(dept):
        if line.verdict is Verdict.APPROVED:
            yield from _late(dept, line, rows)
        elif missing[line.index]:
            yield _incomplete(dept, line, rows[0], missing[line.index])


def _relied_on(dept: Department) -> list[tuple[Reinforcement, list[Any]]]:
    """Lines of 增援审批 with the rows of 跟踪记录 that rest on them, by their days."""
    rows = helped_by_others(dept)
    rows = rows[rows["support_date"].notna()].sort_values("support_date", kind="stable")
    approvals = Reinforcements(dept)
    found: dict[int, tuple[Reinforcement, list[Any]]] = {}
    for row in rows_of(rows):
        line = approvals.relied_on(row.project, row.supporter, row.support_date.date())
        if line is not None:
            found.setdefault(line.index, (line, []))[1].append(row)
    return list(found.values())


def _incomplete(dept: Department, line: Reinforcement, row: Any, blanks: list[str]) -> Breach:
    day = row.support_date.date()
    return Breach(
        "reinforcements",
        line.index,
        blanks[0],
        f"{line.person}{day}已支持“{dept.show(line.project)}”，{_numbered(dept, line.index)}还缺"
        f"{_roles(blanks)}的意见。",
        "请尽快补齐三方意见；没有批准之前，请由第一、第二售前支持。",
        project=line.project,
        person=_asker(dept, line.index),
        on=day,
        also=[
            *(("reinforcements", line.index, field) for field in blanks[1:]),
            ("tracking", row.Index, "supporter"),
        ],
    )


def _late(dept: Department, line: Reinforcement, rows: list[Any]) -> Iterator[Breach]:
    early = [row for row in rows if line.agreed and row.support_date.date() < line.agreed]
    if not early:
        return
    day, form = early[0].support_date.date(), dept.frame("reinforcements").loc[line.index]
    last = max(APPROVERS, key=lambda each: form[f"{each}_date"].to_datetime64().astype("int64"))
    yield Breach(
        "reinforcements",
        line.index,
        f"{last}_date",
        f"{line.person}{day}已支持“{dept.show(line.project)}”，{APPROVERS[last]}{line.agreed}才同意，"
        f"{_numbered(dept, line.index)}晚于支持。",
        "口头同意过、后来补批的，请在备注写明；日期写错的请改正；今后请先审批再支持。",
        WARN,
        project=line.project,
        person=_asker(dept, line.index),
        on=day,
        also=[("tracking", row.Index, "supporter") for row in early],
    )


def _unfit_opinions(dept: Department) -> Iterator[Breach]:
    """同意 of the helper himself, or of somebody who did not act in the role on the day."""
    lines = dept.frame("reinforcements")
    lines = lines[lines["conclusion"] != Verdict.REJECTED]
    for each, role in APPROVERS.items():
        name, day = lines[f"{each}_person"], lines[f"{each}_date"]
        signed = (lines[f"{each}_opinion"] == AGREED) & (name != "")
        on = day.fillna(lines["apply_date"]).fillna(lines["start"])
        on = on.fillna(pd.Timestamp(dept.as_of))
        for row in rows_of(lines[signed]):
            place = ("reinforcements", row.Index, f"{each}_person")
            yield from _unfit(dept, place, row, role, name[row.Index], on[row.Index])


def _unfit(
    dept: Department, place: tuple[str, int, str], row: Any, role: str, name: str, on: pd.Timestamp
) -> Iterator[Breach]:
    number, day = _numbered(dept, row.Index), on.date()
    if name == row.person:
        yield Breach(
            *place,
            f"{number}的增援人员是{name}，{role}的意见也是他签的，审批人不得审批本人的增援。",
            f"请由{role}的代理人签署；没有代理人的，请先在部门配置的“角色任命”中登记。",
            person=_asker(dept, row.Index),
        )
        return
    held = acted(dept.roles, role, name, on)
    if held is None:
        yield holder_unknown(*place, role, day)
    elif not held and not unclear(dept.roster, name):
        holder = dept.roles.names(role, day)
        yield Breach(
            *place,
            f"{number}的{role}意见由{name}签署，当日的{role}是{holder}，还缺{role}的意见。",
            f"请由{holder}或登记的代理人补签；换了人的，请更新部门配置的“角色任命”。",
            person=_asker(dept, row.Index),
        )


def _numbered(dept: Department, index: int) -> str:
    """A line as messages name it: 增援审批ZY-XM2026-0001-01."""
    return f"增援审批{dept.frame('reinforcements').at[index, 'number']}"


def _asker(dept: Department, index: int) -> str:
    """Who has to see to the approval: the applicant, else the helper himself."""
    line = dept.frame("reinforcements").loc[index]
    return str(line["applicant"] or line["person"])


def _roles(opinions: list[str]) -> str:
    return "、".join(APPROVERS[field.removesuffix("_opinion")] for field in opinions)
