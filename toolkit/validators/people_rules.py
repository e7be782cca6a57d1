"""People in the forms: in the roster, employed on the day, of the right department (第2条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from toolkit.model.finding import Breach, Cause
from toolkit.model.forms import Block, Field, FieldType
from toolkit.regulation.columns import days
from toolkit.regulation.department import Department
from toolkit.regulation.people import Person

from .registry import ERROR, WARN, Scope, rule

_DAY_OF: dict[str, dict[str, str]] = {
    "initiation": {
        "applicant": "apply_date",
        "sales_confirm_person": "sales_confirm_date",
        "presales_confirm_person": "presales_confirm_date",
        "archived_by": "archive_date",
    },
    "initiation_additions": {"applicant": "added_date"},
    "tracking": {"supporter": "support_date", "helpers": "support_date"},
    "improvement": {
        "sales_talk_person": "sales_talk_date",
        "meeting_sales": "meeting_sales_date",
        "meeting_presales": "meeting_presales_date",
        "meeting_manager": "meeting_manager_date",
        "issuer": "issue_date",
        "receiver": "receive_date",
        "verifier": "verify_date",
    },
    "improvement_hours": {"developer": "work_date"},
    "fault": {
        "proposer": "propose_date",
        "consent_person": "consent_date",
        "assigner": "assign_date",
        "confirm_person": "confirm_date",
    },
    "fault_attempts": {"handler": "attempt_time"},
    "bugs": {"reporter": "found_date", "receiver": "receive_date"},
    "reinforcements": {
        "applicant": "apply_date",
        "support_person": "support_date",
        "director_person": "director_date",
        "general_person": "general_date",
    },
    "urgings": {"presales": "urge_date", "sales": "urge_date"},
    "simplifications": {"decided_by": "register_date", "agreed_by": "register_date"},
    "calls": {"caller": "call_time", "callee": "call_time"},
}
"""On which day a person did what the field says."""

_NO_DAY = {
    "project_list",  # shows today's people beside the day of the charter
    "tracking_sheet",
    "roster",
    "roles",
    "mail_groups",
    "waivers",
}
_LEAVES = {("initiation_changes", "old_person")}
_HEADS = {
    "售前": ("售前经理", "技术支持部经理"),
    "销售": ("销售负责人",),
    "研发": ("研发经理",),
}
"""Who heads a department counts as one of it, whatever the roster says."""


@rule(
    "R02-1",
    "表中人员须在人员名册",
    article=2,
    severity=WARN,
    registers=("roster",),
    cause=Cause.PERSON,
    scope=Scope.WORKBOOK,
)
def people_are_known(dept: Department) -> Iterator[Breach]:
    """A name that the roster does not have, or that two people of the roster share.

    要求：表中出现的同事都登记在人员名册，同名的人写明工号。
    反例：申请人写了“赵无名”，名册里没有这个人。
    正例：写名册里的姓名、别名或“姓名(工号)”。
    """
    if not len(dept.roster):
        return
    for block, field, names in _named(dept):
        matches = {name: len(dept.roster.find(name)) for name in names.unique()}
        odd = [name for name, count in matches.items() if count != 1]
        for index, name in _pairs(names[names.isin(odd)]):
            if matches[name]:
                message = (
                    f"“{field.label}”填写的“{name}”在人员名册中有{matches[name]}人，分不清是谁。"
                )
                hint = "请写成 姓名(工号)。"
            else:
                message = f"“{field.label}”填写的“{name}”不在人员名册中，无法核对其职责。"
                hint = f"{_nearest(dept, name)}确有此人的，请在部门配置的人员名册中补登。"
            yield Breach(block.key, index, field.key, message, hint, person=name)


def _nearest(dept: Department, name: str) -> str:
    known = [person.name for person in dept.roster.people]
    near = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=50)
    return f"是否应为“{near[0]}”？" if near else ""


@rule(
    "R02-2",
    "人员须在职",
    article=2,
    severity=WARN,
    registers=("roster",),
    cause=Cause.PERSON,
    scope=Scope.WORKBOOK,
)
def people_were_employed(dept: Department) -> Iterator[Breach]:
    """Somebody acts before he joined, after he left, or between two terms of employment.

    Where a successor may have been written over the first name (责任售前, 责任人 …) only a
    person who had left for good is reported.

    要求：表中的人在记录当天在职；离职前办理责任人变更。
    反例：李某五月底离职，六月的跟踪记录仍写他支持。
    正例：离职当天仍可有记录；入职当天起可有记录，离开后再入职的也一样。
    """
    limited = {p.name: p for p in dept.roster.people if _is_limited(p)}
    for block, field, names in _named_with_owners(dept):
        if block.key in _NO_DAY or (block.key, field.key) in _LEAVES:
            continue
        names = names[names.isin(list(limited))]
        if names.empty:
            continue
        own_day = _DAY_OF.get(block.key, {}).get(field.key)
        when = days(dept.frame(block.key)[own_day] if own_day else dept.event_dates(block.key))
        outside = _outside(names, when, limited, gaps=own_day is not None)
        for index, name in _pairs(names[outside]):
            if len(dept.roster.find(name)) == 1:
                yield _not_employed(block, field, index, limited[name], when.at[index].date())


def _outside(
    names: pd.Series, when: pd.Series, people: dict[str, Person], *, gaps: bool
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of the names were not employed on the day of their record; undated ones were.

    Without `gaps` only those who had left for good.
    """
    on = when.loc[names.index].to_numpy("datetime64[D]")
    codes, different = pd.factorize(names)
    first, last = (
        np.array([getattr(people[n], end) for n in different], dtype="datetime64[D]")[codes]
        for end in ("joined", "left")
    )
    outside: np.ndarray[Any, np.dtype[np.bool_]] = on > last
    if gaps:
        outside |= on < first
        came_back = [n for n, p in people.items() if len(p.terms) > 1]
        for place in np.flatnonzero(names.isin(came_back) & ~np.isnat(on)):
            outside[place] = not people[names.iloc[place]].employed(on[place].item())
    return outside


def _is_limited(person: Person) -> bool:
    """Whether there was a day on which he was not employed."""
    return not any((t.joined, t.left) == (date.min, date.max) for t in person.terms)


def _not_employed(block: Block, field: Field, index: int, person: Person, on: date) -> Breach:
    left, back = person.absence(on)
    term = "、".join(
        f"{word}{day}" for word, day in (("在职止", left), ("在职起", back)) if day is not None
    )
    return Breach(
        block.key,
        index,
        field.key,
        f"“{field.label}”{person.name}在{on}{'已不在职' if left else '尚未入职'}（名册：{term}）。",
        "请改为当时负责的人；责任人换了的，请在立项单“责任人变更”中登记；名册有误请更正名册。",
        person=person.name,
        on=on,
    )


@rule(
    "R02-3",
    "岗位与部门须相符",
    article=2,
    severity=ERROR,
    registers=("roster",),
    cause=Cause.PERSON,
    scope=Scope.WORKBOOK,
)
def people_are_of_the_right_department(dept: Department) -> Iterator[Breach]:
    """A field for people of one department names somebody of another one.

    Of somebody who changed his department counts the one of the day, where the field has a day
    of its own; elsewhere every department that he ever was in.

    要求：责任销售为销售人员，第一、第二售前为售前人员，研发负责人为研发人员。
    反例：立项单的“责任销售”写了一位研发同事。
    正例：部门经理登记在“管理”，他按角色任命担任售前经理，可以做第一售前。
    """
    for block, field, names in _named(dept):
        if not field.departments:
            continue
        own_day = _DAY_OF.get(block.key, {}).get(field.key)
        when = dept.event_dates(block.key)
        of_day = days(dept.frame(block.key)[own_day]) if own_day else None
        known = {name: _departments(dept, name) for name in names.unique()}
        suspects = [n for n, d in known.items() if d and not d <= set(field.departments)]
        for index, name in _pairs(names[names.isin(suspects)]):
            his = known[name]
            if of_day is not None and not pd.isna(of_day.at[index]):
                his = _departments(dept, name, of_day.at[index].date())
            day = when.loc[index]
            on = dept.as_of if pd.isna(day) else day.date()
            if not his or his & set(field.departments) or _heads(dept, field, name, on):
                continue
            wanted = "或".join(field.departments)
            yield Breach(
                block.key,
                index,
                field.key,
                f"“{field.label}”应为{wanted}人员，{name}在名册中登记的部门是"
                f"{'、'.join(sorted(his))}。",
                "请改填正确的人；若名册中的部门有误，请更正人员名册。",
                person=name,
                cause=f"{name}|{wanted}",
            )


def _departments(dept: Department, name: str, on: date | None = None) -> set[str]:
    """The departments of a known person, on a day if one is given; empty when one is unknown."""
    found = dept.roster.find(name)
    known = found[0].departments(on) if len(found) == 1 else set()
    return set() if "" in known else known


def _heads(dept: Department, field: Field, name: str, on: date) -> bool:
    return any(
        dept.roles.may_act(role, name, on)
        for department in field.departments
        for role in _HEADS.get(department, ())
    )


def _pairs(names: pd.Series) -> Iterator[tuple[int, str]]:
    yield from zip(names.index.tolist(), names.tolist(), strict=True)


_Names = tuple[Block, Field, pd.Series]
"""A person field and its filled names; of a list each name has a line of its own."""


def _named_with_owners(dept: Department) -> list[_Names]:
    """Every person field in which somebody is named."""
    return dept.remembered("names in person fields", lambda: list(_all_names(dept)))


def _named(dept: Department) -> Iterator[_Names]:
    """The same without the rows of a sheet's own owner: he is checked where he signed."""
    for block, field, names in _named_with_owners(dept):
        frame = dept.frame(block.key)
        if field.key in ("supporter", "handler") and "owner" in frame.columns:
            names = names[names != frame.loc[names.index, "owner"]]
        if not names.empty:
            yield block, field, names


def _all_names(dept: Department) -> Iterator[_Names]:
    for block in dept.dossier.blocks.values():
        frame = dept.frame(block.key)
        if block.key == "roster" or frame.empty:
            continue
        for field in block.fields:
            if not field.is_person or field.outsider:
                continue
            names = frame[field.key]
            if field.type is FieldType.PEOPLE:
                names = names[names.map(len) > 0].explode()
            names = names[names != ""]
            if not names.empty:
                yield block, field, names
