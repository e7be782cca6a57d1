"""Gives every record its owner, its people by their roster names, its project and its key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.model.coded import objects
from toolkit.model.coded_array import CodedArray
from toolkit.model.coded_columns import coded, constant, different
from toolkit.model.dossier import Dossier
from toolkit.model.forms import Block, FieldType, Layout
from toolkit.model.projects import ProjectIndex
from toolkit.model.text import fold, is_blank
from toolkit.model.value_table import Table

from .distinct import by_value, by_values, distinct_rows, folded, has_only_texts
from .people import Roster
from .sheet_owners import SheetOwners

CHILDREN: dict[str, str] = {
    "initiation_additions": "initiation",
    "initiation_changes": "initiation",
    "improvement_hours": "improvement",
    "fault_attempts": "fault",
}
"""Tables that belong to the label-value form of the same workbook."""

_OWNED = ("project_list", "tracking", "leftovers")
_DEFAULTS_TO_OWNER = {"tracking": "supporter", "leftovers": "handler"}
_WHOSE_MATTER = {
    "tracking": ("supporter",),
    "leftovers": ("handler",),
    "project_list": ("owner",),
    "tracking_sheet": ("owner",),
    "initiation": ("first_presales", "account_sales", "applicant"),
    "improvement": ("issuer", "responsible_presales"),
    "fault": ("proposer", "responsible_presales"),
    "bugs": ("reporter",),
    "fault_attempts": ("handler",),
    "improvement_hours": ("developer",),
    "initiation_additions": ("applicant",),
    "urgings": ("presales",),
    "simplifications": ("decided_by",),
    "calls": ("caller",),
    "roster": ("name",),
    "roles": ("holder",),
}


def resolve(dossier: Dossier, roster: Roster) -> ProjectIndex:
    """Complete the frames in place; return the index of the department's projects."""
    for key, frame in dossier.frames.items():
        _name_people(frame, dossier.blocks[key], roster)
    _own(dossier, roster)
    projects = _index_projects(dossier)
    for key, frame in dossier.frames.items():
        if key not in CHILDREN and {"project_id", "project_name"} & set(frame.columns):
            frame["project"] = _project_column(frame, projects)
    for key, frame in dossier.frames.items():
        if key not in CHILDREN:
            _person_and_key(frame, dossier.blocks[key])
    for child, parent in CHILDREN.items():
        if child in dossier.frames:
            frame = dossier.frames[child]
            _adopt_parent(dossier, frame, parent)
            _person_and_key(frame, dossier.blocks[child])
    return projects


def _name_people(frame: pd.DataFrame, block: Block, roster: Roster) -> None:
    for f in block.fields:
        if f.type is FieldType.PERSON:
            frame[f.key] = by_value(frame[f.key], lambda n: roster.canonical(n) if n else "")
        elif f.type is FieldType.PEOPLE:
            frame[f.key] = by_value(
                frame[f.key], lambda several: tuple(roster.canonical(n) for n in several)
            )


def _own(dossier: Dossier, roster: Roster) -> None:
    sheets = SheetOwners(dossier, roster)
    for key in _OWNED:
        if key not in dossier.frames:
            continue
        frame = dossier.frames[key]
        frame["owner"] = by_value(
            frame["binding"], lambda number: sheets.of(dossier.bindings[number])
        )
        if person := _DEFAULTS_TO_OWNER.get(key):
            frame[person] = frame[person].where(frame[person] != "", frame["owner"])


def _index_projects(dossier: Dossier) -> ProjectIndex:
    index = ProjectIndex()
    forms = dossier.frame("initiation")
    names = (forms[f] for f in ("project_id", "project_name", "customer", "project_aliases"))
    for declared in zip(*names, strict=True):
        index.add(*declared)
    for key, frame in dossier.frames.items():
        if key == "initiation" or "project_name" not in frame.columns:
            continue
        pairs = frame[["project_id", "project_name"]].drop_duplicates()
        for number, name in pairs.itertuples(index=False):
            if number and index.resolve(number, "") != fold(number):
                continue  # a project's name stands where its number belongs
            if number and name:
                index.titles.setdefault(fold(number), name)
            if number:
                index.numbers.setdefault(fold(number), number)
            elif name and not index.ambiguous(name):
                index.titles.setdefault(index.resolve("", name), name)
    return index


def _project_column(frame: pd.DataFrame, projects: ProjectIndex) -> pd.Series:
    columns = [
        frame[c] if c in frame.columns else constant("", frame.index)
        for c in ("project_id", "project_name", "customer")
    ]
    return by_values(columns, projects.resolve)


def _adopt_parent(dossier: Dossier, frame: pd.DataFrame, parent: str) -> None:
    """A row of a child table belongs to the form of its workbook (several: the nearest)."""
    forms = dossier.frame(parent)
    by_source: dict[int, list[tuple[int, int]]] = {}
    for index, source, number in zip(forms.index, forms["source"], forms["binding"], strict=True):
        by_source.setdefault(source, []).append((index, number))
    nearest: dict[int, int] = {}
    for number in frame["binding"].unique().tolist():
        candidates = by_source.get(dossier.bindings[number].source, [])
        if candidates:
            nearest[number] = min(candidates, key=lambda c: _distance(dossier, number, c[1]))[0]
    owner = frame["binding"].map(nearest)
    frame["parent"] = owner.fillna(-1).astype("int64")
    for column in ("project", "key"):
        values = forms[column]
        frame["parent_key" if column == "key" else column] = (
            owner.map(values).astype(object).fillna("")
        )


def _distance(dossier: Dossier, table: int, form: int) -> tuple[bool, bool, int]:
    """How far a table is from a form of its workbook, both as numbers of bindings."""
    # a form precedes its tables, on the same sheet or on the sheets that follow
    same_sheet = dossier.bindings[table].sheet == dossier.bindings[form].sheet
    return not same_sheet, form > table, abs(form - table)


def _person_and_key(frame: pd.DataFrame, block: Block) -> None:
    person = constant("", frame.index)
    # a field of the form may itself be called person: then the record is his
    for column in _WHOSE_MATTER.get(block.key, ("person",) if "person" in block.keys else ()):
        person = person.where(person != "", frame[column])
    frame["person"] = person
    frame["key"] = _record_keys(frame, block)


def _record_keys(frame: pd.DataFrame, block: Block) -> pd.Series:
    """The number of a record; without one, who, which project, when; then the ordinal.

    Only of records with a finding the key is ever asked for, so the texts are made last.
    """
    count = len(frame)
    number = folded(_texts(frame[block.record_key])) if block.record_key else None
    groups, names = different(constant("", frame.index) if number is None else number)
    of_group = groups.astype(np.int64)
    without = np.flatnonzero(np.array([not name for name in names.tolist()], bool).take(groups))
    describing = [column.iloc[without] for column in _describing(frame, block)]
    codes, firsts = distinct_rows(describing)
    of_group[without] = len(names) + codes

    ordinal = _ordinals(of_group)

    def texts(places: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.object_]:
        asked, which = np.unique(of_group.take(places), return_inverse=True)
        numbered, described = np.split(asked, [np.searchsorted(asked, len(names))])
        rows = firsts.take(described - len(names))
        parts = zip(*(column.iloc[rows].tolist() for column in describing), strict=True)
        found = objects([*names.take(numbered), *map("|".join, parts)]).take(which)
        later = ordinal.take(places)
        for place in np.flatnonzero(later > 0):
            found[place] += f"#{later[place] + 1}"
        return found

    return coded(
        CodedArray(np.arange(count, dtype=np.int32), Table(texts, count, stamps=ordinal)),
        frame.index,
    )


def _texts(column: pd.Series) -> pd.Series:
    array = column.array
    if isinstance(array, CodedArray) and array.fills_table and has_only_texts(array.table):
        return column
    return by_value(column, str)


def _ordinals(groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many cells of the same group come before each."""
    ordinal = np.zeros(len(groups), np.int64)
    again = np.flatnonzero(pd.Index(groups).duplicated(keep=False))
    some = pd.Series(groups[again])
    ordinal[again] = some.groupby(some).cumcount().to_numpy()
    return ordinal


def _describing(frame: pd.DataFrame, block: Block) -> Iterator[pd.Series]:
    found = False
    for column in ("owner", "parent_key", "project"):
        if column in frame.columns:
            found = found or bool((frame[column] != "").any())
            yield frame[column]
    if block.layout is Layout.TABLE and block.event_date:
        yield by_value(event_dates(frame, block), _iso)
        found = True
    if block.key not in ("project_list", "initiation"):
        yield frame["person"]
    if not found and block.identity:
        yield by_value(frame[block.identity[0]], lambda v: "" if is_blank(v) else str(v))


def _iso(moment: pd.Timestamp) -> str:
    return "" if pd.isna(moment) else f"{moment:%Y-%m-%d}"


def event_dates(frame: pd.DataFrame, block: Block) -> pd.Series:
    """When each record happened: the first of the block's event dates that is filled."""
    dates = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    for column in block.event_date:
        dates = dates.fillna(frame[column])
    return dates
