"""指标: numerator, denominator and result of each, and a dash where there is nothing to divide."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from tests.departments import build
from toolkit.aggregators.indicators import indicators
from toolkit.aggregators.indicators_parts import Indicator, shown
from toolkit.regulation.period import Period

DAY = dt.date
MARCH = Period.of("2026-03")


def table(period: Period = MARCH, **records: Any) -> pd.DataFrame:
    return indicators(build({"initiation": [{}], **records}), period)


def one(frame: pd.DataFrame, name: str, subject: str = "", scope: str = "") -> tuple[Any, ...]:
    lines = frame[(frame["指标"] == name) & (frame["对象"] == subject)]
    lines = lines[lines["范围"] == scope] if scope else lines
    assert len(lines) == 1, frame[["指标", "范围", "对象"]]
    line = lines.iloc[0]
    return line["分子"], line["分母"], None if pd.isna(line["结果"]) else line["结果"]


ABSENT = {"sales_present": "否"}


def test_reports_by_department_person_seller_and_project() -> None:
    rows = [
        ABSENT | {"report_channel": "邮件"},
        ABSENT | {"report_channel": "未汇报", "support_date": DAY(2026, 3, 11)},
        ABSENT | {"report_channel": "电话", "supporter": "孙二"},
        {"support_date": DAY(2026, 3, 12)},
        ABSENT | {"report_channel": "未汇报", "support_date": DAY(2026, 4, 1)},
    ]
    found = table(tracking=rows)
    assert one(found, "汇报合规率") == (2, 3, pytest.approx(2 / 3))
    assert one(found, "汇报合规率", "钱一") == (1, 2, 0.5)
    assert one(found, "汇报合规率", "孙二") == (1, 1, 1)
    assert one(found, "汇报合规率", "周销", "责任销售") == (2, 3, pytest.approx(2 / 3))
    assert one(found, "汇报合规率", "XM2026-0001 示例平台", "项目")[:2] == (2, 3)


def test_in_time_by_the_parameters() -> None:
    mail = ABSENT | {"report_channel": "邮件"}
    rows = [
        mail | {"report_time": "2026-03-11T18:00", "filled_date": DAY(2026, 3, 12)},
        mail | {"report_time": "2026-03-12T09:00", "filled_date": DAY(2026, 3, 13)},
        mail,
    ]
    found = table(tracking=rows)
    assert one(found, "汇报及时率") == (1, 2, 0.5)
    assert one(found, "跟踪表填写及时率") == (1, 2, 0.5)
    later = table(tracking=rows, parameters=[{"parameter": "P02", "value": "2"}])
    assert one(later, "汇报及时率") == (2, 2, 1)


def test_initiated_first() -> None:
    forms = [
        {},
        {"project_id": "XM2026-0002", "number": "LX-2", "project_name": "示例门户",
         "account_sales": "吴销", "charter_date": DAY(2026, 3, 12)},
    ]  # fmt: skip
    rows = [{}, {"project_id": "XM2026-0002"}, {"project_id": "XM2026-0003"}]
    found = table(initiation=forms, tracking=rows)
    assert one(found, "先立项率") == (1, 3, pytest.approx(1 / 3))
    assert one(found, "先立项率", "周销") == (1, 1, 1)
    assert one(found, "先立项率", "吴销") == (0, 1, 0)


def test_leftovers() -> None:
    closed = {"raised_date": DAY(2026, 3, 10), "status": "已关闭"}
    rows = [
        closed | {"close_date": DAY(2026, 3, 12)},
        closed | {"leftover_id": "YL-2", "close_date": DAY(2026, 3, 20)},
        {"leftover_id": "YL-3", "raised_date": DAY(2026, 11, 10), "handler": "孙二"},
    ]
    found = table(leftovers=rows, tracking=[])
    assert one(found, "遗留关闭周期") == (2, 2, 5)
    assert one(found, "遗留关闭周期", "孙二") == (0, 0, None)
    assert one(found, "未关闭遗留超过5个工作日") == (1, 1, 1)
    assert one(found, "未关闭遗留超过10个工作日") == (0, 1, 0)


def test_second_presales_and_load() -> None:
    rows = [{"hours": 8}, {"hours": 4, "supporter": "孙二"}, {"hours": 4, "supporter": "孙二"}]
    found = table(tracking=rows)
    assert one(found, "第二售前占比", "XM2026-0001 示例平台") == (2, 3, pytest.approx(2 / 3))
    # March 2026 has 22 working days of eight hours
    assert one(found, "负荷", "孙二") == (8, 176, pytest.approx(8 / 176))
    week = table(Period.of("2026-W11"), tracking=rows)
    assert one(week, "负荷", "钱一") == (8, 40, 0.2)
    assert "负荷" not in set(table(Period.of(), tracking=rows)["指标"])


def test_faults_and_requests() -> None:
    faults = [
        {"submit_date": DAY(2026, 3, 10), "decision": "驳回", "decision_date": DAY(2026, 3, 12)},
        {"number": "GZ-2", "submit_date": DAY(2026, 3, 10), "decision": "研发解决",
         "receive_date": DAY(2026, 3, 16), "convert_to": "产品改进申请单"},
        {"number": "GZ-3", "submit_date": DAY(2026, 3, 11)},
    ]  # fmt: skip
    forms = [
        {"issue_date": DAY(2026, 3, 2)},
        {"number": "GJ-2", "issue_date": DAY(2026, 3, 3)},
        {"number": "GJ-3", "issue_date": DAY(2026, 3, 4), "project_id": "XM2026-0002"},
    ]
    found = table(fault=faults, improvement=forms)
    assert one(found, "研发响应") == (2, 2, 3)
    assert one(found, "故障驳回率") == (1, 2, 0.5)
    assert one(found, "故障转化率") == (1, 3, pytest.approx(1 / 3))
    assert one(found, "申请单密度") == (3, 2, 1.5)
    assert one(found, "下一张须售前经理发出的项目") == (1, 2, 0.5)


def test_nothing_is_divided_by_zero() -> None:
    found = table(tracking=[])
    assert (found.loc[found["分母"] == 0, "结果"].isna()).all()
    assert one(found, "汇报合规率") == (0, 0, None)
    assert {shown(r, u) for r, u in zip(found["结果"], found["单位"], strict=True)} >= {"—"}


def test_results_as_people_read_them() -> None:
    assert shown(Indicator("", "", "", 3, 4).result, "%") == "75.0%"
    assert shown(3.5, "工作日") == "3.5工作日"
    assert shown(None, "%") == "—"
