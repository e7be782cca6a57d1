"""With and without what earlier runs read: the same to the bit, whatever happens to the cache."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import ExitStack
from dataclasses import asdict

import pandas as pd
import pytest

from tests.amounts import LONG
from toolkit.model.dossier import Dossier
from toolkit.readers import cache as caches
from toolkit.readers import loading, store
from toolkit.readers.codec import DamagedError, decode, encode
from toolkit.readers.coded import Coded
from toolkit.readers.reader import read_folder
from toolkit.readers.recognise import Recogniser
from toolkit.readers.vocabulary import Numbered, Vocabulary
from toolkit.readers.workbook import parse_workbook
from toolkit.workflows.init import init_sample

from .workbooks import FORMS, some_records, source, workbook, write_tracking

OLD = 1_700_000_000
NO_READING = b"SWT1\x02\0\0\0{}"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A department with every form, planted mistakes included, that nobody touched lately."""
    folder = tmp_path_factory.mktemp("cached") / "示例"
    init_sample(folder)
    labels = ["项目编号", "支持日期", "支持内容类型", "具体内容", "销售在场", "结果"]
    bad = workbook({"跟踪记录": [labels, ["=x", "2024.13.5", "不知", "a\x1fb", "1", ""]]})
    (folder / "02_跟踪表" / "怪表.xlsx").write_bytes(bad)
    (folder / "坏.xlsx").write_bytes(bad[:900])
    for path in folder.rglob("*.xlsx"):
        os.utime(path, (OLD, OLD))
    return folder


@pytest.fixture
def settled(monkeypatch):
    """Files made just now count as old enough to be remembered."""
    monkeypatch.setattr(caches, "_SETTLED_NS", -(10**18))


def same(one: Dossier, other: Dossier) -> None:
    assert [asdict(s) for s in one.sources] == [asdict(s) for s in other.sources]
    assert one.bindings == other.bindings
    assert (one.problems, one.rejected) == (other.problems, other.rejected)
    assert one.source_problems == other.source_problems
    assert list(one.frames) == list(other.frames)
    for key, frame in one.frames.items():
        pd.testing.assert_frame_equal(frame, other.frames[key], check_exact=True)
        for column in frame.select_dtypes("coded"):
            types = frame[column].map(type), other.frames[key][column].map(type)
            assert (types[0] == types[1]).all(), (key, column)


@pytest.fixture
def children(monkeypatch):
    """How many files went to child processes."""
    read: list[int] = []
    answers = loading.Pool.answers

    def counted(pool, tasks):
        read.append(len(tasks))
        return answers(pool, tasks)

    monkeypatch.setattr(loading.Pool, "answers", counted)
    return read


def entries_of(folder) -> list[str]:
    """Keys of what is kept: readings, and the pieces of the folder's snapshot."""
    with sqlite3.connect(folder / store.FILE_NAME) as connection:
        return [key for (key,) in connection.execute("SELECT key FROM entries ORDER BY key")]


def test_with_and_without_is_the_same(sample, tmp_path, settled, children):
    plain = read_folder(sample, FORMS)
    cold = read_folder(sample, FORMS, cache=tmp_path / "c")
    cold_files = sum(children)
    warm = read_folder(sample, FORMS, cache=tmp_path / "c")
    same(plain, cold)
    same(plain, warm)
    assert sum(children) - cold_files == 1  # what could not be read is tried again
    assert any(p.frame == "tracking" for p in plain.problems)


@LONG
def test_what_changed_is_read_anew_and_only_that(sample, tmp_path, settled, children):
    kept = tmp_path / "c"
    read_folder(sample, FORMS, cache=kept)
    children.clear()
    path = sample / "02_跟踪表" / "新表.xlsx"
    write_tracking(path, some_records(4))
    try:
        changed = read_folder(sample, FORMS, cache=kept)
        assert sum(children) == 2
        assert source(changed, "新表.xlsx").rows == 4
        write_tracking(path, some_records(5))
        again = read_folder(sample, FORMS, cache=kept)
        assert source(again, "新表.xlsx").rows == 5
        same(again, read_folder(sample, FORMS))
    finally:
        path.unlink()
    same(read_folder(sample, FORMS, cache=kept), read_folder(sample, FORMS))


def test_a_content_that_was_read_under_another_name_needs_no_reading(tmp_path, settled, children):
    folder, kept = tmp_path / "d", tmp_path / "c"
    write_tracking(folder / "a.xlsx", some_records(3))
    read_folder(folder, FORMS, cache=kept)
    (folder / "a.xlsx").rename(folder / "b.xlsx")
    before = entries_of(kept)
    assert source(read_folder(folder, FORMS, cache=kept), "b.xlsx").rows == 3
    assert entries_of(kept) == before


def test_same_size_and_time_deceive_nobody(tmp_path, settled):
    folder, kept = tmp_path / "d", tmp_path / "c"
    path = folder / "a.xlsx"
    folder.mkdir()
    contents = [
        workbook({"跟踪记录": [["项目编号", "支持日期", "具体内容"], ["XM1", "2026-03-05", t]]})
        for t in ("甲甲", "乙乙")
    ]
    size = max(map(len, contents))
    for content, text in zip(contents, ("甲甲", "乙乙"), strict=True):
        path.write_bytes(content)
        with path.open("ab") as file:
            file.write(bytes(size - len(content)))
        os.utime(path, (OLD, OLD))
        dossier = read_folder(folder, FORMS, cache=kept)
        assert dossier.frame("tracking")["content"].tolist() == [text]


def test_a_file_that_was_just_written_is_not_trusted_by_its_time(tmp_path):
    folder, kept = tmp_path / "d", tmp_path / "c"
    write_tracking(folder / "a.xlsx", some_records(3))
    read_folder(folder, FORMS, cache=kept)
    with sqlite3.connect(kept / store.FILE_NAME) as connection:
        assert connection.execute("SELECT COUNT(*) FROM seen").fetchone() == (0,)
    assert entries_of(kept)


def _flip_bodies(path):
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE entries SET body = zeroblob(length(body))")


def _exchange_bodies(path):
    """Right bodies with right proofs, under the keys of others."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT key, proof, body FROM entries").fetchall()
        moved = [
            (p, b, key) for (key, _, _), (_, p, b) in zip(rows, rows[1:] + rows[:1], strict=True)
        ]
        connection.executemany("UPDATE entries SET proof=?, body=? WHERE key=?", moved)


def _forge(path):
    """Nonsense with a right proof."""
    with sqlite3.connect(path) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM entries")]
        forged = [(store._proof(key, store.digest_of(NO_READING)), NO_READING, key) for key in keys]
        connection.executemany("UPDATE entries SET proof=?, body=? WHERE key=?", forged)


def _scribble(path):
    content = bytearray(path.read_bytes())
    for place in range(100, len(content), 3_000):
        content[place] ^= 0x5A
    path.write_bytes(content)


@pytest.mark.parametrize(
    "damage",
    [
        _flip_bodies,
        _exchange_bodies,
        _forge,
        _scribble,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"no database at all" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:20_000]),
    ],
)
def test_a_damaged_cache_is_a_miss_and_heals(sample, tmp_path, settled, damage):
    kept = tmp_path / "c"
    plain = read_folder(sample, FORMS, cache=kept)
    whole = entries_of(kept)
    damage(kept / store.FILE_NAME)
    for suffix in ("-wal", "-shm"):
        (kept / f"{store.FILE_NAME}{suffix}").unlink(missing_ok=True)
    for _ in range(3):
        same(read_folder(sample, FORMS, cache=kept), plain)
    assert entries_of(kept) == whole


def test_the_cache_may_be_written_later(sample, tmp_path, settled, children):
    kept = tmp_path / "c"
    with ExitStack() as later:
        first = read_folder(sample, FORMS, cache=kept, later=later)
    assert entries_of(kept)
    children.clear()
    same(read_folder(sample, FORMS, cache=kept), first)
    assert children == [1], "the broken file is never kept"


def test_a_caller_that_fails_leaves_the_cache_written(sample, tmp_path, settled):
    kept = tmp_path / "c"

    def caller() -> None:
        with ExitStack() as later:
            read_folder(sample, FORMS, cache=kept, later=later)
            raise RuntimeError("of the caller")

    with pytest.raises(RuntimeError, match="of the caller"):
        caller()
    assert entries_of(kept)


def test_a_folder_that_others_may_write_is_not_used(sample, tmp_path):
    kept = tmp_path / "c"
    kept.mkdir(mode=0o777)
    kept.chmod(0o777)
    read_folder(sample, FORMS, cache=kept)
    assert (list(kept.iterdir()) == []) == (os.name != "nt")


def test_a_cache_that_cannot_be_made_is_done_without(sample, tmp_path):
    (tmp_path / "c").write_text("a file")
    assert read_folder(sample, FORMS, cache=tmp_path / "c").sources


def test_concurrent_runs_leave_a_whole_cache(sample, tmp_path, settled):
    kept = tmp_path / "c"
    plain, found = read_folder(sample, FORMS), []
    threads = [
        threading.Thread(target=lambda: found.append(read_folder(sample, FORMS, cache=kept)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for one in found:
        same(one, plain)
    same(read_folder(sample, FORMS, cache=kept), plain)


def test_another_program_or_other_labels_read_anew(
    sample, tmp_path, settled, children, monkeypatch
):
    kept = tmp_path / "c"
    read_folder(sample, FORMS, cache=kept)
    files = sum(children)
    monkeypatch.setattr(caches, "__version__", "0.0.0")
    children.clear()
    read_folder(sample, FORMS, cache=kept)
    assert sum(children) == files


def test_old_and_too_many_entries_are_forgotten(tmp_path, monkeypatch):
    one = store.Store.open(tmp_path / "x.sqlite")
    keep = lambda keys, day, used=(): one.keep(  # noqa: E731
        [(key, b"x" * 100) for key in keys], used, "f", {}, (), day
    )
    keep("ab", 1000)
    keep("cd", 1001, used="a")
    assert set(one.bodies(list("abcd"))) == set("abcd")
    monkeypatch.setattr(store, "MAX_BYTES", 350)
    keep("e", 1002)
    assert set(one.bodies(list("abcde"))) == set("de")  # the oldest went, down to 80 %
    keep("f", 1002 + store.MAX_DAYS)
    assert set(one.bodies(list("abcdef"))) == {"e", "f"}
    one.close()


def test_nothing_restricted_or_unreadable_or_locked_enters(tmp_path, settled):
    folder, kept = tmp_path / "d", tmp_path / "c"
    secret = workbook({"投诉台账": [["投诉编号", "被投诉人"], ["绝密", "某人"]]})
    for name in ("投诉与绩效台账.xlsx", "09_受限/x.xlsx", "坏.xlsx"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(secret if name != "坏.xlsx" else secret[:500])
    read_folder(folder, FORMS, cache=kept)
    assert entries_of(kept) == []
    content = (kept / store.FILE_NAME).read_bytes()
    assert "绝密".encode() not in content
    with sqlite3.connect(kept / store.FILE_NAME) as connection:
        assert [p for (p,) in connection.execute("SELECT path FROM seen")] == []
    read_folder(folder, FORMS, cache=kept, restricted=True)
    assert entries_of(kept) == []


def readings(folder):
    recogniser = Recogniser(FORMS)
    for path in sorted(folder.rglob("*.xlsx")):
        if path.name != "坏.xlsx":
            yield recogniser.read(parse_workbook(path.name, path.read_bytes()), path.name)


def plain_column(values):
    values = values.expand() if isinstance(values, Coded) else values
    return [None if value != value else value for value in values]


def test_a_reading_survives_its_bytes(sample):
    for reading in readings(sample):
        again = decode(encode(reading), FORMS)
        raw = encode(again)
        assert encode(decode(raw, FORMS)) == raw
        assert len(again.records) == len(reading.records)
        for one, other in zip(again.records, reading.records, strict=True):
            assert one.binding == other.binding
            assert list(one.rows) == list(other.rows)
            assert (one.problems, one.rejected) == (other.problems, other.rejected)
            assert {k: plain_column(v) for k, v in one.columns.items()} == {
                k: plain_column(v) for k, v in other.columns.items() if len(other.rows)
            }


def test_numbers_of_a_vocabulary_are_the_texts(sample):
    words = Vocabulary()
    for reading in readings(sample):
        raw = encode(reading)
        for one, other in zip(
            decode(raw, FORMS, words).records, decode(raw, FORMS).records, strict=True
        ):
            for key, values in other.columns.items():
                found = one.columns[key]
                if isinstance(found, Numbered):
                    found = words.array(words.column(found.numbers)).expand()
                assert plain_column(found) == plain_column(values)


@pytest.mark.parametrize("words", [None, Vocabulary()], ids=["plain", "numbered"])
def test_mutated_bytes_are_refused_or_a_reading(sample, words):
    import random

    source_ = random.Random(5)
    raws = [encode(reading) for reading in readings(sample)][:12]
    outcomes = set()
    for _ in range(1500):
        raw = bytearray(source_.choice(raws))
        for _ in range(source_.randrange(1, 5)):
            raw[source_.randrange(len(raw))] = source_.randrange(256)
        if source_.random() < 0.2:
            del raw[source_.randrange(len(raw)) :]
        try:
            decode(bytes(raw), FORMS, words)
            outcomes.add("read")
        except DamagedError:
            outcomes.add("refused")
    assert outcomes == {"read", "refused"}
