"""`toolkit trace`: the order in which to look for the cause of a project's problem (第52条)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from toolkit.aggregators.trace import Step, problem_date, trace
from toolkit.model.errors import ToolkitError

from .check import Checked
from .targets import demand_report_target

_NEAR = 60


@dataclass(frozen=True, slots=True)
class Traced:
    """The steps of a project up to a day; `assumed` when that day was not given."""

    project: str
    until: date
    assumed: bool
    steps: list[Step]


def trace_project(checked: Checked, project: str, until: date | None = None) -> Traced:
    """Steps of a project (number, name or alias), looked at from `until`.

    Without it from the last fault or failed close, else from the day of the check. Raises
    ToolkitError when no project, or more than one, is meant.
    """
    dept = checked.department
    key = _resolve(checked, project)
    day = until or problem_date(dept, key) or dept.as_of
    steps = trace(dept, checked.result, key, day)
    return Traced(dept.show(key), day, until is None, steps)


def trace_json(traced: Traced) -> dict[str, Any]:
    """The object that `toolkit trace --json` prints."""
    return {
        "project": traced.project,
        "until": traced.until.isoformat(),
        "steps": [asdict(step) for step in traced.steps],
    }


def write_trace(traced: Traced, checked: Checked, output: Path, generated: datetime) -> Path:
    """The same as a workbook with one sheet; returns where it was written."""
    from toolkit.writers.files import publish
    from toolkit.writers.trace_workbook import write_trace_workbook

    demand_report_target(output)
    with publish(output) as temporary:
        write_trace_workbook(
            temporary,
            traced.steps,
            project=traced.project,
            until=traced.until,
            department=checked.department.name,
            base=checked.folder.resolve(),
            generated=generated,
        )
    return output


def _resolve(checked: Checked, project: str) -> str:
    index = checked.department.projects
    if meant := index.ambiguous(project):
        shown = "、".join(index.show(key) for key in meant)
        raise ToolkitError(f"“{project}”是几个项目的名称：{shown}。", "请改用项目编号。")
    key = index.resolve(project, "")
    if key in {*index.numbers, *index.titles}:
        return key
    known = {index.show(each): each for each in {*index.numbers, *index.titles}}
    near = process.extractOne(project, sorted(known), scorer=fuzz.WRatio, score_cutoff=_NEAR)
    raise ToolkitError(
        f"没有找到项目“{project}”。",
        f"是不是“{near[0]}”？" if near else "请写项目编号、名称或别名。",
    )
