"""项目跟踪表: one a presales, signed, with his own projects and nobody else's (第10、16条)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pandas as pd

from toolkit.model.finding import Breach, Cause, Result
from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold_person, split_staff_number
from toolkit.regulation.columns import project_field
from toolkit.regulation.department import Department
from toolkit.regulation.links import unread_file

from .registry import ERROR, INFO, WARN, Scope, rule

_DAY = timedelta(days=1)
_SHEETS = ("project_list", "tracking")


@rule(
    "X06",
    "立项后须在跟踪表建档",
    article=10,
    severity=WARN,
    needs=("initiation.charter_date", "initiation.first_presales"),
    registers=("tracking",),
    cause=Cause.PROJECT,
    parameters=("P30",),
    deadline=True,
)
def project_is_in_a_tracking_sheet(dept: Department) -> Iterator[Breach]:
    """A project under way that after P30 stands in no tracking sheet; after 2×P30 an error.

    A line in 项目清单 or any 跟踪记录 will do. A project in a wrong sheet is X07's. When no sheet
    of the 第一售前 was found or read, nothing can be said: one 无法判断 for him.

    要求：立项完成后，责任售前在时限内把项目记入自己的跟踪表。
    反例：3月2日立项的项目，到3月20日跟踪表里还没有一行。
    正例：没有登记项目清单，但3月4日已有一行跟踪记录；已取消的项目不再要求。
    """
    filed = {p for key in _SHEETS for p in _projects_in(dept, key)}
    owners = dept.sheet_owners.with_blocks(*_SHEETS, "tracking_sheet")
    forms = dept.frame("initiation").dropna(subset=["charter_date"])
    forms = forms[forms["state"].isin(["已立项", "已验收"]) & ~forms["project"].isin([*filed, ""])]
    for row in rows_of(forms):
        owner = dept.responsibility.at(row.project, "第一售前", dept.as_of)
        start = row.charter_date.date()
        limit = dept.parameter("P30", start)
        due = dept.calendar.add_workdays(start, limit.days)
        if not owner or dept.as_of <= due:
            continue
        place = ("initiation", row.Index, project_field(row))
        if owner not in owners:
            yield _no_sheet(dept, place, owner)
            continue
        last = dept.calendar.add_workdays(start, 2 * limit.days)
        late = dept.as_of > last
        yield Breach(
            *place,
            f"项目“{dept.show(row.project)}”{start}立项，应在{due}前记入{owner}的项目跟踪表，"
            "至今没有记录。",
            f"请{owner}在项目清单登记一行，或补记已做的支持（{limit}）。",
            ERROR if late else WARN,
            project=row.project,
            person=owner,
            clock=(start, last if late else due),
            due=due,
        )


def _projects_in(dept: Department, frame: str) -> Iterator[str]:
    """Projects that a sheet names, and all that an ambiguous name (FLD-5) may mean."""
    rows = dept.frame(frame)
    yield from rows["project"].unique()
    unclear = rows[rows["project"] == ""]
    for name in {*unclear["project_id"], *unclear["project_name"]} - {""}:
        yield from dept.projects.ambiguous(name)


def _no_sheet(dept: Department, place: tuple[str, int, str], owner: str) -> Breach:
    if path := unread_file(dept, split_staff_number(owner)[0]):
        why = f"{owner}的项目跟踪表可能是“{path}”，这个文件没有读出来"
        hint = "请修复这个文件，或用 Excel 打开后另存，放回原处再检查。"
    else:
        why = f"没有找到{owner}的项目跟踪表"
        hint = f"请把{owner}的项目跟踪表放进部门文件夹，并填好署名。"
    return Breach(
        *place,
        f"{why}，无法判断他的项目是否已经建档。",
        hint,
        INFO,
        person=owner,
        cause=f"no sheet|{owner}",
        result=Result.UNDETERMINED,
    )


@rule(
    "X07",
    "跟踪表只记自己负责的项目",
    article=16,
    severity=ERROR,
    needs=("initiation.first_presales",),
    registers=("tracking",),
    cause=Cause.PROJECT,
    scope=Scope.MATTER,
)
def sheets_hold_own_projects(dept: Department) -> Iterator[Breach]:
    """A sheet holds a project whose 第一售前 on the row's day was somebody else.

    A line of 项目清单 has no day: it is right when the owner ever was 第一售前. On the day of a
    hand-over both sheets are right. One finding for a project in a sheet. A sheet whose 署名 is in
    doubt (R16-1) is left out.

    要求：每位售前的跟踪表只记自己任第一售前的项目；第二售前的支持记在第一售前的表里。
    反例：孙二是第二售前，却在自己的跟踪表里记了钱一负责的项目。
    正例：6月1日李三接任，5月的记录留在钱一的表里，6月起记在李三的表里。
    """
    doubtful = list(_disputed(dept))
    listed = dept.frame("project_list")
    listed = listed[~listed["source"].isin(doubtful)]
    for row in rows_of(listed[(listed["owner"] != "") & (listed["project"] != "")]):
        ever = dept.responsibility.ever(row.project, "第一售前")
        if ever and row.owner not in ever:
            yield _foreign(dept, "project_list", row, "、".join(sorted(ever)))
    rows = dept.frame("tracking")
    rows = rows[~rows["source"].isin(doubtful)]
    foreign = (rows["owner"] != "") & (rows["first"] != "") & (rows["owner"] != rows["first"])
    for row in rows_of(rows[foreign]):
        if not _just_handed_over(dept, row.project, row.owner, row.support_date):
            yield _foreign(dept, "tracking", row, row.first)


def _just_handed_over(dept: Department, project: str, owner: str, day: pd.Timestamp) -> bool:
    if pd.isna(day):
        return owner in dept.responsibility.ever(project, "第一售前")
    return dept.responsibility.at(project, "第一售前", day.date() - _DAY) == owner


def _foreign(dept: Department, frame: str, row: Any, first: str) -> Breach:
    owner, project = row.owner, row.project
    return Breach(
        frame,
        row.Index,
        project_field(row),
        f"{owner}的跟踪表记了项目“{dept.show(project)}”，它的第一售前是{first}。",
        f"请移到{first}的跟踪表；责任人换了的，请在立项单“责任人变更”中登记。",
        project=project,
        person=owner,
        cause=f"{owner}|{project}",
    )


@rule(
    "R16-1",
    "跟踪表须有署名",
    article=16,
    severity=ERROR,
    registers=("tracking",),
    scope=Scope.WORKBOOK,
)
def sheets_are_signed(dept: Department) -> Iterator[Breach]:
    """A tracking workbook whose 署名 is blank, or is not the person in the file's name.

    A form without a place to sign is fine while its sheet or file name tells the owner. A
    workbook without any record needs no signature.

    要求：跟踪表写明署名，并与文件名中的姓名一致。
    反例：文件“项目跟踪表_孙二.xlsx”里的署名是钱一。
    正例：署名钱一，文件名为“项目跟踪表_钱一_2026.xlsx”或“跟踪表.xlsx”。
    """
    signed = dept.frame("tracking_sheet")
    disputed = _disputed(dept)
    place_to_sign = {b.source for b in dept.dossier.bindings if b.has("owner")}
    filled = signed[signed["owner"] != ""].drop_duplicates("source")
    names = {row.source: (row.Index, row.owner) for row in rows_of(filled)}
    by_source = signed.groupby("source").indices
    for source, first_record in _first_records(dept).items():
        if source not in names:
            here = signed.iloc[by_source.get(source, [])]
            blank = source in place_to_sign and not _unread_owner(dept, here)
            if blank or not _is_known_owner(dept, first_record):
                unsigned = ("tracking_sheet", int(here.index[0]), "owner") if len(here) else None
                owner = dept.frame(first_record[0]).at[first_record[1], "owner"]
                yield Breach(
                    *(unsigned or first_record),
                    f"这张跟踪表没有署名，暂按文件名或工作表名视为{owner}的表。"
                    if owner
                    else "这张跟踪表没有署名，不知道属于哪位第一售前。",
                    "请在“署名”处填写第一售前的姓名。",
                )
        elif source in disputed:
            index, name = names[source]
            yield Breach(
                "tracking_sheet",
                index,
                "owner",
                f"署名是{name}，文件名写的却是{disputed[source]}。",
                "请核对这张表属于谁，更正署名或文件名。",
            )


def _disputed(dept: Department) -> dict[int, str]:
    """Source -> the name in its file's name, where another one is signed."""
    signed = dept.frame("tracking_sheet")
    names = signed[signed["owner"] != ""].groupby("source")["owner"].agg(list)
    found = {int(n): _name_in_file(dept, int(n), owners) for n, owners in names.items()}
    return {source: other for source, other in found.items() if other is not None}


def _first_records(dept: Department) -> dict[int, tuple[str, int, str]]:
    """Source -> the project cell of its first record in a tracking sheet."""
    found: dict[int, tuple[str, int, str]] = {}
    for key in (*_SHEETS, "leftovers"):
        rows = dept.frame(key)
        for row in rows_of(rows.loc[~rows["source"].duplicated()]):
            found.setdefault(int(row.source), (key, row.Index, project_field(row)))
    return found


def _is_known_owner(dept: Department, record: tuple[str, int, str]) -> bool:
    return bool(dept.frame(record[0]).at[record[1], "owner"])


def _unread_owner(dept: Department, sheets: pd.DataFrame) -> bool:
    return bool(sheets.index.isin(list(dept.dossier.unreadable("tracking_sheet", "owner"))).any())


def _name_in_file(dept: Department, source: int, names: list[str]) -> str | None:
    """Somebody of the roster whom the file's name names although nobody of `names` is in it."""
    file = fold_person(dept.dossier.sources[source].path.rsplit("/", 1)[-1])
    if any(split_staff_number(name)[0] in file for name in names):
        return None
    known = {split_staff_number(person.name)[0] for person in dept.roster.people}
    return max((name for name in known if name in file), key=len, default=None)
