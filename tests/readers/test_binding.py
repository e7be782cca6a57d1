"""Sheets of every layout read to the same records as the official form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import pytest

from toolkit.forms.names import META_KIND, META_SHEET, OUTPUT_KIND
from toolkit.model.dossier import Status
from toolkit.writers.form_workbook import FormContent, write_form

from .layouts import (
    EXPECTED,
    KEYS,
    ROWS,
    assert_reconciled,
    read_sheet,
    save,
    table,
)
from .workbooks import (
    FORMS,
    file_problems,
    read,
    records,
    source,
    workbook,
    write_tracking,
)


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
