"""Leftovers that were worked on: sales is told, contacts are recorded (第18条)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold, split_staff_number
from toolkit.regulation.calls import REPORT, CallLog
from toolkit.regulation.columns import days, left_blank, readable
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.links import unread_file
from toolkit.regulation.open_leftovers import handled_by_sales, records_naming, title_of
from toolkit.regulation.reports import reported

from .registry import ERROR, rule

_LATEST = ("progress_date", "done_date", "reported_date", "close_date")


@rule(
    "X36",
    "处理完的遗留须向销售汇报",
    article=18,
    severity=ERROR,
    needs=("leftovers.done_date", "leftovers.reported_date"),
    parameters=("P19",),
    deadline=True,
)
def finished_leftovers_are_reported(dept: Department) -> Iterator[Breach]:
    """A leftover is done, and for P19 nothing says that 责任销售 was told.

    Told are he who dealt with it himself (销售处理), who was there, and who heard it from a record
    with the result 成功 that names the leftover, from a registered call, or by 反馈销售日期.

    要求：遗留处理完成后，在时限内告诉责任销售，填写“汇报销售日期”。
    反例：遗留3月12日处理完成，到3月20日“汇报销售日期”空着，也没有别的汇报。
    正例：3月12日的跟踪记录写着它的编号，结果“成功”，汇报方式“邮件”；或由销售处理。
    """
    rows = dept.frame("leftovers")
    rows = rows[left_blank(dept, "leftovers", "reported_date") & rows["done_date"].notna()]
    rows = rows[readable(dept, "leftovers", "sales_informed_date")[rows.index]]
    rows = rows[~(rows["sales_informed_date"] >= rows["done_date"])]
    rows = rows[overdue(dept, rows["done_date"], "P19")]
    heard, log = _heard_by(dept, rows), CallLog(dept, REPORT)
    ends = due(dept, rows["done_date"], "P19")
    for row in rows_of(rows):
        done = row.done_date.date()
        phoned = (
            log.told_sales(row.project, person, done, row.leftover_id)
            for person in {row.handler, row.owner}
        )
        if heard.get(row.Index, pd.NaT) >= row.done_date or any(phoned):
            continue
        if handled_by_sales(dept, row):
            continue
        last = ends[row.Index].date()
        sales = dept.responsibility.at(row.project, "责任销售", dept.as_of)
        yield Breach(
            "leftovers",
            row.Index,
            "reported_date",
            f"{title_of(row)}于{done}处理完成，应在{last}前告诉责任销售{sales}，“汇报销售日期”空着，"
            "也没有查到带这个编号的汇报（自报）。",
            f"请把处理结果告诉责任销售，再填写“汇报销售日期”（{dept.parameter('P19', done)}）。",
            on=done,
            clock=(done, last),
        )


def _heard_by(dept: Department, leftovers: pd.DataFrame) -> dict[int, pd.Timestamp]:
    """Leftover -> the last day on which a record that names it told 销售 of a success."""
    if leftovers.empty:
        return {}
    rows, pairs = dept.frame("tracking"), records_naming(dept)
    pairs = pairs[pairs["leftover"].isin(leftovers.index)]
    told = (rows["result"] == "成功") & (reported(dept) | (rows["sales_present"] == "是"))
    pairs = pairs[told[pairs["row"]].to_numpy(bool)]
    report = days(rows["report_time"])[pairs["row"]].to_numpy()
    latest = pairs.assign(report=report)[["day", "report"]].max(axis=1)
    return dict(latest.groupby(pairs["leftover"]).max().dropna())


@rule(
    "X37",
    "处理中与客户沟通的须再汇报和记录",
    article=18,
    severity=ERROR,
    needs=("leftovers.customer_contacted", "leftovers.start_date", "tracking.support_date"),
    parameters=("P03",),
    deadline=True,
)
def contacts_about_leftovers_are_recorded(dept: Department) -> Iterator[Breach]:
    """是否发生客户沟通 is 是, and the project has no 跟踪记录 since 启动日期.

    The record that raised the leftover is none. P03 runs from the last date of the line. Nothing
    is concluded where 销售 deals with it, where a record of the project has no day, or where a
    sheet that may hold the record was not read.

    要求：处理遗留时又与客户沟通的，那次沟通要记入跟踪表并汇报。
    反例：遗留3月10日启动，“是否发生客户沟通”为“是”，该项目3月10日以后没有跟踪记录。
    正例：3月12日有该项目的一行跟踪记录；或“是否发生客户沟通”为“否”。
    """
    rows = dept.frame("leftovers")
    rows = rows[(rows["customer_contacted"] == "是") & (rows["project"] != "")]
    start = rows["start_date"].fillna(rows["raised_date"])
    last = pd.concat([start, rows[list(_LATEST)]], axis=1).max(axis=1).astype("datetime64[s]")
    rows = rows.assign(start=start, last=last)[start.notna() & overdue(dept, last, "P03")]
    if rows.empty:
        return
    records, raising = _records_of(dept, rows), _raising(dept, rows)
    ends, sheets = due(dept, rows["last"], "P03"), dept.sheet_owners.with_blocks("tracking")
    for row in rows_of(rows):
        found = records.get(row.project, [])
        others = (day for index, day in found if index != raising.get(row.Index))
        if any(pd.isna(day) or day >= row.start for day in others):
            continue
        if handled_by_sales(dept, row) or _may_be_elsewhere(dept, row, sheets):
            continue
        yield Breach(
            "leftovers",
            row.Index,
            "leftover_id",
            f"{title_of(row)}写明处理中与客户沟通过，{row.start.date()}以后却没有该项目的跟踪记录。",
            "请补记那次沟通并向责任销售汇报；没有沟通过的，请把“是否发生客户沟通”改为“否”"
            f"（{dept.parameter('P03', row.last.date())}）。",
            on=row.start.date(),
            clock=(row.last.date(), ends[row.Index].date()),
            also=[("leftovers", row.Index, "customer_contacted")],
        )


def _records_of(
    dept: Department, leftovers: pd.DataFrame
) -> dict[str, list[tuple[int, pd.Timestamp]]]:
    """Project of a leftover -> index and day of its records."""
    rows = dept.frame("tracking")
    rows = rows[rows["project"].isin(leftovers["project"])]
    found: dict[str, list[tuple[int, pd.Timestamp]]] = defaultdict(list)
    for index, project, day in zip(
        rows.index, rows["project"], days(rows["support_date"]), strict=True
    ):
        found[project].append((int(index), day))
    return found


def _raising(dept: Department, leftovers: pd.DataFrame) -> dict[int, int]:
    """Leftover -> the one record of its day that raised it, by number or else by its result."""
    rows = dept.frame("tracking")
    rows = rows[(rows["result"] == "问题遗留") & rows["project"].isin(leftovers["project"])]
    same_day = rows[["project", "record_id"]].assign(row=rows.index, day=days(rows["support_date"]))
    raised = leftovers[["project", "source_record"]].assign(
        leftover=leftovers.index, day=days(leftovers["raised_date"])
    )
    pairs = raised.dropna(subset=["day"]).merge(same_day, on=["project", "day"])
    naming = set(records_naming(dept)[["leftover", "row"]].itertuples(index=False, name=None))
    found: dict[int, list[int]] = defaultdict(list)
    proven: dict[int, list[int]] = defaultdict(list)
    for pair in rows_of(pairs):
        source = fold(pair.source_record)
        by_source = bool(source) and source == fold(pair.record_id)
        sure = by_source or (pair.leftover, pair.row) in naming
        (proven if sure else found)[pair.leftover].append(pair.row)
    return {n: rows[0] for n, rows in (found | proven).items() if len(rows) == 1}


def _may_be_elsewhere(dept: Department, row: Any, sheets: set[str]) -> bool:
    """Whether one who kept the project's records since then has a sheet that was not read."""
    held = dept.responsibility
    keepers = {held.at(row.project, "第一售前", day) for day in (row.start.date(), dept.as_of)}
    keepers = (keepers | {row.owner}) - {""}
    return not keepers <= sheets or any(
        unread_file(dept, split_staff_number(name)[0]) for name in keepers
    )
