"""Key figures, what to look at first, the numbers of the charts, and sums that agree."""

from __future__ import annotations

from typing import Any

from tests.aggregators.test_projects_engineers import ROWS, department, finding, report
from tests.departments import build
from toolkit.aggregators.overview import look_first
from toolkit.aggregators.report import build_report
from toolkit.model.dossier import RejectedRow, Source, Status
from toolkit.model.finding import CheckResult, Severity, Undetermined
from toolkit.model.report import Figure, ReportTables
from toolkit.regulation.period import Period

ERROR, WARN, INFO = Severity.ERROR, Severity.WARN, Severity.INFO


def figures(tables: ReportTables) -> dict[str, Figure]:
    return {figure.label: figure for figure in tables.figures}


def test_key_figures() -> None:
    findings = (finding("X01", ERROR), finding("X02", WARN), finding("X03", INFO, waived="可以"))
    shown = figures(report(department(fault=[{}]), findings=findings))
    assert {label: figure.value for label, figure in shown.items()} == {
        "支持次数": 4,
        "工时(小时)": 8.5,
        "支持人员": 2,
        "汇报合规率": 2 / 3,
        "未关闭遗留": 2,
        "项目": 2,
        "改进申请": 0,
        "故障单": 1,
        "错误": 1,
        "警告": 1,
        "提示": 0,
        "无法判断的规则": 0,
    }
    assert shown["支持次数"].note == "涉及 2 个项目"
    assert shown["工时(小时)"].note == "1 次未填工时"
    assert shown["汇报合规率"].note == "已汇报 2 / 应汇报 3"
    assert shown["提示"].note == "另有豁免 1 条"
    assert (shown["错误"].tone, shown["警告"].tone) == ("bad", "warn")


def test_figures_of_nothing() -> None:
    shown = figures(report({}, None))
    assert shown["汇报合规率"].value is None
    assert shown["工时(小时)"].note == "本期没有记录"
    assert not any(figure.tone for figure in shown.values())


def test_undetermined_rules_are_counted() -> None:
    result = CheckResult(undetermined=[Undetermined("X27", ("tracking.filled_date",), "补充")])
    shown = figures(build_report(build({}), result, Period()))
    assert shown["无法判断的规则"].value == 1


def test_look_first_takes_errors_then_places_and_each_rule_before_one_twice() -> None:
    found = [
        finding("X01", ERROR, count=2),
        finding("X01", ERROR, count=9, project="甲"),
        finding("X02", ERROR, count=5),
        finding("X03", WARN, count=50),
        finding("X04", ERROR, count=70, waived="已批准"),
        finding("X05", INFO, count=90),
        finding("X06", WARN, count=60),
    ]
    chosen = [(f.rule, f.count) for f in look_first(found)]
    assert chosen == [("X01", 9), ("X02", 5), ("X01", 2), ("X06", 60), ("X03", 50)]
    assert look_first([]) == []


def test_charts_count_the_records_of_the_period() -> None:
    charts = report(department()).charts
    assert charts.by_time.title == "每周支持次数"
    assert charts.by_time.categories == ("11-03起", "11-09起")
    assert charts.by_time.values == (3, 1)
    assert (charts.by_engineer.categories, charts.by_engineer.values) == (("孙二", "钱一"), (2, 2))
    assert charts.by_result.categories == ("成功", "问题遗留")
    assert charts.by_result.values == (3, 1)
    assert charts.leftovers.values == (1, 1, 1)


def test_quiet_months_count_nothing_and_old_ones_are_left_out() -> None:
    rows: list[dict[str, Any]] = [{"support_date": d} for d in ("2026-03-10", "2026-06-01")]
    months = report(department(tracking=rows), None).charts.by_time
    assert months.title == "2026年每月支持次数"
    assert months.categories == ("3月", "4月", "5月", "6月")
    assert months.values == (1, 0, 0, 1)
    rows.append({"support_date": "2022-01-01"})
    long = report(department(tracking=rows), None).charts.by_time
    assert (len(long.values), long.categories[-1]) == (24, "2026-06")
    assert sum(long.values) == 2


def test_many_bars_become_others() -> None:
    rows = [{"support_date": "2026-11-02", "supporter": f"人{n:02}"} for n in range(20)]
    bars = report(department(tracking=rows)).charts.by_engineer
    assert (len(bars.values), bars.categories[-1], bars.values[-1]) == (12, "其他", 9)


def test_blank_choices_are_shown_as_not_filled_in() -> None:
    rows = [{"support_date": "2026-11-02", "result": "", "support_type": ""}]
    charts = report(department(tracking=rows)).charts
    assert charts.by_result.categories == charts.by_type.categories == ("未填",)


def test_sources_reconcile_down_to_the_records_shown() -> None:
    tables = report(department())
    frame = tables.sources.frame.set_index("文件")
    own = frame.loc["项目跟踪表_钱一.xlsx"]
    assert (own["其中跟踪记录"], own["本期记录"], own["期外记录"], own["无日期记录"]) == (
        5,
        3,
        1,
        1,
    )
    sums = tables.reconciliation
    assert sums.balanced
    assert sums.read == sums.taken + sums.rejected
    assert sums.records == len(ROWS) == sums.inside + sums.outside + sums.undated
    assert sums.inside == len(tables.records)
    assert "逐个文件核对一致" in sums.rows_sentence
    assert "本期 4 行，期外 1 行，没有可识别的支持日期而未计入本期 1 行" in sums.records_sentence


def test_figures_that_do_not_add_up_name_the_file() -> None:
    dept = build(department())
    dept.dossier.sources[1].rows += 3
    sums = build_report(dept, CheckResult(), Period()).reconciliation
    assert not sums.balanced
    assert dept.dossier.sources[1].path in sums.rows_sentence
    assert "不一致" in sums.rows_sentence


def test_every_file_is_listed_with_its_fate() -> None:
    dept = build(department())
    dept.dossier.sources += [
        Source(
            "02_跟踪表/旧.et", Status.UNREADABLE, "请另存为 .xlsx", size=2048, fingerprint="a" * 64
        ),
        Source("90_输出/部门汇总.xlsx", Status.OUTPUT, mtime_ns=1_795_000_000_000_000_000),
    ]
    frame = build_report(dept, CheckResult(), Period()).sources.frame.set_index("文件")
    unread = frame.loc["02_跟踪表/旧.et"]
    assert (unread["状态"], unread["说明"], unread["大小(KB)"]) == (
        "无法读取",
        "请另存为 .xlsx",
        2.0,
    )
    assert unread["指纹(SHA-256前12位)"] == "a" * 12
    # 19:06:40 in Beijing
    assert str(frame.loc["90_输出/部门汇总.xlsx", "修改时间"]) == "2026-11-18 19:06:40"
    assert frame.loc["项目跟踪表_钱一.xlsx", "表单"] == "项目跟踪表"


def test_rejected_rows_are_listed() -> None:
    dept = build(department())
    dept.dossier.rejected.append(RejectedRow(1, "跟踪记录", 70, "tracking", "合计行", "合计 62.5"))
    frame = build_report(dept, CheckResult(), Period()).rejected.frame
    assert frame.iloc[0].to_dict() == {
        "来源文件": dept.dossier.sources[1].path,
        "工作表": "跟踪记录",
        "行号": 70,
        "所在表": "跟踪记录",
        "原因": "合计行",
        "内容": "合计 62.5",
    }
