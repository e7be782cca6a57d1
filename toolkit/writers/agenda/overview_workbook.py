"""待办总览.xlsx: everybody's load, what is open too long, what is nobody's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter

from toolkit.model.agenda import Item, Load, Overview, RunFacts
from toolkit.writers.form_styles import BOOK_OPTIONS, NAVY
from toolkit.writers.report.columns import Look
from toolkit.writers.report.links import Links
from toolkit.writers.report.page import set_properties, write_meta
from toolkit.writers.report.streamed import StreamedSheet
from toolkit.writers.report.styles import BAD, WARN
from toolkit.writers.report.table_sheet import TableView
from toolkit.writers.templates import one_line

from . import words
from .names import agenda_names
from .parts import LATE, AgendaStyles, Page
from .tables import OWNER, MatterView, closed_view, open_view

SHEET = "总览"
_PERSON, _OVERDUE, _FILE = "姓名", "逾期", "待办文件"
_LOOKS = {
    _PERSON: Look("text", 20),
    "新": Look("centre", 12),
    "未处理": Look("centre", 12),
    _OVERDUE: Look(LATE, 12),
    "最久(工作日)": Look("centre", 14),
    "今天解决": Look("centre", 12),
    _FILE: Look("text", 44, "file"),
}
_TOTALS = ("新", "未处理", _OVERDUE, "今天解决")


@dataclass(frozen=True, slots=True)
class LoadView(TableView):
    """One line a person."""

    def looks(self) -> list[Look]:
        return [_LOOKS[title] for title in self.titles]


def write_overview(
    path: Path,
    overview: Overview,
    facts: RunFacts,
    *,
    base: Path,
    names: Mapping[str, str] | None = None,
) -> None:
    """Write the workbook to exactly this path; links lead into the department's folder `base`.

    The workbooks of persons stand beside it, under `names` (default: agenda_names of everybody
    in `overview.loads`). The caller publishes the file (files.publish).
    """
    files = agenda_names(load.person for load in overview.loads) if names is None else names
    book = xlsxwriter.Workbook(str(path), BOOK_OPTIONS)
    try:
        title = one_line(f"{facts.department} 待办总览")
        set_properties(book, title, facts.generated)
        place = path.resolve()
        writer = _Writer(book, AgendaStyles(book), overview, words.run_line(overview.as_of, facts))
        sheets = [
            writer.front(
                title, words.notices_of(facts, overview), files, Links(place, place.parent)
            ),
            *writer.matters(Links(place, base.resolve())),
        ]
        write_meta(book, writer.styles, facts.generated)
    finally:
        book.close()
    for sheet in sheets:
        sheet.demand_written()


@dataclass(frozen=True, slots=True)
class _Writer:
    book: Any
    styles: AgendaStyles
    overview: Overview
    run: str

    def front(
        self, title: str, notices: Sequence[str], files: Mapping[str, str], links: Links
    ) -> StreamedSheet:
        overview = self.overview
        view = _load_view(words.worst_first(overview.loads), files)
        page = self._page(SHEET, view, title)
        page.line(words.overview_summary(overview), self.styles.summary)
        for notice in notices:
            page.line(notice, self.styles.warned)
        page.line(words.history_sentence(overview.history), self.styles.told)
        page.table(view, links)
        return page.finish(overview.as_of, NAVY)

    def matters(self, links: Links) -> Iterator[StreamedSheet]:
        overview = self.overview
        limit = f"超过规定时间（{overview.limit}）" if overview.limit else "超过规定时间"
        yield self._matters(
            words.LONG_OPEN,
            open_view(
                "T_超时未处理", _by_owner(overview.long_open), first=OWNER, empty=words.NO_LONG_OPEN
            ),
            f"{limit}仍未处理的事项；请督促责任人，或改派、登记豁免",
            BAD if overview.long_open else "",
            links,
        )
        yield self._matters(
            words.UNASSIGNED,
            open_view("T_无人认领", _by_state(overview.unassigned), empty=words.NO_UNASSIGNED),
            "从表里看不出由谁处理的事项；请指定责任人，并在表里写明",
            WARN if overview.unassigned else "",
            links,
        )
        yield self._matters(
            words.STOPPED,
            closed_view(
                "T_不再提醒", _by_owner(overview.stopped), first=OWNER, empty=words.NO_STOPPED
            ),
            "已豁免、已转交或不再适用的事项；从今天起不再提醒",
            "",
            links,
        )

    def _matters(
        self, name: str, view: MatterView, told: str, tab: str, links: Links
    ) -> StreamedSheet:
        page = self._page(name, view, name)
        page.line(told, self.styles.told)
        page.table(view, links)
        return page.finish(self.overview.as_of, tab)

    def _page(self, name: str, view: TableView, title: str) -> Page:
        wide = len(view.frame) > 0
        return Page(self.book, self.styles, name, view, title=title, intro=self.run, wide=wide)


def _by_owner(items: Sequence[Item]) -> list[tuple[str, Item]]:
    return [(item.matter.owner, item) for item in items]


def _by_state(items: Sequence[Item]) -> list[tuple[str, Item]]:
    return [(item.standing.value, item) for item in items]


def _load_view(loads: Sequence[Load], files: Mapping[str, str]) -> LoadView:
    columns: dict[str, list[object]] = {
        _PERSON: [one_line(load.person) for load in loads],
        "新": _counts(load.new for load in loads),
        "未处理": _counts(load.open for load in loads),
        _OVERDUE: _counts(load.overdue for load in loads),
        "最久(工作日)": _counts(load.oldest for load in loads),
        "今天解决": _counts(load.resolved for load in loads),
        _FILE: [files.get(load.person, "") for load in loads],
    }
    return LoadView(
        "T_各人待办",
        pd.DataFrame(columns, dtype="object"),
        words.NO_PERSONS,
        path=_FILE,
        totals=_TOTALS,
    )


def _counts(numbers: Iterable[int]) -> list[object]:
    """A blank for 0: what there is stands out."""
    return [number or None for number in numbers]
