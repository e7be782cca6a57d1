"""The 53 articles as data: gist in our own words, how much of each is checked, and why not more."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from toolkit.model.finding import Result


class Coverage(StrEnum):
    """How much of what an article demands is checked by rules."""

    FULL = "full"
    PARTIAL = "partial"
    HUMAN = "human"


COVERAGE_TITLES = {Coverage.FULL: "机检", Coverage.PARTIAL: "部分", Coverage.HUMAN: "人工"}
_WORST_FIRST = (Result.FAIL, Result.UNDETERMINED, Result.PASS, Result.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Article:
    """An article. `words` are its words of duty and time, `rules` name planned rules as well."""

    number: int
    chapter: str
    gist: str
    words: tuple[str, ...]
    coverage: Coverage
    rules: tuple[str, ...]
    why: str
    """What is not checked, and why not; '' when all of it is."""


@cache
def load_articles() -> Mapping[int, Article]:
    """Articles 1 to 53 in order."""
    raw = tomllib.loads((files("toolkit.regulation") / "articles.toml").read_text("utf-8"))
    return {
        int(number): Article(
            int(number),
            entry["chapter"],
            entry["gist"],
            tuple(entry["words"]),
            Coverage(entry["coverage"]),
            tuple(entry["rules"]),
            entry["why"],
        )
        for number, entry in raw.items()
    }


def worst(results: Iterable[Result]) -> Result | None:
    """The result that stands for several rules; None when there is none."""
    found = set(results)
    return next((result for result in _WORST_FIRST if result in found), None)
