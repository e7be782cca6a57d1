"""What is started, and which folder it is given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from toolkit.model.errors import ToolkitError
from toolkit.workflows.schedule.command import absolute, start_of
from toolkit.workflows.schedule.system import this_system


def test_the_command_runs_the_schedule_with_this_interpreter() -> None:
    start = start_of(Path("/srv/技术 支持"), Path(sys.executable))
    assert start.line[0] == sys.executable
    assert start.line[2:] == ("-m", "toolkit", "schedule", "run", "/srv/技术 支持")


@pytest.mark.parametrize(
    "folder", ["\\\\server\\share\\技术 支持", "M:\\技术 支持", "\\\\server\\share\\"]
)
def test_shares_and_drives_stay_as_they_were_named(folder: str) -> None:
    start = start_of(PureWindowsPath(folder), PureWindowsPath("C:\\python.exe"))
    assert start.arguments[-1] == folder


def test_nothing_in_the_working_directory_is_taken_for_the_toolkit(tmp_path: Path) -> None:
    (tmp_path / "toolkit.py").write_text("raise SystemExit('imported from the share')")
    start = start_of(tmp_path, this_system().python)
    command = [*start.line[: start.line.index("schedule")], "--version"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("toolkit ")


@pytest.mark.parametrize("folder", ["/srv/技术\n支持", "/srv/\x1b[31m", "/srv/\udcff"])
def test_a_folder_that_no_scheduler_can_carry_is_refused(folder: str) -> None:
    with pytest.raises(ToolkitError, match="给文件夹改名") as caught:
        start_of(PurePosixPath(folder), PurePosixPath("/usr/bin/python3"))
    str(caught.value).encode("gbk")


def test_links_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "真的").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "真的")
    monkeypatch.chdir(tmp_path)
    assert absolute(Path("link")) == tmp_path / "link"
    assert absolute(Path(".")) == tmp_path
    assert absolute(tmp_path / "link") == tmp_path / "link"


def test_the_way_up_is_the_file_systems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`link/..` is where the link leads, not where it lies."""
    (tmp_path / "a" / "部门").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "a" / "部门")
    monkeypatch.chdir(tmp_path / "a")
    assert absolute(Path("../a/部门")) == tmp_path / "a" / "部门"
    assert absolute(tmp_path / "link" / ".." / "部门") == tmp_path / "a" / "部门"
