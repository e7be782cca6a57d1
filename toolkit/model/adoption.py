"""What `toolkit adopt` found out about a department's own forms, as people read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An own label and the standard label that it may mean ('' when none comes near).

    `form` and `table` are Chinese titles, `block` is the key of the table, `place` is
    `file!sheet!cell`. `score` runs from about 0.6 to 1.3; it only orders suggestions.
    """

    form: str
    table: str
    block: str
    own_label: str
    standard_label: str
    score: float
    reason: str
    place: str


@dataclass(frozen=True, slots=True)
class BoundLabel:
    """A field that was bound: the labels of the workbooks, and how they were recognised."""

    label: str
    own: tuple[str, ...]
    how: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MissingField:
    """A field that no workbook has: the nearest own label, and the rules that need the field."""

    label: str
    required: bool
    nearest: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdoptedBlock:
    """A table or label form as the department keeps it; `places` are `file!sheet`."""

    form: str
    title: str
    block: str
    table: str
    places: tuple[str, ...]
    bound: tuple[BoundLabel, ...]
    missing: tuple[MissingField, ...]
    after_confirmation: bool = False
    """True when it can be read only once suggestions are confirmed."""


@dataclass(frozen=True, slots=True)
class AdoptedFile:
    """A file of the folder: `forms` are the titles that it was read as, `guess` what it seems."""

    path: str
    status: str
    reason: str
    forms: tuple[str, ...]
    guess: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleOff:
    """A rule that cannot decide: the labels that it lacks; whether confirming switches it on."""

    rule: str
    title: str
    lacks: tuple[str, ...]
    after_confirmation: bool


@dataclass(frozen=True, slots=True)
class ProposedPerson:
    """A name that was found, with the department that its fields point to ('' = unclear)."""

    name: str
    department: str
    seen_as: str
    times: int
    role: str = ""
    """The role that only this person was seen in, to be confirmed by the manager."""


@dataclass(slots=True)
class Adoption:
    """Everything that `toolkit adopt` reports and proposes."""

    folder: Path
    department: str
    files: list[AdoptedFile] = field(default_factory=list)
    blocks: list[AdoptedBlock] = field(default_factory=list)
    rules_off: list[RuleOff] = field(default_factory=list)
    rules_unused: list[str] = field(default_factory=list)
    """不适用: rules about registers that the department does not keep."""
    rules_on: int = 0
    suggestions: list[Suggestion] = field(default_factory=list)
    """What is new in this run; earlier ones stand in `waiting`."""
    waiting: int = 0
    """Lines of 列名别名 that somebody has not decided yet."""
    people: list[ProposedPerson] = field(default_factory=list)
    """Not in the roster yet."""
    configuration: Path | None = None
    """部门配置.xlsx, when this run created it."""
    confirmation: Path | None = None
    """列名别名_待确认.xlsx, when this run created it."""
