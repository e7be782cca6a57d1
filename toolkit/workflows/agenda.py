"""Everything that somebody has to do: what the check found, what falls due, what waits."""

from __future__ import annotations

from datetime import timedelta

from toolkit.aggregators.agenda import matters
from toolkit.model.agenda import Matter
from toolkit.model.finding import Finding
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules

from .check import Checked

_TOMORROW, _SOME_DAY = timedelta(days=1), timedelta(days=92)
"""Later than any deadline that begins on the day of the check."""


def department_matters(checked: Checked) -> list[Matter]:
    """All matters of a checked department, waived ones included (`model.agenda.Matter`)."""
    return matters(checked.department, checked.result, falling_due(checked))


def falling_due(checked: Checked) -> list[Finding]:
    """Findings that do not hold yet: due on the day of the check, or begun on that day.

    They are those that the rules on deadlines would make on a later day, if nothing changes; so
    a matter has the same id before and after its deadline. `message` is the rule's title only: a
    sentence of a later day would speak of a delay that has not happened.
    """
    dept = checked.department
    rules = [spec for spec in load_rules().values() if spec.deadline]
    titles = {spec.id: spec.title for spec in rules}
    held = {finding.id for finding in checked.result.findings}
    found: dict[str, Finding] = {}
    for ahead in (_TOMORROW, _SOME_DAY):
        for finding in check(dept.on(dept.as_of + ahead), rules).findings:
            due, since = finding.due, finding.since
            if finding.id in held or finding.rule not in titles or not due or not since:
                continue
            falls_today = due == dept.as_of and ahead is _TOMORROW
            if falls_today or (since == dept.as_of and due > dept.as_of):
                finding.message = titles[finding.rule]
                found.setdefault(finding.id, finding)
    return list(found.values())
