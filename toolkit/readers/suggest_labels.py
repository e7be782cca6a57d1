"""How near a department's own label is to a field's label: words of the same meaning count."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz

from toolkit.model.forms import Field
from toolkit.model.text import fold_label

_SAME_MEANING = 0.85
_GENERIC_WEIGHT = 0.45
_UNKNOWN_WEIGHT = 0.5
"""Weight of a single character that no group knows."""
_SPELLING = 0.92
"""Likeness of spelling counts a little less than likeness of meaning."""


@cache
def _groups() -> tuple[Mapping[str, frozenset[int]], frozenset[str], int]:
    """Word -> its groups, the generic words, and the length of the longest word."""
    raw = tomllib.loads((files("toolkit.readers") / "suggest_words.toml").read_text("utf-8"))
    found: dict[str, set[int]] = defaultdict(set)
    for number, words in enumerate(raw["groups"]):
        for word in words:
            found[fold_label(word)].add(number)
    generic = frozenset(fold_label(word) for word in raw["generic"])
    for word in generic:
        found.setdefault(word, set())
    return (
        {word: frozenset(numbers) for word, numbers in found.items()},
        generic,
        max(map(len, found)),
    )


@lru_cache(maxsize=8192)
def words_of(label: str) -> tuple[str, ...]:
    """A folded label in words, the longest known ones first from the left; the rest by character.

    Latin letters and digits stay together.
    """
    known, _, longest = _groups()
    words: list[str] = []
    position = 0
    while position < len(label):
        size = next(
            (n for n in range(longest, 0, -1) if label[position : position + n] in known), 0
        )
        if not size:
            size = 1
            while label[position].isascii() and label[position : position + size + 1].isascii():
                if position + size >= len(label):
                    break
                size += 1
        words.append(label[position : position + size])
        position += size
    return tuple(words)


@lru_cache(maxsize=65536)
def likeness(own: str, label: str) -> float:
    """0 (nothing in common) to 1 (equal) for two labels, by words and by spelling."""
    one, other = fold_label(own), fold_label(label)
    if not one or not other:
        return 0.0
    if one == other:
        return 1.0
    spelling = fuzz.ratio(one, other) / 100 * _SPELLING
    return max(_by_words(words_of(one), words_of(other)), spelling if _shares(one, other) else 0)


def _shares(one: str, other: str) -> bool:
    """Two characters in common: below that equal spelling is chance."""
    return len(set(one) & set(other)) >= min(2, len(one), len(other))


def nearest_label(own: str, field: Field) -> float:
    """The best likeness of an own label to a field's label or one of its aliases."""
    return _nearest(own, (field.label, *field.aliases))


@lru_cache(maxsize=65536)
def _nearest(own: str, labels: tuple[str, ...]) -> float:
    return max(likeness(own, text) for text in labels)


def _weight(word: str) -> float:
    _, generic, _ = _groups()
    if word in generic:
        return _GENERIC_WEIGHT
    return 1.0 if len(word) > 1 else _UNKNOWN_WEIGHT


def _by_words(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Soft Dice coefficient: each word meets its best partner once."""
    pairs = sorted(
        ((_same(a, b), i, j) for i, a in enumerate(one) for j, b in enumerate(other)),
        key=lambda pair: -pair[0],
    )
    used: tuple[set[int], set[int]] = set(), set()
    common = 0.0
    for same, i, j in pairs:
        if same and i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            common += same * (_weight(one[i]) + _weight(other[j]))
    return common / (sum(map(_weight, one)) + sum(map(_weight, other)))


def _same(one: str, other: str) -> float:
    if one == other:
        return 1.0
    known, _, _ = _groups()
    shared = known.get(one, frozenset()) & known.get(other, frozenset())
    return _SAME_MEANING if shared else 0.0
