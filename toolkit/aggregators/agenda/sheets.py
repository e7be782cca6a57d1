"""Tracking sheets that should be there or should have moved (第10、16条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.agenda import Matter
from toolkit.model.finding import Severity, finding_id
from toolkit.model.text import split_staff_number
from toolkit.regulation.department import Department
from toolkit.regulation.links import unread_file

SILENT = "MIS-1"
_SHEETS = ("project_list", "tracking", "tracking_sheet")
_UNDER_WAY = ["已立项", "已验收"]
_SIGNS = {
    "tracking": ("support_date", "filled_date"),
    "leftovers": ("raised_date", "start_date", "progress_date", "done_date", "close_date"),
    "project_list": ("charter_date",),
}


def missing_sheets(dept: Department) -> Iterator[Matter]:
    """第一售前 of a project under way of whom no tracking workbook was found, one matter each.

    He may have one that could not be read: that is the file's matter (SRC-1), not his. It bears
    the id under which X06 says that it cannot decide.
    """
    if not dept.kept("initiation"):
        return
    owners = dept.sheet_owners.with_blocks(*_SHEETS)
    for owner, projects in _projects_of(dept).items():
        if owner in owners or unread_file(dept, split_staff_number(owner)[0]):
            continue
        first = projects.sort_values("charter_date").iloc[0]
        start = first["charter_date"].date()
        limit = dept.parameter("P30", start)
        due = dept.calendar.add_workdays(start, limit.days)
        if dept.as_of < due:
            continue
        place = dept.dossier.locate("initiation", int(first.name), "first_presales")
        yield Matter(
            id=finding_id("X06", f"no sheet|{owner}"),
            rule="X06",
            owner=owner,
            message=f"{owner}是{len(projects)}个项目的第一售前，部门文件夹里没有他的项目跟踪表。",
            hint=f"请用 toolkit new 项目跟踪表 --owner {owner} 新建，"
            f"或把已有的放进部门文件夹并填好署名（{limit}）。",
            path=place.path,
            sheet=place.sheet,
            cell=place.cell,
            severity=Severity.WARN,
            article=16,
            project=dept.show(str(first["project"])),
            since=start,
            due=due,
            missing=True,
        )


def silent_sheets(dept: Department) -> Iterator[Matter]:
    """Tracking sheets of somebody with projects under way that did not move for P41 working days.

    What counts is the latest date that stands in them, not when the file was saved: opening and
    saving a workbook is no entry.
    """
    busy = _projects_of(dept)
    for owner, last in _last_entries(dept).items():
        if owner not in busy or last.date() > dept.as_of:
            continue
        since = last.date()
        limit = dept.parameter("P41", since)
        due = dept.calendar.add_workdays(since, limit.days)
        if dept.as_of <= due:
            continue
        age = dept.calendar.workdays_between(since, dept.as_of)
        path, sheet = _sheet_of(dept, owner)
        yield Matter(
            id=finding_id(SILENT, owner),
            rule=SILENT,
            owner=owner,
            message=f"{owner}的项目跟踪表自{since}起已{age}个工作日没有新记录，"
            f"他还有{len(busy[owner])}个项目在进行。",
            hint=f"请补记这段时间的支持；确实没有支持的，请经理登记豁免（{limit}）。",
            path=path,
            sheet=sheet,
            severity=Severity.INFO,
            article=16,
            since=since,
            due=due,
            missing=True,
        )


def _projects_of(dept: Department) -> dict[str, pd.DataFrame]:
    """第一售前 on the day of the check -> his projects under way, those in service."""
    forms = dept.frame("initiation")
    forms = forms[forms["state"].isin(_UNDER_WAY) & (forms["project"] != "")]
    forms = forms[forms["charter_date"].notna()]
    today = pd.Series(pd.Timestamp(dept.as_of), index=forms.index)
    holders = dept.responsibility.column(forms["project"], "第一售前", today)
    return {str(name): rows for name, rows in forms.groupby(holders) if name}


def _last_entries(dept: Department) -> dict[str, pd.Timestamp]:
    """Owner -> the latest day that his sheets speak of, not later than the day of the check."""
    latest: dict[str, pd.Timestamp] = {}
    limit = pd.Timestamp(dept.as_of)
    for frame, fields in _SIGNS.items():
        rows = dept.frame(frame)
        if rows.empty:
            continue
        days = rows[list(fields)].apply(lambda column: column.where(column <= limit))
        last = days.max(axis=1).groupby(rows["owner"]).max().dropna()
        for owner, day in last.items():
            if owner:
                latest[str(owner)] = max(day, latest.get(str(owner), day))
    return latest


def _sheet_of(dept: Department, owner: str) -> tuple[str, str]:
    """Path and sheet of the newest workbook in which the owner has support records."""
    rows = dept.frame("tracking")
    own = rows[rows["owner"] == owner].sort_values("support_date", kind="stable")
    if own.empty:
        rows = dept.frame("project_list")
        own = rows[rows["owner"] == owner]
    if own.empty:
        return "", ""
    binding = dept.dossier.bindings[int(own["binding"].iloc[-1])]
    return dept.dossier.sources[binding.source].path, binding.sheet
