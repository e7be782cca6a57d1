"""流程简化: which steps of a project were left out on purpose, and which never may be (第52条)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .department import Department
from .parameters import quantity

SOFT_CHAPTER = range(35, 43)
"""产品实施: not binding for the time being, unless P27 says so."""
_RULE = re.compile(r"[a-z]\d+(?:-\d+)?")
_ARTICLE = re.compile(r"第?([0-9一二三四五六七八九十]+)条?")
_ALWAYS = date.min, date.max


@dataclass(frozen=True, slots=True)
class Simplification:
    """A complete line (index) of 流程简化: steps are rule ids (folded) and articles."""

    index: int
    project: str
    rules: frozenset[str]
    articles: frozenset[int]
    start: date
    end: date
    reason: str
    registered: date

    def covers(self, rule: str, article: int | None, project: str, on: date | None) -> bool:
        """Whether it names the rule or its article for the project, on the day of the event.

        An event without a date is covered by a simplification without a last day.
        """
        if project != self.project or not project:
            return False
        if fold(rule) not in self.rules and article not in self.articles:
            return False
        return self.end == date.max if on is None else self.start <= on <= self.end


def steps(texts: Iterable[str]) -> tuple[frozenset[str], frozenset[int]]:
    """Rule ids (folded) and articles that 简化步骤 names: X64, R23-1, 第29条, 第二十九条, 29."""
    rules, articles = set(), set()
    for text in texts:
        folded = fold(text)
        if _RULE.fullmatch(folded):
            rules.add(folded)
        elif match := _ARTICLE.fullmatch(folded):
            number = quantity(match[1], "count")
            if number is not None and 1 <= number <= 53:
                articles.add(int(number))
    return frozenset(rules), frozenset(articles)


def simplifications(dept: Department) -> list[Simplification]:
    """The lines of 流程简化 that say what, why, who and since when; others have no effect."""
    lines = dept.frame("simplifications")
    found = []
    for row in rows_of(lines):
        rules, articles = steps(row.step)
        registered = None if pd.isna(row.register_date) else row.register_date.date()
        if registered and row.reason and row.decided_by and row.project and (rules or articles):
            start = registered if pd.isna(row.start) else row.start.date()
            end = date.max if pd.isna(row.end) else row.end.date()
            found.append(
                Simplification(
                    row.Index, row.project, rules, articles, start, end, row.reason, registered
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class Untouchable:
    """What may not be simplified: whole articles, and single rules (ids folded) of others."""

    rules: frozenset[str]
    articles: frozenset[int]

    def has(self, rule: str, article: int | None) -> bool:
        return article in self.articles or fold(rule) in self.rules


def untouchable(dept: Department, on: date | None = None) -> Untouchable:
    """What may not be simplified on a day (P29)."""
    return Untouchable(*steps(dept.parameter("P29", on).words))
