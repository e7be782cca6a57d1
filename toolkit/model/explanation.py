"""One finding explained so that anybody can check it by hand (DESIGN.md, promise 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .finding import Finding


@dataclass(frozen=True, slots=True)
class CellSeen:
    """A cell that takes part: its place (file!sheet!A1), its label, what was read there."""

    place: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Searched:
    """A register or form that the rule looked through: records in all, and of the project."""

    title: str
    records: int
    of_project: int
    files: int


@dataclass(frozen=True, slots=True)
class ClockDay:
    """A day of a deadline: why it counts or not, its number, its hours (0: not worked)."""

    day: date
    why: str
    counted: int
    hours: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to a finding. `clock` is empty where no deadline is in play."""

    finding: Finding
    title: str
    demand: str
    """要求 of the rule, in the toolkit's words."""
    gist: str
    """What the article is about."""
    words: str
    """The regulation's own words for how binding it is, e.g. 须、立即."""
    parameters: Sequence[str]
    cells: Sequence[CellSeen]
    records: Sequence[CellSeen]
    """The other filled cells of the records that take part."""
    searched: Sequence[Searched]
    clock: Sequence[ClockDay]
    as_of: date
    overdue: int
    """Working days from the last day in time to `as_of`; negative before it."""
