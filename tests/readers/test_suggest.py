"""Suggestions for own labels: likeness, evidence of the values, recognition, people."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.forms import load_forms
from toolkit.model.forms import Block, Field, FieldType, Form
from toolkit.readers.binding import Binder
from toolkit.readers.grid import Book, Grid
from toolkit.readers.labels import LabelIndex, OwnLabels
from toolkit.readers.roster_proposal import find_people
from toolkit.readers.suggest import OpenBook, survey
from toolkit.readers.suggest_hints import Hint
from toolkit.readers.suggest_labels import likeness
from toolkit.readers.suggest_match import OwnLabel, assign
from toolkit.readers.suggest_values import KnownValues, evidence

FORMS = load_forms()
BLOCKS = {b.key: (f, b) for f in FORMS.values() for b in f.blocks}
DAY = dt.date(2026, 5, 6)
TYPICAL: dict[FieldType, tuple[Any, ...]] = {
    FieldType.DATE: (DAY, "2026.5.7"),
    FieldType.DATETIME: (dt.datetime(2026, 5, 6, 9, 30),),
    FieldType.PERSON: ("周演示", "钱多多"),
    FieldType.PEOPLE: ("周演示、钱多多",),
    FieldType.LONG: ("向客户信息科演示权限管理并答复三个问题",),
    FieldType.NUMBER: (2.5, 3.0),
    FieldType.YESNO: ("是", "否"),
    FieldType.TIME: ("09:30",),
}


def typical(f: Field) -> tuple[Any, ...]:
    return (
        f.options[:2]
        if f.type in (FieldType.CHOICE, FieldType.CHOICES)
        else TYPICAL.get(f.type, ())
    )


def everyday() -> Iterator[tuple[Form, Block, Field, str]]:
    raw = tomllib.loads((Path(__file__).parent / "everyday_labels.toml").read_text("utf-8"))
    for block_key, fields in raw.items():
        form, block = BLOCKS[block_key]
        for key, labels in fields.items():
            for label in labels.split():
                yield form, block, block.field(key), label


def test_everyday_labels_find_their_field() -> None:
    right, wrong, silent = 0, [], []
    for form, block, f, label in everyday():
        known = LabelIndex(form, block, OwnLabels()).match({0: label})
        if known:
            found = next(iter(known))
        else:
            guesses = assign([OwnLabel(label, 0, 0, typical(f))], block.fields, KnownValues())
            found = guesses[0].field.key if guesses else ""
        if found == f.key:
            right += 1
        else:
            (wrong if found else silent).append(f"{block.key}.{f.key} {label}: {found}")
    everything = right + len(wrong) + len(silent)
    assert right / everything > 0.93, (wrong, silent)
    assert len(wrong) / everything < 0.05, wrong


@given(
    st.text("项目客户日期人编号支持名称 abc1", max_size=8), st.text("工程甲方时间者", max_size=8)
)
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, one) == (1.0 if one.strip() else 0.0)


@pytest.mark.parametrize(
    ("place", "values", "sign"),
    [
        ("tracking.support_date", (DAY, "2026年5月7日", "20260508"), 1),
        ("tracking.support_date", ("周演示",), -1),
        ("tracking.support_type", ("产品测试", "售前交流"), 1),
        ("tracking.support_type", ("向客户信息科演示权限管理",), -1),
        ("tracking.sales_present", ("√", "×", "√"), 1),
        ("tracking.supporter", ("周演示", "王 假设"), 1),
        ("tracking.supporter", ("示例市水务局",), -1),
        ("tracking.content", ("向客户信息科演示权限管理和日志审计",), 1),
        ("tracking.content", ("YL-XM2026-0001-01",), -1),
        ("tracking.hours", ("2.5小时", 3.0), 1),
        ("tracking.start_time", ("9:30", dt.time(14, 0)), 1),
        ("tracking.leftover_ids", ("YL-XM2026-0001-01", ), 1),
        ("initiation.customer", ("示例市水务局", "示例医院"), 1),
        ("initiation.customer", (DAY,), -1),
        ("tracking.content", (), 0),
    ],
)  # fmt: skip
def test_values_speak_for_or_against_a_field(
    place: str, values: tuple[Any, ...], sign: int
) -> None:
    block, key = place.split(".")
    found = evidence(BLOCKS[block][1].field(key), values, KnownValues())
    assert (found.score > 0) - (found.score < 0) == sign
    assert found.reason


def test_values_that_are_known_elsewhere() -> None:
    known, block = KnownValues(), BLOCKS["initiation"][1]
    known.learn(block.field("project_name"), ["甲子平台", "乙丑平台"])
    known.learn(block.field("first_presales"), ["周演示"])
    tracking = BLOCKS["tracking"][1]
    assert evidence(tracking.field("project_name"), ("甲子平台",), known).score == 1.0
    assert evidence(tracking.field("supporter"), ("周演示",), known).score == 1.0
    assert evidence(tracking.field("customer_contact"), ("周演示",), known).score < 0


def test_one_left_for_one_missing_is_only_a_guess() -> None:
    labels = [OwnLabel("甲乙丙", 0, 0, TYPICAL[FieldType.LONG]), OwnLabel("丁戊", 0, 1, ("阅",))]
    content = [f for f in BLOCKS["tracking"][1].fields if f.key in ("content", "hours")]
    (guess,) = assign(labels, content, KnownValues())
    assert (guess.label.text, guess.field.key) == ("甲乙丙", "content")
    assert "仔细核对" in guess.reason
    two = [*labels, OwnLabel("己庚辛", 0, 2, TYPICAL[FieldType.LONG])]
    assert assign(two, content, KnownValues()) == []


# -- names that somebody confirmed -------------------------------------------------------------


def index_with(block: str, **own: str) -> LabelIndex:
    form, where = BLOCKS[block]
    labels = OwnLabels()
    for standard, label in own.items():
        assert labels.add(form, where.title, standard, label)
    return LabelIndex(form, where, labels)


def test_a_confirmed_name_stands_before_what_the_toolkit_knows() -> None:
    index = index_with("leftovers", 问题描述="进展")
    assert index.match({0: "进展"}) == {"description": (0, "部门别名")}


def test_a_sheet_with_the_official_label_means_that_one() -> None:
    index = index_with("tracking", 具体内容="情况")
    matched = index.match({0: "情况", 1: "具体内容："})
    assert matched == {"content": (1, "规范化")}


# -- whole sheets ------------------------------------------------------------------------------


def look(*grids: Grid, path: str = "表.xlsx") -> dict[tuple[str, str], str]:
    return {
        (h.block.key, h.label): h.field.key if h.field else "" for h in hints_of(*grids, path=path)
    }


def hints_of(*grids: Grid, path: str = "表.xlsx") -> list[Hint]:
    return survey(FORMS, OwnLabels(), [OpenBook(0, path, Book(list(grids)))]).hints


RECORDS = [
    [
        f"甲子平台{n}",
        dt.date(2026, 5, n + 1),
        "周演示",
        "产品测试",
        "向客户信息科演示权限管理",
        "成功",
    ]
    for n in range(4)
]
HEADER = ["工程", "服务时间", "技服姓名", "服务种类", "干活明细", "办理结论"]
RIGHT = ["project_name", "support_date", "supporter", "support_type", "content", "result"]


def test_a_table_of_which_no_label_is_known() -> None:
    grid = Grid("Sheet1", [["流水账"], [], HEADER, *RECORDS])
    assert Binder(FORMS).bind(Book([grid])) == []
    assert look(grid) == {("tracking", h): key for h, key in zip(HEADER, RIGHT, strict=True)}


def test_a_header_of_two_lines_suggests_the_lower_labels() -> None:
    merges = {(0, 0): (0, 2), (0, 3): (0, 5)}
    upper = ["对象和时间", "", "", "做的事", "", ""]
    grid = Grid("Sheet1", [upper, HEADER, *RECORDS], merges)
    assert look(grid) == {("tracking", h): key for h, key in zip(HEADER, RIGHT, strict=True)}


PAIRS = {
    "工程名称": "甲子平台", "甲方单位": "示例市水务局", "提单人": "钱多多", "提单时间": DAY,
    "业务负责人": "钱多多", "主担工程师": "周演示", "服务种类": "产品测试", "批准日": DAY,
}  # fmt: skip
MEANT = {
    "甲方单位": "customer", "提单人": "applicant", "提单时间": "apply_date",
    "业务负责人": "account_sales", "主担工程师": "first_presales",
    "服务种类": "support_types", "批准日": "charter_date",
}  # fmt: skip


def forms_of_all_layouts() -> list[Any]:
    pairs = list(PAIRS.items())
    beside = [[*pairs[n], *pairs[n + 1]] for n in range(0, 8, 2)]
    above = [[p[k] for p in pairs[n : n + 2]] for n in range(0, 8, 2) for k in (0, 1)]
    inline = [[f"{k}：{v}" for k, v in pairs[n : n + 2]] for n in range(0, 8, 2)]
    layouts = {"beside": beside, "above": above, "inline": inline}
    return [pytest.param(rows, id=name) for name, rows in layouts.items()]


@pytest.mark.parametrize("rows", forms_of_all_layouts())
def test_a_form_of_which_one_label_is_known(rows: list[list[Any]]) -> None:
    grid = Grid("立案表", [["技术服务立项"], *rows])
    assert look(grid) == {("initiation", label): key for label, key in MEANT.items()}


def test_a_table_below_its_form() -> None:
    rows = [[*pair] for pair in PAIRS.items()]
    changes = [
        ["接手日期", "原先的人", "接手的人", "换人岗位"],
        [DAY, "周演示", "吴模拟", "第一售前"],
    ]
    found = look(Grid("立案表", [["技术服务立项"], *rows, [], *changes]))
    changed = {label: key for (block, label), key in found.items() if block != "initiation"}
    assert changed == {
        "接手日期": "effective_date", "原先的人": "old_person", "接手的人": "new_person",
        "换人岗位": "role",
    }  # fmt: skip


def test_section_titles_are_no_labels() -> None:
    rows: list[list[Any]] = []
    for number, pair in enumerate(PAIRS.items()):
        rows += [["一、基本情况", ""]] if number == 2 else []
        rows += [["支持安排", "", ""]] if number == 4 else []
        rows.append([*pair])
    grid = Grid("立案表", [["技术服务立项"], *rows], {(6, 0): (6, 2)})
    assert ("initiation", "一、基本情况") not in look(grid)
    assert ("initiation", "支持安排") not in look(grid)
    assert ("initiation", "提单人") in look(grid)


def test_a_wide_label_above_its_wide_value_is_one() -> None:
    pairs = list(PAIRS.items())
    rows = [[p[k] for p in pairs[n : n + 3]] for n in range(0, 6, 3) for k in (0, 1)]
    rows += [["服务要求详述", "", ""], ["搭建测试环境，验证单点登录和批量导入", "", ""]]
    grid = Grid("立案表", [["技术服务立项"], *rows], {(r, 0): (r, 2) for r in (5, 6)})
    assert look(grid)["initiation", "服务要求详述"] == "requirement"


def test_a_list_of_projects_is_no_register_of_initiations() -> None:
    header = ["工程名称", "甲方单位", "业务负责人", "主担工程师", "替补工程师", "批准日"]
    rows = [["甲子平台", "示例市水务局", "钱多多", "周演示", "吴模拟", DAY]] * 2
    assert {block for block, _ in look(Grid("我的工程", [header, *rows]))} == {"project_list"}


def test_labels_without_a_field_are_listed_and_counters_are_not() -> None:
    header = ["序号", *HEADER, "天气"]
    rows = [[n, *row, "晴"] for n, row in enumerate(RECORDS, 1)]
    found = look(Grid("Sheet1", [header, *rows]))
    assert found["tracking", "天气"] == ""
    assert ("tracking", "序号") not in found


def test_hints_say_where_and_why() -> None:
    hint = next(h for h in hints_of(Grid("Sheet1", [HEADER, *RECORDS])) if h.label == "服务时间")
    assert str(hint.place) == "表.xlsx!Sheet1!B1"
    assert "日期" in hint.reason
    assert hint.examples == ("2026-05-01", "2026-05-02")


def test_other_tables_are_left_alone() -> None:
    rows = [
        ["品名", "数量", "单价", "供应商"],
        ["打印纸", 3, 20.5, "示例公司"],
        ["墨盒", 1, 180, "示例公司"],
    ]
    assert look(Grid("采购", rows)) == {}


# -- people ------------------------------------------------------------------------------------


def test_people_and_their_departments() -> None:
    dossier = build(
        {"initiation": [{}, {}], "tracking": [{"supporter": "孙二"}], "fault": [{}]}
    ).dossier
    people = {p.name: p for p in find_people(dossier)}
    departments = {name: p.department for name, p in people.items()}
    expected = {"钱一": "售前", "孙二": "售前", "周销": "销售", "陈经": "售前", "蒋理": "研发"}
    assert departments.items() >= expected.items()
    assert (people["陈经"].role, people["蒋理"].role) == ("售前经理", "研发经理")
    assert "冯测" not in people  # stands in the roster only


def test_two_consents_by_two_people_point_to_no_manager() -> None:
    dossier = build({"fault": [{}, {"consent_person": "李三"}]}).dossier
    assert "售前经理" not in {p.role for p in find_people(dossier)}
