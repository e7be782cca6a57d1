"""内部bug反馈表: what 售前 found is written and sent (第8条)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pandas as pd

from toolkit.model.condition import blank
from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.columns import left_blank, readable
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import folded, holds

from .evidence import near
from .registry import INFO, WARN, Scope, rule
from .wording import mentioning

_USED = ("project", "owner", "support_date", "bug_id", "product_problem", "content")
_WORDS = re.compile(r"bug|缺陷|崩溃", re.IGNORECASE)
_BEGINNINGS = ("缺陷", "崩溃", *map("".join, product("bB", "uU")))
"""Where none of them stands none of the words does."""
_NO_PROBLEM = re.compile(
    # nothing was found, or the word belongs to the name of a function
    r"(?:未|没|无|不|防)[^，。；,;！!\n]{0,6}?(?:bug|缺陷|崩溃)"
    r"|(?:bug|缺陷)(?:管理|跟踪|检测|识别|统计|库|系统|平台|模块|反馈)"
    r"|(?:bug|缺陷|崩溃)[^，。；,;！!\n]{0,4}(?:已修复|已解决|修复验证)",
    re.IGNORECASE,
)


@rule(
    "X60",
    "发现产品问题须写内部bug反馈表",
    article=8,
    severity=WARN,
    needs=("tracking.bug_id",),
    parameters=("P18",),
    deadline=True,
    scope=Scope.MATTER,
)
def product_problem_is_reported(dept: Department) -> Iterator[Breach]:
    """A support that found a product problem names its line in 内部bug反馈表.

    要求：发现产品问题的支持记录写明bug编号，内部bug反馈表中有这个编号。
    反例：“发现产品问题”为“是”，bug编号空白，反馈表中该项目那几天也没有反馈。
    正例：“发现产品问题”为“是”，bug编号为反馈表中已有的BUG-2026-001。
    """
    rows = dept.frame("tracking")
    clear = readable(dept, "tracking", "bug_id") & readable(dept, "tracking", "product_problem")
    rows = rows.loc[clear & overdue(dept, rows["support_date"], "P18"), list(_USED)]
    yield from _unknown_numbers(dept, rows)
    silent = rows[left_blank(dept, "tracking", "bug_id").loc[rows.index]]
    told = silent["product_problem"] == "是"
    asked = silent["product_problem"] == ""
    yield from _not_written(dept, silent[told])
    yield from _perhaps_not_written(dept, silent[asked])


def _unknown_numbers(dept: Department, rows: pd.DataFrame) -> Iterator[Breach]:
    if not dept.kept("bugs"):
        return
    reports = dept.frame("bugs")
    known = set[str]().union(*(folded(reports[c]) for c in ("bug_id", "defect_number"))) - {""}
    named = rows.loc[~blank(rows["bug_id"]), "bug_id"].explode()
    strange = named[~folded(named).isin(known)]
    for index, numbers in strange.groupby(level=0).agg("、".join).items():
        yield _breach(
            dept,
            rows.loc[index],
            f"所填bug编号{numbers}在内部bug反馈表中查不到",
            "请核对编号；还没有写的，请先写内部bug反馈表并发给测试组",
        )


def _not_written(dept: Department, rows: pd.DataFrame) -> Iterator[Breach]:
    for _, row in rows[~_reported_nearby(dept, rows)].iterrows():
        yield _breach(
            dept,
            row,
            "发现了产品问题，没有填写bug编号",
            "请写内部bug反馈表并填编号；已知的问题填原来的编号",
        )


def _perhaps_not_written(dept: Department, rows: pd.DataFrame) -> Iterator[Breach]:
    """Words that sound like a product problem: one hint for each sheet, never more."""
    spoken = rows[mentioning(rows["content"], _BEGINNINGS)]
    spoken = spoken[holds(spoken["content"], _sounds_like_a_problem)]
    for _, row in spoken[~_reported_nearby(dept, spoken)].iterrows():
        breach = _breach(
            dept,
            row,
            "提到了产品缺陷，没有填写bug编号",
            "是产品问题的请写内部bug反馈表；不是的，“发现产品问题”填“否”",
        )
        breach.severity = INFO
        breach.cause = f"words|{row['owner']}"
        yield breach


def _sounds_like_a_problem(text: str) -> bool:
    return bool(_WORDS.search(_NO_PROBLEM.sub("", text)))


def _breach(dept: Department, row: pd.Series, said: str, advice: str) -> Breach:
    on = row["support_date"].date()
    limit = dept.parameter("P18", on)
    return Breach(
        "tracking",
        int(row.name),
        "bug_id",
        f"{on}的支持{said}，应有对应的内部bug反馈。",
        f"{advice}（{limit}）。",
        clock=(on, dept.calendar.add_workdays(on, limit.days)),
    )


def _reported_nearby(dept: Department, rows: pd.DataFrame) -> pd.Series:
    """Rows whose project has a bug report of about that day: written, only not numbered."""
    return near(dept, rows, dept.frame("bugs"), "found_date", "P18")


@rule(
    "R08-2",
    "bug反馈写好后应及时发给测试组",
    article=8,
    severity=WARN,
    needs=("bugs.sent_date", "bugs.found_date"),
    parameters=("P18",),
    deadline=True,
    scope=Scope.WORKBOOK,
)
def bug_report_is_sent(dept: Department) -> Iterator[Breach]:
    """A bug report is mailed to 测试组 within P18, unless 测试组 has it already.

    要求：内部bug反馈表的每一行在时限内发送测试组，并填写发送日期。
    反例：BUG-2026-001于5月6日发现，到5月下旬发送日期还空白，测试组也没有受理。
    正例：BUG-2026-001于5月6日发现，5月7日发送测试组。
    """
    rows = dept.frame("bugs")
    ends = due(dept, rows["found_date"], "P18")
    received = (
        rows["receive_date"].notna() | (rows["conclusion"] != "") | (rows["defect_number"] != "")
    )
    unsent = left_blank(dept, "bugs", "sent_date") & ~received & (rows["mail_subject"] == "")
    for row in rows_of(rows[unsent & overdue(dept, rows["found_date"], "P18")]):
        on = row.found_date.date()
        age = dept.calendar.workdays_between(on, dept.as_of)
        yield Breach(
            "bugs",
            row.Index,
            "sent_date",
            f"bug反馈{row.bug_id}写好后{age}个工作日仍没有发送日期，应邮件发给测试组。",
            f"请邮件发给测试组、抄送全体售前，并填写发送日期（{dept.parameter('P18', on)}）。",
            clock=(on, ends[row.Index].date()),
        )
