"""`toolkit rules` and `toolkit articles`: their contracts, and what people read."""

from __future__ import annotations

import json
from typing import Any

import pytest

import toolkit.cli.articles  # noqa: F401 - registers the command
from toolkit.__main__ import main
from toolkit.regulation.articles import load_articles
from toolkit.validators.notices import NOTICES
from toolkit.validators.planned import merged_rules, planned_rules
from toolkit.validators.registry import load_rules

Capture = pytest.CaptureFixture[str]


def told(capsys: Capture, *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def entries(capsys: Capture, what: str) -> list[dict[str, Any]]:
    return list(json.loads(told(capsys, what, "--json"))[what])


def test_rules_are_active_merged_or_planned_and_each_is_listed_once(capsys: Capture) -> None:
    rules = entries(capsys, "rules")
    status = {r["rule"]: (r["status"], bool(r["waits_for"]), bool(r["note"])) for r in rules}
    assert len(status) == len(rules)
    at_work = {*load_rules(), *NOTICES}
    assert {k for k, v in status.items() if v == ("active", False, False)} == at_work
    assert {k for k, v in status.items() if v == ("active", False, True)} == set(merged_rules())
    assert {k for k, v in status.items() if v == ("planned", True, False)} == set(planned_rules())
    assert set(status) == at_work | merged_rules().keys() | planned_rules().keys()


def test_what_is_planned_says_what_it_waits_for(capsys: Capture) -> None:
    rules = {r["rule"]: r for r in entries(capsys, "rules")}
    for planned in planned_rules().values():
        assert rules[planned.id] == {
            "rule": planned.id,
            "title": planned.title,
            "article": planned.article,
            "severity": planned.severity.value,
            "status": "planned",
            "waits_for": planned.waits_for,
            "needs": [],
            "examples": {},
            "note": "",
        }
    assert rules["X91"]["note"] == "由R02-1、R02-2、R02-3检查"


def test_the_rules_that_people_read(capsys: Capture) -> None:
    text = told(capsys, "rules")
    text.encode("gbk")
    active, planned = text.split("待启用的规则\n")
    assert "X07     第16条 错误  跟踪表只记自己负责的项目" in active
    assert "由R02-1、R02-2、R02-3检查" in active
    for rule in planned_rules().values():
        assert f"{rule.id:<7} 第{rule.article}条 " in planned
        assert f"  {rule.title}\n        等待：{rule.waits_for}\n" in planned
    last = text.splitlines()[-1]
    count = len(load_rules()) + len(NOTICES) + len(merged_rules())
    assert f"已启用 {count} 条（其中 {len(merged_rules())} 条由其他规则或引擎检查）" in last
    assert f"待启用 {len(planned_rules())} 条" in last


def test_articles_follow_their_contract(capsys: Capture) -> None:
    articles = entries(capsys, "articles")
    assert [a["article"] for a in articles] == list(range(1, 54))
    keys = {"article", "chapter", "gist", "words", "coverage", "rules", "planned", "why"}
    assert all(set(a) == keys for a in articles)
    assert {a["coverage"] for a in articles} == {"full", "partial", "human"}
    running = {*load_rules(), *NOTICES, *merged_rules()}
    for article in articles:
        assert set(article["rules"]) <= running
        named = {*article["rules"], *(p["rule"] for p in article["planned"])}
        assert named == set(load_articles()[article["article"]].rules)
        assert all(p["waits_for"] for p in article["planned"])
    assert articles[20]["rules"][:4] == ["R21-1", "X42", "X43", "X44"]
    assert articles[20]["words"] == ["无效", "须", "可"]


def test_the_articles_that_people_read(capsys: Capture) -> None:
    text = told(capsys, "articles")
    text.encode("gbk")
    lines = text.splitlines()
    chapters = list(dict.fromkeys(a.chapter for a in load_articles().values()))
    assert [line for line in lines if line and not line.startswith(" ")][:-1] == chapters
    at = lines.index("  第21条 [机检] " + load_articles()[21].gist)
    assert lines[at + 1] == "      用词：无效、须、可"
    assert lines[at + 2].startswith("      规则：R21-1、X42、X43、X44")
    waiting = planned_rules()
    for article in load_articles().values():
        named = "、".join(rule for rule in article.rules if rule in waiting)
        assert not named or f"      待启用：{named}" in lines
        assert not article.why or f"      不能全查：{article.why}" in lines
    sums = [sum(f"[{word}]" in line for line in lines) for word in ("机检", "部分", "人工")]
    assert sum(sums) == 53
    assert lines[-1].startswith("共 53 条：机检 {}，部分 {}，人工 {}。".format(*sums))
