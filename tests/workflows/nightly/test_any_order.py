"""Any order of days, kills, refusals, matters that come and go: once a period, nothing lost."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.amounts import amount
from tests.workflows.nightly.desk import (
    ENGINEER,
    FILE,
    OTHER,
    OTHER_FILE,
    Desk,
    Received,
    make_desk,
    matter,
    most_in_a_period,
)
from tests.workflows.nightly.steps import at_every_step
from toolkit.regulation.calendar import WorkCalendar

PEOPLE = {"A": ENGINEER, "B": ENGINEER, "C": OTHER, "D": OTHER}
TIMES = ("T08:30", "T12:00", "T17:30", "T18:00")
FIRST = dt.date(2026, 10, 8)


class Killed(BaseException):
    """As in test_crash."""


@dataclass(frozen=True)
class Start:
    """One start of the job, and what happened before and in it."""

    days: int
    """Since the start before."""
    time: str
    there: frozenset[str]
    """Matters in force."""
    die_at: int
    refuse: str


STARTS = st.builds(
    Start,
    st.sampled_from([0, 0, 0, 1, 1, 2, 5]),
    st.sampled_from(TIMES),
    st.frozensets(st.sampled_from(sorted(PEOPLE))),
    st.integers(0, 120),
    st.sampled_from(["", "", "", ENGINEER, OTHER, "经理"]),
)


def _start(desk: Desk, when: str, start: Start) -> None:
    desk.matters = [matter(each, PEOPLE[each]) for each in sorted(start.there)]
    # whoever puts something right saves his file
    desk.files |= {FILE: f"{start.there}", OTHER_FILE: f"{start.there}"}
    desk.refuse_for(start.refuse, "忙。")

    def die(number: int, what: str) -> None:
        if number == start.die_at:
            raise Killed(what)

    try:
        with at_every_step(desk, die):
            desk.run(when)
    except Killed:
        pass


@settings(max_examples=amount(40, 10))
@given(st.lists(STARTS, min_size=1, max_size=10), st.frozensets(st.sampled_from(sorted(PEOPLE))))
def test_once_a_period_and_nothing_lost(starts: list[Start], finally_: frozenset[str]) -> None:
    folder = Path(tempfile.mkdtemp())
    desk = make_desk(folder)
    received: list[Received] = []
    day, time = FIRST, ""
    for start in starts:
        day += dt.timedelta(days=start.days)
        time = start.time if start.days else max(start.time, time)  # clocks: test_clock
        _start(desk, f"{day}{time}", start)
        received += desk.take()
    # two quiet working days: everybody knows everything
    workday = WorkCalendar().is_workday
    last = []
    for _ in range(2):
        day += dt.timedelta(days=1)
        while not workday(day):
            day += dt.timedelta(days=1)
        for time in ("T08:30", "T17:30"):
            _start(desk, f"{day}{time}", Start(0, time, finally_, 0, ""))
            last.append(desk.take())
            received += last[-1]
    assert most_in_a_period(received) <= 1
    assert len({each.message for each in received}) == len(received)
    for person in (ENGINEER, OTHER):
        mine = {each for each in finally_ if PEOPLE[each] == person}
        told = desk.state().ledgers.of("邮件", person).told
        assert set(told) == mine
        heard = {i.split("@")[0] for r in received if r.recipient == person for i in r.ids}
        assert mine <= heard
        # thanked for nothing that he had not been told of
        known: set[str] = set()
        for each in (r for r in received if r.recipient == person):
            for name, where in (i.split("@") for i in each.ids):
                assert where not in ("resolved", "stopped") or name in known
                known.add(name)
        # on a quiet day nothing is said twice
        for morning, evening in ((last[0], last[1]), (last[2], last[3])):
            ids = [i.split("@")[0] for r in (*morning, *evening) if r.recipient == person
                   for i in r.ids]  # fmt: skip
            assert max(Counter(ids).values(), default=1) == 1
    assert desk.state().ledgers.pending() == []
    assert set(desk.state().matters) == set(finally_)
    shutil.rmtree(folder)
