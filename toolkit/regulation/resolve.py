"""Gives every record its owner, its people by their roster names, its project and its key."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from toolkit.model.dossier import Binding, Dossier
from toolkit.model.forms import Block, FieldType, Layout
from toolkit.model.projects import ProjectIndex
from toolkit.model.text import fold, fold_person, is_blank, split_staff_number

from .people import Person, Roster

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
            names = {n: roster.canonical(n) if n else "" for n in frame[f.key].unique()}
            frame[f.key] = frame[f.key].map(names).astype(object)
        elif f.type is FieldType.PEOPLE:
            frame[f.key] = frame[f.key].map(
                lambda several: tuple(roster.canonical(n) for n in several)
            )


def _own(dossier: Dossier, roster: Roster) -> None:
    for key in _OWNED:
        if key not in dossier.frames:
            continue
        frame = dossier.frames[key]
        owners = {
            number: sheet_owner(dossier, dossier.bindings[number], roster)
            for number in frame["binding"].unique()
        }
        frame["owner"] = frame["binding"].map(owners).astype(object)
        if person := _DEFAULTS_TO_OWNER.get(key):
            frame[person] = frame[person].where(frame[person] != "", frame["owner"])


def sheet_owner(dossier: Dossier, binding: Binding, roster: Roster) -> str:
    """Whose tracking sheet it is: 署名 on it, else its name, else 署名 or a name of the file.

    '' when nothing tells, or when the file names two people of one name without 工号.
    """
    signed = dossier.frame("tracking_sheet")
    signed = signed[(signed["source"] == binding.source) & (signed["owner"] != "")]
    signatures: dict[str, str] = {
        dossier.bindings[number].sheet: owner
        for number, owner in zip(signed["binding"], signed["owner"], strict=True)
    }
    if binding.sheet in signatures:
        return signatures[binding.sheet]
    if len(roster.find(binding.sheet)) == 1:
        return roster.canonical(binding.sheet)
    if signatures:
        return next(iter(signatures.values()))
    path = fold_person(dossier.sources[binding.source].path.rsplit("/", 1)[-1])
    numbered = [p for p in roster.people if f"{_bare(p)}({p.staff_number})" in path]
    named = numbered or [p for p in roster.people if _bare(p) in path]
    longest = max((len(_bare(p)) for p in named), default=0)
    found = [p for p in named if len(_bare(p)) == longest]
    namesakes = [p for p in found if _bare(p) == _bare(found[0])]
    return namesakes[0].name if len(namesakes) == 1 else ""


def _bare(person: Person) -> str:
    return split_staff_number(person.name)[0]


def _index_projects(dossier: Dossier) -> ProjectIndex:
    index = ProjectIndex()
    for row in dossier.frame("initiation").itertuples():
        index.add(row.project_id, row.project_name, row.customer, row.project_aliases)
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
        frame[c] if c in frame.columns else pd.Series("", index=frame.index)
        for c in ("project_id", "project_name", "customer")
    ]
    triples = list(zip(*columns, strict=True))
    keys = {t: projects.resolve(*t) for t in set(triples)}
    return pd.Series([keys[t] for t in triples], index=frame.index, dtype=object)


def _adopt_parent(dossier: Dossier, frame: pd.DataFrame, parent: str) -> None:
    """A row of a child table belongs to the form of its workbook (several: the nearest)."""
    forms = dossier.frame(parent)
    by_source: dict[int, list[int]] = {}
    for index, source in forms["source"].items():
        by_source.setdefault(int(source), []).append(int(index))
    nearest: dict[int, int] = {}
    for number in frame["binding"].unique():
        binding = dossier.bindings[int(number)]
        candidates = by_source.get(binding.source, [])
        if candidates:
            nearest[int(number)] = min(
                candidates, key=lambda i: _distance(dossier, binding, int(number), forms.loc[i])
            )
    owner = frame["binding"].map(nearest)
    frame["parent"] = owner.fillna(-1).astype("int64")
    for column in ("project", "key"):
        values = forms[column]
        frame["parent_key" if column == "key" else column] = (
            owner.map(values).astype(object).fillna("")
        )


def _distance(
    dossier: Dossier, binding: Binding, number: int, form: pd.Series
) -> tuple[bool, bool, int]:
    other = dossier.bindings[int(form["binding"])]
    # a form precedes its tables, on the same sheet or on the sheets that follow
    return (
        other.sheet != binding.sheet,
        int(form["binding"]) > number,
        abs(int(form["binding"]) - number),
    )


def _person_and_key(frame: pd.DataFrame, block: Block) -> None:
    person = pd.Series("", index=frame.index, dtype=object)
    # a field of the form may itself be called person: then the record is his
    for column in _WHOSE_MATTER.get(block.key, ("person",) if "person" in block.keys else ()):
        person = person.where(person != "", frame[column])
    frame["person"] = person
    frame["key"] = _record_keys(frame, block)


def _record_keys(frame: pd.DataFrame, block: Block) -> pd.Series:
    """The number of a record; without one, who, which project, when; then the ordinal."""
    if frame.empty:
        return pd.Series(dtype=object)
    base = pd.Series("", index=frame.index, dtype=object)
    if block.record_key:
        base = frame[block.record_key].map(lambda v: fold(str(v))).astype(object)
    without = base == ""
    if without.any():
        described = ["|".join(parts) for parts in zip(*_describing(frame, block), strict=True)]
        base = base.where(~without, pd.Series(described, index=frame.index, dtype=object))
    ordinal = base.groupby(base).cumcount()
    return base.where(ordinal == 0, base + "#" + (ordinal + 1).astype(str))


def _describing(frame: pd.DataFrame, block: Block) -> Iterator[pd.Series]:
    found = False
    for column in ("owner", "parent_key", "project"):
        if column in frame.columns:
            found = found or bool((frame[column] != "").any())
            yield frame[column].astype(str)
    if block.layout is Layout.TABLE and block.event_date:
        yield event_dates(frame, block).dt.strftime("%Y-%m-%d").fillna("").astype(str)
        found = True
    if block.key not in ("project_list", "initiation"):
        yield frame["person"].astype(str)
    if not found and block.identity:
        yield frame[block.identity[0]].map(lambda value: "" if is_blank(value) else str(value))


def event_dates(frame: pd.DataFrame, block: Block) -> pd.Series:
    """When each record happened: the first of the block's event dates that is filled."""
    dates = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    for column in block.event_date:
        dates = dates.fillna(frame[column])
    return dates
