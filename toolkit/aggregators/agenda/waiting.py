"""Forms that wait for somebody although no rule is broken: consent, talk, decision, test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from toolkit.model.agenda import Matter
from toolkit.model.finding import Severity, finding_id
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.attempts import NEEDED, failed_by_fault
from toolkit.regulation.columns import left_blank
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.ordinals import (
    ISSUED_BY_SALES_SUPPORT,
    department_ordinals,
    next_ordinal,
)

from .owners import DEVELOPMENT_MANAGER, PRESALES_MANAGER, acting

_TALKED = ("meeting_sales_date", "meeting_presales_date", "meeting_manager_date")
_SEVERE = ("致命", "严重")


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of waiting. `who` is a role, or the field of the form that names the person.

    `since` are date fields, the latest filled one counts; `text` is the request, after the form's
    name and before its hint.
    """

    rule: str
    frame: str
    field: str
    who: str
    since: tuple[str, ...]
    parameter: str
    article: int
    text: str
    hint: str
    rows: Callable[[Department], pd.Series]


def _unassigned(dept: Department) -> pd.Series:
    forms = dept.frame("initiation")
    asked = forms["apply_date"].notna() & (forms["requirement"] != "")
    return (forms["state"] == "待指派") & asked & left_blank(dept, "initiation", "charter_date")


def _unconsented(dept: Department) -> pd.Series:
    """Faults that could be submitted, were it not for the consent (第44条)."""
    faults = dept.frame("fault")
    severe = (faults["basis"] == "明显严重bug") & faults["severity"].isin(_SEVERE)
    tried = (faults["basis"] == "三次未解决") & (failed_by_fault(dept) >= NEEDED)
    open_ = (faults["state"] == "待同意") & left_blank(dept, "fault", "consent")
    return open_ & (severe | tried) & faults["propose_date"].notna()


def _third(dept: Department) -> pd.Series:
    """Drafts that would be the third or a later request of their project (第21条)."""
    forms = dept.frame("improvement")
    drafts = (forms["state"] == "草稿") & (forms["project"] != "") & (forms["description"] != "")
    ordinal = {p: next_ordinal(dept, p) for p in forms.loc[drafts, "project"].unique()}
    late = forms["project"].map(ordinal) > ISSUED_BY_SALES_SUPPORT
    return drafts & late & left_blank(dept, "improvement", "issue_date")


def _untalked(dept: Department) -> pd.Series:
    forms = dept.frame("improvement")
    return _third(dept) & forms[list(_TALKED)].isna().any(axis=1)


def _unissued(dept: Department) -> pd.Series:
    forms = dept.frame("improvement")
    return _third(dept) & forms[list(_TALKED)].notna().all(axis=1)


def _undecided(dept: Department) -> pd.Series:
    """Issued requests that R&D has neither accepted nor rejected; void ones wait for nobody."""
    forms = dept.frame("improvement")
    void = department_ordinals(dept)["void"]
    return (forms["state"] == "已发出") & ~void & left_blank(dept, "improvement", "decision")


def _incomplete(dept: Department) -> pd.Series:
    return dept.frame("improvement")["state"] == "需补充"


def _untested(dept: Department) -> pd.Series:
    forms = dept.frame("improvement")
    return (forms["state"] == "待验证") & left_blank(dept, "improvement", "verify_result")


WAITING = (
    Waiting(
        "MIS-2", "initiation", "first_presales", PRESALES_MANAGER, ("apply_date",), "P42", 9,
        "在等售前经理指派第一、第二售前", "请填写第一售前、第二售前和立项完成日期", _unassigned,
    ),
    Waiting(
        "MIS-3", "fault", "consent", PRESALES_MANAGER, ("propose_date", "consent_date"), "P42", 44,
        "已够提交条件，在等售前经理的意见", "请填写“售前经理意见”、同意人和日期", _unconsented,
    ),
    Waiting(
        "MIS-4", "improvement", "meeting_manager_date", PRESALES_MANAGER, _TALKED, "P42", 21,
        "是本项目第三次或以后的申请，在等三方沟通", "请与销售、责任售前沟通，三方填写姓名和日期",
        _untalked,
    ),
    Waiting(
        "MIS-5", "improvement", "issue_date", PRESALES_MANAGER, _TALKED, "P42", 21,
        "三方已经沟通，在等售前经理发出", "请发给研发，填写发出人和发出日期", _unissued,
    ),
    Waiting(
        "MIS-6", "improvement", "decision", DEVELOPMENT_MANAGER, ("issue_date",), "P10", 19,
        "已发出，在等研发受理", "请填写受理意见、受理人和受理日期", _undecided,
    ),
    Waiting(
        "MIS-7", "improvement", "description", "issuer", ("issue_date", "receive_date"), "P42", 21,
        "研发要求补充，在等发出人", "请补充后重新发出，更新发出日期并清空受理意见", _incomplete,
    ),
    Waiting(
        "MIS-8", "improvement", "verify_result", "responsible_presales", ("delivery_date",), "P42",
        20, "已交付，在等责任售前验证", "请验证后填写验证人、验证结果和验证日期", _untested,
    ),
)  # fmt: skip


def waiting_forms(dept: Department) -> Iterator[Matter]:
    """Every form that waits, whether its time is up or not: `due` tells.

    What waits for 研发经理 and 提出人 of a fault has rules of its own (X54, R46-2).
    """
    for kind in WAITING:
        if dept.kept(kind.frame) and dept.dossier.bound(kind.frame, kind.field):
            rows = dept.frame(kind.frame)
            for row in rows_of(rows[kind.rows(dept).astype(bool)]):
                yield _matter(dept, kind, row)


def _matter(dept: Department, kind: Waiting, row: Any) -> Matter:
    days = [getattr(row, name) for name in kind.since]
    since = max((d for d in map(day_of, days) if d and d <= dept.as_of), default=None)
    limit = dept.parameter(kind.parameter, since)
    due = dept.calendar.add_workdays(since, limit.days) if since else None
    is_field = hasattr(row, kind.who)
    owner = getattr(row, kind.who) if is_field else acting(dept, kind.who)
    if kind.who == "responsible_presales":
        owner = dept.responsibility.at(row.project, "第一售前", dept.as_of) or owner
    place = dept.dossier.locate(kind.frame, row.Index, kind.field)
    title = dept.dossier.form_of[kind.frame].title
    return Matter(
        id=finding_id(kind.rule, kind.frame, row.key, kind.field),
        rule=kind.rule,
        owner=owner,
        message=f"《{title}》{row.number or row.project_name}{kind.text}。",
        hint=f"{kind.hint}（{limit}）。",
        path=place.path,
        sheet=place.sheet,
        cell=place.cell,
        severity=Severity.INFO,
        article=kind.article,
        project=dept.show(row.project),
        since=since,
        due=due,
        missing=True,
    )
