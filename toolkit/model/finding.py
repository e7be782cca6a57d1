"""Findings: what a rule says, and what the engine makes of it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    ERROR = "error"
    WARN = "warn"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 is the gravest."""
        return _RANK[self]


_RANK = {Severity.ERROR: 0, Severity.WARN: 1, Severity.INFO: 2}
SEVERITY_TITLES = {Severity.ERROR: "错误", Severity.WARN: "警告", Severity.INFO: "提示"}


class Result(StrEnum):
    """The four results of a rule (DESIGN.md, promise 4)."""

    PASS = "符合"
    FAIL = "不符合"
    UNDETERMINED = "无法判断"
    NOT_APPLICABLE = "不适用"


class Cause(StrEnum):
    """What one finding stands for: breaches with the same cause are counted in one finding."""

    RECORD = "record"
    PROJECT = "project"
    PERSON = "person"
    FILE = "file"


def finding_id(rule_id: str, *parts: str) -> str:
    """Stable across runs: the rule and the keys of its records, nothing positional."""
    digest = hashlib.sha256("\x1f".join((rule_id, *parts)).encode()).hexdigest()
    return f"{rule_id}-{digest[:8]}"


@dataclass(slots=True)
class Breach:
    """What a rule yields: a record, the field to change, and one Chinese sentence.

    `on` is the date of the event (default: the record's own event date); events before the
    regulation's effective date are dropped, those before 启用日期 become history. `clock` is the
    (first, last) day of a deadline's interval: when the calendar does not know one of its years
    the finding is capped at warning; `due` is the last day in time, if not its end. `also` adds
    (frame, index, field) cells to the finding. `cause` replaces the cause value that the engine
    would take from the record.
    """

    frame: str
    index: int
    field: str
    message: str
    hint: str = ""
    severity: Severity | None = None
    project: str = ""
    person: str = ""
    on: date | None = None
    clock: tuple[date, date] | None = None
    due: date | None = None
    also: Sequence[tuple[str, int, str]] = ()
    cause: str = ""
    result: Result = Result.FAIL


@dataclass(slots=True)
class Finding:
    """One finding as users and programs see it. `article` is None where no article stands."""

    id: str
    rule: str
    article: int | None
    severity: Severity
    result: Result
    path: str
    sheet: str
    cell: str
    message: str
    hint: str = ""
    cells: list[str] = field(default_factory=list)
    """A1 cells that take part; of other sheets or files as `path!sheet!A1`."""
    count: int = 1
    project: str = ""
    person: str = ""
    waived: str = ""
    """Why it is waived; empty when it is in force."""
    since: date | None = None
    due: date | None = None
    """First day and last day in time of the deadline that passed, where there is one."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of DESIGN.md, "Contracts"."""
        return {k: v for k, v in asdict(self).items() if k not in ("since", "due")}


@dataclass(frozen=True, slots=True)
class Undetermined:
    """A rule that could not be decided: which data is missing."""

    rule: str
    needs: tuple[str, ...]
    reason: str


@dataclass(slots=True)
class CheckResult:
    findings: list[Finding] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)
    history: int = 0
    """Findings before the department's 启用日期, folded into one line."""
    results: dict[str, Result] = field(default_factory=dict)
    """Rule -> its result over the whole department."""

    def counts(self) -> dict[str, int]:
        live = [f for f in self.findings if not f.waived]
        counts = {s.value: sum(f.severity is s for f in live) for s in Severity}
        counts["waived"] = len(self.findings) - len(live)
        counts["undetermined"] = len(self.undetermined)
        counts["history"] = self.history
        return counts
