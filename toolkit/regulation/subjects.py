"""The subject of a report mail, 客户沟通-XX项目-姓名 (第12条): which project, whose report.

Projects and people are found by the names that are known, the longest that fits, never by
cutting at dashes: names have dashes of their own, and may end in 项目.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from toolkit.model.projects import fold_project
from toolkit.model.text import clean, fold

REPORT, DONE = "客户沟通", "问题处理完成"
"""What a report of a contact, and one of a leftover that is done (第18条), begins with."""

_PREFIX = re.compile(r"(?:(?:re|fwd?|回复|答复|回覆|转发|轉寄|转|主题|标题)(?:\[\d+\]|\(\d+\))?:)+")
_QUOTES = re.compile("[\"'“”‘’「」『』《》〈〉]")
_DASHES = re.compile("[-─━⸺⸻]+")
_TAIL = re.compile(r"[。.;；!]+$")
_REMARK = re.compile(r"(?:\([^()]*\)|[-_.]?\d[\d年月日号./:-]*)$")
_SEVERAL = re.compile(r"[、,;/&+-]")
_NOTHING = frozenset(("无", "暂无", "空", "略", "n/a", "na", "待定"))
_WORD = re.compile(r"[^\W_]")


def normal(text: str) -> str:
    """For comparing: folded, every dash one `-`, without quotes, Re: and 转发: before it."""
    plain = _DASHES.sub("-", _QUOTES.sub("", fold(text)))
    return _TAIL.sub("", plain.removeprefix(_found(_PREFIX, plain)))


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.match(text)
    return match.group() if match else ""


def is_subject(text: str) -> bool:
    """Whether a cell holds a subject, not 无 or a stroke."""
    return bool(_WORD.search(text)) and fold(text) not in _NOTHING


def subjects_in(text: str) -> list[str]:
    """The subjects in a cell: each on a line of its own, or parted by ；."""
    return [part for piece in re.split(r"[\n；;]", text) if is_subject(part := clean(piece))]


class ProjectNames:
    """The names of projects, as they may stand in a subject, to their keys."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """`names` are pairs of a project's key and one of its names, aliases or numbers."""
        self._keys: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        for key, name in names:
            if bare := bare_project(name):
                self._keys[bare].add(key)
                self._names[key].add(bare)
        self._longest = max(map(len, self._keys), default=0)

    def __bool__(self) -> bool:
        return bool(self._keys)

    def exactly(self, text: str) -> frozenset[str]:
        """The projects that have exactly this name (with or without a trailing 项目)."""
        return frozenset(self._keys.get(bare_project(text), ()))

    def of(self, key: str) -> frozenset[str]:
        return frozenset(self._names.get(key, ()))

    def about(self, text: str) -> frozenset[str]:
        """The projects that a text which is no project's name must mean all the same.

        It says more than names (a customer before, a remark after, a second project): the longest
        names in it. It says less: the one project whose names contain it.
        """
        left = bare_project(text)
        if len(left) < 2:
            return frozenset()
        inside: set[str] = set()
        for length in range(min(len(left), self._longest), 1, -1):
            for part in [left[n : n + length] for n in range(len(left) - length + 1)]:
                if part in self._keys:
                    inside |= self._keys[part]
                    left = left.replace(part, "\n")
        if inside:
            return frozenset(inside)
        around = {key for name, keys in self._keys.items() if left in name for key in keys}
        return frozenset(around) if len(around) == 1 else frozenset()


def bare_project(name: str) -> str:
    """A project's name for comparing within subjects."""
    return fold_project(normal(name))


People = Mapping[str, frozenset[str]]
"""`normal` spelling of a name -> the people it may mean."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a subject says. Texts are in their `normal` form, '' where it says nothing."""

    kind: str = ""
    """客户沟通 or 问题处理完成."""
    project: str = ""
    projects: frozenset[str] = frozenset()
    """Keys of the projects of exactly this name; empty when nobody knows it."""
    person: str = ""
    people: tuple[frozenset[str], ...] = ()
    """For each name in `person` whom it may mean; empty when nobody knows it."""

    @property
    def complete(self) -> bool:
        """Whether it has the form that is asked for, with somebody who is known."""
        return bool(self.kind and self.project and self.people)


def parse_subject(text: str, projects: ProjectNames, people: People) -> Subject:
    """Take a subject apart. What is between 客户沟通- and a known person is the project.

    Where the last part is nobody's name, `person` is what follows a known project; where nothing
    in it is known, both are ''.
    """
    plain = normal(text)
    kind = next((k for k in (REPORT, DONE) if plain.startswith(f"{k}-")), "")
    rest = plain[len(kind) + 1 :] if kind else plain
    cuts = [n for n, char in enumerate(rest) if char == "-"]
    for cut in reversed(cuts):
        known, tail = projects.exactly(rest[:cut]), rest[cut + 1 :]
        if known and (whom := people_in(tail, people)):
            return Subject(kind, rest[:cut], known, tail, whom)
    for cut in cuts:  # the project is not known: the longest name of a person decides
        if whom := people_in(rest[cut + 1 :], people):
            return Subject(kind, rest[:cut], frozenset(), rest[cut + 1 :], whom)
    for cut in (len(rest), *reversed(cuts)):
        if known := projects.exactly(rest[:cut]):
            return Subject(kind, rest[:cut], known, rest[cut + 1 :])
    return Subject(kind)


def people_in(text: str, people: People) -> tuple[frozenset[str], ...]:
    """Whom a text names if it is nothing but names: one or several, a remark or a date after it."""
    while text:
        if text in people:
            return (people[text],)
        names = _SEVERAL.split(text)
        if len(names) > 1 and all(name in people for name in names):
            return tuple(people[name] for name in names)
        shorter = _REMARK.sub("", text)
        if shorter == text:
            break
        text = shorter
    return ()
