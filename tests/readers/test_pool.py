"""Child processes that die, hang or eat memory: one file is lost, and it is the right one."""

from __future__ import annotations

import sys
import textwrap

import pytest

from toolkit.model.dossier import Status
from toolkit.model.errors import ToolkitError
from toolkit.readers import loading, pool, reader, worker
from toolkit.readers.labels import OwnLabels
from toolkit.readers.loading import Loader

from .workbooks import FORMS, findings, read, some_records, source, write_tracking

ROWS = some_records(3)
HARMFUL = textwrap.dedent("""
    import os, time
    import toolkit.readers.child as child
    from toolkit.readers import guard
    seen = []
    parse = child.parse_workbook

    def harmful(name, *rest):
        if "abort" in name:
            os.abort()
        if "hang" in name:
            time.sleep(60)
        seen.append(name)
        if "thirsty" in name and len(seen) > 1:
            raise guard.hungry()
        if "eat" in name:
            [bytearray(2**26) for _ in range(200)]
        return parse(name, *rest)

    child.parse_workbook = harmful
    child.serve()
""")


@pytest.fixture
def harmful(monkeypatch):
    """Children in which some file names do harm; none of them is left to other tests."""
    monkeypatch.setattr(worker, "SPARES", worker._Spares())
    monkeypatch.setattr(worker, "_CODE", HARMFUL)
    yield
    for child in worker.SPARES._idle:
        child.close()


def department(folder, *names):
    for number, name in enumerate(names):
        rows = [{**row, "project_id": f"XM2026-{number:04}"} for row in ROWS]
        write_tracking(folder / f"{name}.xlsx", rows)


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        ("abort", "文件已损坏，解析时出错"),
        pytest.param(
            "eat",
            "内存过多",
            marks=pytest.mark.skipif(
                not sys.platform.startswith("linux"), reason="only Linux keeps the limit"
            ),
        ),
    ],
)
def test_the_poison_file_is_found_and_the_others_are_read(tmp_path, harmful, poison, reason):
    names = [f"表{n:02}" for n in range(45)]
    names[7], names[30] = f"{poison}一", f"{poison}二"
    department(tmp_path, *names)
    dossier = read(tmp_path)
    for source_ in dossier.sources:
        bad = poison in source_.path
        assert source_.status is (Status.UNREADABLE if bad else Status.READ), source_.path
        assert source_.rows == (0 if bad else len(ROWS))
        assert (reason in source_.reason) == bad
    assert len(dossier.frame("tracking")) == 43 * len(ROWS)
    ((rule, message, hint),) = findings(dossier, f"{poison}一.xlsx")
    assert rule == "SRC-1"
    assert message.endswith("。")
    assert hint


def test_a_file_at_which_the_parser_hangs_is_given_up(tmp_path, harmful):
    department(tmp_path, "a", "hang", "z")
    entries = reader.list_settled(tmp_path)
    loader = Loader(FORMS, timeout=2.0)
    found = {
        one.entry.relative: one.reading.status for one in loader.readings(entries, OwnLabels())
    }
    assert found == {
        "a.xlsx": Status.READ,
        "hang.xlsx": Status.UNREADABLE,
        "z.xlsx": Status.READ,
    }


def test_a_file_that_finds_no_room_beside_others_gets_a_child_of_its_own(tmp_path, harmful):
    names = [f"表{n}" for n in range(9)]
    names[3], names[4], names[8] = "thirsty一", "thirsty二", "thirsty三"
    department(tmp_path, *names)
    assert [s.status for s in read(tmp_path).sources] == [Status.READ] * 9


def test_a_child_that_somebody_ends_costs_no_file(tmp_path, harmful):
    department(tmp_path, "a", "b")
    read(tmp_path)
    (child,) = worker.SPARES._idle
    child.process.kill()
    child.process.wait()
    assert [s.status for s in read(tmp_path).sources] == [Status.READ] * 2


def test_where_no_child_can_be_started_the_user_is_told(tmp_path, harmful, monkeypatch):
    monkeypatch.setattr(worker, "_CODE", "raise SystemExit(1)")
    department(tmp_path, "a")
    with pytest.raises(ToolkitError, match="无法启动"):
        read(tmp_path)


def test_a_run_that_is_broken_off_leaves_no_process(tmp_path, harmful):
    department(tmp_path, *(f"表{n}" for n in range(30)))
    loader = Loader(FORMS)
    readings = loader.readings(reader.list_settled(tmp_path), OwnLabels())
    next(readings)
    readings.close()
    assert all(child.alive for child in worker.SPARES._idle)


@pytest.mark.parametrize(
    ("files", "bytes_", "most"), [(0, 0, 1), (1, 100, 1), (5, 50_000, 1), (1000, 10**8, 4)]
)
def test_few_files_are_read_by_one_child(files, bytes_, most):
    assert 1 <= pool.children_for(files, bytes_) <= most


def test_what_a_child_says_is_not_believed_blindly(tmp_path, monkeypatch):
    department(tmp_path, "a", "b")
    answers = loading.Pool.answers

    def nonsense(one, tasks):
        for answer in answers(one, tasks):
            yield answer._replace(body=b"cposix\nsystem\n(S'true'\ntR.")

    monkeypatch.setattr(loading.Pool, "answers", nonsense)
    dossier = read(tmp_path)
    assert source(dossier, "a.xlsx").status is Status.UNREADABLE
    assert "DamagedError" in source(dossier, "a.xlsx").reason
