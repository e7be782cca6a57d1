"""planned.toml: the whole catalogue is active, merged or planned, and nothing twice."""

from __future__ import annotations

import pytest

from tests.material import RULE_ID, catalogue_ids, require
from tests.validators.prune_planned import PLANNED, pruned
from toolkit.model.finding import Severity
from toolkit.validators import planned
from toolkit.validators.notices import NOTICES
from toolkit.validators.planned import (
    PlannedRule,
    active_ids,
    article_of,
    listed_as_planned,
    merged_rules,
    planned_rules,
)
from toolkit.validators.registry import load_rules


def test_every_id_of_the_catalogue_is_active_merged_or_planned() -> None:
    require("catalogue.md")
    ids = catalogue_ids()
    assert len(ids) > 180
    assert ids - active_ids() - planned_rules().keys() == set()
    assert listed_as_planned() <= ids, "an id that the catalogue does not have"


def test_no_line_is_left_of_a_rule_that_became_active() -> None:
    spare = sorted(listed_as_planned() & {*load_rules(), *NOTICES})
    assert spare == [], "run: python -m tests.validators.prune_planned"


def test_an_id_that_is_both_counts_as_active(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = PlannedRule("X07", "跟踪表", 16, Severity.ERROR, waits_for="汇报邮件")
    kinds = dict(planned._catalogue())
    monkeypatch.setattr(
        planned, "_catalogue", lambda: {**kinds, "planned": {**kinds["planned"], "X07": twice}}
    )
    assert "X07" in active_ids()
    assert "X07" not in planned_rules()
    assert article_of("X07") == load_rules()["X07"].article


def test_every_planned_rule_says_what_it_waits_for() -> None:
    for rule in planned_rules().values():
        assert RULE_ID.fullmatch(rule.id)
        assert rule.waits_for, rule.id
        assert 1 <= rule.article <= 53
        assert len(rule.title) <= 24, rule.id
        f"{rule.title}{rule.waits_for}".encode("gbk")


def test_merged_ids_name_who_does_their_work() -> None:
    rules = load_rules()
    merged = merged_rules()
    assert {"X89", "X91", "X92", "R45-3", "R47-1"} <= merged.keys()
    for rule in merged.values():
        assert set(rule.carried_by) <= {*rules, *NOTICES}
        assert bool(rule.carried_by) is not bool(rule.done_by), rule.id
        assert not rule.waits_for
    assert merged["X91"].note == "由R02-1、R02-2、R02-3检查"
    assert merged["X92"].note == "由引擎对所有规则统一处理"


def test_a_merged_id_waits_as_long_as_its_carrier_does(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = PlannedRule("X998", "甲", 7, Severity.WARN, waits_for="《转办单》")
    merged = PlannedRule("X999", "乙", 7, Severity.WARN, carried_by=("X998",))
    kinds = {"planned": {"X998": waiting}, "merged": {"X999": merged}}
    monkeypatch.setattr(planned, "_catalogue", lambda: kinds)
    assert "X999" not in active_ids()
    assert planned_rules()["X999"].waits_for == "《转办单》"
    assert merged_rules() == {}


@pytest.mark.parametrize(
    ("rule", "article"), [("X42", 21), ("R52-2", 52), ("X65", 31), ("X91", 2), ("X404", None)]
)
def test_the_article_of_any_rule(rule: str, article: int | None) -> None:
    assert article_of(rule) == article


def test_pruning_takes_out_those_lines_and_nothing_else() -> None:
    text = PLANNED.read_text("utf-8")
    first, second = sorted(planned_rules())[:2]
    lines = pruned(text, {first, "X07"}).splitlines()
    assert not any(line.startswith(f"{first} =") for line in lines)
    assert sum(line.startswith(f"{second} =") for line in lines) == 1
    assert len(lines) == len(text.splitlines()) - 1
    assert pruned(text, set()) == text
