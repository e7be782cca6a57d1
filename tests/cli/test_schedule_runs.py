"""`toolkit schedule run` and `status` as the system's scheduler and people start them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.departments import make_planted
from toolkit.__main__ import main
from toolkit.cli import schedule_runs


@pytest.fixture
def department(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample department; the log goes to a folder of the test."""
    monkeypatch.setattr(schedule_runs, "log_folder", lambda: tmp_path / "logs")
    _clock(monkeypatch, "2026-11-20T08:30:00")
    return make_planted(tmp_path / "示例 部门")


def _clock(monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    import datetime as dt

    monkeypatch.setattr(schedule_runs, "now", lambda: dt.datetime.fromisoformat(when))


def _says(capsys: pytest.CaptureFixture[str]) -> str:
    text = capsys.readouterr().out
    text.encode("gbk")  # a Windows console in code page 936
    return text


def test_a_run_and_its_proof(
    department: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["schedule", "status", str(department)]) == 1
    assert "还没有运行过" in _says(capsys)
    assert main(["schedule", "run", str(department)]) == 0
    text = _says(capsys)
    assert "到期与逾期（2026-11-20）：成功" in text
    assert "待办总览.xlsx" in text
    names = {path.name for path in (department / "90_输出").iterdir()}
    assert {"待办_周演示.xlsx", "待办总览.xlsx", "定时任务"} <= names
    assert main(["schedule", "status", str(department)]) == 0
    text = _says(capsys)
    assert "一切正常" in text
    assert "运行日志" in text
    (log,) = (tmp_path / "logs").iterdir()
    assert "INFO 成功" in log.read_text("utf-8")
    assert main(["schedule", "run", str(department)]) == 0
    assert "已经运行过" in _says(capsys)


def test_json(
    department: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["schedule", "run", str(department), "--json"]) == 0
    ran = json.loads(capsys.readouterr().out)
    assert ran["schema"] == 1
    assert ran["outcome"] == "成功"
    assert [(job["job"], job["period"]) for job in ran["jobs"]] == [("morning", "2026-11-20")]
    assert all(Path(path).exists() for path in ran["workbooks"])
    _clock(monkeypatch, "2026-11-20T20:00:00")
    assert main(["schedule", "status", str(department), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {job["job"]: job["late"] for job in found["jobs"]} == {
        "morning": "", "evening": "2026-11-20", "weekly": "", "monthly": "",
    }  # fmt: skip


def test_preview_leaves_no_trace(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(department.rglob("*"))
    assert main(["schedule", "run", str(department), "--preview"]) == 0
    assert "没有发送" in _says(capsys)
    assert sorted(department.rglob("*")) == before


def test_one_job(department: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schedule", "run", str(department), "--job", "evening"]) == 0
    text = _says(capsys)
    assert "没有要运行的：“今日缺项”" in text
    assert "还没有到时间" in text
    assert main(["schedule", "run", str(department), "--job", "hourly"]) == 2
    assert "只能是" in capsys.readouterr().err


def test_a_folder_that_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("run", "status"):
        assert main(["schedule", command, str(tmp_path / "没有")]) == 2
        assert "打不开" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_channel_that_cannot_work_is_told_and_gives_1(
    department: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real sender: the secret is nowhere, so nothing is sent and everybody may know."""
    from toolkit.model.agenda import ChannelSetting
    from toolkit.regulation import channels

    robot = ChannelSetting("企业微信-经理", "企业微信", recipient="经理", secret="IS_NOWHERE")
    monkeypatch.setattr(channels, "channel_settings", lambda dept: [robot])
    assert main(["schedule", "run", str(department)]) == 1
    assert "企业微信-经理：给经理的摘要没有送达" in _says(capsys)
    assert main(["schedule", "status", str(department)]) == 1
    assert "未送达：企业微信-经理，经理" in _says(capsys)
