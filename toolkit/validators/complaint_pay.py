"""投诉与绩效: what the complaints come to, and whether 绩效扣级 says the same (第14条).

The register is restricted: these rules run only where somebody asked for restricted records.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from toolkit.model.finding import Breach, Cause, Result, Severity
from toolkit.model.frame_rows import rows_of
from toolkit.regulation.department import Department
from toolkit.regulation.pay_levels import LASTING_STEP, MonthPay, Reading, last_day
from toolkit.regulation.settlement import Booked, Settlement, agrees, differences, parse_month

from .registry import ERROR, INFO, rule

_READING = ("P21", "P22", "P23", "P24", "P40")


@rule(
    "R14-1",
    "再有一次投诉就要扣级的提醒",
    article=14,
    severity=INFO,
    registers=("complaints",),
    cause=Cause.PERSON,
    parameters=_READING,
)
def next_complaint_takes_a_level(dept: Department) -> Iterator[Breach]:
    """Somebody has an odd number of complaints in the window of P21: the next one takes a level.

    要求：计入的投诉为单数时，提醒本人和经理：再有一次就要扣级。
    反例：钱一累计计入三次，再有一次既扣当月一级，又永久降一级。
    正例：钱一累计计入两次；按月清零时，本月一次也没有。
    """
    settlement = Settlement(dept)
    reading = settlement.reading(settlement.open_month)
    for person in settlement.people:
        line = _latest(settlement, person)
        if line is None or line.total % 2 == 0 or _has_left(dept, person):
            continue
        window = {"累计": "累计", "每年": "今年", "每月": "本月"}[reading.total]
        yield Breach(
            "complaints",
            _last(settlement, person, line.month),
            "accused",
            f"{person}{window}计入投诉{line.total}次，再有1次将{_steps(reading, line.total)}"
            f"（{dept.parameter('P21')}）。",
            "请提醒本人沟通后及时汇报；投诉有误的，请作认定。",
            person=person,
        )


def _latest(settlement: Settlement, person: str) -> MonthPay | None:
    """The month of the check, if anything counts in its window."""
    lines = settlement.pay(person)
    return lines[-1] if lines and lines[-1].total else None


def _steps(reading: Reading, total: int) -> str:
    said = []
    if reading.month_levels(total + 1) > reading.month_levels(total):
        said.append("扣发当月绩效1级")
    if (total + 1) % LASTING_STEP == 0:
        said.append("永久降1级")
    return "并".join(said)


def _has_left(dept: Department, person: str) -> bool:
    found = dept.roster.find(person)
    return len(found) == 1 and not found[0].employed(dept.as_of)


def _last(settlement: Settlement, person: str, month: str) -> int:
    """The last complaint that counts for somebody up to a month."""
    claims = settlement.claims
    own = claims[claims["counts"] & (claims["person"] == person) & (claims["month"] <= month)]
    return int(own.sort_values("received", kind="stable")["complaint"].iloc[-1])


@rule(
    "R14-2",
    "已到最低绩效级别",
    article=14,
    severity=INFO,
    needs=("pay_grades.level", "pay_levels.level"),
    registers=("complaints",),
    parameters=_READING,
)
def nobody_falls_below_the_lowest_level(dept: Department) -> Iterator[Breach]:
    """A month's complaints would take somebody below the lowest level of 绩效级别表.

    要求：扣到最低一级为止，不再往下扣，并提示经理。
    反例：最低为5级，钱一基准5级，当月又有两次投诉，仍按5级。
    正例：钱一基准8级，当月两次投诉，按7级。
    """
    settlement = Settlement(dept)
    for person in settlement.people:
        for line in settlement.pay(person):
            if line.at_bottom and line.new and (line.month_levels or line.lasting_new):
                yield Breach(
                    "complaints",
                    _last(settlement, person, line.month),
                    "accused",
                    f"{person}{line.month}应扣{line.month_levels}级，累计永久降"
                    f"{line.lasting}级，已到最低的{settlement.scale.bottom:g}级，不再往下扣。",
                    "请按最低级结算，并把情况告诉技术总监"
                    f"{_as_settled(dept, last_day(line.month))}。",
                    person=person,
                    on=min(last_day(line.month), dept.as_of),
                    cause=f"{person}|{line.month}",
                )


@rule(
    "X32",
    "绩效扣级须与重算一致",
    article=14,
    severity=ERROR,
    needs=("deductions.month", "deductions.person"),
    registers=("complaints",),
    parameters=_READING,
)
def booked_levels_are_right(dept: Department) -> Iterator[Breach]:
    """A closed month in 绩效扣级 has other figures than the complaints give.

    Right is also what was right when the month was settled: rulings may have come later, then
    a correction is due in an open month. Lines that are corrections themselves are left out. Where
    a complaint cannot be judged, nothing is decided.

    要求：绩效扣级中的次数、级数和级别，与投诉登记按参数重算的一致。
    反例：钱一五月计入两次，台账写扣发两级，重算为一级。
    正例：三月结算后有一次投诉被撤销，三月仍是当时的数字，差额在更正里。
    """
    settlement = Settlement(dept)
    yield from _unclear_months(dept)
    for booked in settlement.booked:
        if booked.month >= settlement.open_month:
            continue
        possible = settlement.settled_as(booked.person, booked.month)
        if any(agrees(booked, line) for line in possible):
            continue
        if doubts := settlement.uncertain(booked.person, booked.month):
            yield _undecided(booked, doubts)
            continue
        yield _wrong(dept, settlement, booked, possible[0])


def _as_settled(dept: Department, on: date) -> str:
    """How complaints become levels, as hints print it."""
    return "（" + "；".join(str(dept.parameter(key, on)) for key in ("P21", "P22", "P23")) + "）"


def _unclear_months(dept: Department) -> Iterator[Breach]:
    register = dept.frame("deductions")
    for row in rows_of(register[register["month"] != ""]):
        if not parse_month(row.month):
            yield Breach(
                "deductions",
                row.Index,
                "month",
                f"结算月份“{row.month}”看不出是哪年哪月，没有核对这一行。",
                "请写成 2026-11 这样的月份。",
                severity=Severity.INFO,
                result=Result.UNDETERMINED,
            )


def _undecided(booked: Booked, doubts: list[str]) -> Breach:
    return Breach(
        "deductions",
        booked.index,
        "person",
        f"{booked.person}{booked.month}的扣级无法核对：{'；'.join(doubts[:3])}。",
        "请把这些投诉补填或改正后再核对。",
        severity=Severity.INFO,
        person=booked.person,
        on=last_day(booked.month),
        result=Result.UNDETERMINED,
    )


def _wrong(dept: Department, settlement: Settlement, booked: Booked, line: MonthPay) -> Breach:
    block = dept.dossier.blocks["deductions"]
    found = differences(booked, line)
    said = "，".join(f"{block.field(f).label}台账{a:g}、重算{b:g}" for f, a, b in found)
    open_ = settlement.pending(booked.person, booked.month)
    pending = f"，另有待认定{open_}次没有计入" if open_ else ""
    return Breach(
        "deductions",
        booked.index,
        found[0][0],
        f"{booked.person}{booked.month}的绩效扣级与重算不一致：{said}"
        f"（累计到本月计入{line.total}次{pending}）。",
        "请对照受限汇总的“绩效建议”核对；已按台账发放的，在当前月另起一行更正并写明更正来源"
        f"{_as_settled(dept, last_day(booked.month))}。",
        person=booked.person,
        on=last_day(booked.month),
        also=[("deductions", booked.index, field) for field, _, _ in found[1:]],
    )
