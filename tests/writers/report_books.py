"""The reports of one small department; run as a module it writes the golden ones anew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from tests.aggregators import samples
from tests.aggregators.test_projects_engineers import department, finding
from tests.departments import build
from toolkit.aggregators.report import build_report
from toolkit.model.dossier import CellProblem, ProblemKind
from toolkit.model.finding import CheckResult, NotKept, Result, Severity, Undetermined
from toolkit.model.report import ReportTables
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period
from toolkit.writers.findings_workbook import write_findings
from toolkit.writers.report import write_report

GOLDEN = Path(__file__).parent / "golden"
GENERATED = dt.datetime(2026, 11, 20, 18, 30)
REMEDY = "Look at the new one; if it is right: python -m tests.writers.report_books"


@dataclass(frozen=True)
class Rule:
    title: str
    article: int | None


RULES = {
    "X07": Rule("只记自己的项目", 16),
    "X02": Rule("先立项", 9),
    "X27": Rule("及时填写", 16),
}


def small_department() -> Department:
    """Two projects, six records of which one has a cell that could not be read."""
    forms = [{"number": "GJ-1", "issue_date": "2026-09-02", "description": "=筛选 & 排序"}]
    dept = build(department(improvement=forms, fault=[{}]))
    problem = CellProblem("tracking", 2, "hours", ProblemKind.TYPE, "两小时", "不是数字")
    dept.dossier.problems.append(problem)
    return dept


def small_result() -> CheckResult:
    path = "项目跟踪表_钱一.xlsx"
    found = [
        finding("X07", Severity.ERROR, path=path, person="钱一", hint="请移到他的跟踪表。"),
        finding("X34", Severity.WARN, path=path, cell="M6", project="XM2026-0001 示例平台"),
        finding("X41", Severity.WARN, path="产品改进申请单_1.xlsx", waived="总监已批准"),
    ]
    missing = Undetermined("X27", ("tracking.filled_date",), "补充“填写日期”后可启用规则 X27")
    results = {"X07": Result.FAIL, "X02": Result.PASS, "X27": Result.UNDETERMINED}
    results["X04"] = Result.NOT_APPLICABLE
    not_kept = NotKept("G03", "部门协作登记", "督促立项", ("X04",))
    return CheckResult(found, [missing], results=results, not_kept=[not_kept])


def report_of(dept: Department, result: CheckResult, period: str | None) -> ReportTables:
    return build_report(dept, result, Period.of(period))


def write_small_report(path: Path, base: Path, period: str | None = "2026-11") -> ReportTables:
    tables = report_of(small_department(), small_result(), period)
    write_report(path, tables, generated=GENERATED, base=base)
    return tables


def write_small_findings(path: Path, base: Path, result: CheckResult | None = None) -> None:
    write_findings(
        path,
        "示例技术支持部",
        samples.AS_OF,
        small_result() if result is None else result,
        rules=RULES,
        base=base,
        generated=GENERATED,
    )


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    write_small_report(GOLDEN / "部门汇总.xlsx", GOLDEN.parent)
    write_small_findings(GOLDEN / "校验结果.xlsx", GOLDEN.parent)
