"""What `toolkit why` and `toolkit trace` print: plain text that can be checked line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from rich.text import Text

from toolkit.model.explanation import CellSeen, Explanation
from toolkit.model.finding import SEVERITY_TITLES

from .console import plain_console
from .trace_workbook import StepLine


def print_explanation(explained: Explanation) -> None:
    """The finding, its rule and article, the cells, what was searched, and the clock."""
    console = plain_console()
    for heading, lines in _sections(explained):
        found = list(lines)
        if found:
            console.print(Text(heading, "bold"))
            for line in found:
                console.print(Text(f"  {line}"))
            console.print()


def _sections(explained: Explanation) -> Iterator[tuple[str, Iterator[str]]]:
    finding = explained.finding
    title = SEVERITY_TITLES[finding.severity]
    yield f"{finding.id}　[{title}] {explained.title}", _said(explained)
    yield "依据", _basis(explained)
    yield "涉及的单元格", map(_cell, explained.cells)
    yield "用到的记录", map(_cell, explained.records)
    yield "查过的资料", _searched(explained)
    yield "时限怎么算", _clock(explained)


def _said(explained: Explanation) -> Iterator[str]:
    finding = explained.finding
    yield finding.message
    if finding.hint:
        yield f"建议：{finding.hint}"
    if finding.person:
        yield f"责任人：{finding.person}"
    if finding.waived:
        yield f"已豁免：{finding.waived}"


def _basis(explained: Explanation) -> Iterator[str]:
    yield f"规则 {explained.finding.rule}：{explained.demand}"
    if explained.gist:
        words = f"（制度用词：{explained.words}）" if explained.words else ""
        yield f"第{explained.finding.article}条要点：{explained.gist}{words}"
    yield from explained.parameters


def _cell(cell: CellSeen) -> str:
    return f"{cell.place}　{cell.label}：{cell.value}"


def _searched(explained: Explanation) -> Iterator[str]:
    for each in explained.searched:
        own = f"，其中本项目 {each.of_project:,} 条" if explained.finding.project else ""
        yield f"{each.title}：{each.files:,} 个文件共 {each.records:,} 条{own}"


def _clock(explained: Explanation) -> Iterator[str]:
    due = explained.finding.due
    for number, day in enumerate(explained.clock):
        if number == 0:
            what = "当天，不计"
        else:
            what = f"第 {day.counted} 个工作日　{day.hours}" if day.counted else "不计"
        last = "　← 最后期限" if day.day == due else ""
        yield f"{day.day} {day.why}：{what}{last}"
    if explained.clock and explained.overdue > 0:
        yield f"到检查日期 {explained.as_of}，又过了 {explained.overdue} 个工作日。"


def print_trace(project: str, until: date, steps: Sequence[StepLine], *, assumed: bool) -> None:
    """The steps of a project by kind, each kind in the order of time."""
    console = plain_console()
    console.print(Text(f"追责顺序　{project}　截至 {until}", "bold"))
    if assumed:
        console.print("  （没有指定问题日期，按最近一次故障或检查日期；可用 --until 指定）")
    number = 0
    for kind, group in groupby(steps, key=lambda step: step.kind):
        console.print()
        console.print(Text(kind, "bold"))
        for step in group:
            number += 1
            article = f"第{step.article}条" if step.article else ""
            basis = "，".join(filter(None, (step.rule, article)))
            line = f"{step.on or '日期不明'}　{step.people or '责任人不明'}　{step.message}"
            console.print(Text(f"  {number}. {line}（{basis}）"))
            console.print(Text(f"     {step.place}", "dim"))
    if not steps:
        console.print("  没有登记的简化，也没有发现缺少或迟延的步骤。")
