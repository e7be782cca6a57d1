"""第22条 for a department: each project's development by its forms, registers and parameters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of

from .deadlines import day_of
from .department import Department
from .development_cost import CostReading, Development, Rate, develop
from .development_hours import CONVERTED, hour_lines, lacking_hours
from .ordinals import department_ordinals


@dataclass(frozen=True, slots=True)
class ProjectDevelopment:
    """The hours of one project and what they come to.

    `lines` as `hour_lines` has them, those of converted forms left out where P26 says so;
    `lacking` are delivered requests (index) without usable hours; `void` and `converted` those
    whose hours somebody may want to argue about.
    """

    project: str
    lines: pd.DataFrame
    result: Development
    lacking: tuple[int, ...]
    void: tuple[int, ...]
    converted: tuple[int, ...]


def cost_reading(dept: Department, on: date | None = None) -> CostReading:
    """P15–P17 on a day (default: the day of the check)."""
    limit, span, scope = (dept.parameter(key, on) for key in ("P15", "P16", "P17"))
    return CostReading.of(limit.number, span.text, scope.text)


def rates_of(dept: Department) -> list[Rate]:
    """研发费率 as it is registered; lines without a usable rate have no effect."""
    found = []
    for row in rows_of(dept.frame("rates")):
        if row.rate >= 0:  # not NaN either
            start, end = day_of(row.start) or date.min, day_of(row.end) or date.max
            found.append(Rate(row.person, float(row.rate), start, end))
    return found


def developments(
    dept: Department,
    until: date | None = None,
    on: date | None = None,
    *,
    only: Collection[str] | None = None,
    at_least: float = 0.0,
) -> dict[str, ProjectDevelopment]:
    """Every project that has an improvement request, by key.

    `until` leaves out what was worked later; lines without a day always stay. `on` is the day
    whose parameters hold (default: the day of the check). `only` these projects are looked at,
    and only those with `at_least` so many hours of work: most have far less.
    """
    forms = dept.frame("improvement")
    lines = _by_p26(dept, hour_lines(dept))
    if until is not None:
        lines = lines[~(lines["day"] > pd.Timestamp(until))]
    lacking = forms.index[lacking_hours(dept)]
    void = forms.index[department_ordinals(dept)["void"]]
    converted = forms.index[forms["origin"] == CONVERTED]
    reading, rates = cost_reading(dept, on), rates_of(dept)
    wanted = forms["project"] != ""
    if only is not None:
        wanted &= forms["project"].isin(list(only))
    if at_least > 0:
        work = lines["hours"].where(lines["counted"], 0.0).groupby(lines["project"]).sum()
        wanted &= forms["project"].isin(work.index[work >= at_least])
    lines = lines[lines["project"].isin(forms.loc[wanted, "project"])]
    own_lines: Mapping[str, pd.DataFrame] = dict(list(lines.groupby("project", sort=True)))
    found = {}
    for project, own in forms[wanted].groupby("project", sort=True):
        of_project = own_lines.get(project, lines.iloc[:0])
        kinds = (lacking, void, converted)
        gaps, voided, born = (tuple(map(int, k.intersection(own.index))) for k in kinds)
        result = develop(of_project, rates, reading, complete=not gaps)
        found[project] = ProjectDevelopment(project, of_project, result, gaps, voided, born)
    return found


def _by_p26(dept: Department, lines: pd.DataFrame) -> pd.DataFrame:
    """Hours of forms that were born of a fault conversion count unless P26 says otherwise."""
    forms = dept.frame("improvement")
    issued = forms.loc[forms["origin"] == CONVERTED, "issue_date"]
    out = [i for i, day in issued.items() if not dept.parameter("P26", day_of(day)).flag]
    left = lines["form"].isin(out) & lines["counted"]
    lines = lines.copy()
    lines.loc[left, ["counted", "reason"]] = [False, "故障转化单不计入（参数P26＝否）"]
    return lines
