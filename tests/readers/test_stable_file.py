"""Files that are read while somebody saves them."""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from toolkit.model.dossier import Status
from toolkit.readers.folder import list_folder
from toolkit.readers.grid import Book
from toolkit.readers.settled import list_settled
from toolkit.readers.stable_file import Loaded, load
from toolkit.readers.workbook import parse_workbook

from .other_formats import xls
from .workbooks import workbook

OLD = 1_700_000_000
XLSX = workbook({"甲": [["x", 1.0]]})
OTHER = workbook({"甲": [["y", 2.0], ["z", 3.0]]})
XLS = xls("甲", [["x", 1.0]])


def loaded(path: Path, *writes: bytes | None, listed_ns: int = 0) -> tuple[Loaded, list[float]]:
    """What is loaded when each pause sees the next of the writes (None: nothing happens)."""
    pauses: list[float] = []
    coming = list(writes)

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        content = coming.pop(0) if coming else None
        if content is not None:
            path.write_bytes(content)

    def parse(content: bytes) -> Book:
        return parse_workbook(path.name, content)

    return load(path, listed_ns, parse, sleep=sleep), pauses


def test_a_quiet_file_is_read_at_once(tmp_path):
    for name, content in (("a.xlsx", XLSX), ("a.xls", XLS)):
        path = tmp_path / name
        path.write_bytes(content)
        os.utime(path, (OLD, OLD))
        found, pauses = loaded(path, listed_ns=OLD * 10**9)
        assert pauses == []
        assert found.book is not None
        assert found.fingerprint == hashlib.sha256(content).hexdigest()
        assert found.state == (len(content), OLD * 10**9, path.stat().st_ctime_ns)


@pytest.mark.parametrize("half", [XLSX[:1000], XLSX[:-30], b"", bytes(len(XLSX))])
def test_half_a_file_is_waited_for(tmp_path, half):
    path = tmp_path / "a.xlsx"
    path.write_bytes(half)
    found, pauses = loaded(path, None, XLSX)
    assert found.refused is None
    assert found.fingerprint == hashlib.sha256(XLSX).hexdigest()
    assert len(pauses) == 2


def test_new_parts_below_an_old_directory_are_no_file(tmp_path):
    """In the middle of an in-place save: the end is still that of the version before."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(OTHER[:2000] + XLSX[2000:])
    found, _ = loaded(path, OTHER)
    assert found.book == parse_workbook("a.xlsx", OTHER)


def test_the_rest_of_a_longer_version_is_waited_for(tmp_path):
    """At the end of an in-place save; a file that goes on like that for good is read."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(XLSX + bytes(10))
    found, pauses = loaded(path, None, XLSX)
    assert found.fingerprint == hashlib.sha256(XLSX).hexdigest()
    assert len(pauses) == 2
    path.write_bytes(XLSX + bytes(10))
    assert loaded(path)[0].book == parse_workbook("a.xlsx", XLSX)


def test_a_torn_part_that_nobody_reads_tells_of_saving(tmp_path):
    path = tmp_path / "a.xlsx"
    place = XLSX.index(b"docProps/core.xml") + 40
    path.write_bytes(XLSX[:place] + b"\xff\xff" + XLSX[place + 2 :])
    found, pauses = loaded(path, None, XLSX)
    assert found.fingerprint == hashlib.sha256(XLSX).hexdigest()
    assert len(pauses) == 2


def test_damage_to_a_part_that_nobody_reads_refuses_no_file(tmp_path):
    path = tmp_path / "a.xlsx"
    place = XLSX.index(b"docProps/core.xml") + 40
    path.write_bytes(XLSX[:place] + b"\xff\xff" + XLSX[place + 2 :])
    assert loaded(path)[0].book == parse_workbook("a.xlsx", XLSX)


def test_a_program_that_waits_for_its_disk_is_waited_for(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(XLSX[:3000])
    found, pauses = loaded(path, None, None, None, XLSX)
    assert found.book is not None
    assert sum(pauses) > 0.5


def test_a_fresh_xls_is_believed_when_it_stays_the_same(tmp_path):
    path = tmp_path / "a.xls"
    path.write_bytes(XLS)
    found, pauses = loaded(path)
    assert found.book is not None
    assert sum(pauses) >= 0.7
    path.write_bytes(XLS[:-512])
    found, _ = loaded(path, None, XLS)
    assert found.fingerprint == hashlib.sha256(XLS).hexdigest()


def test_a_file_that_never_rests_is_told(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK 0")
    found, _ = loaded(path, *(b"PK %d" % n for n in range(1, 20)))
    assert found.book is None
    assert found.refused is not None
    assert found.refused.reason == "文件一直在变化，可能正在保存"


def test_an_old_broken_file_is_not_waited_for(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(XLSX[:3000])
    os.utime(path, (OLD, OLD))
    found, pauses = loaded(path, listed_ns=OLD * 10**9)
    assert found.refused is not None
    assert pauses == []


def test_a_missing_file_is_told_apart(tmp_path):
    found, pauses = loaded(tmp_path / "a.xlsx")
    assert found.missing
    assert pauses == []


def test_a_folder_is_listed_again_while_a_workbook_is_under_a_passing_name(tmp_path):
    """Excel between deleting the old file and renaming the new one."""
    away = tmp_path / "7F3A91C0"
    away.write_bytes(XLSX)
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            away.rename(tmp_path / "跟踪表.xlsx")

    (entry,) = list_settled(tmp_path, sleep=sleep)
    assert (entry.relative, entry.status) == ("跟踪表.xlsx", Status.READ)
    assert len(pauses) == 3


def test_a_workbook_that_was_there_is_looked_for_again(tmp_path):
    def come_back(seconds: float) -> None:
        (tmp_path / "a.xlsx").write_bytes(XLSX)

    entries = list_settled(tmp_path, known={"a.xlsx"}, sleep=come_back)
    assert [e.relative for e in entries] == ["a.xlsx"]


def test_a_workbook_that_one_of_the_lists_had_is_not_lost(tmp_path):
    """Somebody saves all the time: no list has everything, and the last one must not decide."""
    path, away = tmp_path / "a.xlsx", tmp_path / "7F3A91C0.tmp"
    path.write_bytes(XLSX)
    (tmp_path / "7F3A91C0").write_bytes(XLSX)
    entries = list_settled(tmp_path, sleep=lambda _: path.exists() and path.rename(away))
    assert [(e.relative, e.status) for e in entries if e.status is Status.READ] == [
        ("a.xlsx", Status.READ)
    ]
    assert not path.exists()


def test_what_vanishes_while_it_is_listed_is_looked_for_again(tmp_path, monkeypatch):
    """The names are known, then Excel renames, then the files are looked at."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(XLSX)
    scandir, listings = os.scandir, []

    @contextmanager
    def renamed_meanwhile(folder):
        with scandir(folder) as listing:
            items = list(listing)
        listings.append(folder)
        if len(listings) == 1:
            path.rename(tmp_path / "b.xlsx")
        yield items

    monkeypatch.setattr(os, "scandir", renamed_meanwhile)
    assert [e.relative for e in list_folder(tmp_path)] == ["b.xlsx"]


@pytest.mark.parametrize(
    ("moves", "found"),
    [
        ([("a.xlsx", "b.xlsx")], ["b.xlsx"]),
        ([("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")], ["a.xlsx"]),
        ([("a.xlsx", "b.xlsx"), ("b.xlsx", "7F3A91C0")], ["b.xlsx"]),
        ([("a.xlsx", "售前/b.xlsx")], ["售前/b.xlsx"]),
        ([("a.xlsx", "7F3A91C0.tmp")], ["a.xlsx"]),
        ([("a.xlsx", "7F3A91C0.tmp"), ("7F3A91C0.tmp", "a.xlsx")], ["a.xlsx"]),
    ],
)
@pytest.mark.parametrize("copied", [False, True])
def test_a_workbook_that_is_renamed_meanwhile_has_its_new_name_only(tmp_path, moves, found, copied):
    """Another one with the same content and time that was there before stands for nothing."""
    names = ["a.xlsx", *(["副件.xlsx"] if copied else [])]
    for name in names:
        (tmp_path / name).write_bytes(XLSX)
        os.utime(tmp_path / name, (OLD, OLD))
    (tmp_path / "售前").mkdir()
    (tmp_path / "0A0A0A0A").write_bytes(XLSX)  # somebody else is saving
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) <= len(moves):
            old, new = moves[len(pauses) - 1]
            (tmp_path / old).rename(tmp_path / new)

    entries = list_settled(tmp_path, known=set(names), sleep=sleep)
    assert {e.relative for e in entries if e.status is Status.READ} == {*found, *names[1:]}
    assert sum(pauses) == pytest.approx(2.0, abs=0.06), "a new name is no loss to wait for"


@pytest.mark.parametrize(("lock", "seconds"), [(False, 3.0), (True, 10.0)])
def test_a_deleted_workbook_is_given_up_in_time(tmp_path, lock, seconds):
    if lock:
        (tmp_path / "~$a.xlsx").write_bytes(b"\x02AB")
    pauses: list[float] = []
    list_settled(tmp_path, known={"a.xlsx"}, sleep=pauses.append)
    assert sum(pauses) == pytest.approx(seconds, abs=0.06)


def test_old_leftovers_are_not_waited_for(tmp_path):
    for name in ("7F3A91C0", "x.tmp", "~$gone.xlsx"):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (OLD, OLD))
    pauses: list[float] = []
    entries = list_settled(tmp_path, sleep=pauses.append, now_ns=time.time_ns)
    assert pauses == []
    assert entries == list_folder(tmp_path)
