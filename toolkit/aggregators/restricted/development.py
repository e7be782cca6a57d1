"""研发成本 and 工时明细: net development hours of each project and what the bonus bears (E2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from toolkit.aggregators.tables import CELL, NUMBER, SHEET, SOURCE, TITLE
from toolkit.model.frame_rows import rows_of
from toolkit.model.report import Table
from toolkit.regulation.department import Department
from toolkit.regulation.development_cost import bonus, price, rate_of
from toolkit.regulation.project_development import (
    ProjectDevelopment,
    cost_reading,
    developments,
    rates_of,
)

_NOTHING = float("nan")
OVER, WITHIN, UNCLEAR = "超过", "未超过", "无法判断"
DEVELOPMENT = {
    NUMBER: "object", TITLE: "object", "责任销售": "object", "申请单数": "int64",
    "净研发工时": "float64", "上限(小时)": "float64", "是否超过": "object", "研发成本": "float64",
    "应扣成本": "float64", "奖金基数": "float64", "奖金比例": "float64", "扣前奖金": "float64",
    "扣后奖金": "float64", "已扣成本": "float64", "结算日期": "datetime64[s]", "说明": "object",
    "依据": "object",
}  # fmt: skip
HOURS = {
    NUMBER: "object", TITLE: "object", "申请单": "object", "日期": "datetime64[s]",
    "研发人员": "object", "小时": "float64", "类别": "object", "计入情况": "object",
    "原因": "object", "每小时费率": "float64", "成本": "float64", SOURCE: "object",
    SHEET: "object", CELL: "object",
}  # fmt: skip


def development_table(dept: Department, found: Mapping[str, ProjectDevelopment]) -> Table:
    """One line a project with improvement requests, or a line each of its bonuses."""
    bonuses = dept.frame("bonuses")
    lines = []
    for project in sorted(set(found) | (set(bonuses["project"]) - {""})):
        own = found.get(project)
        settled = [*rows_of(bonuses[bonuses["project"] == project])] or [None]
        lines += [_line(dept, project, own, row) for row in settled]
    return Table(pd.DataFrame(lines, columns=list(DEVELOPMENT)).astype(DEVELOPMENT))


def _line(
    dept: Department, project: str, own: ProjectDevelopment | None, row: Any
) -> dict[str, object]:
    result = own.result if own else None
    base, ratio = (_NOTHING, _NOTHING) if row is None else (float(row.base), float(row.ratio))
    known = not pd.isna(base) and not pd.isna(ratio)
    deductible = 0.0 if result is None else result.deductible
    from_bonus = cost_reading(dept).from_bonus
    return {
        NUMBER: dept.projects.numbers.get(project, ""),
        TITLE: dept.projects.titles.get(project, "") or project.partition("@")[0],
        "责任销售": dept.responsibility.at(project, "责任销售", dept.as_of),
        "申请单数": len(set(own.lines["form"]) | set(own.lacking)) if own else 0,
        "净研发工时": result.hours if result else 0.0,
        "上限(小时)": cost_reading(dept).limit,
        "是否超过": _answer(result.exceeded if result else False),
        "研发成本": result.cost if result else 0.0,
        "应扣成本": deductible,
        "奖金基数": base,
        "奖金比例": ratio,
        "扣前奖金": bonus(base, ratio, 0.0) if known else None,
        "扣后奖金": (
            bonus(base, ratio, deductible, from_bonus=from_bonus)
            if known and deductible is not None
            else None
        ),
        "已扣成本": None if row is None else row.deducted,
        "结算日期": pd.NaT if row is None else row.settled_date,
        "说明": "；".join(_notes(dept, own)) if own else "没有产品改进申请单",
        "依据": _evidence(dept, own) if own else "",
    }


def _answer(exceeded: bool | None) -> str:
    return UNCLEAR if exceeded is None else OVER if exceeded else WITHIN


def _notes(dept: Department, own: ProjectDevelopment) -> Iterator[str]:
    numbers = dept.frame("improvement")["number"]
    if own.lacking:
        yield f"{_named(numbers, own.lacking)}已交付而缺工时，合计只是下限"
    elif not own.result.complete:
        yield "有工时没有日期，算不出历时"
    if own.result.unpriced:
        people = "、".join(name or "未写姓名" for name in own.result.unpriced)
        yield f"“研发费率”中没有{people}的费率，没有算出成本"
    if own.void:
        yield f"{_named(numbers, own.void)}为无效单，研发已做的工时照实计入，请核实"
    if own.converted:
        yield f"{_named(numbers, own.converted)}由故障转化（参数P26）"


def _named(numbers: pd.Series, forms: tuple[int, ...]) -> str:
    return "、".join(numbers[i] or "未编号的申请单" for i in forms)


def _evidence(dept: Department, own: ProjectDevelopment) -> str:
    """The forms with their counted hours."""
    numbers = dept.frame("improvement")["number"]
    counted = own.lines["hours"].where(own.lines["counted"], 0.0).groupby(own.lines["form"]).sum()
    return "、".join(f"{numbers[i] or '未编号'} {hours:g}小时" for i, hours in counted.items())


def hours_table(dept: Department, found: Mapping[str, ProjectDevelopment]) -> Table:
    """Every line of hours with its rate and cost, by project and day; what does not count too."""
    parts = [own.lines for own in found.values() if len(own.lines)]
    if not parts:
        return Table(pd.DataFrame(columns=list(HOURS)).astype(HOURS))
    lines = pd.concat(parts).sort_values(["project", "day", "form", "index"], kind="stable")
    rates, numbers = rates_of(dept), dept.frame("improvement")["number"]
    each = [
        rate_of(rates, row.person, None if pd.isna(row.day) else row.day.date())
        for row in rows_of(lines)
    ]
    fields = lines["frame"].map({"improvement_hours": "hours", "improvement": "net_hours"})
    places = [
        dept.dossier.locate(frame, int(index), field)
        for frame, index, field in zip(lines["frame"], lines["index"], fields, strict=True)
    ]
    index = dept.projects
    columns: dict[str, object] = {
        NUMBER: lines["project"].map(lambda key: index.numbers.get(key, "")),
        TITLE: lines["project"].map(lambda key: index.titles.get(key, "")),
        "申请单": lines["form"].map(numbers),
        "日期": lines["day"],
        "研发人员": lines["person"],
        "小时": lines["hours"],
        "类别": lines["category"],
        "计入情况": lines["counted"].map({True: "计入", False: "不计入"}),
        "原因": lines["reason"],
        "每小时费率": pd.Series(each, index=lines.index, dtype="float64"),
        "成本": price(lines, rates).where(lines["counted"]),
        SOURCE: [place.path for place in places],
        SHEET: [place.sheet for place in places],
        CELL: [place.cell for place in places],
    }
    return Table(pd.DataFrame(columns).astype(HOURS).reset_index(drop=True))


__all__ = ["development_table", "developments", "hours_table"]
