"""The memory on the disk: what is written is read back, what is damaged is kept aside."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.nightly.desk import ENGINEER, FILE, OTHER, make_desk, matter
from toolkit.model.agenda import Matter, Standing
from toolkit.model.errors import ToolkitError
from toolkit.model.finding import Severity
from toolkit.workflows.nightly.ledger import Failure, Ledger, Ledgers, Told
from toolkit.workflows.nightly.memory import Event, Mark, Remembered, SeenFile, State
from toolkit.workflows.nightly.state import DamagedError, read_state, write_json, write_state

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
TEXTS = st.text(max_size=8)
PERIODS = st.sampled_from(["2026-10-12", "2026-W41", "2026-10"])
MATTERS = st.builds(
    Matter, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, path=TEXTS, sheet=TEXTS, cell=TEXTS,
    severity=st.sampled_from(Severity), article=st.none() | st.integers(1, 53), project=TEXTS,
    since=st.none() | DAYS, due=st.none() | DAYS, missing=st.booleans(), waived=TEXTS,
)  # fmt: skip
STATES = st.builds(
    State,
    last_run=st.none() | MOMENTS,
    restarted=st.none() | DAYS,
    configured=st.booleans(),
    matters=st.dictionaries(
        TEXTS,
        st.builds(
            Remembered, MATTERS.filter(lambda m: m.id and m.rule), DAYS, DAYS,
            st.sampled_from(Standing), TEXTS, TEXTS, st.booleans(), st.booleans(),
            st.none() | DAYS,
            st.integers(0, 99), TEXTS, st.none() | DAYS,
        ),
        max_size=3,
    ),
    done=st.dictionaries(TEXTS, st.lists(st.builds(Mark, PERIODS, MOMENTS, TEXTS), min_size=1)),
    merged=st.dictionaries(TEXTS, st.lists(st.tuples(PERIODS, PERIODS), min_size=1)),
    skipped=st.dictionaries(TEXTS, st.lists(PERIODS, min_size=1)),
    ledgers=st.builds(
        Ledgers,
        st.dictionaries(
            TEXTS,
            st.dictionaries(
                TEXTS,
                st.builds(
                    Ledger, st.dictionaries(TEXTS, st.builds(Told, DAYS, DAYS)), st.lists(DAYS),
                    st.none() | st.builds(Failure, DAYS, TEXTS),
                ),
            ),
            max_size=2,
        ),
        st.sets(st.tuples(TEXTS, TEXTS, st.tuples(TEXTS, PERIODS)), max_size=3),
    ),
    events=st.lists(st.builds(Event, TEXTS.filter(bool), DAYS, TEXTS.filter(bool)), max_size=2),
    files=st.dictionaries(TEXTS, st.builds(SeenFile, TEXTS, st.lists(DAYS)), max_size=3),
    read_count=st.integers(0, 9999),
    force_from=st.none() | DAYS,
    calendar=st.dictionaries(DAYS, st.booleans()),
    workbooks=st.dictionaries(TEXTS, TEXTS),
)  # fmt: skip


@settings(max_examples=40)
@given(STATES)
def test_what_is_written_is_read_back(tmp_path: Path, state: State) -> None:
    path = tmp_path / "状态.json"
    write_state(path, state, sleep=lambda seconds: None)
    assert read_state(path) == state
    raw = json.loads(path.read_bytes())
    assert raw["schema"] == 1


def test_no_state_is_none(tmp_path: Path) -> None:
    assert read_state(tmp_path / "状态.json") is None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b'{"schema":1', b"\x00" * 4096, b'{"schema":2}',
        b'{"schema":"1"}',
        b'{"schema":1,"matters":{"A":{}}}', b'{"schema":1,"matters":[]}',
        b'{"schema":1,"restarted":"yesterday"}', b'{"schema":1,"done":{"morning":[1]}}',
        b'{"schema":1,"ledgers":{"attempts":[1]}}', "{“schema”:1}".encode("gb18030"),
    ],
)  # fmt: skip
def test_a_damaged_state_is_kept_aside_and_nothing_is_sent_as_new(
    tmp_path: Path, content: bytes
) -> None:
    desk = make_desk(tmp_path, matters=[matter("A"), matter("B", OTHER)])
    desk.day("2026-10-12")
    desk.take()
    desk.places.state.write_bytes(content)
    with pytest.raises(DamagedError):
        read_state(desk.places.state)
    desk.matters.append(matter("C"))
    report = desk.run("2026-10-13T08:30")
    (kept,) = desk.places.folder.glob("*损坏*")
    assert kept.read_bytes() == content
    assert any(kept.name in notice for notice in report.notices)
    received = {each.recipient: each for each in desk.take()}
    assert received[ENGINEER].ids == ("A@open", "C@open")
    assert received[OTHER].ids == ("B@open",)
    assert "重新开始" in received[ENGINEER].text
    assert kept.name in received["经理"].text
    desk.matters.append(matter("D"))
    desk.run("2026-10-13T17:30")
    assert desk.heard() == {ENGINEER: {"D": "new"}}
    desk.run("2026-10-14T08:30")
    (mine,) = (each for each in desk.take() if each.recipient == ENGINEER)
    assert "重新开始" not in mine.text


def test_a_state_lost_after_the_morning_does_not_repeat_the_morning(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.run("2026-10-12T08:30")
    desk.take()
    for lose in (lambda: desk.places.state.unlink(), lambda: desk.places.state.write_bytes(b"{")):
        lose()
        desk.run("2026-10-12T09:00")
        assert desk.take() == []
    desk.run("2026-10-12T17:30")
    assert desk.heard() == {"经理": {}}  # that the memory was lost, and nothing else
    desk.run("2026-10-13T08:30")
    assert desk.heard()[ENGINEER] == {"A": "open"}


def test_several_damaged_states_are_all_kept(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    for day, content in ((12, b"one"), (13, b"two")):
        desk.places.folder.mkdir(parents=True, exist_ok=True)
        desk.places.state.write_bytes(content)
        desk.run(f"2026-10-{day}T08:30")
    assert sorted(p.read_bytes() for p in desk.places.folder.glob("*损坏*")) == [b"one", b"two"]


def test_a_state_that_cannot_be_read_is_not_taken_for_damaged(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.places.state.mkdir(parents=True)  # opening it fails, as a share without rights does
    with pytest.raises(ToolkitError, match="读不出来"):
        desk.run("2026-10-12T08:30")
    assert desk.places.state.is_dir()
    assert desk.take() == []


def test_a_held_state_leaves_no_second_copy_and_the_journal_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    real = os.replace

    def held(source: str, target: str) -> None:
        if Path(target).name == "状态.json" and desk.received:
            raise PermissionError(13, "used by another process")
        real(source, target)

    monkeypatch.setattr(os, "replace", held)
    report = desk.run("2026-10-12T08:30")
    assert report.outcome == "失败"
    assert report.exit_code == 1
    assert sorted(p.name for p in desk.places.folder.iterdir()) == [
        "心跳.json", "投递.jsonl", "状态.json", "运行.lock",
    ]  # fmt: skip
    assert {each.recipient for each in desk.take()} == {ENGINEER, "经理"}
    assert desk.state().done == {}
    monkeypatch.setattr(os, "replace", real)
    desk.run("2026-10-12T09:00")
    assert desk.take() == []  # they heard it in this period
    assert desk.state().ledgers.of("邮件", ENGINEER).told.keys() == {"A"}
    assert desk.places.journal.read_bytes() == b""


def test_nothing_is_sent_that_could_not_be_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    real = os.replace

    def held(source: str, target: str) -> None:
        if Path(target).name == "状态.json":
            raise PermissionError(13, "used by another process")
        real(source, target)

    monkeypatch.setattr(os, "replace", held)
    report = desk.run("2026-10-12T08:30")
    assert report.outcome == "失败"
    assert desk.take() == []
    assert not desk.places.journal.exists()
    monkeypatch.setattr(os, "replace", real)
    desk.run("2026-10-12T09:00")
    assert desk.heard()[ENGINEER] == {"A": "new"}


def test_json_is_utf_8_whatever_the_texts_are(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"名": "半个字\ud83d"}, sleep=lambda seconds: None)
    assert json.loads(path.read_text("utf-8")) == {"名": "半个字\ud83d"}


def test_the_memory_stays_small(tmp_path: Path) -> None:
    state = State()
    for n in range(1000):
        state.mark("morning", f"{dt.date(2020, 1, 1) + dt.timedelta(days=n)}", dt.datetime.min, "")
        state.tell(dt.date(2026, 1, 1), f"事件{n}")
    assert len(state.done["morning"]) == 400
    assert len(state.events) == 50
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.day("2026-10-12")
    desk.matters, desk.files[FILE] = [], "a2"
    desk.day("2026-10-13")
    desk.run("2026-10-14T08:30")
    assert desk.state().matters == {}


def test_a_memory_lost_over_the_weekend_is_still_lost_on_monday(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.day("2026-10-16")
    desk.take()
    desk.places.state.write_bytes(b"{")
    desk.day("2026-10-17")
    desk.day("2026-10-18")
    assert desk.take() == []
    desk.run("2026-10-19T08:30")
    assert desk.heard()[ENGINEER] == {"A": "open"}


def test_a_matter_whose_end_cannot_be_told_is_forgotten_some_day(tmp_path: Path) -> None:
    desk = make_desk(tmp_path, matters=[matter("A")])
    desk.day("2026-10-12")
    desk.matters, desk.files[FILE], desk.channels = [], "a2", []
    day = dt.date(2026, 10, 13)
    while day < dt.date(2026, 12, 1):
        desk.day(day.isoformat())
        day += dt.timedelta(days=1)
    assert desk.state().matters == {}
    assert desk.state().ledgers.told() <= {event.id for event in desk.state().events}
