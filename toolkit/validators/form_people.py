"""People that a form names against those of the 立项单, and who decides on his own (第20、44条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.acting import acted, unclear
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.ordinals import ISSUED_BY_SALES_SUPPORT, MANAGER

from .development import counted_as, numbered_requests
from .evidence import named
from .registry import INFO, WARN, rule

_DAY = timedelta(days=1)
_DAYS = {
    "improvement": ("sales_talk_date", "issue_date"),
    "fault": ("propose_date", "submit_date"),
}
"""The days on which a form was filled: by then it names the people of that day."""


@rule(
    "X100",
    "单据上的责任售前须与立项单一致",
    article=4,
    severity=WARN,
    needs=("initiation.first_presales",),
    either=tuple(_DAYS),
)
def forms_name_the_first_presales(dept: Department) -> Iterator[Breach]:
    """责任售前 of a request or fault order is not the 第一售前 of the project on its day.

    Right is everybody who was it from the day before the form was begun (a hand-over takes a day)
    until it was closed, for it may have been brought up to date. A name that the roster does not
    have or has twice is R02-1's.

    要求：产品改进申请单、故障处理工作单的“责任售前”，是当时立项单上的第一售前。
    反例：项目的第一售前是钱一，申请单的责任售前写了第二售前孙二。
    正例：6月1日李三接任，5月的单子写钱一，6月以后写李三；故障提出人是谁都可以。
    """
    for frame, fields in _DAYS.items():
        forms = dept.frame(frame)
        day = dept.event_dates(frame)
        holder = dept.responsibility.column(forms["project"], "第一售前", day)
        named_ = (forms["project"] != "") & (forms["responsible_presales"] != "")
        for row in rows_of(forms[named_ & (forms["responsible_presales"] != holder)]):
            right = _holders(dept, row, fields)
            name = row.responsible_presales
            if "" in right or name in right or unclear(dept.roster, name):
                continue
            on = day_of(day[row.Index])
            yield Breach(
                frame,
                row.Index,
                "responsible_presales",
                f"{named(dept, frame, row.Index)}的责任售前是{name}，"
                f"{on or ''}立项单上的第一售前是{holder[row.Index]}。",
                "请改成当时的第一售前；责任人换了的，请先在立项单“责任人变更”登记。",
                also=_on_the_initiation(dept, row.project),
            )


def _holders(dept: Department, row: Any, fields: tuple[str, ...]) -> set[str]:
    """第一售前 while the form was open; '' among them where somebody is not known."""
    begun = min((day for f in fields if (day := day_of(getattr(row, f)))), default=None)
    first = date.min if begun is None else begun - _DAY
    last = day_of(row.close_date) or dept.as_of
    history = dept.responsibility.history(row.project, "第一售前")
    within = {change.person for change in history if first < change.start <= last}
    return within | {dept.responsibility.at(row.project, "第一售前", first)}


def _on_the_initiation(dept: Department, project: str) -> list[tuple[str, int, str]]:
    forms = dept.frame("initiation")
    return [
        ("initiation", int(i), "first_presales") for i in forms.index[forms["project"] == project]
    ]


@rule(
    "ROL-1",
    "售前经理同意自己的故障单",
    article=44,
    severity=INFO,
    needs=("fault.consent_person", "fault.responsible_presales"),
    cause=Cause.PERSON,
)
def manager_consents_to_his_own_fault(dept: Department) -> Iterator[Breach]:
    """售前经理 agreed to a fault order of which he is the 责任售前 or the 故障提出人: allowed.

    Somebody who is not 售前经理 is X52's.

    要求：售前经理兼任责任售前时可以照办，故障单宜请上级知悉。
    反例：项目的责任售前就是售前经理陈经，故障单也由他自己同意。
    正例：钱一提出的故障单由售前经理陈经同意；陈经提出、不另签同意的也可以。
    """
    forms = dept.frame("fault")
    own = (forms["consent_person"] == forms["responsible_presales"]) | (
        forms["consent_person"] == forms["proposer"]
    )
    day = forms["consent_date"].fillna(forms["submit_date"]).fillna(pd.Timestamp(dept.as_of))
    for row in rows_of(forms[own & (forms["consent_person"] != "") & (forms["consent"] == "同意")]):
        if acted(dept.roles, MANAGER, row.consent_person, day[row.Index]):
            what = "提出" if row.consent_person == row.proposer else "负责"
            yield Breach(
                "fault",
                row.Index,
                "consent_person",
                f"{named(dept, 'fault', row.Index)}由售前经理{row.consent_person}同意，"
                f"也是他{what}的。",
                "一人兼两职时可以这样办；建议请技术支持部经理或技术总监知悉。",
                person=row.consent_person,
                on=day_of(day[row.Index]),
            )


@rule(
    "ROL-2",
    "售前经理发出自己项目的改进申请",
    article=21,
    severity=INFO,
    needs=("improvement.issuer", "improvement.responsible_presales", "improvement.issue_date"),
    cause=Cause.PERSON,
    parameters=("P25", "P26"),
)
def manager_issues_for_his_own_project(dept: Department) -> Iterator[Breach]:
    """The third or a later request came from a 售前经理 who is the 责任售前 himself: allowed.

    The talk of three parties then had only two.

    要求：售前经理兼任责任售前时可以照办，第三次起的申请宜请上级知悉。
    反例：第三张申请单的责任售前和发出人都是售前经理陈经，三方沟通其实只有两人。
    正例：责任售前是钱一，第三张申请单由售前经理陈经发出；前两张不问。
    """
    forms = numbered_requests(dept)
    own = (forms["issuer"] != "") & (forms["issuer"] == forms["responsible_presales"])
    for row in rows_of(forms[own & (forms["n"] > ISSUED_BY_SALES_SUPPORT)]):
        if acted(dept.roles, MANAGER, row.issuer, row.issue_date):
            yield Breach(
                "improvement",
                row.Index,
                "issuer",
                f"{named(dept, 'improvement', row.Index)}是本项目第{row.n}次申请，"
                f"售前经理和责任售前都是{row.issuer}，三方沟通只有两人。",
                "一人兼两职时可以这样办；建议请技术支持部经理或技术总监知悉"
                f"{counted_as(dept, row.issue_date.date())}。",
                person=row.issuer,
            )
