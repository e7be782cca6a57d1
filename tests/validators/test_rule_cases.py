"""Every rule against its cases in cases/<rule>.toml: exactly these findings at these cells."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.amounts import some
from tests.departments import build
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules

CASES = Path(__file__).parent / "cases"


def _cases() -> list[Any]:
    params = []
    for path in sorted(CASES.glob("*.toml")):
        for case in some(tomllib.loads(path.read_text("utf-8"))["case"], 3):
            params.append(pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}"))
    return params


@pytest.mark.parametrize(("rule_id", "case"), _cases())
def test_rule_case(rule_id: str, case: dict[str, Any]) -> None:
    """`expect` lists every finding: `at` (path!sheet!cell), and what else is worth pinning."""
    options = {"as_of": case["as_of"]} if "as_of" in case else {}
    dept = build(case, **options)
    result = check(dept, [load_rules()[rule_id]])
    internal = [f.hint for f in result.findings if f.rule == "SYS-1"]
    assert not internal
    found = [f for f in result.findings if f.rule == rule_id]
    at = [f"{f.path}!{f.sheet}!{f.cell}" for f in found]
    assert sorted(at) == sorted(e["at"] for e in case["expect"])
    for expected in case["expect"]:  # of several findings at one cell each is expected in order
        number = at.index(expected["at"])
        finding, at[number] = found[number], ""
        for name in ("severity", "count", "person", "project", "cells", "article"):
            if name in expected:
                assert getattr(finding, name) == expected[name], name
        assert expected.get("result", "不符合") == finding.result
        for words in (expected.get("says", []),):
            for word in [words] if isinstance(words, str) else words:
                assert word in finding.message + finding.hint
        assert finding.message
        assert finding.hint, "a finding says what to do next"
    assert [u.rule for u in result.undetermined] == ([rule_id] if case.get("undetermined") else [])


def test_every_rule_has_a_passing_and_a_failing_case() -> None:
    for rule_id in load_rules():
        path = CASES / f"{rule_id}.toml"
        assert path.exists(), f"{rule_id} has no cases"
        cases = tomllib.loads(path.read_text("utf-8"))["case"]
        assert any(c["expect"] for c in cases), f"{rule_id} has no failing case"
        assert any(not c["expect"] for c in cases), f"{rule_id} has no passing case"


def test_every_rule_explains_itself() -> None:
    for spec in load_rules().values():
        assert set(spec.examples) >= {"要求", "反例", "正例"}, spec.id
    bad_examples = [s.examples["反例"] for s in load_rules().values()]
    assert len(bad_examples) == len(set(bad_examples)), "two rules share one 反例"
