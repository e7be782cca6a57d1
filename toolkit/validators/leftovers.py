"""Leftovers: registered at once, handed to R&D through a form, closed together (第17–19条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from toolkit.model.condition import blank
from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold
from toolkit.regulation.deadlines import day_of, due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import folded
from toolkit.regulation.links import FORMS, in_unread_file, linked_forms, numbered

from .evidence import near
from .registry import ERROR, WARN, Scope, rule

_FORM_OF_PATH = {title: frame for frame, title in FORMS.items()}
_WAITING = ("待满足条件", "待研发", "待客户")


@rule(
    "X34",
    "问题遗留须登记并启动处理",
    article=17,
    severity=ERROR,
    needs=("tracking.result",),
    registers=("leftovers",),
    parameters=("P04",),
    deadline=True,
    scope=Scope.MATTER,
)
def leftover_is_registered(dept: Department) -> Iterator[Breach]:
    """A support that left a problem has its line in 遗留与问题 once P04 has passed.

    要求：结果为“问题遗留”的支持，时限内在“遗留与问题”有登记；写了遗留编号的，编号查得到。
    反例：3月10日的记录结果为“问题遗留”，遗留编号空白，前后两天该项目也没有登记任何遗留。
    正例：3月10日的记录写明遗留编号，“遗留与问题”中有这个编号，产生日期为3月10日。
    """
    rows = dept.frame("tracking")
    rows = rows[(rows["result"] == "问题遗留") & ~rows.index.isin(_unread_ids(dept))]
    rows = rows[overdue(dept, rows["support_date"], "P04")]
    numbers = dept.dossier.bound("leftovers", "leftover_id")
    naming = ~blank(rows["leftover_ids"]) & numbers
    unknown = _unknown_ids(dept, rows[naming])
    unregistered = rows[~naming & (rows["project"] != "")]
    unregistered = unregistered[~_registered(dept, unregistered)]
    ends = due(dept, rows["support_date"], "P04")
    for index, ids in (*unknown.items(), *((i, "") for i in unregistered.index)):
        on = rows.at[index, "support_date"].date()
        limit = dept.parameter("P04", on)
        said = (
            f"填写的遗留编号{ids}在“遗留与问题”中查不到"
            if ids
            else "结果为“问题遗留”，该项目当天前后没有登记遗留"
        )
        yield Breach(
            "tracking",
            int(index),
            "leftover_ids",
            f"{on}的支持{said}，应立即登记并启动内部处理。",
            "请在“遗留与问题”登记并启动处理，再把编号填到“遗留编号”；"
            f"早先登记过的直接填它的编号（{limit}）。",
            clock=(on, ends[index].date()),
        )


def _unread_ids(dept: Department) -> set[int]:
    return dept.dossier.unreadable("tracking", "leftover_ids")


def _unknown_ids(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Index -> the leftover numbers named there that no sheet has."""
    known = set(numbered(dept, "leftovers"))
    named = rows["leftover_ids"].explode()
    named = named[~folded(named).isin(known)]
    return named.groupby(level=0).agg("、".join)


def _registered(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Rows without a number whose leftover stands in the register all the same."""
    leftovers = dept.frame("leftovers")
    sources = {fold(str(s)) for s in leftovers["source_record"] if s}
    by_source = folded(rows["record_id"]).isin(sources)
    undated = leftovers.loc[leftovers["raised_date"].isna(), "project"]
    by_date = near(dept, rows, leftovers, "raised_date", "P04")
    return by_date | rows["project"].isin(undated) | by_source


@rule(
    "X35",
    "需研发处理的遗留须有申请单或工作单",
    article=19,
    severity=ERROR,
    needs=("leftovers.path", "leftovers.related"),
    parameters=("P04",),
    deadline=True,
    scope=Scope.MATTER,
)
def leftover_for_development_has_its_form(dept: Department) -> Iterator[Breach]:
    """A leftover that goes the way of R&D is linked with its form, from either side.

    要求：处理路径选了产品改进申请单或故障处理工作单的遗留，要与已有的单据互相对得上。
    反例：遗留的处理路径为“产品改进申请单”，关联单据空白，也没有申请单以它为来源。
    正例：遗留的处理路径为“故障处理工作单”，故障单的“遗留编号”写着这个编号。
    """
    rows = dept.frame("leftovers")
    linked = set(linked_forms(dept)) | dept.dossier.unreadable("leftovers", "related")
    rows = rows[rows["path"].isin(_FORM_OF_PATH) & ~rows.index.isin(linked)]
    since = rows["raised_date"].fillna(rows["start_date"])
    ends = due(dept, since, "P04")
    for row in rows_of(rows[overdue(dept, since, "P04") | since.isna()]):
        if row.related and _kept_elsewhere(dept, row.path, row.related):
            continue
        start = day_of(since[row.Index])
        waiting = row.state in _WAITING
        given = (
            f"关联单据“{'、'.join(row.related)}”不是已有单据的编号"
            if row.related
            else "尚未提交或关联单据"
        )
        age = f"，状态“{row.state}”已{_age(dept, start)}个工作日" if waiting and start else ""
        yield Breach(
            "leftovers",
            row.Index,
            "related",
            f"遗留{row.leftover_id}的处理路径为“{row.path}”，{given}{age}；没有单据，研发不予支持。",
            f"请提交《{row.path}》并在“关联单据”填写编号；不需要研发的，请更正处理路径"
            f"（{dept.parameter('P04', start)}）。",
            severity=WARN if waiting else ERROR,
            clock=(start, ends[row.Index].date()) if start else None,
        )


def _kept_elsewhere(dept: Department, path: str, numbers: tuple[str, ...]) -> bool:
    """The form is not in this folder's workbooks, or its workbook could not be read."""
    if not dept.kept(_FORM_OF_PATH[path]):
        return True
    return any(in_unread_file(dept, number) for number in numbers)


def _age(dept: Department, since: date) -> int:
    return dept.calendar.workdays_between(since, dept.as_of)
