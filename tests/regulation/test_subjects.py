"""Subjects of report mails: the right one is read in any spelling, nothing else is taken for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.subject_names import people_names, project_names
from toolkit.regulation.subjects import (
    DONE,
    REPORT,
    ProjectNames,
    Subject,
    bare_project,
    is_subject,
    normal,
    parse_subject,
    people_in,
    subjects_in,
)

PROJECTS = ProjectNames(
    [
        ("p1", "示例平台"),
        ("p1", "XM2026-0001"),
        ("p2", "示例平台-二期"),
        ("p3", "示例门户项目"),
        ("p4", "A-B"),
        ("p5", "A"),
        ("p6", "同名"),
        ("p7", "同名项目"),
    ]
)
PEOPLE = {
    "钱一": frozenset({"钱一"}),
    "孙二": frozenset({"孙二"}),
    "王小": frozenset({"王小"}),
    "王小明": frozenset({"王小明"}),
    "李三(sq-01)": frozenset({"李三(SQ-01)"}),
    "johnsmith": frozenset({"John Smith"}),
    "张四": frozenset({"张四(01)", "张四(02)"}),
}


def _parse(text: str) -> Subject:
    return parse_subject(text, PROJECTS, PEOPLE)


@pytest.mark.parametrize(
    "text",
    [
        "客户沟通-示例平台-钱一",
        "客户沟通-示例平台项目-钱一",
        "客户沟通 — 示例平台 — 钱一",
        "客户沟通——示例平台——钱一",
        "客户沟通－示例平台－钱一",
        "客户沟通–“示例平台”项目–钱 一",
        "回复：转发: Re: FW：客户沟通-示例平台-钱一",
        "Re[2]:客户沟通-示例平台-钱一",
        "主题：客户沟通-示例平台-钱一。",
        "客户沟通-ＸＭ２０２６-0001-钱一",
        "客户沟通-xm2026-0001-钱一",
        "客户沟通-示例平台-钱一（补发）",
        "客户沟通-示例平台-钱一-20260310",
        "客户沟通-示例平台-钱一 2026年3月10日",
        "问题处理完成-示例平台-钱一",
    ],
)
def test_every_spelling_of_the_right_subject(text: str) -> None:
    subject = _parse(text)
    assert subject.complete
    assert subject.projects == {"p1"}
    assert subject.people == (frozenset({"钱一"}),)
    assert subject.kind == (DONE if text.startswith(DONE) else REPORT)


@pytest.mark.parametrize(
    ("text", "projects", "people"),
    [
        ("客户沟通-示例平台-二期-钱一", {"p2"}, ["钱一"]),
        ("客户沟通-示例门户-孙二", {"p3"}, ["孙二"]),
        ("客户沟通-A-B-王小明", {"p4"}, ["王小明"]),
        ("客户沟通-A-王小", {"p5"}, ["王小"]),
        ("客户沟通-同名-钱一", {"p6", "p7"}, ["钱一"]),
        ("客户沟通-A-B-李三(SQ-01)", {"p4"}, ["李三(SQ-01)"]),
        ("客户沟通-示例平台-John Smith", {"p1"}, ["John Smith"]),
        ("客户沟通-示例平台-钱一、孙二", {"p1"}, ["钱一", "孙二"]),
        ("客户沟通-示例平台-钱一-孙二", {"p1"}, ["钱一", "孙二"]),
        ("示例平台-钱一", {"p1"}, ["钱一"]),
    ],
)
def test_the_longest_known_names_decide(text: str, projects: set[str], people: list[str]) -> None:
    subject = _parse(text)
    assert subject.projects == projects
    assert [set(each) for each in subject.people] == [{name} for name in people]


def test_namesakes_stay_two_people() -> None:
    assert _parse("客户沟通-A-张四").people == (frozenset({"张四(01)", "张四(02)"}),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # an unknown project: whatever stands before a known person
        (
            "客户沟通-演示-系统-钱一",
            Subject(REPORT, "演示-系统", frozenset(), "钱一", (PEOPLE["钱一"],)),
        ),
        # 王小 is known, 王小刚 is not: a part of a name is nobody
        ("客户沟通-示例平台-王小刚", Subject(REPORT, "示例平台", frozenset({"p1"}), "王小刚")),
        ("客户沟通-示例平台", Subject(REPORT, "示例平台", frozenset({"p1"}))),
        ("客户沟通-演示系统-某人", Subject(REPORT)),
        ("客户沟通-钱一", Subject(REPORT)),
        (
            "客户沟通示例平台-钱一",
            Subject("", "客户沟通示例平台", frozenset(), "钱一", (PEOPLE["钱一"],)),
        ),
        ("3月10日交流情况", Subject()),
        ("", Subject()),
        ("-", Subject()),
    ],
)
def test_what_is_not_known_is_not_guessed(text: str, expected: Subject) -> None:
    subject = _parse(text)
    assert subject == expected
    assert subject.complete == bool(expected.kind and expected.people)


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("示例客户甲示例平台", {"p1"}),
        ("示例平台-二期培训", {"p2"}),
        ("示例门户", {"p3"}),
        ("示例平台、示例门户", {"p1", "p3"}),
        ("例门", {"p3"}),  # a part of one name only
        ("示例", set()),  # a part of several
        ("例", set()),
        ("演示系统", set()),
        ("", set()),
    ],
)
def test_more_or_less_than_a_name(text: str, about: set[str]) -> None:
    assert PROJECTS.about(text) == about


def test_no_subject_and_several_subjects() -> None:
    assert not any(map(is_subject, ("", "无", "/", "——", " ", "N/A", "略")))
    assert subjects_in("客户沟通-A-钱一\n客户沟通-A-孙二；无") == [
        "客户沟通-A-钱一",
        "客户沟通-A-孙二",
    ]
    assert subjects_in("无") == []


def test_names_of_a_department() -> None:
    records: dict[str, Any] = {
        "roster": [
            {"name": "钱一", "department": "售前", "staff_number": "SQ01", "aliases": "小钱"},
            {"name": "张四(01)", "department": "售前"},
            {"name": "张四(02)", "department": "售前"},
        ],
        "initiation": [{"project_aliases": "示平"}],
        "project_list": [{"project_id": "", "project_name": "示例门户项目"}],
        "tracking": [{"supporter": "赵外援"}],
    }
    dept = build(records)
    people, projects = people_names(dept), project_names(dept)
    for spelling in ("钱一", "小钱", "钱一(sq01)", "钱一sq01"):
        assert people[spelling] == {"钱一"}
    assert people["张四"] == {"张四(01)", "张四(02)"}
    assert people["张四(01)"] == {"张四(01)"}
    assert people["赵外援"] == {"赵外援"}
    key = dept.frame("tracking")["project"].iloc[0]
    for name in ("示例平台", "示平项目", "XM2026-0001", "XM2026-0001 示例平台"):
        assert projects.exactly(name) == {key}
    assert len(projects.exactly("示例门户")) == 1
    assert not projects.exactly("")


_CHARS = st.sampled_from("示例平台门户甲乙AB12-（）项目")
_NAMES = st.text(_CHARS, min_size=1, max_size=8).filter(lambda name: bare_project(name).strip("-"))
_PERSON = st.text(st.sampled_from("钱孙李周吴郑王"), min_size=2, max_size=3)
_DASH = st.sampled_from(["-", "－", "—", "——", "–", " - ", "‐", "─"])
_PREFIX = st.lists(
    st.sampled_from(["Re:", "回复：", "转发: ", "FW：", "Fwd: ", "答复:"]), max_size=3
)


@given(
    st.lists(_NAMES, min_size=1, max_size=5), st.lists(_PERSON, min_size=1, max_size=3), st.data()
)
def test_a_subject_made_of_known_names_is_read_back(
    names: list[str], people: list[str], data: st.DataObject
) -> None:
    """Whatever the dashes, prefixes and widths, and however the names contain each other."""
    projects = ProjectNames((str(n), name) for n, name in enumerate(names))
    known = {person: frozenset({person}) for person in people}
    name, person = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(people))
    # at the border a dash of the name would melt into the one that parts them
    assume(name.strip("-－ ") == name)
    dash, prefix = data.draw(_DASH), "".join(data.draw(_PREFIX))
    suffix = data.draw(st.sampled_from(["", "项目"]))
    subject = parse_subject(f"{prefix}{REPORT}{dash}{name}{suffix}{dash}{person}", projects, known)
    assert subject.complete
    assert subject.people == (frozenset({person}),)
    assert subject.projects == projects.exactly(name + suffix)
    assert str(names.index(name)) in subject.projects or suffix


_PIECES = [
    "客户沟通", "问题处理完成", "示例平台", "项目", "A", "B", "钱一", "王小", "明", "回复", "Re",
    "转发", "[2]", "-", "—", "：", ":", " ", "“", "”", "（", "）", "、", "。", "2026", "\n", "；",
]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_reading_the_normal_form_changes_nothing(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    assert _parse(normal(text)) == _parse(text)


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    subject = _parse(text)
    assert subject.projects <= {"p1", "p2", "p3", "p4", "p5", "p6", "p7"}
    assert PROJECTS.about(text) <= {"p1", "p2", "p3", "p4", "p5", "p6", "p7"}
    for part in subjects_in(text):
        assert is_subject(part)


@given(_NAMES, _PERSON)
def test_an_unknown_project_stays_unknown(name: str, person: str) -> None:
    nothing = ProjectNames([])
    subject = parse_subject(f"{REPORT}-{name}-{person}", nothing, {person: frozenset({person})})
    assert subject.projects == frozenset()
    assert not nothing
    assert nothing.about(name) == frozenset()


@given(_PERSON, _PERSON)
def test_people_are_found_whole(one: str, other: str) -> None:
    people = {one: frozenset({one})}
    assert people_in(one, people) == (frozenset({one}),)
    assert people_in(f"{one}(补发)", people) == (frozenset({one}),)
    if other != one:
        assert people_in(other, people) == ()
        assert people_in(one + other, people) == ()
