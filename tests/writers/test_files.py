"""Publishing: whole or not at all, never over somebody's file."""

import errno
import os
import zipfile
from pathlib import Path

import pytest

from tests.disk import Disk, Killed, broken_once, full, gone, interrupted, killed
from toolkit.model.errors import ToolkitError
from toolkit.writers import files
from toolkit.writers.files import TargetInUse, new_file, publish


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def a_zip(path: Path, text: str = "x") -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("part.xml", text)


def test_publish_replaces_and_leaves_nothing_behind(tmp_path):
    target = tmp_path / "汇总.txt"
    target.write_text("old")
    with publish(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".~")
    assert target.read_text() == "new"
    assert names(tmp_path) == ["汇总.txt"]


def test_publish_keeps_the_old_file_when_the_writer_fails(tmp_path):
    target = tmp_path / "汇总.txt"
    target.write_text("old")

    def fail() -> None:
        with publish(target) as temporary:
            temporary.write_text("half")
            raise KeyError("bug")

    with pytest.raises(KeyError):
        fail()
    assert target.read_text() == "old"
    assert names(tmp_path) == ["汇总.txt"]


def test_a_damaged_workbook_is_not_published(tmp_path):
    target = tmp_path / "汇总.xlsx"
    a_zip(tmp_path / "broken", "0123456789" * 9)
    content = bytearray((tmp_path / "broken").read_bytes())
    content[45] ^= 0xFF
    (tmp_path / "broken").unlink()
    with pytest.raises(ToolkitError, match="没有通过检查"), publish(target) as temporary:
        temporary.write_bytes(content)
    assert names(tmp_path) == []


def test_a_file_held_open_is_retried_then_kept_beside(tmp_path, monkeypatch):
    target = tmp_path / "汇总.xlsx"
    a_zip(target, "old")
    before = target.read_bytes()
    (tmp_path / "~$汇总.xlsx").write_bytes(bytes([6]) + "陈小雨".encode("gb18030") + b" " * 40)
    real, attempts, pauses = os.replace, [], []

    def held(source, destination):
        attempts.append(destination)
        if Path(destination) == target:
            raise PermissionError(13, "in use")
        real(source, destination)

    monkeypatch.setattr(files.os, "replace", held)
    with (
        pytest.raises(TargetInUse, match="陈小雨") as caught,
        publish(target, pauses=(0.1, 0.2), sleep=pauses.append) as temporary,
    ):
        a_zip(temporary, "new")
    assert pauses == [0.1, 0.2]
    assert attempts.count(target) == 3
    assert caught.value.kept == tmp_path / "汇总_待替换.xlsx"
    assert "汇总_待替换.xlsx" in str(caught.value)
    assert zipfile.ZipFile(caught.value.kept).read("part.xml") == b"new"
    assert target.read_bytes() == before
    assert names(tmp_path) == ["~$汇总.xlsx", "汇总.xlsx", "汇总_待替换.xlsx"]


def test_a_file_released_in_time_is_replaced(tmp_path, monkeypatch):
    target = tmp_path / "汇总.txt"
    real, refusals = os.replace, [PermissionError(13, "in use")]

    def held_once(source, destination):
        if refusals:
            raise refusals.pop()
        real(source, destination)

    monkeypatch.setattr(files.os, "replace", held_once)
    with publish(target, sleep=lambda _: None) as temporary:
        temporary.write_text("new")
    assert names(tmp_path) == ["汇总.txt"]


def test_what_lay_beside_goes_with_the_next_result(tmp_path):
    """And half files of killed runs; not those of a run that may still be at work."""
    ours = (".~汇总.7-0.tmp", ".~总.7-0.tmp", "汇总_待替换.txt", "汇总_待替换2.txt")
    others = (
        ".~汇总.8-0.tmp",
        ".~汇总.x.tmp",
        "~汇总.7-0.tmp",
        "汇总_待替换a.txt",
        "汇总_待替换.md",
    )
    for name in (*ours, *others):
        (tmp_path / name).write_text("x")
        if name != others[0]:
            os.utime(tmp_path / name, (1, 1))
    with publish(tmp_path / "汇总.txt") as temporary:
        temporary.write_text("new")
    assert names(tmp_path) == sorted((*others, "汇总.txt"))


@pytest.mark.parametrize("numbers", [("",), ("2",), ("", "2"), ("", "3"), ("", "2", "3")])
def test_among_many_files_the_folder_is_not_listed(tmp_path, monkeypatch, numbers):
    """What lay beside goes all the same; half files wait for the sweep."""
    half = tmp_path / ".~汇总.7-0.tmp"
    half.write_text("x")
    os.utime(half, (1, 1))
    for number in numbers:
        (tmp_path / f"汇总_待替换{number}.txt").write_text("x")
    with monkeypatch.context() as patched:
        for name in ("listdir", "scandir"):
            patched.setattr(os, name, lambda *_: pytest.fail("listed"))
        with publish(tmp_path / "汇总.txt", sweeping=False) as temporary:
            temporary.write_text("new")
    assert names(tmp_path) == [half.name, "汇总.txt"]
    files.sweep(tmp_path / "汇总.txt")
    assert names(tmp_path) == ["汇总.txt"]


def test_an_open_result_beside_the_target_keeps_no_other(tmp_path, monkeypatch):
    kept = [f"汇总_待替换{number}.txt" for number in ("", "2", "3", "4")]
    for name in kept:
        (tmp_path / name).write_text("x")
    real = os.unlink

    def held(path: Path) -> None:
        if Path(path).name in kept[:2]:
            raise PermissionError(13, "in use")
        real(path)

    monkeypatch.setattr(os, "unlink", held)
    with publish(tmp_path / "汇总.txt") as temporary:
        temporary.write_text("new")
    assert names(tmp_path) == sorted(("汇总.txt", *kept[:2]))


@pytest.mark.parametrize("code", [errno.EACCES, errno.EBUSY, errno.ETXTBSY])
def test_only_the_newest_result_lies_beside_a_target_in_use(tmp_path, monkeypatch, code):
    target, real = tmp_path / "汇总.txt", os.replace
    target.write_text("old")
    (tmp_path / "汇总_待替换.txt").write_text("of yesterday")

    def held(source, destination):
        if Path(destination) == target:
            raise OSError(code, "in use")
        real(source, destination)

    monkeypatch.setattr(files.os, "replace", held)
    with pytest.raises(TargetInUse) as caught, publish(target, pauses=()) as temporary:
        temporary.write_text("new")
    assert names(tmp_path) == sorted(("汇总.txt", caught.value.kept.name))
    assert caught.value.kept.read_text() == "new"
    assert target.read_text() == "old"


def refused(code):
    def call(*_, **__):
        raise OSError(code, os.strerror(code))

    return call


@pytest.mark.skipif(os.name != "posix", reason="permission bits and folders that can be opened")
@pytest.mark.parametrize("call", ["chmod", "open"])
def test_a_share_that_knows_less_is_written_to_all_the_same(tmp_path, monkeypatch, call):
    target = tmp_path / "汇总.txt"
    target.write_text("old")
    with publish(target) as temporary:
        temporary.write_text("new")
        monkeypatch.setattr(os, call, refused(errno.EPERM))
    monkeypatch.undo()
    assert target.read_text() == "new"


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_is_whole_or_not_there(tmp_path, monkeypatch, links):
    """At every step; where nothing has links a kill may leave an empty file, Ctrl-C never."""
    if not links:
        monkeypatch.setattr(os, "link", refused(errno.EPERM), raising=False)
    whole = tmp_path / "whole"
    whole.mkdir()
    with Disk(whole).at_work() as disk, new_file(whole / "立项单.txt") as temporary:
        temporary.write_text("new")
    for fault in (full, gone, broken_once, interrupted, *((killed,) if links else ())):
        for point in range(1, len(disk.steps) + 1):
            folder = tmp_path / f"{fault.__name__}{point}"
            folder.mkdir()
            target = folder / "立项单.txt"
            ended = "made"
            try:
                with Disk(folder, fault, point).at_work(), new_file(target) as temporary:
                    temporary.write_text("new")
            except (ToolkitError, KeyboardInterrupt, Killed):
                ended = "failed"
            if target.exists():
                assert target.read_text() == "new" or (fault is gone and not links), ended
            else:
                assert ended == "failed"


def test_a_missing_folder_is_the_users_to_fix(tmp_path):
    with pytest.raises(ToolkitError, match="无法写入"), publish(tmp_path / "无" / "a.txt"):
        pytest.fail("nothing to write to")


def test_a_full_disk_is_the_users_to_fix_also_when_xlsxwriter_wraps_it(tmp_path):
    class FileCreateError(Exception):
        pass

    with pytest.raises(ToolkitError, match="No space left"), publish(tmp_path / "a.txt"):
        raise FileCreateError(OSError(28, "No space left on device"))
    assert names(tmp_path) == []


@pytest.mark.skipif(os.name != "posix", reason="permission bits")
def test_publish_keeps_permissions_and_honours_the_umask(tmp_path):
    fresh, shared = tmp_path / "fresh.txt", tmp_path / "shared.txt"
    shared.write_text("old")
    shared.chmod(0o640)
    mask = os.umask(0o022)
    try:
        for target in (fresh, shared):
            with publish(target) as temporary:
                temporary.write_text("new")
    finally:
        os.umask(mask)
    assert fresh.stat().st_mode & 0o777 == 0o644
    assert shared.stat().st_mode & 0o777 == 0o640


def test_new_file_creates(tmp_path):
    target = tmp_path / "立项单.txt"
    with new_file(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"
    assert names(tmp_path) == ["立项单.txt"]


@pytest.mark.parametrize(
    ("there", "wanted"),
    [("a.txt", "a.txt"), ("BUG单.txt", "bug单.txt"), ("é.txt", "e\u0301.txt")],
)
def test_new_file_never_overwrites(tmp_path, there, wanted):
    (tmp_path / there).write_text("old")
    with pytest.raises(ToolkitError, match="已经存在"), new_file(tmp_path / wanted):
        pytest.fail("the name is taken")
    assert (tmp_path / there).read_text() == "old"
    assert names(tmp_path) == [there]


def test_new_file_does_not_overwrite_what_appeared_meanwhile(tmp_path):
    target = tmp_path / "a.txt"
    with pytest.raises(ToolkitError, match="已经存在"), new_file(target):
        target.write_text("theirs")
    assert target.read_text() == "theirs"
    assert names(tmp_path) == ["a.txt"]
