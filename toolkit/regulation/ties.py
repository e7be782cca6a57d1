"""What hangs together: records of a project, of a sheet's owner, and those that name each other.

Most rules look at nothing but such a group, or at one workbook. Of each group and each workbook
there is a sum over all that the rules can see of it; where it is the same as before, the rules
would say the same again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from toolkit.model.coded_array import CodedArray
from toolkit.model.dossier import Status
from toolkit.model.text import fold_all

from .department import Department
from .distinct import folded, has_only_texts
from .subject_names import names_in_use

Sums = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]
_Places = npt.NDArray[np.intp]

TIED = {
    "initiation": ("project_aliases",),
    "initiation_additions": (),
    "initiation_changes": (),
    "tracking_sheet": (),
    "project_list": (),
    "tracking": ("leftover_ids", "bug_id", "related"),
    "leftovers": ("leftover_id", "related", "source_record"),
    "improvement": ("number", "origin_ref"),
    "improvement_hours": (),
    "fault": ("number", "leftover_ids", "bug_id", "convert_ref"),
    "fault_attempts": (),
    "bugs": ("bug_id", "defect_number", "fault_ref"),
}
"""The frames whose records are tied together, with the fields that name others or are named.

All other frames are registers: whoever looks at one sees all of it.
"""
_NAMED_ELSEWHERE = ("tracking", "record_id")
"""The number of a support record matters where a leftover names it as its source."""
_DERIVED = (
    "project", "person", "owner", "first", "second", "sales", "state", "parent_key", "key",
)  # fmt: skip
"""Columns that rest on more than the record's own workbook."""
_FORMS = ("initiation", "improvement", "fault")
"""Where one of them names no project, all records that name none are tied together."""
_OF_NO_SHEET = ("bugs",)
"""Registers of many people, whose records are not tied by lying in one workbook."""
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(slots=True)
class Ties:
    """The groups of a department's records."""

    dept: Department
    keys: Sums = field(init=False)
    """Everything that ties records together: projects, owners, numbers, workbooks; hashed."""
    sums: Sums = field(init=False)
    """Of each of them, the sum over its records."""
    files: dict[str, int] = field(default_factory=dict)
    """Path -> the sum over its records, of every workbook that was read."""
    groups: npt.NDArray[np.intp] = field(init=False)
    """Of each key, the place of the first key of its group."""
    _first: dict[str, _Places] = field(default_factory=dict)
    """Frame -> of each record, the place of one key."""
    starts: dict[str, dict[int, int]] = field(default_factory=dict)
    """Frame -> source -> the index of its first record."""

    def __post_init__(self) -> None:
        sums, marks = {}, _marks_of_files(self.dept)
        of_files = marks.copy()
        edges: dict[str, list[_Edge]] = {}
        nameless = any((self.dept.frame(form)["project"] == "").any() for form in _FORMS)
        for key in TIED:
            if (frame := self.dept.dossier.frames.get(key)) is None or frame.empty:
                continue
            sums[key] = self._sums(key, frame, marks)
            np.add.at(of_files, frame["source"].to_numpy(), sums[key])
            edges[key] = list(_edges(self.dept, key, frame, nameless))
        sources = self.dept.dossier.sources
        self.files = {s.path: int(of_files[n]) for n, s in enumerate(sources) if marks[n]}
        every = [edge.keys for some in edges.values() for edge in some]
        self.keys = np.unique(np.concatenate(every)) if every else np.empty(0, np.uint64)
        self.sums = np.zeros(len(self.keys), np.uint64)
        pairs = []
        for key, some in edges.items():
            first = np.full(len(sums[key]), -1, np.intp)
            for edge in some:
                places = np.searchsorted(self.keys, edge.keys).take(edge.codes)
                np.add.at(self.sums, places, sums[key][edge.rows])
                new = first[edge.rows] < 0
                first[edge.rows[new]] = places[new]
                pairs.append(_different(first[edge.rows], places))
            self._first[key] = first
        self.groups = _groups(len(self.keys), pairs)

    def _sums(self, key: str, frame: pd.DataFrame, marks: Sums) -> Sums:
        """A number for each record that stands for all that can be seen of it."""
        source = frame["source"].to_numpy()
        begins = np.flatnonzero(np.diff(source, prepend=-1))
        self.starts[key] = dict(zip(source[begins].tolist(), begins.tolist(), strict=True))
        place = np.arange(len(source)) - np.repeat(begins, np.diff(begins, append=len(source)))
        found = marks[source] + _hashes([key])[0] + place.astype(np.uint64) * _ODD
        found = _derived(frame, found)
        codes, projects = _coded(frame["project"]).distinct()
        found = _mixed(found) + _hashes(list(map(self.dept.show, projects.tolist()))).take(codes)
        if key == "leftovers":
            found += np.isin(frame.index, list(self.dept.carried)).astype(np.uint64)
        return _mixed(found)

    def changed(self, keys: Sums, sums: Sums) -> dict[str, Mask]:
        """Frame -> the records of all groups that are not as they were."""
        places = np.searchsorted(keys, self.keys)
        known = np.zeros(len(self.keys), bool)
        inside = places < len(keys)
        known[inside] = keys[places[inside]] == self.keys[inside]
        known[known] = sums[places[known]] == self.sums[known]
        groups = np.zeros(len(self.keys), bool)
        groups[self.groups[~known]] = True
        return {frame: groups[self.groups[first]] for frame, first in self._first.items()}

    def of_files(self, paths: set[str]) -> dict[str, Mask]:
        """Frame -> the records of these workbooks."""
        sources = self.dept.dossier.sources
        wanted = np.array([source.path in paths for source in sources], bool)
        frames = self.dept.dossier.frames
        return {frame: wanted[frames[frame]["source"].to_numpy()] for frame in self._first}


def _marks_of_files(dept: Department) -> Sums:
    """A number for the content of each source; 0 of those that were not read."""
    sources, digests = dept.dossier.sources, dept.dossier.digests
    contents = [digests[s.path][:16] if s.path in digests else "" for s in sources]
    marks = np.array([int(content or "0", 16) for content in contents], np.uint64)
    return np.where(marks > 0, marks ^ _hashes([s.path for s in sources]), marks)


class _Edge(NamedTuple):
    """Records by their place, and which of some keys ties each to others."""

    rows: _Places
    codes: npt.NDArray[Any]
    keys: Sums


def _edges(dept: Department, key: str, frame: pd.DataFrame, nameless: bool) -> Iterator[_Edge]:
    loose = np.ones(len(frame), bool)
    for kind in ("project", "owner"):
        if kind in frame.columns:
            codes, values = _coded(frame[kind]).distinct()
            rows = np.flatnonzero((values != "").take(codes) | (nameless and kind == "project"))
            yield _Edge(rows, codes[rows], _hashes([f"{kind}|{v}" for v in values.tolist()]))
            loose[rows] = False
    for name in TIED[key]:
        edge = _numbers(frame, name)
        yield edge
        loose[edge.rows] = False
    if key == _NAMED_ELSEWHERE[0]:
        named = folded(dept.dossier.frame("leftovers")["source_record"])
        record = folded(frame[_NAMED_ELSEWHERE[1]])
        rows = np.flatnonzero((record != "") & record.isin(set(named)))
        keys = _hashes([f"number|{n}" for n in record.iloc[rows].tolist()])
        yield _Edge(rows, np.arange(len(rows)), keys)
    if key not in _OF_NO_SHEET:
        loose[:] = True
    rows = np.flatnonzero(loose)
    paths = [f"file|{source.path}" for source in dept.dossier.sources]
    yield _Edge(rows, frame["source"].to_numpy()[rows], _hashes(paths))


def _numbers(frame: pd.DataFrame, name: str) -> _Edge:
    """What the numbers in a column tie; lists have several."""
    array = _coded(frame[name])
    if has_only_texts(array.table):
        codes, values = _coded(folded(frame[name])).distinct()  # others ask for them, too
        rows = np.flatnonzero((values != "").take(codes))
        return _Edge(rows, codes[rows], _hashes([f"number|{v}" for v in values.tolist()]))
    codes, values = array.distinct()
    lists = [v if v.__class__ is tuple else (v,) for v in values.tolist()]
    numbers = fold_all(list(chain.from_iterable(lists))) if lists else []
    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    starts = np.cumsum(lengths) - lengths
    of_rows = lengths.take(codes)
    rows = np.repeat(np.arange(len(codes)), of_rows)
    inside = np.arange(len(rows)) - np.repeat(np.cumsum(of_rows) - of_rows, of_rows)
    places = starts.take(codes[rows]) + inside
    filled = np.fromiter(map(bool, numbers), bool, len(numbers)).take(places)
    return _Edge(rows[filled], places[filled], _hashes([f"number|{n}" for n in numbers]))


def _coded(column: pd.Series) -> CodedArray:
    array = column.array
    return array if isinstance(array, CodedArray) else CodedArray.of(column.tolist())


def _derived(frame: pd.DataFrame, found: Sums) -> Sums:
    """A number for each record, with what rests on other workbooks worked into it."""
    for number, name in enumerate(_DERIVED, 1):
        if name in frame.columns:
            found = _mixed(found) + _of_column(frame[name]) * np.uint64(2 * number + 1)
    return _mixed(found)


def _of_column(column: pd.Series) -> Sums:
    array = _coded(column)
    if (stamps := array.table.stamps) is not None:
        return stamps.take(array.codes).astype(np.uint64)
    codes, values = array.distinct()
    return _hashes(list(map(str, values.tolist()))).take(codes)


def _hashes(texts: list[str]) -> Sums:
    if not texts:
        return np.empty(0, np.uint64)
    raw = [text.encode("utf-8", "surrogatepass") for text in texts]
    found: Sums = pd.util.hash_array(np.array([*raw, b""], object), categorize=False)[:-1]
    return found


def _mixed(found: Sums) -> Sums:
    """Every bit of a number in every bit (splitmix64)."""
    found = (found ^ (found >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    found = (found ^ (found >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return found ^ (found >> np.uint64(31))


def _different(one: _Places, other: _Places) -> npt.NDArray[np.intp]:
    """The different pairs of both, as two rows."""
    apart = one != other
    pairs = pd.unique(one[apart].astype(np.int64) << 32 | other[apart])
    return np.stack((pairs >> 32, pairs & 0xFFFFFFFF)).astype(np.intp)


def _groups(count: int, pairs: list[npt.NDArray[np.intp]]) -> npt.NDArray[np.intp]:
    """The group of each key: the smallest place of all keys that pairs connect it with."""
    groups = np.arange(count)
    one, other = np.concatenate([np.empty((2, 0), np.intp), *pairs], axis=1)
    while True:
        smallest = np.minimum(groups[one], groups[other])
        if (groups[one] == smallest).all() and (groups[other] == smallest).all():
            return groups
        np.minimum.at(groups, groups[one], smallest)
        np.minimum.at(groups, groups[other], smallest)
        groups = groups[groups]


def names_of(dept: Department) -> str:
    """A hash of how projects are called: of what a name means, and who may be meant."""

    def make() -> str:
        index = dept.projects
        parts = index.numbers, index.titles, index.names()
        whole = repr(([sorted(part.items()) for part in parts], names_in_use(dept)))
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()

    return dept.remembered("hash of names", make)


def registers_of(dept: Department) -> list[Any]:
    """Everything that the rules see beside the tied records, to be compared with before."""
    dossier = dept.dossier
    registers = {binding.source for binding in dossier.bindings if binding.block not in TIED}
    files = [
        (s.path, s.status, s.reason, dossier.digests.get(s.path, s.fingerprint))
        for number, s in enumerate(dossier.sources)
        if number in registers or s.status is not Status.READ or s.path not in dossier.digests
    ]
    bound = [
        (key, f.key)
        for key, block in dossier.blocks.items()
        for f in block.fields
        if dossier.bound(key, f.key)
    ]
    resolved = [
        (key, int(np.add.reduce(_derived(frame, np.arange(len(frame), dtype=np.uint64)))))
        for key, frame in dossier.frames.items()
        if key not in TIED
    ]
    return [files, bound, sorted({b.block for b in dossier.bindings}), resolved]
