"""The log of unattended runs: readable, rotated, harmless."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from toolkit import job_log as module
from toolkit.job_log import job_log, log_path

LOG = logging.getLogger("toolkit.nightly")


def test_lines_are_utf_8_and_carry_their_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest could not pass half a character from one process to the other
    monkeypatch.setattr(logging.getLogger("toolkit"), "propagate", False)
    with job_log(tmp_path / "部门", tmp_path / "logs") as path:
        LOG.info("送达 %d 份", 3)
        LOG.warning("半个字\ud83d")
    first, second = path.read_text("utf-8").splitlines()
    assert first.endswith("INFO 送达 3 份")
    assert first[:4].isdigit()
    assert second.endswith("半个字\\ud83d")
    LOG.info("nothing after the end")
    assert len(path.read_text("utf-8").splitlines()) == 2


def test_every_department_has_its_own(tmp_path: Path) -> None:
    one, other = (log_path(tmp_path / name, tmp_path) for name in ("甲", "乙"))
    assert one != other
    assert log_path(tmp_path / "甲" / ".." / "甲", tmp_path) == one
    assert one.name.isascii()


def test_it_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BYTES", 2000)
    with job_log(tmp_path, tmp_path / "logs") as path:
        for number in range(200):
            LOG.info("第 %d 行，足够长，让文件很快写满。", number)
    files = sorted(path.parent.iterdir())
    assert len(files) == 5
    # the standard handler counts the last line by its characters, not by its bytes
    assert all(each.stat().st_size <= 2200 for each in files)
    assert path.read_text("utf-8").splitlines()[-1].endswith("第 199 行，足够长，让文件很快写满。")


def test_a_log_that_cannot_be_written_stops_nobody(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    with job_log(tmp_path, tmp_path / "file" / "logs"):
        LOG.info("lost")
    taken = tmp_path / "logs"
    log_path(tmp_path, taken).mkdir(parents=True)
    with job_log(tmp_path, taken):
        LOG.info("lost")
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs the device that is always full")
def test_a_full_disk_stops_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = log_path(tmp_path, tmp_path / "logs")
    path.parent.mkdir()
    path.symlink_to("/dev/full")
    with job_log(tmp_path, tmp_path / "logs"):
        for _ in range(50):
            LOG.info("长" * 400)
    assert capfd.readouterr().err == ""
