"""`toolkit doctor`: every trouble is named with its next step."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.departments import make_clean
from toolkit.__main__ import main
from toolkit.workflows.doctor import VARIABLE, Machine, State, diagnose
from toolkit.workflows.init import init_department

TODAY = dt.date(2026, 11, 23)


def machine(**changed: Any) -> Machine:
    """A PC on which everything is in order."""
    settings: dict[str, Any] = {
        "environment": {VARIABLE: sys.executable},
        "platform": "linux",
        "python": (3, 12),
        "interpreter": sys.executable,
        "which": lambda name: f"/usr/bin/{name}",
        "version_of": lambda name: "0.33.0",
    }
    return Machine(**{**settings, **changed})


def states(folder: Path | None = None, today: dt.date = TODAY, **changed: Any) -> dict[str, State]:
    return {d.what: d.state for d in diagnose(folder, today, machine(**changed))}


def test_a_pc_in_order_has_no_complaint(tmp_path: Path) -> None:
    folder = make_clean(tmp_path / "部门", 1)
    assert set(states(folder).values()) == {State.OK}


@pytest.mark.parametrize(
    ("changed", "what", "state"),
    [
        ({"python": (3, 9)}, "Python", State.PROBLEM),
        ({"version_of": lambda name: None}, "xlwings", State.HINT),
        ({"environment": {}}, VARIABLE, State.HINT),
        ({"environment": {VARIABLE: "没有/python.exe"}}, VARIABLE, State.PROBLEM),
        ({"interpreter": "/别的/python"}, VARIABLE, State.HINT),
        ({"which": lambda name: None}, "Excel / LibreOffice", State.HINT),
    ],
)
def test_each_trouble_is_named(changed: dict[str, Any], what: str, state: State) -> None:
    found = {d.what: d for d in diagnose(None, TODAY, machine(**changed))}
    assert found[what].state is state
    assert found[what].next_step


def test_an_unknown_calendar_year_is_a_problem() -> None:
    assert states(today=dt.date(2031, 3, 1))["节假日日历"] is State.PROBLEM
    assert states(today=dt.date(2026, 3, 1))["节假日日历"] is State.OK


def test_folders_without_configuration(tmp_path: Path) -> None:
    assert states(tmp_path / "没有")["部门文件夹"] is State.PROBLEM
    (tmp_path / "空").mkdir()
    assert states(tmp_path / "空")["部门配置"] is State.PROBLEM
    init_department(tmp_path / "新")
    assert states(tmp_path / "新")["部门配置"] is State.HINT


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import toolkit.workflows.doctor as doctor

    def refuse(*_: object) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(doctor, "new_file", refuse)
    assert states(tmp_path)["写入权限"] is State.PROBLEM


def test_the_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    diagnose(tmp_path, TODAY, machine())
    assert [p.name for p in tmp_path.rglob("*")] == ["90_输出"]


def test_command_prints_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(tmp_path / "没有")]) == 1
    text = capsys.readouterr().out
    assert "[问题] 部门文件夹" in text
    text.encode("gbk")
    assert main(["doctor", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {c["what"] for c in told["checks"]} >= {"Python", "本工具", VARIABLE}
