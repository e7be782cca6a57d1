"""Who works here, guessed from the names in person fields: a proposal that a manager corrects."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from toolkit.model.dossier import Dossier
from toolkit.model.forms import Field, FieldType
from toolkit.model.text import fold_person

from .binding import CONFIGURATION

_HINTS: Mapping[str, tuple[str, int]] = {
    "initiation.account_sales": ("销售", 5),
    "initiation.applicant": ("销售", 2),
    "initiation.first_presales": ("售前", 5),
    "initiation.second_presales": ("售前", 5),
    "initiation.assigned_by": ("售前", 1),
    "initiation.sales_confirm_person": ("销售", 3),
    "initiation.presales_confirm_person": ("售前", 3),
    "initiation.archived_by": ("销售", 2),
    "initiation_additions.applicant": ("销售", 2),
    "tracking_sheet.owner": ("售前", 5),
    "project_list.account_sales": ("销售", 5),
    "project_list.first_presales": ("售前", 5),
    "project_list.second_presales": ("售前", 5),
    "tracking.supporter": ("售前", 3),
    "leftovers.handler": ("售前", 1),
    "improvement.account_sales": ("销售", 5),
    "improvement.responsible_presales": ("售前", 5),
    "improvement.sales_talk_person": ("销售", 3),
    "improvement.meeting_sales": ("销售", 3),
    "improvement.meeting_presales": ("售前", 3),
    "improvement.meeting_manager": ("售前", 2),
    "improvement.issuer": ("售前", 2),
    "improvement.receiver": ("研发", 3),
    "improvement.dev_lead": ("研发", 5),
    "improvement_hours.developer": ("研发", 4),
    "fault.responsible_presales": ("售前", 5),
    "fault.proposer": ("售前", 1),
    "fault.consent_person": ("售前", 2),
    "fault.submit_to": ("研发", 3),
    "fault.assigner": ("研发", 3),
    "fault.dev_lead": ("研发", 5),
    "fault.members": ("研发", 4),
    "fault_attempts.handler": ("售前", 1),
    "bugs.reporter": ("售前", 1),
    "bugs.receiver": ("测试", 4),
}
"""`frame.field` -> the department that a name in it points to, and how strongly."""

_ROLES: Mapping[str, tuple[str, ...]] = {
    "售前经理": ("fault.consent_person", "improvement.meeting_manager"),
    "研发经理": ("fault.submit_to", "fault.assigner"),
}
"""Role -> fields that only its holder fills; one name in all of them is a hint."""


_NAME = re.compile(r"[\u4e00-\u9fff·]{2,8}(?:\([\w-]+\))?|[A-Za-z][A-Za-z .'-]{1,30}")
"""Anything else in a person's cell is a slip, and nobody to be put into a roster."""


@dataclass(slots=True)
class FoundPerson:
    """A name, the department that most of its fields point to ('' unclear), and where it stood."""

    name: str
    department: str = ""
    labels: Counter[str] = field(default_factory=Counter)
    """Label of a field -> how many records have the name there."""
    role: str = ""

    @property
    def times(self) -> int:
        return self.labels.total()


def find_people(dossier: Dossier) -> list[FoundPerson]:
    """Everybody in the person fields of unresolved frames, the most frequent first."""
    people: dict[str, FoundPerson] = {}
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for place, f, name in _names(dossier):
        person = people.setdefault(name, FoundPerson(name))
        person.labels[f.label] += 1
        if place in _HINTS:
            department, weight = _HINTS[place]
            votes[name][department] += weight
    for name, person in people.items():
        best = votes[name].most_common(2)
        tied = len(best) == 2 and best[0][1] == best[1][1]
        person.department = best[0][0] if best and not tied else ""
    for role, name in _certain_roles(dossier).items():
        people[name].role = role
    return sorted(people.values(), key=lambda p: (-p.times, p.name))


def _names(dossier: Dossier) -> Iterator[tuple[str, Field, str]]:
    for key, frame in dossier.frames.items():
        if dossier.form_of[key].key == CONFIGURATION:
            continue
        for f in dossier.blocks[key].fields:
            if not f.is_person or f.outsider:
                continue
            for value in frame[f.key]:
                names = value if f.type is FieldType.PEOPLE else (value,)
                for name in filter(_NAME.fullmatch, map(fold_person, names)):
                    yield f"{key}.{f.key}", f, name


def _certain_roles(dossier: Dossier) -> dict[str, str]:
    """Roles whose fields name one and the same person throughout the department."""
    seen: dict[str, set[str]] = defaultdict(set)
    for place, _, name in _names(dossier):
        for role, places in _ROLES.items():
            if place in places:
                seen[role].add(name)
    return {role: next(iter(names)) for role, names in seen.items() if len(names) == 1}
