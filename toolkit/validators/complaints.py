"""投诉登记: who may complain to whom, how, and about what (第13条).

The register is restricted: these rules run only where somebody asked for restricted records.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import left_blank, project_field, readable
from toolkit.regulation.complaint_evidence import reports_of
from toolkit.regulation.complaints import NOT_REPORTED, PENDING, VOID_RULINGS, sales_of
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.links import unread_initiation
from toolkit.regulation.recipients import reaches
from toolkit.regulation.subject_names import project_names
from toolkit.regulation.subjects import bare_project, normal, subjects_in

from .evidence import holder_unknown, initiation_not_read
from .registry import ERROR, WARN, rule

_MANAGER, _DIRECTOR = "技术支持部经理", "技术总监"
_FORM = "投诉-项目名称沟通问题"
_SUBJECT = re.compile(r"投诉-(?P<project>.+)沟通问题")


def _about_reports(dept: Department) -> Iterator[Any]:
    """Complaints about a missing report that nobody has ruled void."""
    rows = dept.frame("complaints")
    kept = (rows["category"] == NOT_REPORTED) & ~rows["ruling"].isin(VOID_RULINGS)
    yield from rows_of(rows[kept])


def _called(row: Any) -> str:
    """A complaint as messages name it."""
    return f"投诉{row.number}" if row.number else "这条投诉"


@rule(
    "X28",
    "投诉人须是责任销售",
    article=13,
    severity=ERROR,
    needs=("complaints.complainant",),
)
def complainants_are_account_sales(dept: Department) -> Iterator[Breach]:
    """The complainant was not 责任销售 of the project, neither on receipt nor at the contact.

    A hand-over may lie between the two days. Where nobody knows who the 责任销售 was, nothing is
    said (X33).

    要求：关于没有汇报的投诉，由该项目当时的责任销售发出。
    反例：责任销售是周销的项目，由吴销发来投诉。
    正例：周销投诉3月10日的沟通，3月12日起责任销售改为吴销；投诉类别为“其他”。
    """
    for row in _about_reports(dept):
        holders = sales_of(dept, row) if row.project else []
        if not holders or not row.complainant or row.complainant in holders:
            continue
        yield Breach(
            "complaints",
            row.Index,
            "complainant",
            f"{_called(row)}的投诉人{row.complainant}不是项目“{dept.show(row.project)}”当时的"
            f"责任销售（{'、'.join(holders)}），不计入扣级。",
            "请核对投诉人和项目；责任销售换了人的，请在立项单“责任人变更”中登记。",
        )


@rule(
    "X29",
    "投诉邮件须发给规定的人",
    article=13,
    severity=WARN,
    needs=("complaints.mail_to", "complaints.mail_cc"),
)
def complaints_reach_both_managers(dept: Department) -> Iterator[Breach]:
    """The typed recipients lack 技术支持部经理, or 技术总监 is neither among them nor in copy.

    Groups, addresses, role names and deputies count, and so does the manager in copy; a complaint
    about the manager himself may leave him out. Without typed recipients nothing is said.

    要求：投诉邮件发给技术支持部经理，抄送技术总监。
    反例：收件人填了陈经，“邮件抄送”空着。
    正例：收件人是全体经理组，组里有两位；投诉的就是陈经本人，只发给了技术总监。
    """
    unread = ~(readable(dept, "complaints", "mail_to") & readable(dept, "complaints", "mail_cc"))
    for row in _about_reports(dept):
        on = day_of(row.received)
        if on is None or unread[row.Index] or not (row.mail_to or row.mail_cc):
            continue
        everybody = (*row.mail_to, *row.mail_cc)
        for role, field, verb in ((_MANAGER, "mail_to", "发给"), (_DIRECTOR, "mail_cc", "抄送")):
            if any(dept.roles.may_act(role, name, on) for name in row.accused):
                continue
            if reaches(dept, role, everybody, on):
                continue
            if not dept.roles.holders(role, on):
                yield holder_unknown("complaints", row.Index, field, role, on)
                continue
            yield Breach(
                "complaints",
                row.Index,
                field,
                f"{_called(row)}没有{verb}{role}（{dept.roles.names(role, on)}）（自报）。",
                f"漏抄的请补填；确实没有{verb}的，请责任销售补发，投诉仍然计入。",
            )


@rule(
    "X30",
    "投诉之前已有汇报的须核实",
    article=13,
    severity=WARN,
    needs=("complaints.received", "complaints.contact_date"),
)
def earlier_reports_are_looked_at(dept: Department) -> Iterator[Breach]:
    """A report of the contact was made before an undecided complaint about it came in.

    It must say its own time; of the same day only times of day decide. Where 已有汇报证据 is
    filled in, the manager knows.

    要求：投诉收到之前已有汇报邮件或电话的，先核实再认定。
    反例：3月12日收到对3月10日沟通的投诉，跟踪记录写着3月11日9时邮件汇报。
    正例：汇报时间晚于投诉；投诉已经认定；“已有汇报证据”已写明。
    """
    evident = left_blank(dept, "complaints", "evidence")
    for row in _about_reports(dept):
        if row.ruling not in ("", PENDING) or not evident[row.Index]:
            continue
        before = [r for r in reports_of(dept, row) if r.known_before(row.received)]
        if not before:
            continue
        listed = "；".join(str(report) for report in before[:3])
        yield Breach(
            "complaints",
            row.Index,
            "evidence",
            f"{_called(row)}收到之前，{'、'.join(row.accused)}对{row.contact_date.date()}的沟通"
            f"已有汇报：{listed}（自报）。",
            "请核实是不是同一次沟通，把查到的填入“已有汇报证据”，再作认定。",
            also=[(report.frame, report.index, report.field) for report in before],
        )


@rule(
    "X33",
    "被投诉的项目应已立项",
    article=13,
    severity=WARN,
    registers=("complaints",),
    cause=Cause.PROJECT,
)
def complaints_are_about_initiated_projects(dept: Department) -> Iterator[Breach]:
    """A complaint about a project without a complete 立项 (第9、11条): both need a look.

    要求：被投诉的项目有立项完成的立项单；没有的，连同立项一并核实。
    反例：投诉写的是“某某二期”，全部立项单中没有这个项目。
    正例：投诉写的是项目的别名，立项单上登记了这个别名。
    """
    if not dept.kept("initiation"):
        return
    forms = dept.frame("initiation")
    chartered = set(forms.loc[~left_blank(dept, "initiation", "charter_date"), "project"])
    for row in _about_reports(dept):
        if not row.project or row.project in chartered:
            continue
        place = ("complaints", row.Index, project_field(row))
        if path := unread_initiation(dept, row.project):
            yield initiation_not_read(dept, place, row.project, path)
            continue
        yield Breach(
            *place,
            f"{_called(row)}所说的项目“{dept.show(row.project)}”没有立项完成的立项单。",
            "请核对项目名称；确实没有立项的，请连同督促立项的情况一起核实，再作认定。",
        )


@rule(
    "R13-1",
    "投诉邮件标题须合格式",
    article=13,
    severity=WARN,
    needs=("complaints.mail_subject",),
)
def subjects_of_complaints_have_their_form(dept: Department) -> Iterator[Breach]:
    """A typed 投诉邮件标题 that is not 投诉-project沟通问题, or names another project.

    Re: and 转发: before it, any dash, width, blanks, quotes and a trailing 项目 change nothing.

    要求：投诉邮件的标题写成“投诉-项目名称沟通问题”，项目就是被投诉的项目。
    反例：标题写的是“关于3月10日的情况”。
    正例：“转发：投诉—示例平台项目 沟通问题”；标题写的是项目的别名。
    """
    names = project_names(dept)
    for row in _about_reports(dept):
        titles = subjects_in(row.mail_subject)
        matches = [_SUBJECT.fullmatch(normal(title)) for title in titles]
        said = ""
        if not all(matches):
            said = f"不是“{_FORM}”的写法"
        elif row.project and not any(_means(names, m["project"], row) for m in matches if m):
            said = f"写的不是项目“{dept.show(row.project)}”"
        if titles and said:
            yield Breach(
                "complaints",
                row.Index,
                "mail_subject",
                f"{_called(row)}的邮件标题“{row.mail_subject[:40]}”{said}（自报）。",
                f"抄录有误的请更正；邮件确是这样写的，请告诉责任销售以后按“{_FORM}”写。",
            )


def _means(names: Any, text: str, row: Any) -> bool:
    """Whether the text of a subject means the project of the complaint."""
    exact = names.exactly(text)
    own = {bare_project(name) for name in (row.project_id, row.project_name)} - {""}
    if row.project in exact or bare_project(text) in own:
        return True
    return not exact and (row.project in names.about(text) or any(o in normal(text) for o in own))
