"""研发申请与故障: improvement requests (F03) and fault orders (F04) in one list."""

from __future__ import annotations

import numpy as np
import pandas as pd

from toolkit.model.report import Table
from toolkit.regulation.department import Department
from toolkit.regulation.development_hours import net_hours
from toolkit.regulation.ordinals import department_ordinals
from toolkit.regulation.period import Period

from .tables import (
    CELL,
    NUMBER,
    SHEET,
    SOURCE,
    TITLE,
    place_columns,
    project_columns,
    unreadable_cells,
)

IMPROVEMENT, FAULT = "改进申请", "故障工作单"
STATE, ORDINAL, NET_HOURS = "当前状态", "第几次", "净研发工时"
CLOSED_REQUEST = ("已关闭", "撤回", "驳回")
CLOSED_FAULT = ("已关闭", "已转化", "驳回")

_COLUMNS: dict[str, tuple[str, str]] = {
    # title: (field of F03, field of F04)
    "单据编号": ("number", "number"),
    "责任售前": ("responsible_presales", "responsible_presales"),
    "提出人": ("issuer", "proposer"),
    "提出日期": ("issue_date", "propose_date"),
    "提交研发日期": ("issue_date", "submit_date"),
    "内容": ("description", "phenomenon"),
    "类型/依据": ("request_type", "basis"),
    "研发负责人": ("dev_lead", "dev_lead"),
    "要求日期": ("expected_date", "required_date"),
    "预计日期": ("plan_date", "estimate_date"),
    "交付/解决日期": ("delivery_date", "solved_date"),
    "关闭日期": ("close_date", "close_date"),
}
_ORDER = (
    "单据", "单据编号", NUMBER, TITLE, ORDINAL, STATE, "内容", "类型/依据", "责任售前", "提出人",
    "提出日期", "研发负责人", "预计日期", "交付/解决日期", "关闭日期", NET_HOURS,
)  # fmt: skip
_ASIDE = ("提交研发日期", "要求日期")


def open_requests(improvement: pd.DataFrame) -> pd.Series:
    """Requests that somebody still has to do something about; drafts are not there yet."""
    return ~improvement["state"].isin([*CLOSED_REQUEST, "草稿"])


def open_faults(fault: pd.DataFrame) -> pd.Series:
    """Fault orders neither closed, converted nor rejected; drafts are not there yet."""
    return ~fault["state"].isin([*CLOSED_FAULT, "草稿"])


def select_requests(dept: Department, period: Period) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Improvement requests and fault orders that were open at some time of the period."""
    improvement, fault = dept.frame("improvement"), dept.frame("fault")
    ended = improvement["close_date"].fillna(improvement["withdraw_date"])
    return (
        improvement[period.touched(dept.event_dates("improvement"), ended)],
        fault[period.touched(dept.event_dates("fault"), fault["close_date"])],
    )


def request_table(dept: Department, improvement: pd.DataFrame, fault: pd.DataFrame) -> Table:
    """Both kinds under common titles, open ones first, then by date."""
    parts = [
        _part(dept, "improvement", improvement, IMPROVEMENT, 0),
        _part(dept, "fault", fault, FAULT, 1),
    ]
    counted = department_ordinals(dept).reindex(improvement.index)
    parts[0][ORDINAL] = counted["n"]
    parts[0][STATE] = improvement["state"].mask(counted["void"], "无效")
    parts[0][NET_HOURS] = net_hours(dept).reindex(improvement.index)
    parts[1][[ORDINAL, NET_HOURS]] = np.nan
    parts[0]["_closed"] = ~open_requests(improvement)
    parts[1]["_closed"] = ~open_faults(fault)
    both = pd.concat(parts, ignore_index=True)
    raw = _unreadable(dept, improvement, 0, 0) | _unreadable(dept, fault, 1, len(improvement))
    order = both.sort_values(["_closed", "提出日期"], kind="stable").index
    moved = {old: new for new, old in enumerate(order)}
    return Table(
        both.loc[order, [*_ORDER, SOURCE, SHEET, CELL, *_ASIDE]].reset_index(drop=True),
        {(moved[position], title): text for (position, title), text in raw.items()},
    )


def _part(dept: Department, frame: str, lines: pd.DataFrame, name: str, which: int) -> pd.DataFrame:
    columns: dict[str, object] = {"单据": pd.Series(name, index=lines.index, dtype=object)}
    columns |= {title: lines[keys[which]] for title, keys in _COLUMNS.items()}
    columns |= project_columns(dept, lines) | {STATE: lines["state"]}
    columns |= place_columns(dept.dossier, frame, lines)
    return pd.DataFrame(columns)


def _unreadable(
    dept: Department, lines: pd.DataFrame, which: int, offset: int
) -> dict[tuple[int, str], str]:
    frame = ("improvement", "fault")[which]
    titles = {keys[which]: title for title, keys in reversed(_COLUMNS.items())}
    labels = {dept.dossier.blocks[frame].field(key).label: t for key, t in titles.items()}
    found = unreadable_cells(dept.dossier, frame, lines, list(titles))
    return {(offset + position, labels[label]): raw for (position, label), raw in found.items()}
