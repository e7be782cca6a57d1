"""《产品改进申请单》: whose project, how many, who issues them, what they cost (第19–22条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from toolkit.model.condition import blank
from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.acting import acted, unclear
from toolkit.regulation.columns import answerable, days, left_blank, project_field, readable
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.links import FORMS, unread_initiation
from toolkit.regulation.ordinals import ISSUED_BY_SALES_SUPPORT, MANAGER, department_ordinals
from toolkit.regulation.unread import UnreadForms

from .evidence import holder_unknown, initiation_not_read, labels, missing_fields, named
from .registry import ERROR, WARN, Scope, rule

_MEETING = {
    "meeting_sales": "meeting_sales_date",
    "meeting_presales": "meeting_presales_date",
    "meeting_manager": "meeting_manager_date",
}
_DECIDING = ("issue_date", "withdraw_date", "receive_date", "decision", "origin")
"""Fields that decide whether a request counts (第21条)."""


@rule(
    "X41",
    "研发单据的项目须已立项",
    article=19,
    severity=ERROR,
    needs=("initiation.charter_date",),
    either=tuple(FORMS),
    cause=Cause.PROJECT,
    scope=Scope.MATTER,
)
def forms_belong_to_initiated_projects(dept: Department) -> Iterator[Breach]:
    """Every improvement request and fault order is for a project whose 立项 is complete.

    Nothing can be said while a file that may be the 立项单 could not be read.

    要求：产品改进申请单、故障处理工作单所写的项目，要有填了立项完成日期的立项单。
    反例：申请单写的是项目XM2026-0009，全部立项单中没有这个项目。
    正例：申请单写的是项目XM2026-0001，它的立项单于3月2日立项完成。
    """
    initiation = dept.frame("initiation")
    chartered = set(initiation.loc[~left_blank(dept, "initiation", "charter_date"), "project"])
    drafts = {i: key for i, key in initiation["project"].items() if key not in chartered}
    for frame in FORMS:
        forms = dept.frame(frame)
        forms = forms[
            (forms["project"] != "")
            & ~forms["project"].isin(chartered)
            & (forms["state"] != "撤回")
        ]
        for row in rows_of(forms):
            begun = [i for i, key in drafts.items() if key == row.project]
            if not begun and (path := unread_initiation(dept, row.project)):
                place = (frame, row.Index, project_field(row))
                yield initiation_not_read(dept, place, row.project, path)
                continue
            why = "的立项单还没有立项完成日期" if begun else "没有立项单"
            yield Breach(
                frame,
                row.Index,
                project_field(row),
                f"{named(dept, frame, row.Index)}对应的项目{dept.show(row.project)}{why}，"
                "须先立项，研发才予支持。",
                "请责任销售补办立项；项目编号或名称写错的，请改成与立项单一致。",
                severity=WARN if row.state in ("草稿", "待同意") else ERROR,
                also=[("initiation", i, "charter_date") for i in begun],
            )


def counted_as(dept: Department, on: date) -> str:
    """How requests are counted, as hints print it."""
    return f"（{dept.parameter('P25', on)}；故障转化单计入，{dept.parameter('P26', on)}）"


def numbered_requests(dept: Department) -> pd.DataFrame:
    """The improvement requests that have an ordinal, with it as `n`.

    Left out are projects of which a form has something unreadable that decides whether it counts.
    """
    forms = dept.frame("improvement")
    found = department_ordinals(dept)
    clear = pd.Series(True, index=forms.index)
    for field in _DECIDING:
        clear &= readable(dept, "improvement", field)
    doubtful = set(forms.loc[~clear, "project"])
    forms = forms.assign(n=found["n"])
    forms = forms[forms["n"].notna() & ~forms["project"].isin(doubtful)]
    return forms.astype({"n": "int64"})


@rule(
    "X42",
    "第三次起的改进申请须由售前经理发出",
    article=21,
    severity=ERROR,
    needs=("improvement.issuer", "improvement.issue_date"),
    parameters=("P25", "P26"),
    scope=Scope.MATTER,
)
def third_request_is_issued_by_manager(dept: Department) -> Iterator[Breach]:
    """From the third request of a project on only 售前经理 (or his deputy) issues.

    要求：同一项目第三次起的申请单，发出人是当日的售前经理或其代理人。
    反例：项目的第三张申请单由责任售前钱一发出。
    正例：项目的第三张申请单由售前经理陈经发出，前两张由钱一发出。
    """
    forms = numbered_requests(dept)
    forms = forms[(forms["n"] > ISSUED_BY_SALES_SUPPORT) & (forms["issuer"] != "")]
    for row in rows_of(forms):
        on = row.issue_date.date()
        by_manager = acted(dept.roles, MANAGER, row.issuer, row.issue_date)
        if by_manager is None:
            yield holder_unknown("improvement", row.Index, "issuer", MANAGER, on)
        elif not by_manager and not unclear(dept.roster, row.issuer):
            manager = dept.roles.names(MANAGER, on)
            yield Breach(
                "improvement",
                row.Index,
                "issuer",
                f"{named(dept, 'improvement', row.Index)}是本项目第{row.n}次申请，由{row.issuer}"
                f"发出；第三次起须由售前经理（{manager}）发出，售前发出无效。",
                f"请三方沟通后由{manager}重新发出；本单无效，不计入次数{counted_as(dept, on)}。",
            )


@rule(
    "X43",
    "第三次起的改进申请须先三方沟通",
    article=21,
    severity=ERROR,
    needs=("improvement.issue_date", *(f"improvement.{d}" for d in _MEETING.values())),
    parameters=("P25", "P26"),
    scope=Scope.MATTER,
)
def third_request_follows_a_meeting(dept: Department) -> Iterator[Breach]:
    """From the third request on 销售, 责任售前 and 售前经理 confirmed before it was issued.

    要求：同一项目第三次起的申请单，销售、责任售前、售前经理三方都有姓名和日期，且不晚于发出日期。
    反例：第三张申请单4月5日发出，三方沟通只有销售和责任售前，缺售前经理。
    正例：第三张申请单4月5日发出，三方都在4月3日确认。
    """
    forms = numbered_requests(dept)
    forms = forms[forms["n"] > ISSUED_BY_SALES_SUPPORT]
    wanted = [field for pair in _MEETING.items() for field in pair]
    blanks = missing_fields(dept, "improvement", wanted)
    after = {d: days(forms[d]) > days(forms["issue_date"]) for d in _MEETING.values()}
    for index, form in forms.iterrows():
        lacking = blanks.get(int(index), [])
        late = [d for d in _MEETING.values() if after[d][index]]
        if not lacking and not late:
            continue
        parts = [f"缺少{labels(dept, 'improvement', lacking)}"] if lacking else []
        parts += [f"{labels(dept, 'improvement', late)}晚于发出日期"] if late else []
        yield Breach(
            "improvement",
            int(index),
            (lacking + late)[0],
            f"{named(dept, 'improvement', int(index))}是本项目第{form['n']}次申请，"
            f"发出前的三方沟通记录{'，'.join(parts)}。",
            "请销售、责任售前、售前经理沟通确认，各填姓名和日期后再发出"
            f"{counted_as(dept, form['issue_date'].date())}。",
            also=[("improvement", int(index), field) for field in (lacking + late)[1:]],
        )


@rule(
    "X44",
    "前两次改进申请须先与销售沟通",
    article=21,
    severity=WARN,
    needs=("improvement.issue_date", "improvement.sales_talk_date"),
    parameters=("P25", "P26"),
    scope=Scope.MATTER,
)
def early_requests_follow_a_talk_with_sales(dept: Department) -> Iterator[Breach]:
    """The first two requests say with whom of 销售, or when, they were talked over.

    要求：同一项目前两次申请单写明与哪位销售、哪天沟通过，且不晚于发出日期。
    反例：第一张申请单4月2日发出，沟通销售和沟通日期都空白。
    正例：第一张申请单4月2日发出，4月1日与周销沟通过。
    """
    forms = numbered_requests(dept)
    forms = forms[forms["n"] <= ISSUED_BY_SALES_SUPPORT]
    silent = (
        left_blank(dept, "improvement", "sales_talk_date").loc[forms.index]
        & blank(forms["sales_talk_person"])
        & blank(forms["meeting_sales"])
    )
    for field in ("sales_talk_person", "meeting_sales"):
        silent &= readable(dept, "improvement", field).loc[forms.index]
    issued = days(forms["issue_date"])
    # who sat together with sales in time has talked to them, whatever was said afterwards
    met = days(forms["meeting_sales_date"]) <= issued
    late = (days(forms["sales_talk_date"]) > issued) & ~met
    for row in rows_of(forms[silent | late]):
        said = "晚于发出日期" if late[row.Index] else "没有填写"
        yield Breach(
            "improvement",
            row.Index,
            "sales_talk_date",
            f"{named(dept, 'improvement', row.Index)}是本项目第{row.n}次申请，"
            f"与销售沟通的日期{said}；前两次须先与销售沟通再发出。",
            "沟通过的请补填沟通销售和日期；没有沟通的请先与责任销售沟通"
            f"{counted_as(dept, row.issue_date.date())}。",
        )


@rule(
    "X45",
    "已交付的改进申请须有净研发工时",
    article=22,
    severity=ERROR,
    needs=("improvement.delivery_date", "improvement.net_hours"),
)
def delivered_request_has_net_hours(dept: Department) -> Iterator[Breach]:
    """Without hours nobody can tell whether a project's R&D took more than a week.

    要求：已交付的申请单填写实际净研发工时或逐条工时；确实为零的写0并说明。
    反例：申请单5月20日交付，实际净研发工时空白，研发工时页也没有记录。
    正例：申请单5月20日交付，实际净研发工时为0，工时说明“改配置项即可”。
    """
    forms = dept.frame("improvement")
    logged = dept.frame("improvement_hours")
    blank_hours = left_blank(dept, "improvement_hours", "hours")
    with_rows = set(logged.loc[~blank_hours, "parent"])
    delivered = forms["delivery_date"].notna() | (
        forms["close_date"].notna() & (forms["verify_result"] == "通过")
    )
    none = left_blank(dept, "improvement", "net_hours")
    zero = (forms["net_hours"] == 0) & left_blank(dept, "improvement", "hours_note")
    wrong = delivered & (none | zero) & (forms["state"] != "撤回") & ~forms.index.isin(with_rows)
    for row in rows_of(forms[wrong]):
        said = "没有填写" if none[row.Index] else "为0，也没有说明"
        yield Breach(
            "improvement",
            row.Index,
            "net_hours",
            f"{named(dept, 'improvement', row.Index)}已交付，实际净研发工时{said}，"
            "无法判断本项目净研发时间是否超过一周。",
            "请研发负责人在“研发工时”页逐条填写，或填写实际净研发工时；确实为零的填0并写工时说明。",
            on=day_of(row.delivery_date),
        )


@rule(
    "R21-1",
    "申请单上的次数须与计算一致",
    article=21,
    severity=ERROR,
    needs=("improvement.ordinal", "improvement.issue_date"),
    parameters=("P25", "P26"),
)
def ordinal_on_the_form_is_right(dept: Department) -> Iterator[Breach]:
    """The ordinal that a form bears is the one that its project's forms give it.

    Nothing can be said of a project of which a form was not read, or went to R&D undated.

    要求：“本项目第几次申请”填了的，与按发出先后数出来的次数一致。
    反例：项目先后发出两张申请单，后一张写着第1次。
    正例：项目先后发出两张申请单，后一张写着第2次。
    """
    forms, undated = numbered_requests(dept), _undated(dept)
    unread = UnreadForms(dept, "改进", "申请单", "需求单")
    for row in rows_of(forms[forms["ordinal"].notna() & (forms["ordinal"] != forms["n"])]):
        if row.ordinal == row.n + _withdrawn_later(dept, row):
            continue
        if row.project in undated or unread.may_hold_form_of(row.project):
            continue
        yield Breach(
            "improvement",
            row.Index,
            "ordinal",
            f"{named(dept, 'improvement', row.Index)}写着本项目第{row.ordinal:g}次申请，"
            f"按发出先后应为第{row.n}次。",
            f"请改为{row.n}，或清空由工具计算；撤回的和无效的申请单不计次数"
            f"{counted_as(dept, row.issue_date.date())}。",
        )


def _undated(dept: Department) -> set[str]:
    """Projects with a request that R&D has although nobody wrote when it was issued."""
    forms = dept.frame("improvement")
    told = answerable(dept, "improvement", "issue_date")
    return set(
        forms.loc[forms["issue_date"].isna() & ((forms["state"] != "草稿") | ~told), "project"]
    )


def _withdrawn_later(dept: Department, form: pd.Series) -> int:
    """Earlier requests that still stood when this one was issued, and were withdrawn since."""
    others = dept.frame("improvement")
    stood = (
        (others["project"] == form.project)
        & (others["state"] == "撤回")
        & (others["issue_date"] <= form.issue_date)
        & (others["withdraw_date"] > form.issue_date)
    )
    return int(stood.sum())
