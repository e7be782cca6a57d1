"""督促立项: names of projects before 立项, who urged when, and whether support is stopped."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tests.departments import build
from toolkit.regulation.urgings import Matters, Urging, stopped, urgings

CALL = {
    "call_time": datetime(2026, 3, 18, 10, 0),
    "caller": "钱一",
    "callee": "周销",
    "project_name": "示例门户",
    "purpose": "督促立项",
}


def _urged(**records: Any) -> dict[str, list[Urging]]:
    dept = build(records)
    return urgings(dept, Matters(dept))


def test_before_initiation_customer_number_and_the_word_project_make_no_difference() -> None:
    dept = build(
        {
            "urgings": [
                {"project_name": "示例门户 项目", "customer": "示例客户乙"},
                {"project_name": "", "project_id": "XM2026-0009"},
            ],
            "project_list": [{"project_id": "XM2026-0009", "project_name": "示例门户"}],
            "tracking": [{"project_id": "", "project_name": "示例门户"}],
        }
    )
    matters = Matters(dept)
    assert set(matters.column(dept.frame("urgings"))) == {"xm2026-0009"}
    assert matters.column(dept.frame("tracking")).tolist() == ["xm2026-0009"]


def test_a_name_that_two_numbers_have_stays_a_name() -> None:
    rows = [{"project_id": f"XM2026-000{n}", "project_name": "示例门户"} for n in (8, 9)]
    dept = build({"project_list": rows, "urgings": [{}]})
    assert Matters(dept).column(dept.frame("urgings")).tolist() == ["示例门户"]


def test_an_alias_of_an_initiated_project_is_that_project() -> None:
    forms = [{"project_aliases": "示例门户"}]
    assert list(_urged(initiation=forms, urgings=[{}])) == ["xm2026-0001"]


def test_lines_and_calls_stand_in_the_order_of_their_days() -> None:
    lines = [{"urge_date": date(2026, 4, 1)}, {"urge_date": ""}]
    other = {**CALL, "purpose": "汇报"}
    (found,) = _urged(urgings=lines, calls=[CALL, other]).values()
    assert [(u.frame, u.on) for u in found] == [
        ("urgings", None),
        ("calls", date(2026, 3, 18)),
        ("urgings", date(2026, 4, 1)),
    ]
    assert [u.no_later_than(date(2026, 3, 18)) for u in found] == [True, True, False]
    assert (found[1].by, found[1].sales) == ("钱一", "周销")


def test_a_line_that_names_no_project_urges_for_none() -> None:
    assert _urged(urgings=[{"project_name": ""}]) == {}


def test_a_stop_lasts_until_support_is_taken_up_again() -> None:
    def said(**dates: Any) -> list[Urging]:
        (found,) = _urged(urgings=[dates]).values()
        return found

    stop = date(2026, 4, 1)
    assert not stopped(said())
    assert stopped(said(stop_date=stop))
    assert stopped(said(stop_date=stop, resume_date=date(2026, 3, 31))), "of an earlier stop"
    assert not stopped(said(stop_date=stop, resume_date=stop))
