"""What shows that a support was reported, by what staff typed and by 电话沟通 (E5)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.regulation.calls import told_by_phone
from toolkit.regulation.columns import answerable, readable
from toolkit.regulation.deadlines import day_of
from toolkit.regulation.department import Department
from toolkit.regulation.reports import MAIL, NO_CONTACT, PHONE, contact_keys
from toolkit.regulation.subjects import is_subject


def evidence(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """What shows that 责任销售 knows of the support; '' when nothing does."""
    said = pd.Series("", index=rows.index, dtype=object)
    titled = rows["mail_subject"].map(is_subject).astype(bool) & (rows["mail_subject"] != "")
    mail = (rows["report_channel"] == MAIL) | titled | rows["report_time"].notna()
    phone = rows["report_channel"] == PHONE
    keys = contact_keys(rows)
    reported = (mail | phone) & (rows["project"] != "")
    served = {key for key, yes in zip(keys, reported, strict=True) if yes}
    same = pd.Series([key in served for key in keys], index=rows.index, dtype=bool)
    # a blank 销售在场 or 汇报方式 is a blank, not a missing report
    unsaid = (rows["sales_present"] == "") | (rows["report_channel"] == "")
    for mask, text in (
        (unsaid, "—"),
        (same, "同日同一项目的另一次汇报（自报）"),
        (phone, "电话汇报（自报）"),
        (mail, "汇报邮件（自报）"),
        (rows["channel"] == NO_CONTACT, NO_CONTACT),
        (rows["sales_present"] == "是", "销售在场"),
    ):
        said = said.mask(mask, text)
    silent = rows[said == ""]
    logged = told_by_phone(dept, silent)
    said.loc[silent.index[logged]] = "电话沟通登记（自报）"
    return said


def untold(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Support of which nothing shows that 第一售前 was told: asked of 第二售前 (M06).

    A typed mail or call counts; where neither could be written down, nothing is said.
    """
    told = (rows["mail_subject"] != "") | rows["report_time"].notna()
    told |= _called(dept, rows)
    could = answerable(dept, "tracking", "mail_subject") | answerable(
        dept, "tracking", "report_time"
    )
    return ~told & (could.loc[rows.index] | dept.kept("calls"))


def not_asked(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Rows of sheets that do not say whether 销售 was there, or how they were told."""
    present, channel = (
        (rows[field] == "") & ~answerable(dept, "tracking", field).loc[rows.index]
        for field in ("sales_present", "report_channel")
    )
    read = readable(dept, "tracking", "sales_present") & readable(
        dept, "tracking", "report_channel"
    )
    return (present | (channel & (rows["sales_present"] == "否"))) & read.loc[rows.index]


def _called(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Rows whose supporter spoke with 第一售前 by phone about the project, that day or soon after.

    Soon: within as many working days as P08 and P20 allow together.
    """
    calls = dept.frame("calls")
    made: dict[tuple[str, frozenset[str]], list[date]] = defaultdict(list)
    for call in rows_of(calls[calls["call_time"].notna()]):
        made[call.project, frozenset((call.caller, call.callee))].append(call.call_time.date())
    found = [
        bool(spoken := made.get((row.project, frozenset((row.supporter, row.first))), []))
        and _soon(dept, day_of(row.support_date), spoken)
        for row in rows_of(rows[["project", "supporter", "first", "support_date"]])
    ]
    return pd.Series(found, index=rows.index, dtype=bool)


def _soon(dept: Department, day: date | None, calls: list[date]) -> bool:
    if day is None:
        return False
    slack = dept.parameter("P08", day).days + dept.parameter("P20", day).days
    last = dept.calendar.add_workdays(day, slack)
    return any(day <= call <= last for call in calls)
