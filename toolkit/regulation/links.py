"""How leftovers, improvement requests and fault orders name each other by their numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pandas as pd

from toolkit.model.condition import blank
from toolkit.model.dossier import Source, Status
from toolkit.model.projects import fold_project
from toolkit.model.text import fold

from .department import Department
from .distinct import folded

FORMS = {"improvement": "产品改进申请单", "fault": "故障处理工作单"}
"""The forms through which R&D works (第19条): frame -> title."""
_NUMBERS = {"improvement": "number", "fault": "number", "leftovers": "leftover_id"}
_NAMES_A_LEFTOVER = (("improvement", "origin_ref"), ("fault", "leftover_ids"))
_OTHER_FORMS = (*FORMS.values(), "跟踪表", "bug反馈")
_NOT_READ = (Status.UNREADABLE, Status.UNRECOGNISED, Status.CONFLICT)

FormRef = tuple[str, int]
"""A form as (frame, index)."""


def numbered(dept: Department, frame: str) -> dict[str, int]:
    """Folded number -> index, of the records of a frame; the first of equal numbers."""

    def make() -> dict[str, int]:
        numbers = folded_numbers(dept, frame)
        written = numbers[numbers != ""].drop_duplicates()
        return {number: int(index) for index, number in written.items()}

    return dept.remembered(f"numbers of {frame}", make)


def folded_numbers(dept: Department, frame: str) -> pd.Series:
    """The number of each record of a frame, for comparing."""
    return dept.remembered(
        f"folded numbers of {frame}", lambda: folded(dept.frame(frame)[_NUMBERS[frame]])
    )


def references(column: pd.Series) -> pd.Series:
    """Every reference in a column of references, for comparing; their index repeats."""
    flat = column[~blank(column)].explode()
    return folded(flat[flat != ""])


def linked_forms(dept: Department) -> dict[int, list[FormRef]]:
    """Leftover -> the forms it is linked with, named by the leftover or by the form."""
    return dept.remembered("linked forms", lambda: _linked_forms(dept))


def _linked_forms(dept: Department) -> dict[int, list[FormRef]]:
    links: dict[int, dict[FormRef, None]] = defaultdict(dict)
    for frame in FORMS:
        numbers = numbered(dept, frame)
        named = references(dept.frame("leftovers")["related"])
        for index, number in named[named.isin(list(numbers))].items():
            links[int(index)][frame, numbers[number]] = None
    leftovers = folded_numbers(dept, "leftovers")
    for frame, column in _NAMES_A_LEFTOVER:
        named = references(dept.frame(frame)[column])
        same_id: dict[str, list[int]] = defaultdict(list)
        for index, number in leftovers[leftovers.isin(list(named))].items():
            same_id[number].append(int(index))
        for form, number in named.items():
            for index in same_id.get(number, ()):
                links[index][frame, int(form)] = None
    return {index: list(forms) for index, forms in links.items()}


def leftovers_of_faults(dept: Department) -> dict[str, int]:
    """Folded leftover number -> the fault order that deals with it."""
    named = references(dept.frame("fault")["leftover_ids"])
    found = {number: int(form) for form, number in named.items()}
    ids = dept.frame("leftovers")["leftover_id"]
    for index, forms in linked_forms(dept).items():
        for frame, form in forms:
            if frame == "fault" and ids[index]:
                found.setdefault(fold(str(ids[index])), form)
    return found


def in_unread_file(dept: Department, number: str) -> bool:
    """Whether a file that could not be read bears this number in its name."""
    return bool(unread_file(dept, number))


def unread_file(dept: Department, *names: str) -> str:
    """Path of a file that could not be read and bears one of the names; '' when none does."""
    wanted = [fold(name) for name in names if name]
    for source in _not_read(dept):
        if any(name in fold(source.path) for name in wanted):
            return source.path
    return ""


def _not_read(dept: Department) -> list[Source]:
    def make() -> list[Source]:
        return [source for source in dept.dossier.sources if source.status in _NOT_READ]

    return dept.remembered("sources not read", make)


def unread_initiation(dept: Department, project: str) -> str:
    """Path of an unread file that may be the 立项单 of the project; '' when there is none.

    It bears the number or name of the project, or is a 立项单 that bears those of no other one.
    """
    own = _names(dept, project)
    for source in _not_read(dept):
        path, name = fold(source.path), fold(source.path.rsplit("/", 1)[-1])
        if any(fold(title) in name for title in _OTHER_FORMS):
            continue
        if any(each in name for each in own):
            return source.path
        if source.status is not Status.CONFLICT and "立项" in path and not _named_in(dept, name):
            return source.path
    return ""


def _names(dept: Department, project: str) -> set[str]:
    form = dept.projects
    both = {form.numbers.get(project, ""), form.titles.get(project, "")}
    return {fold_project(name) for name in both if len(name) > 1}


def _named_in(dept: Department, file: str) -> bool:
    keys = {*dept.projects.numbers, *dept.projects.titles}
    return any(name in file for key in keys for name in _names(dept, key))


def unknown(dept: Department, frame: str, numbers: Iterable[str]) -> list[str]:
    """Those of the numbers that no record of the frame has, nor an unread file."""
    known = numbered(dept, frame)
    return [n for n in numbers if fold(n) not in known and not in_unread_file(dept, n)]
