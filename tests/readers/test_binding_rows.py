"""Which rows of a table are records, whatever stands between and below them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .layouts import (
    EXPECTED,
    KEYS,
    ROWS,
    Row,
    assert_reconciled,
    read_sheet,
    table,
)
from .workbooks import (
    as_read,
    file_problems,
    records,
    source,
)


def test_preformatted_rows_to_the_end_of_the_sheet(tmp_path):
    def formats(book, sheet):
        style = book.add_format({"border": 1})
        for row in (*range(len(ROWS) + 1, 3_000), 1_048_575):
            for column in range(4):
                sheet.write_blank(row, column, None, style)
        sheet.write_string(2_000, 0, "   ")

    dossier = read_sheet(tmp_path, table(KEYS), formats)
    assert records(dossier, "tracking") == EXPECTED
    assert_reconciled(dossier)


def test_a_cell_merged_over_rows_speaks_for_all_of_them(tmp_path):
    rows = [dict(r) for r in ROWS[:6]]
    for n in (1, 2):
        rows[n] |= {k: rows[0][k] for k in ("project_id", "project_name", "support_date", "hours")}
    expected = as_read(rows)
    for n in (1, 2):
        expected[n]["hours"] = None  # worked once, not three times

    def merge(book, sheet):
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for column, key in enumerate(KEYS):
            if key in ("project_id", "project_name", "hours"):
                sheet.merge_range(1, column, 3, column, rows[0][key])
            if key == "support_date":
                sheet.merge_range(1, column, 3, column, rows[0][key], day)
        sheet.merge_range(7, 0, 9, 0, "")  # merged below the last record

    dossier = read_sheet(tmp_path, table(KEYS, rows), merge)
    assert records(dossier, "tracking") == expected
    assert dossier.frame("tracking")["row"].tolist() == [2, 3, 4, 5, 6, 7]


def test_a_merge_that_reaches_below_the_records_makes_no_record(tmp_path):
    def merge(book, sheet):
        sheet.merge_range(1, 0, 5, 0, "XM2026-0001")

    dossier = read_sheet(tmp_path, table(KEYS, ROWS[:3]), merge)
    assert len(dossier.frame("tracking")) == 3


def test_totals_and_repeated_headers_are_rejected(tmp_path):
    header, *rows = table(KEYS)
    total = ["合 计", *[None] * 12, 15.0]
    lines = [header, *rows[:5], ["小计：5次"], header, *rows[5:], total, ["本月总计", 12.0]]
    lines.append([None, None, None, None, None, "沟通"])
    dossier = read_sheet(tmp_path, lines)
    assert records(dossier, "tracking") == EXPECTED
    assert [(r.row, r.reason) for r in dossier.rejected] == [
        (7, "是合计行"),
        (8, "是重复的表头"),
        (16, "是合计行"),
        (17, "是合计行"),
        (18, "没有可以识别的内容"),
    ]
    only = source(dossier, "项目跟踪表_样例甲_2026.xlsx")
    assert (only.rows, only.consolidated, only.rejected) == (17, 12, 5)
    (problem,) = file_problems(dossier)
    assert (problem.rule, problem.severity, problem.cell) == ("SRC-5", "info", "A18")


def test_signatures_months_and_lone_projects_are_no_records(tmp_path):
    header, *rows = table(KEYS)
    name, day, kind, content = (
        KEYS.index(k) for k in ("project_name", "support_date", "support_type", "content")
    )
    signed: list[Any] = [None] * len(KEYS)
    signed[0], signed[kind], signed[content] = (
        "填表人：样例甲",
        "部门经理签字：",
        "日期：2026年3月31日",
    )
    month: list[Any] = [None] * len(KEYS)
    month[day] = "2026年3月"
    nothing: list[Any] = [None] * len(KEYS)
    nothing[0], nothing[name] = "-", "无"
    lines = [header, ["三月份"], *rows[:5], month, ["XM2026-0001", "甲城档案平台"], *rows[5:]]
    dossier = read_sheet(tmp_path, [*lines, nothing, signed])
    assert records(dossier, "tracking") == EXPECTED
    assert [(r.row, r.reason) for r in dossier.rejected] == [
        (2, "是小标题"),
        (8, "是小标题"),
        (9, "只有项目一栏有内容"),
        (17, "没有可以识别的内容"),
        (18, "是说明文字"),
    ]
    assert {p.rule for p in file_problems(dossier)} == {"SRC-5"}
    assert_reconciled(dossier)


@pytest.mark.parametrize("text", ["无", "-", "—", "/", "／", " 无 ", "——"])
def test_a_record_without_project_names_none(tmp_path, text):
    row = {**ROWS[0], "project_id": text, "project_name": text}
    (record,) = records(read_sheet(tmp_path, table(KEYS, [row])), "tracking")
    assert record == {**EXPECTED[0], "project_id": "", "project_name": ""}


def test_short_records_are_kept(tmp_path):
    rows: list[Row] = [
        {"content": "客户：反馈报表打不开，已答复"},
        {"project_id": "XM2026-0001", "content": "日期：3月5日"},
        {"project_id": "XM2026-0001", "support_date": date(2026, 3, 5)},
    ]
    assert len(read_sheet(tmp_path, table(KEYS, rows)).frame("tracking")) == 3


def test_a_list_of_projects_may_name_nothing_but_projects(tmp_path):
    lines = [
        ["项目编号", "项目名称", "客户名称", "责任销售"],
        ["XM2026-0001"],
        [None, "甲城档案平台"],
    ]
    dossier = read_sheet(tmp_path, lines, sheet="项目清单")
    named = [(r["project_id"], r["project_name"]) for r in records(dossier, "project_list")]
    assert named == [("XM2026-0001", ""), ("", "甲城档案平台")]


@pytest.mark.parametrize(
    ("hours", "taken"),
    [(0, 0.0), (24, 24.0), ("7.5h", 7.5), (-0.5, None), (24.5, None), ("1，234", None)],
)
def test_hours_of_a_record_fit_into_a_day(tmp_path, hours, taken):
    dossier = read_sheet(tmp_path, table(KEYS, [{**ROWS[0], "hours": hours}]))
    (record,) = records(dossier, "tracking")
    assert record["hours"] == taken
    messages = [(p.field, p.kind.value, p.message) for p in dossier.problems]
    wrong = ("hours", "type", f"“{hours}”超出合理范围（0–24）")
    assert messages == ([] if taken is not None else [wrong])
    "".join(m for *_, m in messages).encode("gbk")


def test_records_that_look_a_little_like_totals_are_kept(tmp_path):
    rows = [
        {**ROWS[0], "project_id": "", "project_name": name}
        for name in ("总计量平台改造", "合计算法库", "小计划一期")
    ]
    assert len(read_sheet(tmp_path, table(KEYS, rows)).frame("tracking")) == 3
