"""流程简化 and the chapter that is not binding: what they soften, what not, and what came late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.departments import build
from toolkit.model.finding import Breach, Cause, CheckResult, Finding, Severity
from toolkit.regulation.department import Department
from toolkit.validators.engine import check
from toolkit.validators.registry import RuleSpec

REASON = "客户已在上一期做过同样的测试"
TWO_PROJECTS = [{}, {"project_id": "XM2026-0002"}]


def every_row(dept: Department, **options: Any) -> Iterator[Breach]:
    for index in dept.frame("tracking").index:
        yield Breach("tracking", index, "content", "没有确认。", "请补上。", **options)


def spec(article: int | None = 29, check_: Any = every_row, **options: Any) -> RuleSpec:
    return RuleSpec("T-1", "试验", article, Severity.ERROR, check_, **options)


def checked(
    simplification: dict[str, Any] | list[dict[str, Any]],
    rows: list[dict[str, Any]] | None = None,
    own: RuleSpec | None = None,
    **more: Any,
) -> CheckResult:
    lines = simplification if isinstance(simplification, list) else [simplification]
    rows = [{}] if rows is None else rows
    records = {"tracking": rows, "simplifications": lines, **more}
    return check(build(records), [own or spec()])


def of_the_rule(result: CheckResult) -> list[Finding]:
    return [f for f in result.findings if f.rule == "T-1"]


def soft(result: CheckResult) -> bool:
    """Whether the one finding of the rule became a remark that says why."""
    (finding,) = of_the_rule(result)
    assert (finding.severity is Severity.INFO) == (f"（已登记简化：{REASON}）" in finding.message)
    assert finding.simplified == (finding.severity is Severity.INFO)
    return finding.severity is Severity.INFO


# --- what a registered simplification does ----------------------------------------------------


def test_a_step_left_out_on_purpose_is_a_remark_that_gives_the_reason() -> None:
    result = checked({})
    (finding,) = of_the_rule(result)
    assert finding.severity is Severity.INFO
    assert finding.message == f"没有确认。（已登记简化：{REASON}）"
    assert result.counts()["error"] == 0


@pytest.mark.parametrize("step", ["第29条", "第二十九条", "29", "第4条、第29条"])
def test_the_step_may_be_named_in_several_ways(step: str) -> None:
    assert soft(checked({"step": step}))


def test_a_step_may_be_the_rule_itself() -> None:
    own = RuleSpec("X64", "试验", 29, Severity.ERROR, every_row)
    result = checked({"step": "x64"}, own=own)
    assert [f.severity for f in result.findings if f.rule == "X64"] == [Severity.INFO]
    other = checked({"step": "X65"}, own=own)
    assert [f.severity for f in other.findings if f.rule == "X64"] == [Severity.ERROR]


@pytest.mark.parametrize(
    "line",
    [
        {"step": "第30条"},
        {"reason": ""},
        {"decided_by": ""},
        {"register_date": ""},
        {"project_id": "XM2026-0002"},
        {"project_id": "", "project_name": "查无此项目"},
        {"step": "测试准备"},
    ],
)
def test_another_step_another_project_or_half_a_line_changes_nothing(line: dict[str, Any]) -> None:
    assert not soft(checked(line, initiation=[{}]))


def test_the_project_may_be_named() -> None:
    line = {"project_id": "", "project_name": "示例平台"}
    assert soft(checked(line, initiation=[{}]))


def test_a_record_without_project_is_never_covered() -> None:
    rows = [{"project_id": "", "project_name": ""}]
    assert not soft(checked({"project_id": "", "project_name": ""}, rows))


@pytest.mark.parametrize(
    ("period", "day", "covered"),
    [
        ({}, "2026-03-02", True),
        ({}, "2026-03-01", False),
        ({}, "2026-11-20", True),
        ({"start": "2026-03-09", "end": "2026-03-11"}, "2026-03-08", False),
        ({"start": "2026-03-09", "end": "2026-03-11"}, "2026-03-09", True),
        ({"start": "2026-03-09", "end": "2026-03-11"}, "2026-03-11", True),
        ({"start": "2026-03-09", "end": "2026-03-11"}, "2026-03-12", False),
        ({"end": "2026-03-11"}, "2026-03-01", False),
        ({}, "", True),
        ({"end": "2026-12-31"}, "", False),
    ],
)
def test_the_period_is_exact(period: dict[str, Any], day: str, covered: bool) -> None:
    """Without 适用起 it begins on 登记日期; a record without a date needs one without an end."""
    assert soft(checked(period, [{"support_date": day}])) is covered


def test_the_day_is_that_of_the_event_and_not_of_the_record() -> None:
    def later(dept: Department) -> Iterator[Breach]:
        yield from every_row(dept, on=date(2026, 4, 1))

    assert not soft(checked({"end": "2026-03-31"}, own=spec(check_=later)))
    assert soft(checked({"start": "2026-04-01"}, own=spec(check_=later)))


@pytest.mark.parametrize("article", [4, 9, 13, 14, 21, 22])
def test_articles_of_p29_stay_as_they_are(article: int) -> None:
    assert not soft(checked({"step": f"第{article}条"}, own=spec(article)))


@pytest.mark.parametrize(("rule", "article"), [("R31-2", 31), ("X55", 46)])
def test_of_some_articles_one_rule_alone_stays(rule: str, article: int) -> None:
    step = {"step": f"第{article}条"}
    assert soft(checked(step, own=spec(article)))
    result = checked(step, own=replace(spec(article), id=rule))
    assert [f.severity for f in result.findings if f.rule == rule] == [Severity.ERROR]


def test_p29_counts_on_the_day_of_the_event() -> None:
    own = {"parameters": [{"parameter": "P29", "value": "29", "start": "2026-03-10"}]}
    assert soft(checked({}, [{"support_date": "2026-03-09"}], **own))
    assert not soft(checked({}, [{"support_date": "2026-03-10"}], **own))


def test_a_finding_of_several_breaches_is_a_remark_only_if_all_are_covered() -> None:
    everything = spec(cause=Cause.PERSON)
    both = [{}, {"project_id": "XM2026-0002", "reason": "随主项目一起做过"}]
    (finding,) = of_the_rule(checked(both, TWO_PROJECTS, everything))
    assert finding.severity is Severity.INFO
    assert finding.message.endswith(f"（同类共2处）（已登记简化：{REASON}；随主项目一起做过）")
    assert not soft(checked({}, TWO_PROJECTS, everything))
    days = [{"support_date": "2026-03-10"}, {"support_date": "2026-03-20"}]
    assert not soft(checked({"end": "2026-03-10"}, days, spec(cause=Cause.PROJECT)))


def test_findings_of_their_own_are_softened_one_by_one() -> None:
    found = of_the_rule(checked({}, TWO_PROJECTS))
    by_project = {f.project: f.severity for f in found}
    assert by_project == {"XM2026-0001": Severity.INFO, "XM2026-0002": Severity.ERROR}


# --- the chapter that is not binding (P27) ----------------------------------------------------

BINDING = {"parameters": [{"parameter": "P27", "value": "是", "start": "2026-03-10"}]}
SAID = "（本章暂不作硬性要求，参数P27＝否）"


@pytest.mark.parametrize(
    ("article", "severity", "softened"),
    [
        (34, Severity.ERROR, Severity.ERROR),
        (35, Severity.ERROR, Severity.WARN),
        (42, Severity.WARN, Severity.INFO),
        (38, Severity.INFO, Severity.INFO),
        (43, Severity.ERROR, Severity.ERROR),
    ],
)
def test_the_chapter_on_implementation_is_a_degree_milder(
    article: int, severity: Severity, softened: Severity
) -> None:
    own = RuleSpec("T-1", "试验", article, severity, every_row)
    (finding,) = of_the_rule(checked([], own=own))
    assert finding.severity is softened
    assert (SAID in finding.message) == (severity is not softened)


def test_it_is_binding_from_the_day_on_which_p27_says_so() -> None:
    days = [{"support_date": "2026-03-09"}, {"support_date": "2026-03-10"}]
    before, after = sorted(
        of_the_rule(checked([], days, spec(39), **BINDING)), key=lambda f: f.cell
    )
    assert (before.severity, before.message) == (Severity.WARN, f"没有确认。{SAID}")
    assert (after.severity, after.message) == (Severity.ERROR, "没有确认。")


def test_a_hard_rule_of_the_chapter_stays_as_it_is() -> None:
    (finding,) = of_the_rule(checked([], own=spec(39, hard=True)))
    assert (finding.severity, finding.message) == (Severity.ERROR, "没有确认。")


def test_a_hard_rule_may_be_simplified_all_the_same() -> None:
    assert soft(checked({"step": "第39条"}, own=spec(39, hard=True)))


def test_what_softens_twice_says_both() -> None:
    (finding,) = of_the_rule(checked({"step": "第39条"}, own=spec(39)))
    assert finding.severity is Severity.INFO
    assert finding.message == f"没有确认。{SAID}（已登记简化：{REASON}）"


# --- R52-2: registered too late ---------------------------------------------------------------


def late(result: CheckResult) -> list[Finding]:
    return [f for f in result.findings if f.rule == "R52-2"]


@pytest.mark.parametrize(
    ("registered", "told"),
    [("2026-03-09", False), ("2026-03-10", False), ("2026-03-11", True)],
)
def test_a_simplification_written_after_the_event_is_told(registered: str, told: bool) -> None:
    result = checked({"register_date": registered, "start": "2026-03-01"})
    assert soft(result), "it is a remark all the same"
    assert bool(late(result)) is told
    for finding in late(result):
        assert (finding.severity, finding.article) == (Severity.WARN, 52)
        assert f"{finding.path}!{finding.sheet}!{finding.cell}" == "部门协作登记.xlsx!流程简化!H4"
        assert finding.person == "钱一"
        assert finding.message == (
            "这条简化2026-03-11才登记，免除的却是2026-03-10的T-1，属于事后补登。"
        )
        assert "先登记" in finding.hint


def test_a_step_that_was_not_due_yet_could_still_be_simplified() -> None:
    def in_time(dept: Department) -> Iterator[Breach]:
        clock = date(2026, 3, 10), date(2026, 3, 12)
        yield from every_row(dept, clock=clock)

    def due_later(dept: Department) -> Iterator[Breach]:
        yield from every_row(dept, due=date(2026, 3, 12))

    for breaches in (in_time, due_later):
        own = spec(check_=breaches)
        on_the_day = checked({"register_date": "2026-03-12", "start": "2026-03-01"}, own=own)
        after = checked({"register_date": "2026-03-13", "start": "2026-03-01"}, own=own)
        assert [bool(late(on_the_day)), bool(late(after))] == [False, True]


def test_a_late_line_that_excuses_nothing_is_nobodys_matter() -> None:
    line = {"register_date": "2026-11-01", "start": "2026-03-01"}
    assert late(checked(line, rows=[])) == []
    assert late(checked(line | {"step": "第30条"})) == []
    later = [{"support_date": "2026-11-02"}]
    assert late(checked(line, later)) == []
    half_covered = checked(line, TWO_PROJECTS, spec(cause=Cause.PERSON))
    assert late(half_covered) == [], "the finding stays, so nothing was excused"


def test_a_record_without_a_date_proves_nothing() -> None:
    line = {"register_date": "2026-11-01", "start": "2026-03-01"}
    result = checked(line, [{"support_date": ""}])
    assert soft(result)
    assert late(result) == []


def test_one_late_line_is_one_finding_that_names_the_first_events() -> None:
    rows = [{"support_date": f"2026-03-{day}"} for day in (14, 10, 11, 12, 13)]
    (finding,) = late(checked({"register_date": "2026-06-01", "start": "2026-03-01"}, rows))
    named = "2026-03-10的T-1、2026-03-11的T-1、2026-03-12的T-1等5处"
    assert named in finding.message
    assert finding.count == 1


def test_an_earlier_line_about_the_same_step_is_the_one_that_counts() -> None:
    lines = [{"register_date": "2026-06-01", "start": "2026-03-01"}, {}]
    assert late(checked(lines)) == []


def test_a_late_line_can_be_waived() -> None:
    line = {"register_date": "2026-03-11", "start": "2026-03-01"}
    (told,) = late(checked(line))
    waiver = {"finding_id": told.id, "reason": "已说明", "approver": "陈经", "until": "2026-12-31"}
    (waived,) = late(checked(line, waivers=[waiver]))
    assert waived.waived
