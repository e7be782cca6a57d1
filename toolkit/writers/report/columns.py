"""How wide a column is and what its cells are, by title; the rest follows from the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

_NARROWEST, _WIDEST = 7.0, 30.0
_SAMPLE = 400
"""Rows whose text decides the width of a column without a declared one."""


@dataclass(frozen=True, slots=True)
class Look:
    """`kind`: text, long (wrapped), centre, date, datetime, count, hours, number, percent, badge …

    `link` says which part of the place a cell leads to: file or cell.
    """

    kind: str = "text"
    width: float = 0.0
    link: str = ""


_DECLARED = {
    "具体内容": Look("long", 46),
    "问题描述": Look("long", 40),
    "最近进展": Look("long", 36),
    "内容": Look("long", 40),
    "说明": Look("long", 44),
    "怎么补": Look("long", 52),
    "缺少的列": Look("long", 40),
    "建议": Look("long", 34),
    "原因": Look("long", 26),
    "豁免": Look("long", 18),
    "项目名称": Look("long", 32),
    "项目": Look("long", 26),
    "对象": Look("long", 34),
    "客户": Look("long", 20),
    "汇报邮件标题": Look("long", 26),
    "规则名称": Look("long", 34),
    "来源文件": Look("long", 40, "cell"),
    "文件": Look("long", 42, "file"),
    "行号": Look("centre", 7, "cell"),
    "单元格": Look("centre", 8, "cell"),
    "工作表": Look("text", 13),
    "条款": Look("article", 9),
    "级别": Look("badge", 7),
    "结果": Look("badge", 10),
    "检查结论": Look("badge", 10),
    "本次结果": Look("badge", 10),
    "覆盖": Look("badge", 7),
    "章": Look("text", 20),
    "要点": Look("long", 50),
    "为什么不能全查": Look("long", 44),
    "发现数": Look("count", 8),
    "分子": Look("number", 8),
    "分母": Look("number", 8),
    "汇报合规率": Look("percent", 9),
    "工时(小时)": Look("hours", 9),
    "净研发工时": Look("hours", 9),
    "大小(KB)": Look("hours", 9),
    "已开(工作日)": Look("count", 9),
    "第几次": Look("count", 7),
    "汇报时间": Look("datetime", 17),
    "修改时间": Look("datetime", 17),
    "指纹(SHA-256前12位)": Look("text", 16),
}
_SHORT = 8
"""Texts up to this width stand in the middle of their column."""


def look_of(title: str, column: pd.Series) -> Look:
    """The declared look of a column, completed from what stands in it."""
    found = _DECLARED.get(title)
    if found is None:
        kind = _kind_of(column)
        found = Look(kind)
    if found.width:
        return found
    widest = _typed_width(column) if is_typed(column) else _widest(column)
    kind = "centre" if found.kind == "text" and 0 < widest <= _SHORT else found.kind
    # the head may take two lines and carries the button of the filter
    head = text_width(title) if text_width(title) <= 6 else text_width(title) / 2 + 1
    head += 3
    return Look(kind, min(max(widest + 3, head, _NARROWEST), _WIDEST), found.link)


def text_width(text: str) -> int:
    """In units of a column's width: CJK takes two."""
    return len(text.encode("gb18030", "replace")) if not text.isascii() else len(text)


def line_counts(texts: Sequence[str], width: float) -> list[int]:
    """How many lines each text takes when it is wrapped in a column of this width."""
    usable = max(width - 2.5, 1.0)

    def lines(text: str) -> int:
        if "\n" in text:
            return sum(map(lines, text.split("\n")))
        return max(1, -int(-text_width(text) // usable))

    return list(map(lines, texts))


def is_typed(column: pd.Series) -> bool:
    """Whether a column holds dates or numbers and nothing else."""
    return bool(
        pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
    )


def _kind_of(column: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    if pd.api.types.is_integer_dtype(column):
        return "count"
    return "hours" if pd.api.types.is_float_dtype(column) else "text"


def _widest(column: pd.Series) -> int:
    texts = column.iloc[:_SAMPLE]
    return max((text_width(line) for t in texts for line in str(t).split("\n")), default=0)


def _typed_width(column: pd.Series) -> int:
    return 10 if pd.api.types.is_datetime64_any_dtype(column) else 5
