"""Faults of the disk at points all over a run: nothing lost, nothing told twice, no half file."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.amounts import some
from tests.disk import FAULTS, Disk, Killed, points
from tests.workflows.nightly.desk import OTHER, Desk, Received, make_desk, matter, most_in_a_period
from toolkit.model.errors import ToolkitError
from toolkit.workflows.nightly.state import read_state

POINTS = 15
EXPECTED = {("周演示", "A"), ("周演示", "B"), ("周演示", "C"), (OTHER, "D")}


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder after an ordinary Monday; the week before was reported."""
    desk = make_desk(tmp_path_factory.mktemp("faults") / "before")
    desk.matters = [matter("A"), matter("B")]
    desk.day("2026-10-12")
    return desk.folder


def _tuesday(monday: Path, folder: Path) -> Desk:
    """A copy on the next day: one thing open, one put right, two new."""
    shutil.copytree(monday, folder)
    return make_desk(
        folder,
        matters=[matter("A"), matter("C"), matter("D", OTHER)],
        files={"部门配置.xlsx": "c1", matter("A").path: "a2", matter("D", OTHER).path: "b1"},
    )


@pytest.fixture(scope="module")
def steps(monday: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Everything that an undisturbed Tuesday morning does to the disk."""
    desk = _tuesday(monday, tmp_path_factory.mktemp("whole") / "部门")
    with Disk(desk.folder).at_work() as disk:
        desk.run("2026-10-13T08:30")
    return disk.steps


def _heard(received: list[Received]) -> set[tuple[str, str]]:
    return {(each.recipient, told.split("@")[0]) for each in received for told in each.ids}


def _demand_whole(folder: Path) -> None:
    """Every file under a name of its own is one that can be opened."""
    for path in (folder / "90_输出").rglob("*"):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None, path.name
        elif path.suffix == ".json" and path.name != "正在运行.json":
            json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("number", some(range(POINTS), 2))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_anywhere_loses_nothing(
    monday: Path, steps: list[str], tmp_path: Path, fault: str, number: int
) -> None:
    desk = _tuesday(monday, tmp_path / "部门")
    point = points(steps, POINTS)[number]
    try:
        with Disk(desk.folder, FAULTS[fault], point).at_work():
            desk.run("2026-10-13T08:30")
    except (ToolkitError, Killed):
        pass
    _demand_whole(desk.folder)
    assert read_state(desk.places.state) is not None
    desk.run("2026-10-13T09:00")
    morning = desk.take()
    assert most_in_a_period(morning) == 1
    assert desk.run("2026-10-13T09:30").outcome == "无事可做"
    desk.run("2026-10-13T17:30")
    assert _heard([*morning, *desk.take()]) >= EXPECTED
    assert desk.state().ledgers.pending() == []
    _demand_whole(desk.folder)
    assert list(desk.places.output.rglob(".~*")) == []
    desk.run("2026-10-14T08:30")
    assert set(desk.heard()["周演示"].values()) == {"open"}
