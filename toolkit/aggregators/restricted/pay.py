"""绩效建议 and 更正: what each month comes to for everybody who was complained about (E1)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.report import Table
from toolkit.regulation.complaints import COUNTED, PENDING, UNKNOWN
from toolkit.regulation.department import Department
from toolkit.regulation.pay_levels import MonthPay, last_day
from toolkit.regulation.period import Period
from toolkit.regulation.settlement import Settlement, agrees

DRAFT, OPEN, AGREES, DIFFERS = "草算", "本月未完", "与台账一致", "与台账不一致"
CORRECTED = "见更正"
"""Settled rightly, but by rulings that changed later."""
_OTHER = "其他"
PAY = {
    "月份": "object", "姓名": "object", "状态": "object", "收到数": "int64", "计入数": "int64",
    "待认定": "int64", "累计计入": "int64", "扣发级数": "int64", "永久触发": "int64",
    "永久累计": "int64", "原级": "float64", "基准级": "float64", "执行级": "float64",
    "绩效工资": "float64", "说明": "object", "依据": "object",
}  # fmt: skip
CORRECTIONS = {
    "列入月份": "object", "姓名": "object", "更正月份": "object", "原扣发级数": "int64",
    "应扣发级数": "int64", "原永久累计": "int64", "应永久累计": "int64", "原执行级": "float64",
    "应执行级": "float64", "原绩效工资": "float64", "应绩效工资": "float64", "差额": "float64",
    "说明": "object", "依据": "object",
}  # fmt: skip


def pay_table(dept: Department, settlement: Settlement, period: Period) -> Table:
    """One line a month and person, the latest month first.

    Only months in which something happened: a complaint, a settlement, or less than full pay.
    """
    lines = []
    for person in settlement.people:
        upheld = {line.month: line for line in settlement.pay(person, upheld=True)}
        for line in settlement.pay(person):
            shown = _line(settlement, person, line, upheld[line.month])
            told = shown["收到数"] or shown["说明"] or shown["状态"] not in (DRAFT, OPEN)
            if _inside(period, line.month) and (told or line.month_levels or line.lasting):
                lines.append(shown)
    frame = pd.DataFrame(lines, columns=list(PAY)).astype(PAY)
    ordered = frame.sort_values(["月份", "姓名"], ascending=[False, True], kind="stable")
    return Table(ordered.reset_index(drop=True))


def correction_table(dept: Department, settlement: Settlement, period: Period) -> Table:
    """Differences of closed months that belong to a month of the period."""
    lines = []
    for person in settlement.people:
        ledger = {booked.month for booked in settlement.booked if booked.person == person}
        for each in settlement.corrections(person):
            if not _inside(period, each.booked):
                continue
            known = each.month in ledger
            note = (
                "台账按当时的认定结算，差额列入本月"
                if known
                else "台账没有这个月；如已按当时的认定发放，差额列入本月"
            )
            old, new = each.settled, each.now
            lines.append(
                (
                    each.booked, person, each.month, old.month_levels, new.month_levels,
                    old.lasting, new.lasting, old.pay_level, new.pay_level, old.amount,
                    new.amount, each.amount, note, _ruled_later(settlement, person, each.month),
                )
            )  # fmt: skip
    return Table(pd.DataFrame(lines, columns=list(CORRECTIONS)).astype(CORRECTIONS))


def _inside(period: Period, month: str) -> bool:
    """Whether a month and the period have a day in common."""
    last = last_day(month)
    return period.first <= last and last.replace(day=1) <= period.last


def _line(
    settlement: Settlement, person: str, line: MonthPay, upheld: MonthPay
) -> dict[str, object]:
    claims = settlement.claims
    own = claims[(claims["person"] == person) & (claims["month"] == line.month)]
    category = settlement.dept.frame("complaints")["category"]
    received = int((own["complaint"].map(category) != _OTHER).sum())
    pending = settlement.pending(person, line.month)
    return {
        "月份": line.month,
        "姓名": person,
        "状态": _state(settlement, person, line),
        "收到数": received,
        "计入数": line.new,
        "待认定": pending,
        "累计计入": line.total,
        "扣发级数": line.month_levels,
        "永久触发": line.lasting_new,
        "永久累计": line.lasting,
        "原级": line.level,
        "基准级": line.base_level,
        "执行级": line.pay_level,
        "绩效工资": line.amount,
        "说明": "；".join(_notes(settlement, person, line, upheld, pending)),
        "依据": _evidence(own),
    }


def _state(settlement: Settlement, person: str, line: MonthPay) -> str:
    if line.month == settlement.open_month:
        return OPEN
    booked = [b for b in settlement.booked if (b.person, b.month) == (person, line.month)]
    if not booked:
        return DRAFT
    if agrees(booked[-1], line):
        return AGREES
    possible = settlement.settled_as(person, line.month)
    return CORRECTED if any(agrees(booked[-1], other) for other in possible) else DIFFERS


def _notes(
    settlement: Settlement, person: str, line: MonthPay, upheld: MonthPay, pending: int
) -> Iterable[str]:
    changed = (upheld.month_levels, upheld.pay_level, upheld.lasting) != (
        line.month_levels,
        line.pay_level,
        line.lasting,
    )
    if pending or changed:
        which = f"本月待认定的{pending}次" if pending else "以前待认定的投诉"
        level = "" if upheld.pay_level is None else f"、执行{upheld.pay_level:g}级"
        yield (f"如{which}认定有效：扣发{upheld.month_levels}级、永久累计{upheld.lasting}级{level}")
    if line.at_bottom:
        yield f"已到最低的{settlement.scale.bottom:g}级，不再往下扣"
    if line.level is None and (line.month_levels or line.lasting):
        yield "“人员级别”没有他的原定级别，只给出级数"
    if line.pay_level is not None and line.amount is None and settlement.scale.amounts:
        yield f"“绩效级别表”没有{line.pay_level:g}级的金额"
    own = settlement.claims[
        (settlement.claims["standing"] == UNKNOWN) & (settlement.claims["month"] == line.month)
    ]
    if doubtful := int(own["person"].isin([person, ""]).sum()):
        yield f"有{doubtful}条投诉无法判断，没有计入"


def _evidence(own: pd.DataFrame) -> str:
    """The complaints that count, and those about which nothing is decided yet."""
    parts = []
    for standing, head in ((COUNTED, ""), (PENDING, "待认定：")):
        labels = own.loc[own["standing"] == standing, "label"]
        if len(labels):
            parts.append(head + "、".join(sorted(labels)))
    return "；".join(parts)


def _ruled_later(settlement: Settlement, person: str, month: str) -> str:
    """The complaints up to a month whose ruling came after it."""
    claims = settlement.claims
    late = claims[
        (claims["person"] == person)
        & (claims["month"] <= month)
        & (claims["month"] != "")
        & (claims["ruled"] > pd.Timestamp(last_day(month)))
    ]
    return "；".join(f"{row.label} {row.ruled:%Y-%m-%d}认定{row.ruling}" for row in rows_of(late))
