"""Heartbeat and status: what ran, what is late, what has not arrived; nothing is changed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.nightly.desk import OTHER, RefusedError, make_desk, matter
from tests.workflows.nightly.steps import at_every_step
from toolkit.model.errors import ToolkitError
from toolkit.workflows.nightly.heartbeat import (
    Heartbeat,
    calendar_knowledge,
    calendar_notice,
    read_heartbeat,
)
from toolkit.workflows.nightly.status import ScheduleStatus, status, status_json, status_lines


def _status(folder: Path, when: str) -> ScheduleStatus:
    return status(folder, dt.datetime.fromisoformat(when))


def _jobs(found: ScheduleStatus) -> dict[str, dict[str, Any]]:
    return {each["job"]: each for each in status_json(found)["jobs"]}


def test_before_the_first_run(tmp_path: Path) -> None:
    make_desk(tmp_path)
    found = _status(tmp_path, "2026-10-12T12:00")
    assert found.never_ran
    assert not found.fine
    assert "还没有运行过" in "\n".join(status_lines(found))
    assert not any(each["late"] for each in _jobs(found).values()), "nothing was missed yet"
    assert not (tmp_path / "90_输出").exists()


def test_after_a_good_day(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.day("2026-10-12")
    before = {p: p.read_bytes() for p in desk.places.folder.iterdir()}
    found = _status(tmp_path, "2026-10-12T19:00")
    assert found.fine
    assert status_lines(found)[-1] == "一切正常。"
    jobs = _jobs(found)
    assert jobs["morning"] == {
        "job": "morning", "title": "到期与逾期", "period": "2026-10-12", "result": "成功",
        "started": "2026-10-12T08:30:00", "finished": "2026-10-12T08:30:00", "late": "",
        "message": jobs["morning"]["message"], "next_due": "2026-10-13T08:30:00",
    }  # fmt: skip
    assert "新 1" in jobs["morning"]["message"]
    assert jobs["evening"]["next_due"] == "2026-10-13T17:30:00"
    assert jobs["weekly"]["next_due"] == "2026-10-19T08:30:00"
    assert jobs["monthly"]["next_due"] == "2026-11-02T08:30:00"
    assert status_json(found)["calendar"] == {"year": 2026, "known": True}
    assert {p: p.read_bytes() for p in desk.places.folder.iterdir()} == before
    assert "\n".join(status_lines(found)).encode("gbk")


def test_a_day_without_runs_is_late_and_a_holiday_is_not(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.day("2026-10-12")
    assert _status(tmp_path, "2026-10-13T10:29").fine
    late = _status(tmp_path, "2026-10-13T10:30")
    assert not late.fine
    assert _jobs(late)["morning"]["late"] == "2026-10-13"
    assert "迟到：2026-10-13" in "\n".join(status_lines(late))
    desk.own_days = {dt.date(2026, 10, 14): False}
    desk.day("2026-10-13")
    assert _status(tmp_path, "2026-10-14T23:00").fine


def test_what_was_made_up_is_not_late(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.run("2026-10-12T08:30")
    assert _jobs(_status(tmp_path, "2026-10-13T07:00"))["evening"]["late"] == "2026-10-12"
    desk.run("2026-10-13T08:30")
    assert _status(tmp_path, "2026-10-13T12:00").fine


def test_what_has_not_arrived_is_listed(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)])
    desk.refuse = lambda setting, digest: (
        RefusedError("信箱满。") if digest.recipient == OTHER else None
    )
    desk.run("2026-10-12T08:30")
    found = _status(tmp_path, "2026-10-12T09:00")
    assert not found.fine
    assert status_json(found)["pending"] == [
        {"channel": "邮件", "recipient": OTHER, "since": "2026-10-12", "sentence": "信箱满。"}
    ]
    assert f"未送达：邮件，{OTHER}，自 2026-10-12：信箱满。" in "\n".join(status_lines(found))
    desk.refuse = lambda setting, digest: None
    desk.run("2026-10-12T17:30")
    assert _jobs(_status(tmp_path, "2026-10-12T18:00"))["morning"]["result"] == "部分失败"
    desk.run("2026-10-13T08:30")
    assert _status(tmp_path, "2026-10-13T09:00").fine


def test_a_run_that_is_going_on_is_seen(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    seen: list[ScheduleStatus] = []
    desk.on_check = lambda: seen.append(_status(tmp_path, "2026-10-12T08:30"))
    desk.run("2026-10-12T08:30")
    (found,) = seen
    assert found.running is not None
    assert status_json(found)["running"]["since"] == "2026-10-12T08:30:00"
    assert _jobs(found)["morning"]["result"] == "运行中"
    assert "正在运行" in "\n".join(status_lines(found))


class Killed(BaseException):
    """As in test_crash."""


@pytest.mark.parametrize("part", [0.3, 0.5, 0.8])
def test_a_run_that_was_killed_is_called_interrupted(tmp_path: Path, part: float) -> None:
    whole = make_desk(tmp_path / "whole", matters=[matter("A")])
    with at_every_step(whole, lambda number, what: None) as count:
        whole.run("2026-10-12T08:30")
    desk = make_desk(tmp_path / "部门", matters=[matter("A")])

    def die(number: int, what: str) -> None:
        if number == int(count() * part):
            raise Killed

    with pytest.raises(Killed), at_every_step(desk, die):
        desk.run("2026-10-12T08:30")
    found = _status(desk.folder, "2026-10-12T08:40")
    assert not found.fine
    assert _jobs(found)["morning"]["result"] == "中断"
    desk.run("2026-10-12T09:00")
    assert _jobs(_status(desk.folder, "2026-10-12T09:10"))["morning"]["result"] == "成功"


def test_a_run_that_was_killed_at_its_very_end_is_settled_by_the_next_start(
    tmp_path: Path,
) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])

    def die(number: int, what: str) -> None:
        if what == "before clear" and desk.received:
            raise Killed

    with pytest.raises(Killed), at_every_step(desk, die):
        desk.run("2026-10-12T08:30")
    assert _jobs(_status(tmp_path, "2026-10-12T08:40"))["morning"]["result"] == "中断"
    assert desk.run("2026-10-12T09:00").outcome == "无事可做"
    job = _jobs(_status(tmp_path, "2026-10-12T09:10"))["morning"]
    assert (job["result"], job["finished"]) == ("成功", "2026-10-12T08:30:00")


def test_a_failed_run_says_why(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)

    def fail() -> None:
        raise ToolkitError("文件夹打不开。", "请检查网络。")

    desk.on_check = fail
    with pytest.raises(ToolkitError):
        desk.run("2026-10-12T08:30")
    found = _status(tmp_path, "2026-10-12T08:40")
    assert not found.fine
    job = _jobs(found)["morning"]
    assert (job["result"], job["message"]) == ("失败", "文件夹打不开。请检查网络。")


def test_a_bug_says_so_and_is_not_hidden(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)

    def fail() -> None:
        raise ZeroDivisionError

    desk.on_check = fail
    with pytest.raises(ZeroDivisionError):
        desk.run("2026-10-12T08:30")
    job = _jobs(_status(tmp_path, "2026-10-12T08:40"))["morning"]
    assert job["result"] == "失败"
    assert "ZeroDivisionError" in job["message"]


def test_a_damaged_state_is_reported_and_left(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.day("2026-10-12")
    desk.places.state.write_bytes(b"{")
    found = _status(tmp_path, "2026-10-12T18:00")
    assert not found.fine
    assert "提醒记录已损坏" in found.trouble
    assert desk.places.state.read_bytes() == b"{"


def test_a_folder_that_is_away_is_said(tmp_path: Path) -> None:
    with pytest.raises(ToolkitError, match="打不开"):
        _status(tmp_path / "没有", "2026-10-12T08:30")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"jobs":[]}', '{"jobs":{"morning":1}}', '{"jobs":{}}']
)
def test_an_odd_heartbeat_counts_as_none(tmp_path: Path, content: str) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.places.folder.mkdir(parents=True)
    desk.places.heartbeat.write_text(content, "utf-8")
    assert read_heartbeat(desk.places.heartbeat) is None
    assert desk.run("2026-10-12T08:30").outcome == "成功"


def test_what_the_heartbeat_file_holds(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.run("2026-12-01T08:30")
    raw = json.loads(desk.places.heartbeat.read_text("utf-8"))
    assert set(raw) == {"schema", "jobs", "calendar", "host", "version"}
    assert raw["calendar"]["year"] == 2026
    assert raw["calendar"]["next_year"] == 2027
    assert raw["jobs"]["morning"]["title"] == "到期与逾期"
    assert isinstance(read_heartbeat(desk.places.heartbeat), Heartbeat)


def test_a_year_without_known_holidays_is_said_from_december_on() -> None:
    assert calendar_notice(dt.date(2026, 11, 30)) == ""
    assert calendar_knowledge(dt.date(2098, 12, 1)) == {
        "year": 2098, "known": False, "next_year": 2099, "next_known": False,
    }  # fmt: skip
    assert "2098 年、2099 年的节假日" in calendar_notice(dt.date(2098, 12, 1))
    assert "2098 年的节假日" in calendar_notice(dt.date(2098, 11, 30))


def test_the_manager_hears_of_an_unknown_year_once_a_week(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    heard = []
    for day in (6, 7, 8, 9, 10, 13):  # Monday 2098-10-06 and on
        desk.run(f"2098-10-{day:02d}T08:30")
        heard += [day for each in desk.take() if "节假日和调休" in each.text]
    assert heard == [6, 13]
