"""What a record says about the contact: reported to sales, in concrete words (第12、15条)."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.finding import Breach
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.deadlines import due, overdue
from toolkit.regulation.department import Department
from toolkit.regulation.reports import (
    NO_CONTACT,
    NOT_REPORTED,
    in_rounds,
    silent_rounds,
    unheard,
)

from .registry import ERROR, INFO, WARN, Scope, rule
from .report_rounds import IMPLEMENTATION, TEST
from .wording import brief, vague


@rule(
    "X15",
    "销售不在场的沟通须汇报责任销售",
    article=12,
    severity=WARN,
    needs=("tracking.sales_present", "tracking.report_channel"),
    parameters=("P02",),
    deadline=True,
    scope=Scope.MATTER,
)
def contacts_are_reported(dept: Department) -> Iterator[Breach]:
    """A contact without 销售 that the row itself calls 未汇报, once P02 has passed.

    What staff typed is all the evidence (自报): a 汇报时间 or 汇报邮件标题 counts as a report, so
    does the report of another contact with the same project on that day by the same person, and
    a call in 电话沟通. A blank 汇报方式 is R16-3's, tests are X24's, implementations that are over
    X25's; of one that goes on the last contact alone is asked about.

    要求：销售不在场时与客户沟通的，时限内用邮件或电话告知责任销售，并更正“汇报方式”。
    反例：3月10日现场沟通，销售不在场，汇报方式到3月20日还是“未汇报”。
    正例：汇报方式为“电话”；或当天同一项目的另一行已写“邮件”，一封邮件说明了两次沟通。
    """
    rows = dept.frame("tracking")
    contact = (rows["channel"] != NO_CONTACT) & (
        (rows["channel"] != "") | (rows["customer_contact"] != "")
    )
    silent = unheard(dept)
    elsewhere = _reported_at_the_end(dept, silent, contact)
    rows = rows[silent & contact & ~elsewhere]
    ends = due(dept, rows["support_date"], "P02")
    for row in rows_of(rows[overdue(dept, rows["support_date"], "P02")]):
        on, last = row.support_date.date(), ends[row.Index].date()
        sales = f"责任销售{row.sales}" if row.sales else "责任销售"
        yield Breach(
            "tracking",
            row.Index,
            "report_channel",
            f"{on}与客户沟通时销售不在场，应在{last}前汇报，表中仍写“{NOT_REPORTED}”（自报）。",
            f"请给{sales}补发汇报邮件或打电话，再更正“汇报方式”和“汇报时间”"
            f"（{dept.parameter('P02', on)}）。",
            clock=(on, last),
        )


def _reported_at_the_end(dept: Department, silent: pd.Series, contact: pd.Series) -> pd.Series:
    """Rows of tests and implementations of which one report at the end tells: X24's and X25's."""
    last = [
        [index for index in left.rows if contact[index]][-1:]
        for left in silent_rounds(dept, IMPLEMENTATION, silent)
        if not left.ended
    ]
    going_on = silent.index.isin([index for some in last for index in some])
    return in_rounds(dept, TEST) | (in_rounds(dept, IMPLEMENTATION) & ~going_on)


@rule(
    "R15-3",
    "具体内容不得笼统",
    article=15,
    severity=ERROR,
    needs=("tracking.content",),
    parameters=("P28", "P39"),
    scope=Scope.WORKBOOK,
)
def content_is_concrete(dept: Department) -> Iterator[Breach]:
    """具体内容 is nothing but a phrase of P28; mere shortness is one info a sheet.

    要求：具体内容写明对象、场景和做了什么，不用“解决了技术问题”一类的话。
    反例：一行跟踪记录的“具体内容”只有“解决了技术问题。”。
    正例：“解决档案科电脑上远程控制的网络参数设置”；或“向客户解释技术支持的流程”。
    """
    rows = dept.frame("tracking")
    phrases = vague(dept, rows["content"], rows["support_date"])
    for index, parameter in phrases.items():
        yield Breach(
            "tracking",
            index,
            "content",
            f"具体内容只写了“{rows.at[index, 'content']}”，看不出处理了什么问题。",
            f"请写明对象、场景和做了什么（参数{parameter.kind.id}“{parameter.kind.name}”列有这句话）。",
        )
    for index, least in brief(dept, rows["content"], rows["support_date"], "具体内容").items():
        if index not in phrases:
            yield Breach(
                "tracking",
                index,
                "content",
                f"具体内容“{rows.at[index, 'content']}”比较简短，过后可能看不明白。",
                f"建议补充对象、场景和做了什么（{least}）。",
                INFO,
                cause=f"brief|{rows.at[index, 'owner']}",
            )
