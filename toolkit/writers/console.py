"""What the terminal shows of a check: findings by workbook, what is missing, the sums.

Nothing outside GBK is printed, and no markup is taken from staff's text.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.text import Text

from toolkit.model.dossier import Source, Status
from toolkit.model.finding import SEVERITY_TITLES, CheckResult, Finding, Severity

_STYLES = {Severity.ERROR: "bold red", Severity.WARN: "yellow", Severity.INFO: "cyan"}
_NO_FILE = "（整个部门）"


def plain_console() -> Console:
    """Colour only on a terminal; text is never wrapped when piped."""
    terminal = sys.stdout.isatty()
    width = None if terminal else 10_000
    return Console(highlight=False, soft_wrap=True, width=width, no_color=not terminal, emoji=False)


def print_findings(
    department: str, as_of: date, sources: Sequence[Source], result: CheckResult
) -> None:
    """Findings by workbook, what could not be judged, registers not kept, then the sums."""
    console = plain_console()
    live = [f for f in result.findings if not f.waived]
    for path, findings in _by_workbook(live):
        console.print(Text(path or _NO_FILE, "bold"))
        for finding in findings:
            console.print(_line(finding))
            if finding.hint:
                console.print(Text(f"      建议：{finding.hint}", "dim"))
        console.print()
    if result.undetermined:
        console.print(Text("数据不足（无法判断）", "bold"))
        for missing in result.undetermined:
            console.print(Text(f"  {missing.reason}"))
        console.print()
    if result.not_kept:
        console.print(Text("没有启用的登记（有关规则不适用，不算问题）", "bold"))
        for register in result.not_kept:
            console.print(Text(f"  {register.sentence}"))
        console.print()
    _print_sums(console, department, as_of, sources, result)


def _by_workbook(findings: Sequence[Finding]) -> Iterable[tuple[str, list[Finding]]]:
    ordered = sorted(findings, key=lambda f: (f.path, f.severity.rank, f.sheet, f.rule, f.id))
    return ((path, list(group)) for path, group in groupby(ordered, key=lambda f: f.path))


def _line(finding: Finding) -> Text:
    line = Text("  ")
    line.append(f"[{SEVERITY_TITLES[finding.severity]}]", _STYLES[finding.severity])
    place = "!".join(part for part in (finding.sheet, finding.cell) if part)
    article = f" 第{finding.article}条" if finding.article else ""
    line.append(f" {place}" if place else "")
    line.append(f" {finding.message}")
    line.append(f"（{finding.rule}{article}，{finding.id}）", "dim")
    return line


def _print_sums(
    console: Console, department: str, as_of: date, sources: Sequence[Source], result: CheckResult
) -> None:
    counts = result.counts()
    statuses = Counter(s.status for s in sources)
    rows = sum(s.rows for s in sources)
    taken = sum(s.consolidated for s in sources)
    name = f"{department}　" if department else ""
    console.print(
        Text(
            f"{name}检查日期 {as_of}：读取 {statuses[Status.READ]} 个工作簿，"
            f"共 {rows} 行，计入 {taken} 行，未计入 {rows - taken} 行。"
        )
    )
    waived = f"，已豁免 {counts['waived']}" if counts["waived"] else ""
    console.print(
        Text(
            f"错误 {counts['error']}，警告 {counts['warn']}，提示 {counts['info']}{waived}，"
            f"数据不足 {counts['undetermined']}。"
        )
    )
    unread = statuses[Status.UNREADABLE] + statuses[Status.UNRECOGNISED]
    if unread:
        console.print(Text(f"另有 {unread} 个文件没有读取，原因见上。"))


def print_consolidation(
    department: str, as_of: date, sources: Sequence[Source], result: CheckResult, output: Path
) -> None:
    """Where the report is, and the sums."""
    console = plain_console()
    console.print(Text(f"部门汇总已写入：{output}", "bold"))
    _print_sums(console, department, as_of, sources, result)
