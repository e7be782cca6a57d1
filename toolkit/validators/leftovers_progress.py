"""Leftovers under way: somebody keeps at them and writes it down (第7、17条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.condition import blank
from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import readable
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import folded
from toolkit.regulation.links import folded_numbers
from toolkit.regulation.open_leftovers import UNDER_WAY

from .registry import WARN, Scope, rule

_SIGNS = (
    "raised_date", "start_date", "progress_date", "manager_informed_date", "sales_informed_date",
)  # fmt: skip


@rule(
    "X39",
    "未关闭的遗留须有进展",
    article=17,
    severity=WARN,
    needs=("leftovers.raised_date", "leftovers.progress_date"),
    parameters=("P12",),
    deadline=True,
    patient=True,
    scope=Scope.MATTER,
)
def leftover_moves_on(dept: Department) -> Iterator[Breach]:
    """An open leftover without any sign of life for longer than P12.

    Signs are the dates of the line itself and 跟踪记录 that name its number. Where somebody waits
    (客户, 研发) and an expected date is given, nothing is asked before that date.

    要求：未关闭的遗留，时限内记一次进展；等客户或研发的，写明预计解决日期。
    反例：3月10日产生的遗留，进展日期停在3月11日，到3月25日没有新的进展。
    正例：状态“待客户”，预计解决日期4月1日，3月25日不催；或3月20日的跟踪记录写着它的编号。
    """
    last = last_signs(dept)
    rows = dept.frame("leftovers").loc[last.index]
    ends = due(dept, last, "P12")
    for row in rows_of(rows[overdue(dept, last, "P12")]):
        since = last[row.Index].date()
        age = dept.calendar.workdays_between(since, dept.as_of)
        number = f"遗留{row.leftover_id}" if row.leftover_id else "这条遗留"
        yield Breach(
            "leftovers",
            row.Index,
            "progress_date",
            f"{number}还没有关闭，{since}以后已{age}个工作日没有进展。",
            "请在“最近进展”和“进展日期”写明做到哪一步；在等别人的，填“预计解决日期”；"
            f"已解决的，填处理完成日期（{dept.parameter('P12', since)}）。",
            clock=(since, ends[row.Index].date()),
        )


def last_signs(dept: Department) -> pd.Series:
    """Index of each leftover under way -> its last sign of life.

    Left out are those for which somebody waits until an expected day, and those whose dates could
    not all be read.
    """
    rows = dept.frame("leftovers")
    clear = pd.Series(True, index=rows.index)
    for field in (*_SIGNS, "expected_date"):
        clear &= readable(dept, "leftovers", field)
    rows = rows[clear & rows["state"].isin(UNDER_WAY) & rows["raised_date"].notna()]
    rows = rows[~(rows["expected_date"] >= pd.Timestamp(dept.as_of))]
    last = pd.concat([rows[list(_SIGNS)], _named_in_tracking(dept, rows)], axis=1).max(axis=1)
    return last.astype("datetime64[s]")


def _named_in_tracking(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """The last day on which a support record names each leftover; NaT where none does."""
    tracking = dept.frame("tracking")
    named = tracking.loc[~blank(tracking["leftover_ids"]), ["support_date", "leftover_ids"]]
    named = named.dropna().explode("leftover_ids")
    latest = named["support_date"].groupby(folded(named["leftover_ids"]).to_numpy()).max()
    days = latest.reindex(folded_numbers(dept, "leftovers")[rows.index])
    return days.set_axis(rows.index).astype("datetime64[s]").rename("named")
