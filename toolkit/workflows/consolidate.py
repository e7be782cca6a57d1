"""「合并汇总」: one report of the whole department."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from toolkit.readers.folder import OUTPUT_FOLDER
from toolkit.regulation.period import Period

from .check import Checked, Progress, check_folder, sources_json
from .targets import demand_report_target

REPORT_NAME = "部门汇总.xlsx"


@dataclass(slots=True)
class Consolidated:
    """Where the report is, and what went into it. `seconds` is the whole run."""

    checked: Checked
    output: Path
    period: Period
    seconds: float


def consolidate_folder(
    folder: Path,
    *,
    output: Path | None,
    period: Period,
    now: datetime,
    as_of: date | None = None,
    progress: Progress | None = None,
) -> Consolidated:
    """Read, check, aggregate and write 部门汇总.xlsx (default: in the folder's 90_输出).

    Raises ToolkitError when the folder is not there or the report cannot be written; the last
    report stays as it was then.
    """
    from toolkit.aggregators.report import build_report
    from toolkit.writers.files import publish
    from toolkit.writers.report import write_report

    started = time.perf_counter()
    target = output or folder / OUTPUT_FOLDER / REPORT_NAME
    if folder.is_dir():
        demand_report_target(target)
    checked = check_folder(folder, today=now.date(), as_of=as_of, progress=progress)
    tables = build_report(checked.department, checked.result, period)
    with publish(target) as temporary:
        write_report(
            temporary,
            tables,
            generated=now,
            base=folder.resolve(),
        )
    return Consolidated(checked, target, period, time.perf_counter() - started)


def consolidate_json(done: Consolidated) -> dict[str, Any]:
    """The object that `toolkit consolidate --json` prints (DESIGN.md, "Contracts")."""
    return {
        "output": str(done.output),
        "sources": sources_json(done.checked.department.dossier),
        "period": done.period.as_dict(),
        "counts": done.checked.result.counts(),
        "seconds": round(done.seconds, 3),
    }
