"""A record says 成功, the leftover that it names is open: one of them is wrong (第15、17条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import days, readable
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.open_leftovers import (
    STUCK,
    UNDER_WAY,
    records_naming,
    still_open,
    title_of,
)

from .registry import WARN, Scope, rule


@rule(
    "X40",
    "最近沟通成功而遗留未关闭",
    article=17,
    severity=WARN,
    needs=("tracking.result", "tracking.leftover_ids", "leftovers.raised_date"),
    parameters=("P03",),
    deadline=True,
    scope=Scope.MATTER,
)
def success_closes_the_leftover(dept: Department) -> Iterator[Breach]:
    """The last record that names an older leftover has the result 成功, the leftover is 处理中.

    Successes on other topics say nothing about it, so only a record that names it counts. Where
    the leftover was looked at later (进展日期), or waits for somebody, there is no contradiction.

    要求：写着遗留编号的沟通结果为“成功”后，及时填写处理完成日期；没有解决的，结果写“问题遗留”。
    反例：3月10日产生的遗留，3月12日写着它的记录结果为“成功”，到3月20日仍是“处理中”。
    正例：3月12日为别的事沟通成功，没有写这个编号；或遗留在等客户验证。
    """
    leftovers = dept.frame("leftovers")
    watched = still_open(dept, UNDER_WAY[0]) & readable(dept, "leftovers", "progress_date")
    watched &= ~(leftovers["expected_date"] >= pd.Timestamp(dept.as_of))
    pairs = _with_results(dept, leftovers[watched])
    last = pairs[pairs["day"] == pairs.groupby("leftover")["day"].transform("max")]
    clear = (last["result"] == "成功").groupby(last["leftover"]).transform("all").astype(bool)
    last = last[clear & (last["day"] > last["raised"]) & ~(last["looked_at"] > last["day"])]
    ends = due(dept, last["day"], "P03")
    last = last.assign(end=ends)[overdue(dept, last["day"], "P03")].drop_duplicates("leftover")
    for pair in rows_of(last):
        row = leftovers.loc[pair.leftover]
        on, end = pair.day.date(), pair.end.date()
        yield Breach(
            "leftovers",
            pair.leftover,
            "done_date",
            f"最近一次写着{title_of(row)}的沟通（{on}）结果为“成功”，这条遗留仍是“{row['state']}”。",
            "解决了的请填写处理完成日期；没有解决的请把那次的结果改为“问题遗留”，或记一次进展"
            f"（{dept.parameter('P03', on)}）。",
            on=on,
            clock=(on, end),
            also=[("tracking", pair.row, "result")],
        )


@rule(
    "R15-5",
    "成功的沟通不应留下遗留",
    article=15,
    severity=WARN,
    needs=("tracking.result", "tracking.leftover_ids", "leftovers.raised_date"),
    scope=Scope.MATTER,
)
def success_leaves_nothing(dept: Department) -> Iterator[Breach]:
    """A record with the result 成功 names a leftover that began on its day and is still open.

    Left out are days on which another record that names it has the result 问题遗留, and leftovers
    that are finished by now: then somebody may have brought the result up to date.

    要求：沟通后还有没解决的问题，结果写“问题遗留”。
    反例：3月10日的记录结果为“成功”，遗留编号写着当天产生、至今没有关闭的遗留。
    正例：当天产生、当天处理完的遗留，结果写“成功”。
    """
    leftovers = dept.frame("leftovers")
    pairs = _with_results(dept, leftovers[still_open(dept, *UNDER_WAY, *STUCK)])
    pairs = pairs[pairs["day"] == pairs["raised"]]
    success = pairs["result"] == "成功"
    clear = success.groupby(pairs["leftover"]).transform("all").astype(bool)
    for pair in rows_of(pairs[success & clear]):
        row = leftovers.loc[pair.leftover]
        yield Breach(
            "tracking",
            pair.row,
            "result",
            f"结果写“成功”，这次沟通却留下了{title_of(row)}，至今“{row['state']}”。",
            "请把“结果”改为“问题遗留”；遗留已经解决的，请填写它的处理完成日期。",
            also=[("leftovers", pair.leftover, "leftover_id")],
        )


def _with_results(dept: Department, leftovers: pd.DataFrame) -> pd.DataFrame:
    """Records that name the leftovers: also `result`, `raised` and `looked_at` (进展日期)."""
    pairs = records_naming(dept)
    pairs = pairs[pairs["leftover"].isin(leftovers.index)]
    pairs = pairs.dropna(subset=["day"]).reset_index(drop=True)
    dates = leftovers[["raised_date", "progress_date"]].apply(days).loc[pairs["leftover"]]
    return pairs.assign(
        result=dept.frame("tracking")["result"].loc[pairs["row"]].to_numpy(object),
        raised=dates["raised_date"].to_numpy(),
        looked_at=dates["progress_date"].to_numpy(),
    )
