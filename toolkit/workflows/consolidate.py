"""「合并汇总」: one report of the whole department."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from toolkit.readers.folder import OUTPUT_FOLDER
from toolkit.readers.memory_limit import give_back
from toolkit.regulation.period import Period

from .check import Checked, Progress, check_folder, sources_json
from .restricted import demand_restricted_target, write_restricted_report
from .targets import demand_report_target

REPORT_NAME = "部门汇总.xlsx"


@dataclass(slots=True)
class Consolidated:
    """Where the report is, and what went into it. `seconds` is the whole run."""

    checked: Checked
    output: Path
    period: Period
    seconds: float
    restricted: Path | None = None
    """Where the restricted workbook is, if it was asked for; nothing of it is in here."""


def consolidate_folder(
    folder: Path,
    *,
    output: Path | None,
    period: Period,
    now: datetime,
    as_of: date | None = None,
    progress: Progress | None = None,
    restricted: Path | None = None,
    cache: Path | None = None,
) -> Consolidated:
    """Read, check, aggregate and write 部门汇总.xlsx (default: in the folder's 90_输出).

    With `restricted` the folder is read once more, restricted registers included, for that
    workbook alone (`workflows.restricted`). Raises ToolkitError when the folder is not there, a
    target is not allowed or a report cannot be written; the last report stays as it was then.
    """
    started = time.perf_counter()
    target = output or folder / OUTPUT_FOLDER / REPORT_NAME
    if folder.is_dir():
        if restricted is not None:
            demand_restricted_target(folder, restricted, target)
        demand_report_target(target)
    checked = check_folder(folder, today=now.date(), as_of=as_of, progress=progress, cache=cache)
    publish_report(checked, target, period, now)
    if restricted is not None:
        write_restricted_report(
            folder, restricted, period=period, now=now, as_of=as_of, progress=progress
        )
    return Consolidated(checked, target, period, time.perf_counter() - started, restricted)


def publish_report(checked: Checked, target: Path, period: Period, now: datetime) -> None:
    """Write the report of a department that was checked already (`demand_report_target` first).

    Raises ToolkitError when it cannot be written; the last report stays as it was then.
    """
    from toolkit.aggregators.report import build_report
    from toolkit.writers.files import publish
    from toolkit.writers.report import write_report

    department = checked.department
    give_back()  # what reading left behind is as large as the report
    tables = build_report(department, checked.result, period)
    with publish(target) as temporary:
        write_report(
            temporary,
            tables,
            generated=now,
            base=checked.folder.resolve(),
        )


def consolidate_json(done: Consolidated) -> dict[str, Any]:
    """The object that `toolkit consolidate --json` prints (DESIGN.md, "Contracts")."""
    told = {
        "output": str(done.output),
        "sources": sources_json(done.checked.dossier),
        "period": done.period.as_dict(),
        "counts": done.checked.result.counts(),
        "seconds": round(done.seconds, 3),
    }
    return told if done.restricted is None else {**told, "restricted": str(done.restricted)}
