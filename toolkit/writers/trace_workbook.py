"""追责顺序.xlsx: one sheet, each line linked to its cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import pandas as pd
import xlsxwriter

from .form_styles import BOOK_OPTIONS
from .report.links import Links
from .report.page import set_properties, write_meta
from .report.styles import ReportStyles
from .report.table_sheet import TableView, write_table_sheet

SHEET = "追责顺序"


class StepLine(Protocol):
    """What is shown of a step; aggregators.trace.Step has it."""

    @property
    def kind(self) -> str: ...
    @property
    def on(self) -> date | None: ...
    @property
    def people(self) -> str: ...
    @property
    def article(self) -> int | None: ...
    @property
    def rule(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def place(self) -> str: ...
    @property
    def id(self) -> str: ...


def write_trace_workbook(
    path: Path,
    steps: Sequence[StepLine],
    *,
    project: str,
    until: date,
    department: str,
    base: Path,
    generated: datetime,
) -> None:
    """Write the list; `base` is the department's folder, to which links lead."""
    book = xlsxwriter.Workbook(str(path), BOOK_OPTIONS)
    try:
        heading = f"{SHEET} · {project}"
        set_properties(book, heading, generated)
        styles = ReportStyles(book)
        sheet = write_table_sheet(
            book,
            styles,
            SHEET,
            _view(steps),
            title=heading,
            intro=f"{department or '部门'}；截至 {until}；先看已登记的简化，再看缺少的步骤，"
            "再看迟延的步骤，各按时间先后（第五十二条）",
            links=Links(path.resolve(), base.resolve()),
            frozen=2,
        )
        write_meta(book, styles, generated)
    finally:
        book.close()
    sheet.demand_written()


def _view(steps: Sequence[StepLine]) -> TableView:
    places = [[*step.place.split("!"), "", "", ""][:3] for step in steps]
    frame = pd.DataFrame(
        {
            "次序": pd.Series(range(1, len(steps) + 1), dtype="int64"),
            "类别": pd.Series([s.kind for s in steps], dtype=object),
            "日期": pd.Series([pd.Timestamp(s.on) if s.on else pd.NaT for s in steps],
                              dtype="datetime64[s]"),
            "说明": pd.Series([s.message for s in steps], dtype=object),
            "责任人": pd.Series([s.people for s in steps], dtype=object),
            "条款": pd.Series([s.article for s in steps], dtype="float64"),
            "规则": pd.Series([s.rule for s in steps], dtype=object),
            "文件": pd.Series([p[0] for p in places], dtype=object),
            "工作表": pd.Series([p[1] for p in places], dtype=object),
            "单元格": pd.Series([p[2] for p in places], dtype=object),
            "发现编号": pd.Series([s.id for s in steps], dtype=object),
        }
    )  # fmt: skip
    return TableView(
        "T_追责顺序", frame, "没有登记的简化，也没有发现缺少或迟延的步骤。", path="文件"
    )
