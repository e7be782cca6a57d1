"""All matters of a department on a day: findings in force, what falls due, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from toolkit.model.agenda import Matter
from toolkit.model.finding import CheckResult, Finding, Severity
from toolkit.regulation.department import Department
from toolkit.regulation.waivers import in_force, waiver_key

from .owners import owner_of, reachable, restricted
from .sheets import missing_sheets, silent_sheets
from .waiting import waiting_forms

MISSING = frozenset((
    "FLD-1", "R04-1", "R08-1", "R08-2", "R09-1", "R09-2", "R09-6", "R16-1", "R16-3", "R44-1",
    "R17-1", "R43-1", "R45-1", "R45-2", "R46-1", "R46-2", "X06", "X15", "X24", "X25", "X34", "X35",
    "X36", "X37", "X39", "X43", "X44", "X45", "X54", "X60", "X88",
))  # fmt: skip
"""Rules whose findings ask for an entry that should exist and does not."""
PAST = frozenset(("R12-1", "R16-2", "R52-2", "X02", "X19"))
"""Rules about what cannot be made good any more: nobody is reminded of it day after day."""
_ONLY_ONCE = "已经发生的只提醒这一次，今后请按要求做。"
_NOT_TO_DO = ("HIST", "SRC-2")
"""History is one line of its own; an open file is no task."""


def matters(dept: Department, result: CheckResult, pending: Sequence[Finding] = ()) -> list[Matter]:
    """Everything that somebody has to do, waived matters included; ids are unique.

    `pending` are findings that do not hold yet: the deadline of each ends on the day of the check
    or later. Remarks (INFO) are nobody's task. What concerns restricted files is left out.
    """
    hidden = restricted(dept)
    known: dict[str, Matter] = {}
    for finding in result.findings:
        told = finding.severity is not Severity.INFO and finding.rule not in _NOT_TO_DO
        if told and finding.path not in hidden:
            known[finding.id] = _of(dept, finding)
    for finding in pending:
        if finding.id not in known and finding.path not in hidden:
            known[finding.id] = _falling_due(dept, finding)
    for expected in _expected(dept):
        known.setdefault(expected.id, expected)
    waived = in_force(dept, dept.as_of)
    return list(_settled(dept, known.values(), waived))


def _of(dept: Department, finding: Finding) -> Matter:
    past = finding.rule in PAST
    return Matter(
        id=finding.id,
        rule=finding.rule,
        owner=owner_of(dept, finding),
        message=finding.message,
        hint=finding.hint + _ONLY_ONCE if past else finding.hint,
        path=finding.path,
        sheet=finding.sheet,
        cell=finding.cell,
        severity=finding.severity,
        article=finding.article,
        project=finding.project,
        since=finding.since,
        due=finding.due,
        missing=finding.rule in MISSING,
        past=past,
    )


def _falling_due(dept: Department, finding: Finding) -> Matter:
    """The same matter before its deadline: its sentence must not speak of a delay."""
    of = f"（{finding.project}）" if finding.project else ""
    sentence = f"{finding.message}{of}，最后期限{finding.due}。"
    return replace(_of(dept, finding), message=sentence, severity=Severity.INFO)


def _expected(dept: Department) -> Iterator[Matter]:
    for expected in (missing_sheets, silent_sheets, waiting_forms):
        for matter in expected(dept):
            started = matter.since or dept.as_of
            before = [day for day in (dept.effective, dept.go_live) if day and started < day]
            if not before:
                yield matter


def _settled(dept: Department, found: Iterable[Matter], waived: dict[str, str]) -> Iterator[Matter]:
    for matter in found:
        owner, why = reachable(dept, matter.owner)
        yield replace(
            matter,
            owner=owner,
            message=matter.message + why,
            waived=waived.get(waiver_key(matter.id), ""),
        )
