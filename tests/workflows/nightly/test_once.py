"""What has happened and cannot be made good is told once; what has no last day gets one."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.workflows.nightly.desk import make_desk, matter
from toolkit.workflows.nightly.compare import compare
from toolkit.workflows.nightly.memory import State
from toolkit.workflows.nightly.sight import Sight

MONDAY = dt.date(2026, 10, 12)


def test_what_is_past_is_told_once_and_leaves_the_workbook(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A", past=True), matter("B")])
    desk.run("2026-10-12T08:30")
    (told,) = (each for each in desk.take() if each.recipient == "周演示")
    assert {each.partition("@")[0] for each in told.ids} == {"A", "B"}
    desk.run("2026-10-13T08:30")
    (told,) = (each for each in desk.take() if each.recipient == "周演示")
    assert told.ids == ("B@open",)


def test_what_is_past_and_was_not_delivered_comes_again(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A", past=True)])
    real, desk.addresses = desk.addresses, {}
    desk.run("2026-10-12T08:30")
    desk.addresses = real
    assert not [each for each in desk.take() if each.recipient == "周演示"]
    desk.run("2026-10-13T08:30")
    assert [each.recipient for each in desk.take() if each.recipient == "周演示"] == ["周演示"]


def test_a_matter_without_a_last_day_gets_one_from_the_day_it_was_first_asked_for() -> None:
    sight = Sight(read={"02_跟踪表/项目跟踪表_周演示.xlsx": "a1"})
    asked = [matter("A"), matter("B", due=dt.date(2026, 10, 30)), matter("C", past=True)]
    first = compare(State(), asked, sight, MONDAY, lambda day: day + dt.timedelta(days=2))
    assert [first.matters[name].matter.due for name in "ABC"] == [
        dt.date(2026, 10, 14), dt.date(2026, 10, 30), None,
    ]  # fmt: skip
    state = State(matters=first.matters)
    later = compare(state, asked, sight, dt.date(2026, 10, 15), lambda d: d + dt.timedelta(days=2))
    assert later.matters["A"].matter.due == dt.date(2026, 10, 14), "it does not move on"
