"""校验结果.xlsx: findings, what is missing, and results by rule and by file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import xlsxwriter

from toolkit.forms import load_forms
from toolkit.model.finding import CheckResult, Finding, Result, Severity

from .form_styles import BOOK_OPTIONS
from .report.findings_sheet import (
    ARTICLE,
    COUNT,
    FILE,
    RESULT,
    RULE,
    counted,
    findings_view,
    summary_lines,
)
from .report.links import Links
from .report.page import set_properties, write_meta
from .report.streamed import StreamedSheet
from .report.styles import BAD, ReportStyles
from .report.table_sheet import TableView, write_table_sheet

_RESULT_ORDER = (Result.FAIL, Result.UNDETERMINED, Result.PASS, Result.NOT_APPLICABLE)
_TITLE = "规则名称"
_NO_REGISTER = "没有启用的登记（不算问题）"
_SEVERITIES = {Severity.ERROR: "错误", Severity.WARN: "警告", Severity.INFO: "提示"}


class RuleInfo(Protocol):
    """What is shown of a rule; the registry's RuleSpec has it."""

    @property
    def title(self) -> str: ...
    @property
    def article(self) -> int | None: ...


def write_findings(
    path: Path,
    dept_name: str,
    as_of: date,
    result: CheckResult,
    *,
    rules: Mapping[str, RuleInfo] | None = None,
    base: Path,
    generated: datetime,
) -> None:
    """Write the workbook to exactly this path; links lead into the department's folder `base`.

    `rules` (id -> title and article) names the rules; without it only their ids are shown.
    """
    book = xlsxwriter.Workbook(str(path), BOOK_OPTIONS)
    known = rules or {}
    streamed: list[StreamedSheet] = []
    try:
        heading = f"{dept_name} 校验结果".strip()
        set_properties(book, heading, generated)
        styles = ReportStyles(book)
        clock = f"检查日期：{as_of}；生成时间：{generated:%Y-%m-%d %H:%M}"
        missing = _missing(result, known)
        for name, view, title, intro, frozen in (
            ("校验结果", findings_view(result.findings), heading, _summary(result, clock), 2),
            ("数据不足", missing, "数据不足", f"{clock}；补上列、启用登记，对应的规则就会生效", 1),
            ("按规则", _by_rule(result, known), "按规则汇总", f"{clock}；豁免的发现不计在内", 1),
            ("按文件", _by_file(result.findings), "按文件汇总", f"{clock}；豁免的发现不计在内", 1),
        ):
            streamed.append(
                write_table_sheet(
                    book,
                    styles,
                    name,
                    view,
                    title=title,
                    intro=intro,
                    links=Links(path.resolve(), base.resolve()),
                    frozen=frozen,
                    tab=BAD if name == "校验结果" and result.findings else "",
                    above=summary_lines(result.findings) if name == "校验结果" else (),
                )
            )
        write_meta(book, styles, generated)
    finally:
        book.close()
    for sheet in streamed:
        sheet.demand_written()


def _summary(result: CheckResult, clock: str) -> str:
    files = {f.path for f in result.findings if f.path and not f.waived}
    return f"{clock}；{counted(result)}；涉及文件 {len(files)} 个"


def _missing(result: CheckResult, rules: Mapping[str, RuleInfo]) -> TableView:
    """Rules for which columns are missing, then registers that are not kept, one line each."""
    lines: list[tuple[Any, ...]] = [
        (
            u.rule,
            _title(rules, u.rule),
            _article(rules, u.rule, ()),
            "\n".join(map(_label, u.needs)),
            u.reason,
        )
        for u in result.undetermined
    ]
    lines += [
        ("", _NO_REGISTER, None, "·".join(filter(None, (n.title, n.sheet))), n.sentence)
        for n in result.not_kept
    ]
    titles = (RULE, _TITLE, ARTICLE, "缺少的列", "怎么补")
    columns = {title: [line[at] for line in lines] for at, title in enumerate(titles)}
    return TableView("T_数据不足", _frame(columns), "没有因缺少数据而无法判断的规则。")


def _label(need: str) -> str:
    """`tracking.hours` as people read it; what no form has stays as it is."""
    frame, _, key = need.partition(".")
    for form in load_forms().values():
        for block in form.blocks:
            if block.key == frame and key in block.keys:
                return f"{form.title}·{block.title or block.sheet}·{block.field(key).label}"
    return need


def _by_rule(result: CheckResult, rules: Mapping[str, RuleInfo]) -> TableView:
    live = [f for f in result.findings if not f.waived]
    ids = dict.fromkeys([*result.results, *(f.rule for f in live)])
    lines = []
    for rule in ids:
        own = [f for f in live if f.rule == rule]
        outcome = result.results.get(rule) or own[0].result
        lines.append((rule, own, outcome))
    lines.sort(key=lambda line: _RESULT_ORDER.index(line[2]))
    columns: dict[str, list[Any]] = {
        RULE: [rule for rule, _, _ in lines],
        _TITLE: [_title(rules, rule) for rule, _, _ in lines],
        ARTICLE: [_article(rules, rule, own) for rule, own, _ in lines],
        RESULT: [outcome.value for _, _, outcome in lines],
    }
    columns |= _counts([own for _, own, _ in lines])
    return TableView(
        "T_按规则", _frame(columns), "没有检查任何规则。", totals=(*_SEVERITIES.values(), COUNT)
    )


def _by_file(findings: Sequence[Finding]) -> TableView:
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.path and not finding.waived:
            by_path.setdefault(finding.path, []).append(finding)
    ranked = sorted(
        by_path.items(),
        key=lambda item: ([-sum(f.severity is s for f in item[1]) for s in Severity], item[0]),
    )
    columns: dict[str, list[Any]] = {FILE: [path for path, _ in ranked]}
    columns |= _counts([own for _, own in ranked])
    return TableView(
        "T_按文件",
        _frame(columns),
        "没有涉及文件的发现。",
        path=FILE,
        totals=(*_SEVERITIES.values(), COUNT),
    )


def _counts(groups: Sequence[Sequence[Finding]]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        word: [sum(f.severity is severity for f in group) for group in groups]
        for severity, word in _SEVERITIES.items()
    }
    columns[COUNT] = [sum(f.count for f in group) for group in groups]
    return columns


def _title(rules: Mapping[str, RuleInfo], rule: str) -> str:
    return rules[rule].title if rule in rules else ""


def _article(rules: Mapping[str, RuleInfo], rule: str, findings: Sequence[Finding]) -> int | None:
    if rule in rules:
        return rules[rule].article
    return findings[0].article if findings else None


def _frame(columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    numbers = {*_SEVERITIES.values(), COUNT}
    return pd.DataFrame(
        {
            title: pd.Series(
                list(values),
                dtype="float64" if title == ARTICLE else "int64" if title in numbers else "object",
            )
            for title, values in columns.items()
        }
    )
