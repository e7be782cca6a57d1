"""The digests: what one person, or the managers, are told through mail and webhooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from toolkit.model.agenda import Agenda, Digest, Item, Load, Overview, RunFacts, Standing
from toolkit.model.finding import SEVERITY_TITLES
from toolkit.writers.templates import SEVERITY_INKS, basis, one_line, render

from . import words
from .names import FOLDER, OVERVIEW_NAME, agenda_name

MANAGERS = "经理"
"""Recipient of the overview, as in 部门配置/通知渠道."""
_INK = "#1f3f62"
_STATE_INKS = {
    words.TODAY: "#b54708",
    Standing.UNVERIFIED.value: "#6b7785",
    Standing.RESOLVED.value: "#3d7356",
    Standing.STOPPED.value: "#6b7785",
    words.LONG_OPEN: "#b42318",
    words.UNASSIGNED: "#b54708",
}
LIMIT_LINES = 30
"""Lines (matters, persons) that a digest tells; robots take some twenty short messages a minute."""
_LEAST = 4
"""Lines that every section has before the first ones take the rest."""


def render_agenda(
    agenda: Agenda, facts: RunFacts, *, file: str = "", limit_lines: int = LIMIT_LINES
) -> Digest:
    """The digest of one person; what is beyond the limit is counted and stands in his workbook.

    `file` is the name of that workbook where it is not agenda_name(person). `ids` are all
    matters of the agenda: those beyond the limit are told of by their number and place.
    """
    person = one_line(agenda.person)
    found = [*words.sections(agenda)]
    found += [
        words.Section(standing.value, items)
        for standing, items in (
            (Standing.RESOLVED, agenda.resolved),
            (Standing.STOPPED, agenda.stopped),
        )
        if items
    ]
    shown = shares([len(section.items) for section in found], limit_lines)
    numbers = count(1)
    blocks = [
        _block(section.state, section.items, most, agenda.as_of, numbers)
        for section, most in zip(found, shown, strict=True)
    ]
    subject = _subject("待办", person, words.headline(agenda), agenda.as_of, facts)
    told = {
        "person": person,
        "summary": words.summary(agenda) or words.NOTHING,
        "nothing": not agenda,
        "pending": bool(agenda.pending),
        "blocks": [block for block in blocks if block.matters],
        "rest": _rest(blocks),
        "file": f"{FOLDER}/{one_line(file or agenda_name(agenda.person))}",
        "history": words.history_sentence(agenda.history),
        "notices": _one_lines(words.notices_of(facts)),
        "how": words.HOW_TO_ANSWER,
        **_run(agenda.as_of, facts),
    }
    items = [item for section in found for item in section.items]
    return _digest("digest", agenda.person, subject, told, items)


def render_overview(
    overview: Overview, facts: RunFacts, *, limit_lines: int = LIMIT_LINES
) -> Digest:
    """The managers' digest: who has how much, what is open too long, what is nobody's."""
    busy = [load for load in words.worst_first(overview.loads) if load.new or load.open]
    limit = f"（{one_line(overview.limit)}）" if overview.limit else ""
    parts = (
        (words.LONG_OPEN, overview.long_open, limit),
        (words.UNASSIGNED, overview.unassigned, "，请指定责任人"),
        (words.STOPPED, overview.stopped, ""),
    )
    most = shares([len(busy), *(len(items) for _, items, _ in parts)], limit_lines)
    numbers = count(1)
    blocks = [
        _block(state, items, part, overview.as_of, numbers, beside=beside, owners=True)
        for (state, items, beside), part in zip(parts, most[1:], strict=True)
        if items
    ]
    headline = words.overview_headline(overview)
    told: dict[str, Any] = {
        "summary": words.overview_summary(overview),
        "loads": [_load(load) for load in busy[: most[0]]],
        "busy": len(busy),
        "blocks": [block for block in blocks if block.matters],
        "others": "、".join(
            f"{number} {unit}"
            for number, unit in ((len(busy) - most[0], "人"), (_rest(blocks), "项"))
            if number
        ),
        "file": f"{FOLDER}/{OVERVIEW_NAME}",
        "history": words.history_sentence(overview.history),
        "notices": _one_lines(words.notices_of(facts, overview)),
        "how": words.HOW_TO_WAIVE,
        **_run(overview.as_of, facts),
    }
    subject = _subject("待办总览", told["department"], headline, overview.as_of, facts)
    items = [item for _, some, _ in parts for item in some]
    return _digest("overview", MANAGERS, subject, told, items)


def shares(sizes: Sequence[int], limit: int) -> list[int]:
    """How many lines of each section are told: a few of every one, then in the order of reading."""
    filled = sum(size > 0 for size in sizes)
    least = min(_LEAST, limit // filled) if filled else 0
    given = [min(size, least) for size in sizes]
    for number, size in enumerate(sizes):
        given[number] += min(size - given[number], limit - sum(given))
    return given


@dataclass(frozen=True, slots=True)
class _Block:
    """A section as the templates show it; `full`: with hint and place, otherwise a line each."""

    heading: str
    colour: str
    full: bool
    matters: Sequence[dict[str, Any]]
    beyond: int


def _block(
    state: str,
    items: Sequence[Item],
    most: int,
    as_of: date,
    numbers: Iterator[int],
    *,
    beside: str = "",
    owners: bool = False,
) -> _Block:
    full = state not in (Standing.UNVERIFIED, Standing.RESOLVED, Standing.STOPPED)
    thanks = "，谢谢" if state == Standing.RESOLVED else ""
    cut = f"，先列 {most} 项" if most < len(items) else ""
    matters = [
        _matter(item, as_of, next(numbers) if full else 0, owners=owners) for item in items[:most]
    ]
    heading = f"{state} {len(items)} 项{thanks}{beside}{cut}"
    return _Block(heading, _STATE_INKS.get(state, _INK), full, matters, len(items) - most)


def _matter(item: Item, as_of: date, number: int, *, owners: bool) -> dict[str, Any]:
    matter = item.matter
    return {
        "number": number,
        "severity": SEVERITY_TITLES[matter.severity],
        "colour": SEVERITY_INKS[matter.severity],
        "owner": one_line(matter.owner) if owners else "",
        "message": one_line(matter.message),
        "hint": one_line(matter.hint),
        "timing": words.timing(item, as_of),
        "late": item.overdue > 0,
        "place": one_line(matter.place),
        "id": one_line(matter.id),
        "basis": basis(matter.article, matter.id),
        "reason": one_line(item.reason),
    }


def _load(load: Load) -> dict[str, Any]:
    return {
        "person": one_line(load.person),
        "new": load.new,
        "open": load.open,
        "overdue": load.overdue,
        "oldest": load.oldest,
        "resolved": load.resolved,
    }


def _rest(blocks: Iterable[_Block]) -> int:
    return sum(block.beyond for block in blocks)


def _run(as_of: date, facts: RunFacts) -> dict[str, Any]:
    department = one_line(facts.department) or "部门"
    return {"department": department, "as_of": as_of, "job": one_line(facts.job)}


def _subject(kind: str, name: str, headline: str, as_of: date, facts: RunFacts) -> str:
    return one_line(f"【{kind}】{name}：{headline}（{as_of} {facts.job}）")


def _digest(
    template: str, recipient: str, subject: str, told: dict[str, Any], items: Iterable[Item]
) -> Digest:
    told = told | {"subject": subject}
    # a blank line in the template ends a piece; what staff wrote has none
    text = render(f"mail/{template}.txt.j2", told)
    pieces = [piece.strip("\n") for piece in re.split(r"\n\s*\n", text) if piece.strip()]
    html = render(f"mail/{template}.html.j2", told)
    return Digest(recipient, subject, pieces, html, [item.matter.id for item in items])


def _one_lines(texts: Iterable[str]) -> list[str]:
    return [one_line(text) for text in texts]
