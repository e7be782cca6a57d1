"""What a record belongs to: its project, its sheet's owner, its form, its key."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.model.text import fold


def _projects(*rows: dict[str, Any], forms: tuple[dict[str, Any], ...] = ({},)) -> list[str]:
    dept = build({"initiation": list(forms), "tracking": list(rows)})
    return dept.frame("tracking")["project"].tolist()


def test_a_project_is_found_by_number_name_or_alias() -> None:
    found = _projects(
        {"project_id": "ｘｍ2026－0001"},
        {"project_id": "", "project_name": "示例平台项目"},
        {"project_id": "", "project_name": "示例一号"},
        {"project_id": "示例平台"},
        {"project_id": "", "project_name": "XM2026-0001"},
        forms=({"project_aliases": "示例一号"},),
    )
    assert found == ["xm2026-0001"] * 5


def test_a_name_that_two_projects_have_is_nobodys() -> None:
    other = {"project_id": "XM2026-0002", "customer": "示例客户乙"}
    found = _projects(
        {"project_id": "", "project_name": "示例平台"},
        {"project_id": "示例平台"},
        {"project_id": "XM2026-0002", "project_name": "示例平台"},
        forms=({}, other),
    )
    assert found == ["", "", "xm2026-0002"]


def test_records_of_a_project_nobody_initiated_still_belong_together() -> None:
    found = _projects(
        {"project_id": "", "project_name": "示例门户"},
        {"project_id": "", "project_name": "示例 门户项目"},
    )
    assert found[0] == found[1] != ""


def test_a_blank_supporter_is_the_sheets_owner() -> None:
    dept = build({"tracking": [{}, {"supporter": "孙二"}], "leftovers": [{"owner": "李三"}]})
    assert dept.frame("tracking")["supporter"].tolist() == ["钱一", "孙二"]
    assert dept.frame("leftovers")["handler"].tolist() == ["李三"]


def test_an_unsigned_sheet_belongs_to_the_person_in_its_file_name() -> None:
    unsigned = {"owner": "", "file": "02_跟踪表/项目跟踪表_李三_2026.xlsx"}
    dept = build({"tracking": [unsigned], "tracking_sheet": [unsigned]})
    assert dept.frame("tracking")["owner"].tolist() == ["李三"]


def test_namesakes_are_told_apart_by_their_number_in_the_file_name() -> None:
    people = [
        {"name": "张伟", "staff_number": "001", "department": "售前"},
        {"name": "张伟", "staff_number": "002", "department": "售前"},
    ]
    owners = []
    for file in ("跟踪表_张伟(002)_2026.xlsx", "跟踪表_张伟（001）.xlsx", "跟踪表_张伟.xlsx"):
        unsigned = {"owner": "", "file": file}
        dept = build({"roster": people, "tracking": [unsigned], "tracking_sheet": [unsigned]})
        owners += dept.frame("tracking")["owner"].tolist()
    assert owners == ["张伟(002)", "张伟(001)", ""]


def test_rows_of_child_tables_belong_to_the_form_of_their_workbook() -> None:
    dept = build(
        {
            "improvement": [{}, {"number": "GJ-02", "project_id": "XM2026-0002"}],
            "improvement_hours": [{"of": 1}, {"of": 0}],
        }
    )
    hours = dept.frame("improvement_hours")
    assert hours["parent"].tolist() == [1, 0]
    assert hours["parent_key"].tolist() == ["gj-02", "gj-xm2026-0001-01"]
    assert hours["project"].tolist() == ["xm2026-0002", "xm2026-0001"]


def test_keys_are_numbers_else_what_does_not_move() -> None:
    dept = build(
        {
            "tracking": [
                {"record_id": "GZB-钱一-2026-0001"},
                {},
                {"content": "另一件事"},
                {"support_date": date(2026, 3, 11)},
            ],
            "fault": [{}],
        }
    )
    assert dept.frame("fault")["key"].tolist() == ["gz-xm2026-0001-01"]
    assert dept.frame("tracking")["key"].tolist() == [
        "gzb-钱一-2026-0001",
        "钱一|xm2026-0001|2026-03-10|钱一",
        "钱一|xm2026-0001|2026-03-10|钱一#2",
        "钱一|xm2026-0001|2026-03-11|钱一",
    ]


NAMES = st.sampled_from(["", "甲", "乙"])
DAYS = st.sampled_from([None, date(2026, 3, 2), date(2026, 3, 3)])


@given(rows=st.lists(st.tuples(st.sampled_from(["", "7", " 7", "８"]), NAMES, NAMES, DAYS)))
def test_keys_are_what_their_definition_says(rows: list[tuple[Any, ...]]) -> None:
    """However few of them are asked for, and in which order."""
    if not rows:
        return
    fields = ("record_id", "owner", "supporter", "support_date")
    dept = build({"tracking": [dict(zip(fields, row, strict=True)) for row in rows]})
    frame, seen, expected = dept.frame("tracking"), Counter[str](), []
    for row in frame.itertuples():
        day = "" if pd.isna(row.support_date) else row.support_date.date().isoformat()
        base = fold(row.record_id) or "|".join((row.owner, row.project, day, row.person))
        seen[base] += 1
        expected.append(base if seen[base] == 1 else f"{base}#{seen[base]}")
    assert [frame.at[n, "key"] for n in reversed(frame.index)] == expected[::-1]
    assert frame["key"].tolist() == expected


def test_the_clock_is_the_question_then_the_configuration_then_today() -> None:
    fixed = build({"department": [{"check_date": "2026-06-30"}]}, date(2026, 11, 20))
    assert fixed.as_of == date(2026, 6, 30)
    assert build({}, date(2026, 11, 20)).as_of == date(2026, 11, 20)
    asked = type(fixed).of(fixed.dossier, date(2026, 11, 20), date(2026, 5, 1))
    assert asked.as_of == date(2026, 5, 1)


def test_a_field_called_person_says_whose_record_it_is() -> None:
    line = build({"reinforcements": [{"person": "李 三", "applicant": "钱一"}]})
    row = line.frame("reinforcements").loc[0]
    assert (row["person"], row["applicant"], row["key"]) == ("李三", "钱一", "zy-xm2026-0001-01")
    urged = build({"urgings": [{}]}).frame("urgings").loc[0]
    assert urged["person"] == "钱一", "who urged"
