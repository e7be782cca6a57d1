"""「校验本表」: what a check of the whole department says about one of its files, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from toolkit.model.dossier import Source, Status
from toolkit.model.errors import ToolkitError
from toolkit.model.finding import SEVERITY_TITLES, CheckResult, Finding, Severity
from toolkit.model.location import split_a1
from toolkit.readers.folder import OUTPUT_FOLDER

from .check import Checked, Progress, check_folder, write_findings_workbook

FORM_RESULT_NAME = "校验本表.xlsx"
MOST_IN_A_CELL = 5
"""Findings that are written out at one cell; the others are only counted."""


@dataclass(frozen=True, slots=True)
class CellMark:
    """What is to be said at one cell, gravest finding first."""

    sheet: str
    cell: str
    severity: Severity
    text: str


@dataclass(slots=True)
class CheckedForm:
    """One file of a checked department. `checked` holds the findings of this file alone."""

    path: Path
    source: Source
    checked: Checked
    marks: list[CellMark]
    unplaced: int
    """Findings that belong to no cell of the file."""


def check_form(
    folder: Path,
    form: Path,
    *,
    now: datetime,
    as_of: date | None = None,
    progress: Progress | None = None,
    cache: Path | None = None,
) -> CheckedForm:
    """Check the whole department, as rules across forms need it, and keep what is on this file.

    The file is read from the disk. Raises ToolkitError when the folder is not there, when the
    file does not lie in it, and when it is not read as a form: then with the reason.
    """
    relative = _inside(folder, form)
    checked = check_folder(folder, today=now.date(), as_of=as_of, progress=progress, cache=cache)
    source = _source(checked, folder, form, relative)
    own = [f for f in checked.result.findings if f.path == source.path and not f.waived]
    if source.status is not Status.READ:
        hint = next((f.hint for f in own if f.hint), "")
        raise ToolkitError(f"没有校验“{form.name}”：{source.reason or '没有读取'}。", hint)
    marks = cell_marks(own)
    placed = sum(bool(f.cell) for f in own)
    alone = replace(checked, result=_only(checked.result, own))
    return CheckedForm(form, source, alone, marks, len(own) - placed)


def write_form_result(done: CheckedForm, generated: datetime) -> Path:
    """The findings of the form as a list, 90_输出/校验本表.xlsx; returns where it is."""
    output = done.checked.folder / OUTPUT_FOLDER / FORM_RESULT_NAME
    return write_findings_workbook(done.checked, output, generated)


def cell_marks(findings: Sequence[Finding]) -> list[CellMark]:
    """One mark per cell, in the order of sheets and cells; all findings are of one file."""
    at: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        for place in _places(finding):
            at.setdefault(place, []).append(finding)
    ordered = sorted(at, key=lambda place: (place[0], split_a1(place[1])))
    return [_mark(*place, at[place]) for place in ordered]


def _places(finding: Finding) -> Iterator[tuple[str, str]]:
    """Sheets and cells of the finding's own file."""
    cells = dict.fromkeys((finding.cell, *finding.cells))
    for cell in filter(None, cells):
        if "!" not in cell:
            yield finding.sheet, cell
        elif cell.startswith(f"{finding.path}!"):
            sheet, _, address = cell.removeprefix(f"{finding.path}!").rpartition("!")
            yield sheet, address


def _mark(sheet: str, cell: str, findings: list[Finding]) -> CellMark:
    findings = sorted(findings, key=lambda f: (f.severity.rank, f.rule, f.id))
    lines = [_sentence(finding) for finding in findings[:MOST_IN_A_CELL]]
    if len(findings) > MOST_IN_A_CELL:
        lines.append(f"另有 {len(findings) - MOST_IN_A_CELL} 项，见校验结果。")
    return CellMark(sheet, cell, findings[0].severity, "\n".join(lines))


def _sentence(finding: Finding) -> str:
    article = f"第{finding.article}条，" if finding.article else ""
    hint = f"\n建议：{finding.hint}" if finding.hint else ""
    title = SEVERITY_TITLES[finding.severity]
    return f"{title}：{finding.message}{hint}\n（{article}{finding.id}）"


def _inside(folder: Path, form: Path) -> str:
    """The form's path below the folder, however each of them is written (drive, share, case)."""
    if not folder.is_dir():
        return ""  # reading the folder says so
    for parent in form.parents:
        try:
            if parent.samefile(folder):
                return form.relative_to(parent).as_posix()
        except OSError:
            continue
    raise ToolkitError(
        f"“{form.name}”不在部门文件夹“{folder}”里，无法对照其他表校验。",
        "请把它移到部门文件夹里再打开，或改正控制台上的“部门文件夹”。",
    )


def _source(checked: Checked, folder: Path, form: Path, relative: str) -> Source:
    sources = checked.dossier.sources
    for source in sources:
        if source.path == relative:
            return source
    # the disk may write the name in another case or Unicode form than Excel does
    for source in sources:
        if source.path.casefold().endswith(form.suffix.casefold()):
            try:
                if (folder / source.path).samefile(form):
                    return source
            except OSError:
                continue
    raise ToolkitError(f"在部门文件夹里没有找到“{form.name}”。", "请先保存它，再校验一次。")


def _only(result: CheckResult, own: list[Finding]) -> CheckResult:
    """The findings of one file; what is missing in the department is not this file's matter."""
    return replace(result, findings=own, undetermined=[], history=0, results={}, not_kept=[])
