"""`toolkit schedule install` and `remove` as a user meets them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import toolkit.cli.schedule  # noqa: F401 - registers the commands
from tests.workflows.schedule.machines import Programs, linux, windows
from toolkit.__main__ import main
from toolkit.workflows.init import init_department
from toolkit.workflows.schedule import system as machine
from toolkit.workflows.schedule.system import Outcome, System


@pytest.fixture
def department(tmp_path: Path) -> Path:
    folder = tmp_path / "技术 支持"
    init_department(folder)
    return folder


def on(monkeypatch: pytest.MonkeyPatch, system: System) -> None:
    monkeypatch.setattr(machine, "this_system", lambda: system)


def a_linux(tmp_path: Path) -> System:
    answers = {"crontab -l": Outcome(1, b"", b"no crontab for zhou\n")}
    return linux(Programs(dict(answers)), tmp_path / "home")


def test_installed_updated_and_removed(
    department: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    on(monkeypatch, a_linux(tmp_path))
    assert main(["schedule", "install", str(department)]) == 0
    told = capsys.readouterr().out
    assert f"已安装定时任务：每天 08:30、17:30 检查“{department}”。" in told
    assert "enable-linger" in told
    assert f'toolkit schedule run "{department}"' in told
    told.encode("gbk")
    # a workbook dropped on the command means its department
    assert main(["schedule", "install", str(department / "部门配置.xlsx")]) == 0
    assert "已更新定时任务" in capsys.readouterr().out
    assert main(["schedule", "remove", str(department)]) == 0
    assert "已删除" in capsys.readouterr().out
    assert main(["schedule", "remove", str(department)]) == 0
    assert "没有定时任务，不用删除" in capsys.readouterr().out


def test_a_windows_pc_is_told_who_runs_it(
    department: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    on(monkeypatch, windows(Programs()))
    assert main(["schedule", "install", str(department)]) == 0
    assert "运行账户：总部\\演示" in capsys.readouterr().out
    assert main(["schedule", "install", str(department), "--account", "总部\\周演示"]) == 0
    assert "运行账户：总部\\周演示" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["windows", "systemd", "cron"])
def test_print_shows_and_changes_nothing(
    kind: str,
    department: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    programs = Programs()
    system = replace(linux(programs, tmp_path / "home"), environment={"USER": "演示"})
    on(monkeypatch, system)
    assert main(["schedule", "install", str(department), "--kind", kind, "--print"]) == 0
    assert str(department) in capsys.readouterr().out
    assert programs.calls == []
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["install"], "缺少参数"),
        (["install", "没有"], "找不到文件夹"),
        (["install", "."], "没有任何表单"),
        (["install", "技术 支持", "--kind", "at"], "只能是：windows、systemd、cron"),
        (["install", "技术 支持", "--kind", "windows"], "不是 Windows"),
        (["install", "技术 支持", "--account", "甲"], "只用于 Windows"),
        (["remove", "技术 支持", "--kind", "windows"], "不是 Windows"),
    ],
)
def test_a_mistake_gets_one_sentence(
    arguments: list[str],
    sentence: str,
    department: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "空的").mkdir()
    monkeypatch.chdir(department.parent if "技术 支持" in arguments else tmp_path / "空的")
    on(monkeypatch, a_linux(tmp_path))
    assert main(["schedule", *arguments]) == 2
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.out == ""
    assert told.err.count("\n") == 1
    told.err.encode("gbk")


@pytest.mark.parametrize("command", ["", "install", "remove"])
def test_help_is_chinese(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schedule", *command.split(), "--help"]) == 0
    told = capsys.readouterr().out
    assert "用法：toolkit schedule" in told
    assert "Usage" not in told
    told.encode("gbk")
