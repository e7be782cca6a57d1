"""校验结果: every finding as a line, linked to its file and cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from toolkit.model.finding import SEVERITY_TITLES, CheckResult, Finding, Severity

from .styles import ReportStyles
from .table_sheet import LineWriter, TableView

RULE, ARTICLE, RESULT = "规则", "条款", "检查结论"
SEVERITY, COUNT, FILE = "级别", "处数", "文件"
WAIVED = "已豁免"
_MOST_RULES = 5
NO_FINDINGS = "没有发现问题。"


def findings_view(findings: Sequence[Finding], name: str = "T_校验结果") -> TableView:
    """The findings as a table, gravest first, then by file."""
    ordered = sorted(
        findings, key=lambda f: (bool(f.waived), f.severity.rank, not f.path, f.path, f.sheet)
    )
    columns: dict[str, list[object]] = {
        SEVERITY: [SEVERITY_TITLES[f.severity] for f in ordered],
        RULE: [f.rule for f in ordered],
        ARTICLE: [f.article for f in ordered],
        "说明": [f.message for f in ordered],
        "建议": [f.hint for f in ordered],
        "项目": [f.project for f in ordered],
        "责任人": [f.person for f in ordered],
        FILE: [f.path for f in ordered],
        "工作表": [f.sheet for f in ordered],
        "单元格": [f.cell for f in ordered],
        COUNT: [f.count for f in ordered],
        RESULT: [WAIVED if f.waived else f.result.value for f in ordered],
        "豁免": [f.waived for f in ordered],
        "发现编号": [f.id for f in ordered],
    }
    return TableView(name, _frame(columns), NO_FINDINGS, path=FILE, last_printed=RESULT)


def counted(result: CheckResult) -> str:
    """How many findings there are of each severity, in one line."""
    counts = result.counts()
    parts = [f"{SEVERITY_TITLES[s]} {counts[s.value]}" for s in Severity]
    if counts["waived"]:
        parts.append(f"已豁免 {counts['waived']}")
    if counts["undetermined"]:
        parts.append(f"因缺少数据无法判断的规则 {counts['undetermined']}")
    return "，".join(parts)


def summary_lines(findings: Sequence[Finding]) -> list[LineWriter]:
    """One line a severity: how many findings and places, in how many files, the worst first."""
    live = [f for f in findings if not f.waived]
    groups = ((s, [f for f in live if f.severity is s]) for s in Severity)
    return [_summary_line(severity, group) for severity, group in groups if group]


def _summary_line(severity: Severity, group: list[Finding]) -> LineWriter:
    def write(sheet: Any, styles: ReportStyles, row: int, columns: int) -> None:
        sheet.set_row(row, 20)
        word = SEVERITY_TITLES[severity]
        sheet.write_string(row, 0, word, styles.badge(word, "badge"))
        sheet.merge_range(row, 1, row, 2, f"{len(group)} 条", styles.get(bold=True, align="center"))
        sheet.merge_range(row, 3, row, columns - 1, _spread(group), styles.remark)

    return write


def _spread(group: Sequence[Finding]) -> str:
    """Where the findings of one severity are: files, and the rules with most places."""
    files = {f.path for f in group if f.path}
    places: Counter[str] = Counter()
    for finding in group:
        places[finding.rule] += finding.count
    most = "、".join(f"{rule} {n} 处" for rule, n in places.most_common(_MOST_RULES))
    more = "等" if len(places) > _MOST_RULES else ""
    return f"共 {places.total()} 处，涉及 {len(files)} 个文件；规则 {most}{more}"


def _frame(columns: dict[str, list[object]]) -> pd.DataFrame:
    types = {ARTICLE: "float64", COUNT: "int64"}
    return pd.DataFrame(
        {title: pd.Series(v, dtype=types.get(title, "object")) for title, v in columns.items()}
    )
