"""Folders are read while other processes save: whole versions or a named verdict, nothing else."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.amounts import amount
from toolkit.model.dossier import Dossier, Status
from toolkit.readers.reader import read_folder

from .workbooks import FORMS, some_records, write_tracking

ROOT = Path(__file__).parents[2]
READS = amount(1000, 100)
OLD = 1_700_000_000
PROGRAMS = ("in-place", "in-place", "in-place", "as-excel", "as-excel")
BOOKS, VERSIONS = 3, 4
"""Workbooks that each program saves, and versions of each."""
SAVING = ("文件一直在变化，可能正在保存", "文件在读取时不见了，可能刚被移动、改名或正在保存")
HELD = "文件打不开：没有读取权限，或正被其他程序独占"
"""Windows only."""


@dataclass
class Office:
    """The workbooks that are saved, and how many rows each version holds."""

    folder: Path
    scratch: Path
    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    """Path -> what a whole version says in every row -> how many rows it has."""
    whole: set[str] = field(default_factory=set)
    """SHA-256 of every whole version."""

    @property
    def stop(self) -> Path:
        return self.scratch / "stop"

    def read(self, cached: bool) -> Dossier:
        return read_folder(self.folder, FORMS, cache=self.scratch / "cache" if cached else None)

    def torn(self) -> int:
        """How many workbooks somebody who just reads them gets as half ones or not at all."""
        count = 0
        for name in self.rows:
            try:
                content = (self.folder / name).read_bytes()
            except OSError:
                content = b""
            count += hashlib.sha256(content).hexdigest() not in self.whole
        return count


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A department of tracking sheets; every row of a version says which one it is."""
    scratch = tmp_path_factory.mktemp("torn")
    made, dice = Office(scratch / "部门", scratch), random.Random(6)
    made.folder.mkdir()
    for program, how in enumerate(PROGRAMS):
        for number in range(BOOKS):
            name = f"项目跟踪表_{how}{program}{number}.xlsx"
            made.rows[name] = {}
            for version in range(VERSIONS):
                path = scratch / str(program) / name / f"{version}.xlsx"
                said = f"{name} 第{version}版"
                rows = [{**row, "content": said} for row in some_records(dice.randint(1, 26))]
                write_tracking(path, rows, owner=f"{how}{program}{number}")
                content = path.read_bytes()
                made.rows[name][said] = len(rows)
                made.whole.add(hashlib.sha256(content).hexdigest())
            (made.folder / name).write_bytes(content)
            os.utime(made.folder / name, (OLD, OLD))
    return made


@contextmanager
def saving(office: Office) -> Iterator[None]:
    """All programs save all the time."""
    office.stop.unlink(missing_ok=True)
    programs = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.readers.savers", how, str(office.folder),
             str(office.scratch / str(number)), str(office.stop), str(number)],
            cwd=ROOT,
        )
        for number, how in enumerate(PROGRAMS)
    ]  # fmt: skip
    try:
        yield
        office.stop.touch()
        assert not any(program.wait(120) for program in programs)
    finally:
        for program in programs:
            program.kill()
            program.wait()


def wrong(office: Office, dossier: Dossier) -> Iterator[str]:
    """What must not be: half files, files counted as deleted, verdicts that say something else.

    Bytes of two versions are a whole one where they differ in the times of zip entries alone, so
    the rows themselves tell which version was read.
    """
    sources = {source.path: source for source in dossier.sources}
    frame = dossier.frame("tracking")
    said = frame.groupby("source")["content"].agg(set).to_dict()
    allowed = (*SAVING, HELD) if sys.platform == "win32" else SAVING
    for name, versions in office.rows.items():
        source = sources.get(name)
        if source is None:
            yield f"{name}: counted as deleted"
        elif source.status is not Status.READ:
            if source.status is not Status.UNREADABLE or source.reason not in allowed:
                yield f"{name}: {source.status} {source.reason}"
        elif [source.rows] != [versions[each] for each in said[dossier.sources.index(source)]]:
            yield f"{name}: {source.rows} rows of {said[dossier.sources.index(source)]}"


def test_no_read_of_a_file_that_is_being_saved_is_torn(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    assert list(wrong(office, office.read(cached=True))) == []
    found: list[str] = []
    statuses: Counter[Status] = Counter()
    torn = 0
    with saving(office):
        for number in range(-(-READS // len(office.rows))):
            torn += office.torn()
            dossier = office.read(cached=number % 2 == 0)
            found += wrong(office, dossier)
            statuses.update(s.status for s in dossier.sources if s.path in office.rows)
    assert found == []
    assert caplog.text == "", "a traceback"
    assert torn > 0, "nobody was saving"
    assert statuses.total() >= READS
    assert statuses[Status.READ] > READS / 2
    at_rest = office.read(cached=True)
    assert list(wrong(office, at_rest)) == []
    assert {s.status for s in at_rest.sources if s.path in office.rows} == {Status.READ}
