"""The catalogue's ids that no rule of their own carries: planned ones, and merged ones."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from toolkit.model.finding import Severity

from .notices import NOTICES
from .registry import load_rules


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """An id of the catalogue without a rule of its own.

    A planned one says what it waits for, a merged one which rules carry it or what else does.
    """

    id: str
    title: str
    article: int
    severity: Severity
    waits_for: str = ""
    carried_by: tuple[str, ...] = ()
    done_by: str = ""

    @property
    def note(self) -> str:
        """Who does the work of a merged id; '' of a planned one."""
        work = self.done_by or ("、".join(self.carried_by) + "检查" if self.carried_by else "")
        return f"由{work}" if work else ""


@cache
def _catalogue() -> Mapping[str, Mapping[str, PlannedRule]]:
    raw = tomllib.loads((files("toolkit.validators") / "planned.toml").read_text("utf-8"))
    return {
        kind: {
            key: PlannedRule(
                key,
                entry["title"],
                entry["article"],
                Severity(entry["severity"]),
                entry.get("waits_for", ""),
                tuple(entry.get("carried_by", ())),
                entry.get("done_by", ""),
            )
            for key, entry in entries.items()
        }
        for kind, entries in raw.items()
    }


def active_ids() -> frozenset[str]:
    """Ids that are at work: rules, notices, and merged ones whose carriers are."""
    own = frozenset((*load_rules(), *NOTICES))
    return own | {
        entry.id for entry in _catalogue()["merged"].values() if own.issuperset(entry.carried_by)
    }


def planned_rules() -> Mapping[str, PlannedRule]:
    """What does not run yet, by id. An id that became active is none of them any more.

    A merged id whose carrier is not at work yet waits for what the carrier waits for.
    """
    kinds, active = _catalogue(), active_ids()
    found = {key: entry for key, entry in kinds["planned"].items() if key not in active}
    for entry in kinds["merged"].values():
        waiting = [found[carrier] for carrier in entry.carried_by if carrier in found]
        if entry.id not in active and waiting:
            found[entry.id] = PlannedRule(
                entry.id, entry.title, entry.article, entry.severity, waiting[0].waits_for
            )
    return found


def merged_rules() -> Mapping[str, PlannedRule]:
    """Ids whose work is done by other rules or by the engine."""
    entries, active = _catalogue()["merged"], active_ids()
    return {k: e for k, e in entries.items() if k in active and k not in load_rules()}


def listed_as_planned() -> frozenset[str]:
    """The ids that planned.toml lists, active meanwhile or not."""
    kinds = _catalogue()
    return frozenset(kinds["planned"]) | frozenset(kinds["merged"])


def article_of(rule_id: str) -> int | None:
    """The article of any rule of the catalogue, active or not; None when there is none."""
    active = load_rules().get(rule_id) or NOTICES.get(rule_id)
    if active is not None:
        return active.article
    kinds = _catalogue()
    entry = kinds["planned"].get(rule_id) or kinds["merged"].get(rule_id)
    return entry.article if entry else None
