"""Sheets of every layout read to the same records as the official form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from toolkit.forms.names import META_KIND, META_SHEET, OUTPUT_KIND
from toolkit.model.dossier import Dossier, Status
from toolkit.writers.form_workbook import FormContent, write_form

from .workbooks import (
    FORMS,
    TRACKING,
    as_read,
    file_problems,
    read,
    records,
    some_records,
    source,
    workbook,
    write_tracking,
)

LABELS = {f.key: f.label for f in TRACKING.fields}
KEYS = tuple(LABELS)
ROWS = some_records()
EXPECTED = as_read(ROWS)
Row = Mapping[str, object]


def cell(value: object) -> Any:
    """A value as a cell: several joined, times as times."""
    if isinstance(value, tuple):
        return "、".join(value)
    if isinstance(value, str) and len(value) == 5 and value[2] == ":":
        return time(int(value[:2]), int(value[3:]))
    return value if value != "" else None


def table(keys: Sequence[str], rows: Sequence[Row] = ROWS, **labels: str) -> list[list[Any]]:
    """Header and rows of a plain table; keys that are no field become columns of their own."""
    header = [labels.get(k, LABELS.get(k, k)) for k in keys]
    return [
        header,
        *[[cell(row.get(k, "随手记" if k not in LABELS else "")) for k in keys] for row in rows],
    ]


def save(folder: Path, content: bytes, name: str = "项目跟踪表_样例甲_2026.xlsx") -> Path:
    path = folder / "02_跟踪表" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def read_sheet(
    folder: Path,
    rows: Sequence[Sequence[Any]],
    change: Callable[[Any, Any], None] | None = None,
    sheet: str = "跟踪记录",
) -> Dossier:
    save(folder, workbook({sheet: rows}, change))
    return read(folder)


def assert_reconciled(dossier: Dossier) -> None:
    for s in dossier.sources:
        assert s.rows == s.consolidated + s.rejected, s.path
    assert len(dossier.rejected) == sum(s.rejected for s in dossier.sources)


def test_the_official_sheet(tmp_path):
    write_tracking(tmp_path / "项目跟踪表_样例甲_2026.xlsx", ROWS)
    dossier = read(tmp_path)
    assert records(dossier, "tracking") == EXPECTED
    assert records(dossier, "tracking_sheet") == [
        {"owner": "样例甲", "year": "2026", "department": ""}
    ]
    assert dossier.problems == dossier.rejected == file_problems(dossier) == []
    (only,) = dossier.sources
    assert (only.rows, only.consolidated, only.form) == (len(ROWS), len(ROWS), "F02")
    assert {b.how["content"] for b in dossier.bindings if b.block == "tracking"} == {"名称"}
    assert str(dossier.locate("tracking", 0, "content")).endswith("跟踪记录!I4")


def test_a_plain_table(tmp_path):
    dossier = read_sheet(tmp_path, table(KEYS))
    assert records(dossier, "tracking") == EXPECTED
    assert_reconciled(dossier)


def test_title_rows_and_a_note_line(tmp_path):
    rows = [["技术支持部工作跟踪表"], ["编制：样例甲", None, "2026年"], [], *table(KEYS)]
    assert records(read_sheet(tmp_path, rows), "tracking") == EXPECTED


def two_line_header(keys: Sequence[str]) -> tuple[list[list[Any]], Callable[[Any, Any], None]]:
    """Groups over columns 2 to 5 and 6 to 9, the other labels merged down over both lines."""
    header = table(keys)[0]
    upper: list[Any] = list(header)
    for first in (2, 6):
        upper[first : first + 4] = [f"分组{first}", None, None, None]
    lower: list[Any] = [t if 2 <= c < 10 else None for c, t in enumerate(header)]

    def merge(book: Any, sheet: Any) -> None:
        top = merge.first_row  # type: ignore[attr-defined]
        for column, text in enumerate(upper):
            if 2 <= column < 10:
                if text:
                    sheet.merge_range(top, column, top, column + 3, text)
            else:
                sheet.merge_range(top, column, top + 1, column, text)

    merge.first_row = 0  # type: ignore[attr-defined]
    return [upper, lower], merge


def test_a_merged_header_of_two_lines(tmp_path):
    header, merge = two_line_header(KEYS)
    dossier = read_sheet(tmp_path, [*header, *table(KEYS)[1:]], merge)
    assert records(dossier, "tracking") == EXPECTED
    assert dossier.bindings[0].header_row == 2


def test_a_group_and_its_label_together_make_the_name(tmp_path):
    keys = ["project_id", "support_date", "support_type", "content", "sales_present", "result"]
    rows = table(keys)
    rows[0] = ["项目", None, "支持", None, "销售在场", "结果"]
    rows.insert(1, ["编号", "日期", "内容类型", "具体内容", None, None])

    def merge(book, sheet):
        sheet.merge_range(0, 0, 0, 1, "项目")
        sheet.merge_range(0, 2, 0, 3, "支持")

    found = records(read_sheet(tmp_path, rows, merge), "tracking")
    assert [{k: r[k] for k in keys} for r in found] == [{k: r[k] for k in keys} for r in EXPECTED]


def test_inserted_and_reordered_columns(tmp_path):
    keys = ["序号", *reversed(KEYS[:9]), "心得", *KEYS[9:15], "领导批示", *reversed(KEYS[15:])]
    dossier = read_sheet(tmp_path, table(keys))
    assert records(dossier, "tracking") == EXPECTED
    assert set(dossier.bindings[0].unbound.values()) == {"序号", "心得", "领导批示"}


def test_headers_renamed_to_common_names(tmp_path):
    rows = table(
        KEYS, support_date="日期", supporter="工程师", content="工作内容", hours="用 时",
        sales_present="销售是否在场（是/否）", result="支持结果*", project_id=" 项目编号：",
        report_channel="汇报\n方式",
    )  # fmt: skip
    dossier = read_sheet(tmp_path, rows)
    assert records(dossier, "tracking") == EXPECTED
    assert dossier.bindings[0].labels["content"] == "工作内容"


def test_headers_that_the_department_named(tmp_path):
    aliases = [
        {"form": "项目跟踪表", "table": "跟踪记录"}
        | {"standard_label": label, "own_label": own, "confirmed": confirmed}
        for label, own, confirmed in (
            ("具体内容", "做了啥", "是"),
            ("结果", "收场", "是"),
            ("客户沟通人", "甲方的人", ""),
        )
    ]
    write_form(
        FORMS["G19"], tmp_path / "部门配置.xlsx", FormContent({}, {"label_aliases": aliases})
    )
    rows = table(KEYS, content="做了啥", result="收场", customer_contact="甲方的人")
    dossier = read_sheet(tmp_path, rows)
    unnamed = [{**r, "customer_contact": ""} for r in EXPECTED]
    assert records(dossier, "tracking") == unnamed
    (binding,) = (b for b in dossier.bindings if b.block == "tracking")
    assert "甲方的人" in binding.unbound.values()
    assert not dossier.bound("tracking", "customer_contact")


def test_notes_beside_and_below_the_table(tmp_path):
    rows = table(KEYS)
    for n, text in ((1, "颜色说明"), (2, "红色：未汇报"), (3, "本月重点：甲城")):
        rows[n] = [*rows[n], None, None, text]
    rows += [[], ["说明：每周五前填完本表"], ["填表人：样例甲", None, "审核人："]]
    dossier = read_sheet(tmp_path, rows)
    assert records(dossier, "tracking") == EXPECTED
    assert [r.reason for r in dossier.rejected] == ["是说明文字", "是说明文字"]
    assert_reconciled(dossier)


def test_hidden_and_filtered_rows_count(tmp_path):
    def hide(book, sheet):
        sheet.autofilter(0, 0, len(ROWS), len(KEYS) - 1)
        sheet.filter_column(0, "x == XM2026-0001")
        for row in (2, 3, 5):
            sheet.set_row(row, None, None, {"hidden": True})

    dossier = read_sheet(tmp_path, table(KEYS), hide)
    assert records(dossier, "tracking") == EXPECTED
    assert source(dossier, "项目跟踪表_样例甲_2026.xlsx").hidden_rows == 3


def as_typed_by_hand(value: Any) -> Any:
    """The same value as people type it: text dates, full-width digits, stray blanks."""
    if isinstance(value, datetime):
        return f"{value:%Y.%-m.%-d} {value:%H：%M}"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日\u3000"
    if isinstance(value, time):
        return f" {value.hour}点{value.minute}分"
    if isinstance(value, float):
        return f"{value}小时".translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    if value == "样例甲":
        return "样 例 甲"
    return f"\u00a0{value} \u200b\n" if isinstance(value, str) else value


def test_text_dates_full_width_digits_and_stray_blanks(tmp_path):
    header, *rows = table(KEYS)
    dossier = read_sheet(tmp_path, [header, *[[as_typed_by_hand(v) for v in row] for row in rows]])
    assert records(dossier, "tracking") == EXPECTED
    assert dossier.problems == []


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


def test_two_tables_on_one_sheet(tmp_path):
    leftovers = [
        ["遗留编号", "项目编号", "问题描述", "产生日期", "状态"],
        ["YL-1", "XM2026-0001", "导出乱码", date(2026, 3, 4), "处理中"],
        ["YL-2", "XM2026-0002", "告警延迟", date(2026, 3, 5), "已关闭"],
    ]
    rows = [["一、跟踪记录"], *table(KEYS), [], ["二、遗留问题"], *leftovers]
    dossier = read_sheet(tmp_path, rows, sheet="样例甲")
    assert records(dossier, "tracking") == EXPECTED
    found = records(dossier, "leftovers")
    assert [(r["leftover_id"], r["description"], r["status"]) for r in found] == [
        ("YL-1", "导出乱码", "处理中"),
        ("YL-2", "告警延迟", "已关闭"),
    ]
    assert_reconciled(dossier)


def test_the_same_table_twice_in_another_order_of_columns(tmp_path):
    other = tuple(reversed(KEYS))
    rows = [*table(KEYS, ROWS[:5]), [], *table(other, ROWS[5:])]
    assert records(read_sheet(tmp_path, rows), "tracking") == EXPECTED


def test_a_sheet_for_each_engineer(tmp_path):
    sheets = {
        "样例甲": table(KEYS, ROWS[:4]),
        "样例乙": table(KEYS, ROWS[4:]),
        "说明": [["随便写写"]],
    }
    save(tmp_path, workbook(sheets), "部门跟踪表.xlsx")
    dossier = read(tmp_path)
    assert records(dossier, "tracking") == EXPECTED
    assert [b.sheet for b in dossier.bindings] == ["样例甲", "样例乙"]


def test_everything_at_once(tmp_path):
    keys = ["序号", *KEYS[:4], "心得", *KEYS[4:], "批示"]
    header, merge_header = two_line_header(keys)
    renamed = {"具体内容": "工作内容", "结果": "支持 结果", "支持日期": "日期"}
    header = [[renamed.get(t, t) for t in line] for line in header]
    merge_header.first_row = 2
    body = [[as_typed_by_hand(v) for v in row] for row in table(keys)[1:]]
    body[3] = [*body[3], None, "旁边的备注"]

    def change(book, sheet):
        merge_header(book, sheet)
        for column, text in enumerate(header[0]):
            if text and not 2 <= column < 10:
                sheet.write_string(2, column, text)
        sheet.merge_range(0, 0, 0, 9, "技术支持部二〇二六年度工作跟踪表")
        sheet.merge_range(10, 0, 10, 9, "2026年3月下半月")
        sheet.set_row(6, None, None, {"hidden": True})
        sheet.write_blank(1_048_575, 3, None, book.add_format({"border": 1}))

    title = ["技术支持部二〇二六年度工作跟踪表"]
    rows = [
        title,
        ["部门：技术支持部"],
        *header,
        *body[:6],
        ["2026年3月下半月"],
        header[1],
        *body[6:],
        ["合计", len(body)],
    ]
    dossier = read_sheet(tmp_path, rows, change, sheet="Sheet1")
    assert records(dossier, "tracking") == EXPECTED
    assert_reconciled(dossier)
    assert source(dossier, "项目跟踪表_样例甲_2026.xlsx").hidden_rows == 1


def test_blank_copies_of_every_form_are_read_but_nothing_is_kept(tmp_path):
    for form in FORMS.values():
        write_form(form, tmp_path / f"{form.title}.xlsx")
    dossier = read(tmp_path)
    restricted = f"{FORMS['G05'].title}.xlsx"
    assert source(dossier, restricted).status is Status.RESTRICTED
    for s in dossier.sources:
        if s.path != restricted:
            assert (s.status, s.reason, s.rows) == (Status.READ, "空白表单", 0), s.path
            assert s.form
    assert dossier.bindings == []
    assert not any(dossier.kept(block) for block in dossier.blocks)


@pytest.mark.parametrize("key", ["F01", "F03", "F04", "F05", "G19"])
def test_one_value_makes_a_form_kept(tmp_path, key):
    form = FORMS[key]
    block = form.blocks[0]
    content: dict[str, dict[str, object]] = {}
    tables: dict[str, list[dict[str, object]]] = {}
    if block.layout.value == "labels":
        content[block.key] = {block.identity[-1]: "样例"}
    else:
        tables[block.key] = [{block.identity[0]: "样例"}]
    write_form(form, tmp_path / "表.xlsx", FormContent(content, tables))
    dossier = read(tmp_path)
    assert dossier.sources[0].reason == ""
    assert dossier.kept(block.key)


def test_outputs_are_never_read_wherever_they_lie(tmp_path):
    meta = [[META_KIND, OUTPUT_KIND], ["模板版本", "1"]]
    save(tmp_path, workbook({"跟踪记录汇总": table(KEYS), META_SHEET: meta}), "部门汇总.xlsx")
    dossier = read(tmp_path)
    assert [(s.status, s.rows) for s in dossier.sources] == [(Status.OUTPUT, 0)]
    assert dossier.frames == {}
    assert dossier.source_problems == []
