"""Writes the story down: which file of the department holds which form with which content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from toolkit.forms import load_forms
from toolkit.writers.files import safe_name
from toolkit.writers.form_workbook import FormContent

from .faults import Fault
from .filing_cooperation import cooperation
from .filing_department import bug_register, configuration
from .filing_tracking import tracking
from .improvements import Improvement
from .leftovers import Leftover
from .projects import Project
from .story import Story

Row = dict[str, Any]


class Files(Mapping[str, tuple[str, FormContent]]):
    """Path -> (form key, content). Contents are made when they are asked for, every time anew."""

    def __init__(self, makers: dict[str, tuple[str, Callable[[], FormContent]]]) -> None:
        self._makers = makers

    def __getitem__(self, path: str) -> tuple[str, FormContent]:
        form, make = self._makers[path]
        return form, make()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


def file(story: Story) -> Files:
    """All files of the department, with `/` between folder and name."""
    year = story.days.year
    makers: dict[str, tuple[str, Callable[[], FormContent]]] = {
        place("G19"): ("G19", partial(configuration, story))
    }
    kept: dict[str, list[Project]] = {name: [] for name in story.team.engineers}
    for project in sorted(story.projects, key=lambda p: p.number):
        path = place("F01", number=f"LX-{project.number}", project_name=project.alias)
        makers[path] = "F01", partial(_initiation, project, story)
        for tenure in project.tenures(story.days):
            kept[tenure.owner].append(project)
    left: dict[str, list[Leftover]] = {name: [] for name in story.team.engineers}
    for leftover in sorted(story.leftovers.leftovers, key=lambda one: one.raised):
        left[leftover.owner].append(leftover)
    for owner in story.team.engineers:
        path = place("F02", owner=owner, year=year)
        makers[path] = "F02", partial(tracking, owner, kept[owner], left[owner], story)
    for improvement in story.improvements.improvements:
        path = place("F03", number=improvement.number, project_name=improvement.project.alias)
        makers[path] = "F03", partial(_improvement, improvement)
    for fault in story.faults.faults:
        path = place("F04", number=fault.number, project_name=fault.project.alias)
        makers[path] = "F04", partial(_fault, fault)
    makers[place("F05", year=year)] = "F05", partial(bug_register, story)
    makers[place("G03")] = "G03", partial(cooperation, story)
    return Files(makers)


def place(form_key: str, **parts: object) -> str:
    """Where a form belongs, by the patterns of its TOML; the project's short name is enough."""
    form = load_forms()[form_key]
    name = safe_name(form.file_name.format(**parts))
    return f"{form.folder}/{name}" if form.folder else name


def _initiation(project: Project, story: Story) -> FormContent:
    days, manager = story.days, story.team.presales_manager
    values: Row = {
        "project_id": project.number,
        "number": f"LX-{project.number}",
        "project_name": project.name,
        "project_aliases": (project.alias,),
        "customer": project.customer.name,
        "customer_contact": project.contacts[0],
        "customer_phone": f"0000-555{project.number[-4:]}",
        "customer_domain": f"kh{project.number[-4:]}.example.com",
        "product": project.product.name,
        "version": project.version,
        "version_type": "标准发布",
        "urgency": "紧急" if project.applied % 5 == 0 else "一般",
        "applicant": project.sales,
        "apply_date": days[project.applied],
        "account_sales": project.sales,
        "support_types": tuple(project.types),
        "requirement": project.requirement,
        "focus": project.focus,
        "expected_start": days[project.applied + 3],
        "expected_end": days[min(project.applied + 60, days.last + 20)],
    }
    if project.charter >= 0:
        day = days[project.charter]
        values |= {
            "first_presales": project.first,
            "second_presales": project.second,
            "assigned_by": manager,
            "charter_date": day,
            "sales_confirm_person": project.sales,
            "sales_confirm_date": day,
            "presales_confirm_person": project.first,
            "presales_confirm_date": day,
            "archived_by": project.sales,
            "archive_date": day,
            "archive_place": f"销售存档/{project.sales}",
        }
    if project.accepted >= 0:
        values["acceptance_date"] = days[project.accepted]
    if project.closed >= 0:
        values |= {"close_date": days[project.closed], "close_result": project.close_result}
    additions = [
        {
            "added_date": days[addition.day],
            "support_type": addition.support_type,
            "requirement": addition.requirement,
            "applicant": project.holder("责任销售", addition.day),
        }
        for addition in project.additions
    ]
    changes = [
        {
            "effective_date": days[change.day],
            "role": change.role,
            "old_person": change.old,
            "new_person": change.new,
            "approver": manager,
            "reason": change.reason,
        }
        for change in project.changes
    ]
    tables: dict[str, list[Row]] = {
        "initiation_additions": additions,
        "initiation_changes": changes,
    }
    return FormContent({"initiation": values}, tables)


def _improvement(improvement: Improvement) -> FormContent:
    project = improvement.project
    values: Row = {
        "number": improvement.number,
        "project_id": project.number,
        "project_name": project.name,
        **improvement.values,
    }
    if improvement.origin is not None:
        values["origin_ref"] = (improvement.origin.number,)
    return FormContent({"improvement": values}, {"improvement_hours": list(improvement.hours)})


def _fault(fault: Fault) -> FormContent:
    project = fault.project
    values: Row = {
        "number": fault.number,
        "project_id": project.number,
        "project_name": project.name,
        **fault.values,
    }
    if fault.bug is not None:
        values["bug_id"] = (fault.bug.number,)
    if fault.leftover is not None:
        values["leftover_ids"] = (fault.leftover.number,)
    return FormContent({"fault": values}, {"fault_attempts": list(fault.attempts)})
