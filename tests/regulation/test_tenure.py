"""Who was 第一售前, 第二售前 and 责任销售 on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.departments import build
from toolkit.regulation.department import Department

KEY = "xm2026-0001"


def _dept(changes: list[dict[str, Any]], **form: Any) -> Department:
    rows = [{"support_date": d} for d in ("2026-05-31", "2026-06-01", "")]
    return build({"initiation": [form], "initiation_changes": changes, "tracking": rows})


def test_without_changes_the_form_is_right_for_ever() -> None:
    held = _dept([]).responsibility
    assert held.at(KEY, "第一售前", date(2020, 1, 1)) == "钱一"
    assert held.at(KEY, "第二售前", date(2030, 1, 1)) == "孙二"
    assert held.at(KEY, "责任销售", date(2026, 6, 1)) == "周销"


def test_a_change_counts_from_its_day_on() -> None:
    held = _dept([{}]).responsibility
    assert held.at(KEY, "第一售前", date(2026, 5, 31)) == "钱一"
    assert held.at(KEY, "第一售前", date(2026, 6, 1)) == "李三"
    assert held.at(KEY, "第二售前", date(2026, 6, 1)) == "孙二", "other roles stay"
    assert held.ever(KEY, "第一售前") == {"钱一", "李三"}


def test_a_form_that_was_updated_to_the_last_holder_reads_the_same() -> None:
    held = _dept([{}], first_presales="李三").responsibility
    assert held.at(KEY, "第一售前", date(2026, 5, 31)) == "钱一"
    assert held.at(KEY, "第一售前", date(2026, 6, 1)) == "李三"


def test_an_updated_form_without_the_old_name_leaves_the_first_holder_open() -> None:
    held = _dept([{"old_person": ""}], first_presales="李三").responsibility
    assert held.at(KEY, "第一售前", date(2026, 5, 31)) == ""
    assert held.at(KEY, "第一售前", date(2026, 6, 1)) == "李三"
    assert held.ever(KEY, "第一售前") == {"李三"}
    held = _dept([{"old_person": ""}]).responsibility
    assert held.at(KEY, "第一售前", date(2026, 5, 31)) == "钱一", "the form shows the first holder"


def test_several_changes_in_any_order_of_lines() -> None:
    held = _dept(
        [
            {"effective_date": "2026-08-01", "old_person": "李三", "new_person": "陈经"},
            {"effective_date": "2026-06-01"},
        ]
    ).responsibility
    days = (date(2026, 5, 1), date(2026, 7, 1), date(2026, 8, 1))
    assert [held.at(KEY, "第一售前", d) for d in days] == ["钱一", "李三", "陈经"]


def test_two_hand_overs_on_one_day_follow_each_other() -> None:
    day = "2026-06-01"
    for lines in (
        [("李三", "陈经"), ("钱一", "李三")],
        [("钱一", "李三"), ("李三", "陈经")],
    ):
        changes = [{"effective_date": day, "old_person": a, "new_person": b} for a, b in lines]
        held = _dept(changes).responsibility
        assert held.at(KEY, "第一售前", date(2026, 5, 31)) == "钱一"
        assert held.at(KEY, "第一售前", date(2026, 6, 1)) == "陈经"


def test_two_people_who_swap_their_roles_on_one_day() -> None:
    swap = [
        {"role": "第一售前", "old_person": "钱一", "new_person": "孙二"},
        {"role": "第二售前", "old_person": "孙二", "new_person": "钱一"},
    ]
    held = _dept(swap).responsibility
    assert held.at(KEY, "第一售前", date(2026, 6, 1)) == "孙二"
    assert held.at(KEY, "第二售前", date(2026, 6, 1)) == "钱一"


def test_somebody_who_takes_his_role_back() -> None:
    held = _dept(
        [
            {"effective_date": "2026-06-01"},
            {"effective_date": "2026-08-03", "old_person": "李三", "new_person": "钱一"},
        ]
    ).responsibility
    days = (date(2026, 5, 31), date(2026, 7, 1), date(2026, 8, 3))
    assert [held.at(KEY, "第一售前", d) for d in days] == ["钱一", "李三", "钱一"]


def test_sales_and_second_presales_change_in_mid_project() -> None:
    held = _dept(
        [
            {"role": "责任销售", "old_person": "周销", "new_person": "吴销"},
            {"role": "第二售前", "old_person": "孙二", "new_person": "陈经"},
        ]
    ).responsibility
    assert held.at(KEY, "责任销售", date(2026, 5, 31)) == "周销"
    assert held.at(KEY, "责任销售", date(2026, 6, 1)) == "吴销"
    assert held.at(KEY, "第二售前", date(2026, 6, 1)) == "陈经"
    assert held.at(KEY, "第一售前", date(2026, 6, 1)) == "钱一"


def test_a_form_without_number_and_name_is_nobodys_project() -> None:
    forms = [{"project_id": "", "project_name": "", "first_presales": "李三"}]
    rows = [{"project_id": "", "project_name": ""}]
    row = build({"initiation": forms, "tracking": rows}).frame("tracking").loc[0]
    assert (row["project"], row["first"], row["sales"]) == ("", "", "")


def test_a_change_without_day_role_or_person_changes_nothing() -> None:
    held = _dept([{"effective_date": ""}, {"role": ""}, {"new_person": ""}]).responsibility
    assert held.ever(KEY, "第一售前") == {"钱一"}


def test_an_unknown_project_has_nobody() -> None:
    held = _dept([]).responsibility
    assert held.at("xm9", "第一售前", date(2026, 6, 1)) == ""
    assert held.ever("xm9", "第一售前") == set()


def test_tracking_rows_carry_the_people_of_their_day() -> None:
    rows = _dept([{}]).frame("tracking")
    assert rows["first"].tolist() == ["钱一", "李三", "钱一"], "an undated row: the first holder"
    assert rows["second"].tolist() == ["孙二"] * 3
    assert rows["sales"].tolist() == ["周销"] * 3


def test_rows_of_projects_without_a_form_have_nobody() -> None:
    dept = build({"tracking": [{"project_id": "XM2026-0009"}]})
    assert dept.frame("tracking")[["first", "second", "sales"]].to_numpy().tolist() == [
        ["", "", ""]
    ]
