"""What the rules said of a folder before, as far as it still holds.

A rule of one workbook, or of records that hang together, would say the same again of what nobody
changed: it is asked about the rest alone. Without it only time changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from toolkit.model.finding import Breach, Result, Severity
from toolkit.regulation.department import Department
from toolkit.regulation.narrowed import narrowed
from toolkit.regulation.ties import TIED, Mask, Sums, Ties, names_of, registers_of

from .registry import RuleSpec, Scope

MOST = 20_000
"""Breaches in all; of a folder with more of them nothing is remembered."""
_LEAST_SHARE = 2
"""Where more than one record in so many changed, the rules are asked about all."""


@dataclass(slots=True)
class Said:
    """What the rules said, in terms that outlast the order of files and records."""

    files: dict[str, int]
    keys: Sums
    sums: Sums
    registers: str
    names: str
    rules: dict[str, list[Any]]
    """Rule -> its breaches about tied records."""

    @classmethod
    def of(cls, ties: Ties, breaches: Mapping[str, Sequence[Breach]]) -> Said | None:
        """None when it is too much to be kept, or when nobody knows what a file was."""
        dept, numbers = ties.dept, {path: n for n, path in enumerate(ties.files)}
        sources = {source for starts in ties.starts.values() for source in starts}
        unknown = any(dept.dossier.sources[n].path not in numbers for n in sources)
        if unknown or sum(map(len, breaches.values())) > MOST:
            return None
        place = _Places(ties, numbers)
        rules = {
            rule: [_plain(breach, place) for breach in found if breach.frame in TIED]
            for rule, found in breaches.items()
        }
        return cls(
            ties.files, ties.keys, ties.sums, digest(registers_of(dept)), names_of(dept), rules
        )

    def head(self) -> dict[str, Any]:
        """Everything but the arrays."""
        return {
            "files": self.files,
            "registers": self.registers,
            "names": self.names,
            "rules": self.rules,
        }


def digest(found: Any) -> str:
    """A hash of lists and texts."""
    return hashlib.sha256(repr(found).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass
class Before:
    """An earlier judgement beside the department as it is now."""

    said: Said
    ties: Ties
    _views: dict[Scope, tuple[Department, Mapping[str, Mask]]] = field(default_factory=dict)

    @cached_property
    def _registers_are_the_same(self) -> bool:
        return self.said.registers == digest(registers_of(self.ties.dept))

    @cached_property
    def _names_are_the_same(self) -> bool:
        return self.said.names == names_of(self.ties.dept)

    def serves(self, spec: RuleSpec) -> bool:
        """Whether the rule need not look at all records."""
        if spec.scope is Scope.DEPARTMENT or spec.id not in self.said.rules:
            return False
        if not self._registers_are_the_same:
            return False
        if spec.scope is Scope.MATTER and not self._names_are_the_same:
            return False
        masks = self._view(spec.scope)[1].values()
        return sum(int(m.sum()) for m in masks) * _LEAST_SHARE <= sum(map(len, masks))

    def breaches(self, spec: RuleSpec) -> Iterator[Breach]:
        """What the rule says now. May raise anything when something does not fit."""
        view, changed = self._view(spec.scope)
        for kept in self.said.rules[spec.id]:
            breach = self._restored(kept, changed)
            if breach is not None:
                yield breach
        yield from spec.check(view)

    def _view(self, scope: Scope) -> tuple[Department, Mapping[str, Mask]]:
        """The department's records that changed, and which they are."""
        if scope not in self._views:
            if scope is Scope.WORKBOOK:
                files = self.ties.files
                rows = self.ties.of_files({p for p in files if not self._is_the_same(p)})
            else:
                rows = self.ties.changed(self.said.keys, self.said.sums)
            self._views[scope] = narrowed(self.ties.dept, rows), rows
        return self._views[scope]

    def _is_the_same(self, path: str) -> bool:
        return path in self.ties.files and self.ties.files[path] == self.said.files.get(path)

    @cached_property
    def _paths(self) -> list[str]:
        return list(self.said.files)

    @cached_property
    def _sources(self) -> dict[str, int]:
        return {source.path: n for n, source in enumerate(self.ties.dept.dossier.sources)}

    def _restored(self, kept: Sequence[Any], changed: Mapping[str, Mask]) -> Breach | None:
        """The breach; None when its record is asked about again."""
        (frame, path, position, name), *rest, also = kept
        if not self._is_the_same(self._paths[path]):
            return None
        index = self._index(frame, path, position)
        if changed[frame][index]:
            return None
        message, hint, severity, project, person, on, clock, due, cause, result = rest
        return Breach(
            frame,
            index,
            name,
            message,
            hint,
            severity and Severity(severity),
            project,
            person,
            _day(on),
            clock and (date.fromisoformat(clock[0]), date.fromisoformat(clock[1])),
            _day(due),
            [(f, self._index(f, p, n) if p >= 0 else n, field_) for f, p, n, field_ in also],
            cause,
            Result(result),
        )

    def _index(self, frame: str, path: int, position: int) -> int:
        if not self._is_the_same(self._paths[path]):
            raise LookupError("a record of another group")
        return self.ties.starts[frame][self._sources[self._paths[path]]] + position


class _Places:
    """Where records are, whatever lies before them."""

    def __init__(self, ties: Ties, numbers: Mapping[str, int]) -> None:
        dossier = ties.dept.dossier
        self._starts = ties.starts
        self._source: dict[str, npt.NDArray[np.int64]] = {
            frame: dossier.frames[frame]["source"].to_numpy() for frame in ties.starts
        }
        self._paths = [numbers.get(source.path, -1) for source in dossier.sources]

    def __call__(self, frame: str, index: int, name: str) -> tuple[str, int, int, str]:
        if frame not in TIED:
            return frame, -1, int(index), name
        source = int(self._source[frame][index])
        return frame, self._paths[source], int(index) - self._starts[frame][source], name


def _plain(breach: Breach, place: _Places) -> list[Any]:
    return [
        place(breach.frame, breach.index, breach.field),
        breach.message,
        breach.hint,
        breach.severity and breach.severity.value,
        breach.project,
        breach.person,
        breach.on and breach.on.isoformat(),
        breach.clock and [day.isoformat() for day in breach.clock],
        breach.due and breach.due.isoformat(),
        breach.cause,
        breach.result.value,
        [place(*cell) for cell in breach.also],
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def said_of(head: Mapping[str, Any], keys: Sums, sums: Sums) -> Said:
    """What `Said.head` and its arrays tell. May raise anything when something does not fit."""
    if len(keys) != len(sums):
        raise ValueError("sums are missing")
    parts = (head[name] for name in ("registers", "names", "rules"))
    return Said(dict(head["files"]), keys, sums, *parts)
