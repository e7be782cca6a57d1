"""The sample department: exactly its planted findings; every other seed is clean."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.amounts import some
from tests.end_to_end.departments import (
    check,
    grave,
    make_clean,
    make_planted,
    planted_sample,
    where,
)
from tests.golden import differences
from toolkit.model.resources import bundled
from toolkit.writers.sample import SampleSize

GOLDEN = Path(__file__).with_name("sample_findings.toml")
COMMITTED = bundled("workbooks") / "示例部门"
SEEDS = some(range(1, 25), 2)
SIZES = (SampleSize(1, 2, 2, 2, 9), SampleSize(2, 2, 3, 8, 60), SampleSize(9, 5, 4, 30, 500))


def test_committed_sample_has_exactly_the_pinned_findings() -> None:
    pinned = [tuple(f.values()) for f in tomllib.loads(GOLDEN.read_text("utf-8"))["finding"]]
    checked = check(COMMITTED)
    found = [(f.id, f.severity.value, *where(f)) for f in checked.result.findings]
    assert sorted(found) == sorted(pinned)
    assert not checked.result.undetermined


def test_pinned_findings_are_the_planted_ones() -> None:
    planted = {(e.rule, e.path, e.sheet, e.cell) for e in planted_sample().planted}
    pinned = tomllib.loads(GOLDEN.read_text("utf-8"))["finding"]
    assert {(f["rule"], f["path"], f["sheet"], f["cell"]) for f in pinned} == planted
    assert len(pinned) == len(planted)


def test_committed_sample_is_what_the_code_makes(tmp_path: Path) -> None:
    fresh = make_planted(tmp_path / "示例部门")
    names = {p.relative_to(fresh).as_posix() for p in fresh.rglob("*.xlsx")}
    committed = {
        p.relative_to(COMMITTED).as_posix()
        for p in COMMITTED.rglob("*.xlsx")
        if "90_输出" not in p.parts
    }
    assert committed == names
    for name in sorted(names):
        assert not differences(COMMITTED / name, fresh / name), (
            f"{name} is stale: remove the folder, then toolkit init workbooks/示例部门 --sample"
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_clean_department_yields_nothing(seed: int, tmp_path: Path) -> None:
    checked = check(make_clean(tmp_path, seed))
    assert [str(f) for f in grave(checked)] == []
    assert not checked.result.undetermined


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s.engineers} engineers")
def test_a_clean_department_of_any_size_yields_nothing(size: SampleSize, tmp_path: Path) -> None:
    checked = check(make_clean(tmp_path, 11, size))
    assert [str(f) for f in grave(checked)] == []
