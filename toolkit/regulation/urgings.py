"""督促立项: who urged whom when to initiate which project, by the register or by phone (第11条)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.projects import fold_project

from .deadlines import day_of
from .department import Department

URGING_CALL = "督促立项"
"""事由 of a phone call that urges."""


@dataclass(frozen=True, slots=True)
class Urging:
    """A line (frame, index) of 督促立项, or of 电话沟通 with that 事由."""

    frame: str
    index: int
    on: date | None
    """None when the day is blank or cannot be read."""
    by: str
    sales: str
    outcome: str = ""
    stop: date | None = None
    resume: date | None = None

    def no_later_than(self, day: date) -> bool:
        """Whether somebody had urged by a day; without a date he is given the benefit."""
        return self.on is None or self.on <= day


class Matters:
    """What a project is called while nobody has initiated it.

    Until then a record may give a number, a name, or a name with its customer. Records of the
    same matter get the same text: the number where any record has it, else the folded name.
    """

    def __init__(self, dept: Department) -> None:
        self._dept = dept
        numbered: dict[str, set[str]] = defaultdict(set)
        for key, title in dept.projects.titles.items():
            if key in dept.projects.numbers:
                numbered[fold_project(title)].add(key)
        self._number = {name: keys.pop() for name, keys in numbered.items() if len(keys) == 1}

    def of(self, project: str, name: str = "") -> str:
        """The matter of a canonical project key; of an ambiguous name ('') the name itself."""
        if project in self._dept.projects.numbers:
            return project
        bare = fold_project(project.partition("@")[0] or name)
        return self._number.get(bare, bare)

    def column(self, frame: pd.DataFrame) -> pd.Series:
        """The matters of a frame's records; '' where they name no project."""
        pairs = list(zip(frame["project"], frame["project_name"], strict=True))
        found = {pair: self.of(*pair) for pair in set(pairs)}
        return pd.Series([found[pair] for pair in pairs], index=frame.index, dtype=object)


def urgings(dept: Department, matters: Matters) -> dict[str, list[Urging]]:
    """Matter -> how often it was urged, the earliest first, undated ones before all."""
    found: dict[str, list[Urging]] = defaultdict(list)
    for matter, urging in (*_registered(dept, matters), *_called(dept, matters)):
        if matter:
            found[matter].append(urging)
    for same in found.values():
        same.sort(key=lambda urging: urging.on or date.min)
    return dict(found)


def _registered(dept: Department, matters: Matters) -> Iterator[tuple[str, Urging]]:
    lines = dept.frame("urgings")
    for matter, row in zip(matters.column(lines), rows_of(lines), strict=True):
        stop, resume = day_of(row.stop_date), day_of(row.resume_date)
        yield (
            matter,
            Urging(
                "urgings",
                row.Index,
                day_of(row.urge_date),
                row.presales,
                row.sales,
                row.outcome,
                stop,
                resume,
            ),
        )


def _called(dept: Department, matters: Matters) -> Iterator[tuple[str, Urging]]:
    calls = dept.frame("calls")
    calls = calls[calls["purpose"] == URGING_CALL]
    for matter, row in zip(matters.column(calls), rows_of(calls), strict=True):
        day = day_of(row.call_time)
        yield matter, Urging("calls", row.Index, day, row.caller, row.callee)


def stopped(said: Iterable[Urging]) -> bool:
    """Whether support was stopped and not taken up again."""
    stops = [urging.stop for urging in said if urging.stop]
    resumed = [urging.resume for urging in said if urging.resume]
    return bool(stops) and (not resumed or max(resumed) < max(stops))
