"""What the terminal shows of the toolkit's own catalogues: rules, articles, forms."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from toolkit.model.finding import SEVERITY_TITLES, Severity
from toolkit.regulation.articles import COVERAGE_TITLES, Coverage

from .console import plain_console

_ACTIVE = "active"
_COVERAGE_STYLES = {Coverage.FULL: "green", Coverage.PARTIAL: "yellow", Coverage.HUMAN: "cyan"}


def print_rules(rules: Sequence[dict[str, Any]]) -> None:
    """The rule catalogue, one line a rule: first what runs, then what is planned."""
    console = plain_console()
    active = [entry for entry in rules if entry["status"] == _ACTIVE]
    planned = [entry for entry in rules if entry["status"] != _ACTIVE]
    for entry in active:
        _print_rule(console, entry, entry["examples"].get("要求", "") or entry["note"])
    if planned:
        console.print()
        console.print(Text("待启用的规则", "bold"))
    for entry in planned:
        _print_rule(console, entry, f"等待：{entry['waits_for']}")
    merged = sum(bool(entry["note"]) for entry in active)
    by_others = f"（其中 {merged} 条由其他规则或引擎检查）" if merged else ""
    sums = f"已启用 {len(active)} 条{by_others}，待启用 {len(planned)} 条"
    console.print(Text(f"共 {len(rules)} 条规则：{sums}。"))


def _print_rule(console: Console, entry: dict[str, Any], remark: str) -> None:
    article = f"第{entry['article']}条" if entry["article"] else "——"
    severity = SEVERITY_TITLES[Severity(entry["severity"])]
    console.print(Text(f"{entry['rule']:<7} {article} {severity}  {entry['title']}"))
    if remark:
        console.print(Text(f"        {remark}", "dim"))


def print_articles(articles: Sequence[dict[str, Any]]) -> None:
    """The articles by chapter: how far each is checked, by which rules, and why not more."""
    console = plain_console()
    for chapter, entries in groupby(articles, key=lambda entry: entry["chapter"]):
        console.print(Text(chapter, "bold"))
        for entry in entries:
            _print_article(console, entry)
        console.print()
    counts = Counter(Coverage(entry["coverage"]) for entry in articles)
    sums = "，".join(f"{COVERAGE_TITLES[c]} {counts[c]}" for c in Coverage)
    console.print(Text(f"共 {len(articles)} 条：{sums}。要点是概括，以制度原文为准。"))


def _print_article(console: Console, entry: dict[str, Any]) -> None:
    coverage = Coverage(entry["coverage"])
    line = Text(f"  第{entry['article']}条 ")
    line.append(f"[{COVERAGE_TITLES[coverage]}]", _COVERAGE_STYLES[coverage])
    line.append(f" {entry['gist']}")
    console.print(line)
    planned = [item["rule"] for item in entry["planned"]]
    for label, text in (
        ("用词", "、".join(entry["words"])),
        ("规则", "、".join(entry["rules"])),
        ("待启用", "、".join(planned)),
        ("不能全查", entry["why"]),
    ):
        if text:
            console.print(Text(f"      {label}：{text}", "dim"))


def print_forms(forms: Sequence[dict[str, Any]]) -> None:
    """The forms with their fields."""
    console = plain_console()
    for form in forms:
        console.print(Text(f"{form['key']} {form['title']}（{form['workbook']}）", "bold"))
        for field in form["fields"]:
            need = "必填" if field["required"] == "always" else ""
            need = need or ("按条件必填" if field["required"] else "选填")
            console.print(Text(f"  {field['label']}　{need}　{field['key']}"))
