"""Runs the rules and turns breaches into findings: causes, ids, waivers, history, caps."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
from rapidfuzz import fuzz, process

from toolkit.model.dossier import NO_SOURCE
from toolkit.model.finding import (
    Breach,
    Cause,
    CheckResult,
    Finding,
    Result,
    Severity,
    Undetermined,
    finding_id,
)
from toolkit.model.location import Location
from toolkit.regulation.department import Department
from toolkit.regulation.simplifications import (
    SOFT_CHAPTER,
    Simplification,
    simplifications,
    untouchable,
)

from .before import Before
from .governance import UNRULED, unruled_parameters
from .not_kept import absent_frames, registers_not_kept
from .registry import RuleSpec, Scope, load_rules
from .simplified import LATE, Excused, late_simplifications
from .waivers import SPENT, apply_waivers, spent_waivers

MAX_CELLS = 200
"""A finding lists at most so many cells; `count` says how many there are."""


def check(
    dept: Department,
    rules: Iterable[RuleSpec] | None = None,
    *,
    before: Before | None = None,
    said: dict[str, list[Breach]] | None = None,
) -> CheckResult:
    """Run the rules (all active ones by default) over a department.

    `before` is what they said when some of the records were others; `said` takes what they say.
    """
    result = CheckResult()
    run = _Run(dept, result, before)
    for spec in load_rules().values() if rules is None else rules:
        run.rule(spec)
    result.findings.extend(run.findings(LATE, list(late_simplifications(dept, run.excused))))
    result.findings.extend(run.findings(UNRULED, list(unruled_parameters(dept, result.findings))))
    result.not_kept = registers_not_kept(dept.dossier, run.absent)
    result.findings.extend(run.source_findings())
    _fold_history(dept, result, run.history)
    _demand_unique_ids(result.findings)
    result.findings.extend(run.findings(SPENT, list(spent_waivers(dept, result.findings))))
    apply_waivers(dept, result.findings)
    result.findings.sort(key=_order)
    if said is not None:
        said.update(run.said)
    return result


@dataclass(slots=True)
class _Run:
    dept: Department
    result: CheckResult
    before: Before | None = None
    history: int = 0
    said: dict[str, list[Breach]] = field(default_factory=dict)
    absent: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Frame that is not kept -> the rules that do not apply because of it."""
    excused: list[Excused] = field(default_factory=list)
    """Breaches that a registered simplification made remarks."""
    _keys: dict[str, dict[int, str]] = field(default_factory=dict)
    """Frame -> index -> key, of records with a breach."""
    _simplified: list[Simplification] = field(init=False)
    _fields: dict[str, tuple[int, dict[str, int]]] = field(init=False)
    """Frame -> its place among all, and those of its fields."""

    def __post_init__(self) -> None:
        self._simplified = simplifications(self.dept)
        self._fields = {
            key: (number, {name: place for place, name in enumerate(block.keys)})
            for number, (key, block) in enumerate(self.dept.dossier.blocks.items())
        }

    def rule(self, spec: RuleSpec) -> None:
        if (why := self._not_ready(spec)) is not None:
            self.result.results[spec.id] = why
            return
        try:
            breaches = self.said[spec.id] = self._breaches(spec)
        except Exception:  # a broken rule must not stop the others
            self.result.findings.append(_internal_finding(spec, traceback.format_exc()))
            self.result.results[spec.id] = Result.UNDETERMINED
            return
        findings = self.findings(spec, breaches)
        self.result.findings.extend(findings)
        results = {f.result for f in findings}
        worst = (r for r in (Result.FAIL, Result.UNDETERMINED) if r in results)
        self.result.results[spec.id] = next(worst, Result.PASS)

    def _breaches(self, spec: RuleSpec) -> list[Breach]:
        """What a rule says. Where only a part may be asked anew the order is always the same."""
        found: list[Breach] | None = None
        if self.before is not None:
            try:
                if self.before.serves(spec):
                    found = list(self.before.breaches(spec))
            except Exception:  # what was said before does not fit
                found = None
        if found is None:
            found = list(spec.check(self.dept))
        if spec.scope is not Scope.DEPARTMENT:
            found.sort(key=self._order)
        return found

    def _order(self, breach: Breach) -> tuple[Any, ...]:
        """The earliest first, then by forms, records and fields."""
        frame, fields = self._fields[breach.frame]
        place = frame, breach.index, fields.get(breach.field, -1)
        return breach.on or date.min, *place, breach.message, breach.cause

    def _not_ready(self, spec: RuleSpec) -> Result | None:
        if absent := absent_frames(self.dept.dossier, spec):
            for frame in absent:
                self.absent[frame].append(spec.id)
            return Result.NOT_APPLICABLE
        missing = tuple(n for n in spec.needs if not self.dept.dossier.bound(*n.split(".")))
        if not missing:
            return None
        blocks = self.dept.dossier.blocks
        labels = [
            f"“{blocks[f].title or blocks[f].sheet}”的“{blocks[f].field(k).label}”"
            for f, k in (n.split(".") for n in missing)
        ]
        near = "；".join(filter(None, (self._nearest(*n.split(".")) for n in missing)))
        reason = f"补充{'、'.join(labels)}后可启用规则 {spec.id}" + (f"（{near}）" if near else "")
        self.result.undetermined.append(Undetermined(spec.id, missing, reason))
        return Result.UNDETERMINED

    def _nearest(self, frame: str, key: str) -> str:
        """The department's own label that comes nearest to a field nobody has."""
        dossier = self.dept.dossier
        own = {t for b in dossier.bindings if b.block == frame for t in b.unbound.values()}
        label = dossier.blocks[frame].field(key).label
        found = process.extractOne(label, sorted(own), scorer=fuzz.ratio, score_cutoff=40)
        return f"表中最接近“{label}”的列是“{found[0]}”" if found else ""

    def findings(self, spec: RuleSpec, breaches: Sequence[Breach]) -> list[Finding]:
        groups: dict[tuple[str, ...], list[Breach]] = defaultdict(list)
        self._look_up_keys(breaches)
        for breach in breaches:
            on = self._when(breach)
            if on and self.dept.effective and on < self.dept.effective:
                continue  # X92: the regulation did not apply yet
            if on and self.dept.go_live and on < self.dept.go_live:
                self.history += 1
                continue
            groups[self._cause(spec, breach)].append(breach)
        return [self._finding(spec, cause, group) for cause, group in groups.items()]

    def _event(self, frame: str, index: object) -> date | None:
        day = self.dept.event_dates(frame).get(index)
        return None if day is None or pd.isna(day) else day.date()

    def _cause(self, spec: RuleSpec, breach: Breach) -> tuple[str, ...]:
        """What makes it the same matter, and with it the finding's id. Never a position."""
        if breach.cause:
            return (breach.cause,)
        key = self._text(breach, "key")
        if spec.cause is Cause.RECORD:
            return breach.frame, key, breach.field
        if spec.cause is Cause.PROJECT:
            return ("project", breach.project or self._text(breach, "project") or key)
        if spec.cause is Cause.PERSON:
            return ("person", breach.person or self._text(breach, "person") or key)
        return ("file", breach.frame, self._text(breach, "owner") or key)

    def _look_up_keys(self, breaches: Sequence[Breach]) -> None:
        """The keys of many records at once: they are only made when somebody asks for them."""
        asked: dict[str, set[int]] = defaultdict(set)
        for breach in breaches:
            asked[breach.frame].add(breach.index)
        for name, records in asked.items():
            known = self._keys.setdefault(name, {})
            new = [index for index in records if index not in known]
            if new and "key" in (frame := self.dept.dossier.frames[name]).columns:
                known.update(zip(new, map(str, frame["key"].loc[new]), strict=True))

    def _text(self, breach: Breach, column: str) -> str:
        """One cell of the breach's record; '' when its frame has no such column."""
        if column == "key":
            return self._keys[breach.frame].get(breach.index, "")
        frame = self.dept.dossier.frames[breach.frame]
        # .at is some thirty times as fast as taking the row out with .loc
        return str(frame.at[breach.index, column]) if column in frame.columns else ""

    def _finding(self, spec: RuleSpec, cause: tuple[str, ...], group: list[Breach]) -> Finding:
        first = min(group, key=lambda b: (b.severity or spec.severity).rank)
        place, cells = self._places(first, group)
        severity, softened = self._soften(spec, first.severity or spec.severity, group)
        message = first.message
        if len(group) > 1:
            message += f"（同类共{len(group)}处）"
        return Finding(
            id=finding_id(spec.id, *cause),
            rule=spec.id,
            article=spec.article,
            severity=severity,
            result=first.result,
            path=place.path,
            sheet=place.sheet,
            cell=place.cell,
            cells=cells,
            count=len(group),
            message=message + softened,
            hint=first.hint,
            project=self.dept.show(first.project or self._text(first, "project")),
            person=first.person or self._text(first, "person"),
            on=self._when(first),
            simplified="（已登记简化：" in softened,
            since=first.clock[0] if first.clock else None,
            due=first.due or (first.clock[1] if first.clock else None),
        )

    def _places(self, first: Breach, group: list[Breach]) -> tuple[Location, list[str]]:
        locate = self.dept.dossier.locate
        place = locate(first.frame, first.index, first.field)
        cells: dict[str, None] = {}
        for breach in [first, *group]:
            for frame, index, name in ((breach.frame, breach.index, breach.field), *breach.also):
                if len(cells) < MAX_CELLS:
                    other = locate(frame, index, name)
                    same = (other.path, other.sheet) == (place.path, place.sheet)
                    cells[other.cell if same else str(other)] = None
        return place, list(cells)

    def _soften(
        self, spec: RuleSpec, severity: Severity, group: list[Breach]
    ) -> tuple[Severity, str]:
        """What takes the edge off a finding, and how it says so.

        Deadlines over a year without known holidays are at most a warning (catalogue E6), the
        chapter on 产品实施 is a degree milder (第35–42条, P27), and a step that was left out on
        purpose is only a remark (第52条).
        """
        said = []
        years = sorted(
            {y for b in group if b.clock for y in self.dept.calendar.unknown_years(*b.clock)}
        )
        if years:
            severity = max(severity, Severity.WARN, key=lambda s: s.rank)
            said.append(f"（未计入{'、'.join(map(str, years))}年节假日）")
        if spec.article in SOFT_CHAPTER and not spec.hard:
            binding = self.dept.parameter("P27", self._when(group[0]))
            if not binding.flag and severity is not Severity.INFO:
                severity = Severity.WARN if severity is Severity.ERROR else Severity.INFO
                said.append(f"（本章暂不作硬性要求，{binding}）")
        if reason := self._reason(spec, group):
            severity = Severity.INFO
            said.append(f"（已登记简化：{reason}）")
        return severity, "".join(said)

    def _reason(self, spec: RuleSpec, group: list[Breach]) -> str:
        """Why the step was simplified; '' when it was not, or not for every one of the breaches."""
        if not self._simplified:
            return ""
        if untouchable(self.dept, self._when(group[0])).has(spec.id, spec.article):
            return ""
        covering = [self._covering(spec, breach) for breach in group]
        if not all(covering):
            return ""
        for simplification, breach in zip(covering, group, strict=True):
            due = breach.due or (breach.clock[1] if breach.clock else None)
            if simplification and (on := self._when(breach)):
                self.excused.append(Excused(simplification, spec.id, on, due))
        return "；".join(dict.fromkeys(s.reason for s in covering if s))

    def _covering(self, spec: RuleSpec, breach: Breach) -> Simplification | None:
        """The simplification of the breach's step that was registered first."""
        project, on = breach.project or self._text(breach, "project"), self._when(breach)
        return min(
            (s for s in self._simplified if s.covers(spec.id, spec.article, project, on)),
            key=lambda s: s.registered,
            default=None,
        )

    def _when(self, breach: Breach) -> date | None:
        return breach.on or self._event(breach.frame, breach.index)

    def source_findings(self) -> list[Finding]:
        """What the reader found out about files, as findings."""
        found = []
        for problem in self.dept.dossier.source_problems:
            about_folder = problem.source == NO_SOURCE
            path = "" if about_folder else self.dept.dossier.sources[problem.source].path
            where = (path, problem.sheet, problem.cell)
            found.append(
                Finding(
                    id=finding_id(problem.rule, *where, problem.message),
                    rule=problem.rule,
                    article=None,
                    severity=Severity(problem.severity),
                    result=Result.UNDETERMINED,
                    path=path,
                    sheet=problem.sheet,
                    cell=problem.cell,
                    cells=[problem.cell] if problem.cell else [],
                    message=problem.message,
                    hint=problem.hint,
                )
            )
        return found


def _internal_finding(spec: RuleSpec, trace: str) -> Finding:
    last = trace.strip().splitlines()[-1]
    return Finding(
        id=finding_id("SYS-1", spec.id),
        rule="SYS-1",
        article=spec.article,
        severity=Severity.WARN,
        result=Result.UNDETERMINED,
        path="",
        sheet="",
        cell="",
        message=f"规则 {spec.id} 运行出错，本次未能检查；其他规则不受影响。",
        hint=f"请把这一行告诉工具维护人：{last[:200]}",
    )


def _fold_history(dept: Department, result: CheckResult, history: int) -> None:
    result.history = history
    if history:
        result.findings.append(
            Finding(
                id=finding_id("HIST", str(dept.go_live)),
                rule="HIST",
                article=None,
                severity=Severity.INFO,
                result=Result.FAIL,
                path="",
                sheet="",
                cell="",
                count=history,
                message=f"启用日期{dept.go_live}之前另有{history}处历史问题，已合并为这一条。",
                hint="无须逐条处理；如需查看，请把部门配置中的启用日期提前。",
            )
        )


def _demand_unique_ids(findings: list[Finding]) -> None:
    """Two findings of one run never share an id: the later ones get an ordinal."""
    seen: dict[str, int] = defaultdict(int)
    for finding in findings:
        seen[finding.id] += 1
        if seen[finding.id] > 1:
            finding.id = f"{finding.id}-{seen[finding.id]}"


def _order(finding: Finding) -> tuple[object, ...]:
    return (finding.severity.rank, finding.path, finding.sheet, finding.rule, finding.id)
