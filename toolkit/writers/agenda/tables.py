"""Matters as a table whose lines open the very cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from toolkit.model.agenda import Item
from toolkit.model.finding import SEVERITY_TITLES
from toolkit.writers.report.columns import Look
from toolkit.writers.report.table_sheet import TableView
from toolkit.writers.report.values import cell_text
from toolkit.writers.templates import one_line

from .parts import LATE

STATE, OWNER, TASK, HINT, FILE = "状态", "责任人", "要做什么", "建议", "文件"
SEVERITY = "级别"
CLOSED_TASK, REASON = "事项", "说明"
DUE, AGE, OVERDUE, ID = "到期日", "已有几个工作日", "逾期几个工作日", "编号"
_LOOKS = {
    STATE: Look("badge", 11),
    OWNER: Look("long", 11),
    TASK: Look("long", 38),
    CLOSED_TASK: Look("long", 38),
    HINT: Look("long", 29),
    REASON: Look("long", 29),
    DUE: Look("date", 11),
    AGE: Look("centre", 7.3),
    OVERDUE: Look(LATE, 7.3),
    "项目": Look("long", 22),
    FILE: Look("long", 22, "file"),
    "工作表": Look("long", 10.5),
    "单元格": Look("centre", 7.5, "cell"),
    SEVERITY: Look("badge", 6.5),
    "条款": Look("article", 7.5),
    ID: Look("long", 13),
}


@dataclass(frozen=True, slots=True)
class MatterView(TableView):
    """Matters. All tables on a sheet have their columns in the same widths."""

    def looks(self) -> list[Look]:
        return [self._look(title) for title in self.titles]

    def _look(self, title: str) -> Look:
        look = _LOOKS[title]
        # how grave it was shouts no more once it is closed
        quiet = title == SEVERITY and title in self.optional
        return replace(look, kind="centre") if quiet else look


def open_view(
    name: str, lines: Sequence[tuple[str, Item]], *, first: str = STATE, empty: str = ""
) -> MatterView:
    """What is to be done, one line a matter: the text of the `first` column, and the item."""
    columns = [(first, [text for text, _ in lines])]
    hints = [f"原因：{i.reason}" if i.reason else i.matter.hint for _, i in lines]
    frame = _frame(columns, (TASK, HINT), hints, [item for _, item in lines])
    return MatterView(name, frame, empty, path=FILE)


def closed_view(
    name: str, lines: Sequence[tuple[str, Item]], *, first: str = STATE, empty: str = ""
) -> MatterView:
    """What need not be done any more, and why."""
    columns = [(first, [text for text, _ in lines])]
    reasons = [item.reason for _, item in lines]
    frame = _frame(columns, (CLOSED_TASK, REASON), reasons, [item for _, item in lines])
    # quieter heads: what is still to be done stands out
    return MatterView(name, frame, empty, path=FILE, optional=tuple(frame.columns))


def _frame(
    columns: Sequence[tuple[str, Sequence[object]]],
    titles: tuple[str, str],
    beside: Sequence[str],
    items: Sequence[Item],
) -> pd.DataFrame:
    matters = [item.matter for item in items]
    task, hint = titles
    found: dict[str, Sequence[object]] = {
        **dict(columns),
        task: [matter.message for matter in matters],
        hint: beside,
        DUE: [matter.due for matter in matters],
        AGE: [item.age or None for item in items],
        OVERDUE: [item.overdue or None for item in items],
        "项目": [matter.project for matter in matters],
        # these stand in formulas, which take no line breaks or control characters
        FILE: _one_lines(matter.path for matter in matters),
        "工作表": _one_lines(matter.sheet for matter in matters),
        "单元格": _one_lines(matter.cell for matter in matters),
        SEVERITY: [SEVERITY_TITLES[matter.severity] for matter in matters],
        "条款": [matter.article for matter in matters],
        ID: [matter.id for matter in matters],
    }
    return pd.DataFrame(found, dtype="object")


def _one_lines(texts: Iterable[str]) -> list[object]:
    return [cell_text(one_line(text)).rstrip() for text in texts]
