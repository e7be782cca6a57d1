"""Every door that reads a department at work keeps what it read in the user's own cache."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from toolkit import buttons
from toolkit.__main__ import main
from toolkit.cli import schedule_runs
from toolkit.model.errors import ToolkitError
from toolkit.workflows import check, early, new

_COMMANDS = (
    ["check", "."],
    ["consolidate", "."],
    ["why", "X34-00000000", "."],
    ["trace", "XM2026-0001", "."],
    ["new", "F03", "--project", "XM2026-0001"],
    ["schedule", "run", "."],
    ["schedule", "run", ".", "--preview"],
)
_BUTTONS = ("consolidate", "check_all", "remind", "check_form")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """The cache folders with which the department in the working folder was to be read."""
    found: list[Path | None] = []

    def refuse(*_: Any, cache: Path | None, **__: Any) -> None:
        found.append(cache)
        raise ToolkitError("够了。")

    (tmp_path / "部门").mkdir()
    (tmp_path / "部门" / "表.xlsx").write_bytes(b"nobody reads it")
    monkeypatch.chdir(tmp_path / "部门")
    for workflow in (check, new):
        monkeypatch.setattr(workflow, "read_folder", refuse)
    monkeypatch.setattr(schedule_runs, "now", lambda: dt.datetime(2026, 11, 20, 9))
    monkeypatch.setattr(early, "user_cache", lambda: tmp_path / "cache")
    return found


@pytest.mark.parametrize("command", _COMMANDS, ids=" ".join)
def test_a_command_keeps_what_it_read(
    command: list[str], asked: list[Path | None], tmp_path: Path
) -> None:
    assert main(command) == 2
    assert main([*command, "--no-cache"]) == 2
    assert asked == [tmp_path / "cache", None]


@pytest.mark.parametrize("job", _BUTTONS)
def test_a_button_keeps_what_it_read(job: str, asked: list[Path | None], tmp_path: Path) -> None:
    book, form = Path("合并汇总控制台.xlsm"), Path("表.xlsx").absolute()
    given = ["--book", str(book), "--form", str(form), "--result", str(tmp_path / "answer.txt")]
    assert buttons.main([job, *given]) == 2
    assert asked == [tmp_path / "cache"]
