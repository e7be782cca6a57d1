"""Who can put a finding right: whose record it is, or who holds the role that it waits for."""

from __future__ import annotations

from toolkit.model.agenda import NOBODY
from toolkit.model.dossier import Status
from toolkit.model.finding import Finding
from toolkit.model.text import fold_person, split_staff_number
from toolkit.regulation.department import Department

PRESALES_MANAGER, SUPPORT_MANAGER = "售前经理", "技术支持部经理"
DEVELOPMENT_MANAGER = "研发经理"
_ROLE_OF = {
    "R04-1": PRESALES_MANAGER,
    "R09-1": PRESALES_MANAGER,
    "R45-1": DEVELOPMENT_MANAGER,
    "R45-2": DEVELOPMENT_MANAGER,
    "R45-4": DEVELOPMENT_MANAGER,
    "X54": DEVELOPMENT_MANAGER,
}
"""Rules whose next step is not up to whoever the record belongs to."""
_CONFIGURATION = "G19"


def acting(dept: Department, role: str) -> str:
    """Who acts in a role on the day of the check; NOBODY when nobody was appointed."""
    return next(iter(dept.roles.acting(role, dept.as_of)), NOBODY)


def owner_of(dept: Department, finding: Finding) -> str:
    """The person of a finding, as the roster writes him; may be somebody who left."""
    if role := _ROLE_OF.get(finding.rule):
        return acting(dept, role)
    if finding.path and _is_configuration(dept, finding.path):
        return acting(dept, SUPPORT_MANAGER)
    if finding.person:
        return dept.roster.canonical(finding.person)
    return named_in(dept, finding.path)


def named_in(dept: Department, path: str) -> str:
    """The one person of the roster whose name a file's name bears; NOBODY otherwise."""
    file = fold_person(path.rsplit("/", 1)[-1])
    bare = {split_staff_number(p.name)[0]: p.name for p in dept.roster.people}
    found = [name for name in bare if len(name) > 1 and name in file]
    longest = max(found, key=len, default="")
    # 王小明 also contains 王小: only the longest counts, and two of one length decide nothing
    rivals = [n for n in found if n not in longest]
    namesakes = [p for p in dept.roster.people if split_staff_number(p.name)[0] == longest]
    return bare[longest] if longest and not rivals and len(namesakes) == 1 else NOBODY


def reachable(dept: Department, owner: str) -> tuple[str, str]:
    """The owner, or NOBODY and why he cannot be asked: he left or is in no roster.

    A department without a roster knows its people only by the names in its forms.
    """
    if not owner or not len(dept.roster):
        return owner, ""
    people = dept.roster.find(owner)
    if not people:
        return NOBODY, f"（{owner}不在人员名册，请经理安排）"
    if any(person.employed(dept.as_of) for person in people):
        return owner, ""
    return NOBODY, f"（{owner}已不在职，请经理安排）"


def restricted(dept: Department) -> set[str]:
    """Paths of files whose findings appear in no agenda (DESIGN.md, promise 7)."""
    return {s.path for s in dept.dossier.sources if s.status is Status.RESTRICTED}


def _is_configuration(dept: Department, path: str) -> bool:
    return any(
        source.path == path and _CONFIGURATION in source.form.split("+")
        for source in dept.dossier.sources
    )
