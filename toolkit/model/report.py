"""What a department's report consists of: tables with Chinese titles, key figures, charts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from .finding import CheckResult, Finding


@dataclass(slots=True)
class Table:
    """Lines with Chinese column titles.

    `instead` holds texts to show, marked, where the frame has no value, above all what stands in
    cells that could not be taken: (position of the line, column title) -> text.
    """

    frame: pd.DataFrame
    instead: dict[tuple[int, str], str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure. `value` is None where the denominator is 0."""

    label: str
    value: int | float | None
    note: str = ""
    kind: str = "count"
    """count, hours or percent."""
    tone: str = ""
    """'', bad or warn."""


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one chart; false when there is nothing to draw."""

    title: str
    categories: tuple[str, ...] = ()
    values: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return any(self.values)


@dataclass(frozen=True, slots=True)
class Charts:
    """Records by month or week, by person, by type and by result; leftovers; findings."""

    by_time: Series
    by_engineer: Series
    by_type: Series
    by_result: Series
    leftovers: Series
    findings: Series


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Whether every row that was read is accounted for: rows by fate, support records by period."""

    read: int
    taken: int
    rejected: int
    records: int
    inside: int
    outside: int
    undated: int
    hidden: int
    wrong: tuple[str, ...]
    """Files whose own figures do not add up."""

    @property
    def balanced(self) -> bool:
        return not self.wrong

    @property
    def rows_sentence(self) -> str:
        """读入 = 汇总 + 未采用, or which file breaks it."""
        sums = f"读入 {self.read:,} 行 = 汇总 {self.taken:,} 行 + 未采用 {self.rejected:,} 行"
        if self.balanced:
            return f"{sums}，逐个文件核对一致。"
        named = "、".join(self.wrong[:3]) + ("等" if len(self.wrong) > 3 else "")
        return f"行数核对不一致：“{sums}”不成立，请检查“{named}”。"

    @property
    def records_sentence(self) -> str:
        """How the support records divide into those of the period and the others."""
        text = (
            f"汇总行中有跟踪记录 {self.records:,} 行：本期 {self.inside:,} 行，"
            f"期外 {self.outside:,} 行"
        )
        if self.undated:
            text += f"，没有可识别的支持日期而未计入本期 {self.undated:,} 行"
        if self.hidden:
            text += f"。隐藏的 {self.hidden:,} 行也已读入"
        return text + "。"


@dataclass(slots=True)
class ReportTables:
    """The whole report. Support records are those of the period.

    Stages, open matters and findings are those of the day of the check, whatever the period.
    """

    department: str
    as_of: date
    period: str
    """The period as people read it."""
    figures: tuple[Figure, ...]
    look_first: list[Finding]
    charts: Charts
    projects: Table
    engineers: Table
    records: Table
    leftovers: Table
    requests: Table
    indicators: Table
    articles: Table
    sources: Table
    rejected: Table
    reconciliation: Reconciliation
    result: CheckResult
    unreadable: int = 0
    """Cells in the whole department that hold something which could not be taken."""
    kept: frozenset[str] = frozenset()
    """Blocks that the department keeps: an empty table differs from a missing register."""
