"""People in the forms: in the roster, employed on the day, of the right department (第2条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd
from rapidfuzz import fuzz, process

from toolkit.model.finding import Breach, Cause
from toolkit.model.forms import Block, Field, FieldType
from toolkit.regulation.columns import days
from toolkit.regulation.department import Department
from toolkit.regulation.people import Person

from .registry import ERROR, WARN, rule

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
)
def people_were_employed(dept: Department) -> Iterator[Breach]:
    """Somebody acts before he joined or after he left.

    Where a successor may have been written over the first name (责任售前, 责任人 …) only a
    person who had already left is reported.

    要求：表中的人在记录当天在职；离职前办理责任人变更。
    反例：李某五月底离职，六月的跟踪记录仍写他支持。
    正例：离职当天仍可有记录；入职当天起可有记录。
    """
    limited = {p.name: p for p in dept.roster.people if (p.joined, p.left) != (date.min, date.max)}
    for block, field, names in _named(dept, with_owners=True):
        if block.key in _NO_DAY or (block.key, field.key) in _LEAVES:
            continue
        names = names[names.isin(list(limited))]
        if names.empty:
            continue
        own_day = _DAY_OF.get(block.key, {}).get(field.key)
        when = days(dept.frame(block.key)[own_day] if own_day else dept.event_dates(block.key))
        on = when.loc[names.index].to_numpy("datetime64[D]")
        joined, left = (
            names.map({n: getattr(p, end) for n, p in limited.items()}).to_numpy("datetime64[D]")
            for end in ("joined", "left")
        )
        outside = on > left  # false for rows without a date
        if own_day:
            outside |= on < joined
        for index, name in _pairs(names[outside]):
            if len(dept.roster.find(name)) == 1:
                yield _not_employed(block, field, index, limited[name], when.at[index].date())


def _not_employed(block: Block, field: Field, index: int, person: Person, on: date) -> Breach:
    gone = on > person.left
    term = f"在职止{person.left}" if gone else f"在职起{person.joined}"
    return Breach(
        block.key,
        index,
        field.key,
        f"“{field.label}”{person.name}在{on}{'已不在职' if gone else '尚未入职'}（名册：{term}）。",
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
)
def people_are_of_the_right_department(dept: Department) -> Iterator[Breach]:
    """A field for people of one department names somebody of another one.

    要求：责任销售为销售人员，第一、第二售前为售前人员，研发负责人为研发人员。
    反例：立项单的“责任销售”写了一位研发同事。
    正例：部门经理登记在“管理”，他按角色任命担任售前经理，可以做第一售前。
    """
    for block, field, names in _named(dept):
        if not field.departments:
            continue
        known = {name: dept.roster.department_of(name) for name in names.unique()}
        wrong = [n for n, d in known.items() if d and d not in field.departments]
        when = dept.event_dates(block.key)
        for index, name in _pairs(names[names.isin(wrong)]):
            day = when.loc[index]
            on = dept.as_of if pd.isna(day) else day.date()
            if any(
                dept.roles.may_act(role, name, on)
                for department in field.departments
                for role in _HEADS.get(department, ())
            ):
                continue
            wanted = "或".join(field.departments)
            yield Breach(
                block.key,
                index,
                field.key,
                f"“{field.label}”应为{wanted}人员，{name}在名册中登记的部门是{known[name]}。",
                "请改填正确的人；若名册中的部门有误，请更正人员名册。",
                person=name,
                cause=f"{name}|{wanted}",
            )


def _pairs(names: pd.Series) -> Iterator[tuple[int, str]]:
    yield from zip(names.index.tolist(), names.tolist(), strict=True)


def _named(dept: Department, with_owners: bool = False) -> Iterator[tuple[Block, Field, pd.Series]]:
    """Every person field with its filled names; of a list each name has a line of its own.

    Rows of a sheet's own owner are left out unless asked for: he is checked where he signed.
    """
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
            own_rows = field.key in ("supporter", "handler") and "owner" in frame.columns
            if own_rows and not with_owners:
                names = names[names != frame.loc[names.index, "owner"]]
            if not names.empty:
                yield block, field, names
