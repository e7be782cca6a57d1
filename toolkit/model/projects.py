"""Which project a record means: number, else name or alias together with the customer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from .text import fold

PROJECT_FIELDS = ("project_id", "project_name")
"""Fields of a record that say which project it belongs to."""


def fold_project(name: str) -> str:
    """A project name for comparing: folded, without a trailing 项目."""
    folded = fold(name)
    return folded.removesuffix("项目") or folded


@dataclass(slots=True)
class ProjectIndex:
    """Resolves what staff write to one canonical key a project.

    The key is the folded 项目编号; of a project without one `name@customer`, both folded.
    """

    titles: dict[str, str] = field(default_factory=dict)
    """Key -> the name to show."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Key -> 项目编号 as it is written."""
    _by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _customers: dict[str, str] = field(default_factory=dict)

    def add(self, number: str, name: str, customer: str = "", aliases: tuple[str, ...] = ()) -> str:
        """Declare a project (from its 立项单, else from a 项目清单) and return its key."""
        key = self.key_for(number, name, customer)
        if not key:
            return ""
        if number:
            self.numbers.setdefault(key, number)
        if name:
            self.titles.setdefault(key, name)
        if customer:
            self._customers.setdefault(key, fold(customer))
        for alias in (name, *aliases):
            if alias:
                self._by_name[fold_project(alias)].add(key)
        return key

    @staticmethod
    def key_for(number: str, name: str, customer: str) -> str:
        if number:
            return fold(number)
        return f"{fold_project(name)}@{fold(customer)}" if name else ""

    def resolve(self, number: str, name: str, customer: str = "") -> str:
        """The key of a reference; '' when it names nothing or more than one project.

        A number wins. A name that no project has becomes a key of its own, so that records of
        a project nobody initiated still belong together.
        """
        if number:
            # staff also write the name where the number belongs
            key = fold(number)
            if key in self.numbers:
                return key
            if self.ambiguous(number, customer):
                return ""
            return self._from_name(number, customer) or self._leading(number) or key
        if not name:
            return ""
        if fold(name) in self.numbers:
            return fold(name)
        if self.ambiguous(name, customer):
            return ""
        found = self._from_name(name, customer) or self._leading(name)
        return found or self.key_for("", name, customer)

    def ambiguous(self, name: str, customer: str = "") -> list[str]:
        """Keys that a name may mean, when it is more than one."""
        keys = self._candidates(name, customer)
        return sorted(keys) if len(keys) > 1 else []

    def _from_name(self, name: str, customer: str) -> str:
        keys = self._candidates(name, customer)
        return next(iter(keys)) if len(keys) == 1 else ""

    def _leading(self, text: str) -> str:
        """The key of a known number before the first blank, as `show` prints it."""
        key = fold(text.split(maxsplit=1)[0]) if text.strip() else ""
        return key if key in self.numbers else ""

    def _candidates(self, name: str, customer: str) -> set[str]:
        keys = self._by_name.get(fold_project(name), set())
        if customer and len(keys) > 1:
            same = {k for k in keys if self._customers.get(k) in (fold(customer), None)}
            return same or keys
        return keys

    def names(self) -> dict[str, list[tuple[str, str]]]:
        """Folded name or alias -> the projects that have it, each with its customer."""
        return {
            name: sorted((key, self._customers.get(key, "")) for key in keys)
            for name, keys in self._by_name.items()
        }

    def show(self, key: str) -> str:
        """What a person reads: `XM2026-0001 名称`, or the one of both that is known."""
        number, title = self.numbers.get(key, ""), self.titles.get(key, "")
        return f"{number} {title}".strip() or key.partition("@")[0]
