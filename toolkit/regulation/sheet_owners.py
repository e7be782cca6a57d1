"""Whose tracking sheet it is: the 署名 on it, else a name that the roster knows (第16条)."""

from __future__ import annotations

from collections import defaultdict

from toolkit.model.dossier import Binding, Dossier
from toolkit.model.text import fold_person, split_staff_number

from .people import Roster


class SheetOwners:
    """Tells of any sheet of a tracking workbook who keeps it."""

    def __init__(self, dossier: Dossier, roster: Roster) -> None:
        """The names in the frame tracking_sheet must be the roster's."""
        self._dossier, self._roster = dossier, roster
        self._signed: dict[int, dict[str, str]] = defaultdict(dict)
        signed = dossier.frame("tracking_sheet")
        for source, number, owner in zip(
            signed["source"], signed["binding"], signed["owner"], strict=True
        ):
            if owner:
                self._signed[source][dossier.bindings[number].sheet] = owner
        self._bare = [(split_staff_number(p.name)[0], p) for p in roster.people]
        self._in_file: dict[int, str] = {}

    def of(self, binding: Binding) -> str:
        """署名 on the sheet, else the sheet's name, else another 署名 or a name of the file.

        '' when nothing tells, or when the file names two people of one name without 工号.
        """
        signatures = self._signed.get(binding.source, {})
        if binding.sheet in signatures:
            return signatures[binding.sheet]
        if len(self._roster.find(binding.sheet)) == 1:
            return self._roster.canonical(binding.sheet)
        if signatures:
            return next(iter(signatures.values()))
        if binding.source not in self._in_file:
            self._in_file[binding.source] = self._named_by_file(binding.source)
        return self._in_file[binding.source]

    def with_blocks(self, *blocks: str) -> set[str]:
        """Everybody who keeps a sheet with one of the blocks; '' for the unknown."""
        return {self.of(binding) for binding in self._dossier.bindings if binding.block in blocks}

    def _named_by_file(self, source: int) -> str:
        path = fold_person(self._dossier.sources[source].path.rsplit("/", 1)[-1])
        named = [(bare, p) for bare, p in self._bare if bare in path]
        numbered = [(bare, p) for bare, p in named if f"{bare}({p.staff_number})" in path]
        named = numbered or named
        longest = max((len(bare) for bare, _ in named), default=0)
        found = [(bare, p) for bare, p in named if len(bare) == longest]
        namesakes = [p for bare, p in found if bare == found[0][0]]
        return namesakes[0].name if len(namesakes) == 1 else ""
