"""P01–P42: defaults, the department's values by date, and how findings print them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.departments import build
from toolkit.regulation.parameters import Parameters, as_date, parameter_catalogue

DAY = date(2026, 11, 20)


def _parameters(*rows: dict[str, Any]) -> Parameters:
    return build({"parameters": list(rows)}).parameters


def test_the_catalogue_is_complete() -> None:
    assert list(parameter_catalogue()) == [f"P{n:02}" for n in range(1, 43)]


def test_a_default_is_not_decided_and_is_printed_with_the_regulations_word() -> None:
    parameter = Parameters().get("P10", DAY)
    assert (parameter.days, parameter.decided) == (2, False)
    assert str(parameter) == "参数P10＝2工作日，制度用词“及时”"


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("P15", "参数P15＝40小时，制度用词“一周”"),
        ("P07", "参数P07＝4工作小时，制度用词“立即”"),
        ("P16", "参数P16＝项目累计人时"),
        ("P30", "参数P30＝2工作日"),
    ],
)
def test_units_are_printed(key: str, printed: str) -> None:
    assert str(Parameters().get(key, DAY)) == printed


def test_the_department_decides_by_date() -> None:
    parameters = _parameters(
        {"parameter": "P30", "value": "3", "start": "2026-01-01", "end": "2026-05-31"},
        {"parameter": "P30", "value": "5", "start": "2026-06-01"},
    )
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1))
    assert [parameters.get("P30", d).days for d in days] == [2, 3, 3, 5]
    assert parameters.get("P30", DAY).decided


def test_of_two_open_lines_the_later_start_wins() -> None:
    parameters = _parameters(
        {"parameter": "P30", "value": "5", "start": "2026-06-01"},
        {"parameter": "P30", "value": "3"},
    )
    assert parameters.get("P30", date(2026, 5, 31)).days == 3
    assert parameters.get("P30", date(2026, 6, 1)).days == 5


def test_full_width_ids_count_blank_values_do_not() -> None:
    parameters = _parameters(
        {"parameter": "ｐ３０", "value": "4"}, {"parameter": "P10", "value": " "}
    )
    assert parameters.get("P30", DAY).days == 4
    assert not parameters.get("P10", DAY).decided


@pytest.mark.parametrize(
    ("key", "value", "number"),
    [
        ("P30", "三个工作日", 3),
        ("P30", "两天", 2),
        ("P30", "十", 10),
        ("P30", "十五天内", 15),
        ("P30", "二十三个工作日", 23),
        ("P30", "５", 5),
        ("P30", "0", 0),
        ("P15", "36.5小时", 36.5),
        ("P07", "半天", 4),  # from here on: no number of that unit, so the default
        ("P30", "很快", 2),
        ("P30", "一般", 2),
        ("P30", "一周", 2),
        ("P30", "30分钟", 2),
        ("P30", "-3", 2),
        ("P15", "一周", 40),
    ],
)
def test_only_a_number_of_the_unit_is_a_number(key: str, value: str, number: float) -> None:
    parameter = _parameters({"parameter": key, "value": value}).get(key, DAY)
    assert parameter.number == number


def test_a_value_of_the_wrong_kind_leaves_the_earlier_one_in_force() -> None:
    parameters = _parameters(
        {"parameter": "P30", "value": "4"},
        {"parameter": "P30", "value": "很快", "start": "2026-06-01"},
        {"parameter": "P26", "value": "也许"},
        {"parameter": "P99", "value": "4"},
    )
    assert parameters.get("P30", DAY).days == 4
    assert parameters.get("P26", DAY).flag, "the default"
    assert not parameters.get("P26", DAY).decided


@pytest.mark.parametrize("text", ["2026-03-01", "2026/3/1", "2026年3月1日", "2026-03-01 00:00:00"])
def test_dates_as_staff_write_them(text: str) -> None:
    assert as_date(text) == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["去年", "2026-02-30", "3", ""])
def test_what_is_no_date(text: str) -> None:
    assert as_date(text) is None


def test_values_as_flags_words_and_named_numbers() -> None:
    parameters = Parameters()
    assert parameters.get("P26", DAY).flag
    assert not parameters.get("P27", DAY).flag
    assert "解决了技术问题" in parameters.get("P28", DAY).words
    assert parameters.get("P39", DAY).numbers_by_name() == {"支持内容要求": 20.0, "具体内容": 8.0}
    assert parameters.get("P01", DAY).number == 0


def test_the_effective_date_of_the_regulation_reaches_the_department() -> None:
    dept = build({"parameters": [{"parameter": "P01", "value": "2026-03-01"}]})
    assert dept.effective == date(2026, 3, 1)
    assert build({}).effective is None
