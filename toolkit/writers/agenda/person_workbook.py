"""待办_姓名.xlsx: what one person has to do, each line opening the file and cell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from toolkit.model.agenda import Agenda, RunFacts
from toolkit.writers.form_styles import BOOK_OPTIONS
from toolkit.writers.report.links import Links
from toolkit.writers.report.page import set_properties, write_meta
from toolkit.writers.report.streamed import StreamedSheet
from toolkit.writers.report.styles import BAD, CALM, GOOD
from toolkit.writers.templates import one_line

from .parts import AgendaStyles, Page
from .tables import closed_view, open_view
from .words import (
    HOW_TO_ANSWER,
    NOTHING,
    STOPPED,
    THANKS,
    history_sentence,
    notices_of,
    overdue,
    run_line,
    sections,
    summary,
)

SHEET = "待办"


def write_agenda(path: Path, agenda: Agenda, facts: RunFacts, *, base: Path) -> None:
    """Write the workbook to exactly this path; links lead into the department's folder `base`.

    The caller publishes the file (files.publish). `facts.generated` is local time.
    """
    book = xlsxwriter.Workbook(str(path), BOOK_OPTIONS)
    try:
        title = one_line(f"{agenda.person} 待办")
        set_properties(book, title, facts.generated)
        styles = AgendaStyles(book)
        sheet = _sheet(book, styles, agenda, facts, title, Links(path.resolve(), base.resolve()))
        write_meta(book, styles, facts.generated)
    finally:
        book.close()
    sheet.demand_written()


def _sheet(
    book: Any, styles: AgendaStyles, agenda: Agenda, facts: RunFacts, title: str, links: Links
) -> StreamedSheet:
    lines = [(section.state, item) for section in sections(agenda) for item in section.items]
    view = open_view("T_待办", lines, empty=NOTHING)
    intro = run_line(agenda.as_of, facts)
    page = Page(book, styles, SHEET, view, title=title, intro=intro, wide=bool(agenda))
    page.line(summary(agenda), styles.summary)
    for notice in notices_of(facts):
        page.line(notice, styles.warned)
    page.line(HOW_TO_ANSWER if agenda.pending else "", styles.told)
    page.line(history_sentence(agenda.history), styles.told)
    page.table(view, links)
    for name, heading, items in (
        ("T_已解决", THANKS, agenda.resolved),
        ("T_不再提醒", STOPPED, agenda.stopped),
    ):
        if items:
            page.bar(f"{heading}（{len(items)} 项）")
            page.table(closed_view(name, [(item.standing.value, item) for item in items]), links)
    colour = BAD if overdue(agenda.pending) else CALM if agenda.pending else GOOD
    return page.finish(agenda.as_of, colour)
