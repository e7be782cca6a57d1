"""Looks through the contents of a planned department for places where a breach fits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from toolkit.forms import layout_of, load_forms
from toolkit.model.errors import ToolkitError
from toolkit.model.location import a1
from toolkit.writers.form_workbook import FormContent

Row = dict[str, Any]
_SPECIAL = ("leftover_ids", "bug_id", "related", "helpers")


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that must come out: exactly this rule at exactly this cell."""

    rule: str
    path: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a breach was planted; `row` is None on a label-value form."""

    rule: str
    path: str
    block: str
    field: str
    row: Row | None = None


@dataclass(slots=True)
class Subject:
    """A project as the files show it; `rows` are (path, row) in the order of the days."""

    path: str
    values: Row
    changed: bool
    rows: list[tuple[str, Row]] = field(default_factory=list)
    listed: list[Row] = field(default_factory=list)
    leftover_days: list[date] = field(default_factory=list)
    has_fault: bool = False


Condition = Callable[[Subject, Row], bool]


class Scene:
    """The contents, by project. A project and a row serve for one breach only."""

    def __init__(self, files: dict[str, tuple[str, FormContent]]) -> None:
        self._files = files
        self._used: Counter[str] = Counter()
        """Breaches by project id and by first presales."""
        self.by_id: dict[str, Subject] = {}
        self.sheet_of: dict[str, str] = {}
        """Engineer -> path of his 跟踪表."""
        names: dict[str, str] = {}
        for path, (form, content) in files.items():
            if form == "F01":
                values: Row = content.labels["initiation"]
                subject = Subject(path, values, bool(content.tables["initiation_changes"]))
                self.by_id[values["project_id"]] = subject
                names[values["project_aliases"][0]] = values["project_id"]
            elif form == "F02":
                self.sheet_of[str(content.labels["tracking_sheet"]["owner"])] = path
            elif form == "F04":
                self.by_id[str(content.labels["fault"]["project_id"])].has_fault = True
        for path in self.sheet_of.values():
            for row in self.table(path, "tracking"):
                key = row.get("project_id") or names[row["project_name"]]
                self.by_id[key].rows.append((path, row))
            for row in self.table(path, "project_list"):
                self.by_id[row["project_id"]].listed.append(row)
            for row in self.table(path, "leftovers"):
                key = row.get("project_id") or names[row["project_name"]]
                self.by_id[key].leftover_days.append(row["raised_date"])
        for subject in self.by_id.values():
            subject.rows.sort(key=lambda pair: pair[1]["support_date"])

    def table(self, path: str, block: str) -> list[Row]:
        """The rows of a table of one file; changing the list changes the plan."""
        return self._files[path][1].tables[block]

    def forms(self, block: str) -> Iterator[tuple[str, Row]]:
        """Path and values of all forms with that label-value block."""
        for path, (_, content) in self._files.items():
            if block in content.labels:
                yield path, content.labels[block]

    def subjects(self, *, running: bool = False) -> Iterator[Subject]:
        """Projects without a breach whose people never changed, least burdened sheets first.

        `running`: neither accepted nor closed, so that both presales may work on it.
        """
        found = []
        for key, subject in self.by_id.items():
            done = "acceptance_date" in subject.values or "close_date" in subject.values
            started = "charter_date" in subject.values and not subject.changed
            if not self._used[key] and started and not (running and done):
                found.append(subject)
        yield from sorted(found, key=lambda s: self._used[s.values["first_presales"]])

    @staticmethod
    def plain(row: Row) -> bool:
        """A successful support by the owner himself to which nothing else refers."""
        return row["result"] == "成功" and not any(key in row for key in _SPECIAL)

    def ordinary(
        self, *, running: bool = False, where: Condition = lambda _subject, _row: True
    ) -> tuple[Subject, str, Row]:
        """A plain row in the middle of a project, which is then used up.

        Raises ToolkitError when there is none.
        """
        for subject in self.subjects(running=running):
            first = subject.values["first_presales"]
            rows = [
                (path, row)
                for path, row in subject.rows
                if self.plain(row) and row.get("supporter", first) == first and where(subject, row)
            ]
            if rows:
                path, row = rows[len(rows) // 2]
                self.use(subject)
                return subject, path, row
        raise no_room()

    def use(self, subject: Subject) -> None:
        """No other breach goes to this project."""
        self._used.update((subject.values["project_id"], subject.values["first_presales"]))

    def locate(self, mark: Mark) -> Expected:
        """The cell of a mark on the official form, once all rows stand where they will stand."""
        form = load_forms()[self._files[mark.path][0]]
        for sheet in layout_of(form):
            for cell in sheet.labels.get(mark.block, ()):
                if cell.field.key == mark.field:
                    return Expected(mark.rule, mark.path, sheet.name, cell.cell)
            for table in sheet.tables:
                if table.block.key == mark.block and mark.row is not None:
                    rows = self.table(mark.path, mark.block)
                    nth = next(n for n, row in enumerate(rows) if row is mark.row)
                    cell_ = a1(table.header_row + 1 + nth, table.column_of(mark.field))
                    return Expected(mark.rule, mark.path, sheet.name, cell_)
        raise ValueError(f"{mark.block}.{mark.field} is not on the form {form.key}")


def no_room() -> ToolkitError:
    """What a department is told that is too small for the planted breaches."""
    return ToolkitError(
        "示例部门太小，放不下预设的问题。", "请增加项目数或记录数，或改用不含问题的示例。"
    )
