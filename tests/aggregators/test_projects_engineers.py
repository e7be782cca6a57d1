"""项目一览 and 工程师一览 of small departments whose figures can be counted by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.departments import build
from toolkit.aggregators.report import build_report
from toolkit.model.finding import CheckResult, Finding, Result, Severity
from toolkit.model.report import ReportTables
from toolkit.regulation.period import Period

SECOND = {
    "project_id": "XM2026-0002",
    "number": "LX-XM2026-0002",
    "project_name": "乙平台",
    "customer": "示例客户乙",
    "first_presales": "孙二",
    "second_presales": "钱一",
    "account_sales": "吴销",
    "charter_date": "2026-09-01",
}
ROWS: list[dict[str, Any]] = [
    {"support_date": "2026-10-20", "hours": 2},
    {"support_date": "2026-11-03", "hours": 1.5, "sales_present": "否", "report_channel": "邮件"},
    {"support_date": "2026-11-04", "sales_present": "否", "report_channel": "未汇报"},
    {"support_date": "2026-11-05", "hours": 4, "sales_present": "否", "report_channel": "电话",
     "supporter": "孙二", "result": "问题遗留", "leftover_ids": "YL-1"},
    {"support_date": "2026-11-10", "hours": 3, "owner": "孙二", "project_id": "XM2026-0002"},
    {"support_date": "", "hours": 8},
]  # fmt: skip
LEFTOVERS: list[dict[str, Any]] = [
    {"leftover_id": "YL-1", "raised_date": "2026-11-05", "handler": "孙二"},
    {"leftover_id": "YL-2", "raised_date": "2026-09-01", "close_date": "2026-10-31"},
    {"leftover_id": "YL-3", "raised_date": "2026-09-01", "close_date": "2026-11-01"},
    {"leftover_id": "YL-4", "raised_date": "2026-09-01", "status": "已处理"},
]


def finding(rule: str, severity: Severity, **fields: Any) -> Finding:
    place = {"path": "a.xlsx", "sheet": "跟踪记录", "cell": "A4", "message": f"{rule}的说明"}
    return Finding(
        id=f"{rule}-1",
        rule=rule,
        article=16,
        severity=severity,
        result=Result.FAIL,
        **(place | fields),
    )


def report(
    records: dict[str, Any], period: str | None = "2026-11", findings: tuple[Finding, ...] = ()
) -> ReportTables:
    return build_report(build(records), CheckResult(list(findings)), Period.of(period))


def department(**more: Any) -> dict[str, Any]:
    return {"initiation": [{}, SECOND], "tracking": ROWS, "leftovers": LEFTOVERS} | more


def line(frame: pd.DataFrame, title: str, value: str) -> dict[str, Any]:
    found = frame[frame[title] == value]
    assert len(found) == 1
    return dict(found.iloc[0])


def test_a_project_with_everything() -> None:
    findings = (
        finding("X07", Severity.ERROR, project="XM2026-0001 示例平台", person="钱一"),
        finding("X08", Severity.WARN, project="XM2026-0001 示例平台", person="孙二"),
        finding("X09", Severity.WARN, project="XM2026-0001 示例平台", waived="已批准"),
    )
    first = line(report(department(), findings=findings).projects.frame, "项目编号", "XM2026-0001")
    assert {k: first[k] for k in ("项目名称", "客户", "阶段", "责任销售", "第一售前")} == {
        "项目名称": "示例平台",
        "客户": "示例客户甲",
        "阶段": "已立项",
        "责任销售": "周销",
        "第一售前": "钱一",
    }
    assert first["第二售前"] == "孙二"
    assert first["立项日期"] == pd.Timestamp("2026-03-02")
    assert first["首次支持"] == pd.Timestamp("2026-10-20")
    assert first["最近支持"] == pd.Timestamp("2026-11-05")
    assert (first["支持次数"], first["工时(小时)"]) == (3, 5.5)
    assert first["未关闭遗留"] == 2
    assert (first["错误"], first["警告"]) == (1, 1)


def test_without_a_period_all_records_count_even_undated_ones() -> None:
    first = line(report(department(), None).projects.frame, "项目编号", "XM2026-0001")
    assert (first["支持次数"], first["工时(小时)"]) == (5, 15.5)


def test_requests_and_faults_count_as_the_regulation_counts() -> None:
    forms = [
        {"number": "GJ-1", "issue_date": "2026-04-02", "close_date": "2026-05-01",
         "delivery_date": "2026-04-28", "net_hours": 6},
        {"number": "GJ-2", "issue_date": "2026-04-10", "withdraw_date": "2026-04-11"},
        {"number": "GJ-3", "issue_date": "2026-05-02", "receive_date": "2026-05-04"},
        {"number": "GJ-4", "issue_date": ""},
    ]  # fmt: skip
    hours = [
        {"of": 2, "work_date": "2026-05-03", "hours": 5},
        {"of": 2, "work_date": "2026-05-05", "hours": 7},
        {"of": 2, "work_date": "2026-05-06", "hours": 2, "category": "会议"},
        {"of": 2, "work_date": "2026-05-06", "hours": 1, "category": "等待", "counted": "是"},
        {"of": 2, "work_date": "2026-05-06", "hours": 3, "counted": "否"},
    ]
    faults = [
        {"number": "GZ-1"},
        {"number": "GZ-2", "close_date": "2026-06-01"},
        {"number": "GZ-3", "basis": "", "propose_date": "", "submit_date": ""},
    ]
    tables = report(department(improvement=forms, improvement_hours=hours, fault=faults))
    first = line(tables.projects.frame, "项目编号", "XM2026-0001")
    assert first["改进申请数"] == 2
    assert first["净研发工时"] == 14.0
    assert (first["故障单"], first["未关闭故障"]) == (2, 1)


def test_a_delivered_request_without_hours_is_no_zero() -> None:
    forms = [
        {"number": "GJ-1", "delivery_date": "2026-05-01", "net_hours": ""},
        {"number": "GJ-2", "issue_date": "2026-06-01", "net_hours": 9},
    ]
    table = report(department(improvement=forms)).projects
    position = list(table.frame["项目编号"]).index("XM2026-0001")
    assert pd.isna(table.frame.at[position, "净研发工时"])
    assert table.instead == {(position, "净研发工时"): "1单缺工时"}


def test_records_of_no_known_project_keep_the_sums_right() -> None:
    rows = [
        *ROWS,
        {"project_id": "", "project_name": "", "support_date": "2026-11-06", "hours": 1},
        {"project_id": "", "project_name": "丙项目", "support_date": "2026-11-06", "hours": 0.5},
    ]
    tables = report(department(tracking=rows))
    frame = tables.projects.frame
    assert list(frame["项目名称"])[-1] == "（未对应到项目）"
    assert frame["支持次数"].sum() == len(tables.records) == 6
    assert line(frame, "项目名称", "丙项目")["阶段"] == "未立项"
    assert line(frame, "项目名称", "（未对应到项目）")["阶段"] == ""


def test_people_from_the_project_list_when_there_is_no_initiation() -> None:
    listed = [{"project_id": "XM9", "project_name": "丁", "customer": "客户丁", "owner": "李三",
               "account_sales": "吴销", "charter_date": "2026-02-03"}]  # fmt: skip
    only = line(report({"project_list": listed}).projects.frame, "项目编号", "XM9")
    assert (only["客户"], only["责任销售"], only["第一售前"]) == ("客户丁", "吴销", "李三")
    assert only["立项日期"] == pd.Timestamp("2026-02-03")
    assert only["阶段"] == "未立项"


def test_changed_hands_shows_who_is_in_charge_today() -> None:
    changed = report(department(initiation_changes=[{"of": 0}])).projects.frame
    assert line(changed, "项目编号", "XM2026-0001")["第一售前"] == "李三"


def test_an_engineer() -> None:
    findings = (finding("X07", Severity.ERROR, person="钱一"),)
    frame = report(department(), findings=findings).engineers.frame
    first = line(frame, "姓名", "钱一")
    assert first["部门"] == "售前"
    assert (first["支持次数"], first["支持项目数"], first["工时(小时)"]) == (2, 1, 1.5)
    assert first["任第一售前项目"] == 1
    assert (first["其中已汇报"], first["销售不在场"], first["汇报合规率"]) == (1, 2, 0.5)
    assert (first["未关闭遗留"], first["错误"], first["警告"]) == (1, 1, 0)
    assert first["最近记录日期"] == pd.Timestamp("2026-11-04")
    assert first["跟踪表"] == "有"
    second = line(frame, "姓名", "孙二")
    assert (second["支持次数"], second["支持项目数"], second["未关闭遗留"]) == (2, 2, 1)
    assert (second["其中已汇报"], second["销售不在场"], second["汇报合规率"]) == (1, 1, 1.0)


def test_a_share_of_nothing_is_no_number() -> None:
    frame = report(department()).engineers.frame
    idle = line(frame, "姓名", "李三")
    assert (idle["支持次数"], idle["销售不在场"], idle["跟踪表"]) == (0, 0, "—")
    assert pd.isna(idle["汇报合规率"])
    assert pd.isna(idle["最近记录日期"])


def test_everybody_with_records_or_open_leftovers_is_listed_and_sums_agree() -> None:
    rows = [*ROWS, {"support_date": "2026-11-07", "supporter": "郑研"}]
    leftovers = [*LEFTOVERS, {"leftover_id": "YL-5", "handler": "周销"}]
    tables = report(department(tracking=rows, leftovers=leftovers))
    frame = tables.engineers.frame
    assert line(frame, "姓名", "郑研")["部门"] == "研发"
    assert frame["支持次数"].sum() == len(tables.records)
    assert frame["未关闭遗留"].sum() == tables.projects.frame["未关闭遗留"].sum() == 3
    assert list(frame["姓名"])[:2] == ["孙二", "钱一"]


def test_an_empty_department_has_its_people_and_nothing_else() -> None:
    tables = report({}, None)
    assert len(tables.projects) == 0
    assert list(tables.engineers.frame["姓名"]) == ["孙二", "李三", "钱一", "陈经"]
    assert tables.engineers.frame["支持次数"].sum() == 0
