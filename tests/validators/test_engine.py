"""The engine: causes, ids, history, waivers, caps, broken rules, and what the results are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.departments import build
from toolkit.model.dossier import SourceProblem
from toolkit.model.finding import Breach, Cause, CheckResult, Finding, Result, Severity
from toolkit.regulation.department import Department
from toolkit.validators.engine import MAX_CELLS, check
from toolkit.validators.registry import RuleSpec, load_rules, rule

NEVER_MOVING = {"tracking": [{}, {"content": "另一件事"}], "initiation": [{}]}


def _spec(check_: Any, **options: Any) -> RuleSpec:
    return RuleSpec("T-1", "试验", 16, Severity.ERROR, check_, **options)


def _rows(dept: Department, **options: Any) -> Iterator[Breach]:
    for index in dept.frame("tracking").index:
        yield Breach("tracking", index, "content", "内容不妥。", "请改正。", **options)


def _one(result: CheckResult) -> Finding:
    (finding,) = result.findings
    return finding


def _ids(records: dict[str, Any]) -> set[str]:
    return {f.id for f in check(build(records)).findings}


# --- broken rules -----------------------------------------------------------------------------


def test_a_rule_that_raises_is_reported_and_the_others_go_on() -> None:
    def broken(dept: Department) -> Iterator[Breach]:
        yield from _rows(dept)
        raise RuntimeError("no such column")

    crashed = RuleSpec("T-0", "坏规则", 16, Severity.ERROR, broken)
    result = check(build(NEVER_MOVING), [crashed, _spec(_rows)])
    assert [f.rule for f in result.findings if f.rule != "T-1"] == ["SYS-1"]
    assert sum(f.rule == "T-1" for f in result.findings) == 2
    internal = next(f for f in result.findings if f.rule == "SYS-1")
    assert "T-0" in internal.message
    assert "no such column" in internal.hint
    assert (internal.severity, internal.result) == (Severity.WARN, Result.UNDETERMINED)
    assert result.results == {"T-0": Result.UNDETERMINED, "T-1": Result.FAIL}


def test_a_rule_id_is_declared_once() -> None:
    load_rules()
    with pytest.raises(ValueError, match="X07"):
        rule("X07", "又一条", article=1, severity=Severity.INFO)(_rows)


# --- ids --------------------------------------------------------------------------------------

BREACHES: dict[str, Any] = {
    "initiation": [
        {"second_presales": "", "expected_start": "2026-12-15", "expected_end": "2026-12-01"},
    ],
    "tracking": [
        {"supporter": "李三", "support_type": "客户培训", "result": ""},
        {"support_date": "2026-04-01", "content": "解决了技术问题"},
        {"support_date": "2026-04-01", "content": "解决了技术问题"},
        {"support_date": "2026-02-03", "supporter": "赵无名"},
    ],
    "project_list": [{"account_sales": "吴销"}],
}  # fmt: skip


def test_ids_survive_a_row_inserted_above() -> None:
    above = {"support_date": "2026-03-04", "content": "准备演示用的样例文档和脚本"}
    inserted = {**BREACHES, "tracking": [above, *BREACHES["tracking"]]}
    before = _ids(BREACHES)
    assert len(before) >= 8
    assert _ids(inserted) == before


def test_ids_survive_renamed_files() -> None:
    renamed = {
        frame: [{**row, "file": f"归档/改名_{frame}.xlsx"} for row in rows]
        if frame == "initiation"
        else [{**row, "file": "归档/钱一的新表.xlsx"} for row in rows]
        for frame, rows in BREACHES.items()
    }
    renamed["tracking_sheet"] = [{"file": "归档/钱一的新表.xlsx"}]
    assert _ids(renamed) == _ids(BREACHES)


def test_ids_differ_by_rule_record_and_field() -> None:
    def two_fields(dept: Department) -> Iterator[Breach]:
        for field in ("content", "result"):
            yield Breach("tracking", 0, field, "不妥。", "请改正。")

    dept = build(NEVER_MOVING)
    ids = [f.id for f in check(dept, [_spec(_rows), _spec(two_fields)]).findings]
    assert len(set(ids)) == len(ids) == 4
    assert all(i.startswith("T-1-") for i in ids)


def test_the_same_id_twice_in_one_run_gets_an_ordinal() -> None:
    dept = build(NEVER_MOVING)
    first, again = check(dept, [_spec(_rows, cause=Cause.PROJECT)] * 2).findings
    assert again.id == f"{first.id}-2"


# --- causes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cause", "counts"),
    [(Cause.RECORD, [1, 1, 1, 1]), (Cause.PROJECT, [1, 3]), (Cause.PERSON, [2, 2])],
)
def test_breaches_of_one_cause_are_one_finding(cause: Cause, counts: list[int]) -> None:
    rows = [{}, {"supporter": "孙二"}, {"supporter": "孙二"}, {"project_id": "XM2026-0002"}]
    result = check(build({"tracking": rows}), [_spec(_rows, cause=cause)])
    assert sorted(f.count for f in result.findings) == counts


def test_a_grouped_finding_lists_its_cells_and_says_how_many() -> None:
    dept = build({"tracking": [{}, {"owner": "孙二"}, {}]})
    finding = _one(check(dept, [_spec(_rows, cause=Cause.PROJECT)]))
    assert (finding.path, finding.sheet, finding.cell) == ("项目跟踪表_钱一.xlsx", "跟踪记录", "I4")
    assert finding.cells == ["I4", "项目跟踪表_孙二.xlsx!跟踪记录!I4", "I5"]
    assert (finding.count, finding.project) == (3, "XM2026-0001")
    assert "同类共3处" in finding.message


def test_the_gravest_breach_speaks_for_its_group() -> None:
    def mixed(dept: Department) -> Iterator[Breach]:
        yield Breach("tracking", 0, "content", "轻。", "请看。", Severity.INFO, cause="x")
        yield Breach("tracking", 1, "result", "重。", "请改。", Severity.ERROR, cause="x")

    finding = _one(check(build(NEVER_MOVING), [_spec(mixed)]))
    assert (finding.severity, finding.cell) == (Severity.ERROR, "L5")
    assert finding.message.startswith("重。")


def test_cells_are_capped_the_count_is_not() -> None:
    rows = [{"content": f"第{n}次演示"} for n in range(MAX_CELLS + 30)]
    finding = _one(check(build({"tracking": rows}), [_spec(_rows, cause=Cause.PROJECT)]))
    assert len(finding.cells) == MAX_CELLS
    assert finding.count == MAX_CELLS + 30


# --- dates ------------------------------------------------------------------------------------

DATED = [{"support_date": d} for d in ("2026-03-10", "2026-03-11", "2026-06-02")]


def test_events_before_the_go_live_day_are_one_line_of_history() -> None:
    dept = build({"tracking": DATED, "department": [{"go_live_date": "2026-06-01"}]})
    result = check(dept, [_spec(_rows)])
    assert result.history == 2
    history = next(f for f in result.findings if f.rule == "HIST")
    assert (history.severity, history.count) == (Severity.INFO, 2)
    assert "2026-06-01" in history.message
    assert [f.cell for f in result.findings if f.rule == "T-1"] == ["I6"]
    assert result.counts()["history"] == 2


def test_a_rule_may_say_when_it_happened() -> None:
    def late(dept: Department) -> Iterator[Breach]:
        yield from _rows(dept, on=date(2026, 7, 1))

    dept = build({"tracking": DATED, "department": [{"go_live_date": "2026-06-01"}]})
    result = check(dept, [_spec(late)])
    assert (result.history, len(result.findings)) == (0, 3)


def test_events_before_the_regulation_are_dropped_without_a_trace() -> None:
    dept = build({"tracking": DATED, "parameters": [{"parameter": "P01", "value": "2026-06-01"}]})
    result = check(dept, [_spec(_rows)])
    assert [f.cell for f in result.findings] == ["I6"]
    assert result.history == 0


def test_the_go_live_day_itself_and_undated_records_count() -> None:
    rows = [{"support_date": "2026-06-01"}, {"support_date": ""}]
    dept = build({"tracking": rows, "department": [{"go_live_date": "2026-06-01"}]})
    assert len(check(dept, [_spec(_rows)]).findings) == 2


@pytest.mark.parametrize(
    ("clock", "severity", "says"),
    [
        ((date(2026, 3, 10), date(2026, 3, 12)), Severity.ERROR, ""),
        ((date(2030, 12, 30), date(2031, 1, 2)), Severity.WARN, "（未计入2030、2031年节假日）"),
    ],
)
def test_a_deadline_over_an_unknown_year_is_at_most_a_warning(
    clock: tuple[date, date], severity: Severity, says: str
) -> None:
    def late(dept: Department) -> Iterator[Breach]:
        yield Breach("tracking", 0, "content", "迟了。", "请补。", clock=clock)

    finding = _one(check(build(NEVER_MOVING), [_spec(late, deadline=True)]))
    assert finding.severity is severity
    assert finding.message == f"迟了。{says}"


def test_softening_never_makes_a_hint_graver() -> None:
    def late(dept: Department) -> Iterator[Breach]:
        day = date(2031, 3, 3)
        yield Breach("tracking", 0, "content", "迟了。", "请补。", Severity.INFO, clock=(day, day))

    assert _one(check(build(NEVER_MOVING), [_spec(late)])).severity is Severity.INFO


# --- waivers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waiver", "waived"),
    [
        ({}, True),
        ({"until": "2026-11-20"}, True),
        ({"until": "2026-11-19"}, False),
        ({"until": ""}, False),
        ({"approver": ""}, False),
        ({"reason": ""}, False),
        ({"finding_id": "T-1-00000000"}, False),
    ],
)
def test_only_complete_unexpired_waivers_of_that_finding_hold(
    waiver: dict[str, Any], waived: bool
) -> None:
    records: dict[str, Any] = {"tracking": [{}]}
    found = _one(check(build(records), [_spec(_rows)]))
    line = {"finding_id": found.id.lower(), "reason": "客户要求", "approver": "陈经"}
    records["waivers"] = [{**line, "until": "2026-12-31", **waiver}]
    result = check(build(records), [_spec(_rows)])
    (finding,) = (f for f in result.findings if f.rule == "T-1")
    assert bool(finding.waived) is waived
    assert result.counts()["waived"] == waived
    assert result.counts()["error"] == (not waived)
    if waived:
        assert "客户要求" in finding.waived
        assert "陈经" in finding.waived


def _with_waiver(number: str, until: str = "2026-12-31") -> CheckResult:
    line = {"finding_id": number, "reason": "客户要求", "approver": "陈经", "until": until}
    records: dict[str, Any] = {"tracking": [{}], "waivers": [line]}
    return check(build(records), [_spec(_rows)])


def test_a_waiver_that_ran_out_while_its_finding_is_there_is_a_finding() -> None:
    number = _one(check(build({"tracking": [{}]}), [_spec(_rows)])).id
    spent = [f for f in _with_waiver(number, "2026-11-19").findings if f.rule == "WVR-2"]
    assert [(f.path, f.sheet, f.cell) for f in spent] == [("部门配置.xlsx", "豁免登记", "D4")]
    assert number in spent[0].message
    assert "2026-11-19到期" in spent[0].message
    again = [f for f in _with_waiver(number, "2026-11-18").findings if f.rule == "WVR-2"]
    assert again[0].id != spent[0].id, "each end of a waiver is a matter of its own"


def test_a_waiver_whose_finding_is_gone_needs_nobody() -> None:
    assert [f.rule for f in _with_waiver("T-1-00000000", "2026-11-19").findings] == ["T-1"]
    assert [f.rule for f in _with_waiver("T-1-00000000").findings] == ["T-1"]


def test_an_id_that_misses_by_a_slip_is_pointed_out() -> None:
    number = _one(check(build({"tracking": [{}]}), [_spec(_rows)])).id
    slip = number[:-1] + ("0" if number[-1] != "0" else "1")
    (told,) = (f for f in _with_waiver(slip).findings if f.rule == "WVR-2")
    assert told.cell == "A4"
    assert slip in told.message
    assert number in told.message


# --- the four results -------------------------------------------------------------------------


def _undetermined(dept: Department) -> Iterator[Breach]:
    yield from _rows(dept, result=Result.UNDETERMINED)


@pytest.mark.parametrize(
    ("spec", "result"),
    [
        (_spec(lambda dept: []), Result.PASS),
        (_spec(_rows), Result.FAIL),
        (_spec(_undetermined), Result.UNDETERMINED),
        (_spec(_rows, registers=("bugs",)), Result.NOT_APPLICABLE),
        (_spec(_rows, needs=("bugs.title",)), Result.NOT_APPLICABLE),
        (_spec(_rows, either=("bugs", "fault")), Result.NOT_APPLICABLE),
        (_spec(_rows, either=("bugs", "tracking")), Result.FAIL),
    ],
)
def test_the_result_of_a_rule(spec: RuleSpec, result: Result) -> None:
    assert check(build(NEVER_MOVING), [spec]).results == {"T-1": result}


def test_a_field_that_nobody_has_makes_the_rule_undetermined_and_is_named() -> None:
    spec = _spec(_rows, needs=("tracking.content", "tracking.hours"))
    result = check(build({**NEVER_MOVING, "without": ["tracking.hours"]}), [spec])
    assert result.findings == []
    (missing,) = result.undetermined
    assert missing.needs == ("tracking.hours",)
    assert missing.reason == "补充“跟踪记录”的“工时(小时)”后可启用规则 T-1"
    assert result.results == {"T-1": Result.UNDETERMINED}


# --- the rest ---------------------------------------------------------------------------------


def test_what_the_reader_found_out_about_a_file_becomes_a_finding() -> None:
    dept = build(NEVER_MOVING)
    dept.dossier.source_problems.append(
        SourceProblem(0, "SRC-1", "warn", "文件有密码。", "请去掉密码。", "项目清单", "A1")
    )
    finding = _one(check(dept, []))
    assert (finding.rule, finding.severity, finding.cell) == ("SRC-1", Severity.WARN, "A1")
    assert finding.path == dept.dossier.sources[0].path


def test_the_gravest_come_first() -> None:
    order = [f.severity.rank for f in check(build(BREACHES)).findings]
    assert order == sorted(order)
    assert len(set(order)) > 1


def test_an_empty_department_has_nothing_to_say() -> None:
    result = check(build({"roster": [], "roles": []}))
    assert result.findings == []
    assert result.undetermined == []
    assert set(result.results.values()) <= {Result.PASS, Result.NOT_APPLICABLE}
