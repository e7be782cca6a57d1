"""What a run found, as the cells of the console and the box at the end show it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from unicodedata import east_asian_width

from toolkit.aggregators.overview import look_first
from toolkit.model.dossier import Status
from toolkit.model.finding import SEVERITY_TITLES, Finding, Severity
from toolkit.workflows.check import Checked
from toolkit.writers import button_names as names

from .console import Cells

_TWO_LINES = 44
"""Half-widths that fit into the cell of a person and a project."""
_PARTS = {"error": names.ERRORS, "warn": names.WARNINGS, "info": names.HINTS}


def run_cells(
    checked: Checked, *, state: str, period: str, output: Path | None, when: datetime
) -> Cells:
    """All cells of a finished run. Without an output the last one stays on the sheet."""
    dossier, counts = checked.dossier, checked.result.counts()
    cells: dict[str, str | float] = {
        names.DEPARTMENT: checked.name,
        names.LAST_RUN: f"{when:%Y-%m-%d %H:%M}",
        names.LAST_PERIOD: period,
        names.STATE: state,
        names.FILES: float(sum(s.status is Status.READ for s in dossier.sources)),
        names.ROWS: float(sum(s.consolidated for s in dossier.sources)),
        names.UNDETERMINED: float(counts["undetermined"]),
    }
    cells |= {name: float(counts[key]) for key, name in _PARTS.items()}
    if output is not None:
        cells[names.OUTPUT] = str(output)
    return cells | first_things(checked.result.findings)


def first_things(findings: list[Finding]) -> dict[str, str]:
    """The five things to do first; lines that are not needed become blank."""
    chosen = look_first(findings, names.FIRST_THINGS)
    cells: dict[str, str] = {}
    for number in range(1, names.FIRST_THINGS + 1):
        finding = chosen[number - 1] if number <= len(chosen) else None
        parts = _thing(finding) if finding else dict.fromkeys(names.FIRST_PARTS, "")
        cells |= {names.first_thing(number, part): text for part, text in parts.items()}
    if not chosen:
        cells[names.first_thing(1, "text")] = "没有必须处理的问题。"
    return cells


def _thing(finding: Finding) -> dict[str, str]:
    where = "!".join(part for part in (finding.path, finding.sheet, finding.cell) if part)
    who = "　".join(part for part in (finding.person, finding.project) if part)
    return {
        "severity": SEVERITY_TITLES[finding.severity],
        "text": finding.message,
        "who": _fitting(who, _TWO_LINES),
        "where": where,
    }


def _fitting(text: str, width: int) -> str:
    """At most so many half-widths; what is cut off is shown as cut off."""
    used = 0
    for at, char in enumerate(text):
        used += 2 if east_asian_width(char) in "WF" else 1
        if used > width:
            return f"{text[: at - 1].rstrip()}…"
    return text


def failed_cells(sentence: str, when: datetime) -> Cells:
    """A run that did not end well: figures and output of the last good one stay, and it says so."""
    return {names.STATE: f"{names.FAILED}（{when:%m-%d %H:%M}）：{sentence}下面的数字没有更新。"}


def found(checked: Checked) -> str:
    """`错误 3，警告 5，提示 2，无法判断 1`."""
    counts = checked.result.counts()
    parts = [f"{SEVERITY_TITLES[s]} {counts[s.value]}" for s in Severity]
    return "，".join([*parts, f"无法判断 {counts['undetermined']}"])


def read(checked: Checked) -> str:
    """How much was read, and what was not."""
    sources = checked.dossier.sources
    books = sum(s.status is Status.READ for s in sources)
    rows = sum(s.consolidated for s in sources)
    unread = sum(s.status in (Status.UNREADABLE, Status.UNRECOGNISED) for s in sources)
    sentence = f"读取 {books} 个工作簿，计入 {rows} 行。"
    if unread:
        sentence += f"另有 {unread} 个文件没有读取，原因见结果文件。"
    return sentence if books else f"{sentence}没有读到任何表，请核对控制台上的“部门文件夹”。"
