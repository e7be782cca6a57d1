"""The roster and the role appointments: namesakes, aliases, deputies, terms."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.departments import build
from toolkit.regulation.department import Department

NAMESAKES = [
    {"name": "张三", "staff_number": "0123", "department": "售前"},
    {"name": "张三", "staff_number": "0456", "department": "销售"},
    {"name": "李四", "department": "研发", "aliases": "Li Si、小李"},
]


def _dept(roster: list[dict[str, Any]], roles: list[dict[str, Any]] | None = None) -> Department:
    return build({"roster": roster, "roles": roles or []})


def test_a_name_is_one_person_however_it_is_spaced_or_wide() -> None:
    roster = _dept([{"name": "张 三", "department": "售前"}]).roster
    for written in ("张三", "张 三", "张　三", " 张三 "):
        assert roster.canonical(written) == "张三"
    assert roster.department_of("张三") == "售前"


def test_aliases_lead_to_the_same_person_whatever_their_case() -> None:
    roster = _dept(NAMESAKES).roster
    assert (
        roster.canonical("小李")
        == roster.canonical("li si")
        == roster.canonical("Li  Si")
        == "李四"
    )


def test_namesakes_need_their_staff_number() -> None:
    roster = _dept(NAMESAKES).roster
    assert [p.name for p in roster.find("张三")] == ["张三(0123)", "张三(0456)"]
    assert roster.canonical("张三") == "张三", "an ambiguous name stays as it is written"
    assert roster.department_of("张三") == ""
    assert roster.canonical("张三（0456）") == "张三(0456)"
    assert roster.department_of("张三(0456)") == "销售"


def test_a_staff_number_nobody_needs_is_left_out() -> None:
    roster = _dept([{"name": "王五(07)", "department": "售前"}]).roster
    assert roster.canonical("王五") == roster.canonical("王五(07)") == "王五"
    assert roster.find("王五(08)") == []


def test_unknown_people_are_kept_as_they_are_written() -> None:
    roster = _dept(NAMESAKES).roster
    assert roster.find("赵无名") == []
    assert roster.canonical("赵 无名") == "赵无名"


CAME_BACK = [
    {"name": "钱一", "department": "售前", "staff_number": "7", "left": date(2026, 3, 1)},
    {"name": "孙二", "department": "售前"},
    {"name": "钱 一", "department": "售前", "staff_number": "７", "joined": date(2026, 6, 1)},
]


def test_lines_of_somebody_who_came_back_are_one_person() -> None:
    roster = _dept(CAME_BACK).roster
    (person,) = roster.find("钱一")
    assert roster.canonical("钱一(7)") == person.name == "钱一"
    assert roster.department_of("钱一") == "售前"
    days = (date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 1))
    assert [person.employed(day) for day in days] == [True, False, True]
    assert [roster.in_department("售前", day) for day in days] == [
        ["钱一", "孙二"],
        ["孙二"],
        ["钱一", "孙二"],
    ]
    assert (person.joined, person.left) == (date.min, date.max)


def test_a_line_without_number_is_the_person_of_its_department() -> None:
    lines = [
        {"name": "钱一", "department": d, "staff_number": n}
        for d, n in (("售前", ""), ("售前", "7"))
    ]
    assert len(_dept(lines).roster) == 1
    assert len(_dept([{**line, "staff_number": ""} for line in lines]).roster) == 1
    other = {"name": "钱一", "department": "销售", "staff_number": ""}
    assert len(_dept([*lines, other]).roster) == 2, "another department, nothing in common"
    namesake = {"name": "钱一", "department": "售前", "staff_number": "8"}
    assert len(_dept([*lines, namesake]).roster) == 3, "whose line it is cannot be told"


def test_somebody_who_changed_his_department_belongs_to_each_in_its_time() -> None:
    roster = _dept(
        [
            {"name": "钱一", "department": "销售", "staff_number": "7", "left": date(2026, 3, 1)},
            {"name": "钱一", "department": "售前", "staff_number": "7", "joined": date(2026, 3, 2)},
        ]
    ).roster
    assert roster.in_department("销售", date(2026, 3, 1)) == ["钱一"]
    assert roster.in_department("销售", date(2026, 3, 2)) == []
    assert roster.in_department("售前", date(2026, 3, 2)) == ["钱一"]
    assert roster.department_of("钱一") == "", "today's department says nothing of earlier forms"


def test_the_department_of_a_day() -> None:
    lines = [
        {"name": "钱一", "department": "销售", "staff_number": "7", "left": date(2026, 3, 1)},
        {"name": "钱一", "department": "售前", "staff_number": "7", "joined": date(2026, 4, 1)},
        {"name": "孙二", "department": "研发", "left": date(2026, 3, 1)},
    ]
    roster = _dept(lines).roster
    days = (date(2026, 3, 1), date(2026, 3, 2), date(2026, 4, 1))
    assert [roster.department_of("钱一", day) for day in days] == ["销售", "", "售前"]
    assert [roster.department_of("孙二", day) for day in days] == ["研发"] * 3, "he never changed"
    assert roster.department_of("赵无名", days[0]) == ""
    (person,) = roster.find("钱一")
    assert [person.departments(day) for day in (*days, None)] == [
        {"销售"},
        set(),
        {"售前"},
        {"销售", "售前"},
    ]


def test_a_gap_between_two_terms_has_two_ends() -> None:
    (person,) = _dept(CAME_BACK).roster.find("钱一")
    assert person.absence(date(2026, 4, 1)) == (date(2026, 3, 1), date(2026, 6, 1))
    (stranger,) = _dept(
        [{"name": "甲", "department": "售前", "joined": "2026-03-02"}]
    ).roster.people
    assert stranger.absence(date(2026, 3, 1)) == (None, date(2026, 3, 2))


def test_employment_includes_its_first_and_last_day() -> None:
    roster = _dept(
        [
            {"name": "甲", "department": "售前", "joined": "2026-03-02", "left": "2026-05-29"},
            {"name": "乙", "department": "售前"},
        ]
    ).roster
    assert roster.in_department("售前", date(2026, 3, 2)) == ["甲", "乙"]
    assert roster.in_department("售前", date(2026, 5, 29)) == ["甲", "乙"]
    assert roster.in_department("售前", date(2026, 3, 1)) == ["乙"]
    assert roster.in_department("售前", date(2026, 5, 30)) == ["乙"]


def test_names_in_the_forms_become_the_rosters() -> None:
    dept = build(
        {
            "roster": [{"name": "钱一", "department": "售前", "aliases": "Qian Yi"}],
            "tracking": [{"supporter": "Qian  Yi", "helpers": "钱 一、赵无名"}],
        }
    )
    row = dept.frame("tracking").loc[0]
    assert row["supporter"] == "钱一"
    assert row["helpers"] == ("钱一", "赵无名")


def test_a_role_is_held_from_its_first_to_its_last_day() -> None:
    roles = _dept(
        NAMESAKES,
        [
            {"role": "售前经理", "holder": "小李", "end": "2026-05-31"},
            {"role": "售前经理", "holder": "张三(0123)", "start": "2026-06-01"},
        ],
    ).roles
    assert roles.holders("售前经理", date(2026, 5, 31)) == ["李四"]
    assert roles.holders("售前经理", date(2026, 6, 1)) == ["张三(0123)"]
    assert roles.names("售前经理", date(2026, 6, 1)) == "张三(0123)"
    assert not roles.may_act("售前经理", "李四", date(2026, 6, 1))


def test_a_deputy_may_act_only_in_his_days() -> None:
    roles = _dept(
        NAMESAKES,
        [
            {
                "role": "研发经理",
                "holder": "李四",
                "deputy": "张三(0123)",
                "deputy_start": "2026-07-01",
                "deputy_end": "2026-07-10",
            }
        ],
    ).roles
    assert roles.may_act("研发经理", "李四", date(2026, 7, 5)), "the holder may act all the same"
    assert roles.may_act("研发经理", "张三(0123)", date(2026, 7, 1))
    assert roles.may_act("研发经理", "张三(0123)", date(2026, 7, 10))
    assert not roles.may_act("研发经理", "张三(0123)", date(2026, 7, 11))
    assert roles.holders("研发经理", date(2026, 7, 5)) == ["李四"]


def test_a_deputy_without_days_acts_as_long_as_the_holder_holds() -> None:
    roles = _dept(
        NAMESAKES,
        [
            {"role": "研发经理", "holder": "小李", "deputy": "张三(0123)", "end": "2026-05-31"},
            {"role": "研发经理", "holder": "张三(0456)", "start": "2026-06-01"},
        ],
    ).roles
    assert roles.may_act("研发经理", "张三(0123)", date(2026, 5, 31))
    assert not roles.may_act("研发经理", "张三(0123)", date(2026, 6, 1)), "that term is over"
    assert roles.acting("研发经理", date(2026, 5, 31)) == ["李四"], "he only stands by"


def test_nobody_appointed_is_unknown_not_wrong() -> None:
    roles = _dept(NAMESAKES, [{"role": "售前经理", "holder": ""}]).roles
    assert not roles.known("售前经理")
    assert roles.names("售前经理", date(2026, 6, 1)) == "未登记"


def test_one_person_may_hold_several_roles() -> None:
    both = [{"role": r, "holder": "李四"} for r in ("售前经理", "技术支持部经理")]
    roles = _dept(NAMESAKES, both).roles
    assert all(roles.may_act(r, "李四", date(2026, 1, 1)) for r in ("售前经理", "技术支持部经理"))
