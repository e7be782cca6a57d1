"""Which rules read restricted registers: they run only where somebody asked for those."""

from __future__ import annotations

from functools import cache

from toolkit.forms import load_forms

from .registry import RuleSpec, load_rules


@cache
def restricted_rules() -> frozenset[str]:
    """Ids of the rules that need a restricted register."""
    return frozenset(spec.id for spec in load_rules().values() if reads_restricted(spec))


def reads_restricted(spec: RuleSpec) -> bool:
    """Whether a rule cannot run without a restricted register."""
    return not _restricted_frames().isdisjoint(
        (*spec.registers, *(need.split(".")[0] for need in spec.needs))
    )


@cache
def _restricted_frames() -> frozenset[str]:
    restricted = (form for form in load_forms().values() if form.restricted)
    return frozenset(block.key for form in restricted for block in form.blocks)
