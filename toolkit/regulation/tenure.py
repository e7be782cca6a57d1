"""Who was responsible for a project on a day: the 立项单 and its 责任人变更, by date."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from toolkit.model.coded_columns import coded
from toolkit.model.frame_rows import rows_of

from .distinct import by_value

Role = Literal["责任销售", "第一售前", "第二售前"]
ROLE_FIELDS: dict[str, str] = {
    "责任销售": "account_sales",
    "第一售前": "first_presales",
    "第二售前": "second_presales",
}


@dataclass(frozen=True, slots=True)
class Change:
    """From `start` (inclusive) on the role is `person`'s; date.min for the first holder."""

    start: date
    person: str


_Step = tuple[date, str, str]
"""A line of 责任人变更: day, 原责任人, 新责任人."""


def _in_order(steps: list[_Step]) -> list[_Step]:
    """By day; of one day, whoever hands over comes after the line that gave him the role."""
    ordered, rest = [], sorted(steps, key=lambda step: step[0])
    while rest:
        same_day = [step for step in rest if step[0] == rest[0][0]]
        receivers = {new for _, _, new in same_day}
        first = next((step for step in same_day if step[1] not in receivers), same_day[0])
        ordered.append(first)
        rest.remove(first)
    return ordered


class Responsibility:
    """Holders of 责任销售, 第一售前 and 第二售前 of each project by date.

    The 立项单 may show the first holders or, updated, the last ones: a change whose 新责任人 is
    the one on the form means that the form was updated; without 原责任人 the first holder is
    then unknown ('').
    """

    def __init__(self, initiation: pd.DataFrame, changes: pd.DataFrame) -> None:
        self._held: dict[tuple[str, str], list[Change]] = {}
        logged: dict[tuple[str, str], list[_Step]] = defaultdict(list)
        for row in rows_of(changes):
            if row.project and row.role and row.new_person and not pd.isna(row.effective_date):
                logged[row.project, row.role].append(
                    (row.effective_date.date(), row.old_person, row.new_person)
                )
        forms = initiation[initiation["project"] != ""]
        for row in rows_of(forms.drop_duplicates("project")):
            for role, field in ROLE_FIELDS.items():
                key = (row.project, role)
                first = getattr(row, field)
                steps = _in_order(logged.get(key, []))
                if steps and steps[0][1]:
                    first = steps[0][1]
                elif any(first == new for _, _, new in steps):
                    first = ""  # the form was updated and nobody wrote down who it was before
                held = [Change(date.min, first), *(Change(d, new) for d, _, new in steps)]
                self._held[key] = held

    def at(self, project: str, role: Role, on: date) -> str:
        """Who held the role on that day ('' when nobody or the project is unknown)."""
        holder = ""
        for change in self._held.get((project, role), []):
            if change.start <= on:
                holder = change.person
        return holder

    def history(self, project: str, role: Role) -> list[Change]:
        return self._held.get((project, role), [])

    def ever(self, project: str, role: Role) -> set[str]:
        """Everybody who ever held the role."""
        return {c.person for c in self.history(project, role) if c.person}

    def column(self, projects: pd.Series, role: Role, on: pd.Series) -> pd.Series:
        """`at` for whole columns; rows without a date get the first holder's name.

        Most projects never change hands, so those are mapped at once.
        """
        held = {p: h for (p, r), h in self._held.items() if r == role}
        first = {p: h[0].person for p, h in held.items()}
        result = by_value(projects, lambda project: first.get(project, ""))
        moved = {p: h for p, h in held.items() if len(h) > 1}
        of_moved = np.flatnonzero(projects.isin(moved))
        names, when = result.array.copy(), on.to_numpy("datetime64[D]")[of_moved]
        for project, places in projects.iloc[of_moved].groupby(projects).indices.items():
            for change in moved[project][1:]:  # NaT is never later than anything
                names[of_moved[places[when[places] >= np.datetime64(change.start)]]] = change.person
        return coded(names, projects.index)
