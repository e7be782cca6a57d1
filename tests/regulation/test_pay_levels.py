"""Pay levels from complaints: the catalogue's worked examples E1 digit by digit, and what holds."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.regulation.pay_levels import MonthPay, Reading, Scale, correct, months, settle

LEVEL = 8
NEW = {"2026-03": 2, "2026-05": 2, "2026-06": 1, "2026-07": 2, "2026-09": 1}
"""Complaints of 3-5, 3-20, 5-2, 5-28, 6-9, 7-1, 7-15 and 9-3."""
SPAN = months("2026-03", "2026-10")
DEFAULT = Reading()
AT_ONCE, REPLACE = Reading(at_once=True), Reading(replace=True)
MONTHLY, YEARLY = Reading("每月"), Reading("每年")


def pay(counts: dict[str, int], reading: Reading, span: list[str] = SPAN) -> list[MonthPay]:
    return settle(counts, span, level=lambda month: LEVEL, reading=lambda month: reading)


EXAMPLE_1 = [
    # month, new, N, default: 扣, 永久触发, 执行级; 当月: 执行级; 替代: 扣, 执行级; 每月: 扣, 执行级
    ("2026-03", 2, 2, 1, 0, 7, 7, 1, 7, 1, 7),
    ("2026-04", 0, 2, 0, 0, 8, 8, 0, 8, 0, 8),
    ("2026-05", 2, 4, 1, 1, 7, 6, 0, 8, 1, 7),
    ("2026-06", 1, 5, 0, 0, 7, 7, 0, 7, 0, 8),
    ("2026-07", 2, 7, 1, 0, 6, 6, 1, 6, 1, 7),
    ("2026-08", 0, 7, 0, 0, 7, 7, 0, 7, 0, 8),
    ("2026-09", 1, 8, 1, 1, 6, 5, 0, 7, 0, 8),
    ("2026-10", 0, 8, 0, 0, 6, 6, 0, 6, 0, 8),
]


@pytest.mark.parametrize("line", EXAMPLE_1, ids=lambda line: str(line[0]))
def test_example_1(line: tuple[int, ...]) -> None:
    month, new, total, off, made, default, at_once, r_off, replaced, m_off, monthly = line
    by_month = {
        name: next(p for p in pay(NEW, reading) if p.month == month)
        for name, reading in (
            ("default", DEFAULT), ("at_once", AT_ONCE), ("replace", REPLACE), ("monthly", MONTHLY),
        )
    }  # fmt: skip
    found = by_month["default"]
    assert (found.new, found.total) == (new, total)
    assert (found.month_levels, found.lasting_new, found.pay_level) == (off, made, default)
    assert by_month["at_once"].pay_level == at_once
    assert (by_month["replace"].month_levels, by_month["replace"].pay_level) == (r_off, replaced)
    assert (by_month["monthly"].month_levels, by_month["monthly"].pay_level) == (m_off, monthly)


def test_example_1_by_year_is_the_default_within_one_year() -> None:
    assert pay(NEW, YEARLY) == pay(NEW, DEFAULT)


def test_example_1_resets_with_the_year() -> None:
    span = months("2026-03", "2027-04")
    lines = pay({**NEW, "2027-01": 1, "2027-02": 1}, YEARLY, span)
    found = {line.month: (line.total, line.month_levels, line.pay_level) for line in lines}
    assert found["2026-12"] == (8, 0, 6)
    assert found["2027-01"] == (1, 0, 6)
    assert found["2027-02"] == (2, 1, 5)
    assert found["2027-04"] == (2, 0, 6)


def levels(counts: dict[str, int], reading: Reading) -> list[float | None]:
    return [line.pay_level for line in pay(counts, reading, ["2026-04", "2026-05"])]


def test_example_2() -> None:
    four = pay({"2026-04": 4}, DEFAULT, ["2026-04", "2026-05"])
    assert [(p.month_levels, p.lasting_new) for p in four] == [(2, 1), (0, 0)]
    assert levels({"2026-04": 4}, DEFAULT) == [6, 7]
    assert levels({"2026-04": 4}, AT_ONCE)[0] == 5
    assert levels({"2026-04": 4}, REPLACE) == [7, 7]


def test_example_2_a_fifth_changes_nothing_and_a_sixth_takes_a_level() -> None:
    assert levels({"2026-04": 5}, DEFAULT) == [6, 7]
    sixth = pay({"2026-04": 5, "2026-05": 1}, DEFAULT, ["2026-04", "2026-05"])[-1]
    assert (sixth.base_level, sixth.month_levels, sixth.pay_level) == (7, 1, 6)


def test_without_a_level_there_are_steps_only() -> None:
    line = settle({"2026-04": 2}, ["2026-04"])[0]
    assert (line.month_levels, line.level, line.pay_level, line.amount) == (1, None, None, None)


def test_money_comes_from_the_scale_and_from_nowhere_else() -> None:
    scale = Scale({8: 4000.0, 7: 3500.0, 6: None})
    lines = settle({"2026-04": 4}, ["2026-04", "2026-05"], level=lambda m: 8, scale=scale)
    assert [line.amount for line in lines] == [None, 3500.0]
    assert Scale().amount(8) is None


def test_nobody_falls_below_the_lowest_level() -> None:
    scale = Scale({5.0: 100.0, 6.0: 200.0})
    lines = settle({"2026-04": 6}, ["2026-04", "2026-05"], level=lambda m: 6, scale=scale)
    assert [(p.base_level, p.pay_level, p.at_bottom) for p in lines] == [
        (6, 5, True),
        (5, 5, False),
    ]


def test_readings_are_told_from_the_words_of_the_parameters() -> None:
    assert Reading.of("累计不清零", "叠加", "次月") == DEFAULT
    assert Reading.of("按年清零", "替代", "当月") == Reading("每年", True, True)
    assert Reading.of("每月清零", "四次替代两次", "次月") == Reading("每月", True, False)
    assert str(Reading("每年", True, True)) == "每年、替代、当月"


def test_a_reading_that_changes_later_leaves_the_earlier_months_alone() -> None:
    lines = settle(
        NEW, SPAN, level=lambda m: LEVEL, reading=lambda m: MONTHLY if m >= "2026-08" else DEFAULT
    )
    before = pay(NEW, DEFAULT)
    assert lines[:5] == before[:5]
    assert (lines[-1].lasting, lines[-1].pay_level) == (1, 7)


def test_a_revoked_complaint_makes_corrections_of_closed_months() -> None:
    with_it, without = pay(NEW, DEFAULT), pay({**NEW, "2026-05": 1}, DEFAULT)
    found = [correct(old, new, "2026-10") for old, new in zip(with_it, without, strict=True)]
    told = {c.month: (c.settled.pay_level, c.now.pay_level) for c in found if c}
    # N is 2, 2, 3, 4, 6, 6, 7, 7 without it: the fourth comes in June, the sixth still in July
    assert told == {"2026-05": (7, 8), "2026-09": (6, 7), "2026-10": (6, 7)} | {"2026-06": (7, 7)}
    assert {c.booked for c in found if c} == {"2026-10"}
    assert found[0] is None


def test_the_difference_of_a_correction_is_money_to_be_paid() -> None:
    scale = Scale({n: 100.0 * n for n in range(1, 9)})

    def line(count: int) -> MonthPay:
        return settle({"2026-04": count}, ["2026-04"], level=lambda m: 8, scale=scale)[0]

    correction = correct(line(2), line(1), "2026-06")
    assert correction is not None
    assert correction.amount == 100.0
    levels_only = correct(
        settle({"2026-04": 2}, ["2026-04"], level=lambda m: 8)[0],
        settle({"2026-04": 1}, ["2026-04"], level=lambda m: 8)[0],
        "2026-06",
    )
    assert levels_only is not None
    assert levels_only.amount is None


def test_months_go_over_the_year() -> None:
    assert months("2026-11", "2027-02") == ["2026-11", "2026-12", "2027-01", "2027-02"]


_counts = st.dictionaries(st.sampled_from(months("2026-01", "2027-06")), st.integers(0, 6))
_readings = st.builds(
    Reading, st.sampled_from(["累计", "每年", "每月"]), st.booleans(), st.booleans()
)
_SPAN = months("2026-01", "2027-07")
_month = st.sampled_from(_SPAN)


def _more(counts: dict[str, int], month: str) -> dict[str, int]:
    return {**counts, month: counts.get(month, 0) + 1}


@given(_counts, _readings, _month)
def test_one_more_complaint_never_raises_the_pay_of_its_month(
    counts: dict[str, int], reading: Reading, month: str
) -> None:
    before, after = (pay(c, reading, _SPAN) for c in (counts, _more(counts, month)))
    at = _SPAN.index(month)
    assert after[at].pay_level <= before[at].pay_level
    assert after[at].month_levels >= before[at].month_levels


@given(_counts, _readings, _month)
def test_one_more_complaint_never_raises_anybodys_base(
    counts: dict[str, int], reading: Reading, month: str
) -> None:
    before, after = (pay(c, reading, _SPAN) for c in (counts, _more(counts, month)))
    for old, new in zip(before, after, strict=True):
        assert new.lasting >= old.lasting
        assert new.base_level <= old.base_level


@given(_counts, st.booleans(), _month)
def test_one_more_complaint_never_raises_what_is_paid_up_to_any_month(
    counts: dict[str, int], at_once: bool, month: str
) -> None:
    """All levels together, as long as nobody is at the bottom, for counts that never start anew."""
    reading = Reading(at_once=at_once)
    paid, paid_after = 0.0, 0.0
    lines = [
        settle(c, _SPAN, level=lambda m: 1000.0, reading=lambda m: reading)
        for c in (counts, _more(counts, month))
    ]
    for old, new in zip(*lines, strict=True):
        paid += old.pay_level or 0
        paid_after += new.pay_level or 0
        assert paid_after <= paid


@given(_counts, _readings)
def test_the_months_add_up(counts: dict[str, int], reading: Reading) -> None:
    lines = pay(counts, reading, _SPAN)
    windows: Counter[str] = Counter()
    for month, n in counts.items():
        windows[month[: {"累计": 0, "每年": 4, "每月": 7}[reading.total]]] += n
    assert sum(line.new for line in lines) == sum(counts.values())
    assert sum(line.month_levels for line in lines) == sum(
        reading.month_levels(n) for n in windows.values()
    )
    assert sum(line.lasting_new for line in lines) == lines[-1].lasting
    assert lines[-1].lasting == sum(n // 4 for n in windows.values())


@given(_counts, _readings)
def test_levels_stay_on_the_scale_and_no_step_is_negative(
    counts: dict[str, int], reading: Reading
) -> None:
    scale = Scale({n: 10.0 * n for n in range(3, 9)})
    lines = settle(counts, _SPAN, level=lambda m: LEVEL, reading=lambda m: reading, scale=scale)
    for line in lines:
        assert 3 <= line.pay_level <= line.base_level <= LEVEL
        assert min(line.month_levels, line.lasting_new, line.lasting) >= 0
        assert line.amount == 10.0 * line.pay_level


@given(_counts, _readings)
def test_a_later_month_changes_no_earlier_one(counts: dict[str, int], reading: Reading) -> None:
    later = _more(counts, "2027-07")
    assert pay(later, reading, _SPAN)[:-1] == pay(counts, reading, _SPAN)[:-1]
