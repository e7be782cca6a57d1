"""Registers that the department does not keep, and the rules that do not apply because of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from toolkit.model.dossier import Dossier, Status
from toolkit.model.finding import NotKept
from toolkit.model.forms import Form

from .registry import RuleSpec, sort_key

_CONFIGURATION = "G19"
_SETTINGS = frozenset(
    ("parameters", "waivers", "channels", "revisions", "rulings", "calendar", "label_aliases")
)
"""Sheets of 部门配置 for which there may be nothing to set: no check of a form is lost."""


def absent_frames(dossier: Dossier, spec: RuleSpec) -> list[str]:
    """The frames without which the rule does not apply; empty when it does."""
    named = dict.fromkeys((*spec.registers, *(need.split(".")[0] for need in spec.needs)))
    absent = [frame for frame in named if not dossier.kept(frame)]
    if spec.either and not any(dossier.kept(frame) for frame in spec.either):
        absent += spec.either
    return absent


def registers_not_kept(dossier: Dossier, absent: Mapping[str, Sequence[str]]) -> list[NotKept]:
    """One entry a register, from the absent frame -> the rules that it keeps from applying.

    A workbook that is not there is one register, but one of several registers has as many. A file
    that could not be read is a finding already (SRC-1), and restricted registers are never told of.
    """
    if not dossier.bindings:
        return []
    kept = {binding.form for binding in dossier.bindings}
    rules: dict[tuple[str, str], set[str]] = defaultdict(set)
    for frame, ids in absent.items():
        form = dossier.form_of[frame]
        if form.restricted or frame in _SETTINGS or _unread(dossier, form):
            continue
        whole = form.key not in kept and (_one_register(form) or _blank(dossier, form))
        rules[form.key, "" if whole else dossier.blocks[frame].sheet].update(ids)
    found = []
    for (key, sheet), numbers in sorted(rules.items()):
        form, there = dossier.forms[key], key in kept
        own = tuple(sorted(numbers, key=sort_key))
        blank = not there and _blank(dossier, form)
        found.append(NotKept(key, form.title, sheet, own, there, blank))
    return found


def _one_register(form: Form) -> bool:
    return form.kind == "form" or len(form.sheets) == 1 or form.key == _CONFIGURATION


def _blank(dossier: Dossier, form: Form) -> bool:
    """Whether a blank workbook lies where the register belongs; elsewhere it is a template."""
    own = (s for s in dossier.sources if s.status is Status.READ and s.form == form.key)
    return any(form.folder and s.path.startswith(f"{form.folder}/") for s in own)


def _unread(dossier: Dossier, form: Form) -> bool:
    return any(form.title in s.path for s in dossier.sources if s.status is Status.UNREADABLE)
