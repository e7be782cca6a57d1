"""What the tracking sheets say, beside the 立项单 and beside each other (第10、16条)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from toolkit.model.finding import Breach, Cause, Severity
from toolkit.model.frame_rows import rows_of
from toolkit.model.projects import fold_project
from toolkit.model.text import split_staff_number
from toolkit.regulation.columns import days, project_field
from toolkit.regulation.department import Department
from toolkit.regulation.tenure import Role

from .registry import ERROR, WARN, Scope, rule
from .wording import plain

_ROLES: dict[str, Role] = {
    "account_sales": "责任销售",
    "first_presales": "第一售前",
    "second_presales": "第二售前",
}


@rule(
    "X08",
    "项目清单须与立项单一致",
    article=10,
    severity=ERROR,
    registers=("project_list", "initiation"),
    scope=Scope.MATTER,
)
def project_list_agrees(dept: Department) -> Iterator[Breach]:
    """项目清单 names other people (error), another customer or project name (warning) than F01.

    Anybody who ever held the role is right, as are 项目别名 and a customer's name shortened. The
    owner of a wrong sheet who calls himself 第一售前 is X07's.

    要求：项目清单的责任销售、第一和第二售前、客户、名称与立项单一致。
    反例：立项单的责任销售是周销，项目清单写的是吴销。
    正例：责任销售换过人，项目清单还是原来的那一位；这些栏空着也可以。
    """
    forms = dept.frame("initiation")
    names: dict[str, set[str]] = {}
    customers: dict[str, set[str]] = {}
    form_of: dict[str, int] = {}
    for form in rows_of(forms[forms["project"] != ""]):
        form_of.setdefault(form.project, form.Index)
        names.setdefault(form.project, set()).update((form.project_name, *form.project_aliases))
        customers.setdefault(form.project, set()).add(form.customer)
    for row in rows_of(dept.frame("project_list")):
        if row.project in form_of:
            index = form_of[row.project]
            for field, role in _ROLES.items():
                yield from _other_person(dept, row, field, role, index)
            if not _same_name(row.project_name, names[row.project]):
                yield _differs(dept, row, "project_name", index, WARN)
            if not _same_customer(row.customer, customers[row.project]):
                yield _differs(dept, row, "customer", index, WARN)


def _other_person(
    dept: Department, row: Any, field: str, role: Role, form: int
) -> Iterator[Breach]:
    name, ever = getattr(row, field), dept.responsibility.ever(row.project, role)
    if not name or not ever or name in ever:
        return
    bare = {split_staff_number(other)[0] for other in ever}
    if name in bare or split_staff_number(name)[0] in ever:
        return  # one of the two places leaves the staff number out
    if field == "first_presales" and name == row.owner:
        return
    yield _differs(dept, row, field, form, ERROR)


def _same_name(name: str, known: set[str]) -> bool:
    folded = {plain(fold_project(each)) for each in known if each}
    return not name or not folded or plain(fold_project(name)) in folded


def _same_customer(name: str, known: set[str]) -> bool:
    short = plain(name)
    full = {plain(each) for each in known if each}
    return not full or any(short in each or each in short for each in full)


def _differs(dept: Department, row: Any, field: str, form: int, severity: Severity) -> Breach:
    label = dept.dossier.blocks["project_list"].field(field).label
    stated = dept.frame("initiation").at[form, field]
    return Breach(
        "project_list",
        row.Index,
        field,
        f"项目清单的“{label}”是{getattr(row, field)}，立项单是{stated}，两处不一致。",
        "请以立项单为准更正项目清单；立项单已变更的，请先在立项单登记。",
        severity,
        also=(("initiation", form, field),),
    )


@rule(
    "X09",
    "同一项目同一天只记在一张跟踪表",
    article=16,
    severity=ERROR,
    needs=("tracking.support_date",),
    cause=Cause.PROJECT,
)
def one_sheet_a_project_and_day(dept: Department) -> Iterator[Breach]:
    """Rows of one project and day in two owners' sheets while its 第一售前 is not known.

    Where he is known at most one of the sheets is right and X07 reports the other one, so that
    one mistake makes one finding.

    要求：一个项目在同一天的支持只记在一位售前的跟踪表里。
    反例：未登记第一售前的项目，4月8日在钱一和孙二的跟踪表里各有一行。
    正例：4月在钱一的表里，5月换由孙二记录，没有重叠的日子。
    """
    rows = dept.frame("tracking")
    rows = rows[(rows["first"] == "") & (rows["project"] != "") & (rows["owner"] != "")]
    rows = rows.assign(day=days(rows["support_date"])).dropna(subset=["day"])
    owners = rows.groupby(["project", "day"])["owner"].transform("nunique")
    for (project, day), group in rows[owners > 1].groupby(["project", "day"]):
        first, *others = rows_of(group.drop_duplicates("owner"))
        shared = "、".join((first.owner, *(row.owner for row in others)))
        for row in others:
            yield Breach(
                "tracking",
                row.Index,
                project_field(row),
                f"项目“{dept.show(project)}”{day.date()}同时记在{shared}的跟踪表里。",
                "请确定项目的第一售前（立项单），只在他的跟踪表里保留记录。",
                project=project,
                also=(("tracking", first.Index, project_field(first)),),
            )
