"""Limits of numbers in the description of a field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.forms import as_json, load_forms
from toolkit.model.forms import Field, FieldType

limits = st.none() | st.integers(-1000, 1000)


@given(limits, limits)
def test_a_minimum_above_the_maximum_is_refused(low: int | None, high: int | None) -> None:
    if low is not None and high is not None and low > high:
        with pytest.raises(ValueError, match="hours"):
            Field("hours", "工时", FieldType.NUMBER, minimum=low, maximum=high)
        return
    field = Field("hours", "工时", FieldType.NUMBER, minimum=low, maximum=high)
    assert bool(field.range_text) == ((low, high) != (None, None))
    field.range_text.encode("gbk")


def test_only_numbers_have_limits() -> None:
    with pytest.raises(ValueError, match="day"):
        Field("day", "日期", FieldType.DATE, minimum=0)


_DEDUCTIONS = (
    "counted", "total", "month_levels", "permanent_levels", "base_level", "pay_level",
)  # fmt: skip


def test_hours_have_limits_and_the_contract_of_forms_does_not_show_them() -> None:
    forms = load_forms()
    limited = {
        f"{block.key}.{f.key}": f.range_text
        for form in forms.values()
        for block in form.blocks
        for f in block.fields
        if f.range_text
    }
    assert limited == {
        "tracking.hours": "0–24",
        "improvement.estimated_hours": "不小于 0",
        "improvement.net_hours": "不小于 0",
        "improvement_hours.hours": "0–24",
        "channels.port": "1–65535",
        "bonuses.ratio": "0–1",
    } | dict.fromkeys(
        (
            *(f"bonuses.{name}" for name in ("base", "deducted")),
            *(f"pay_grades.{name}" for name in ("level", "amount")),
            *(f"deductions.{name}" for name in _DEDUCTIONS),
            "pay_levels.level",
            "rates.rate",
        ),
        "不小于 0",
    )
    keys = {"key", "label", "aliases", "type", "required", "options", "article"}
    assert {frozenset(f) for form in forms.values() for f in as_json(form)["fields"]} == {
        frozenset(keys)
    }
