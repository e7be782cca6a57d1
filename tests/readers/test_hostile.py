"""Files that are made to break a reader lie beside good ones, and nobody else takes harm."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.amounts import some
from toolkit.__main__ import main
from toolkit.model.dossier import Status

from .child_memory import ChildMemory
from .hostile.attack import NUMBERED
from .hostile.collection import ATTACKS
from .other_formats import xls
from .workbooks import as_read, read, records, some_records, write_tracking

GOOD, OLD_GOOD = "02_跟踪表/项目跟踪表_样例甲_2026.xlsx", "02_跟踪表/项目跟踪表_样例乙_2025.xls"
ROWS = some_records(6)
SECONDS, MEBIBYTES = 30, 512
"""A time-out of the reader alone would take a minute."""
_OF_A_FILE = ("SRC-1", "SRC-4")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A department with two good workbooks."""
    folder = tmp_path / "部门"
    write_tracking(folder / GOOD, ROWS)
    put(folder, OLD_GOOD, xls("跟踪记录", NUMBERED))
    return folder


def put(folder: Path, name: str, content: bytes) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    os.utime(folder / name, (1_760_000_000, 1_760_000_000))  # nobody is saving it just now


@pytest.mark.parametrize("name", some(list(ATTACKS), 12))
def test_a_hostile_file_is_a_named_verdict(folder, name, capsys):
    attack = ATTACKS[name]
    put(folder, name, attack.make())
    started = time.monotonic()
    with ChildMemory() as memory:
        assert main(["check", str(folder), "--json", "--fail-on", "never"]) == 0
    assert time.monotonic() - started < SECONDS
    assert memory.mebibytes < MEBIBYTES
    told = json.loads(capsys.readouterr().out)
    sources = {source["path"]: source for source in told["sources"]}
    assert sources.keys() == {GOOD, OLD_GOOD, name}
    found = sources[name]
    assert (found["status"], found["rows"]) == (attack.status, attack.rows), found["reason"]
    assert attack.said in found["reason"]
    findings = [f for f in told["findings"] if f["path"] == name and f["rule"] in _OF_A_FILE]
    assert len(findings) == (attack.status != "read")
    for finding in findings:
        assert found["reason"] in finding["message"]
        assert finding["message"].endswith("。")
        assert finding["hint"].endswith("。")
        (finding["message"] + finding["hint"]).encode("gbk")
    assert found["rows"] == found["consolidated"] + found["rejected"]
    for path, rows in ((GOOD, len(ROWS)), (OLD_GOOD, 1)):
        assert (sources[path]["rows"], sources[path]["consolidated"]) == (rows, rows)


def test_all_hostile_files_in_one_folder(folder):
    attacks = {name: ATTACKS[name] for name in some(list(ATTACKS), 20)}
    for name, attack in attacks.items():
        put(folder, name, attack.make())
    with ChildMemory() as memory:
        dossier = read(folder)
    assert memory.mebibytes < MEBIBYTES
    assert {s.path: s.status.value for s in dossier.sources} == {
        GOOD: "read", OLD_GOOD: "read", **{name: a.status for name, a in attacks.items()}
    }  # fmt: skip
    (number,) = (n for n, s in enumerate(dossier.sources) if s.path == GOOD)
    frame = dossier.frame("tracking")
    dossier.frames["tracking"] = frame[frame["source"] == number]
    assert records(dossier, "tracking") == as_read(ROWS)
    for source in dossier.sources:
        assert source.rows == source.consolidated + source.rejected
        assert (source.status is Status.READ) == bool(source.rows)


def test_the_folder_ends_with_a_code_for_findings_not_for_a_bug(folder, capsys):
    for name in ("最远单元格.xls", "一个单元格1GB.xlsx", "同名的表.ods", "四十亿行.xlsb"):
        put(folder, name, ATTACKS[name].make())
    assert main(["check", str(folder), "--fail-on", "warn"]) == 1
    console = capsys.readouterr().out
    assert "已拒绝读取" in console
