"""Writes a 项目跟踪表: its owner's projects, support records and leftovers."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from toolkit.writers.form_workbook import FormContent

from .days import Days
from .filing_department import DEPARTMENT
from .leftovers import Leftover
from .projects import Project
from .story import Story
from .visits import Style, Visit

Row = dict[str, Any]
_FIELDS = {"责任销售": "account_sales", "第一售前": "first_presales", "第二售前": "second_presales"}


def tracking(
    owner: str, projects: list[Project], leftovers: list[Leftover], story: Story
) -> FormContent:
    """The content of one owner's workbook; both owners of a handed-over project list it."""
    days, style = story.days, story.diary.style(owner)
    rows = [_row(visit, days, style) for visit in story.sheets[owner]]
    if style.numbered:
        for n, row in enumerate(rows, 1):
            row["record_id"] = f"GZB-{owner}-{days.year}-{n:04}"
    tables: dict[str, list[Row]] = {
        "project_list": [_listed(project, days) for project in projects],
        "tracking": rows,
        "leftovers": [_leftover(leftover, days, style) for leftover in leftovers],
    }
    sheet: Row = {"owner": owner, "year": str(days.year), "department": DEPARTMENT}
    return FormContent({"tracking_sheet": sheet}, tables)


def _listed(project: Project, days: Days) -> Row:
    """A line of 项目清单; who changed stands in the 立项单, here only that it happened."""
    row: Row = {
        "project_id": project.number,
        "project_name": project.name,
        "customer": project.customer.name,
        "account_sales": project.sales,
        "first_presales": project.first,
        "second_presales": project.second,
        "charter_date": days[project.charter],
    }
    for change in project.changes:
        del row[_FIELDS[change.role]]
        row["note"] = f"{days[change.day]} 起{change.role}改为{change.new}，见立项单"
    return row


def _named(project: Project, style: Style) -> Row:
    if style.project_as == "alias":
        return {"project_name": project.alias}
    if style.project_as == "number":
        return {"project_id": project.number}
    return {"project_id": project.number, "project_name": project.name}


def _row(visit: Visit, days: Days, style: Style) -> Row:
    project, day = visit.project, days[visit.day]
    row = _named(project, style)
    row |= {
        "support_date": day,
        "support_type": visit.support_type,
        "channel": visit.channel,
        "content": visit.content,
        "sales_present": "是" if visit.sales_present else "否",
        "result": "问题遗留" if visit.leftovers else "成功",
        "hours": visit.hours,
    }
    if style.detailed or visit.supporter != visit.owner:
        row["supporter"] = visit.supporter
    if visit.stage in ("准备", "执行", "收尾"):
        row["version"] = project.version
    optional: Row = {
        "stage": visit.stage,
        "customer_contact": visit.contact,
        "report_channel": visit.report_channel,
        "helpers": (visit.helper,) if visit.helper else (),
        "leftover_ids": tuple(leftover.number for leftover in visit.leftovers),
        "related": tuple(
            document.number
            for leftover in visit.leftovers
            for document in leftover.documents
            if not document.number.startswith("BUG")
        ),
    }
    row |= {key: value for key, value in optional.items() if value}
    if visit.bug is not None:
        row |= {"product_problem": "是", "bug_id": (visit.bug.number,)}
    if visit.start >= 0:
        row |= {"start_time": _clock(visit.start), "end_time": _clock(visit.end)}
    if visit.filled >= 0:
        row["filled_date"] = days[visit.filled]
    if visit.reported is not None:
        day_number, minute = visit.reported
        row["report_time"] = datetime.combine(days[day_number], _clock(minute))
        if visit.report_channel == "邮件":
            row["mail_subject"] = f"客户沟通-{project.name}-{visit.supporter}"
    return row


def _clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def _leftover(leftover: Leftover, days: Days, style: Style) -> Row:
    dates = {
        "raised_date": leftover.raised,
        "start_date": leftover.started,
        "progress_date": leftover.progressed,
        "done_date": leftover.done,
        "reported_date": leftover.done,
        "close_date": leftover.closed,
        "expected_date": leftover.expected,
        "manager_informed_date": leftover.informed,
        "sales_informed_date": leftover.informed,
    }
    row: Row = {"leftover_id": leftover.number, **_named(leftover.project, style)}
    row |= {
        "description": leftover.description,
        "handler": leftover.handler,
        "path": leftover.path,
        "related": tuple(document.number for document in leftover.documents),
        "progress": leftover.progress,
        "status": leftover.status,
        "customer_contacted": "否",
    }
    return row | {key: days[number] for key, number in dates.items() if number >= 0}
