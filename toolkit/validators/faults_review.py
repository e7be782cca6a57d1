"""《故障处理工作单》 in R&D: review, assignment, solution, confirmed closing (第45、46条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import split_staff_number
from toolkit.regulation.acting import unclear
from toolkit.regulation.columns import days, left_blank, readable
from toolkit.regulation.deadlines import day_of, due, overdue
from toolkit.regulation.department import Department

from .evidence import labels, missing_fields, named, role_with_name
from .faults import acts_as_development_manager
from .registry import ERROR, WARN, rule

_SOLUTION = ("cause", "measure", "patch", "solved_date")
_LATER = ("assign_date", "close_request_date", "confirm_result", "convert_to", "close_date")
"""What stands in a fault order that was decided: unreadable, it is there all the same."""
_CONFIRMATION = ("confirm_person", "confirm_result", "confirm_date")


@rule(
    "X54",
    "研发经理应及时审查故障单",
    article=45,
    severity=WARN,
    needs=("fault.submit_date", "fault.decision"),
    parameters=("P10",),
    deadline=True,
)
def fault_is_reviewed_in_time(dept: Department) -> Iterator[Breach]:
    """A submitted fault has its conclusion within P10.

    要求：研发经理收到故障单后，在时限内作出审查结论。
    反例：故障单5月8日提交，过了两周审查结论还空白。
    正例：故障单5月8日提交，5月11日结论为“研发解决”。
    """
    rows = dept.frame("fault")
    ends = due(dept, rows["submit_date"], "P10")
    waiting = (rows["state"] == "已提交") & left_blank(dept, "fault", "decision")
    for field in _LATER:
        waiting &= readable(dept, "fault", field)
    for row in rows_of(rows[waiting & overdue(dept, rows["submit_date"], "P10")]):
        since = row.submit_date.date()
        age = dept.calendar.workdays_between(since, dept.as_of)
        yield Breach(
            "fault",
            row.Index,
            "decision",
            f"{named(dept, 'fault', row.Index)}于{since}提交，已{age}个工作日没有审查结论。",
            f"请联系{role_with_name(dept, '研发经理', dept.as_of)}审查"
            f"（{dept.parameter('P10', since)}）。",
            clock=(since, ends[row.Index].date()),
        )


@rule(
    "R45-1",
    "驳回故障单须写建议意见",
    article=45,
    severity=ERROR,
    needs=("fault.decision", "fault.advice"),
)
def rejection_gives_advice(dept: Department) -> Iterator[Breach]:
    """研发经理 who rejects a fault says what 售前 should do.

    要求：审查结论为“驳回”的，建议意见要填写。
    反例：故障单5月11日被驳回，建议意见空白。
    正例：故障单被驳回，建议意见写明先核对驱动版本再试。
    """
    rows = dept.frame("fault")
    silent = (rows["decision"] == "驳回") & left_blank(dept, "fault", "advice")
    for row in rows_of(rows[silent]):
        yield Breach(
            "fault",
            row.Index,
            "advice",
            f"{named(dept, 'fault', row.Index)}被驳回，建议意见空白，应写明售前接下来怎样处理。",
            "请研发经理补写建议意见。",
            on=day_of(row.decision_date),
        )


@rule(
    "R45-2",
    "由研发解决的须分配研发负责人",
    article=45,
    severity=ERROR,
    needs=("fault.decision", "fault.dev_lead"),
)
def accepted_fault_has_a_lead(dept: Department) -> Iterator[Breach]:
    """A fault that R&D solves has a lead and the day of his assignment.

    要求：审查结论为“研发解决”的，研发负责人和分配日期都要填写。
    反例：审查结论为“研发解决”，研发负责人空白。
    正例：审查结论为“研发解决”，5月12日分配给郑研。
    """
    rows = dept.frame("fault")
    for index, blanks in missing_fields(dept, "fault", ("dev_lead", "assign_date")).items():
        if rows.at[index, "decision"] != "研发解决":
            continue
        yield Breach(
            "fault",
            index,
            blanks[0],
            f"{named(dept, 'fault', index)}确定由研发解决，"
            f"没有填写{labels(dept, 'fault', blanks)}。",
            "请研发经理指定研发负责人并填写分配日期。",
            on=day_of(rows.at[index, "decision_date"]),
            also=[("fault", index, field) for field in blanks[1:]],
        )


@rule(
    "R45-4",
    "研发负责人须由研发经理分配",
    article=45,
    severity=ERROR,
    needs=("fault.assigner",),
)
def lead_is_assigned_by_development_manager(dept: Department) -> Iterator[Breach]:
    """Who assigns, where somebody is named, is 研发经理 or his deputy on that day.

    要求：分配人填了的，是当日的研发经理或其代理人。
    反例：分配人填的是售前经理陈经。
    正例：研发经理蒋理休假，分配人是任命表中的代理人王研。
    """
    yield from acts_as_development_manager(dept, "assigner", "assign_date", "的分配人是")


@rule(
    "R46-1",
    "申请关闭前研发部分须填全",
    article=46,
    severity=ERROR,
    needs=("fault.close_request_date",),
)
def solution_is_written_before_closing(dept: Department) -> Iterator[Breach]:
    """The lead writes cause, measure, version and date before he asks for closing.

    要求：填了申请关闭日期的，故障原因、解决措施、版本/补丁、解决日期都已填写。
    反例：5月20日申请关闭，故障原因空白。
    正例：5月20日申请关闭，原因、措施、补丁号、解决日期齐全；不涉及版本的写“无”。
    """
    rows = dept.frame("fault")
    for index, blanks in missing_fields(dept, "fault", _SOLUTION).items():
        asked = rows.at[index, "close_request_date"]
        if pd.isna(asked):
            continue
        yield Breach(
            "fault",
            index,
            blanks[0],
            f"{named(dept, 'fault', index)}已于{asked.date()}申请关闭，"
            f"研发部分没有填写{labels(dept, 'fault', blanks)}。",
            "请研发负责人补写后再请提出人确认；不涉及版本或补丁的写“无”。",
            on=asked.date(),
            also=[("fault", index, field) for field in blanks[1:]],
        )


@rule(
    "R46-2",
    "提出人应及时答复关闭申请",
    article=46,
    severity=WARN,
    needs=("fault.close_request_date", "fault.confirm_result"),
    parameters=("P11",),
    deadline=True,
)
def close_request_is_answered(dept: Department) -> Iterator[Breach]:
    """The proposer says within P11 whether the fault is solved.

    要求：研发申请关闭后，故障提出人在时限内答复已解决或未解决。
    反例：5月20日申请关闭，到6月还没有确认结果。
    正例：5月20日申请关闭，5月22日提出人答复“未解决”，退回继续处理。
    """
    rows = dept.frame("fault")
    ends = due(dept, rows["close_request_date"], "P11")
    silent = (
        (rows["state"] == "申请关闭")
        & left_blank(dept, "fault", "confirm_result")
        & rows["confirm_date"].isna()
        & (rows["convert_to"] == "")
    )
    for field in ("confirm_date", "convert_to", "close_date"):
        silent &= readable(dept, "fault", field)
    late = silent & overdue(dept, rows["close_request_date"], "P11")
    for row in rows_of(rows[late]):
        asked = row.close_request_date.date()
        age = dept.calendar.workdays_between(asked, dept.as_of)
        yield Breach(
            "fault",
            row.Index,
            "confirm_result",
            f"{named(dept, 'fault', row.Index)}于{asked}申请关闭，"
            f"提出人{row.proposer}已{age}个工作日没有答复。",
            f"请故障提出人确认后填写结果和日期（{dept.parameter('P11', asked)}）。",
            person=row.proposer,
            on=asked,
            clock=(asked, ends[row.Index].date()),
        )


@rule(
    "X55",
    "故障须由提出人确认后关闭",
    article=46,
    severity=ERROR,
    needs=("fault.close_date", "fault.proposer", "fault.confirm_person"),
)
def fault_is_closed_by_its_proposer(dept: Department) -> Iterator[Breach]:
    """A closed fault was confirmed as solved by its proposer, after R&D asked for it.

    Not meant: faults that were converted with his opinion, or that 研发经理 had sent back: those
    end without a solution of R&D.

    要求：已关闭的故障单有故障提出人“已解决”的确认和日期，且不早于申请关闭日期。
    反例：故障由钱一提出，关闭时的确认人却是孙二，责任人变更中也没有改由孙二。
    正例：故障由钱一提出，5月20日申请关闭，钱一5月21日确认已解决，当日关闭。
    """
    rows = dept.frame("fault")
    blanks = missing_fields(dept, "fault", _CONFIRMATION)
    converted = (rows["convert_to"] != "") & (rows["proposer_opinion"] != "")
    returned = (rows["decision"] == "驳回") & rows["close_request_date"].isna()
    closed = rows["close_date"].notna() & ~converted & ~returned
    for row in rows_of(rows[closed]):
        field, said = _confirmation_problem(dept, row, blanks.get(row.Index, []))
        if field:
            yield Breach(
                "fault",
                row.Index,
                field,
                f"{named(dept, 'fault', row.Index)}已于{row.close_date.date()}关闭，{said}；"
                f"须由故障提出人{row.proposer}确认解决后才能关闭。",
                f"请{row.proposer}补填确认；他已离职或换人的，先在立项单的“责任人变更”"
                "登记新的故障提出人；还没解决的，清空关闭日期继续处理。",
                on=row.close_date.date(),
                also=[("fault", row.Index, other) for other in blanks.get(row.Index, [])],
            )


def _confirmation_problem(dept: Department, row: pd.Series, blanks: list[str]) -> tuple[str, str]:
    """Field and words of what is wrong with a confirmation; ('', '') when nothing is."""
    if row.confirm_result == "未解决":
        return "confirm_result", "确认结果却是“未解决”"
    if blanks:
        return blanks[0], f"没有填写{labels(dept, 'fault', blanks)}"
    confirmed = row.close_date if pd.isna(row.confirm_date) else row.confirm_date
    known = row.confirm_person and row.proposer and not unclear(dept.roster, row.confirm_person)
    if known and not _may_confirm(dept, row, confirmed):
        return "confirm_person", f"确认人是{row.confirm_person}"
    if confirmed.normalize() < row.close_request_date:
        return "confirm_date", f"确认日期早于申请关闭日期{row.close_request_date.date()}"
    return "", ""


def _may_confirm(dept: Department, row: pd.Series, on: pd.Timestamp) -> bool:
    """The proposer, or whom the 责任人变更 of the project put into his place by then."""
    if _same_person(row.confirm_person, row.proposer):
        return True
    changes = dept.frame("initiation_changes")
    changes = changes[
        (changes["project"] == row.project) & (days(changes["effective_date"]) <= on)
    ].sort_values("effective_date", kind="stable")
    gone = _has_left(dept, row.proposer, on)
    current = row.proposer
    for change in rows_of(changes):
        # a first presales who left hands his faults over together with the project
        passes = change.role == "故障提出人" or (change.role == "第一售前" and gone)
        if passes and (not change.old_person or _same_person(change.old_person, current)):
            current = change.new_person
    return _same_person(row.confirm_person, current)


def _has_left(dept: Department, name: str, on: pd.Timestamp) -> bool:
    found = dept.roster.find(name)
    return len(found) == 1 and not found[0].employed(on.date())


def _same_person(one: str, other: str) -> bool:
    """Equal names; a staff number decides only where both names bear one."""
    (name, number), (other_name, other_number) = split_staff_number(one), split_staff_number(other)
    return name == other_name and (not number or not other_number or number == other_number)
