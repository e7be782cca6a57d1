"""A kill at every step of a run's writing: told once in a period, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.amounts import LONG, some
from tests.workflows.nightly.desk import (
    FILE,
    OTHER,
    Desk,
    Received,
    make_desk,
    matter,
    most_in_a_period,
)
from tests.workflows.nightly.steps import at_every_step
from toolkit.workflows.nightly.journal import read_journal

ROOT = Path(__file__).parents[3]
TODAY = dt.date(2026, 10, 13)


class Killed(BaseException):
    """Nothing of ours catches it, and no handler of ours writes anything after it."""


def _second_day(folder: Path) -> Desk:
    """What the department looks like on Tuesday: one thing open, one put right, one new, one
    handed over; the week before was reported on Monday.
    """
    desk = make_desk(folder)
    desk.matters = [matter("A"), matter("C", OTHER), matter("D", OTHER, since=TODAY, missing=True)]
    desk.files[FILE] = "a2"
    return desk


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A folder after an ordinary Monday."""
    desk = make_desk(tmp_path / "before")
    desk.matters = [matter("A"), matter("B"), matter("C")]
    desk.day("2026-10-12")
    return desk.folder


def _told(received: list[Received]) -> Counter[tuple[str, tuple[str, ...]]]:
    return Counter((each.recipient, each.ids) for each in received)


def _undisturbed(before: Path, folder: Path) -> tuple[list[Received], int]:
    shutil.copytree(before, folder)
    desk = _second_day(folder)
    with at_every_step(desk, lambda number, what: None) as count:
        desk.run("2026-10-13T08:30")
    return desk.take(), count()


def test_a_kill_at_every_step_and_the_next_run_is_right(before: Path, tmp_path: Path) -> None:
    whole, steps = _undisturbed(before, tmp_path / "whole")
    assert _told(whole).keys() == {
        ("周演示", ("A@open", "B@resolved", "C@stopped")),
        (OTHER, ("C@new", "D@new")),
        ("经理", ("C@stopped",)),
    }
    assert steps > 40
    lost = 0
    tried = some(range(1, steps + 1), 10)
    for last in tried:
        folder = tmp_path / f"killed{last}"
        shutil.copytree(before, folder)
        desk = _second_day(folder)

        def die(number: int, what: str, last: int = last) -> None:
            if number == last:
                raise Killed(what)

        with pytest.raises(Killed) as killed, at_every_step(desk, die):
            desk.run("2026-10-13T08:30")
        where = f"{last}: {killed.value}"
        desk.run("2026-10-13T09:00")
        period = desk.take()
        assert most_in_a_period(period) == 1, where
        missing = _told(whole) - _told(period)
        assert not _told(period) - _told(whole), where
        assert missing.total() <= 1, where
        lost += missing.total()
        assert desk.run("2026-10-13T09:30").outcome == "无事可做", where
        # what nobody can be sure of comes with the next period
        desk.run("2026-10-13T17:30")
        evening = desk.take()
        assert read_journal(desk.places.journal) == [], where
        for (recipient, ids), _ in missing.items():
            told = [each.ids for each in evening if each.recipient == recipient]
            assert told == [ids], where
        assert len(evening) <= 1, where
        desk.run("2026-10-14T08:30")
        assert _told(desk.take()) == Counter({
            ("周演示", ("A@open",)): 1, (OTHER, ("C@open", "D@open")): 1, ("经理", ()): 1,
        }), where  # fmt: skip
        assert desk.state().ledgers.pending() == []
        assert not list(desk.places.folder.glob(".~*")), where
        assert not list(desk.places.output.glob(".~*")), where
        shutil.rmtree(folder)
    # between the intent's bytes and the message: three messages, four steps each
    assert lost == 3 * 4 or len(tried) < steps


def test_two_kills_in_a_row_at_every_pair_of_messages(before: Path, tmp_path: Path) -> None:
    """Killed while sending, run again and killed again: still once each."""
    whole, steps = _undisturbed(before, tmp_path / "whole")
    for first in some(range(3, steps + 1, 13), 3):
        for second in some(range(2, steps + 1, 11), 3):
            folder = tmp_path / f"killed{first}-{second}"
            shutil.copytree(before, folder)
            desk = _second_day(folder)
            for last in (first, second):

                def die(number: int, what: str, last: int = last) -> None:
                    if number == last:
                        raise Killed(what)

                try:
                    with at_every_step(desk, die):
                        desk.run("2026-10-13T08:40")
                except Killed:
                    pass
            desk.run("2026-10-13T09:00")
            period = desk.take()
            assert most_in_a_period(period) == 1
            assert not _told(period) - _told(whole)
            missing = _told(whole) - _told(period)
            desk.run("2026-10-13T17:30")
            assert not missing - _told(desk.take())
            shutil.rmtree(folder)


def test_a_killed_day_is_made_up_by_the_next(before: Path, tmp_path: Path) -> None:
    _, steps = _undisturbed(before, tmp_path / "whole")
    for last in some(range(1, steps + 1, 3), 5):
        folder = tmp_path / f"killed{last}"
        shutil.copytree(before, folder)
        desk = _second_day(folder)

        def die(number: int, what: str, last: int = last) -> None:
            if number == last:
                raise Killed(what)

        with pytest.raises(Killed), at_every_step(desk, die):
            desk.run("2026-10-13T08:30")
        told = desk.heard()
        desk.run("2026-10-14T08:30")
        for recipient, ids in desk.heard().items():
            told.setdefault(recipient, {}).update(ids)
        assert told["周演示"].keys() == {"A", "B", "C"}, last
        assert (told["周演示"]["B"], told["周演示"]["C"]) == ("resolved", "stopped"), last
        assert told[OTHER].keys() == {"C", "D"}, last
        shutil.rmtree(folder)


@LONG
def test_a_killed_process(before: Path, tmp_path: Path) -> None:
    """The same with a process that is really killed, at steps all over the run."""
    _, steps = _undisturbed(before, tmp_path / "whole")
    killed = 0
    tried = some((1, 17, 30, 39, 45, 60, 2 * steps), 3)
    for last in tried:
        folder, box = tmp_path / f"victim{last}", tmp_path / f"box{last}.jsonl"
        folder.mkdir()
        command = [sys.executable, "-m", "tests.workflows.nightly.victim", str(folder), str(box)]
        first = subprocess.run(
            [*command, "--die", str(last)], cwd=ROOT, capture_output=True, timeout=120, check=False
        )
        killed += first.returncode != 0
        again = subprocess.run(
            [*command, "--when", "2026-10-12T09:00"],
            cwd=ROOT, capture_output=True, timeout=120, check=True,
        )  # fmt: skip
        assert again.stdout.decode("utf-8") == ("成功" if first.returncode else "无事可做")
        desk = make_desk(folder, box=box, matters=[matter("A"), matter("B", OTHER)])
        morning = desk.take()
        assert most_in_a_period(morning) == 1
        desk.run("2026-10-12T17:30")
        both = Counter(each.recipient for each in [*morning, *desk.take()])
        assert both == Counter({"周演示": 1, OTHER: 1, "经理": 1}), last
    assert killed == len(tried) - 1
