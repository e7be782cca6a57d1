"""Versions as staff write them, and which of them are standard releases (第20条).

V3.2.1, 3.2.1, Ｖ3.2.1.0 and `示例平台 V3.2.1` are one version: two texts are compared only as far
as both of them say something (catalogue X47, X50), so that 3.2 agrees with every 3.2.x and V3.2.1
with V3.2.1-D0001. A text that names a range (V3.2以上), or nothing like a version, means none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import zip_longest

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .deadlines import day_of
from .department import Department

STANDARD, CUSTOM = "标准发布", "定制"
"""The 版本类型 of a standard release and of a custom version."""

_ONE = re.compile(
    # V3, Ver.3.2 and 3.2.1, wherever they stand; a bare 3 could be anything
    r"(?:(?<![\d.])(?P<v>v)(?:er(?:sion)?)?[.\s]?(?=\d)|(?<![a-z\d.])(?=\d+\.\d))"
    r"(?P<numbers>\d{1,9}(?:\.\d{1,9})*)"
    # -D0001.1, SP1, Build 20260301; a further version is no part of this one
    r"(?P<suffix>(?:\.(?!\d)[a-z\d]+|[-_+]?(?!v?\d+\.\d)[a-z\d]+(?:\.\d+)*"
    r"|\s(?:build|patch|sp|hf|rc)\s?\d+)*)"
)
_BARE = re.compile(r"\d{1,2}")
_RANGE = re.compile(r"以上|以下|以前|以后|之前|之后|更高|更低|最新|[<>≤≥~]")
_TOKENS = re.compile(r"\d+|[a-z]+")
_ANY = ("x", "xx")


@dataclass(frozen=True, slots=True)
class Version:
    """`numbers` of 3.2.1 and `suffix` of -D0001.1, each as far as it is written.

    `typed`: it looks like a decimal number, so that Excel may have dropped zeros at its end.
    """

    numbers: tuple[int, ...]
    suffix: tuple[str, ...] = ()
    typed: bool = False

    @property
    def key(self) -> str:
        """The same text for all spellings; zeros at the end are left out."""
        places = ".".join(map(str, self.numbers))
        while places.endswith(".0"):
            places = places.removesuffix(".0")
        return "-".join((places, *self.suffix))

    def agrees(self, other: Version) -> bool:
        """Whether both mean one version, as far as both say something. Symmetric."""
        pairs = zip(self.numbers, other.numbers, strict=False)
        zeros_lost = self.typed or other.typed
        return all(
            a == b or (zeros_lost and n == 1 and _but_for_zeros(a, b))
            for n, (a, b) in enumerate(pairs)
        ) and all(a == b for a, b in zip(self.suffix, other.suffix, strict=False))

    def tells_all_of(self, other: Version) -> bool:
        """Whether it is written at least as precisely; zeros at the end say nothing."""
        numbers = zip_longest(self.numbers, other.numbers)
        return len(self.suffix) >= len(other.suffix) and all(
            mine is not None or not theirs for mine, theirs in numbers
        )

    def older_than(self, other: Version) -> bool:
        """Whether its numbers come first, as far as both have some."""
        places = min(len(self.numbers), len(other.numbers))
        return self.numbers[:places] < other.numbers[:places]


def _but_for_zeros(a: int, b: int) -> bool:
    """3.1 that was 3.10 before Excel took it for a number."""
    return str(a).rstrip("0") == str(b).rstrip("0") != ""


@lru_cache(maxsize=65536)
def versions_in(text: str) -> tuple[Version, ...]:
    """All versions that a cell names, in order; none where it cannot be said which."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if _RANGE.search(plain):
        return ()
    if _BARE.fullmatch(plain):
        return (Version((int(plain),)),)
    return tuple(_version(match, plain) for match in _ONE.finditer(plain))


def version_of(text: str) -> Version | None:
    """The version of a cell that names exactly one."""
    found = versions_in(text)
    return found[0] if len(found) == 1 else None


def _version(match: re.Match[str], text: str) -> Version:
    numbers = tuple(int(n) for n in match["numbers"].split("."))
    suffix = tuple(t.lstrip("0") or "0" for t in _TOKENS.findall(match["suffix"]))
    if suffix and suffix[0] in _ANY:
        suffix = ()
    return Version(numbers, suffix, typed=match["numbers"] == text and len(numbers) == 2)


class StandardReleases:
    """版本清单: per product the standard releases, each with the day from which it is one."""

    def __init__(self, dept: Department) -> None:
        self._listed: dict[str, list[tuple[str, date]]] = defaultdict(list)
        for row in rows_of(dept.frame("releases")):
            # a list without types is one of standard releases
            if row.version_type in (STANDARD, ""):
                since = day_of(row.release_date) or date.min
                self._listed[fold(row.product)].append((row.version, since))

    @property
    def versions(self) -> list[Version]:
        """All that the list has, of whatever product."""
        return [
            v for lines in self._listed.values() for text, _ in lines for v in versions_in(text)
        ]

    def since(self, product: str, version: str) -> date | None:
        """The day from which a version of a product is a standard release.

        `date.max` where the list has no such version; None where nothing can be said: it has
        nothing of the product, lines that name no version, or only later ones (it may have been
        begun later, or cleared of what is no longer delivered).
        """
        lines = self._lines(product)
        same = [since for text, since in lines if fold(text) == fold(version)]
        wanted = version_of(version)
        if same or wanted is None or not lines:
            return min(same, default=None)
        listed = [(each, since) for text, since in lines for each in versions_in(text)]
        known = all(versions_in(text) for text, _ in lines)
        if not known or all(wanted.older_than(each) for each, _ in listed):
            return None
        return min((since for each, since in listed if wanted.agrees(each)), default=date.max)

    def may_be_of_another(self, product: str, version: str, declared: str) -> bool:
        """Whether a version that a record names may be that of another product of its project.

        It has another main number than `declared` (without one: than the whole list), or another
        product is named in it or has such a version.
        """
        used, own = version_of(version), version_of(declared)
        lines = [own] if own else [v for text, _ in self._lines(product) for v in versions_in(text)]
        if used is None or all(used.numbers[0] != each.numbers[0] for each in lines):
            return True
        others = {
            name: lines for name, lines in self._listed.items() if name and name != fold(product)
        }
        return any(
            name in fold(version)
            or any(used.agrees(v) for text, _ in lines for v in versions_in(text))
            for name, lines in others.items()
        )

    def latest(self, product: str, on: date) -> str:
        """The standard release of a product that came last before a day, as it is written."""
        lines = [line for line in self._lines(product) if line[1] <= on]
        return max(lines, key=lambda line: line[1])[0] if lines else ""

    def _lines(self, product: str) -> list[tuple[str, date]]:
        named = fold(product)
        if not named or named not in self._listed:
            return []
        return [*self._listed[named], *self._listed.get("", ())]
