"""The planted breaches: each stands where it says, and nothing else differs."""

from __future__ import annotations

import pytest

from toolkit.forms import layout_of, load_forms
from toolkit.model.errors import ToolkitError
from toolkit.model.location import split_a1
from toolkit.writers.sample import Expected, SampleSize

from .sample_department import Facts, planned

RULES = {
    "X02", "X07", "X10", "X27", "X34", "X42", "X51", "X55", "R04-1", "R15-3", "R16-3", "FLD-2",
}  # fmt: skip


@pytest.fixture(scope="module", params=[2026, 1, 2, 3])
def facts(request: pytest.FixtureRequest) -> Facts:
    return planned(request.param, planted=True)


def test_each_rule_is_broken_once_in_different_places(facts: Facts) -> None:
    planted = facts.department.planted
    assert {one.rule for one in planted} == RULES
    assert len(planted) == len(RULES)
    assert len({(one.path, one.sheet, one.cell) for one in planted}) == len(RULES)
    assert len({one.path for one in planted}) >= 8


def test_the_cells_hold_what_breaks_the_rule(facts: Facts) -> None:
    held = {one.rule: _held(facts, one) for one in facts.department.planted}
    assert held["R15-3"] == "解决了技术问题"
    assert held["R16-3"] is None
    assert held["X34"] is None
    assert held["R04-1"] is None
    assert held["FLD-2"] == "2026.13.5"
    assert held["X51"] == "三次未解决"


def test_the_people_in_them_are_the_wrong_ones(facts: Facts) -> None:
    marks = {one.rule: one for one in facts.department.planted}
    row = _record(facts, marks["X10"])
    project = facts.project_of(row)
    first, second = (
        facts.first(project, row["support_date"]),
        facts.second(project, row["support_date"]),
    )
    assert row["supporter"] not in (first, second)
    row = _record(facts, marks["X07"])
    owner = facts.owner(marks["X07"].path)
    assert owner == facts.second(row["project_id"], row["support_date"])
    assert owner != facts.first(row["project_id"], row["support_date"])
    values = facts.contents[marks["X55"].path][1].labels["fault"]
    assert values["confirm_person"] != values["proposer"]
    values = facts.contents[marks["X42"].path][1].labels["improvement"]
    assert values["ordinal"] == 3
    assert values["issuer"] == values["responsible_presales"]


def test_the_others_of_their_kind_stay_clean(facts: Facts) -> None:
    marks = {one.rule: one for one in facts.department.planted}
    row = _record(facts, marks["X02"])
    charter = facts.projects[facts.project_of(row)]["charter_date"]
    assert row["support_date"] < charter
    copy = _record(facts, marks["X27"])
    rows = facts.contents[marks["X27"].path][1].tables["tracking"]
    assert rows.count(copy) == 2
    attempts = facts.contents[marks["X51"].path][1].tables["fault_attempts"]
    assert len(attempts) == 2


def test_a_department_without_room_for_them_says_so() -> None:
    with pytest.raises(ToolkitError, match="太小"):
        planned(1, SampleSize(engineers=2, projects=2, records=4), planted=True)


def _record(facts: Facts, mark: Expected) -> dict[str, object]:
    """The record of a mark, found from its cell alone."""
    form, content = facts.contents[mark.path]
    sheet = next(s for s in layout_of(load_forms()[form]) if s.name == mark.sheet)
    (table,) = sheet.tables
    return content.tables[table.block.key][split_a1(mark.cell)[0] - table.header_row - 1]


def _held(facts: Facts, mark: Expected) -> object:
    form, content = facts.contents[mark.path]
    sheet = next(s for s in layout_of(load_forms()[form]) if s.name == mark.sheet)
    if sheet.tables:
        (table,) = sheet.tables
        field = table.block.fields[split_a1(mark.cell)[1] - table.first_column]
        return _record(facts, mark).get(field.key)
    for key, cells in sheet.labels.items():
        for cell in cells:
            if cell.cell == mark.cell:
                return content.labels[key].get(cell.field.key)
    raise AssertionError(mark)
