"""Who is who: the roster with aliases and tenures, and role appointments by date (G19)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import pandas as pd

from toolkit.model.text import fold_person, split_staff_number


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the roster. Dates are inclusive; open ends are date.min and date.max."""

    name: str
    staff_number: str
    department: str
    joined: date
    left: date

    def employed(self, on: date) -> bool:
        return self.joined <= on <= self.left


def _day(value: pd.Timestamp, default: date) -> date:
    return default if pd.isna(value) else value.date()


class Roster:
    """Names and aliases to people. An unknown or ambiguous name is kept as it is written."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._by_name: dict[str, list[Person]] = defaultdict(list)
        self.people: list[Person] = []
        names = [split_staff_number(fold_person(n))[0] for n in frame["name"]]
        shared = {n for n in names if names.count(n) > 1}
        for row, bare in zip(frame.itertuples(), names, strict=True):
            if not bare:
                continue
            number = str(row.staff_number) or split_staff_number(fold_person(str(row.name)))[1]
            name = f"{bare}({number})" if bare in shared and number else bare
            person = Person(
                name, number, row.department, _day(row.joined, date.min), _day(row.left, date.max)
            )
            self.people.append(person)
            for each in dict.fromkeys((bare, f"{bare}({number})", *row.aliases)):
                self._by_name[fold_person(str(each)).casefold()].append(person)

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

    def department_of(self, name: str) -> str:
        """The department of a known, unambiguous person, else ''."""
        found = self.find(name)
        return found[0].department if len(found) == 1 else ""

    def in_department(self, department: str, on: date) -> list[str]:
        return [p.name for p in self.people if p.department == department and p.employed(on)]


@dataclass(frozen=True, slots=True)
class _Term:
    holder: str
    start: date
    end: date
    deputy: str
    deputy_start: date
    deputy_end: date


class Appointments:
    """Who held a role on a day, deputies included (catalogue D)."""

    def __init__(self, frame: pd.DataFrame, roster: Roster) -> None:
        self._terms: dict[str, list[_Term]] = defaultdict(list)
        for row in frame.itertuples():
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

    def may_act(self, role: str, name: str, on: date) -> bool:
        """Whether a person could act in a role on a day, as holder or as deputy."""
        return any(
            (t.holder == name and t.start <= on <= t.end)
            or (t.deputy == name and t.deputy_start <= on <= t.deputy_end)
            for t in self._terms.get(role, [])
        )

    def names(self, role: str, on: date) -> str:
        """The holders as findings print them; 未登记 when there is none."""
        return "、".join(self.holders(role, on)) or "未登记"
