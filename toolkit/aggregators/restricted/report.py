"""Everything that the restricted report shows, computed and not yet laid out."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.aggregators.bonus import bonus_basis
from toolkit.aggregators.bonus_rows import bonus_rows
from toolkit.model.finding import CheckResult
from toolkit.model.report import Table
from toolkit.model.restricted import RestrictedTables
from toolkit.regulation.complaints import COUNTED
from toolkit.regulation.department import Department
from toolkit.regulation.parameters import Parameter
from toolkit.regulation.period import Period
from toolkit.regulation.project_development import developments
from toolkit.regulation.settlement import Settlement

from .complaints import complaint_table
from .development import development_table, hours_table
from .pay import correction_table, pay_table
from .records import bonus_record_table

_PARAMETERS = {
    "P01": "制度生效以前的事不计", "P15": "净研发时间超过它才扣成本", "P16": "净研发时间怎么算",
    "P17": "扣全部成本还是超出部分", "P20": "电话与支持日期相隔多久", "P21": "投诉怎么累计",
    "P22": "第四次投诉怎么扣", "P23": "永久降级从哪个月起", "P24": "哪些投诉计入",
    "P26": "故障转化的申请单是否计入", "P40": "多久以内的重复投诉不另计",
}  # fmt: skip
_REGISTERS = {
    "complaints": "没有读到“投诉登记”，投诉和绩效两部分是空的。",
    "pay_levels": "没有读到“人员级别”，绩效建议只给出扣发和永久的级数。",
    "pay_grades": "没有读到“绩效级别表”，绩效建议只给出级别，没有金额。",
    "rates": "没有读到“研发费率”，只给出净研发工时，没有算出成本。",
    "bonuses": "没有读到“销售奖金”，只给出应扣成本，没有算出奖金。",
}


def build_restricted(dept: Department, result: CheckResult, period: Period) -> RestrictedTables:
    """Aggregate a department that was read with its restricted registers.

    `result` holds the findings of those registers alone. Complaints are those received in the
    period, pay that of its months, bonus rows those of its days; development is as of today.
    """
    settlement = Settlement(dept)
    found = developments(dept)
    rows = bonus_rows(dept, period)
    return RestrictedTables(
        department=dept.name,
        as_of=dept.as_of,
        period=period.label,
        complaints=complaint_table(dept, settlement, period),
        pay=pay_table(dept, settlement, period),
        corrections=correction_table(dept, settlement, period),
        development=development_table(dept, found),
        hours=hours_table(dept, found),
        bonus=Table(bonus_basis(dept, rows)),
        bonus_rows=bonus_record_table(dept, rows),
        parameters=_parameters(dept),
        result=result,
        remarks=list(_remarks(dept, settlement, period)),
        kept=frozenset(b.block for b in dept.dossier.bindings),
    )


def _parameters(dept: Department) -> Table:
    values = {key: dept.parameter(key) for key in _PARAMETERS}
    columns = {
        "参数": list(values),
        "名称": [value.kind.name for value in values.values()],
        "取值": [
            f"{v.text}{v.kind.unit if v.text.isdigit() else ''}" or "未填" for v in values.values()
        ],
        "来源": ["部门设定" if value.decided else "工具默认" for value in values.values()],
        "条款": [float(value.kind.article[0]) for value in values.values()],
        "管什么": [_PARAMETERS[key] for key in values],
    }
    return Table(pd.DataFrame(columns))


def _value(value: Parameter) -> str:
    unit = value.kind.unit if value.text.strip().isdigit() else ""
    return f"{value.text}{unit}" or "未填"


def _remarks(dept: Department, settlement: Settlement, period: Period) -> Iterator[str]:
    for block, sentence in _REGISTERS.items():
        if not dept.kept(block):
            yield sentence
    contacts = dept.frame("tracking")
    inside = contacts[period.mask(contacts["support_date"])]
    contact = (inside["channel"] != "无客户沟通") & (inside["channel"] != "")
    claims = settlement.claims
    counted = claims[(claims["standing"] == COUNTED) & period.mask(claims["received"])]
    total = int(contact.sum())
    rate = f"{len(counted) / total:.1%}" if total else "—"
    yield f"投诉率：计入的投诉 {len(counted)} 次 ÷ 与客户的沟通 {total} 次 = {rate}。"
    yield "汇报的方式和时间都按跟踪记录、电话沟通中的填写（自报），没有与邮件核对。"
    yield "绩效建议是草算：经认定、确认后才作为结算依据；已结算的月份不改写，差额见“更正”。"
