"""What a run could see: what is merely out of its sight must not be called solved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from toolkit.model.dossier import Dossier, Status
from toolkit.model.finding import CheckResult, Result
from toolkit.readers.reader import is_configuration
from toolkit.regulation.department import Department

_CLOSED = frozenset((Status.UNREADABLE, Status.CONFLICT, Status.UNRECOGNISED, Status.LOCK))
"""The file is in its place, but its content is not known."""
_CONFIGURATION = "G19"


@dataclass(frozen=True, slots=True)
class Sight:
    """Paths are as sources have them; `read` gives the fingerprint of each workbook's content."""

    read: Mapping[str, str]
    closed: Mapping[str, str] = field(default_factory=dict)
    """Files that are there but could not be read -> why."""
    hidden: Collection[str] = ()
    """Restricted files: nothing of them is told to anybody."""
    undecided: Mapping[str, str] = field(default_factory=dict)
    """Rules that did not run -> why."""
    pending: Mapping[str, date] = field(default_factory=dict)
    """Ids that are not done although nobody has to be told today -> last day in time."""
    unclear: Collection[str] = ()
    """Ids of findings that are 无法判断 now."""
    force_from: date | None = None
    """Events before this day ask for nothing."""
    left: Callable[[str], bool] = lambda person: False
    """Whether a person is known to have left."""


def sight_of(
    department: Department, result: CheckResult, pending: Mapping[str, date] | None = None
) -> Sight:
    """What this check could see; `pending` as in `workflows.agenda.Outlook`."""
    sources = department.dossier.sources
    starts = [day for day in (department.go_live, department.effective) if day is not None]
    return Sight(
        read={s.path: s.fingerprint for s in sources if s.status is Status.READ},
        closed={s.path: s.reason for s in sources if s.status in _CLOSED},
        hidden=restricted_paths(department.dossier),
        undecided=_undecided(result),
        pending=pending or {},
        unclear={f.id for f in result.findings if f.result is Result.UNDETERMINED},
        force_from=max(starts, default=None),
        left=_left(department),
    )


def restricted_paths(dossier: Dossier) -> set[str]:
    """Files of which nothing may be said (DESIGN.md, promise 7)."""
    return {source.path for source in dossier.sources if source.status is Status.RESTRICTED}


def configuration_state(dossier: Dossier) -> tuple[bool, str]:
    """Whether a 部门配置 was read, and why one that is there could not be ('' otherwise)."""
    sources = dossier.sources
    if any(s.status is Status.READ and _CONFIGURATION in s.form.split("+") for s in sources):
        return True, ""
    for source in sources:
        if source.status in _CLOSED and is_configuration(source.path.rpartition("/")[2]):
            return False, f"“{source.path}”{source.reason}"
    return False, ""


def _undecided(result: CheckResult) -> dict[str, str]:
    """Rules without an answer. One that found something did run, whatever its worst result."""
    told = {u.rule: u.reason for u in result.undetermined}
    spoken = {f.rule for f in result.findings}
    found = {}
    for rule, outcome in result.results.items():
        if rule in spoken:
            continue
        if outcome is Result.NOT_APPLICABLE:
            found[rule] = f"规则 {rule} 要用的表这次没有读到"
        elif outcome is Result.UNDETERMINED:
            found[rule] = told.get(rule) or f"规则 {rule} 这次没有运行成功"
    return found


def _left(department: Department) -> Callable[[str], bool]:
    def left(person: str) -> bool:
        found = department.roster.find(person)
        return len(found) == 1 and not found[0].employed(department.as_of)

    return left
