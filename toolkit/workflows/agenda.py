"""Everything that somebody has to do: what the check found, what falls due, what waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from toolkit.aggregators.agenda import matters
from toolkit.model.agenda import Matter
from toolkit.model.finding import Finding
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules

from .check import Checked

_TOMORROW, _SOME_DAY = timedelta(days=1), timedelta(days=92)
"""Later than any deadline that begins on the day of the check."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be done, and what will be if nothing changes."""

    matters: list[Matter]
    """All matters, waived ones included (`model.agenda.Matter`)."""
    pending: Mapping[str, date]
    """Ids of findings that a later day will make, with their last day in time: what they ask for
    is not done, even where nobody has to be told today."""


def department_outlook(checked: Checked) -> Outlook:
    """The matters of a checked department, and what is still open beside them."""
    falling, pending = _look_ahead(checked)
    return Outlook(matters(checked.department, checked.result, falling), pending)


def department_matters(checked: Checked) -> list[Matter]:
    """All matters of a checked department, waived ones included (`model.agenda.Matter`)."""
    return department_outlook(checked).matters


def falling_due(checked: Checked) -> list[Finding]:
    """Findings that do not hold yet: due on the day of the check, or begun on that day."""
    return _look_ahead(checked)[0]


def _look_ahead(checked: Checked) -> tuple[list[Finding], dict[str, date]]:
    """Findings that fall due, and the ids of all that later days will make with their last days.

    They are those that the rules on deadlines would make on a later day, if nothing changes; so
    a matter has the same id before and after its deadline. `message` is the rule's title only: a
    sentence of a later day would speak of a delay that has not happened.
    """
    dept = checked.department
    rules = [spec for spec in load_rules().values() if spec.deadline]
    titles = {spec.id: spec.title for spec in rules}
    patient = {spec.id for spec in rules if spec.patient}
    held = {finding.id for finding in checked.result.findings}
    found: dict[str, Finding] = {}
    pending: dict[str, date] = {}
    for ahead in (_TOMORROW, _SOME_DAY):
        for finding in check(dept.on(dept.as_of + ahead), rules).findings:
            due, since = finding.due, finding.since
            if finding.id in held or finding.rule not in titles or not due or not since:
                continue
            pending.setdefault(finding.id, due)
            falls_today = due == dept.as_of and ahead is _TOMORROW
            begun = since == dept.as_of and due > dept.as_of and finding.rule not in patient
            if falls_today or begun:
                finding.message = titles[finding.rule]
                found.setdefault(finding.id, finding)
    return list(found.values()), pending
