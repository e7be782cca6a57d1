"""When and how reports and entries were made: in time, in writing (第12、16条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from toolkit.model.finding import Breach, Cause
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.calls import REPORT, CallLog
from toolkit.regulation.columns import days, readable
from toolkit.regulation.deadlines import due
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import holds
from toolkit.regulation.reports import CARRIED_OUT, MAIL, NO_CONTACT, PHONE, contact_keys, in_rounds
from toolkit.regulation.subjects import is_subject

from .registry import INFO, WARN, Scope, rule

_DAY = timedelta(days=1)
_STAGED = ("产品测试", "产品实施")
_EVENING, _MORNING = "17:00", "09:00"


@rule(
    "X19",
    "沟通后应及时汇报",
    article=12,
    severity=INFO,
    needs=("tracking.sales_present", "tracking.report_time"),
    cause=Cause.PERSON,
    parameters=("P02", "P36"),
    scope=Scope.MATTER,
)
def reports_come_in_time(dept: Department) -> Iterator[Breach]:
    """A 汇报时间 later than P02 after the end of the contact; a warning from twice P02 on.

    Time outside P36 does not count, so a mail of the evening or the weekend is not late. The end
    is 结束时间, else the end of the day; of a test or implementation the last day that the report
    covers. The earliest report of that day's contacts, or a registered call, decides.

    要求：销售不在场的沟通，在时限内汇报。
    反例：3月10日周二的沟通，3月13日上午才汇报。
    正例：周五下午的沟通，下周一下班前汇报；或3月10日先打过电话，3月13日又补了邮件。
    """
    rows = dept.frame("tracking")
    asked = (rows["sales_present"] == "否") & (rows["channel"] != NO_CONTACT)
    asked &= rows["report_time"].notna() & rows["support_date"].notna()
    rows = rows[asked].assign(report=_earliest(rows[asked]))
    rows = rows[days(rows["report"]) > due(dept, rows["support_date"], "P02")]
    if rows.empty:
        return
    log, rounds = CallLog(dept, REPORT), _days_of_rounds(dept)
    for row in rows_of(rows):
        on = row.support_date.date()
        ended = _end_of_round(rounds, row) or _end_of_contact(row)
        limit = dept.parameter("P02", ended)
        late = _delay(dept, ended, limit.days, row.report)
        if not late or log.told_sales(row.project, row.supporter, on, row.record_id):
            continue
        grave = bool(_delay(dept, ended, 2 * limit.days, row.report))
        last = dept.calendar.add_workdays(ended, limit.days)
        yield Breach(
            "tracking",
            row.Index,
            "report_time",
            f"{on}的沟通应在{last}下班前汇报，{_moment(row.report)}才汇报，迟了{late}（自报）。",
            f"今后请在沟通后及时汇报；“汇报时间”写错的请更正（{limit}）。",
            WARN if grave else INFO,
            clock=(ended, last),
        )


def _earliest(rows: pd.DataFrame) -> pd.Series:
    """The first report of all contacts of a person with a project on a day: one serves all."""
    valid = rows["report_time"].where(days(rows["report_time"]) >= days(rows["support_date"]))
    keys = [rows["project"], rows["supporter"], days(rows["support_date"])]
    first = valid.groupby(keys).transform("min")
    return first.where(rows["project"] != "", valid).astype("datetime64[s]")


def _days_of_rounds(dept: Department) -> dict[tuple[str, str], list[date]]:
    """(project, support type) -> the days on which a test or implementation was carried out."""
    frame = dept.frame("tracking")
    found = {}
    for support_type in _STAGED:
        rows = frame[in_rounds(dept, support_type)]
        for project, moments in rows.groupby("project")["support_date"]:
            found[project, support_type] = sorted({moment.date() for moment in moments})
    return found


def _end_of_round(rounds: dict[tuple[str, str], list[date]], row: Any) -> date | None:
    """The last day of the row's test or implementation before its report; None for others."""
    days = rounds.get((row.project, row.support_type), []) if row.stage in CARRIED_OUT else []
    return max((day for day in days if day <= row.report.date()), default=None)


def _end_of_contact(row: Any) -> date:
    """The day on which it ended: the next one when it went on through the night."""
    start, end = row.start_time.zfill(5), row.end_time.zfill(5)
    overnight = bool(row.start_time and row.end_time) and start >= _EVENING and end <= _MORNING
    day: date = row.support_date.date()
    return day + _DAY if overnight else day


def _delay(dept: Department, ended: date, limit: int, report: pd.Timestamp) -> str:
    """How much later than so many working days a report came; '' when it was in time.

    In working hours, or in working days where only the day of the report is known.
    """
    if report == report.normalize():
        last = dept.calendar.add_workdays(ended, limit)
        late = dept.calendar.workdays_between(last, report.date())
        return f"{late}个工作日" if late > 0 else ""
    clock = dept.clock(ended)
    ends = clock.end_of_workday(datetime.combine(ended, clock.hours.end), limit)
    hours = clock.between(ends, report.to_pydatetime()) / timedelta(hours=1)
    return f"{max(round(hours, 1), 0.1):g}个工作小时" if hours > 0 else ""


def _moment(report: pd.Timestamp) -> str:
    only_day = report == report.normalize()
    return str(report.date()) if only_day else report.strftime("%Y-%m-%d %H:%M")


@rule(
    "R16-2",
    "汇报后应及时记入跟踪表",
    article=16,
    severity=WARN,
    needs=("tracking.filled_date",),
    cause=Cause.PERSON,
    parameters=("P03", "P08"),
    scope=Scope.WORKBOOK,
)
def rows_are_filled_in_time(dept: Department) -> Iterator[Breach]:
    """A 填写日期 later than P03 after the report, or after the support where no later report is.

    What somebody else than the sheet's owner did may also take P08: he tells the owner first.
    One finding for each owner.

    要求：汇报后在时限内把支持记入跟踪表。
    反例：3月10日支持并汇报，填写日期是3月20日。
    正例：3月10日支持，3月12日填写；或第二售前3月10日的支持，第一售前3月13日填写。
    """
    rows = dept.frame("tracking")
    known = rows["filled_date"].notna() & rows["support_date"].notna()
    rows = rows[known & readable(dept, "tracking", "report_time")]
    report = days(rows["report_time"])
    start = days(rows["support_date"]).where(~(report > days(rows["support_date"])), report)
    told = due(dept, start, "P08").where(rows["supporter"] != rows["owner"], start)
    ends = due(dept, told, "P03")
    for row in rows_of(rows[days(rows["filled_date"]) > ends]):
        on, filled, last = row.support_date.date(), row.filled_date.date(), ends[row.Index].date()
        if dept.calendar.workdays_between(last, filled) <= 0:
            continue  # filled on the days off that follow
        helped = f"，{dept.parameter('P08', on)}" if row.supporter != row.owner else ""
        yield Breach(
            "tracking",
            row.Index,
            "filled_date",
            f"{on}的支持应在{last}前记入跟踪表，填写日期是{filled}。",
            f"今后请在支持和汇报之后及时登记；“填写日期”写错的请更正"
            f"（{dept.parameter('P03', on)}{helped}）。",
            person=row.owner,
            clock=(start[row.Index].date(), last),
        )


@rule(
    "R12-4",
    "有遗留的宜用邮件汇报",
    article=12,
    severity=INFO,
    needs=("tracking.result", "tracking.report_channel"),
    scope=Scope.MATTER,
)
def leftovers_are_reported_in_writing(dept: Department) -> Iterator[Breach]:
    """A contact that left a problem and was reported by phone alone.

    A mail of that person and project on that day, or of any row that names the same leftover,
    will do.

    要求：结果为“问题遗留”的沟通，宜用邮件汇报，写明遗留了什么。
    反例：3月10日的沟通留有问题，汇报方式只有“电话”，没有邮件标题。
    正例：电话之后又发了邮件，写了汇报邮件标题；或同一遗留的另一次沟通用邮件汇报过。
    """
    rows = dept.frame("tracking")
    written = (rows["report_channel"] == MAIL) | holds(rows["mail_subject"], is_subject)
    spoken = (rows["report_channel"] == PHONE) & (rows["sales_present"] == "否") & ~written
    open_ = rows[spoken & (rows["result"] == "问题遗留")]
    if open_.empty:
        return
    mailed = rows[written & (rows["project"] != "") & rows["project"].isin(open_["project"])]
    that_day = set(contact_keys(mailed))
    named = {
        (project, fold(number))
        for project, numbers in zip(mailed["project"], mailed["leftover_ids"], strict=True)
        for number in numbers
    }
    for row, contact in zip(rows_of(open_), contact_keys(open_), strict=True):
        numbers = {(row.project, fold(number)) for number in row.leftover_ids}
        if contact in that_day or numbers & named:
            continue
        yield Breach(
            "tracking",
            row.Index,
            "report_channel",
            "这次沟通留有问题，只用电话汇报过（自报），没有留下文字。",
            "建议补发一封汇报邮件，写明遗留了什么，再填写“汇报邮件标题”。",
        )
