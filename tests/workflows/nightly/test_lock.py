"""One run at a time, whoever died before."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workflows.nightly.desk import make_desk, matter
from toolkit.workflows.nightly.lock import BusyError, Holder, only_run, read_holder, running
from toolkit.workflows.nightly.places import Places
from toolkit.workflows.nightly.report import BUSY

HOLDER = Holder("PC-01", 4242, "周演示", "2026-10-12T08:30:00")
ROOT = Path(__file__).parents[3]


def test_the_second_is_told_who_runs(tmp_path: Path) -> None:
    lock, sidecar = tmp_path / "运行.lock", tmp_path / "正在运行.json"
    with only_run(lock, sidecar, HOLDER):
        assert running(lock, sidecar) == HOLDER
        with pytest.raises(BusyError) as refused, only_run(lock, sidecar, HOLDER, wait=0.05):
            pass
        assert "主机 PC-01，用户 周演示，进程 4242，自 2026-10-12 08:30:00 起" in str(refused.value)
    assert running(lock, sidecar) is None
    assert not sidecar.exists()
    with only_run(lock, sidecar, HOLDER):
        pass


def test_the_files_of_a_dead_run_block_nobody(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.places.folder.mkdir(parents=True)
    desk.places.lock.write_bytes(b"")
    desk.places.holder.write_text(json.dumps({"host": "PC-01", "pid": 999_999, "since": "x"}))
    assert running(desk.places.lock, desk.places.holder) is None
    assert desk.run("2026-10-12T08:30").outcome == "成功"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff"])
def test_an_odd_sidecar_only_costs_the_details(tmp_path: Path, content: bytes) -> None:
    sidecar = tmp_path / "正在运行.json"
    sidecar.write_bytes(content)
    assert str(read_holder(sidecar)) == "详情未知"


def test_looking_makes_no_file(tmp_path: Path) -> None:
    assert running(tmp_path / "运行.lock", tmp_path / "x.json") is None
    assert list(tmp_path.iterdir()) == []


def _start(folder: Path, box: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.workflows.nightly.victim", str(folder), str(box)]
    return subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE)


def _wait_for_the_lock(process: subprocess.Popen[bytes], folder: Path) -> Places:
    places = Places(folder)
    deadline = time.monotonic() + 60
    while running(places.lock, places.holder) is None:
        assert process.poll() is None, "it ended before it held the lock"
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return places


def test_of_two_processes_one_does_the_work(tmp_path: Path) -> None:
    folder, box = tmp_path / "部门", tmp_path / "box.jsonl"
    first = _start(folder, box, "--slow")
    _wait_for_the_lock(first, folder)
    second = _start(folder, box)
    second_said = second.communicate(timeout=60)[0].decode("utf-8").strip()
    (folder / "go").touch()
    first_said = first.communicate(timeout=60)[0].decode("utf-8").strip()
    assert (first.returncode, second.returncode) == (0, 0)
    assert (first_said, second_said) == ("成功", BUSY)
    desk = make_desk(folder, box=box)
    assert sorted(each.recipient for each in desk.take()) == ["周演示", "李样本", "经理"]


def test_a_killed_process_frees_the_lock(tmp_path: Path) -> None:
    folder, box = tmp_path / "部门", tmp_path / "box.jsonl"
    process = _start(folder, box, "--slow")
    places = _wait_for_the_lock(process, folder)
    process.kill()
    process.communicate(timeout=60)
    assert read_holder(places.holder).pid == process.pid  # left behind
    desk = make_desk(folder, matters=[matter("A")])
    assert desk.run("2026-10-12T09:00").outcome == "成功"
    assert desk.heard()["周演示"] == {"A": "new"}
