"""A run from the outside: who hears what, when, and when nobody hears anything."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflows.nightly.desk import (
    CONFIGURATION,
    ENGINEER,
    FILE,
    MAIL,
    MANAGER,
    OTHER,
    RefusedError,
    content,
    make_desk,
    matter,
)
from toolkit.model.agenda import ChannelSetting
from toolkit.model.errors import ToolkitError
from toolkit.workflows.nightly.heartbeat import RunResult, read_heartbeat
from toolkit.workflows.nightly.report import BUSY, IDLE, PREVIEW

# 2026-10-12 is a Monday after the National Day holidays; 10-10 (Saturday) is worked
MONDAY, EVENING, TUESDAY = "2026-10-12T08:30", "2026-10-12T17:30", "2026-10-13T08:30"


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


def test_a_day_off_is_recorded_and_silent(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    report = desk.run("2026-10-17T08:30")
    assert report.outcome == RunResult.REST.value
    assert report.exit_code == 0
    assert desk.take() == []
    assert not list(desk.places.output.glob("待办*"))
    heartbeat = read_heartbeat(desk.places.heartbeat)
    assert heartbeat is not None
    assert heartbeat.jobs["morning"].result == "休息日"
    assert "weekly" not in heartbeat.jobs


def test_the_departments_own_calendar_decides(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.own_days = {dt.date(2026, 10, 12): False, dt.date(2026, 10, 17): True}
    assert desk.run(MONDAY).outcome == RunResult.REST.value
    assert desk.run("2026-10-17T08:30").outcome == RunResult.DONE.value
    assert desk.heard()[ENGINEER] == {"A": "new"}


def test_three_missed_days_are_made_up_once_and_said(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.run(MONDAY)
    desk.run(EVENING)
    desk.take()
    report = desk.run("2026-10-16T08:30")
    assert [(ran.job, ran.period) for ran in report.ran] == [("morning", "2026-10-16")]
    missed = [f"2026-10-{day}" for day in (13, 14, 15)]
    assert sorted(report.ran[0].merged) == sorted(
        (job, day) for job in ("morning", "evening") for day in missed
    )
    received = desk.take()
    assert [r.recipient for r in received] == [ENGINEER, "经理"]
    assert "错过了 6 次定时任务" in received[1].text
    state = desk.state()
    assert [period for period, _ in state.merged["morning"]] == missed
    desk.run("2026-10-16T17:30")
    assert desk.run("2026-10-19T08:30").ran[0].merged == ()


def test_weekly_and_monthly_ride_on_the_first_working_day(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.run("2026-09-28T08:30")
    desk.take()
    report = desk.run("2026-10-08T08:30")  # 10-01 to 10-07 are holidays
    assert {(ran.job, ran.period) for ran in report.ran} == {
        ("morning", "2026-10-08"),
        ("weekly", "2026-W40"),
        ("monthly", "2026-09"),
    }
    assert {path.name for path in report.reports} == {
        "部门汇总_2026-W40.xlsx",
        "部门汇总_2026-09.xlsx",
    }
    assert content(desk.places.output / "部门汇总_2026-09.xlsx") == "2026年9月"
    (overview,) = desk.take()
    assert "每周汇总：2026年第40周（9月28日至10月4日）的部门汇总已写好" in overview.text
    assert "每月汇总：2026年9月的部门汇总已写好" in overview.text


def test_missed_weeks_are_made_up_one_by_one_but_not_for_ever(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.run("2026-06-29T08:30")
    desk.take()
    report = desk.run("2026-10-12T08:30")
    weeks = [ran.period for ran in report.ran if ran.job == "weekly"]
    assert weeks == [f"2026-W{week}" for week in range(34, 42)]
    assert desk.state().skipped["weekly"] == [f"2026-W{week}" for week in range(27, 34)]
    assert [ran.period for ran in report.ran if ran.job == "monthly"] == [
        "2026-06", "2026-07", "2026-08", "2026-09",
    ]  # fmt: skip
    (overview,) = desk.take()
    assert "没有补做" in overview.text
    assert "没有补做" not in " ".join(desk.run("2026-10-19T08:30").notices)


def test_a_report_that_cannot_be_written_is_tried_again_in_order(tmp_path: Path) -> None:
    def refuse(*unused: object) -> None:
        raise ToolkitError("磁盘已满。", "请清理。")

    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.run("2026-09-28T08:30")
    desk.changed = {"publish_report": refuse}
    report = desk.run("2026-10-12T08:30")
    assert report.outcome == RunResult.PARTLY.value
    assert {ran.result for ran in report.ran if ran.job == "morning"} == {RunResult.DONE}
    assert {ran.result for ran in report.ran if ran.job == "weekly"} == {RunResult.FAILED}
    desk.changed = {}
    report = desk.run("2026-10-13T08:30")
    assert [ran.period for ran in report.ran if ran.job == "weekly"] == ["2026-W40", "2026-W41"]
    assert [r for r in desk.run("2026-10-14T08:30").ran if r.job == "weekly"] == []


def test_a_digest_that_was_refused_comes_with_the_next_run_and_the_manager_knows(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)])
    desk.refuse = lambda setting, digest: (
        RefusedError("信箱满。") if digest.recipient == OTHER else None
    )
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.PARTLY.value
    assert report.exit_code == 1
    assert [(m.recipient, m.failure) for m in report.messages if m.failure] == [(OTHER, "信箱满。")]
    received = {r.recipient: r for r in desk.take()}
    assert set(received) == {ENGINEER, "经理"}
    assert f"邮件：给{OTHER}的摘要没有送达，下次运行再发。信箱满。" in received["经理"].text
    desk.refuse = lambda setting, digest: None
    desk.run(EVENING)
    assert desk.heard() == {OTHER: {"B": "new"}}
    assert desk.state().ledgers.pending() == []


def test_a_dead_channel_is_not_asked_again_and_is_reported_through_the_others(
    tmp_path: Path,
) -> None:
    robot = ChannelSetting("企业微信-经理", "企业微信", recipient="经理", secret="ROBOT")
    asked: list[str] = []

    def refuse(setting: ChannelSetting, digest: object) -> ToolkitError | None:
        asked.append(setting.name)
        return RefusedError("服务器没有回答。", whole_channel=True) if setting == MAIL else None

    desk = make_desk(
        tmp_path, matters=[matter("A"), matter("B", OTHER)], channels=[MAIL, robot], refuse=refuse
    )
    desk.run(MONDAY)
    assert asked == ["邮件", "企业微信-经理"]
    (told,) = desk.take()
    assert told.channel == "企业微信-经理"
    assert f"邮件：给{ENGINEER}、{OTHER}的摘要没有送达" in told.text
    assert f"{ENGINEER}、{OTHER}" in " ".join(desk.run(EVENING).notices)


def test_a_channel_that_cannot_be_opened_stops_nothing(tmp_path: Path) -> None:
    def open_channel(setting: ChannelSetting, environment: object, **clocks: object) -> None:
        raise RefusedError("没有找到密钥。", whole_channel=True)

    desk = make_desk(tmp_path, matters=[matter("A")], changed={"open_channel": open_channel})
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.PARTLY.value
    assert (desk.places.output / f"待办_{ENGINEER}.xlsx").exists()
    assert not desk.places.journal.exists()  # nothing was begun


def test_a_mistake_of_ours_with_one_channel_does_not_cost_the_others(tmp_path: Path) -> None:
    robot = ChannelSetting("钉钉-经理", "钉钉", recipient="经理", secret="ROBOT")
    desk = make_desk(tmp_path, matters=[matter("A")], channels=[robot, MAIL])
    opened = desk.tools().open_channel

    def stumble(setting, environment, **clocks):  # type: ignore[no-untyped-def]
        return 1 / 0 if setting == robot else opened(setting, environment, **clocks)

    desk.changed = {"open_channel": stumble}
    assert desk.run(MONDAY).outcome == RunResult.PARTLY.value
    assert set(desk.heard()) == {ENGINEER, "经理"}


def test_a_heartbeat_that_cannot_be_written_is_said_and_stops_nothing(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.places.heartbeat.mkdir(parents=True)
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.PARTLY.value
    assert any("心跳没有写成" in notice for notice in report.notices)
    assert set(desk.heard()) == {ENGINEER, "经理"}


def test_a_mistake_of_ours_with_one_digest_does_not_cost_the_others(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)])
    render = desk.tools().render_agenda

    def stumble(agenda, facts, file):  # type: ignore[no-untyped-def]
        return 1 / 0 if agenda.person == ENGINEER else render(agenda, facts, file)

    desk.changed = {"render_agenda": stumble}
    report = desk.run(MONDAY)
    assert report.outcome == RunResult.PARTLY.value
    assert set(desk.heard()) == {OTHER, "经理"}
    assert any("ZeroDivisionError" in notice for notice in report.notices)


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
