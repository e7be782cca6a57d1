"""Clocks that are wrong: nobody hears the same thing twice, no real day stays silent."""

from __future__ import annotations

from pathlib import Path

from tests.workflows.nightly.desk import ENGINEER, Desk, Received, make_desk, matter


def _desk(folder: Path) -> Desk:
    desk = make_desk(folder, matters=[matter("A")])
    desk.day("2026-10-12")
    desk.take()
    return desk


def _mine(received: list[Received]) -> list[tuple[str, ...]]:
    return [each.ids for each in received if each.recipient == ENGINEER]


def test_a_clock_that_goes_back_a_day_repeats_nothing(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    desk.day("2026-10-13")
    desk.take()
    desk.day("2026-10-12")
    assert desk.take() == []
    desk.run("2026-10-13T18:00")
    assert desk.take() == []
    desk.run("2026-10-14T08:30")
    assert _mine(desk.take()) == [("A@open",)]


def test_a_clock_that_goes_back_onto_a_missed_day_does_not_remind_twice_on_the_real_day(
    tmp_path: Path,
) -> None:
    desk = _desk(tmp_path)
    desk.run("2026-10-15T08:30")  # 10-13 and 10-14 were missed
    desk.take()
    desk.run("2026-10-14T09:00")
    told = desk.take()
    assert any("早于上次运行的时间" in each.text for each in told)
    desk.run("2026-10-15T17:30")
    assert _mine(desk.take()) == []
    desk.run("2026-10-16T08:30")
    assert _mine(desk.take()) == [("A@open",)]


def test_a_clock_that_loses_its_years_does_no_harm(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    desk.day("2020-01-02")
    desk.take()
    desk.run("2026-10-12T18:00")
    assert desk.take() == []
    desk.run("2026-10-13T08:30")
    assert _mine(desk.take()) == [("A@open",)]
    assert desk.state().matters["A"].first_seen.year == 2020  # as it was seen; ages stay sane


def test_a_clock_that_ran_ahead_once_silences_no_real_day(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    desk.day("2026-10-20")
    desk.take()
    for day in (13, 14, 15, 16, 19, 20, 21):
        desk.run(f"2026-10-{day}T08:30")
        assert _mine(desk.take()) == [("A@open",)], day
        desk.run(f"2026-10-{day}T17:30")
        assert _mine(desk.take()) == [], day


def test_a_matter_first_seen_in_the_future_is_not_younger_than_today(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.day("2027-03-01")
    desk.day("2026-10-12")
    remembered = desk.state().matters["A"]
    assert remembered.first_seen.isoformat() == "2026-10-12"


def test_new_matters_are_told_on_a_day_that_was_run_ahead_of_time(tmp_path: Path) -> None:
    desk = _desk(tmp_path)
    desk.run("2026-10-13T17:30")  # in truth it still is the evening of the 12th
    desk.take()
    desk.matters.append(matter("B"))
    desk.run("2026-10-13T08:30")
    assert _mine(desk.take()) == [("B@new",)]
