"""Field rules where a case in TOML does not fit: workbooks of different layout, the forms' ids."""

from __future__ import annotations

from typing import Any

import pytest

from tests.departments import build
from toolkit.forms import load_forms
from toolkit.model.finding import Finding
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules

FIELDS = [(b, f) for form in load_forms().values() for b in form.blocks for f in b.fields]


def _found(rule_id: str, records: dict[str, Any], *dropped: tuple[str, str]) -> list[Finding]:
    """Findings of one rule; `dropped` are (file, field) columns that this file does not have."""
    dept = build(records)
    for binding in dept.dossier.bindings:
        for file, field in dropped:
            if dept.dossier.sources[binding.source].path == file:
                binding.columns.pop(field, None)
                binding.cells.pop(field, None)
    return check(dept, [load_rules()[rule_id]]).findings


def test_a_workbook_without_the_column_is_left_alone_the_others_are_not() -> None:
    rows = [{"sales_present": ""}, {"owner": "孙二", "sales_present": ""}]
    found = _found("R16-3", {"tracking": rows}, ("项目跟踪表_钱一.xlsx", "sales_present"))
    assert [(f.path, f.cell) for f in found] == [("项目跟踪表_孙二.xlsx", "J4")]


def test_a_form_without_the_cell_is_left_alone() -> None:
    forms = [{"second_presales": ""}, {"project_id": "XM2026-0002", "second_presales": ""}]
    found = _found("R04-1", {"initiation": forms}, ("立项单_1.xlsx", "second_presales"))
    assert [f.path for f in found] == ["立项单_2.xlsx"]


def test_every_rule_that_a_field_names_exists() -> None:
    named = {f.rule for _, f in FIELDS if f.required} | {f.enforced_by for _, f in FIELDS} - {""}
    assert named <= set(load_rules())


@pytest.mark.parametrize(
    ("block", "field"),
    [(b.key, f) for b, f in FIELDS if f.required and not f.required.clauses and not f.enforced_by],
    ids=lambda value: value if isinstance(value, str) else value.key,
)
def test_every_field_that_is_always_required_is_reported_when_blank(block: str, field: Any) -> None:
    """Whatever the forms demand is checked, at the field's own cell."""
    records: dict[str, Any] = {block: [{"note": "x", "description": "说明", field.key: ""}]}
    if block == "improvement_hours":
        records["improvement"] = [{}]
    dept = build(records)
    findings = check(dept, [load_rules()[field.rule]]).findings
    cell = dept.dossier.locate(block, 0, field.key).cell
    hit = [f for f in findings if f.cell == cell and f.sheet == dept.dossier.blocks[block].sheet]
    assert [f.severity.value for f in hit] == [field.required_severity]
    assert field.label in hit[0].message
