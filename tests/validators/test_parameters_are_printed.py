"""Whoever reads a finding sees which parameters it rests on: id, value, the regulation's word."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.amounts import some
from tests.departments import build
from toolkit.model.finding import Finding, Result
from toolkit.regulation.parameters import parameter_catalogue
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules

CASES = Path(__file__).parent / "cases"
_NAMED = re.compile(r"参数(P\d\d)")
_WITHOUT = {
    "X38": "尚未办结",  # an open form behind a closed leftover: no deadline in it
    "X58": "晚于项目要求的",  # against the project's own date
}
"""Rules of which some findings rest on no parameter, and the words by which those are known."""
_ABOUT_PARAMETERS = {"CFG-1", "R03-1"}
"""Their findings name the parameter that somebody should set."""
_RULES = sorted({path.stem for path in CASES.glob("*.toml")} & set(load_rules()))


@cache
def _failed(rule_id: str) -> tuple[Finding, ...]:
    """What the cases of a rule make it find."""
    found: list[Finding] = []
    cases = tomllib.loads((CASES / f"{rule_id}.toml").read_text("utf-8"))["case"]
    for case in some([case for case in cases if case["expect"]], 1):
        options = {"as_of": case["as_of"]} if "as_of" in case else {}
        result = check(build(case, **options), [load_rules()[rule_id]])
        found += [f for f in result.findings if f.rule == rule_id and f.result is Result.FAIL]
    return tuple(found)


@pytest.mark.parametrize("rule_id", [r for r in _RULES if load_rules()[r].parameters])
def test_each_finding_prints_a_parameter_with_its_value_and_word(rule_id: str) -> None:
    for finding in _failed(rule_id):
        said = finding.message + finding.hint
        if _WITHOUT.get(rule_id, "\0") in said:
            continue
        assert _NAMED.search(said), f"{rule_id} prints no parameter: {said}"
        for key in _NAMED.findall(said):
            kind = parameter_catalogue()[key]
            # a list of phrases is too long to print: its name, beside the phrase that was found
            assert f"参数{key}＝" in said or f"参数{key}“{kind.name}”" in said, said
            assert kind.word in said, f"{key} stands for “{kind.word}”: {said}"


@pytest.mark.parametrize("rule_id", [r for r in _RULES if r not in _ABOUT_PARAMETERS])
def test_a_rule_declares_the_parameters_that_it_prints(rule_id: str) -> None:
    said = "".join(f.message + f.hint for f in _failed(rule_id))
    # the engine itself prints P27 where it softens
    assert set(_NAMED.findall(said)) - {"P27"} <= set(load_rules()[rule_id].parameters)
