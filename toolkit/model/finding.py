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
    # names of files may hold bytes that are no text
    whole = "\x1f".join((rule_id, *parts)).encode("utf-8", "surrogatepass")
    digest = hashlib.sha256(whole).hexdigest()
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


_MOST_RULES = 8
"""A sentence names at most so many rules."""
_INTERNAL = frozenset(("on", "since", "due", "simplified"))
"""What other programs are not promised."""


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
    on: date | None = None
    """The day of the event, where a record tells it."""
    since: date | None = None
    due: date | None = None
    """First day and last day in time of the deadline that passed, where there is one."""
    simplified: bool = False
    """A step that was left out on purpose (第52条)."""

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of DESIGN.md, "Contracts"."""
        return {k: v for k, v in asdict(self).items() if k not in _INTERNAL}


@dataclass(frozen=True, slots=True)
class Undetermined:
    """A rule that could not be decided: which data is missing."""

    rule: str
    needs: tuple[str, ...]
    reason: str


def some_of(rules: Sequence[str]) -> str:
    """X03、X04、X05; of many the first ones and how many there are."""
    listed = "、".join(rules[:_MOST_RULES])
    return listed if len(rules) <= _MOST_RULES else f"{listed}等{len(rules)}条规则"


@dataclass(frozen=True, slots=True)
class NotKept:
    """A register that the department does not keep: no finding, but its rules do not apply."""

    form: str
    """Key of the form."""
    title: str
    sheet: str
    """Which sheet of the workbook; '' where the workbook is one register."""
    rules: tuple[str, ...]
    there: bool = False
    """Whether the workbook itself is kept, without this sheet."""
    blank: bool = False
    """Whether its workbook lies in its place and nothing was ever written into it."""

    @property
    def name(self) -> str:
        """《部门协作登记》的“督促立项”."""
        return f"《{self.title}》" + (f"的“{self.sheet}”" if self.sheet else "")

    @property
    def state(self) -> str:
        """What there is of it, as a clause."""
        return f"{self.name}还没有填写" if self.blank else f"没有{self.name}"

    @property
    def sentence(self) -> str:
        """The one line that people read about it, with how to begin keeping it."""
        begin = f"需要时用 toolkit new {self.title} 建立"
        if self.there or self.blank:
            begin = "需要时在这个工作簿里补上这张表" if self.there else "用到时填写即可"
        return f"{self.state}，{some_of(self.rules)} 不适用；{begin}。"

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "form": self.form,
            "title": self.title,
            "sheet": self.sheet,
            "rules": list(self.rules),
            "message": self.sentence,
        }


@dataclass(slots=True)
class CheckResult:
    findings: list[Finding] = field(default_factory=list)
    undetermined: list[Undetermined] = field(default_factory=list)
    history: int = 0
    """Findings before the department's 启用日期, folded into one line."""
    results: dict[str, Result] = field(default_factory=dict)
    """Rule -> its result over the whole department."""
    not_kept: list[NotKept] = field(default_factory=list)
    """Registers whose absence makes rules 不适用, one entry each."""

    def counts(self) -> dict[str, int]:
        live = [f for f in self.findings if not f.waived]
        counts = {s.value: sum(f.severity is s for f in live) for s in Severity}
        counts["waived"] = len(self.findings) - len(live)
        counts["undetermined"] = len(self.undetermined)
        counts["history"] = self.history
        return counts
