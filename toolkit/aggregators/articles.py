"""条款覆盖: the regulation article by article, with what this check made of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import pandas as pd

from toolkit.model.finding import CheckResult, Result, some_of
from toolkit.model.report import Table
from toolkit.regulation.articles import COVERAGE_TITLES, Article, load_articles, worst

ARTICLE, CHAPTER, GIST, COVERAGE = "条款", "章", "要点", "覆盖"
RULES, RESULT, FOUND, WHY = "规则", "本次结果", "发现数", "为什么不能全查"
NOT_CHECKED = "—"
"""Result of an article that no rule stands for."""


def article_table(result: CheckResult) -> Table:
    """One line an article; findings that a waiver covers do not count."""
    live = [f for f in result.findings if not f.waived]
    found = Counter(f.rule for f in live)
    # the engine's own findings come from no rule of the list
    results = {f.rule: f.result for f in live} | result.results
    lines = [_line(a, result, results, found) for a in load_articles().values()]
    frame = pd.DataFrame(
        lines, columns=[ARTICLE, CHAPTER, GIST, COVERAGE, RULES, RESULT, FOUND, WHY]
    )
    return Table(frame.astype({ARTICLE: "float64", FOUND: "int64"}))


def _line(
    article: Article, result: CheckResult, results: Mapping[str, Result], found: Counter[str]
) -> tuple[object, ...]:
    at_work = [rule for rule in article.rules if rule in results]
    outcome = worst(results[rule] for rule in at_work)
    return (
        article.number,
        article.chapter,
        article.gist,
        COVERAGE_TITLES[article.coverage],
        "、".join(at_work),
        outcome.value if outcome else NOT_CHECKED,
        sum(found[rule] for rule in at_work),
        "\n".join(filter(None, (article.why, *_not_kept(article, result)))),
    )


def _not_kept(article: Article, result: CheckResult) -> Iterator[str]:
    """Which rules of the article this department cannot have, for want of a register."""
    for register in result.not_kept:
        rules = [rule for rule in register.rules if rule in article.rules]
        if rules:
            yield f"{register.state}，{some_of(rules)} 不适用。"
