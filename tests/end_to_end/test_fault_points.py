"""Faults of the disk while 部门汇总.xlsx is written: the last good report stays, or the new one is
there; whoever runs it again gets it, and no litter is left.
"""

from __future__ import annotations

import datetime as dt
import gc
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from tests.amounts import some
from tests.disk import FAULTS, Disk, Killed, points
from tests.end_to_end.departments import NOW, check, make_planted
from toolkit.__main__ import main
from toolkit.model.errors import ToolkitError
from toolkit.regulation.period import Period
from toolkit.workflows.check import Checked
from toolkit.workflows.consolidate import REPORT_NAME, publish_report

ROOT = Path(__file__).parents[2]
POINTS = 15
LATER = NOW + dt.timedelta(days=1)
_YESTERDAY = 86_400
_DIES = """
import os, sys
from pathlib import Path
from tests.disk import Disk
from toolkit.__main__ import main
folder, point = Path(sys.argv[1]), int(sys.argv[2])
def die(point, number, what):
    if number == point:
        os._exit(9)
with Disk(folder / "90_输出", die, point).at_work():
    sys.exit(main(["consolidate", str(folder)]))
"""


@dataclass
class Desk:
    """A checked department, its last report, what the next one says, and how that is written."""

    checked: Checked
    folder: Path
    last: bytes = b""
    next: str = ""
    """The SHA-256 of its bytes."""
    steps: list[str] = field(default_factory=list)

    @property
    def target(self) -> Path:
        return self.folder / REPORT_NAME

    def write(self, now: dt.datetime = LATER) -> None:
        publish_report(self.checked, self.target, Period.of(), now)

    def says(self) -> str:
        return sha256(self.target.read_bytes()).hexdigest()

    def begin(self) -> None:
        """Nothing but the last report."""
        for path in self.folder.iterdir():
            path.unlink()
        self.target.write_bytes(self.last)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = make_planted(tmp_path_factory.mktemp("faults") / "部门")
    made = Desk(check(folder), folder / "90_输出")
    made.folder.mkdir()
    made.write(NOW)
    made.last = made.target.read_bytes()
    with Disk(made.folder).at_work() as disk:
        made.write()
    made.next, made.steps = made.says(), disk.steps
    assert made.next != sha256(made.last).hexdigest()
    assert {"open", "write", "fsync", "replace", "unlink"} <= set(made.steps)
    return made


def _age(folder: Path) -> None:
    """What lies there was left by a run of yesterday, none of whose files is still open."""
    gc.collect()
    for path in folder.glob(".~*"):
        when = path.stat().st_mtime - _YESTERDAY
        os.utime(path, (when, when))


# what a dead process had in its hands is dropped noisily
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", some(range(POINTS), 2))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_anywhere_costs_no_report(desk: Desk, fault: str, number: int) -> None:
    desk.begin()
    point = points(desk.steps, POINTS)[number]
    ended = "published"
    try:
        with Disk(desk.folder, FAULTS[fault], point).at_work():
            desk.write()
    except ToolkitError as error:
        ended = str(error)
        assert "无法写入" in ended
    except Killed:
        ended = "killed"
    there = desk.says()
    assert there in (sha256(desk.last).hexdigest(), desk.next), "neither of the two reports"
    assert there == desk.next or ended != "published"
    litter = [path.name for path in desk.folder.iterdir() if path != desk.target]
    assert not litter or ended == "killed" or fault == "gone", (ended, litter)
    assert all(name.startswith(".~") for name in litter), "half a file under a final name"
    _age(desk.folder)
    desk.write()
    assert desk.says() == desk.next
    assert [path.name for path in desk.folder.iterdir()] == [REPORT_NAME]


@pytest.mark.parametrize("number", some((-1, 0, 8), 1))
def test_a_killed_consolidate(desk: Desk, tmp_path: Path, number: int) -> None:
    """The same with the command in a process that is really killed."""
    folder = make_planted(tmp_path / "部门")
    target = folder / "90_输出" / REPORT_NAME
    assert main(["consolidate", str(folder)]) in (0, 1)
    last = sha256(target.read_bytes()).digest()
    point = points(desk.steps, POINTS)[number]
    done = subprocess.run(
        [sys.executable, "-c", _DIES, str(folder), str(point)],
        cwd=ROOT, capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 9, done.stderr.decode("utf-8", "replace")
    same = sha256(target.read_bytes()).digest() == last
    assert same or point > desk.steps.index("replace")
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
    assert openpyxl.load_workbook(target, read_only=True).sheetnames
    _age(target.parent)
    assert main(["consolidate", str(folder)]) in (0, 1)
    assert [path.name for path in target.parent.iterdir()] == [REPORT_NAME]
