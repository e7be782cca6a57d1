"""A department's pay proposals, what a month may have been settled as, and corrections (E1 j)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.departments import build
from toolkit.regulation.settlement import Settlement, agrees, parse_month

DAY = dt.date
END = DAY(2026, 10, 31)
EIGHT = [
    DAY(2026, 3, 5), DAY(2026, 3, 20), DAY(2026, 5, 6), DAY(2026, 5, 28), DAY(2026, 6, 9),
    DAY(2026, 7, 1), DAY(2026, 7, 15), DAY(2026, 9, 3),
]  # fmt: skip
"""The days of the catalogue's example 1; 5-2 is moved to a working day."""


def complaint(number: int, day: DAY, **other: Any) -> dict[str, Any]:
    contact = day - dt.timedelta(days=1)
    return {"number": f"TS-{number}", "received": day, "contact_date": contact} | other


def example(**changes: Any) -> dict[str, Any]:
    return {
        "initiation": [{}],
        "complaints": [complaint(n, day) for n, day in enumerate(EIGHT)],
        "pay_levels": [{}],
        "pay_grades": [{"level": n, "amount": 100 * n} for n in range(3, 9)],
    } | changes


def levels(records: dict[str, Any]) -> list[float | None]:
    return [line.pay_level for line in Settlement(build(records, END)).pay("钱一")]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, [7, 8, 7, 7, 6, 7, 6, 6]),
        ({"P23": "当月"}, [7, 8, 6, 7, 6, 7, 5, 6]),
        ({"P22": "替代"}, [7, 8, 8, 7, 6, 7, 7, 6]),
        ({"P21": "每月清零"}, [7, 8, 7, 8, 7, 8, 8, 8]),
        ({"P21": "每年清零"}, [7, 8, 7, 7, 6, 7, 6, 6]),
    ],
)
def test_example_1_from_the_registers(parameters: dict[str, str], expected: list[int]) -> None:
    rows = [{"parameter": key, "value": value} for key, value in parameters.items()]
    assert levels(example(parameters=rows)) == expected


def test_parameters_hold_from_their_day_on() -> None:
    later = {"parameter": "P23", "value": "当月", "start": DAY(2026, 9, 1)}
    assert levels(example(parameters=[later])) == [7, 8, 7, 7, 6, 7, 5, 6]


def test_a_new_level_holds_from_its_month_on() -> None:
    raised = [{}, {"level": 9, "start": DAY(2026, 8, 15)}]
    assert levels(example(pay_levels=raised)) == [7, 8, 7, 7, 6, 8, 7, 7]
    assert levels(example(pay_levels=[{"person": "孙二"}])) == [None] * 8


def test_money_is_that_of_the_level() -> None:
    lines = Settlement(build(example(), DAY(2026, 10, 31))).pay("钱一")
    assert [line.amount for line in lines][:3] == [700, 800, 700]
    bare = Settlement(build(example(pay_grades=[]), DAY(2026, 10, 31))).pay("钱一")
    assert {line.amount for line in bare} == {None}
    assert [line.pay_level for line in bare] == [line.pay_level for line in lines]


def test_open_complaints_are_told_apart() -> None:
    open_ = [complaint(n, day, ruling="") for n, day in enumerate(EIGHT[:2])]
    settlement = Settlement(build(example(complaints=open_), DAY(2026, 3, 31)))
    now, upheld = settlement.pay("钱一"), settlement.pay("钱一", upheld=True)
    assert [line.pay_level for line in now] == [8]
    assert [line.pay_level for line in upheld] == [7]
    assert settlement.pending("钱一", "2026-03") == 2


REVOKED = complaint(3, EIGHT[3], ruling="撤销", ruling_date=DAY(2026, 8, 3))


def _with(*changed: dict[str, Any]) -> dict[str, Any]:
    own = {c["number"]: c for c in changed}
    base = [complaint(n, day) for n, day in enumerate(EIGHT)]
    return example(complaints=[own.get(c["number"], c) for c in base])


def test_a_revoked_complaint_corrects_the_closed_months_before_its_ruling() -> None:
    settlement = Settlement(build(_with(REVOKED), DAY(2026, 8, 20)))
    found = {
        c.month: (c.booked, c.settled.pay_level, c.now.pay_level, c.amount)
        for c in settlement.corrections("钱一")
    }
    assert found == {
        "2026-05": ("2026-08", 7, 8, 100),
        "2026-06": ("2026-08", 7, 7, 0),
    }


def test_a_month_that_was_booked_without_it_needs_no_correction() -> None:
    booked = {"month": "2026-05", "month_levels": 0, "pay_level": 8}
    records = _with(REVOKED) | {"deductions": [booked]}
    settlement = Settlement(build(records, DAY(2026, 8, 20)))
    assert "2026-05" not in {c.month for c in settlement.corrections("钱一")}


def test_a_later_ruling_corrects_only_months_that_are_booked() -> None:
    late = complaint(1, EIGHT[1], ruling_date=DAY(2026, 4, 10))
    booked = {"month": "2026-03", "counted": 1, "month_levels": 0, "pay_level": 8}
    assert not Settlement(build(_with(late), DAY(2026, 4, 20))).corrections("钱一")
    records = _with(late) | {"deductions": [booked]}
    found = Settlement(build(records, DAY(2026, 4, 20))).corrections("钱一")
    assert [(c.month, c.booked, c.settled.pay_level, c.now.pay_level) for c in found] == [
        ("2026-03", "2026-04", 8, 7)
    ]


def test_a_wrong_booking_is_no_correction() -> None:
    booked = {"month": "2026-05", "month_levels": 3}
    records = _with(REVOKED) | {"deductions": [booked]}
    settlement = Settlement(build(records, DAY(2026, 8, 20)))
    assert "2026-05" not in {c.month for c in settlement.corrections("钱一")}
    line = settlement.settled_as("钱一", "2026-05")
    assert not any(agrees(settlement.booked[0], each) for each in line)


def test_a_month_may_have_been_settled_with_and_without_a_revoked_one() -> None:
    settlement = Settlement(build(_with(REVOKED), DAY(2026, 8, 20)))
    assert [line.total for line in settlement.settled_as("钱一", "2026-05")] == [3, 4]
    assert [line.total for line in settlement.settled_as("钱一", "2026-04")] == [2]


def test_when_a_revoked_one_stood_its_repeat_did_not_count() -> None:
    first = complaint(0, EIGHT[0], ruling="撤销", ruling_date=DAY(2026, 6, 3))
    repeat = complaint(1, EIGHT[0] + dt.timedelta(days=1), contact_date=first["contact_date"])
    records = example(complaints=[first, repeat])
    settlement = Settlement(build(records, DAY(2026, 8, 20)))
    assert {line.total for line in settlement.settled_as("钱一", "2026-03")} == {1}


def test_somebody_without_complaints_may_be_booked_with_nothing() -> None:
    booked = {"person": "孙二", "month": "2026-03", "counted": 0, "month_levels": 0}
    records = example(deductions=[booked])
    settlement = Settlement(build(records, DAY(2026, 8, 20)))
    assert agrees(settlement.booked[0], settlement.settled_as("孙二", "2026-03")[0])


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-11", "2026-11"), ("2026年3月", "2026-03"), ("2026.3", "2026-03"),
        ("202604", "2026-04"), ("2026/11/01", "2026-11"), ("2026－11", "2026-11"),
        ("十一月", ""), ("2026-13", ""), ("2026", ""), ("", ""),
    ],
)  # fmt: skip
def test_months_as_people_write_them(text: str, month: str) -> None:
    assert parse_month(text) == month
