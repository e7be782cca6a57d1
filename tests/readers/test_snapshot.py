"""A folder that is put together from its snapshot is the folder, whatever became of its files."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amounts import amount
from toolkit.readers import cache as caches
from toolkit.readers import loading, settled, store
from toolkit.readers import texts as texts_module
from toolkit.readers.reader import read_folder
from toolkit.readers.snapshot import Snapshot
from toolkit.readers.store import pointed_to
from toolkit.readers.texts import Texts
from toolkit.readers.vocabulary import Vocabulary
from toolkit.workflows.init import init_sample

from .test_cache import OLD, same
from .workbooks import FORMS, some_records, workbook, write_tracking

TEXTS = st.text(st.characters(), max_size=6)
VALUES = st.lists(TEXTS | st.lists(TEXTS, max_size=3).map(tuple), unique=True, max_size=40)


def packed_and_read(words: Vocabulary) -> tuple[Texts, list[int]]:
    packed, numbers = words.packed()
    assert packed is not None
    return Texts.of(packed), numbers.tolist()


@given(VALUES, st.lists(TEXTS | st.tuples(TEXTS), max_size=5), st.sampled_from([1, 64]))
def test_texts_and_lists_survive_their_bytes(values, others, few):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts_module, "_FEW", few)
        words = Vocabulary()
        words.numbered(values)
        texts, numbers = packed_and_read(words)
        assert texts.find(values).tolist() == numbers
        for number, value in zip(numbers, values, strict=True):
            found = texts.take(np.array([number]))[0]
            assert (found, type(found)) == (value, type(value))
        assert texts.take(np.array(numbers, int)).tolist() == values
        known = dict(zip(values, numbers, strict=True))
        inside = {part for value in values if isinstance(value, tuple) for part in value}
        for other, number in zip(others, texts.find(others).tolist(), strict=True):
            assert number == known.get(other, number if other in inside else -1)


@given(VALUES, VALUES)
def test_a_vocabulary_goes_on_where_another_one_ended(first, then):
    words = Vocabulary()
    words.numbered(first)
    texts, _ = packed_and_read(words)
    later = Vocabulary()
    assert later.take_in(texts) is None
    numbers = later.numbered([*then, *first])
    assert later.take(numbers).tolist() == [*then, *first]
    assert len(set(numbers.tolist())) == len({*then, *first})
    again, moved = packed_and_read(later)
    assert again.take(np.array(moved, int)[numbers]).tolist() == [*then, *first]
    column = later.array(later.column(later.numbered(then)))
    for value in [*then, *first, "nobody wrote this"]:
        assert column.table.place(value) == (
            column.codes[then.index(value)] if value in then else -1
        )
    assert column.isin(first).tolist() == [value in first for value in then]


def test_too_many_equal_checksums_are_not_kept(monkeypatch):
    monkeypatch.setattr(texts_module, "_MOST_ALIKE", 3)
    monkeypatch.setattr(texts_module, "crc32", lambda raw, start=0: 7)
    words = Vocabulary()
    words.numbered(["a", "b", "c"])
    assert packed_and_read(words)[0].find(["b", "x"]).tolist() == [1, -1]
    words.number("d")
    assert words.packed()[0] is None


@pytest.fixture(scope="module")
def department(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snapshot") / "示例"
    init_sample(folder, 2, 1, 20, 3)
    labels = ["项目编号", "支持日期", "支持内容类型", "具体内容", "销售在场", "结果"]
    odd = workbook({"跟踪记录": [labels, ["=x", "2024.13.5", "不知", "a\x1fb", "1", ""]]})
    (folder / "02_跟踪表" / "怪表.xlsx").write_bytes(odd)
    return folder


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A cache that trusts files made just now, of folders in which nobody is saving."""
    monkeypatch.setattr(caches, "_SETTLED_NS", -(10**18))
    monkeypatch.setattr(settled, "_WHEN_GONE", 0.0)
    return tmp_path / "cache"


@pytest.fixture
def cut(monkeypatch):
    """Numbers of files that came from a snapshot, run by run."""
    found: list[int] = []
    readings = loading.Loader.readings

    def counted(loader, entries, own, *, labels=False):
        loaded = list(readings(loader, entries, own, labels=labels))
        if loader.cache is not None and not labels:
            found.append(sum(one.cut for one in loaded))
        return iter(loaded)

    monkeypatch.setattr(loading.Loader, "readings", counted)
    return found


@pytest.fixture
def parsed(monkeypatch):
    """Names of files that were parsed, with a cache, for more than their labels."""
    found: list[str] = []
    answers = loading.Loader._answers

    def counted(loader, entries, context, *, labels=False):
        for entry, answer in answers(loader, entries, context, labels=labels):
            if loader.cache is not None and not labels and pointed_to(answer.body) is None:
                found.append(entry.path.name)
            yield entry, answer

    monkeypatch.setattr(loading.Loader, "_answers", counted)
    return found


def taken(found: list[str]) -> list[str]:
    names = sorted(found)
    found.clear()
    return names


def age(folder):
    """A file that was written just now is waited for when it is damaged."""
    for path in folder.rglob("*.xlsx"):
        if path.stat().st_mtime != OLD:
            os.utime(path, (OLD, OLD))


@pytest.mark.parametrize("seed", range(amount(4, 1)))
def test_the_same_after_any_change_of_files(department, tmp_path, kept, cut, seed):
    chance, folder = random.Random(seed), tmp_path / "d"
    shutil.copytree(department, folder)
    age(folder)
    same(read_folder(folder, FORMS, cache=kept), read_folder(folder, FORMS))
    for step in range(5):
        for _ in range(chance.choice([0, 1, 1, 3, 9])):
            paths = sorted(folder.rglob("*.xlsx"))
            path = chance.choice(paths)
            match chance.randrange(6):
                case 0:
                    path.unlink()
                case 1:
                    path.rename(path.with_name(f"{step}{path.name}"))
                case 2:
                    shutil.copy(path, path.with_name(f"{path.stem}_副本.xlsx"))
                case 3:
                    path.write_bytes(path.read_bytes()[:700])
                case 4:
                    chance.choice(paths).replace(path)
                case _:
                    write_tracking(path, some_records(chance.randrange(1, 9)))
        age(folder)
        same(read_folder(folder, FORMS, cache=kept), read_folder(folder, FORMS))
    assert max(cut) > 5


def test_it_serves_until_many_files_are_others(department, tmp_path, kept, cut):
    folder = tmp_path / "d"

    def write(number: int, said: str) -> None:
        rows = [{**row, "content": f"{said}{number}"} for row in some_records(3)]
        write_tracking(folder / f"{number:02}.xlsx", rows)

    for number in range(60):
        write(number, "第一版")
    for changed in (0, 0, 1, 2, 3, 4, 0):
        for number in range(changed):
            write(number, "又一版")
        read_folder(folder, FORMS, cache=kept)
    # with more than three of sixty another one is made
    assert cut == [0, 60, 59, 58, 57, 56, 60]


def test_what_went_stays_in_it_for_two_months_at_most(department, tmp_path, kept, cut, monkeypatch):
    folder = tmp_path / "d"
    shutil.copytree(department, folder)
    age(folder)
    for month in (7, 8, 8, 10, 10):
        monkeypatch.setattr(caches, "_month", lambda now_ns, month=month: month)
        same(read_folder(folder, FORMS, cache=kept), read_folder(folder, FORMS))
    files = max(cut)
    assert cut == [0, files, files, 0, files]


def write_some(folder, count: int) -> list[str]:
    for number in range(count):
        rows = [{**row, "content": f"第{number}份"} for row in some_records(3)]
        write_tracking(folder / f"{number:02}.xlsx", rows)
    age(folder)
    return [f"{number:02}.xlsx" for number in range(count)]


class Late(ThreadPoolExecutor):
    """Begins only when somebody waits for it."""

    def submit(self, function, /, *arguments, **named):
        return SimpleNamespace(result=lambda: function(*arguments, **named))


def test_the_few_files_that_changed_may_be_read_late(tmp_path, kept, cut, monkeypatch):
    folder = tmp_path / "d"
    write_some(folder, 30)
    read_folder(folder, FORMS, cache=kept)
    write_tracking(folder / "07.xlsx", some_records(5))
    age(folder)
    monkeypatch.setattr(loading, "ThreadPoolExecutor", Late)
    same(read_folder(folder, FORMS, cache=kept), read_folder(folder, FORMS))
    assert cut == [0, 29]


def test_a_file_that_nobody_read_is_never_a_file_without_rows(tmp_path, monkeypatch):
    folder = tmp_path / "d"
    write_some(folder, 3)
    readings = loading.Loader.readings
    monkeypatch.setattr(
        loading.Loader, "readings", lambda *args, **how: list(readings(*args, **how))[1:]
    )
    with pytest.raises(RuntimeError, match="never read"):
        read_folder(folder, FORMS)


def test_a_folder_may_have_another_name(department, tmp_path, kept, cut, parsed):
    folder, renamed = tmp_path / "d", tmp_path / "e"
    shutil.copytree(department, folder)
    age(folder)
    before = read_folder(folder, FORMS, cache=kept)
    assert len(taken(parsed)) == len(before.sources)
    folder.rename(renamed)
    same(read_folder(renamed, FORMS, cache=kept), before)
    same(read_folder(renamed, FORMS, cache=kept), before)
    assert taken(parsed) == []
    assert cut == [0, 0, len(before.sources)]  # the second run made one for the new name


def test_files_may_have_other_names(tmp_path, kept, cut, parsed):
    folder = tmp_path / "d"
    names = write_some(folder, 30)
    read_folder(folder, FORMS, cache=kept)
    taken(parsed)
    for name in names[:10]:
        (folder / name).rename(folder / f"新{name}")
    read_folder(folder, FORMS, cache=kept)
    assert (taken(parsed), cut) == ([], [0, 30])
    same(read_folder(folder, FORMS, cache=kept), read_folder(folder, FORMS))


def test_two_folders_with_the_same_files(tmp_path, kept, cut, parsed):
    one, other = tmp_path / "d", tmp_path / "e"
    names = write_some(one, 30)
    read_folder(one, FORMS, cache=kept)
    assert taken(parsed) == names
    shutil.copytree(one, other)
    rows = [{**row, "content": "只在这里"} for row in some_records(3)]
    write_tracking(other / "这里.xlsx", rows)
    age(other)
    for _ in range(2):
        same(read_folder(other, FORMS, cache=kept), read_folder(other, FORMS))
        read_folder(one, FORMS, cache=kept)
    assert taken(parsed) == ["这里.xlsx"]
    assert cut == [0, 0, 30, 31, 30]  # each has one of its own


def test_for_a_few_files_no_other_snapshot_is_opened(tmp_path, kept, cut, parsed):
    one = tmp_path / "d"
    names = write_some(one, 60)
    read_folder(one, FORMS, cache=kept)
    for few in (names[-3:], names[:4]):
        other = tmp_path / f"e{len(few)}"
        other.mkdir()
        taken(parsed)
        for name in few:
            shutil.copy(one / name, other / name)
        age(other)
        same(read_folder(other, FORMS, cache=kept), read_folder(other, FORMS))
        assert taken(parsed) == (few if len(few) == 3 else [])


@pytest.mark.parametrize("where", ["%/0", "%"])
def test_a_snapshot_elsewhere_may_be_damaged(tmp_path, kept, parsed, where):
    one, other = tmp_path / "d", tmp_path / "e"
    names = write_some(one, 30)
    read_folder(one, FORMS, cache=kept)
    taken(parsed)
    with sqlite3.connect(kept / store.FILE_NAME) as connection:
        connection.execute("DELETE FROM entries WHERE key LIKE 'snapshot-' || ?", (where,))
    one.rename(other)
    read_folder(other, FORMS, cache=kept)
    assert taken(parsed) == names
    same(read_folder(other, FORMS, cache=kept), read_folder(other, FORMS))


def test_nothing_of_it_is_left_of_a_damaged_one():
    assert Snapshot.of(b"", FORMS, Vocabulary()).digests == {}
    assert Snapshot.of(b"SWS1\xff\0\0\0{}", FORMS, Vocabulary()).digests == {}


def test_mutated_bytes_are_a_snapshot_or_nothing(department, tmp_path, kept):
    folder = tmp_path / "d"
    shutil.copytree(department, folder)
    age(folder)
    read_folder(folder, FORMS, cache=kept)
    cache = caches.Cache.of(kept, folder)
    key = cache.store._connection.execute(
        "SELECT key FROM entries WHERE key LIKE 'snapshot-%' AND key NOT LIKE '%/%'"
    ).fetchone()[0]
    pieces = cache.store._connection.execute(
        "SELECT body FROM entries WHERE key LIKE ? ORDER BY key", (f"{key}/%",)
    )
    whole = b"".join(body for (body,) in pieces)
    cache.close()
    assert Snapshot.of(whole, FORMS, Vocabulary()).digests
    chance, outcomes = random.Random(7), set()
    for _ in range(150):
        raw = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(min(len(raw), 60_000))] = chance.randrange(256)
        if chance.random() < 0.2:
            del raw[chance.randrange(len(raw)) :]
        found = Snapshot.of(bytes(raw), FORMS, Vocabulary())
        for one in found.digests:
            found.reading(one)
        outcomes.add(bool(found.digests))
    assert outcomes == {True, False}
