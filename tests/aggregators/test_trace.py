"""追责顺序: registered simplifications, then missing steps, then late ones, in order of time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.departments import build
from toolkit.aggregators.trace import LATE, LATE_RULES, MISSED, MISSED_RULES, ORDER, SIMPLIFIED
from toolkit.model.errors import ToolkitError
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules
from toolkit.workflows.check import Checked
from toolkit.workflows.trace import Traced, trace_json, trace_project

_SETTLED = {
    "sales_confirm_date": "2026-03-11",
    "presales_confirm_date": "2026-03-11",
    "archive_place": "合同柜3号",
}
RECORDS: dict[str, Any] = {
    "initiation": [{**_SETTLED, "charter_date": "2026-03-11"}],
    "tracking": [
        {"support_date": "2026-03-10"},  # before the charter: late
        {"support_date": "2026-03-16", "result": ""},  # a blank: missing
        {"support_date": "2026-03-12", "sales_present": "否", "report_channel": "未汇报"},
        {"support_date": "2026-04-20", "result": ""},  # after the problem
    ],
    "simplifications": [
        {"project_id": "XM2026-0001", "step": "第29条", "reason": "客户已有测试方案",
         "decided_by": "钱一", "agreed_by": "周销", "register_date": "2026-03-13"},
        {"project_id": "XM2026-0002", "step": "第25条", "reason": "别的项目",
         "decided_by": "钱一", "register_date": "2026-03-01"},
    ],
}  # fmt: skip


def _traced(records: dict[str, Any], project: str, **options: Any) -> Traced:
    dept = build(records, as_of=dt.date(2026, 5, 20))
    return trace_project(Checked.of(Path("/部门"), dept, check(dept)), project, **options)


def test_the_order_is_simplified_missing_late_each_by_time() -> None:
    traced = _traced(RECORDS, "XM2026-0001", until=dt.date(2026, 4, 1))
    shown = [(s.kind, str(s.on), s.people, s.rule) for s in traced.steps]
    assert shown == [
        (SIMPLIFIED, "2026-03-13", "钱一、周销", ""),
        (MISSED, "2026-03-12", "钱一", "X15"),
        (MISSED, "2026-03-16", "钱一", "R16-3"),
        (LATE, "2026-03-10", "钱一", "X02"),
    ]
    assert [s.article for s in traced.steps] == [52, 12, 16, 9]
    assert all(step.place.count("!") == 2 for step in traced.steps)
    assert traced.project == "XM2026-0001 示例平台"


def test_a_step_that_was_simplified_leads_the_list() -> None:
    line = {**RECORDS["simplifications"][0], "step": "X15", "register_date": "2026-03-09"}
    traced = _traced({**RECORDS, "simplifications": [line]}, "XM2026-0001")
    kinds = {s.rule: s.kind for s in traced.steps}
    assert kinds["X15"] == SIMPLIFIED
    assert kinds["R16-3"] == MISSED


def test_a_project_is_found_by_number_name_or_alias() -> None:
    records = {**RECORDS, "initiation": [{"project_aliases": "示例演示"}]}
    for name in ("xm2026-0001", "示例平台", "示例平台项目", "示例演示"):
        assert _traced(records, name).project == "XM2026-0001 示例平台"
    with pytest.raises(ToolkitError, match="没有找到项目“示例平抬”。是不是“XM2026-0001 示例平台”"):
        _traced(records, "示例平抬")
    two = [{}, {"project_id": "XM2026-0009", "number": "LX-9", "customer": "示例客户乙"}]
    with pytest.raises(ToolkitError, match="是几个项目的名称"):
        _traced({"initiation": two}, "示例平台")


def test_without_a_day_it_looks_back_from_the_last_fault() -> None:
    fault = {"propose_date": "2026-04-01", "basis": "明显严重bug", "severity": "严重"}
    traced = _traced({**RECORDS, "fault": [fault]}, "XM2026-0001")
    assert (traced.until, traced.assumed) == (dt.date(2026, 4, 1), True)
    assert all(step.on is None or step.on <= traced.until for step in traced.steps)
    assert _traced(RECORDS, "XM2026-0001").until == dt.date(2026, 5, 20)


def test_a_project_in_order_has_an_empty_list() -> None:
    assert _traced({"initiation": [_SETTLED], "tracking": [{}]}, "XM2026-0001").steps == []


def test_json_says_the_same() -> None:
    traced = _traced(RECORDS, "XM2026-0001", until=dt.date(2026, 4, 1))
    told = trace_json(traced)
    assert told["until"] == "2026-04-01"
    assert [s["rule"] for s in told["steps"]] == [s.rule for s in traced.steps]
    assert [ORDER.index(s["kind"]) for s in told["steps"]] == [0, 1, 1, 2]


def test_no_rule_is_both_missing_and_late() -> None:
    assert not MISSED_RULES & LATE_RULES
    assert set(load_rules()) & MISSED_RULES, "the sets name real rules"
