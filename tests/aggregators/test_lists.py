"""跟踪记录汇总, 遗留问题 and 研发申请与故障: which lines, in which order, with what in them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.aggregators.test_projects_engineers import ROWS, SECOND, department
from tests.departments import build
from toolkit.aggregators.report import build_report
from toolkit.forms import load_forms
from toolkit.model.dossier import CellProblem, ProblemKind
from toolkit.model.finding import CheckResult
from toolkit.model.report import ReportTables
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period


def tables(dept: Department, period: str | None = "2026-11") -> ReportTables:
    return build_report(dept, CheckResult(), Period.of(period))


def report(records: dict[str, Any], period: str | None = "2026-11") -> ReportTables:
    return tables(build(records), period)


def test_records_of_the_period_in_order_with_their_place() -> None:
    frame = report(department()).records.frame
    assert list(frame["支持日期"].dt.strftime("%m-%d")) == ["11-03", "11-04", "11-05", "11-10"]
    assert list(frame["支持人"]) == ["钱一", "钱一", "孙二", "孙二"]
    assert list(frame["跟踪表署名"]) == ["钱一", "钱一", "钱一", "孙二"]
    assert list(frame["行号"]) == [5, 6, 7, 4]
    assert list(frame["来源文件"])[2:] == ["项目跟踪表_钱一.xlsx", "项目跟踪表_孙二.xlsx"]
    assert set(frame["工作表"]) == {"跟踪记录"}
    assert list(frame["遗留编号"]) == ["", "", "YL-1", ""]


def test_records_have_every_field_under_its_label() -> None:
    labels = [f.label for f in load_forms()["F02"].block("tracking").fields]
    titles = list(report(department()).records.frame.columns)
    assert set(labels) < set(titles)
    assert len(titles) == len(set(titles))
    # what everybody reads, then the place, then the optional rest
    assert titles.index("工时(小时)") < titles.index("来源文件") < titles.index("开始时间")


def test_everything_takes_all_records_undated_ones_last() -> None:
    frame = report(department(), None).records.frame
    assert len(frame) == len(ROWS)
    assert frame["支持日期"].isna().to_list() == [False] * 5 + [True]


def test_projects_are_shown_by_their_own_number_and_name() -> None:
    rows = [
        {"support_date": "2026-11-03", "project_id": "", "project_name": "示例平台"},
        {"support_date": "2026-11-04", "project_id": "xm2026-0002 ", "project_name": ""},
        {"support_date": "2026-11-05", "project_id": "", "project_name": "无人立项"},
    ]
    frame = report({"initiation": [{}, SECOND], "tracking": rows}).records.frame
    assert list(frame["项目编号"]) == ["XM2026-0001", "XM2026-0002", ""]
    assert list(frame["项目名称"]) == ["示例平台", "乙平台", "无人立项"]


def test_unreadable_cells_keep_their_text_by_line_and_title() -> None:
    dept = build(department())
    for frame, index, key, raw in (
        ("tracking", 2, "hours", "两小时"),
        ("tracking", 5, "support_date", "上周五"),
        ("leftovers", 0, "raised_date", "十一月"),
    ):
        problem = CellProblem(frame, index, key, ProblemKind.TYPE, raw, "")
        dept.dossier.problems.append(problem)
    everything = tables(dept, None)
    assert everything.unreadable == 3
    assert everything.records.instead == {
        (2, "工时(小时)"): "两小时",
        (5, "支持日期"): "上周五",
    }
    november = tables(dept)
    assert november.records.instead == {(1, "工时(小时)"): "两小时"}
    position = list(november.leftovers.frame["遗留编号"]).index("YL-1")
    assert november.leftovers.instead == {(position, "产生日期"): "十一月"}


def test_leftovers_of_the_period_open_ones_first_and_oldest_first() -> None:
    frame = report(department()).leftovers.frame
    assert list(frame["遗留编号"]) == ["YL-4", "YL-1", "YL-3"]
    assert list(frame["当前状态"]) == ["已处理", "处理中", "已关闭"]
    ages = list(frame["已开(工作日)"])
    # 2026-11-06, 9–13 and 16–20: eleven working days after the 5th up to the 20th
    assert ages[1] == 11
    assert pd.isna(ages[2])


def test_leftovers_raised_after_the_period_are_left_out() -> None:
    frame = report(department(), "2026-10").leftovers.frame
    assert sorted(frame["遗留编号"]) == ["YL-2", "YL-3", "YL-4"]


def test_requests_and_faults_in_one_list() -> None:
    records = department(
        improvement=[
            {"number": "GJ-1", "close_date": "2026-05-01"},
            {"number": "GJ-2", "issue_date": "2026-09-02"},
        ],
        fault=[{"number": "GZ-1"}],
    )
    everything = report(records, None).requests.frame
    assert list(everything["单据编号"]) == ["GZ-1", "GJ-2", "GJ-1"]
    assert list(everything["单据"]) == ["故障工作单", "改进申请", "改进申请"]
    assert list(everything["当前状态"]) == ["已提交", "已发出", "已关闭"]
    assert everything["第几次"].to_list()[1:] == [2, 1]
    assert list(everything["单元格"]) == ["B4", "B4", "B4"]
    assert list(everything["来源文件"]) == [
        "故障处理工作单_1.xlsx", "产品改进申请单_2.xlsx", "产品改进申请单_1.xlsx",
    ]  # fmt: skip
    assert list(report(records).requests.frame["单据编号"]) == ["GZ-1", "GJ-2"]


def test_a_void_request_says_so() -> None:
    forms = [{"number": f"GJ-{n}", "issue_date": f"2026-0{n + 3}-01"} for n in (1, 2, 3)]
    frame = report(department(improvement=forms), None).requests.frame
    assert dict(zip(frame["单据编号"], frame["当前状态"], strict=True))["GJ-3"] == "无效"
    projects = report(department(improvement=forms), None).projects.frame
    assert list(projects["改进申请数"]) == [2, 0]


def test_text_columns_are_text_and_dates_are_dates() -> None:
    for table in (report({}, None), report(department(), None)):
        for name in ("projects", "engineers", "records", "leftovers", "requests", "sources"):
            for title, dtype in getattr(table, name).frame.dtypes.items():
                kind = str(dtype)
                kinds = ("coded", "object", "int64", "float64", "datetime64[s]")
                assert kind in kinds, (name, title, kind)


def test_a_leftover_carried_into_the_next_years_sheet_counts_once() -> None:
    files = ("跟踪表_钱一_2025.xlsx", "跟踪表_钱一_2026.xlsx")
    dept = build(
        {
            "initiation": [{}],
            "tracking_sheet": [{"file": f, "year": f[-9:-5]} for f in files],
            "leftovers": [{"file": f, "raised_date": "2025-12-10", "progress": f} for f in files],
        }
    )
    report_tables = tables(dept, None)
    assert list(report_tables.leftovers.frame["最近进展"]) == [files[1]]
    assert {f.label: f.value for f in report_tables.figures}["未关闭遗留"] == 1
    assert report_tables.projects.frame["未关闭遗留"].sum() == 1
