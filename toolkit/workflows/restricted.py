"""`consolidate --restricted`: complaints, pay and bonuses to a workbook of their own.

Nothing that is read here may stand anywhere else (DESIGN.md, promise 7): not in the ordinary
report, which is made from a dossier without restricted records, not on the screen, not in a log.
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from toolkit.forms import load_forms
from toolkit.model.dossier import Dossier
from toolkit.model.errors import ToolkitError
from toolkit.model.finding import CheckResult, finding_id
from toolkit.model.text import fold
from toolkit.readers.folder import (
    OUTPUT_FOLDER,
    RESTRICTED_FOLDER,
    is_restricted_folder,
    is_restricted_path,
)
from toolkit.readers.reader import read_folder
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period
from toolkit.validators.engine import check
from toolkit.validators.restricted import restricted_rules

from .check import Progress
from .targets import demand_report_target

_PRIVATE = 0o600


def demand_restricted_target(folder: Path, target: Path, ordinary: Path | None = None) -> None:
    """Raise ToolkitError unless the workbook may be written there.

    Not into the department's folder, which everybody reads, except its 09_受限; not into any
    90_输出; not over a workbook that is not an earlier report, nor over the `ordinary` one.
    """
    if ordinary is not None and target.resolve() == ordinary.resolve():
        raise ToolkitError("受限汇总和部门汇总不能写到同一个文件。", "请换一个文件名。")
    place = target.absolute().parent
    inside = _below(folder, place)
    if any(fold(part) == fold(OUTPUT_FOLDER) for part in (*place.parts, *place.resolve().parts)):
        raise ToolkitError(
            f"“{OUTPUT_FOLDER}”大家都能看，受限汇总不能写在里面。",
            f"请写到本人电脑上，或写到部门文件夹的“{RESTRICTED_FOLDER}”。",
        )
    if inside is not None and not any(map(is_restricted_folder, inside)):
        raise ToolkitError(
            "受限汇总不能写在部门共享文件夹里，大家都能看到。",
            f"请写到本人电脑上，或写到部门文件夹的“{RESTRICTED_FOLDER}”，"
            f"例如 {folder / RESTRICTED_FOLDER / '受限汇总.xlsx'}。",
        )
    demand_report_target(target)


def _below(folder: Path, place: Path) -> tuple[str, ...] | None:
    """The folders between the department's folder and a place in it; None outside of it.

    However both are written: links, drives and case do not matter.
    """
    root, here = folder.resolve(), place.resolve()
    for parent in (here, *here.parents):
        if parent == root or _same(parent, root):
            return here.relative_to(parent).parts
    return None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False  # a folder that is not there yet


def write_restricted_report(
    folder: Path,
    target: Path,
    *,
    period: Period,
    now: datetime,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Path:
    """Read the folder with its restricted registers and write the workbook; returns where.

    Raises ToolkitError when the target is not allowed (`demand_restricted_target`) or cannot be
    written. Any other error leaves without what it says about the data.
    """
    demand_restricted_target(folder, target)
    with _silent():
        dossier = read_folder(folder, load_forms(), progress, restricted=True)
        department = Department.of(dossier, now.date(), as_of)
        result = _restricted_only(dossier, check(department))
        _publish(folder, target, department, result, period, now)
    return target


def _publish(
    folder: Path,
    target: Path,
    department: Department,
    result: CheckResult,
    period: Period,
    now: datetime,
) -> None:
    from toolkit.aggregators.restricted import build_restricted
    from toolkit.writers.files import publish
    from toolkit.writers.restricted import write_restricted

    tables = build_restricted(department, result, period)
    if target.exists():
        _make_private(target)  # the new one takes the mode of the old one
    with publish(target) as temporary:
        _make_private(temporary)
        write_restricted(temporary, tables, generated=now, base=folder.resolve())


def _make_private(path: Path) -> None:
    """Only the owner may read it. On Windows the folder's permissions decide instead."""
    if os.name == "posix":
        path.chmod(_PRIVATE)


def _restricted_only(dossier: Dossier, result: CheckResult) -> CheckResult:
    """The findings of restricted registers; all others stand in the ordinary report."""
    rules = restricted_rules()
    paths = restricted_paths(dossier)
    broken = {finding_id("SYS-1", rule) for rule in rules}
    findings = [f for f in result.findings if f.path in paths or f.rule in rules or f.id in broken]
    undetermined = [u for u in result.undetermined if u.rule in rules]
    results = {rule: outcome for rule, outcome in result.results.items() if rule in rules}
    return replace(result, findings=findings, undetermined=undetermined, results=results, history=0)


def restricted_paths(dossier: Dossier) -> set[str]:
    """The files of a dossier that an ordinary run passes over."""
    forms = dossier.forms
    return {
        source.path
        for source in dossier.sources
        if is_restricted_path(source.path)
        or any(forms[key].restricted for key in source.form.split("+") if key)
    }


class _HiddenError(RuntimeError):
    """An unexpected error, told by its kind and place: its text may hold restricted data."""


@contextmanager
def _silent() -> Iterator[None]:
    try:
        yield
    except ToolkitError:
        raise
    except Exception as error:
        places = traceback.extract_tb(error.__traceback__)
        where = "; ".join(f"{p.filename}:{p.lineno} {p.name}" for p in places)
        raise _HiddenError(f"{type(error).__name__} at {where}") from None
