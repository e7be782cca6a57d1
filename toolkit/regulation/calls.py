"""电话沟通 of 部门协作登记: who spoke with whom about a project, and when (第12、18、43条)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .deadlines import day_of
from .department import Department

REPORT, PROBLEM = "汇报", "反馈问题"
"""事由 of a call: told what came of a support; told that a problem cannot be solved."""


@dataclass(frozen=True, slots=True)
class _Call:
    parties: frozenset[str]
    project: str
    """'' when the line does not say which project it was about."""
    day: date | None
    names: frozenset[str]
    """Folded numbers of the records that it was about."""


class CallLog:
    """The calls of some purposes. Who dialled does not matter: both know what was said.

    A line that leaves its project or its time open cannot prove that somebody was not told, so
    it counts for every project and day.
    """

    def __init__(self, dept: Department, *purposes: str) -> None:
        self._dept = dept
        self._of: dict[str, list[_Call]] = defaultdict(list)
        rows = dept.frame("calls")
        for row in rows_of(rows[rows["purpose"].isin(purposes)]):
            parties = frozenset((row.caller, row.callee)) - {""}
            names = frozenset(fold(str(number)) for number in row.related)
            call = _Call(parties, row.project, day_of(row.call_time), names)
            for person in parties:
                self._of[person].append(call)

    def __bool__(self) -> bool:
        return bool(self._of)

    def told_sales(self, project: str, person: str, since: date, number: str = "") -> bool:
        """Whether he phoned 责任销售 on the day or, at the latest, P20 working days after it.

        A call that names the record's `number` counts whenever it was. Where nobody knows who
        the 责任销售 is, a call to anybody counts.
        """
        last = self._dept.calendar.add_workdays(since, self._dept.parameter("P20", since).days)
        named = fold(number) or None
        return any(
            named in call.names or call.day is None or since <= call.day <= last
            for call in self._about(project, person)
            if self._reached_sales(call, project, person, since)
        )

    def told_since(
        self, project: str, person: str, since: date, others: Collection[str] = ()
    ) -> bool:
        """Whether he spoke with 责任销售, or with one of `others` if given, since that day."""
        return any(
            call.day is None or call.day >= since
            for call in self._about(project, person)
            if (
                not call.parties.isdisjoint(others)
                if others
                else self._reached_sales(call, project, person, since)
            )
        )

    def _about(self, project: str, person: str) -> list[_Call]:
        return [call for call in self._of.get(person, ()) if call.project in ("", project)]

    def _reached_sales(self, call: _Call, project: str, person: str, since: date) -> bool:
        held = self._dept.responsibility
        sales = {held.at(project, "责任销售", day) for day in (since, call.day or since)} - {""}
        others = call.parties - {person}
        return bool(others & sales) if sales else bool(others)


def told_by_phone(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Rows of 跟踪记录 whose 支持人 reported to 责任销售 by a call that is registered."""
    log = CallLog(dept, REPORT)
    if not log:
        return pd.Series(False, index=rows.index)
    told = [
        not pd.isna(row.support_date)
        and log.told_sales(row.project, row.supporter, row.support_date.date(), row.record_id)
        for row in rows_of(rows)
    ]
    return pd.Series(told, index=rows.index, dtype=bool)
