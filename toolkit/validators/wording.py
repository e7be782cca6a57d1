"""What counts as saying nothing: the phrases of P28 and the lengths of P39."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from toolkit.model.text import fold
from toolkit.regulation.columns import by_parameter
from toolkit.regulation.department import Department
from toolkit.regulation.distinct import lengths
from toolkit.regulation.parameters import Parameter

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_NOISE = re.compile(r"[\W_]+")
_PARTICLES = re.compile("[了的]")
_SLACK = 8
"""A text that much longer than the longest phrase cannot be one: it is not even compared."""


def bare(text: str) -> str:
    """For comparing statements: folded, without punctuation around it, without 了 and 的."""
    return _PARTICLES.sub("", _EDGES.sub("", fold(text)))


def plain(text: str) -> str:
    """A name for comparing: folded, without punctuation; what stands in parentheses stays."""
    return _NOISE.sub("", fold(text))


def vague(dept: Department, texts: pd.Series, on: pd.Series) -> dict[int, Parameter]:
    """Rows whose whole text is one of the phrases in force on their day, with the parameter."""
    found: dict[int, Parameter] = {}
    for parameter, rows in by_parameter(dept, on, "P28"):
        phrases = {bare(word) for word in parameter.words}
        longest = max(map(len, phrases), default=0) + _SLACK
        some = texts[rows & (lengths(texts) <= longest)]
        some = some[some != ""]
        found |= dict.fromkeys(some.index[some.map(bare).isin(phrases)], parameter)
    return found


def mentioning(texts: pd.Series, words: Iterable[str]) -> pd.Series:
    """Rows whose text contains one of the words, letter by letter; words have no line ends."""
    ends = np.cumsum(lengths(texts).to_numpy() + 1)
    joined, found = "\n".join(texts), set()
    for word in words:
        place = joined.find(word)
        while place >= 0:
            row = int(np.searchsorted(ends, place, side="right"))
            found.add(row)
            place = joined.find(word, int(ends[row]))
    return pd.Series(np.isin(np.arange(len(texts)), list(found)), index=texts.index)


def brief(dept: Department, texts: pd.Series, on: pd.Series, label: str) -> dict[int, Parameter]:
    """Rows whose text is shorter than P39 asks of `label` on their day, with the parameter."""
    found: dict[int, Parameter] = {}
    for parameter, rows in by_parameter(dept, on, "P39"):
        least = int(parameter.numbers_by_name().get(label, 0))
        # folding may only shorten by the blanks, so this finds all candidates and few others
        length = lengths(texts)
        some = texts[rows & (length > 0) & (length < 2 * least)]
        some = some[[len(fold(text)) < least for text in some]]
        found |= dict.fromkeys(some.index, parameter)
    return found
