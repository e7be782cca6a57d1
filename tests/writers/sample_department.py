"""A planned sample department, looked at from outside: what its files say, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import chinese_calendar

from toolkit.writers.sample import SampleDepartment, SampleSize, plan_department

Row = dict[str, Any]
CHECK_DATE = date(2026, 11, 20)


def planned(seed: int, size: SampleSize | None = None, *, planted: bool = False) -> Facts:
    department = plan_department(size or SampleSize(), seed, check_date=CHECK_DATE, planted=planted)
    return Facts(department)


class Facts:
    """Rows and forms by block, projects by number, people by date."""

    def __init__(self, department: SampleDepartment) -> None:
        self.department = department
        self.contents = dict(department.files.items())

    def rows(self, block: str) -> Iterator[tuple[str, Row]]:
        for path, (_, content) in self.contents.items():
            for row in content.tables.get(block, ()):
                yield path, row

    def forms(self, block: str) -> Iterator[tuple[str, Row]]:
        for path, (_, content) in self.contents.items():
            if block in content.labels:
                yield path, content.labels[block]

    @cached_property
    def roster(self) -> dict[str, Row]:
        return {row["name"]: row for _, row in self.rows("roster")}

    @cached_property
    def projects(self) -> dict[str, Row]:
        return {values["project_id"]: values for _, values in self.forms("initiation")}

    @cached_property
    def additions(self) -> dict[str, list[Row]]:
        return self._of_projects("initiation_additions")

    @cached_property
    def changes(self) -> dict[str, list[Row]]:
        return self._of_projects("initiation_changes")

    def _of_projects(self, block: str) -> dict[str, list[Row]]:
        return {
            content.labels["initiation"]["project_id"]: content.tables[block]
            for form, content in self.contents.values()
            if form == "F01"
        }

    def project_of(self, row: Row) -> str:
        """By number, else by name or alias."""
        if row.get("project_id"):
            return str(row["project_id"])
        (found,) = (
            key
            for key, values in self.projects.items()
            if row["project_name"] in (values["project_name"], *values["project_aliases"])
        )
        return found

    def holder(self, project: str, role: str, field: str, on: date) -> str:
        name = self.projects[project].get(field, "")
        for change in self.changes[project]:
            if change["role"] == role and change["effective_date"] <= on:
                name = change["new_person"]
        return name

    def first(self, project: str, on: date) -> str:
        return self.holder(project, "第一售前", "first_presales", on)

    def second(self, project: str, on: date) -> str:
        return self.holder(project, "第二售前", "second_presales", on)

    def sales(self, project: str, on: date) -> str:
        return self.holder(project, "责任销售", "account_sales", on)

    def owner(self, path: str) -> str:
        return str(self.contents[path][1].labels["tracking_sheet"]["owner"])

    def is_workday(self, day: date) -> bool:
        own = {row["day"]: row["kind"] == "上班" for _, row in self.rows("calendar")}
        if day in own:
            return own[day]
        return chinese_calendar.is_workday(day) if day.year <= 2026 else day.weekday() < 5

    def later(self, day: date, workdays: int) -> date:
        while workdays:
            day += timedelta(days=1)
            workdays -= self.is_workday(day)
        return day


def as_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
