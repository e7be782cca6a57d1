"""`toolkit why`: rule, gist, records used, evidence searched, and the clock day by day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

from toolkit.model.agenda import Matter
from toolkit.model.dossier import Binding, Dossier
from toolkit.model.errors import ToolkitError
from toolkit.model.explanation import CellSeen, ClockDay, Explanation, Searched
from toolkit.model.finding import Finding, Result
from toolkit.model.text import is_blank
from toolkit.regulation.articles import load_articles
from toolkit.regulation.department import Department
from toolkit.regulation.waivers import waiver_key
from toolkit.validators.notices import NOTICES
from toolkit.validators.registry import RuleSpec, load_rules

from .agenda import department_matters
from .check import Checked

_MOST_RECORDS, _MOST_CELLS = 3, 24
_NEAR = 3


def explain(checked: Checked, number: str) -> Explanation:
    """What led to the finding (or reminder) with this id. Raises ToolkitError for unknown ids."""
    finding = _find(checked, number)
    dept = checked.department
    spec = load_rules().get(finding.rule)
    notice = NOTICES.get(finding.rule)
    article = load_articles().get(finding.article or 0)
    places = [p for p in dict.fromkeys((finding.cell, *finding.cells)) if p]
    shown = [_absolute(finding, place) for place in places[:_MOST_CELLS]]
    seen = [_seen(dept.dossier, *place) for place in shown]
    return Explanation(
        finding=finding,
        title=spec.title if spec else notice.title if notice else "",
        demand=spec.examples["要求"] if spec else notice.meaning if notice else "",
        gist=article.gist if article else "",
        words="、".join(article.words) if article else "",
        parameters=_parameters(dept, spec, finding),
        cells=[cell for cell in seen if cell is not None],
        records=list(_records(dept.dossier, shown)),
        searched=list(_searched(dept, spec, finding)),
        clock=list(_clock(dept, finding)),
        as_of=dept.as_of,
        overdue=_overdue(dept, finding),
    )


def why_json(explained: Explanation) -> dict[str, Any]:
    """The object that `toolkit why --json` prints."""
    return {**asdict(explained), "finding": explained.finding.as_dict()}


def _find(checked: Checked, number: str) -> Finding:
    wanted = waiver_key(number)
    found = {waiver_key(f.id): f for f in checked.result.findings}
    if wanted not in found:
        found |= {waiver_key(m.id): _as_finding(m) for m in department_matters(checked)}
    if wanted in found:
        return found[wanted]
    near = process.extractOne(wanted, list(found), scorer=OSA.distance, score_cutoff=_NEAR)
    hint = f"是不是 {found[near[0]].id}？" if near else "请从校验结果或待办中复制编号。"
    raise ToolkitError(f"现在没有编号为“{number}”的问题，可能已经解决。", hint)


def _as_finding(matter: Matter) -> Finding:
    return Finding(
        id=matter.id,
        rule=matter.rule,
        article=matter.article,
        severity=matter.severity,
        result=Result.FAIL,
        path=matter.path,
        sheet=matter.sheet,
        cell=matter.cell,
        message=matter.message,
        hint=matter.hint,
        project=matter.project,
        person=matter.owner,
        since=matter.since,
        due=matter.due,
    )


def _absolute(finding: Finding, place: str) -> tuple[str, str, str]:
    if "!" not in place:
        return finding.path, finding.sheet, place
    path, sheet, cell = place.rsplit("!", 2)
    return path, sheet, cell


def _binding_at(dossier: Dossier, path: str, sheet: str, cell: str) -> Iterator[tuple[int, str]]:
    """Number of the binding and field that a cell belongs to; none for other cells."""
    letters = cell.rstrip("0123456789")
    for number, binding in enumerate(dossier.bindings):
        if dossier.sources[binding.source].path != path or binding.sheet != sheet:
            continue
        in_table = ((c, f) for f, c in binding.columns.items())
        in_form = ((c, f) for f, c in binding.cells.items())
        for place, field in (*in_table, *in_form):
            if place in (letters, cell):
                yield number, field


def _row_of(dossier: Dossier, number: int, cell: str) -> pd.Series | None:
    binding = dossier.bindings[number]
    frame = dossier.frames.get(binding.block)
    if frame is None:
        return None
    rows = frame[frame["binding"] == number]
    if binding.columns:
        rows = rows[rows["row"] == int("".join(filter(str.isdigit, cell)))]
    return None if rows.empty else rows.iloc[0]


def _seen(dossier: Dossier, path: str, sheet: str, cell: str) -> CellSeen | None:
    for number, field in _binding_at(dossier, path, sheet, cell):
        row = _row_of(dossier, number, cell)
        if row is not None:
            binding = dossier.bindings[number]
            text = _raw(dossier, binding, row, field) or _text(row[field]) or "（空白）"
            return CellSeen(f"{path}!{sheet}!{cell}", _label(dossier, binding, field), text)
    return None


def _records(dossier: Dossier, shown: Iterable[tuple[str, str, str]]) -> Iterator[CellSeen]:
    """The filled cells of the first records that take part."""
    told: set[tuple[int, int]] = set()
    for path, sheet, cell in shown:
        for number, _ in _binding_at(dossier, path, sheet, cell):
            row = _row_of(dossier, number, cell)
            if row is None or (number, int(row["row"])) in told or len(told) == _MOST_RECORDS:
                continue
            told.add((number, int(row["row"])))
            binding = dossier.bindings[number]
            for field in dossier.blocks[binding.block].keys:
                text = _text(row[field]) if binding.has(field) else ""
                if text:
                    place = binding.cells.get(field) or f"{binding.columns[field]}{row['row']}"
                    label = _label(dossier, binding, field)
                    yield CellSeen(f"{path}!{sheet}!{place}", label, text)


def _label(dossier: Dossier, binding: Binding, field: str) -> str:
    official = dossier.blocks[binding.block].field(field).label
    own = binding.labels.get(field, official)
    return official if own == official else f"{own}（{official}）"


def _raw(dossier: Dossier, binding: Binding, row: pd.Series, field: str) -> str:
    return next(
        (
            p.raw
            for p in dossier.problems
            if (p.frame, p.index, p.field) == (binding.block, row.name, field)
        ),
        "",
    )


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    if is_blank(value):
        return ""
    if isinstance(value, pd.Timestamp):
        midnight = value == value.normalize()
        return f"{value.date()}" if midnight else value.strftime("%Y-%m-%d %H:%M")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _parameters(dept: Department, spec: RuleSpec | None, finding: Finding) -> list[str]:
    if spec is None:
        return []
    found = [dept.parameter(key, finding.since) for key in spec.parameters]
    return [
        f"{parameter}（{parameter.kind.name}，"
        f"{'部门设定' if parameter.decided else '工具默认值，不是制度原文'}）"
        for parameter in found
    ]


def _searched(dept: Department, spec: RuleSpec | None, finding: Finding) -> Iterator[Searched]:
    if spec is None:
        return
    named = (n.split(".")[0] for n in spec.needs)
    for key in dict.fromkeys((*named, *spec.registers, *spec.either)):
        frame = dept.frame(key)
        block, form = dept.dossier.blocks[key], dept.dossier.form_of[key]
        own = 0
        if finding.project and "project" in frame.columns:
            own = int((frame["project"].map(dept.show) == finding.project).sum())
        files = int(frame["source"].nunique()) if len(frame) else 0
        yield Searched(f"《{form.title}》{block.title or block.sheet}", len(frame), own, files)


def _clock(dept: Department, finding: Finding) -> Iterator[ClockDay]:
    """Every day from the event to the last day in time."""
    if finding.since is None or finding.due is None:
        return
    clock, counted = dept.clock(finding.since), 0
    for number in range((finding.due - finding.since).days + 1):
        day = finding.since + timedelta(days=number)
        worked = dept.calendar.is_workday(day)
        counted += worked and number > 0
        spans = clock.hours.on(day, dept.calendar)
        hours = "、".join(f"{s.start:%H:%M}–{s.end:%H:%M}" for s in spans)
        yield ClockDay(day, dept.calendar.why(day), counted if worked else 0, hours)


def _overdue(dept: Department, finding: Finding) -> int:
    """Working days after the last day in time, up to the day of the check."""
    return 0 if finding.due is None else dept.calendar.workdays_between(finding.due, dept.as_of)
