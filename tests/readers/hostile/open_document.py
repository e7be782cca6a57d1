"""Hostile .ods: a few bytes that stand for millions of cells."""

from __future__ import annotations

from ..other_formats import ods, text_cell
from .attack import DAMAGED, NUMBERED, TOO_LARGE, Attack, harmless

_FORM = "".join(
    f"<table:table-row>{''.join(map(text_cell, row))}</table:table-row>"
    for row in (NUMBERED[0], ["XM9", "2026-03-05", *NUMBERED[1][2:]])
)
_ERROR = ' calcext:value-type="error" office:value-type="string"'
_TEXT = ' office:value-type="string"'
_SCATTERED = "的内容一直散布到 {}，已拒绝读取"


def row(cells: str, repeated: object = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def cell(text: str = "", repeated: object = 1, more: str = "") -> str:
    body = f"<text:p>{text}</text:p>" if text else ""
    return (
        f'<table:table-cell table:number-columns-repeated="{repeated}"{more}>{body}'
        "</table:table-cell>"
    )


def with_rows(rows: str) -> bytes:
    return ods(_FORM + rows)


def far(columns: int) -> bytes:
    return with_rows(row(cell(), 1_048_573) + row(cell("", columns) + cell("x", 1, _TEXT)))


def many_tables(count: int, name: str) -> bytes:
    tables = "".join(
        f'</table:table><table:table table:name="{name.format(n)}">{_FORM}' for n in range(count)
    )
    return with_rows(tables)


def spanned(count: int) -> str:
    wide = ' table:number-columns-spanned="1024" table:number-rows-spanned="1048576"'
    return row(cell("x", 1_000, _TEXT), 1_000) + row(cell("x", 1, _TEXT + wide)) * count


def with_entities() -> bytes:
    return ods(_FORM, prologue='<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>')


ATTACKS = {
    "最远单元格.ods": Attack(lambda: far(16_383), _SCATTERED.format("XFD1048576")),
    "最后一行.ods": Attack(lambda: far(25), _SCATTERED.format("Z1048576")),
    "行数超出.ods": Attack(
        lambda: with_rows(row(cell(), 1_048_576) + row(cell("x", 1, _TEXT))), DAMAGED
    ),
    "十亿格文本.ods": Attack(
        lambda: with_rows(row(cell("x", 1_000, _TEXT), 1_000_000)), _SCATTERED.format("ALL1000002")
    ),
    "重复的长文本.ods": Attack(
        lambda: with_rows(row(cell("长" * 30_000, 16_000, _TEXT))), TOO_LARGE
    ),
    "一个单元格一兆字.ods": Attack(
        lambda: with_rows(row(cell("长" * 1_000_000, 1, _TEXT))), TOO_LARGE
    ),
    "两千万错误值.ods": Attack(
        lambda: with_rows(row(cell("#N/A", 20, _ERROR), 1_000) * 1_000), TOO_LARGE
    ),
    "重复的错误值.ods": Attack(
        lambda: with_rows(row(cell("#N/A", 1_000, _ERROR) * 16, 1_000)), TOO_LARGE
    ),
    "合并重叠.ods": Attack(lambda: with_rows(spanned(500)), DAMAGED),
    "重复次数二十位.ods": Attack(lambda: with_rows(row(cell(), 10**20 - 1)), DAMAGED),
    "重复列百亿.ods": harmless(lambda: with_rows(row(cell("", 9_999_999_999)))),
    "重复的空行.ods": harmless(lambda: with_rows(row(cell("", 16_384), 1_048_000) * 50)),
    "负的重复.ods": Attack(lambda: with_rows(row(cell("", -16_384), -5)), DAMAGED),
    "空格四十亿.ods": Attack(
        lambda: with_rows(row(cell('<text:s text:c="4000000000"/>', 1, _TEXT))), DAMAGED
    ),
    "两千张表.ods": Attack(lambda: many_tables(2_000, "表{}"), "工作簿里有 2001 张工作表"),
    "同名的表.ods": Attack(lambda: many_tables(500, "跟踪记录"), DAMAGED),
    "实体.ods": Attack(with_entities, DAMAGED),
}
