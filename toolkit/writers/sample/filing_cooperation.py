"""部门协作登记: phone calls that were reports, a reinforcement, a step left out on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from toolkit.writers.form_workbook import FormContent

from .projects import Project
from .story import Story

Row = dict[str, Any]
_MOST_CALLS = 40
_OPINIONS = (("support", "技术支持部经理"), ("director", "技术总监"), ("general", "总经理"))


def cooperation(story: Story) -> FormContent:
    """The register of a department that uses three of its four sheets."""
    under_way = [p for p in sorted(story.projects, key=lambda p: p.number) if p.charter >= 0]
    return FormContent(
        {},
        {
            "reinforcements": list(_reinforcements(under_way, story)),
            "simplifications": list(_simplifications(under_way, story)),
            "calls": list(_calls(story)),
        },
    )


def _reinforcements(projects: list[Project], story: Story) -> Iterator[Row]:
    """Somebody was approved for a week and was not needed in the end."""
    for project in projects[:1]:
        free = [n for n in story.team.engineers if n not in (project.first, project.second)]
        if not free or any(change.role != "责任销售" for change in project.changes):
            continue
        day = story.days[project.charter]
        row: Row = {
            "number": f"ZY-{project.number}-01",
            "project_id": project.number,
            "project_name": project.name,
            "applicant": project.first,
            "person": free[-1],
            "scope": "集中演示期间协助搭建环境",
            "start": story.days[project.charter + 1],
            "end": story.days[project.charter + 5],
            "apply_date": day,
            "conclusion": "批准",
        }
        for key, role in _OPINIONS:
            row |= {
                f"{key}_opinion": "同意",
                f"{key}_person": story.team.managers[role],
                f"{key}_date": day,
            }
        yield row


def _simplifications(projects: list[Project], story: Story) -> Iterator[Row]:
    for project in projects[1:2]:
        yield {
            "number": f"JH-{project.number}-01",
            "project_id": project.number,
            "project_name": project.name,
            "step": ("第25条",),
            "reason": "沿用上一期的技术文档，目标和重点没有变化",
            "decided_by": project.first,
            "agreed_by": project.sales,
            "register_date": story.days[project.charter],
        }


def _calls(story: Story) -> Iterator[Row]:
    """Reports by phone with a time, as those who made them wrote them down."""
    days = story.days
    told = [
        visit
        for owner in story.team.engineers
        for visit in story.sheets[owner]
        if visit.report_channel == "电话" and visit.reported is not None
    ]
    told.sort(key=lambda visit: (visit.reported or (0, 0), visit.project.number))
    for number, visit in enumerate(told[-_MOST_CALLS:], 1):
        assert visit.reported is not None
        day, minute = visit.reported
        yield {
            "number": f"DH-{days.year}-{number:03}",
            "call_time": datetime.combine(days[day], time(minute // 60, minute % 60)),
            "caller": visit.supporter,
            "callee": visit.project.holder("责任销售", visit.day),
            "project_id": visit.project.number,
            "project_name": visit.project.name,
            "purpose": "汇报",
            "gist": f"{visit.support_type}已完成，结果和下一步安排已说明",
        }
