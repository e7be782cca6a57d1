"""What the rules said before is said again: each rule sees no further than it declares."""

from __future__ import annotations

import copy
import hashlib
import random
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.amounts import amount, some
from tests.departments import AS_OF, build
from toolkit.model.dossier import BOOKKEEPING, Dossier, Source, Status
from toolkit.model.finding import Breach
from toolkit.regulation.department import Department
from toolkit.regulation.narrowed import narrowed
from toolkit.regulation.ties import TIED, Mask, Ties, registers_of
from toolkit.validators.before import Before, Said
from toolkit.validators.engine import check
from toolkit.validators.registry import RuleSpec, Scope, load_rules

CASES = {
    path.stem: tomllib.loads(path.read_text("utf-8"))["case"]
    for path in sorted((Path(__file__).parent / "cases").glob("*.toml"))
}
SCOPED = [spec for spec in load_rules().values() if spec.scope is not Scope.DEPARTMENT]
_CHILDREN = {
    "initiation_additions": "initiation", "initiation_changes": "initiation",
    "improvement_hours": "improvement", "fault_attempts": "fault",
}  # fmt: skip
_SAID = ("name", "expect", "as_of", "without", "undetermined")
_ONCE = ("department", "roster", "roles", "unread", "archived")


def together(cases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The records of several cases as those of one department."""
    found: dict[str, Any] = {}
    for case in cases:
        counts = {frame: len(rows) for frame, rows in found.items()}
        for frame, rows in case.items():
            if frame in _SAID or (frame in _ONCE and frame in found):
                continue
            first = counts.get(_CHILDREN.get(frame, ""), 0)
            moved = [
                {**row, "of": row.get("of", 0) + first} if frame in _CHILDREN else dict(row)
                for row in rows
                if isinstance(row, dict)
            ] or list(rows)
            if frame == "problems":
                moved = [{**p, "index": p["index"] + counts.get(p["frame"], 0)} for p in moved]
            found.setdefault(frame, []).extend(moved)
    return found


def in_files(dept: Department) -> Dossier:
    """Its dossier as readers make it: not completed, and each file's records in a row."""
    dossier = copy.copy(dept.dossier)
    places: dict[str, np.ndarray[Any, Any]] = {}
    frames = {}
    for key, frame in dossier.frames.items():
        order = np.argsort(frame["source"].to_numpy(), kind="stable")
        own = [*BOOKKEEPING, *dossier.blocks[key].keys]
        frames[key] = frame.iloc[order][[c for c in frame if c in own]].reset_index(drop=True)
        places[key] = np.argsort(order)
    dossier.frames = frames
    dossier.problems = [
        _moved(problem, int(places[problem.frame][problem.index])) for problem in dossier.problems
    ]
    dossier.sources = [copy.copy(source) for source in dossier.sources]
    dossier.digests = {
        source.path: hashlib.sha256(source.path.encode()).hexdigest()
        for source in dossier.sources
        if source.form
    }
    return dossier


def _moved(problem: Any, index: int) -> Any:
    changed = copy.copy(problem)
    object.__setattr__(changed, "index", index)
    return changed


def mutated(dossier: Dossier, chance: random.Random, most: int) -> Dossier:
    """Another dossier in which cells of some files are those of other records, or blank."""
    other = copy.copy(dossier)
    other.frames, other.digests = dict(dossier.frames), dict(dossier.digests)
    frames = [key for key in other.frames if key in TIED and len(other.frames[key])]
    for _ in range(chance.randrange(1, most + 1)) if frames else ():
        key = chance.choice(frames)
        frame = other.frames[key]
        column = chance.choice([c for c in frame if c not in BOOKKEEPING])
        values, place = frame[column].tolist(), chance.randrange(len(frame))
        field = other.blocks[key].field(column)
        blank: Any = () if isinstance(values[place], tuple) else ""
        if frame[column].dtype.kind in "Mf":
            blank = pd.NaT if frame[column].dtype.kind == "M" else float("nan")
        choices = [*values, blank]
        if field.options and isinstance(values[place], str):
            choices += field.options
        values[place] = chance.choice(choices)
        other.frames[key] = frame.assign(
            **{column: pd.Series(values, index=frame.index, dtype=frame[column].dtype)}
        )
        path = other.sources[int(frame["source"].iloc[place])].path
        other.digests[path] = hashlib.sha256(f"{path}{chance.random()}".encode()).hexdigest()
    return other


def fresh(dossier: Dossier) -> Department:
    """A department of its own frames."""
    own = copy.copy(dossier)
    own.frames = {key: frame.copy() for key, frame in dossier.frames.items()}
    return Department.of(own, AS_OF)


def parts_of(ties: Ties, scope: Scope) -> list[dict[str, Mask]]:
    """The smallest parts of a department to which a rule may be narrowed."""
    if scope is Scope.WORKBOOK:
        return [ties.of_files({path}) for path in ties.files]
    parts = []
    for key in np.unique(ties.groups):
        sums = ties.sums.copy()
        sums[key] += np.uint64(1)
        rows = ties.changed(ties.keys, sums)
        if any(mask.any() for mask in rows.values()):
            parts.append(rows)
    return parts


def told(dept: Department, spec: RuleSpec) -> list[Breach]:
    return sorted(spec.check(dept), key=repr)


def _is_ready(dept: Department, spec: RuleSpec) -> bool:
    return all(dept.dossier.bound(*need.split(".")) for need in spec.needs)


def _of_cases() -> list[Any]:
    return [
        pytest.param(spec, case, number, id=f"{spec.id}: {case['name']}")
        for spec in SCOPED
        for number, case in enumerate(CASES[spec.id][:2])
    ]


@pytest.mark.parametrize(("spec", "case", "number"), some(_of_cases(), 6))
def test_a_rule_says_of_a_part_what_it_says_of_it_in_the_whole(
    spec: RuleSpec, case: Mapping[str, Any], number: int
) -> None:
    chance = random.Random(f"{spec.id}{number}")
    others = [chance.choice(CASES[chance.choice(sorted(CASES))]) for _ in range(2)]
    alone = in_files(build(case))
    joined = in_files(build(together([case, *others])))
    for dept in map(fresh, (alone, joined, mutated(joined, chance, 3))):
        if not _is_ready(dept, spec):
            continue
        whole, ties = told(dept, spec), Ties(dept)
        for rows in parts_of(ties, spec.scope):
            expected = [b for b in whole if b.frame not in TIED or rows[b.frame][b.index]]
            assert told(narrowed(dept, rows), spec) == expected


def test_every_scoped_rule_is_tried_on_a_breach() -> None:
    tried = {spec.id: case for spec, case, _ in (p.values for p in _of_cases()) if case["expect"]}
    assert tried.keys() == {spec.id for spec in SCOPED}


@pytest.mark.parametrize("seed", range(amount(30, 2)))
def test_with_and_without_what_was_said_before_is_the_same(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.validators.before._LEAST_SHARE", 0)  # however much changed
    chance = random.Random(seed)
    rules = sorted(CASES)
    dossier = in_files(
        build(together(chance.choice(CASES[chance.choice(rules)]) for _ in range(6)))
    )
    before, served = None, 0
    for _ in range(4):
        dept, said = fresh(dossier), dict[str, list[Breach]]()
        ties = Ties(dept)
        known = before and Before(before, ties)
        found = check(dept, before=known, said=said)
        assert found == check(fresh(dossier))
        served += sum(known.serves(spec) for spec in SCOPED) if known else 0
        before = Said.of(ties, said)
        assert before is not None
        if chance.random() < 0.7:
            dossier = mutated(dossier, chance, 4)
    assert served


def test_too_many_breaches_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.validators.before.MOST", 1)
    dept = fresh(in_files(build({"tracking": [{}]})))
    breach = Breach("tracking", 0, "content", "x")
    assert Said.of(Ties(dept), {"R1": [breach]}) is not None
    assert Said.of(Ties(dept), {"R1": [breach], "R2": [breach]}) is None


def test_a_file_without_a_project_ties_all_that_name_none() -> None:
    rows = [{"owner": "钱一", "project_id": "", "project_name": ""},
            {"owner": "孙二", "project_id": "", "project_name": ""}]  # fmt: skip
    apart = Ties(build({"tracking": rows}))
    assert len(parts_of(apart, Scope.MATTER)) == 2
    nameless = {"project_id": "", "project_name": ""}
    assert len(parts_of(Ties(build({"tracking": rows, "fault": [nameless]})), Scope.MATTER)) == 1


def test_a_file_that_nobody_recognised_is_seen_by_all() -> None:
    """Its name may be that of what a rule misses."""
    dossier = in_files(build({"tracking": [{}]}))
    before = registers_of(fresh(dossier))
    strange = Source("产品改进申请单_GJ-1.xlsx", Status.UNRECOGNISED)
    dossier.sources.append(strange)
    dossier.digests[strange.path] = "0f" * 32
    assert registers_of(fresh(dossier)) != before


def test_a_file_of_unknown_content_is_not_remembered() -> None:
    dossier = in_files(build({"tracking": [{}]}))
    assert Said.of(Ties(fresh(dossier)), {}) is not None
    dossier.digests.clear()
    assert Said.of(Ties(fresh(dossier)), {}) is None
