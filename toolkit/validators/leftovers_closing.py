"""A leftover and the forms it waits for are closed in step (第17–19、46条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.text import fold
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.links import FORMS, FormRef, linked_forms, numbered

from .evidence import has_field, named
from .registry import ERROR, WARN, Scope, rule

_MAY_CLOSE = {
    # a rejected request or order is carried on, or solved, inside the department
    "improvement": ("已关闭", "驳回", "撤回"),
    "fault": ("已关闭", "已转化", "驳回"),
}
_FINAL = {"improvement": ("已关闭", "驳回", "撤回"), "fault": ("已关闭",)}


@rule(
    "X38",
    "遗留与关联单据的状态须一致",
    article=17,
    severity=ERROR,
    registers=("leftovers",),
    either=tuple(FORMS),
    parameters=("P19",),
    deadline=True,
    scope=Scope.MATTER,
)
def leftover_agrees_with_its_forms(dept: Department) -> Iterator[Breach]:
    """No leftover is closed before its forms, none stays open long after them.

    要求：关联的单据都办结后遗留才能关闭；单据都办结了，遗留也要及时关闭。
    反例：遗留5月20日已关闭，它关联的故障处理工作单还在“研发处理中”。
    正例：故障处理工作单5月18日关闭，遗留5月19日关闭。
    """
    rows = dept.frame("leftovers")
    for index, forms in linked_forms(dept).items():
        known = [form for form in forms if has_field(dept, *form, "close_date")]
        if not known:
            continue
        if rows.at[index, "state"] == "已关闭":
            yield from _closed_too_early(dept, index, known)
        elif rows.at[index, "state"] != "已处理" and _can_be_closed(dept, index):
            yield from _open_too_long(dept, index, known)


def _state(dept: Department, form: FormRef) -> str:
    return str(dept.frame(form[0]).at[form[1], "state"])


def _can_be_closed(dept: Department, index: int) -> bool:
    """Its sheet says whether leftovers are closed, and nothing else is awaited."""
    expected = dept.frame("leftovers").at[index, "expected_date"]
    awaited = dept.frame("leftovers").at[index, "state"] == "待客户" or (
        not pd.isna(expected) and expected >= pd.Timestamp(dept.as_of)
    )
    told = has_field(dept, "leftovers", index, "close_date") or has_field(
        dept, "leftovers", index, "status"
    )
    return told and not awaited


def _closed_too_early(dept: Department, index: int, forms: list[FormRef]) -> Iterator[Breach]:
    unfinished = [form for form in forms if _state(dept, form) not in _MAY_CLOSE[form[0]]]
    if not unfinished:
        return
    row = dept.frame("leftovers").loc[index]
    said = "、".join(f"{named(dept, *form)}为“{_state(dept, form)}”" for form in unfinished)
    yield Breach(
        "leftovers",
        index,
        "status" if pd.isna(row["close_date"]) else "close_date",
        f"遗留{row['leftover_id']}已关闭，但关联的{said}，尚未办结。",
        "请先把关联单据办结；遗留已用别的办法解决的，请在单据上撤回或关闭，再关闭遗留。",
        severity=ERROR,
        on=day_of(row["close_date"]),
        also=[(frame, form, "close_date") for frame, form in unfinished],
    )


def _open_too_long(dept: Department, index: int, forms: list[FormRef]) -> Iterator[Breach]:
    converted = [form for form in forms if _state(dept, form) == "已转化"]
    followed = [request for form in converted for request in _went_on_as(dept, form[1])]
    awaited = [form for form in forms if form not in converted] + followed
    done = [form for form in awaited if _state(dept, form) == "已关闭"]
    final = all(_state(dept, form) in _FINAL[form[0]] for form in awaited)
    if not done or not final or (converted and not followed):
        return
    closed = max(dept.frame(frame).at[form, "close_date"] for frame, form in done).date()
    limit = dept.parameter("P19", closed)
    last_day = dept.calendar.add_workdays(closed, limit.days)
    if dept.as_of <= last_day:
        return
    row = dept.frame("leftovers").loc[index]
    said = "、".join(named(dept, *form) for form in done)
    yield Breach(
        "leftovers",
        index,
        "close_date",
        f"关联的{said}已于{closed}办结，遗留{row['leftover_id']}仍为“{row['state']}”。",
        f"问题解决了请填写处理完成日期并告知销售；还没解决的请填写预计解决日期（{limit}）。",
        severity=WARN,
        on=closed,
        clock=(closed, last_day),
        also=[(frame, form, "close_date") for frame, form in done],
    )


def _went_on_as(dept: Department, fault: int) -> list[FormRef]:
    """The improvement requests that a converted fault names."""
    requests = numbered(dept, "improvement")
    refs = dept.frame("fault").at[fault, "convert_ref"]
    return [("improvement", requests[fold(ref)]) for ref in refs if fold(ref) in requests]
