"""A department on a day: its records together with calendar, people, parameters and clock."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

import pandas as pd

from toolkit.model.dossier import Dossier
from toolkit.model.projects import ProjectIndex

from .calendar import WorkCalendar, own_days
from .carried import carried_on
from .parameters import Parameter, Parameters, as_date
from .people import Appointments, Roster
from .resolve import event_dates, resolve
from .sheet_owners import SheetOwners
from .states import fault_state, improvement_state, initiation_state, leftover_state
from .tenure import Responsibility, Role
from .working_time import WorkClock, WorkHours

T = TypeVar("T")
_ROW_ROLES: dict[str, Role] = {"first": "第一售前", "second": "第二售前", "sales": "责任销售"}


@dataclass(slots=True)
class Department:
    """What rules and tables work on. Frames are complete: projects, people and keys resolved.

    Beside its fields, `initiation`, `improvement`, `fault` and `leftovers` have a derived
    `state`; `tracking`, `project_list` and `leftovers` have `owner`; child tables have `parent`
    (index in the parent's frame) and `parent_key`; `tracking` has `first`, `second` and `sales`,
    the people responsible for the row's project on its day.
    """

    dossier: Dossier
    as_of: date
    name: str
    go_live: date | None
    """启用日期: earlier findings are history."""
    calendar: WorkCalendar
    roster: Roster
    roles: Appointments
    parameters: Parameters
    projects: ProjectIndex
    responsibility: Responsibility
    today: date
    """The day of the run, never before `as_of`: what lies behind it cannot have happened yet."""
    effective: date | None = field(default=None)
    """P01, else the first 制度生效日期 of 制度修订: the regulation applies to no earlier event."""
    _carried: set[int] = field(default_factory=set, init=False)
    _empty: dict[str, pd.DataFrame] = field(default_factory=dict, init=False)
    """Registers without a record, made once: a hundred rules ask for them."""
    _memo: dict[str, Any] = field(default_factory=dict, init=False)
    _whole: Department | None = field(default=None, init=False)

    @classmethod
    def of(cls, dossier: Dossier, today: date, as_of: date | None = None) -> Department:
        """Build it; the clock is `check_date`. The dossier's frames are completed in place."""
        roster = Roster(dossier.frame("roster"))
        projects = resolve(dossier, roster)
        parameters = Parameters(dossier.frame("parameters"))
        checked = check_date(dossier, today, as_of)
        department = cls(
            dossier=dossier,
            as_of=checked,
            today=max(checked, today),
            name=department_name(dossier),
            go_live=_first_date(dossier.frame("department"), "go_live_date"),
            calendar=WorkCalendar(own_days(dossier.frame("calendar"))),
            roster=roster,
            roles=Appointments(dossier.frame("roles"), roster),
            parameters=parameters,
            projects=projects,
            responsibility=Responsibility(
                dossier.frame("initiation"), dossier.frame("initiation_changes")
            ),
            effective=as_date(parameters.get("P01", checked).text)
            or _earliest(dossier.frame("revisions")["start"]),
        )
        department._derive()
        return department

    def _derive(self) -> None:
        frames = self.dossier.frames
        now = pd.Timestamp(self.as_of)
        if "initiation" in frames:
            frames["initiation"]["state"] = initiation_state(frames["initiation"], now)
        if "improvement" in frames:
            frames["improvement"]["state"] = improvement_state(frames["improvement"])
        if "fault" in frames:
            frames["fault"]["state"] = fault_state(frames["fault"])
        if "leftovers" in frames:
            frames["leftovers"]["state"] = leftover_state(frames["leftovers"])
            self._carried = carried_on(self.dossier)
        if "tracking" in frames:
            rows = frames["tracking"]
            for column, role in _ROW_ROLES.items():
                rows[column] = self.responsibility.column(
                    rows["project"], role, rows["support_date"]
                )

    def on(self, day: date) -> Department:
        """The same records looked at on another day; derived states stay those of `as_of`."""
        other = copy.copy(self)
        other.as_of, other.today = day, max(day, self.today)
        return other

    def through(self, dossier: Dossier) -> Department:
        """The same department with some of its records; what was made of all is made anew."""
        other = copy.copy(self)
        other.dossier, other._empty, other._memo = dossier, {}, {}
        other._whole = self.whole
        return other

    @property
    def whole(self) -> Department:
        """The department with all of its records."""
        return self._whole or self

    @property
    def carried(self) -> frozenset[int]:
        """Leftovers (index) that a later sheet carries on."""
        return frozenset(self._carried)

    def frame(self, key: str) -> pd.DataFrame:
        """All records of a block, empty when the department keeps none; not to be changed.

        Of a leftover that a later sheet carries on, only the later record.
        """
        if key in self._empty:
            return self._empty[key]
        frame = self.dossier.frame(key)
        if key == "leftovers" and self._carried:
            frame = frame[~frame.index.isin(list(self._carried))]
        if frame.empty:
            extra = ("owner", "state", "parent", "parent_key", "first", "second", "sales")
            frame = frame.assign(**{c: pd.Series(dtype=object) for c in extra if c not in frame})
            self._empty[key] = frame
        return frame

    def remembered(self, what: str, make: Callable[[], T]) -> T:
        """Something made of the records alone, once for all rules; not to be changed."""
        if what not in self._memo:
            self._memo[what] = make()
        found: T = self._memo[what]
        return found

    @property
    def sheet_owners(self) -> SheetOwners:
        """Who keeps which tracking sheet."""
        return self.remembered("sheet owners", lambda: SheetOwners(self.dossier, self.roster))

    def kept(self, key: str) -> bool:
        return self.dossier.kept(key)

    def event_dates(self, key: str) -> pd.Series:
        """When each record of a frame happened; not to be changed."""
        return self.remembered(
            f"event dates of {key}", lambda: event_dates(self.frame(key), self.dossier.blocks[key])
        )

    def clock(self, on: date | None = None) -> WorkClock:
        """The working clock with the hours of a day (P36); with the default ones if unreadable."""
        hours = WorkHours.parse(self.parameter("P36", on).text) or WorkHours.default()
        return WorkClock(hours, self.calendar)

    def parameter(self, key: str, on: date | None = None) -> Parameter:
        """A parameter on the day of the event (default: the day of the check)."""
        return self.parameters.get(key, on or self.as_of)

    def show(self, project: str) -> str:
        """A project as messages print it."""
        return self.projects.show(project)


def department_name(dossier: Dossier) -> str:
    """As 部门配置 states it; '' when it does not."""
    return next((name for name in dossier.frame("department")["department_name"] if name), "")


def check_date(dossier: Dossier, today: date, as_of: date | None = None) -> date:
    """The clock of a check: `as_of`, else the department's 检查日期, else `today`."""
    return as_of or _first_date(dossier.frame("department"), "check_date") or today


def _first_date(frame: pd.DataFrame, column: str) -> date | None:
    days = frame[column].dropna()
    return None if days.empty else days.iloc[0].date()


def _earliest(days: pd.Series) -> date | None:
    filled = days.dropna()
    return None if filled.empty else filled.min().date()
