"""增援审批: who besides 第一 and 第二售前 may support a project, and since when (第4条)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pandas as pd

from toolkit.model.frame_rows import rows_of

from .columns import left_blank, readable
from .deadlines import day_of
from .department import Department

APPROVERS = {"support": "技术支持部经理", "director": "技术总监", "general": "总经理"}
"""Beginning of the fields -> the role that gives the opinion; all three must agree."""
OPINIONS = tuple(f"{each}_opinion" for each in APPROVERS)
AGREED, REFUSED = "同意", "不同意"


class Verdict(StrEnum):
    """What a line of 增援审批 says by now."""

    APPROVED = "批准"
    REJECTED = "不批准"
    OPEN = "未完成"
    UNCLEAR = "无法识别"


@dataclass(frozen=True, slots=True)
class Reinforcement:
    """A line (index) of 增援审批. Days are inclusive; open ends are date.min and date.max."""

    index: int
    project: str
    person: str
    start: date
    end: date
    verdict: Verdict
    agreed: date | None
    """The day of the last opinion; None when no opinion has one."""

    def covers(self, day: date | None) -> bool:
        """Whether its period holds a day; nobody can say so of a support without a date."""
        return day is None or self.start <= day <= self.end


class Reinforcements:
    """The lines of 增援审批 by project and person."""

    def __init__(self, dept: Department) -> None:
        lines = dept.frame("reinforcements")
        verdicts = _verdicts(dept, lines)
        agreed = lines[[f"{each}_date" for each in APPROVERS]].max(axis=1)
        self._of: dict[tuple[str, str], list[Reinforcement]] = defaultdict(list)
        for row in rows_of(lines):
            self._of[row.project, row.person].append(
                Reinforcement(
                    row.Index,
                    row.project,
                    row.person,
                    day_of(row.start) or date.min,
                    day_of(row.end) or date.max,
                    Verdict(verdicts[row.Index]),
                    day_of(agreed[row.Index]),
                )
            )

    def of(self, project: str, person: str) -> list[Reinforcement]:
        """The lines for a person in a project, those included whose project is unclear."""
        unclear = self._of.get(("", person), []) if project else []
        return [*self._of.get((project, person), []), *unclear]

    def lets(self, project: str, person: str, day: date | None) -> bool:
        """Whether a line for that day is there that is not a refusal.

        What an incomplete or an unreadable one lacks is said of the line itself.
        """
        return any(
            line.covers(day) and line.verdict is not Verdict.REJECTED
            for line in self.of(project, person)
        )

    def relied_on(self, project: str, person: str, day: date) -> Reinforcement | None:
        """The line that a support on a day rests on: the first approved one, else an open one."""
        lines = [line for line in self.of(project, person) if line.project and line.covers(day)]
        if any(line.verdict is Verdict.UNCLEAR for line in lines):
            return None
        approved = [line for line in lines if line.verdict is Verdict.APPROVED]
        if approved:
            return min(approved, key=lambda line: line.agreed or date.min)
        return next((line for line in lines if line.verdict is Verdict.OPEN), None)


def missing_opinions(dept: Department) -> dict[int, list[str]]:
    """Line -> the opinions (fields) that could have been filled and were not."""
    masks = {field: left_blank(dept, "reinforcements", field) for field in OPINIONS}
    lines = dept.frame("reinforcements")
    return {int(i): [f for f in OPINIONS if masks[f][i]] for i in lines.index}


def _verdicts(dept: Department, lines: pd.DataFrame) -> pd.Series:
    clear = readable(dept, "reinforcements", "conclusion")
    for field in OPINIONS:
        clear &= readable(dept, "reinforcements", field)
    opinions = lines[list(OPINIONS)]
    found = pd.Series(Verdict.OPEN, index=lines.index, dtype=object)
    found = found.mask((opinions == AGREED).all(axis=1), Verdict.APPROVED)
    found = found.mask((opinions == REFUSED).any(axis=1), Verdict.REJECTED)
    found = found.mask(lines["conclusion"] == Verdict.APPROVED, Verdict.APPROVED)
    found = found.mask(lines["conclusion"] == Verdict.REJECTED, Verdict.REJECTED)
    return found.where(clear, Verdict.UNCLEAR)
