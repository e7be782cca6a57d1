"""R50-1: one remark on all default parameters that findings rest on (第50条)."""

from __future__ import annotations

from typing import Any

from tests.departments import build
from toolkit.model.finding import Finding, Result, Severity
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules

_SILENT = {"sales_present": "否", "channel": "现场", "report_channel": "未汇报"}
RECORDS: dict[str, Any] = {
    "initiation": [{}],
    "tracking": [_SILENT],  # X15: P02
    "leftovers": [{"path": "产品改进申请单"}],  # X35: P04
}
ROWS = [{"parameter": "P01", "value": "2026-01-01"}, {"parameter": "P02"}, {"parameter": "P04"}]


def _remark(**records: Any) -> Finding | None:
    dept = build({**RECORDS, "parameters": ROWS, **records})
    result = check(dept, [load_rules()[rule] for rule in ("X15", "X35")])
    assert {f.rule for f in result.findings if f.result is Result.FAIL} >= {"X15", "X35"}
    found = [f for f in result.findings if f.rule == "R50-1"]
    assert len(found) < 2
    return found[0] if found else None


def test_one_remark_names_all_defaults_that_findings_used() -> None:
    finding = _remark()
    assert finding is not None
    assert (finding.severity, finding.article, finding.count) == (Severity.INFO, 50, 1)
    assert "参数P02、P04还是工具默认值" in finding.message
    assert "“裁定登记”" in finding.hint
    assert f"{finding.path}!{finding.sheet}!{finding.cell}" == "部门配置.xlsx!参数!C5"
    assert finding.cells == ["C5", "C6"]


def test_a_value_a_ruling_or_a_reason_settles_a_parameter() -> None:
    for rows, rulings in (
        ([*ROWS[:1], {"parameter": "P02", "value": "3"}, ROWS[2]], []),
        ([*ROWS[:1], {"parameter": "P02", "ruling": "经理会议纪要"}, ROWS[2]], []),
        (ROWS, [{"number": "CD-1", "question": "何为立即", "parameters": "p02、P30"}]),
    ):
        finding = _remark(parameters=rows, rulings=rulings)
        assert finding is not None
        assert "参数P04还是工具默认值" in finding.message
    settled = [{"number": "CD-1", "question": "何为立即", "parameters": "P02、P04"}]
    assert _remark(rulings=settled) is None


def test_the_remark_keeps_its_id_whatever_it_names() -> None:
    one, other = _remark(), _remark(parameters=[*ROWS[:2], {"parameter": "P04", "value": "2"}])
    assert one is not None
    assert other is not None
    assert (one.id, one.message) != (other.id, other.message)
    assert one.id == other.id


def test_without_a_line_for_the_parameter_another_cell_is_named() -> None:
    finding = _remark(parameters=ROWS[:1])
    assert finding is not None
    assert (finding.cell, finding.cells) == ("A4", ["A4"])
    department = [{"department_name": "示例部"}]
    finding = _remark(parameters=[], department=department)
    assert finding is not None
    assert (finding.sheet, finding.cell) == ("部门信息", "B4")
    assert _remark(parameters=[]) is None, "nowhere to point at"


def test_nothing_is_said_without_a_configuration_or_without_findings() -> None:
    dept = build(RECORDS)
    assert "R50-1" not in {f.rule for f in check(dept, [load_rules()["X15"]]).findings}
    clean = build({"initiation": [{}], "tracking": [{}], "parameters": ROWS})
    assert check(clean, [load_rules()["X15"]]).findings == []


def test_the_first_version_tells_since_when_the_regulation_applies() -> None:
    versions = [
        {"version": "2.0", "start": "2026-07-01"},
        {"version": "1.0", "start": "2026-04-01", "end": "2026-07-01"},
    ]
    early = {**RECORDS, "parameters": [{"parameter": "P01"}], "revisions": versions}
    assert check(build(early), [load_rules()["X15"]]).findings == []
    stated = {**early, "parameters": [{"parameter": "P01", "value": "2026-03-01"}]}
    assert [f.rule for f in check(build(stated), [load_rules()["X15"]]).findings if f.rule == "X15"]
