"""受限汇总.xlsx: what only 技术支持部经理 and 技术总监 may read, each number with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from toolkit.model.report import Table
from toolkit.model.restricted import RestrictedTables
from toolkit.writers.form_styles import BOOK_OPTIONS
from toolkit.writers.report.columns import Look
from toolkit.writers.report.findings_sheet import counted, findings_view
from toolkit.writers.report.links import Links
from toolkit.writers.report.page import set_properties, write_meta
from toolkit.writers.report.streamed import StreamedSheet
from toolkit.writers.report.styles import BAD, ReportStyles
from toolkit.writers.report.table_sheet import TableView, write_table_sheet

from .cover import write_cover
from .looks import BONUS, COMPLAINTS, CORRECTIONS, DEVELOPMENT, HOURS, PAY, RECORDS

TITLE = "受限汇总"


def write_restricted(
    path: Path, tables: RestrictedTables, *, generated: datetime, base: Path
) -> None:
    """Write the workbook to exactly this path; links lead into the department's folder `base`.

    The caller publishes it where only the two managers can read it. Nothing is written anywhere
    else meanwhile, not even to a temporary file. `generated` is local time.
    """
    book = xlsxwriter.Workbook(str(path), BOOK_OPTIONS)
    writer = _Book(book, tables, Links(path.resolve(), base.resolve()), generated)
    try:
        set_properties(book, writer.heading, generated)
        writer.write()
    finally:
        book.close()
    for sheet in writer.streamed:
        sheet.demand_written()


@dataclass
class _Book:
    book: Any
    tables: RestrictedTables
    links: Links
    generated: datetime
    streamed: list[StreamedSheet] = field(default_factory=list)
    styles: ReportStyles = field(init=False)
    heading: str = field(init=False)
    clock: str = field(init=False)

    def __post_init__(self) -> None:
        self.styles = ReportStyles(self.book)
        self.heading = f"{self.tables.department} {TITLE}".strip()
        self.clock = f"统计期：{self.tables.period}；检查日期：{self.tables.as_of}"

    def write(self) -> None:
        tables = self.tables
        self.streamed.append(
            write_cover(
                self.book,
                self.styles,
                tables,
                title=self.heading,
                intro=f"{self.clock}；生成时间：{self.generated:%Y-%m-%d %H:%M}",
            )
        )
        self._add(
            "投诉",
            tables.complaints,
            "统计期内收到的投诉，一封邮件投诉几个人就有几行；“查到的汇报”按填写（自报）",
            COMPLAINTS,
            empty=self._empty("complaints", "统计期内没有收到投诉。", "没有读到“投诉登记”。"),
            frozen=3,
            last_printed="查到的汇报",
        )
        self._add(
            "绩效建议",
            tables.pay,
            "只列有投诉、有结算或有扣级的月份，最近的在前；累计和永久级数从第一次投诉算起",
            PAY,
            empty=self._empty("complaints", "统计期内没有要结算的投诉。", "没有读到“投诉登记”。"),
            frozen=2,
        )
        self._add(
            "更正",
            tables.corrections,
            "已结束的月份后来有了不同的认定：原月份不改写，差额列入后一个月份",
            CORRECTIONS,
            empty="没有需要更正的月份。",
            frozen=2,
        )
        self._development()
        self._bonus()
        view = findings_view(tables.result.findings)
        intro = f"只列出受限台账的问题；{counted(tables.result)}"
        self._sheet("校验结果", view, intro, 2, BAD if tables.result.findings else "")
        write_meta(self.book, self.styles, self.generated)

    def _development(self) -> None:
        tables = self.tables
        self._add(
            "研发成本",
            tables.development,
            "各项目截至检查日期的净研发工时；超过上限的，先减成本再算奖金",
            DEVELOPMENT,
            empty="没有产品改进申请单，也没有销售奖金。",
            frozen=2,
        )
        self._add(
            "工时明细",
            tables.hours,
            "研发成本的依据：每条工时是否计入、为什么、按什么费率",
            HOURS,
            empty="没有读到研发工时。",
            frozen=2,
        )

    def _bonus(self) -> None:
        tables = self.tables
        self._add(
            "奖金依据",
            tables.bonus,
            "工时占比 = 本人计入工时 ÷ 本项目计入工时，合计为 100%；"
            "完整率 = 计入 ÷（计入＋待补）；奖金金额由部门另定",
            BONUS,
            empty=self._empty("tracking", "统计期内没有跟踪记录。", "没有读到项目跟踪表。"),
            frozen=3,
            totals=("计入次数", "计入工时", "待补次数", "待补工时", "不计入次数"),
        )
        self._add(
            "计奖记录",
            tables.bonus_rows,
            "奖金依据的每一行；待补证据的在前，补记以后重新运行即可计入",
            RECORDS,
            empty=self._empty("tracking", "统计期内没有跟踪记录。", "没有读到项目跟踪表。"),
            frozen=2,
        )

    def _add(
        self,
        name: str,
        table: Table,
        intro: str,
        looks: Mapping[str, Look],
        *,
        empty: str,
        frozen: int,
        **options: Any,
    ) -> None:
        view = TableView(f"T_{name}", table.frame, empty, table.instead, own_looks=looks, **options)
        self._sheet(name, view, intro, frozen)

    def _sheet(self, name: str, view: TableView, intro: str, frozen: int, tab: str = "") -> None:
        self.streamed.append(
            write_table_sheet(
                self.book,
                self.styles,
                name,
                view,
                title=name,
                intro=f"{self.clock}；{intro}",
                links=self.links,
                frozen=frozen,
                tab=tab,
            )
        )

    def _empty(self, block: str, none: str, never: str) -> str:
        return none if block in self.tables.kept else never
