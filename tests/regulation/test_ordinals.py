"""Ordinals of 《产品改进申请单》: the catalogue's worked table E3, and what always holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.ordinals import department_ordinals, next_ordinal, ordinals

WORKED_TABLE = [
    {"number": "GJ-01", "issue_date": dt.date(2026, 3, 1), "close_date": dt.date(2026, 3, 30)},
    {"number": "GJ-02", "issue_date": dt.date(2026, 3, 9), "withdraw_date": dt.date(2026, 3, 10)},
    {"number": "GJ-03", "issue_date": dt.date(2026, 3, 15), "decision": "驳回"},
    {"number": "GJ-04", "issue_date": dt.date(2026, 4, 2)},
    {"number": "GJ-05", "issue_date": dt.date(2026, 4, 5), "issuer": "陈经"},
]
"""陈经 is 售前经理, 钱一 (the default issuer) 责任售前."""


def _of(forms: list[dict[str, Any]], **other: Any) -> tuple[list[float | None], list[bool]]:
    found = department_ordinals(build({"improvement": forms, **other}))
    return [None if pd.isna(n) else n for n in found["n"]], list(found["void"])


def test_worked_table() -> None:
    assert _of(WORKED_TABLE) == ([1, None, 2, 3, 3], [False, False, False, True, False])


def test_order_of_files_does_not_matter() -> None:
    n, void = _of(WORKED_TABLE[::-1])
    assert (n[::-1], void[::-1]) == _of(WORKED_TABLE)


def test_nobody_is_void_where_the_manager_is_unknown() -> None:
    assert _of(WORKED_TABLE, roles=[]) == ([1, None, 2, 3, 4], [False] * 5)


def test_an_issuer_whom_the_roster_does_not_have_makes_nothing_void() -> None:
    written = {**WORKED_TABLE[3], "issuer": "陈经理"}
    assert _of([*WORKED_TABLE[:3], written]) == ([1, None, 2, 3], [False] * 4)


def test_withdrawal_after_acceptance_still_counts() -> None:
    first = {**WORKED_TABLE[1], "receive_date": dt.date(2026, 3, 9)}
    assert _of([first, WORKED_TABLE[2]])[0] == [1, 2]


def test_issued_again_under_its_number_is_the_same_form() -> None:
    again = {**WORKED_TABLE[0], "issue_date": dt.date(2026, 3, 20), "close_date": ""}
    assert _of([WORKED_TABLE[0], again, WORKED_TABLE[2]])[0] == [1, 1, 2]


def test_void_number_issued_again_by_the_manager_is_valid() -> None:
    again = {**WORKED_TABLE[3], "issue_date": dt.date(2026, 4, 6), "issuer": "陈经"}
    assert _of([*WORKED_TABLE[:4], again]) == (
        [1, None, 2, 3, 3],
        [False, False, False, True, False],
    )


def test_same_day_goes_by_number() -> None:
    day = dt.date(2026, 3, 1)
    forms = [{"number": "GJ-02", "issue_date": day}, {"number": "GJ-01", "issue_date": day}]
    assert _of(forms)[0] == [2, 1]


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [("P25", "已发出，不含驳回", [1, None, None, 2, 3]), ("P26", "否", [1, None, 2, 3, 3])],
)
def test_parameters_leave_forms_out(
    parameter: str, value: str, expected: list[float | None]
) -> None:
    setting = [{"parameter": parameter, "value": value}]
    assert _of(WORKED_TABLE, parameters=setting)[0] == expected


def test_forms_born_of_a_fault_may_be_left_out() -> None:
    born = {**WORKED_TABLE[0], "origin": "故障单转化"}
    setting = [{"parameter": "P26", "value": "否"}]
    assert _of([born, WORKED_TABLE[2]], parameters=setting)[0] == [None, 1]
    assert _of([born, WORKED_TABLE[2]])[0] == [1, 2]


def test_next_ordinal() -> None:
    dept = build({"improvement": WORKED_TABLE})
    assert next_ordinal(dept, "xm2026-0001") == 4
    assert next_ordinal(dept, "xm2026-0002") == 1


_form = st.fixed_dictionaries(
    {
        "project": st.sampled_from(["a", "b", ""]),
        "number": st.text("123", max_size=2),
        "issue_date": st.sampled_from([None, *pd.date_range("2026-03-01", periods=5)]),
        "state": st.sampled_from(["已发出", "撤回", "驳回", "已关闭"]),
        "by_manager": st.sampled_from([True, False, None]),
        "counted": st.booleans(),
    }
)


def _frame(forms: list[dict[str, Any]]) -> pd.DataFrame:
    columns = ["project", "number", "issue_date", "state", "by_manager", "counted"]
    frame = pd.DataFrame({c: pd.Series([f[c] for f in forms], dtype=object) for c in columns})
    return frame.astype({"issue_date": "datetime64[s]"})


def _ordinals(frame: pd.DataFrame) -> pd.DataFrame:
    return ordinals(frame, frame["by_manager"], frame["counted"])


@given(st.lists(_form, max_size=12))
def test_valid_ordinals_run_without_gaps(forms: list[dict[str, Any]]) -> None:
    frame = _frame(forms)
    found = _ordinals(frame).join(frame)
    out = (
        found["issue_date"].isna()
        | (found["state"] == "撤回")
        | (found["project"] == "")
        | ~found["counted"].astype(bool)
    )
    assert list(found["n"].isna()) == list(out)
    for _, project in found[~out].groupby("project"):
        valid = project.loc[~project["void"], "n"]
        assert set(valid) == set(range(1, len(set(valid)) + 1))
        unnumbered = project[(project["number"] == "") & ~project["void"]]
        assert unnumbered["n"].is_unique


@given(st.lists(_form, max_size=12))
def test_only_late_forms_of_others_are_void(forms: list[dict[str, Any]]) -> None:
    frame = _frame(forms)
    found = _ordinals(frame)
    void = found[found["void"]]
    assert (void["n"] >= 3).all()
    assert all(frame.at[i, "by_manager"] is False for i in void.index)


@given(st.lists(_form, max_size=8), st.randoms(use_true_random=False))
def test_rows_may_stand_in_any_order(forms: list[dict[str, Any]], random: Any) -> None:
    # equal day and number: which of the two comes first is nobody's business
    unique = {(f["project"], f["number"], f["issue_date"]): f for f in forms}
    frame = _frame(list(unique.values()))
    order = list(frame.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(_ordinals(frame.loc[order]).sort_index(), _ordinals(frame))


@given(st.lists(_form, max_size=8), _form)
def test_a_later_form_changes_nothing_before_it(
    forms: list[dict[str, Any]], later: dict[str, Any]
) -> None:
    before = _ordinals(_frame(forms))
    after = _ordinals(_frame([*forms, {**later, "issue_date": pd.Timestamp("2026-12-31")}]))
    pd.testing.assert_frame_equal(after.iloc[:-1], before)
