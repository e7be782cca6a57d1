"""The journal: every whole line counts, a torn one does not, nothing is half written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.workflows.nightly.desk import intent, outcome
from toolkit.model.errors import ToolkitError
from toolkit.workflows.nightly.journal import Entry, append, clear, read_journal

ENTRIES: list[Entry] = [
    intent("m1", ["A-1", "B-2"], closes=("B-2",)),
    outcome("m1"),
    intent("m2", ["C"], recipient="李样本\ud800", periods=(("morning", "2026-10-12"),) * 2),
    outcome("m2", False, "服务器“smtp”没有回答。\n换行"),
]


def _written(path: Path) -> bytes:
    for entry in ENTRIES:
        append(path, entry)
    return path.read_bytes()


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    _written(tmp_path / "j.jsonl")
    assert read_journal(tmp_path / "j.jsonl") == ENTRIES


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    assert read_journal(tmp_path / "j.jsonl") == []
    clear(tmp_path / "j.jsonl")
    assert not (tmp_path / "j.jsonl").exists()


def test_a_journal_torn_anywhere_loses_its_last_line_only(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    whole = _written(path)
    ends = [n + 1 for n, byte in enumerate(whole) if byte == 10]
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        # the last byte of a line is only its end
        count = sum(end - 1 <= length for end in ends)
        assert read_journal(path) == ENTRIES[:count], length
        append(path, outcome("next"))
        assert read_journal(path) == [*ENTRIES[:count], outcome("next")], length


def test_rubbish_between_lines_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    append(path, ENTRIES[0])
    with path.open("ab") as stream:
        stream.write(b'\x00\x00\n[]\n{"a":1}\n7\n{"\xff"\n')
    append(path, ENTRIES[1])
    assert read_journal(path) == ENTRIES[:2]


def test_clearing_forgets_everything_and_keeps_the_file(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    _written(path)
    clear(path)
    assert path.read_bytes() == b""


def test_every_line_is_synced_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, synced = tmp_path / "j.jsonl", []
    append(path, ENTRIES[0])
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(path.stat().st_size)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    append(path, ENTRIES[1])
    assert synced == [path.stat().st_size]


def test_a_line_that_does_not_fit_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "j.jsonl"
    append(path, ENTRIES[0])
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ToolkitError, match="投递记录"):
        append(path, ENTRIES[1])
    assert path.read_bytes() == before


def test_a_journal_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.mkdir()
    with pytest.raises(ToolkitError, match="读不出来"):
        read_journal(path)
