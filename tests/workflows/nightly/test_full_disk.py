"""A full disk: nothing leaves that cannot be noted, and the next run with space is right."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.amounts import ON_CI, some
from tests.workflows.nightly.desk import OTHER, Desk, make_desk, matter, most_in_a_period

_SIZE = 256 * 1024
_PAGE = 4096


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB of its own; making one takes the rights of root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        pytest.skip("only root can mount a small tmpfs")
    place = tmp_path / "disk"
    place.mkdir()
    options = f"size={_SIZE},nr_inodes=200"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)],
        capture_output=True, check=False, text=True,
    )  # fmt: skip
    if made.returncode:
        reason = f"no tmpfs can be mounted here: {made.stderr.strip()}"
        if ON_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def _fill(place: Path, left: int) -> Path:
    """Leave so many pages of 4 kB."""
    ballast = place / "ballast.bin"
    with ballast.open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"\0" * _PAGE)
        except OSError:
            pass
    free = os.statvfs(place).f_bavail
    os.truncate(ballast, max(ballast.stat().st_size // _PAGE * _PAGE - (left - free) * _PAGE, 0))
    assert os.statvfs(place).f_bavail >= left
    return ballast


def _desk(place: Path) -> Desk:
    return make_desk(place / "部门", matters=[matter("A"), matter("B", OTHER)])


@pytest.mark.parametrize("left", some(range(14), 5))
def test_any_fill_level_and_the_next_run_is_right(small_disk: Path, left: int) -> None:
    desk = _desk(small_disk)
    desk.day("2026-10-12")
    desk.take()
    known = desk.places.state.read_bytes()
    desk.matters.append(matter("C"))
    ballast = _fill(small_disk, left)
    report = None
    try:
        report = desk.run("2026-10-13T08:30")
    except Exception as error:
        assert "磁盘" in str(error) or "空间" in str(error)  # noqa: PT017 - what people read
    first = desk.take()
    if report is not None and report.outcome != "成功":
        assert report.exit_code == 1
        assert report.notices
    ballast.unlink()
    if report is None or report.outcome == "失败":
        assert desk.places.state.read_bytes() == known or first
    desk.run("2026-10-13T09:00")
    both = [*first, *desk.take()]
    assert most_in_a_period(both) == 1
    desk.run("2026-10-13T17:30")
    heard = {
        (each.recipient, told.split("@")[0])
        for each in [*both, *desk.take()]
        for told in each.ids
    }  # fmt: skip
    assert heard == {("周演示", "A"), ("周演示", "C"), (OTHER, "B")}
    assert desk.state().ledgers.pending() == []
    desk.run("2026-10-14T08:30")
    assert set(desk.heard()["周演示"].values()) == {"open"}


def test_on_a_disk_that_is_wholly_full_nothing_is_sent(small_disk: Path) -> None:
    desk = _desk(small_disk)
    desk.day("2026-10-12")
    desk.take()
    known = desk.places.state.read_bytes()
    _fill(small_disk, 0)
    desk.matters.append(matter("C"))
    report = desk.run("2026-10-13T08:30")
    assert report.outcome == "失败"
    assert desk.take() == []
    assert desk.places.state.read_bytes() == known
    assert any("没有记录就不发送" in notice for notice in report.notices)


def test_a_full_disk_on_the_first_day_leaves_no_half_files(small_disk: Path) -> None:
    desk = _desk(small_disk)
    ballast = _fill(small_disk, 3)
    try:
        desk.run("2026-10-12T08:30")
    except Exception as error:
        assert "磁盘" in str(error) or "空间" in str(error)  # noqa: PT017 - what people read
    ballast.unlink()
    first = desk.take()
    desk.run("2026-10-12T17:30")
    heard = {each.recipient for each in [*first, *desk.take()]}
    assert heard == {"周演示", OTHER, "经理"}
    assert not list(desk.folder.rglob(".~*"))
