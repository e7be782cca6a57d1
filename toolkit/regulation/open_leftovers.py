"""Leftovers: which are open, whose they are, and the support records that name them (第17条)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from toolkit.model.condition import blank

from .columns import days, readable
from .department import Department
from .distinct import folded
from .links import folded_numbers

UNDER_WAY = ("处理中", "待客户", "待研发", "待满足条件")
STUCK = ("无法解决", "无资源")
BY_SALES = "销售处理"
_STATE_RESTS_ON = ("status", "done_date", "close_date")


def still_open(dept: Department, *states: str) -> pd.Series:
    """Leftovers in one of these states, where every cell that decides the state could be read."""
    rows = dept.frame("leftovers")
    found: pd.Series = rows["state"].isin(states)
    for field in _STATE_RESTS_ON:
        found &= readable(dept, "leftovers", field)
    return found


def handled_by_sales(dept: Department, row: Any) -> bool:
    """Whether 销售 himself deals with it, so that nobody need tell him. `row` is a leftover."""
    return (
        row.path == BY_SALES
        or dept.roster.department_of(row.handler) == "销售"
        or row.handler in dept.responsibility.ever(row.project, "责任销售")
    )


def title_of(row: Any) -> str:
    """A leftover as messages name it."""
    return f"遗留{row.leftover_id}" if row.leftover_id else "这条遗留"


def records_naming(dept: Department) -> pd.DataFrame:
    """Which 跟踪记录 name which leftover of their project: columns `leftover`, `row` and `day`.

    A number that several leftovers of a project have means the one in the record's own sheet;
    where that decides nothing it means none.
    """
    return dept.remembered("records naming leftovers", lambda: _records_naming(dept))


def _records_naming(dept: Department) -> pd.DataFrame:
    tracking, leftovers = dept.frame("tracking"), dept.frame("leftovers")
    naming = ~blank(tracking["leftover_ids"]) & (tracking["project"] != "")
    rows = tracking.loc[naming, ["project", "owner", "support_date", "leftover_ids"]]
    named = rows.explode("leftover_ids")
    named = named.assign(row=named.index, number=folded(named["leftover_ids"]))
    known = leftovers[["project", "owner"]].assign(
        leftover=leftovers.index, number=folded_numbers(dept, "leftovers")
    )
    pairs = named.merge(known[known["number"] != ""], on=["project", "number"])
    own = pairs["owner_x"] == pairs["owner_y"]
    anybody_own = own.groupby([pairs["row"], pairs["number"]]).transform("any").astype(bool)
    pairs = pairs[own | ~anybody_own].drop_duplicates(["row", "number"], keep=False)
    return pairs.assign(day=days(pairs["support_date"]))[["leftover", "row", "day"]]
