"""The names that a department's subjects may use: its projects and its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import split_staff_number

from .department import Department
from .subjects import People, ProjectNames, normal
from .tenure import ROLE_FIELDS


def project_names(dept: Department) -> ProjectNames:
    """Names, aliases and numbers of the projects in 立项单 and 项目清单, number before name too.

    Those of the whole department, whatever part of it is looked at.
    """
    whole = dept.whole

    def make() -> ProjectNames:
        return ProjectNames((key, name) for key, name in set(_declared(whole)) if key and name)

    return whole.remembered("project names", make)


def names_in_use(dept: Department) -> tuple[list[tuple[str, str]], list[tuple[str, list[str]]]]:
    """Everything that decides what a subject's names mean: of projects, of people."""
    people = people_names(dept)
    return list(_declared(dept.whole)), [(name, sorted(people[name])) for name in sorted(people)]


def _declared(dept: Department) -> Iterator[tuple[str, str]]:
    for row in rows_of(dept.frame("initiation")):
        for name in (row.project_name, *row.project_aliases):
            yield row.project, name
            yield row.project, f"{row.project_id}{name}"
        yield row.project, row.project_id
    listed = dept.frame("project_list")
    for row in rows_of(listed.drop_duplicates(["project", "project_id", "project_name"])):
        yield row.project, row.project_name
        yield row.project, row.project_id


def people_names(dept: Department) -> People:
    """Every spelling of the people in the roster, and of those whom the forms name beside it.

    Those of the whole department, whatever part of it is looked at.
    """
    whole = dept.whole
    return whole.remembered("people's names", lambda: _people_names(whole))


def _people_names(dept: Department) -> People:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(dept.frame("roster")):
        bare, in_name = split_staff_number(row.name)
        number = row.staff_number or in_name
        own = {row.name, f"{bare}({number})", f"{bare}{number}", *row.aliases} - {bare}
        for spelling in own:
            found[normal(spelling)].update(person.name for person in dept.roster.find(row.name))
        found[normal(bare)].update(person.name for person in dept.roster.find(bare))
    for name in _in_forms(dept):
        if not dept.roster.find(name):
            found[normal(name)].add(name)
    found.pop("", None)
    return {spelling: frozenset(names) for spelling, names in found.items()}


def _in_forms(dept: Department) -> Iterator[str]:
    tracking, forms = dept.frame("tracking"), dept.frame("initiation")
    yield from tracking["supporter"].unique()
    yield from tracking["owner"].unique()
    for field in ROLE_FIELDS.values():
        yield from forms[field].unique()
