"""The rules: declared with @rule, found by walking the package, frozen once loaded."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from toolkit.model.finding import Breach, Cause, Severity
from toolkit.regulation.department import Department

Rule = Callable[[Department], Iterable[Breach]]
ERROR, WARN, INFO = Severity.ERROR, Severity.WARN, Severity.INFO

_declared: dict[str, RuleSpec] = {}
_EXAMPLE = re.compile(r"^\s*(要求|反例|正例)：(.+?)$", re.MULTILINE)


class Scope(StrEnum):
    """Which records decide what a rule says about a record, beside the registers and the clock.

    Registers are all frames that `regulation.ties` does not tie; everybody sees all of them.
    """

    WORKBOOK = "workbook"
    """The records of its own workbook."""
    MATTER = "matter"
    """The records tied to it, however far: of its project, its sheet's owner, naming each other."""
    DEPARTMENT = "department"
    """Any record."""


@dataclass(frozen=True, slots=True)
class RuleSpec:
    """A rule and what the engine needs to know of it.

    `needs` are `frame.field`: a frame that the department does not keep makes the rule 不适用, a
    field that no workbook has makes it 无法判断. `registers` are frames that must be kept although
    no field of theirs is named; of the frames in `either` one must be. `deadline` marks findings
    that rest on working days; those of a `patient` rule begin with the last sign of life, so
    that nothing is asked before their last day. `hard` rules of the chapter 35–42 hold although
    it is not binding for the time being (P27).
    """

    id: str
    title: str
    article: int | None
    severity: Severity
    check: Rule
    needs: tuple[str, ...] = ()
    registers: tuple[str, ...] = ()
    cause: Cause = Cause.RECORD
    parameters: tuple[str, ...] = ()
    deadline: bool = False
    either: tuple[str, ...] = ()
    hard: bool = False
    patient: bool = False
    scope: Scope = Scope.DEPARTMENT

    @property
    def examples(self) -> dict[str, str]:
        """要求, 反例 and 正例 from the rule's docstring."""
        return dict(_EXAMPLE.findall(inspect.getdoc(self.check) or ""))


def rule(
    id: str,
    title: str,
    *,
    article: int | None,
    severity: Severity,
    needs: tuple[str, ...] = (),
    registers: tuple[str, ...] = (),
    cause: Cause = Cause.RECORD,
    parameters: tuple[str, ...] = (),
    deadline: bool = False,
    either: tuple[str, ...] = (),
    hard: bool = False,
    patient: bool = False,
    scope: Scope = Scope.DEPARTMENT,
) -> Callable[[Rule], Rule]:
    """Declare a rule. A second rule with the same id is a bug."""

    def declare(check: Rule) -> Rule:
        if id in _declared and _declared[id].check.__qualname__ != check.__qualname__:
            raise ValueError(f"rule {id} is declared twice")
        _declared[id] = RuleSpec(
            id,
            title,
            article,
            severity,
            check,
            needs,
            registers,
            cause,
            parameters,
            deadline,
            either,
            hard,
            patient,
            scope,
        )
        return check

    return declare


@cache
def load_rules() -> Mapping[str, RuleSpec]:
    """All rules by id, sorted."""
    package = importlib.import_module("toolkit.validators")
    for module in pkgutil.iter_modules(package.__path__, "toolkit.validators."):
        importlib.import_module(module.name)
    return dict(sorted(_declared.items(), key=lambda item: sort_key(item[0])))


def sort_key(rule_id: str) -> tuple[str, list[int]]:
    """Rule ids in the order of their letters, then of their numbers: X9 before X10."""
    letters = re.match(r"[A-Za-z]*", rule_id)
    return letters.group() if letters else "", [int(n) for n in re.findall(r"\d+", rule_id)]
