"""追责顺序: what was simplified, what is missing, what came late, in that order (第52条)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from toolkit.model.finding import CheckResult, Finding
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.department import Department

from .agenda.matters import MISSING

SIMPLIFIED, MISSED, LATE, OTHER = "已登记简化", "缺少步骤", "步骤迟延", "其他不符"
ORDER = (SIMPLIFIED, MISSED, LATE, OTHER)
LATE_RULES = frozenset((
    "R02-2", "R16-2", "R52-2", "X02", "X04", "X11", "X14", "X19", "X38", "X52", "X58",
))  # fmt: skip
"""Rules about steps that were taken, but too late or in the wrong order."""
MISSED_RULES = MISSING | frozenset((
    "R10-1", "R12-4", "R17-1", "R20-1", "R43-1", "R44-2", "X01", "X03", "X05", "X10", "X12", "X24",
    "X25", "X33", "X36", "X37", "X40", "X41", "X48", "X49", "X51", "X53", "X55", "X57", "X78",
    "X80", "X88",
))  # fmt: skip
"""Rules about steps of which nothing is on record."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the list. `on` is the day of the event; None comes first: it may be oldest."""

    kind: str
    on: date | None
    people: str
    article: int | None
    rule: str
    message: str
    place: str
    id: str = ""


def trace(dept: Department, result: CheckResult, project: str, until: date) -> list[Step]:
    """The steps of a project (its key) up to the day of the problem, in the order of 第52条.

    First what was registered as simplified, then missing steps, then late ones, then whatever
    else does not comply; each group in the order of time. Waived findings are steps, too: a
    waiver does not undo what happened.
    """
    shown = dept.show(project)
    own = [f for f in result.findings if f.project == shown]
    steps = [*_registered(dept, project), *_found(own)]
    steps = [step for step in steps if step.on is None or step.on <= until]
    return sorted(steps, key=lambda s: (ORDER.index(s.kind), s.on or date.min, s.rule, s.id))


def problem_date(dept: Department, project: str) -> date | None:
    """The day from which to look back: the last fault or failed close of the project."""
    faults = dept.frame("fault")
    raised = faults.loc[faults["project"] == project, "propose_date"].dropna()
    forms = dept.frame("initiation")
    failed = forms[(forms["project"] == project) & (forms["close_result"] == "失败")]
    days = [*raised, *failed["close_date"].dropna()]
    return max(days).date() if days else None


def _registered(dept: Department, project: str) -> Iterator[Step]:
    lines = dept.frame("simplifications")
    for row in rows_of(lines[lines["project"] == project]):
        place = dept.dossier.locate("simplifications", row.Index, "step")
        people = "、".join(filter(None, (row.decided_by, row.agreed_by)))
        yield Step(
            SIMPLIFIED,
            None if pd.isna(row.register_date) else row.register_date.date(),
            people,
            52,
            "",
            f"简化了{'、'.join(row.step) or '（未写明步骤）'}：{row.reason or '（未写明理由）'}",
            str(place),
        )


def _found(findings: Iterable[Finding]) -> Iterator[Step]:
    for finding in findings:
        place = "!".join(part for part in (finding.path, finding.sheet, finding.cell) if part)
        yield Step(
            _kind(finding),
            finding.on or finding.since,
            finding.person,
            finding.article,
            finding.rule,
            finding.message,
            place,
            finding.id,
        )


def _kind(finding: Finding) -> str:
    if finding.simplified:
        return SIMPLIFIED
    if finding.rule in MISSED_RULES:
        return MISSED
    return LATE if finding.rule in LATE_RULES else OTHER
