"""部门汇总.xlsx: the department's report as one workbook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from toolkit.model.report import ReportTables, Table
from toolkit.writers.form_styles import BOOK_OPTIONS

from .charts import write_chart_data
from .columns import Look
from .findings_sheet import counted, findings_view
from .links import Links
from .overview_sheet import write_overview
from .packed import PackedWorkbook
from .page import set_properties, write_meta
from .sources_sheet import write_sources
from .streamed import StreamedSheet
from .styles import BAD, ReportStyles
from .table_sheet import TableView, write_table_sheet

__all__ = ["write_report"]

_PLACE = ("来源文件", "工作表", "行号", "单元格")
"""Columns that lead to the source: not printed; those after them are a group to fold away."""


def write_report(
    path: Path,
    tables: ReportTables,
    *,
    title: str = "部门汇总",
    generated: datetime,
    base: Path,
) -> None:
    """Write the report to exactly this path; `base` is the department's folder (for links).

    The caller publishes the file (files.publish). `generated` is local time.
    """
    book = PackedWorkbook(path, BOOK_OPTIONS)
    heading = f"{tables.department} {title}".strip()
    links = Links(path.resolve(), base.resolve())
    report = _Report(book, tables, links, heading, generated)
    try:
        set_properties(book, heading, generated)
        report.write()
    finally:
        book.close()
    for sheet in report.streamed:
        sheet.demand_written()


@dataclass
class _Report:
    book: Any
    tables: ReportTables
    links: Links
    heading: str
    generated: datetime
    streamed: list[StreamedSheet] = field(default_factory=list)
    styles: ReportStyles = field(init=False)

    def __post_init__(self) -> None:
        self.styles = ReportStyles(self.book)

    def write(self) -> None:
        tables = self.tables
        clock = f"统计期：{tables.period}；检查日期：{tables.as_of}"
        write_overview(
            self.book,
            self.styles,
            tables,
            self.links,
            title=self.heading,
            intro=f"{clock}；生成时间：{self.generated:%Y-%m-%d %H:%M}",
        )
        self._add(
            "项目一览",
            tables.projects,
            f"{clock}；支持次数和工时为本期数，其余为截至检查日期的情况",
            empty="没有读到任何项目。",
            frozen=2,
            totals=(
                "支持次数", "工时(小时)", "未关闭遗留", "改进申请数", "净研发工时", "故障单",
                "未关闭故障", "错误", "警告",
            ),
        )  # fmt: skip
        self._add(
            "工程师一览",
            tables.engineers,
            f"{clock}；汇报合规率 = 其中已汇报 ÷ 销售不在场，没有不在场的记录时显示 —",
            empty="没有读到任何人员。",
            frozen=1,
            totals=("支持次数", "工时(小时)", "销售不在场", "其中已汇报", "未关闭遗留"),
        )
        self._records(clock)
        self._add(
            "遗留问题",
            tables.leftovers,
            f"{clock}；列出本期内出现或未关闭的遗留问题，未关闭的在前",
            empty=self._empty("leftovers", "本期没有遗留问题。", "没有读到遗留与问题的登记。"),
            frozen=3,
            **_aside(tables.leftovers),
        )
        self._add(
            "研发申请与故障",
            tables.requests,
            f"{clock}；列出本期内提出或未关闭的产品改进申请单和故障处理工作单",
            empty="本期没有产品改进申请单和故障处理工作单。",
            frozen=2,
            **_aside(tables.requests),
        )
        self._add(
            "运行指标",
            tables.indicators,
            f"{clock}；结果 = 分子 ÷ 分母，分母为 0 时显示 —；时长为工作日的中位数",
            empty="本期没有可以计算的指标。",
            frozen=1,
        )
        self._findings()
        self._articles()
        self.streamed.append(
            write_sources(self.book, self.styles, tables, self.links, self.heading)
        )
        write_chart_data(self.book, self.styles, tables.charts)
        write_meta(self.book, self.styles, self.generated)

    def _records(self, clock: str) -> None:
        self._add(
            "跟踪记录汇总",
            self.tables.records,
            f"{clock}；点来源文件或行号打开原表；浅黄底色的单元格无法识别，照原文显示",
            empty=self._empty("tracking", "本期没有跟踪记录。", "没有读到项目跟踪表。"),
            frozen=3,
            **_aside(self.tables.records),
        )

    def _findings(self) -> None:
        result = self.tables.result
        view = findings_view(result.findings)
        intro = f"检查日期：{self.tables.as_of}；{counted(result)}；不按统计期筛选"
        self._sheet("校验结果", view, intro, frozen=2, tab=BAD if result.findings else "")

    def _articles(self) -> None:
        self._add(
            "条款覆盖",
            self.tables.articles,
            f"检查日期：{self.tables.as_of}；要点是概括，以制度原文为准；豁免的发现不计在内",
            empty="没有条款。",
            frozen=1,
            own_looks={"规则": Look("long", 26)},
        )

    def _add(
        self, name: str, table: Table, intro: str, *, empty: str, frozen: int, **options: Any
    ) -> None:
        view = TableView(f"T_{name}", table.frame, empty, table.instead, **options)
        self._sheet(name, view, intro, frozen=frozen)

    def _sheet(self, name: str, view: TableView, intro: str, *, frozen: int, tab: str = "") -> None:
        self.streamed.append(
            write_table_sheet(
                self.book,
                self.styles,
                name,
                view,
                title=name,
                intro=intro,
                links=self.links,
                frozen=frozen,
                tab=tab,
            )
        )

    def _empty(self, block: str, none: str, never: str) -> str:
        return none if block in self.tables.kept else never


def _aside(table: Table) -> dict[str, Any]:
    """Which columns of a register are printed, and which stand aside."""
    titles = list(table.frame.columns)
    first = titles.index(_PLACE[0])
    last = max(n for n, title in enumerate(titles) if title in _PLACE)
    return {"last_printed": titles[first - 1], "optional": tuple(titles[last + 1 :])}
