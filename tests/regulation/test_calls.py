"""电话沟通 as evidence: who, whom, about what, when; an open cell never proves silence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.departments import build
from toolkit.regulation.calls import PROBLEM, REPORT, CallLog, told_by_phone
from toolkit.regulation.department import Department

DAY = dt.date(2026, 3, 10)
CALL: dict[str, Any] = {
    "call_time": "2026-03-10T17:00",
    "caller": "钱一",
    "callee": "周销",
    "project_id": "XM2026-0001",
    "purpose": REPORT,
}


def _department(**changes: Any) -> Department:
    records: dict[str, Any] = {"initiation": [{}], "tracking": [{"record_id": "GZB-1"}]}
    return build({**records, "calls": [{**CALL, **changes}]})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"call_time": "2026-03-11T20:00"}, True),
        ({"call_time": "2026-03-10"}, True),
        ({"caller": "周销", "callee": "钱一"}, True),
        ({"project_id": "", "project_name": "示例平台项目"}, True),
        ({"project_id": ""}, True),
        ({"call_time": ""}, True),
        ({"call_time": "2026-03-19T09:00", "related": "YL-9、gzb-1"}, True),
        ({"call_time": "2026-03-12T09:00"}, False),
        ({"call_time": "2026-03-09T17:00"}, False),
        ({"callee": "吴销"}, False),
        ({"caller": "孙二"}, False),
        ({"project_id": "XM2026-0002"}, False),
        ({"purpose": "紧急协调"}, False),
        ({"callee": "吴销", "related": "GZB-1"}, False),
    ],
)
def test_a_call_to_the_account_sales(changes: dict[str, Any], told: bool) -> None:
    dept = _department(**changes)
    log = CallLog(dept, REPORT)
    assert log.told_sales("xm2026-0001", "钱一", DAY, "GZB-1") is told
    assert list(told_by_phone(dept, dept.frame("tracking"))) == [told]


def test_friday_evening_reaches_to_monday() -> None:
    log = CallLog(_department(call_time="2026-03-16T09:00"), REPORT)
    assert log.told_sales("xm2026-0001", "钱一", dt.date(2026, 3, 13))
    assert not log.told_sales("xm2026-0001", "钱一", dt.date(2026, 3, 12))


def test_nobody_knows_who_sells() -> None:
    dept = build({"tracking": [{}], "calls": [{**CALL, "callee": "吴销"}]})
    assert CallLog(dept, REPORT).told_sales("xm2026-0001", "钱一", DAY)


def test_told_since_of_sales_and_of_others() -> None:
    log = CallLog(_department(purpose=PROBLEM), REPORT, PROBLEM)
    assert log.told_since("xm2026-0001", "钱一", DAY)
    assert not log.told_since("xm2026-0001", "钱一", dt.date(2026, 3, 11))
    assert not log.told_since("xm2026-0001", "钱一", DAY, {"陈经"})
    assert log.told_since("xm2026-0001", "钱一", DAY, {"周销", "陈经"})
    assert not CallLog(_department(purpose=PROBLEM), REPORT)


def test_no_register_of_calls() -> None:
    dept = build({"tracking": [{}]})
    assert not CallLog(dept, REPORT)
    assert list(told_by_phone(dept, dept.frame("tracking"))) == [False]
