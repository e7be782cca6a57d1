"""Who is who: the roster with aliases and tenures, and role appointments by date (G19)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold, fold_person, split_staff_number


@dataclass(frozen=True, slots=True)
class Employment:
    """One line of the roster. Dates are inclusive; open ends are date.min and date.max."""

    department: str
    joined: date
    left: date

    def covers(self, on: date) -> bool:
        return self.joined <= on <= self.left


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with all his lines of the roster: he may leave and come back."""

    name: str
    staff_number: str
    terms: tuple[Employment, ...]

    @property
    def department(self) -> str:
        """The department of all terms; '' when he changed it."""
        known = {term.department for term in self.terms}
        return known.pop() if len(known) == 1 else ""

    @property
    def joined(self) -> date:
        """The first day of his first term."""
        return min(term.joined for term in self.terms)

    @property
    def left(self) -> date:
        """The last day of his last term."""
        return max(term.left for term in self.terms)

    def employed(self, on: date, department: str = "") -> bool:
        """Whether he was employed on a day (in the department, if one is given)."""
        return any(t.covers(on) and department in ("", t.department) for t in self.terms)

    def departments(self, on: date | None = None) -> set[str]:
        """The departments of the terms that cover a day; of all terms without one."""
        return {t.department for t in self.terms if on is None or t.covers(on)}

    def absence(self, on: date) -> tuple[date | None, date | None]:
        """The last day before and the first day after a day on which he was not employed."""
        before = [t.left for t in self.terms if t.left < on]
        after = [t.joined for t in self.terms if t.joined > on]
        return max(before, default=None), min(after, default=None)


@dataclass(slots=True)
class _Lines:
    """The lines of one person while they are gathered."""

    number: str
    terms: list[Employment] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)

    def are_of(self, number: str, department: str) -> bool:
        if number:
            return fold(self.number) == fold(number)
        return any(term.department == department for term in self.terms)


def _gather(frame: pd.DataFrame) -> dict[str, list[_Lines]]:
    """Name without staff number -> the people of that name.

    Lines are one person's when they have the same staff number, or when one of them has none
    and they name the same department; with several namesakes there it stays alone.
    """
    people: dict[str, list[_Lines]] = {}
    rows = []
    for row in rows_of(frame):
        bare, in_name = split_staff_number(fold_person(str(row.name)))
        if bare:
            rows.append((bare, str(row.staff_number) or in_name, row))
            people[bare] = []  # people stand in the order of the roster
    for bare, number, row in sorted(rows, key=lambda r: not r[1]):
        found = [p for p in people[bare] if p.are_of(number, row.department)]
        if len(found) != 1:
            found = [_Lines(number)]
            people[bare] += found
        start, end = _day(row.joined, date.min), _day(row.left, date.max)
        found[0].terms.append(Employment(row.department, start, end))
        found[0].aliases += row.aliases
    return people


def _day(value: pd.Timestamp, default: date) -> date:
    return default if pd.isna(value) else value.date()


class Roster:
    """Names and aliases to people. An unknown or ambiguous name is kept as it is written."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self.people: list[Person] = []
        for bare, namesakes in _gather(frame).items():
            for lines in namesakes:
                numbered = len(namesakes) > 1 and lines.number
                name = f"{bare}({lines.number})" if numbered else bare
                person = Person(name, lines.number, tuple(lines.terms))
                self.people.append(person)
                spellings = (bare, f"{bare}({lines.number})", *lines.aliases)
                for each in dict.fromkeys(fold_person(str(s)).casefold() for s in spellings):
                    self._by_name[each].append(person)

    def __len__(self) -> int:
        return len(self.people)

    def find(self, name: str) -> list[Person]:
        """Everybody the name may mean (empty: unknown; two: namesakes)."""
        return self._by_name.get(fold_person(name).casefold(), [])

    def canonical(self, name: str) -> str:
        """The roster's name of a person, or the folded name as written when it is not known."""
        folded = fold_person(name)
        found = self.find(folded)
        if len(found) == 1:
            return found[0].name
        if not found:
            bare, number = split_staff_number(folded)
            same = [p for p in self.find(bare) if not number or p.staff_number == number]
            if len(same) == 1:
                return same[0].name
        return folded

    def department_of(self, name: str, on: date | None = None) -> str:
        """The department of a known, unambiguous person, else ''.

        Of somebody who changed it only the one of the day, if a day is given.
        """
        found = self.find(name)
        if len(found) != 1:
            return ""
        person = found[0]
        if person.department or on is None:
            return person.department
        known = person.departments(on)
        return known.pop() if len(known) == 1 else ""

    def in_department(self, department: str, on: date) -> list[str]:
        return [p.name for p in self.people if p.employed(on, department)]


@dataclass(frozen=True, slots=True)
class _Term:
    holder: str
    start: date
    end: date
    deputy: str
    deputy_start: date
    deputy_end: date


def _deputised(term: _Term, on: date) -> bool:
    """Whether a dated absence covers the day; a deputy without dates only stands by."""
    dated = term.deputy_start > date.min or term.deputy_end < date.max
    return dated and term.deputy_start <= on <= term.deputy_end


class Appointments:
    """Who held a role on a day, deputies included (catalogue D)."""

    def __init__(self, frame: pd.DataFrame, roster: Roster) -> None:
        self._terms: dict[str, list[_Term]] = defaultdict(list)
        for row in rows_of(frame):
            if row.role and row.holder:
                self._terms[row.role].append(
                    _Term(
                        roster.canonical(row.holder),
                        _day(row.start, date.min),
                        _day(row.end, date.max),
                        roster.canonical(row.deputy) if row.deputy else "",
                        _day(row.deputy_start, date.min),
                        _day(row.deputy_end, date.max),
                    )
                )

    def known(self, role: str) -> bool:
        """Whether anybody was ever appointed: without it a rule cannot decide."""
        return bool(self._terms.get(role))

    def holders(self, role: str, on: date) -> list[str]:
        return [t.holder for t in self._terms.get(role, []) if t.start <= on <= t.end]

    def acting(self, role: str, on: date) -> list[str]:
        """Who acts in a role on a day: the deputy of a holder who is deputised, else the holder."""
        return [
            t.deputy if t.deputy and _deputised(t, on) else t.holder
            for t in self._terms.get(role, [])
            if t.start <= on <= t.end
        ]

    def may_act(self, role: str, name: str, on: date) -> bool:
        """Whether a person could act in a role on a day, as holder or as his deputy.

        A deputy acts within the holder's term, and within his own days where they are stated.
        """
        return any(
            t.holder == name or (t.deputy == name and t.deputy_start <= on <= t.deputy_end)
            for t in self._terms.get(role, [])
            if t.start <= on <= t.end
        )

    def names(self, role: str, on: date) -> str:
        """The holders as findings print them; 未登记 when there is none."""
        return "、".join(self.holders(role, on)) or "未登记"
