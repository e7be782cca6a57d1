"""R&D supports a project through its forms only, and not for too long (第8、19、47条)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pandas as pd

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.columns import answerable, left_blank, readable
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.links import linked_forms, unread_file
from toolkit.regulation.reinforcements import Reinforcements
from toolkit.regulation.unread import UnreadForms

from .evidence import named, near
from .faults import SEVERE_BUG
from .registry import ERROR, INFO, WARN, rule

_RESEARCH = "研发"
_FORMS = ("improvement", "fault")
_WORDS = ("改进", "故障", "申请单", "工作单", "研发", "协作登记", "增援审批")
"""One of them stands in the path of a file that holds a form of R&D, or approvals."""
_TOLD = ["project", "support_date", "support_type", "channel"]
_TRAINING, _MEETING = "客户培训", "会议"


@rule(
    "X49",
    "研发人员支持须有申请单或工作单",
    article=19,
    severity=ERROR,
    needs=("tracking.supporter", "tracking.support_date"),
    registers=("initiation", *_FORMS),
    cause=Cause.PROJECT,
)
def development_supports_through_forms(dept: Department) -> Iterator[Breach]:
    """Somebody of 研发 supports a project that has no request and no fault order under way.

    Who only helps inside (协助人) gives a remark. Not meant: meetings and 客户培训; people with
    an approval (第4条); 第一 and 第二售前 and the owner of the sheet, whom R02-3 reports; projects
    without 立项 (X01).

    要求：研发人员作为支持人的那天，项目有在办的产品改进申请单或故障处理工作单。
    反例：5月6日由研发的郑研到现场支持，项目的故障单5月7日才提出。
    正例：故障单5月7日提出、5月20日关闭，郑研5月12日支持；或他只是参加了会议。
    """
    names = dept.frame("tracking")["supporter"]
    for index in unsupported_by_forms(dept):
        yield _without_form(
            dept,
            (index, "supporter", names[index]),
            f"由研发人员{names[index]}支持",
            "没有单据，研发不予支持",
            "需要研发的请先提交单据；只在内部帮忙的请填入“协助人”，只来开会的沟通方式选“会议”。",
        )
    for index, name in _helping_without_forms(dept):
        breach = _without_form(
            dept,
            (index, "helpers", name),
            f"有研发人员{name}协助",
            "只是答疑的不需要单据",
            "研发投入了时间的，请提交产品改进申请单或故障处理工作单；只是答疑的不用处理。",
        )
        breach.severity = INFO
        breach.cause += "|协助"
        yield breach


def _without_form(
    dept: Department, who: tuple[int, str, str], deed: str, so: str, advice: str
) -> Breach:
    index, field, name = who
    rows = dept.frame("tracking")
    on, project = rows.at[index, "support_date"].date(), str(rows.at[index, "project"])
    return Breach(
        "tracking",
        index,
        field,
        f"{on}“{dept.show(project)}”{deed}，"
        f"当天项目没有在办的产品改进申请单或故障处理工作单；{so}。",
        advice,
        person=name,
        cause=f"{project}|{name}",
    )


def unsupported_by_forms(dept: Department) -> list[int]:
    """Support records (index) of 研发 people on days on which R&D had no form of the project.

    Empty where the department does not keep what tells it: these are X49's, not X10's.
    """
    if not all(dept.kept(frame) for frame in ("initiation", *_FORMS)):
        return []
    rows = dept.frame("tracking")
    rows = rows[rows["supporter"].isin(_people(dept))]
    strange = (rows["supporter"] != rows["owner"]) & (rows["supporter"] != rows["first"])
    strange &= rows["supporter"] != rows["second"]
    return [index for index, _ in _lacking_forms(dept, rows.loc[strange, "supporter"])]


def _helping_without_forms(dept: Department) -> Iterator[tuple[int, str]]:
    helpers = dept.frame("tracking")["helpers"]
    names = helpers[helpers.map(len) > 0].explode()
    yield from _lacking_forms(dept, names[names.isin(_people(dept))])


def _people(dept: Department) -> list[str]:
    """Everybody who ever was in 研发."""
    return [
        person.name
        for person in dept.roster.people
        if any(term.department == _RESEARCH for term in person.terms)
    ]


def _lacking_forms(dept: Department, names: pd.Series) -> Iterator[tuple[int, str]]:
    """(index, name) of those whose support demands a form, and there is none on its day."""
    if names.empty:
        return
    rows = dept.frame("tracking").loc[names.index, _TOLD].assign(name=names.to_numpy())
    initiated = dept.frame("initiation")["project"]
    rows = rows[
        rows["support_date"].notna()
        & rows["project"].isin(initiated[initiated != ""])
        & (rows["support_type"] != _TRAINING)
        & (rows["channel"] != _MEETING)
    ]
    terms, approvals, unread = _terms(dept), Reinforcements(dept), UnreadForms(dept, *_WORDS)
    for row in rows_of(rows):
        on, found = row.support_date.date(), dept.roster.find(row.name)
        if len(found) != 1 or not found[0].employed(on, _RESEARCH):
            continue
        # a form that does not say whose it is may be of any project
        spans = (*terms.get(row.project, ()), *terms.get("", ()))
        under_way = any(start <= on <= end for start, end in spans)
        approved = approvals.lets(row.project, row.name, on)
        if not under_way and not approved and not unread.may_hold_form_of(row.project):
            yield row.Index, row.name


_Spans = list[tuple[date, date]]


def _terms(dept: Department) -> dict[str, _Spans]:
    """Project -> the days on which it had a request or a fault order under way."""
    found: dict[str, _Spans] = defaultdict(list)
    told = answerable(dept, "improvement", "issue_date")
    for row in rows_of(dept.frame("improvement")):
        if row.state != "草稿" or not told[row.Index]:
            # a withdrawal counts only before R&D took the form
            withdrawn = (row.withdraw_date,) if row.state == "撤回" else ()
            found[row.project].append(_span((row.issue_date,), (row.close_date, *withdrawn)))
    for row in rows_of(dept.frame("fault")):
        begun = (row.propose_date, row.submit_date, row.assign_date)
        found[row.project].append(_span(begun, (row.close_date,)))
    return found


def _span(begun: tuple[pd.Timestamp, ...], ended: tuple[pd.Timestamp, ...]) -> tuple[date, date]:
    starts, ends = ([d.date() for d in days if not pd.isna(d)] for days in (begun, ended))
    return min(starts, default=date.min), max(ends, default=date.max)


@rule(
    "X53",
    "产品bug的故障单宜有bug反馈",
    article=8,
    severity=INFO,
    needs=("fault.basis", "fault.bug_id", "fault.submit_date"),
    registers=("bugs",),
    parameters=("P18",),
    deadline=True,
)
def severe_bug_is_in_the_register(dept: Department) -> Iterator[Breach]:
    """A fault submitted as 明显严重bug without bug编号, and no report of it in 内部bug反馈表.

    Not meant: what 研发经理 sent back (it need not be a product problem), reports that name the
    fault, and reports of those days on the project, or without project on the product.

    要求：以“明显严重bug”提交的故障单，写明bug编号，或反馈表里有这个问题。
    反例：故障单以“明显严重bug”提交，bug编号空白，前后几天反馈表没有这个项目的反馈。
    正例：bug编号写了BUG-2026-001；或反馈表有一行的“关联故障单”是它。
    """
    rows = dept.frame("fault")
    silent = (
        (rows["basis"] == SEVERE_BUG)
        & left_blank(dept, "fault", "bug_id")
        & overdue(dept, rows["submit_date"], "P18")
        & (rows["decision"] != "驳回")
        & readable(dept, "fault", "decision")
    )
    rows = rows[silent]
    rows = rows.assign(support_date=rows["propose_date"].fillna(rows["submit_date"]))
    if rows.empty or unread_file(dept, "bug", "缺陷"):
        return
    reports = dept.frame("bugs")
    naming = {fold(str(n)) for refs in reports["fault_ref"] for n in refs}
    named_back = rows["number"].map(lambda n: fold(str(n)) in naming).astype(bool)
    of_project = near(dept, rows, reports, "found_date", "P18")
    general = reports[reports["project"] == ""]
    of_product = near(
        dept,
        rows.assign(project=rows["product"].map(fold)),
        general.assign(project=general["product"].map(fold)),
        "found_date",
        "P18",
    )
    for row in rows_of(rows[~(named_back | of_project | of_product)]):
        on = row.submit_date.date()
        limit = dept.parameter("P18", on)
        yield Breach(
            "fault",
            row.Index,
            "bug_id",
            f"{named(dept, 'fault', row.Index)}以“{SEVERE_BUG}”提交，没有写bug编号，"
            "前后几天的内部bug反馈表里也没有相应的反馈。",
            f"请写内部bug反馈表并在这里填编号；早先写过的直接填编号（{limit}）。",
            clock=(on, dept.calendar.add_workdays(on, limit.days)),
        )


_MOVING = ("close_date", "close_request_date", "confirm_result", "convert_to", "solved_date")
_ASKED = ("consult_date", "proposer_opinion")


@rule(
    "X58",
    "故障处理时间过长应征求提出人意见",
    article=47,
    severity=WARN,
    needs=("fault.submit_date", "fault.consult_date"),
    parameters=("P13",),
    deadline=True,
    patient=True,
)
def long_fault_is_talked_over(dept: Department) -> Iterator[Breach]:
    """R&D still works on a fault after P13, or expects to after the project's date, and nobody
    asked its proposer.

    Not meant: faults without a decision (X54), solved, in closing (R46-2) or converted ones,
    and those whose leftover waits for the customer.

    要求：研发处理中的故障单超过时限，或预计解决日期晚于项目要求的日期，先征求提出人意见，考虑转化。
    反例：故障单5月8日提交，研发处理到5月29日仍没有解决，征求意见日期空白。
    正例：5月13日征求过提出人意见；或对应的遗留状态是“待客户”。
    """
    rows = dept.frame("fault")
    clear = answerable(dept, "fault", "consult_date")
    for field in (*_MOVING, "proposer_opinion"):
        clear &= readable(dept, "fault", field)
    solved = rows["solved_date"].notna() & (rows["confirm_result"] != "未解决")
    asked = rows["consult_date"].notna() | (rows["proposer_opinion"] != "")
    waiting = rows.index.isin(_waiting_for_customer(dept))
    working = clear & (rows["state"] == "研发处理中") & ~solved & ~asked & ~waiting
    old = working & overdue(dept, rows["submit_date"], "P13")
    late = working & (rows["estimate_date"] > rows["required_date"])
    ends = due(dept, rows["submit_date"], "P13")
    for row in rows_of(rows[old | late]):
        said, also, limit, clock = [], [], "", None
        if old[row.Index]:
            since = row.submit_date.date()
            age = dept.calendar.workdays_between(since, dept.as_of)
            said.append(f"提交后已{age}个工作日还没有解决")
            limit, clock = f"（{dept.parameter('P13', since)}）", (since, ends[row.Index].date())
        if late[row.Index]:
            said.append(
                f"预计{row.estimate_date.date()}解决，晚于项目要求的{row.required_date.date()}"
            )
            also = [("fault", row.Index, "estimate_date"), ("fault", row.Index, "required_date")]
        yield Breach(
            "fault",
            row.Index,
            "consult_date",
            f"{named(dept, 'fault', row.Index)}{'，'.join(said)}，还没有征求提出人意见。",
            f"请研发负责人征求{row.proposer or '提出人'}的意见，不影响项目为先，解决不了的考虑转化"
            f"{limit}；在等客户的，请把对应遗留的状态改为“待客户”。",
            person=row.dev_lead,
            clock=clock,
            also=also,
        )


def _waiting_for_customer(dept: Department) -> set[int]:
    """Faults with a leftover that waits for the customer."""
    state = dept.frame("leftovers")["state"]
    return {
        form
        for index, forms in linked_forms(dept).items()
        if state[index] == "待客户"
        for frame, form in forms
        if frame == "fault"
    }
