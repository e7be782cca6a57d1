"""A run and its periods: days off, missed days, weeks and months."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tests.workflows.nightly.desk import (
    ENGINEER,
    EVENING,
    MONDAY,
    content,
    make_desk,
    matter,
)
from toolkit.model.errors import ToolkitError
from toolkit.workflows.nightly.heartbeat import RunResult, read_heartbeat


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
