"""Net development hours and what they cost: the catalogue's example E2, variants, what holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.development_cost import (
    CostReading,
    Development,
    Rate,
    bonus,
    develop,
    rate_of,
)
from toolkit.regulation.development_hours import hour_lines, lacking_hours, net_hours
from toolkit.regulation.project_development import cost_reading, developments

DAY = dt.date
BASE, RATIO = 80_000.0, 0.05
RATES = [Rate("", 150.0)]
Row = tuple[str | None, str, float]
EXAMPLE: list[Row] = [
    ("2026-04-10", "郑研", 16),
    ("2026-05-11", "王研", 20),
    ("2026-06-08", "郑研", 6),
]


def lines(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "day": pd.Series([r[0] for r in rows], dtype="datetime64[s]"),
            "person": pd.Series([r[1] for r in rows], dtype=object),
            "hours": pd.Series([r[2] for r in rows], dtype="float64"),
            "counted": pd.Series([True] * len(rows), dtype=bool),
            "index": pd.Series(range(len(rows)), dtype="int64"),
        }
    )


def dev(rows: list[Row], reading: CostReading | None = None, **other: Any) -> Development:
    return develop(lines(rows), other.pop("rates", RATES), reading or CostReading(), **other)


def test_example_42_hours() -> None:
    found = dev(EXAMPLE)
    assert (found.hours, found.exceeded, found.cost) == (42, True, 6300)
    assert bonus(BASE, RATIO, 0) == 4000
    assert found.deductible is not None
    assert bonus(BASE, RATIO, found.deductible) == 3685


def test_exactly_40_hours_are_not_exceeded() -> None:
    found = dev([*EXAMPLE[:2], ("2026-06-08", "郑研", 4)])
    assert (found.hours, found.exceeded, found.deductible) == (40, False, 0)
    assert found.crossed is None


def test_excess_only() -> None:
    found = dev(EXAMPLE, CostReading(excess=True))
    assert found.deductible == 300
    assert bonus(BASE, RATIO, 300) == 3985


def test_deducted_from_the_bonus_itself() -> None:
    reading = CostReading.of(40, "项目累计人时", "从奖金中扣除全部研发成本")
    assert reading.from_bonus
    found = dev(EXAMPLE, reading)
    assert found.deductible is not None
    assert bonus(BASE, RATIO, found.deductible, from_bonus=reading.from_bonus) == 0


def test_two_people_for_three_days_are_three_days_elapsed() -> None:
    rows: list[Row] = [(f"2026-04-{d}", who, 8) for d in (13, 14, 15) for who in ("郑研", "王研")]
    assert dev(rows).hours == 48
    elapsed = dev(rows, CostReading(elapsed=True))
    assert (elapsed.hours, elapsed.exceeded, elapsed.deductible) == (24, False, 0)


def test_elapsed_excess_is_the_share_beyond_the_limit() -> None:
    rows: list[Row] = [(f"2026-04-{d}", who, 10) for d in range(13, 18) for who in ("郑研", "王研")]
    found = dev(rows, CostReading(elapsed=True, excess=True))
    assert (found.hours, found.cost, found.deductible) == (50, 15000, 3000)


def test_elapsed_time_needs_days() -> None:
    found = dev([(None, "郑研", 30)], CostReading(elapsed=True))
    assert (found.exceeded, found.complete) == (None, False)


def test_the_excess_is_what_came_last_at_its_own_rate() -> None:
    rates = [Rate("郑研", 100.0), Rate("王研", 200.0)]
    rows: list[Row] = [("2026-06-01", "王研", 10), ("2026-04-10", "郑研", 36)]
    assert dev(rows, CostReading(excess=True), rates=rates).deductible == 6 * 200


def test_missing_hours_are_never_zero() -> None:
    under = dev([("2026-04-10", "郑研", 16)], complete=False)
    assert (under.exceeded, under.cost, under.deductible) == (None, None, None)
    over = dev(EXAMPLE, complete=False)
    assert (over.exceeded, over.cost, over.deductible) == (True, None, None)


def test_without_a_rate_there_is_no_cost() -> None:
    found = dev(EXAMPLE, rates=[Rate("王研", 150.0)])
    assert (found.cost, found.deductible, found.unpriced) == (None, None, ("郑研",))
    assert dev(EXAMPLE[:1], rates=[]).deductible == 0


def test_rates_by_person_and_day() -> None:
    rates = [
        Rate("", 100.0),
        Rate("郑研", 150.0, end=DAY(2026, 4, 30)),
        Rate("郑研", 200.0, start=DAY(2026, 5, 1)),
        Rate("郑研", 250.0, start=DAY(2026, 6, 1), end=DAY(2026, 6, 30)),
    ]
    days = (DAY(2026, 4, 30), DAY(2026, 5, 1), DAY(2026, 6, 8), DAY(2026, 7, 1))
    assert [rate_of(rates, "郑研", day) for day in days] == [150, 200, 250, 200]
    assert rate_of(rates, "王研", DAY(2026, 5, 1)) == 100
    assert rate_of(rates, "王研", None) == 100
    assert rate_of(rates, "郑研", None) is None
    with pytest.raises(ValueError, match="negative"):
        Rate("", -1.0)


FORMS = [
    {"receive_date": DAY(2026, 4, 8)},
    {"number": "GJ-2", "withdraw_date": DAY(2026, 4, 3)},
    {"number": "GJ-3", "net_hours": 12, "delivery_date": DAY(2026, 5, 20), "dev_lead": "郑研"},
    {"number": "GJ-4", "origin": "故障单转化", "net_hours": 5, "hours_note": "配置"},
    {"number": "GJ-5", "delivery_date": DAY(2026, 5, 20)},
    {"number": "GJ-6", "delivery_date": DAY(2026, 5, 20), "net_hours": 0},
    {"number": "GJ-7", "delivery_date": DAY(2026, 5, 20), "net_hours": 0, "hours_note": "配置"},
    {"number": "GJ-8", "delivery_date": DAY(2026, 5, 20)},
]
ROWS = [
    {"hours": 3},
    {"hours": 4, "category": "会议"},
    {"hours": 5, "category": "等待", "counted": "是"},
    {"hours": 6, "work_date": DAY(2026, 4, 7)},
    {"hours": 7, "work_date": DAY(2026, 4, 7), "counted": "是"},
    {"hours": 8, "counted": "否"},
    {"of": 1, "hours": 9},
    {"of": 7, "hours": ""},
    {"of": 7, "hours": 2, "work_date": DAY(2026, 5, 2)},
]


def test_which_hours_count() -> None:
    dept = build({"initiation": [{}], "improvement": FORMS, "improvement_hours": ROWS})
    found = hour_lines(dept)
    logged = found[found["frame"] == "improvement_hours"]
    assert list(logged["counted"]) == [True, False, True, False, True, False, False, True, True]
    assert list(logged["reason"])[:7] == [
        "计入净研发时间", "会议不计入", "写明计入", "受理之前，不计入", "写明计入", "写明不计入",
        "申请单已撤回",
    ]  # fmt: skip
    assert list(net_hours(dept).fillna(-1)) == [15, 0, 12, 5, -1, 0, 0, 2]
    assert list(lacking_hours(dept)) == [False] * 4 + [True, True, False, True]


def test_hours_of_fault_orders_are_no_development() -> None:
    dept = build({"initiation": [{}], "fault": [{}], "fault_attempts": [{}]})
    assert hour_lines(dept).empty
    assert developments(dept) == {}


def test_a_project_with_its_flags() -> None:
    dept = build({"initiation": [{}], "improvement": FORMS[:5], "improvement_hours": ROWS[:7]})
    found = developments(dept)["xm2026-0001"]
    assert (found.result.hours, found.lacking, found.converted) == (32, (4,), (3,))
    without = build(
        {
            "initiation": [{}], "improvement": FORMS[:5], "improvement_hours": ROWS[:7],
            "parameters": [{"parameter": "P26", "value": "否"}],
        }
    )  # fmt: skip
    assert developments(without)["xm2026-0001"].result.hours == 27


def test_hours_of_void_forms_count_and_are_flagged() -> None:
    forms = [
        {"number": f"GJ-{n}", "issue_date": DAY(2026, 4, n), "net_hours": 5} for n in (1, 2, 3)
    ]
    found = developments(build({"initiation": [{}], "improvement": forms}))["xm2026-0001"]
    assert (found.result.hours, found.void) == (15, (2,))


def test_until_a_day_only_what_was_worked_by_then() -> None:
    rows = [{"hours": 24}, {"hours": 18, "work_date": DAY(2026, 7, 6)}]
    dept = build({"initiation": [{}], "improvement": [{}], "improvement_hours": rows})
    assert developments(dept, until=DAY(2026, 7, 5))["xm2026-0001"].result.hours == 24
    assert developments(dept)["xm2026-0001"].result.crossed == DAY(2026, 7, 6)


def test_the_reading_is_that_of_the_day() -> None:
    rows = [
        {"parameter": "P15", "value": "80小时", "start": DAY(2026, 6, 1)},
        {"parameter": "P16", "value": "历时，扣除停顿", "start": DAY(2026, 6, 1)},
        {"parameter": "P17", "value": "只扣超出部分", "start": DAY(2026, 6, 1)},
    ]
    dept = build({"parameters": rows})
    assert cost_reading(dept, DAY(2026, 5, 31)) == CostReading(40)
    assert cost_reading(dept, DAY(2026, 6, 1)) == CostReading(80, True, True, False)


_row = st.tuples(
    st.one_of(st.none(), st.dates(DAY(2026, 3, 1), DAY(2026, 3, 20)).map(str)),
    st.sampled_from(["郑研", "王研", ""]),
    st.integers(-4, 64).map(lambda n: n / 4),
)
_rows = st.lists(_row, max_size=12)
_reading = st.builds(
    CostReading, st.sampled_from([0.0, 8.0, 40.0]), st.booleans(), st.booleans(), st.booleans()
)
_rates = st.lists(
    st.builds(Rate, st.sampled_from(["", "郑研", "王研"]), st.integers(0, 400).map(float)),
    max_size=3,
)


@given(_rows, _rates, _reading)
def test_nothing_is_negative_and_the_deduction_is_within_the_cost(
    rows: list[Row], rates: list[Rate], reading: CostReading
) -> None:
    found = develop(lines(rows), rates, reading)
    assert found.hours >= 0
    assert found.cost is None or found.cost >= 0
    if found.deductible is not None:
        assert found.deductible >= 0
        assert found.cost is None or found.deductible <= found.cost + 0.01
        assert bonus(BASE, RATIO, found.deductible, from_bonus=reading.from_bonus) >= 0
        assert bonus(BASE, RATIO, found.deductible) <= bonus(BASE, RATIO, 0)


@given(_rows, _reading, st.randoms(use_true_random=False))
def test_rows_may_stand_in_any_order(rows: list[Row], reading: CostReading, random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert develop(lines(shuffled), RATES, reading) == develop(lines(rows), RATES, reading)


@given(_rows, _row, st.booleans())
def test_one_more_hour_never_raises_the_bonus(rows: list[Row], more: Row, excess: bool) -> None:
    reading = CostReading(excess=excess)
    before, after = (develop(lines(r), RATES, reading) for r in (rows, [*rows, more]))
    assert after.hours >= before.hours
    assert before.deductible is not None
    assert after.deductible is not None
    assert bonus(BASE, RATIO, after.deductible) <= bonus(BASE, RATIO, before.deductible)


@given(_rows, _rows)
def test_hours_and_costs_add_up(one: list[Row], two: list[Row]) -> None:
    both, first, second = (dev(r) for r in ([*one, *two], one, two))
    assert both.hours == pytest.approx(first.hours + second.hours)
    assert both.cost == pytest.approx((first.cost or 0) + (second.cost or 0))


@given(_rows)
def test_elapsed_time_is_never_longer_than_that_of_all_people(rows: list[Row]) -> None:
    assert dev(rows, CostReading(elapsed=True)).hours <= dev(rows).hours
