"""Tests and implementations: sales hears once, at the end, how they went (第34、35条)."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.model.finding import Breach
from toolkit.regulation.department import Department
from toolkit.regulation.reports import NOT_REPORTED, SilentRound, silent_rounds, unheard

from .registry import ERROR, WARN, Scope, rule

TEST, IMPLEMENTATION = "产品测试", "产品实施"


@rule(
    "X24",
    "测试后须告诉销售经过和结果",
    article=34,
    severity=ERROR,
    needs=("tracking.sales_present", "tracking.report_channel", "tracking.stage"),
    parameters=("P02",),
    deadline=True,
    scope=Scope.MATTER,
)
def tests_are_reported(dept: Department) -> Iterator[Breach]:
    """A test was carried out without 销售, and nobody told him for P02 after its last day.

    One finding for all days of a test: a report of a later day, or 销售 there on it, tells of the
    days before. Such rows are no matter of the general rule on contacts.

    要求：测试时销售不在场的，结束后在时限内把经过和结果告诉责任销售。
    反例：3月10日至12日在客户处测试，销售不在场，三天都写“未汇报”，到3月20日没有更正。
    正例：测试三天，前两天写“未汇报”，最后一天用邮件汇报；或登记了给责任销售的汇报电话。
    """
    for silent in silent_rounds(dept, TEST, unheard(dept)):
        yield from _unreported(dept, TEST, silent)


@rule(
    "X25",
    "实施后须汇报",
    article=35,
    severity=WARN,
    needs=("tracking.sales_present", "tracking.report_channel", "tracking.stage"),
    parameters=("P02",),
    deadline=True,
    hard=True,
    scope=Scope.MATTER,
)
def implementations_are_reported(dept: Department) -> Iterator[Breach]:
    """An implementation was finished (收尾) without 销售, and nobody told him for P02 afterwards.

    Holds although the chapter is not binding for the time being. One finding for all its days.

    要求：实施收尾时销售不在场的，在时限内把实施情况告诉责任销售。
    反例：3月12日实施收尾，销售不在场，到3月20日汇报方式还是“未汇报”。
    正例：实施了五天，收尾那天用电话汇报；或还没有收尾。
    """
    for silent in silent_rounds(dept, IMPLEMENTATION, unheard(dept)):
        if silent.ended:
            yield from _unreported(dept, IMPLEMENTATION, silent)


def _unreported(dept: Department, support_type: str, silent: SilentRound) -> Iterator[Breach]:
    rows = dept.frame("tracking").loc[list(silent.rows)]
    first, end = rows["support_date"].iloc[0].date(), rows["support_date"].iloc[-1].date()
    limit = dept.parameter("P02", end)
    last = dept.calendar.add_workdays(end, limit.days)
    if dept.as_of <= last:
        return
    here = rows.iloc[-1]
    span = str(end) if first == end else f"{first}至{end}"
    sales = f"责任销售{here['sales']}" if here["sales"] else "责任销售"
    yield Breach(
        "tracking",
        silent.rows[-1],
        "report_channel",
        f"{span}的{support_type}销售不在场，经过和结果应在{last}前告诉{sales}，"
        f"表中仍写“{NOT_REPORTED}”（自报）。",
        f"请用邮件或电话向{sales}说明经过和结果，再更正“汇报方式”和“汇报时间”（{limit}）。",
        project=here["project"],
        on=end,
        clock=(end, last),
        also=[("tracking", index, "report_channel") for index in silent.rows[:-1]],
        cause=f"{here['project']}|{first}",
    )
