"""One person in two places: 现场 and 会议 at the same time for different projects (第5条)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.columns import days
from toolkit.regulation.department import Department

from .registry import WARN, rule
from .wording import plain

_IN_PERSON = ("现场", "会议")
_EVENING, _MORNING = "17:00", "09:00"


@rule(
    "X96",
    "同一人的时间不应冲突",
    article=5,
    severity=WARN,
    needs=("tracking.start_time", "tracking.end_time", "tracking.channel"),
)
def nobody_is_in_two_places(dept: Department) -> Iterator[Breach]:
    """现场 or 会议 times of one person overlap, in different projects of different customers.

    远程 and 电话 may overlap with anything, rows without both times are left out, and one visit to
    a customer may serve two of his projects. One finding for a person and day.

    要求：同一人同一时间只在一处现场或会议。
    反例：钱一3月10日9:00至11:00在甲客户现场，10:00至12:00又在乙客户现场。
    正例：现场期间接了别的项目的电话；或两次现场首尾相接。
    """
    visits = _visits(dept)
    latest = visits.groupby("supporter")["end"].cummax()
    before = latest.groupby(visits["supporter"]).shift()
    following = visits.groupby("supporter")["start"].shift(-1)
    # a visit that overlaps none of its neighbours in time cannot take part in a conflict
    some = visits[(visits["start"] < before) | (following < visits["end"])]
    customers = _customers(dept)
    for _, rows in some.groupby("supporter", sort=False):
        earlier: list[Any] = []
        for row in rows_of(rows):
            earlier = [other for other in earlier if other.end > row.start]
            for other in earlier:
                if not _one_visit(row, other, customers):
                    yield _conflict(dept, row, other)
                    break
            earlier.append(row)


def _visits(dept: Department) -> pd.DataFrame:
    """Rows with `start` and `end` as moments, by person and in the order of their start."""
    rows = dept.frame("tracking")
    timed = (rows["start_time"] != "") & (rows["end_time"] != "") & rows["support_date"].notna()
    known = (rows["supporter"] != "") & (rows["project"] != "")
    rows = rows[timed & known & rows["channel"].isin(_IN_PERSON)]
    start, end = rows["start_time"].str.zfill(5), rows["end_time"].str.zfill(5)
    overnight = (start >= _EVENING) & (end <= _MORNING)
    day = days(rows["support_date"])
    rows = rows[["supporter", "project", "customer_contact", "start_time", "end_time"]].assign(
        start=day + _since_midnight(start),
        end=day + _since_midnight(end) + pd.to_timedelta(overnight.astype(int), unit="D"),
    )
    # an end before its start is mistyped (X95)
    return rows[rows["end"] > rows["start"]].sort_values(["supporter", "start"], kind="stable")


def _since_midnight(times: pd.Series) -> pd.Series:
    """HH:MM as the time since midnight."""
    codes, different = pd.factorize(times)
    since = pd.to_timedelta([f"{time}:00" for time in different])
    return pd.Series(since.take(codes), index=times.index)


def _customers(dept: Department) -> dict[str, str]:
    """Project -> its customer without punctuation: one name may be a part of the other."""
    forms, listed = dept.frame("initiation"), dept.frame("project_list")
    pairs = pd.concat([forms[["project", "customer"]], listed[["project", "customer"]]])
    pairs = pairs[(pairs["project"] != "") & (pairs["customer"] != "")].drop_duplicates("project")
    return {project: plain(customer) for project, customer in pairs.itertuples(index=False)}


def _one_visit(row: Any, other: Any, customers: dict[str, str]) -> bool:
    """Whether both may be the same visit: of one project, to one customer or one contact."""
    if row.project == other.project:
        return True
    here, there = customers.get(row.project), customers.get(other.project)
    if here is None or there is None or here in there or there in here:
        return True
    contact = fold(row.customer_contact)
    return bool(contact) and contact == fold(other.customer_contact)


def _conflict(dept: Department, row: Any, other: Any) -> Breach:
    times = [f"{one.start_time}至{one.end_time}" for one in (other, row)]
    projects = [dept.show(one.project) for one in (other, row)]
    return Breach(
        "tracking",
        row.Index,
        "start_time",
        f"{row.supporter}{row.start.date()}的两次现场或会议时间重叠："
        f"“{projects[0]}”{times[0]}，“{projects[1]}”{times[1]}。",
        "请核对两行的开始和结束时间；其中一次是远程或电话的，请更正沟通方式。",
        person=row.supporter,
        also=[("tracking", other.Index, "start_time")],
        cause=f"{row.supporter}|{row.start.date()}",
    )
