"""What the registers hold about a complaint's contact: reports by mail or phone (第13条).

Everything rests on what staff typed into 跟踪记录 and 电话沟通 (自报).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from toolkit.model.frame_rows import rows_of

from .calls import REPORT
from .department import Department
from .reports import MAIL, PHONE
from .subjects import is_subject


@dataclass(frozen=True, slots=True)
class Report:
    """A report of a contact: a row of 跟踪记录 or a line of 电话沟通 (frame, index)."""

    frame: str
    index: int
    field: str
    how: str
    when: pd.Timestamp
    """NaT when the row does not say it."""

    def known_before(self, moment: pd.Timestamp) -> bool:
        """Whether it was certainly made before a moment; of one day only the times decide."""
        if pd.isna(self.when) or pd.isna(moment):
            return False
        if self.when.normalize() != moment.normalize():
            return bool(self.when < moment)
        timed = self.when != self.when.normalize() and moment != moment.normalize()
        return bool(timed and self.when <= moment)

    def __str__(self) -> str:
        if pd.isna(self.when):
            return f"{self.how}，没有写时间"
        timed = self.when != self.when.normalize()
        return f"{self.how} {self.when:{'%Y-%m-%d %H:%M' if timed else '%Y-%m-%d'}}"


def reports_of(dept: Department, complaint: Any) -> list[Report]:
    """Reports of the contact that a complaint is about, by anybody whom it names.

    `complaint` is a line of frame `complaints`. Without project or 沟通日期 nobody can tell which
    contact is meant: nothing is found then.
    """
    if not complaint.project or pd.isna(complaint.contact_date):
        return []
    found = [*_rows(dept, complaint), *_calls(dept, complaint)]
    return sorted(found, key=lambda r: (r.when is pd.NaT, r.when if r.when is not pd.NaT else 0))


def _rows(dept: Department, complaint: Any) -> Iterator[Report]:
    rows = dept.frame("tracking")
    same = (rows["project"] == complaint.project) & rows["supporter"].isin(complaint.accused)
    same &= rows["support_date"].dt.normalize() == complaint.contact_date.normalize()
    for row in rows_of(rows[same]):
        field = "report_channel" if pd.isna(row.report_time) else "report_time"
        if row.report_channel == MAIL or (row.mail_subject and is_subject(row.mail_subject)):
            named = f"《{row.mail_subject}》" if row.mail_subject else ""
            yield Report("tracking", row.Index, field, f"汇报邮件{named}", row.report_time)
        elif row.report_channel == PHONE or not pd.isna(row.report_time):
            how = "电话汇报" if row.report_channel == PHONE else "汇报"
            yield Report("tracking", row.Index, field, how, row.report_time)


def _calls(dept: Department, complaint: Any) -> Iterator[Report]:
    calls = dept.frame("calls")
    same = (calls["project"] == complaint.project) & (calls["purpose"] == REPORT)
    same &= calls["caller"].isin(complaint.accused) | calls["callee"].isin(complaint.accused)
    same &= calls["call_time"] >= complaint.contact_date.normalize()
    if not pd.isna(complaint.received):
        same &= calls["call_time"].dt.normalize() <= complaint.received.normalize()
    for call in rows_of(calls[same]):
        yield Report("calls", call.Index, "call_time", "电话沟通登记", call.call_time)
