"""States follow from what is filled in; nobody keeps a 状态 by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.departments import build


@pytest.mark.parametrize(
    ("form", "state"),
    [
        ({"charter_date": "", "requirement": ""}, "草稿"),
        ({"charter_date": ""}, "待指派"),
        ({}, "已立项"),
        ({"charter_date": "2026-11-21"}, "待指派"),
        ({"acceptance_date": "2026-11-20"}, "已验收"),
        ({"stop_date": "2026-05-06"}, "停止支持"),
        ({"close_date": "2026-11-01", "close_result": "失败"}, "已结项"),
        ({"close_date": "2026-11-01", "close_result": "取消"}, "已取消"),
        ({"close_date": "2026-12-01", "close_result": "取消"}, "已立项"),
    ],
)
def test_initiation(form: dict[str, Any], state: str) -> None:
    dept = build({"initiation": [form]}, date(2026, 11, 20))
    assert dept.frame("initiation")["state"].tolist() == [state]


@pytest.mark.parametrize(
    ("form", "state"),
    [
        ({"issue_date": ""}, "草稿"),
        ({}, "已发出"),
        ({"decision": "需补充"}, "需补充"),
        ({"decision": "驳回"}, "驳回"),
        ({"decision": "接受", "receive_date": "2026-04-03"}, "开发中"),
        ({"decision": "接受", "delivery_date": "2026-05-01"}, "待验证"),
        ({"delivery_date": "2026-05-01", "close_date": "2026-05-05"}, "已关闭"),
        ({"withdraw_date": "2026-04-03"}, "撤回"),
        ({"withdraw_date": "2026-04-03", "receive_date": "2026-04-07"}, "撤回"),
        (
            {"withdraw_date": "2026-04-08", "receive_date": "2026-04-07", "decision": "接受"},
            "开发中",
        ),
    ],
)
def test_improvement(form: dict[str, Any], state: str) -> None:
    """A withdrawal after the acceptance by R&D is none (catalogue E3)."""
    assert build({"improvement": [form]}).frame("improvement")["state"].tolist() == [state]


@pytest.mark.parametrize(
    ("form", "state"),
    [
        ({"basis": "", "submit_date": ""}, "草稿"),
        ({"submit_date": ""}, "待同意"),
        ({}, "已提交"),
        ({"decision": "驳回"}, "驳回"),
        ({"decision": "研发解决"}, "研发处理中"),
        ({"assign_date": "2026-05-11", "close_request_date": "2026-05-20"}, "申请关闭"),
        ({"close_request_date": "2026-05-20", "confirm_result": "未解决"}, "研发处理中"),
        ({"close_request_date": "2026-05-20", "close_date": "2026-05-21"}, "已关闭"),
        ({"convert_to": "产品改进申请单", "proposer_opinion": "同意"}, "已转化"),
    ],
)
def test_fault(form: dict[str, Any], state: str) -> None:
    assert build({"fault": [form]}).frame("fault")["state"].tolist() == [state]


@pytest.mark.parametrize(
    ("row", "state"),
    [
        ({}, "处理中"),
        ({"status": "待客户"}, "待客户"),
        ({"status": "已处理"}, "已处理"),
        ({"done_date": "2026-03-20", "status": "待研发"}, "已处理"),
        ({"done_date": "2026-03-20", "close_date": "2026-03-25"}, "已关闭"),
        ({"status": "已关闭"}, "已关闭"),
        ({"status": "无法解决"}, "无法解决"),
    ],
)
def test_leftover(row: dict[str, Any], state: str) -> None:
    assert build({"leftovers": [row]}).frame("leftovers")["state"].tolist() == [state]
