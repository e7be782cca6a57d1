"""A run from the outside: who hears what, when, and when nobody hears anything."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflows.nightly.desk import (
    CONFIGURATION,
    ENGINEER,
    EVENING,
    FILE,
    MANAGER,
    MONDAY,
    OTHER,
    TUESDAY,
    content,
    make_desk,
    matter,
)
from toolkit.model.errors import ToolkitError
from toolkit.workflows.nightly.heartbeat import RunResult, read_heartbeat
from toolkit.workflows.nightly.report import BUSY, IDLE, PREVIEW


def test_everybody_hears_of_his_own_matters_and_the_manager_of_everybody(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)])
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.DONE.value
    assert report.exit_code == 0
    received = {(r.recipient, r.address): r.ids for r in desk.take()}
    assert received == {
        (ENGINEER, "engineer@example.com"): ("A@new",),
        (OTHER, "other@example.com"): ("B@new",),
        ("经理", "manager@example.com"): (),
    }


def test_a_matter_is_new_once_then_open_then_thanked_then_forgotten(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.day("2026-10-12")
    assert desk.heard()[ENGINEER] == {"A": "new"}
    desk.day("2026-10-13")
    assert desk.heard()[ENGINEER] == {"A": "open"}
    desk.matters, desk.files[FILE] = [], "a2"
    desk.day("2026-10-14")
    assert desk.heard()[ENGINEER] == {"A": "resolved"}
    desk.day("2026-10-15")
    assert desk.heard() == {}


def test_a_second_start_in_the_same_period_does_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.run(MONDAY)
    desk.take()
    before = {p: p.read_bytes() for p in desk.places.folder.iterdir()}
    report = desk.run("2026-10-12T09:10")
    assert report.outcome == IDLE
    assert "已经运行过" in report.reason
    assert desk.take() == []
    assert {p: p.read_bytes() for p in desk.places.folder.iterdir()} == before


def test_the_evening_tells_only_what_is_new_since_the_morning(tmp_path: Path) -> None:
    today = dt.date(2026, 10, 12)
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", since=today, missing=True)])
    desk.run(MONDAY)
    desk.take()
    desk.matters.append(matter("C", since=today, due=dt.date(2026, 10, 13), missing=True))
    report = desk.run(EVENING)
    assert [ran.job for ran in report.ran] == ["evening"]
    assert desk.heard() == {ENGINEER: {"C": "new"}}


def test_an_evening_with_nothing_new_is_silent_but_recorded(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.run(MONDAY)
    desk.take()
    desk.matters = []  # thanks can wait for the morning
    assert desk.run(EVENING).outcome == RunResult.DONE.value
    assert desk.heard() == {}
    heartbeat = read_heartbeat(desk.places.heartbeat)
    assert heartbeat is not None
    assert heartbeat.jobs["evening"].result == "成功"


def test_an_evening_without_its_morning_asks_for_what_is_missing_today(tmp_path: Path) -> None:
    today = dt.date(2026, 10, 13)
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", due=today, missing=True)])
    desk.day("2026-10-12")
    desk.take()
    desk.run("2026-10-13T17:30", only="evening")
    assert desk.heard() == {ENGINEER: {"B": "today"}}


def test_without_any_channel_the_workbooks_are_written(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")], channels=[])
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.DONE.value
    assert {p.name for p in report.workbooks} == {f"待办_{ENGINEER}.xlsx", "待办总览.xlsx"}
    assert "A@new" in content(desk.places.output / f"待办_{ENGINEER}.xlsx")


def test_a_workbook_that_became_empty_says_so_once(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")], channels=[])
    desk.run(MONDAY)
    mine = desk.places.output / f"待办_{ENGINEER}.xlsx"
    desk.matters, desk.files[FILE] = [], "a2"
    desk.run(TUESDAY)
    assert "A@resolved" in content(mine)
    desk.run("2026-10-14T08:30")
    assert "A@" not in content(mine)
    empty = mine.stat().st_mtime_ns
    desk.run("2026-10-15T08:30")
    assert mine.stat().st_mtime_ns == empty


def test_a_workbook_that_says_the_same_is_left_alone(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)], channels=[])
    desk.run(MONDAY)
    mine, other = (desk.places.output / f"待办_{name}.xlsx" for name in (ENGINEER, OTHER))
    before = mine.stat().st_mtime_ns, other.stat().st_mtime_ns
    desk.matters.append(matter("C", OTHER))
    report = desk.run(EVENING)
    assert {path.name for path in report.workbooks} == {mine.name, other.name, "待办总览.xlsx"}
    assert mine.stat().st_mtime_ns == before[0]
    assert other.stat().st_mtime_ns > before[1]
    mine.unlink()
    desk.matters.append(matter("D", OTHER))
    desk.run(TUESDAY)
    assert "A@open" in content(mine)


def test_a_workbook_held_open_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)])
    real, held = os.replace, f"待办_{ENGINEER}.xlsx"

    def replace_(source: object, target: object) -> None:
        if Path(str(target)).name == held:
            raise PermissionError(13, "used by another process")
        real(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", replace_)
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.DONE.value
    assert any(held in notice and "打开" in notice for notice in report.notices)
    assert set(desk.heard()) == {ENGINEER, OTHER, "经理"}
    desk.run(EVENING)
    kept = sorted(p.name for p in desk.places.output.glob("*待替换*"))
    assert len(kept) == 1
    monkeypatch.setattr(os, "replace", real)
    desk.run(TUESDAY)
    assert list(desk.places.output.glob("*待替换*")) == []


def test_nobody_but_the_overview_hears_of_people_without_address(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("N", "")])
    del desk.addresses[ENGINEER]
    desk.run(MONDAY)
    assert desk.heard() == {"经理": {"N": "unassigned"}}
    assert "N@unassigned" in content(desk.places.output / "待办总览.xlsx")


def test_what_is_open_longer_than_the_limit_comes_to_the_managers(tmp_path: Path) -> None:
    old = matter("A", since=dt.date(2026, 9, 1), due=dt.date(2026, 9, 3))
    in_time = matter("B", since=dt.date(2026, 9, 1), due=dt.date(2026, 10, 30))
    desk = make_desk(tmp_path, matters=[old, in_time])
    desk.run(MONDAY)
    assert desk.heard()["经理"] == {"A": "long_open"}


def test_without_a_manager_there_is_a_notice(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    without = replace(desk.department())
    without.roles = type(without.roles)(without.frame("roles").iloc[:0], without.roster)
    desk.department = lambda: without
    desk.run(MONDAY)
    assert set(desk.heard()) == {ENGINEER}
    assert "没有在任的售前经理" in content(desk.places.output / "待办总览.xlsx")


def test_an_unreadable_configuration_stops_everything_until_it_is_back(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.run(MONDAY)
    desk.take()
    before = desk.places.state.read_bytes()
    print_ = desk.files.pop(CONFIGURATION)
    for closed in ({CONFIGURATION: "已加密"}, {}):
        desk.closed = closed
        with pytest.raises(ToolkitError, match="部门配置读不到"):
            desk.run(TUESDAY)
    assert desk.places.state.read_bytes() == before
    heartbeat = read_heartbeat(desk.places.heartbeat)
    assert heartbeat is not None
    assert heartbeat.jobs["morning"].result == "失败"
    desk.files[CONFIGURATION], desk.closed = print_, {}
    desk.run("2026-10-13T17:30")
    assert desk.heard()[ENGINEER] == {"A": "open"}


def test_a_folder_that_is_away_leaves_everything_as_it_was(tmp_path: Path) -> None:
    desk = make_desk(tmp_path / "部门", matters=[matter("A")])
    desk.run(MONDAY)
    desk.take()
    away = desk.folder.rename(tmp_path / "offline")
    before = {p: p.read_bytes() for p in away.rglob("*") if p.is_file()}
    with pytest.raises(ToolkitError, match="打不开"):
        desk.run(TUESDAY)
    assert not desk.folder.exists()
    desk.folder.mkdir()  # an empty mount point
    with pytest.raises(ToolkitError, match="没有连上"):
        desk.run(TUESDAY)
    assert list(desk.folder.iterdir()) == []
    desk.folder.rmdir()
    away.rename(desk.folder)
    assert {away / p.relative_to(desk.folder): p.read_bytes()
            for p in desk.folder.rglob("*") if p.is_file()} == before  # fmt: skip
    desk.run("2026-10-14T08:30")
    assert desk.heard()[ENGINEER] == {"A": "open"}


def test_a_share_that_vanishes_while_it_is_read_sends_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])

    def vanish() -> None:
        raise ToolkitError("找不到文件夹。", "请检查。")

    desk.on_check = vanish
    with pytest.raises(ToolkitError):
        desk.run(MONDAY)
    desk.on_check = lambda: None
    desk.run("2026-10-12T10:00")
    assert desk.heard()[ENGINEER] == {"A": "new"}


def test_preview_shows_and_leaves_no_trace(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    report = desk.run(MONDAY, preview=True)
    assert report.outcome == PREVIEW
    assert [(m.recipient, list(m.digest.ids)) for m in report.messages] == [
        (ENGINEER, ["A@new"]),
        (f"总览/{MANAGER}", []),
    ]
    assert desk.take() == []
    assert not desk.places.output.exists()
    desk.run(MONDAY)
    desk.take()
    before = {p: p.read_bytes() for p in desk.places.folder.iterdir()}
    again = desk.run("2026-10-12T09:00", preview=True)
    assert "没有到期的任务" in again.reason
    assert {p: p.read_bytes() for p in desk.places.folder.iterdir()} == before


def test_one_job_alone(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.day("2026-10-10")
    desk.take()
    report = desk.run(MONDAY, only="weekly")
    assert [(ran.job, ran.period) for ran in report.ran] == [("weekly", "2026-W41")]
    assert set(desk.heard()) == {"经理"}
    desk.run(MONDAY)
    assert desk.heard() == {ENGINEER: {"A": "open"}}
    assert "还没有到时间" in desk.run("2026-10-12T12:00", only="evening").reason


def test_two_runs_at_once_are_one(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    second = make_desk(tmp_path, matters=[matter("A")])
    outcomes: list[str] = []
    desk.on_check = lambda: outcomes.append(second.run(MONDAY).outcome)
    assert desk.run(MONDAY).outcome == RunResult.DONE.value
    assert outcomes == [BUSY]
    assert second.take() == []
