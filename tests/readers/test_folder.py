"""What names and places say about files, before any is opened."""

from __future__ import annotations

import os
import struct
import sys

import pytest

from toolkit.model.dossier import Status
from toolkit.readers.folder import classify, list_folder, mark_copies
from toolkit.readers.lock_files import excel_owner, libreoffice_owner, lock_sentence

ORIGINAL = "02_跟踪表/项目跟踪表_样例甲_2026.xlsx"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (ORIGINAL, Status.READ),
        ("a.XLSX", Status.READ),
        ("a.xlsm", Status.READ),
        ("a.xlsb", Status.READ),
        ("a.xls", Status.READ),
        ("a.ods", Status.READ),
        ("a.et", Status.READ),
        ("备份一体机项目_立项单.xlsx", Status.READ),
        ("数据的备份方案.xlsx", Status.READ),
        ("a.docx", Status.IGNORED),
        ("说明.txt", Status.IGNORED),
        ("._a.xlsx", Status.IGNORED),
        ("~$a.xlsx", Status.LOCK),
        (".~lock.a.xlsx#", Status.LOCK),
        (".~a.xlsx", Status.TEMPORARY),
        ("~WRL0001.tmp", Status.TEMPORARY),
        ("01_立项/5A7C3E10", Status.TEMPORARY),
        ("5A7C3E10.tmp", Status.TEMPORARY),
        ("a.xlsx~", Status.BACKUP),
        ("a.bak", Status.BACKUP),
        ("跟踪表的备份.xlk", Status.BACKUP),
        ("跟踪表的备份.xlsx", Status.BACKUP),
        ("备份/a.xlsx", Status.BACKUP),
        ("02_跟踪表/Backup/a.xlsx", Status.BACKUP),
        ("销售存档/样例丁/立项单.xlsx", Status.ARCHIVE),
        ("90_输出/部门汇总.xlsx", Status.OUTPUT),
        ("90_输出/~$部门汇总.xlsx", Status.OUTPUT),
        ("90_输出/2026/旧/部门汇总.xlsx", Status.OUTPUT),
        ("９０_输出/部门汇总.xlsx", Status.OUTPUT),
        ("09_受限/a.xlsx", Status.RESTRICTED),
        ("09_受限资料/a.xlsx", Status.RESTRICTED),
        ("08_登记/投诉与绩效台账.xlsx", Status.RESTRICTED),
        ("投诉与绩效/2026.xlsx", Status.RESTRICTED),
        ("08_登记/~$投诉与绩效台账.xlsx", Status.RESTRICTED),
        ("备份/投诉与绩效台账.xlsx", Status.RESTRICTED),
    ],
)
def test_status_by_path(path, status):
    found, reason, hint, rule = classify(path)
    assert found is status
    assert bool(reason) == (status is not Status.READ)
    assert bool(hint) == bool(rule)
    (reason + hint).encode("gbk")


@pytest.mark.parametrize(
    "copy",
    [
        "项目跟踪表_样例甲_2026 (1).xlsx",
        "项目跟踪表_样例甲_2026(2).xlsx",
        "项目跟踪表_样例甲_2026（1）.xlsx",
        "项目跟踪表_样例甲_2026 - 副本.xlsx",
        "项目跟踪表_样例甲_2026 - 副本 (2).xlsx",
        "项目跟踪表_样例甲_2026副本.xlsx",
        "项目跟踪表_样例甲_2026的副本.xlsx",
        "副本项目跟踪表_样例甲_2026.xlsx",
        "副本(2)项目跟踪表_样例甲_2026.xlsx",
        "复件 项目跟踪表_样例甲_2026.xlsx",
        "Copy of 项目跟踪表_样例甲_2026.xlsx",
        "项目跟踪表_样例甲_2026 - Copy.xlsx",
        "项目跟踪表_样例甲_2026 - Copy (3).xlsx",
        "项目跟踪表_样例甲_2026 (样例乙's conflicted copy 2026-03-05).xlsx",
        "项目跟踪表_样例甲_2026 (conflicted copy 2026-03-05 101010).xlsx",
        "项目跟踪表_样例甲_2026.sync-conflict-20260305-101010-ABCDEFG.xlsx",
        "项目跟踪表_样例甲_2026 (SFConflict yl@example.com 2026-03-05-10-10-10).xlsx",
        "项目跟踪表_样例甲_2026_CaseConflict_1.xlsx",
        "项目跟踪表_样例甲_2026_CaseConflict.xlsx",
        "项目跟踪表_样例甲_2026_conflict-20260305.xlsx",
        "项目跟踪表_样例甲_2026-DESKTOP-AB12CD3.xlsx",
        "项目跟踪表_样例甲_2026-LAPTOP-7Q.xlsx",
        "项目跟踪表_样例甲_2026-DESKTOP-AB12CD3-2.xlsx",
        "项目跟踪表_样例甲_2026(冲突文件-样例乙-2026-03-05).xlsx",
        "项目跟踪表_样例甲_2026_冲突文件.xlsx",
        "项目跟踪表_样例甲_2026 (冲突副本 2026-03-05).xlsx",
        "项目跟踪表_样例甲_2026 - 副本.xls",
        "项目跟踪表_样例甲_2026备份.xlsx",
        "项目跟踪表_样例甲_2026_备份.xlsx",
        "项目跟踪表_样例甲_2026 (备份 3-5).xlsx",
    ],
)
def test_copies_are_conflicts_only_beside_their_original(copy):
    path = f"02_跟踪表/{copy}"
    status, reason, hint, rule = classify(path, {ORIGINAL, path})
    assert (status, rule) == (Status.CONFLICT, "SRC-3")
    assert "项目跟踪表_样例甲_2026.xlsx" in reason
    assert hint
    assert classify(path, {path})[0] is Status.READ
    assert classify(path, {path, "01_立项/项目跟踪表_样例甲_2026.xlsx"})[0] is Status.READ


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("跟踪表-2025.xlsx", "跟踪表.xlsx"),
        ("立项单-XM2026-0001.xlsx", "立项单.xlsx"),
        ("产品改进申请单_GJ-XM1-02.xlsx", "产品改进申请单_GJ-XM1.xlsx"),
        ("跟踪表 2.xlsx", "跟踪表.xlsx"),
        ("跟踪表_V2.xlsx", "跟踪表.xlsx"),
        ("跟踪表 (样例甲).xlsx", "跟踪表.xlsx"),
        ("冲突检测系统_立项单.xlsx", "检测系统_立项单.doc"),
        ("副本.xlsx", "a.xlsx"),
        (" (1).xlsx", "a.xlsx"),
    ],
)
def test_other_names_are_no_copies(name, other):
    assert classify(name, {name, other})[0] is Status.READ


def excel_lock(name: str, encoding: str, *, wide: bool) -> bytes:
    narrow = name.encode(encoding)
    content = bytes((len(narrow),)) + narrow.ljust(54)
    if wide:
        raw = name.encode("utf-16-le")
        content += struct.pack("<H", len(name)) + raw.ljust(108, b" ")
    return content


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize("name", ["样例甲", "Li Lei", "样例甲(0123)"])
def test_the_owner_of_an_excel_lock(name, encoding, wide):
    assert excel_owner(excel_lock(name, encoding, wide=wide)) == name


def test_the_owner_in_utf_16_counts_where_the_code_page_is_strange():
    assert excel_owner(excel_lock("李大文", "big5", wide=True)) == "李大文"


@pytest.mark.parametrize(
    "content", [b"", b"\x00", bytes(165), b"\xff\xff\xff", b"\x03ab", b"\x02\x01\x02"]
)
def test_a_lock_without_a_name(tmp_path, content):
    path = tmp_path / "~$跟踪表.xlsx"
    path.write_bytes(content)
    assert lock_sentence(path) in ("有人正在编辑“跟踪表.xlsx”", "ab正在编辑“跟踪表.xlsx”")
    assert lock_sentence(tmp_path / "~$没有.xlsx") == "有人正在编辑“没有.xlsx”"


def test_the_owner_of_a_libreoffice_lock(tmp_path):
    assert libreoffice_owner("样例甲,yl,PC1,05.03.2026 10:10,file:///x;".encode()) == "样例甲"
    assert libreoffice_owner(b",yl,PC1,05.03.2026 10:10,file:///x;") == "yl"
    assert libreoffice_owner(b"") == ""
    path = tmp_path / ".~lock.跟踪表.xlsx#"
    path.write_text("样例甲,yl,PC1,05.03.2026 10:10,file:///x;", "utf-8")
    assert lock_sentence(path) == "样例甲正在编辑“跟踪表.xlsx”"


def test_every_file_is_listed_in_order_whatever_its_name(tmp_path):
    deep = tmp_path / "02 跟踪#表" / "二〇二六 年" / "第 1 组(甲&乙)" / "％20"
    deep.mkdir(parents=True)
    (deep / "跟踪 #1.xlsx").write_bytes(b"x")
    (tmp_path / "a.xlsx").write_bytes(b"xy")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "b.xlsx").write_bytes(b"x")
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    entries = list_folder(tmp_path)
    assert [e.relative for e in entries] == [
        "02 跟踪#表/二〇二六 年/第 1 组(甲&乙)/％20/跟踪 #1.xlsx",
        "a.xlsx",
    ]
    assert entries[1].size == 2
    assert entries[0].path.read_bytes() == b"x"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_links_in_circles_end(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "self.xlsx").symlink_to(tmp_path / "a" / "self.xlsx")
    (tmp_path / "a" / "gone.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    (tmp_path / "b.xlsx").write_bytes(b"x")
    (tmp_path / "a" / "same.xlsx").symlink_to(tmp_path / "b.xlsx")
    assert [e.relative for e in list_folder(tmp_path)] == ["a/same.xlsx", "b.xlsx"]


def test_a_closed_folder_is_told(tmp_path, monkeypatch):
    (tmp_path / "甲").mkdir()
    (tmp_path / "b.xlsx").write_bytes(b"x")
    scan = os.scandir

    def closed(path):
        if str(path).endswith("甲"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)
    entries = list_folder(tmp_path)
    assert [(e.relative, e.status, e.rule) for e in entries] == [
        ("b.xlsx", Status.READ, ""),
        ("甲", Status.UNREADABLE, "SRC-1"),
    ]
    assert "没有读取" in entries[1].reason


@pytest.mark.skipif(sys.platform != "linux", reason="only here names are mere bytes")
@pytest.mark.parametrize(
    ("raw", "name"),
    [("项目.xlsx".encode("gbk"), "项目.xlsx"), (b"a\xff.xlsx", "a\ufffd.xlsx")],
)
def test_names_in_another_encoding_are_shown_and_stay_usable(tmp_path, raw, name):
    place = tmp_path / "02_跟踪表"
    place.mkdir()
    (tmp_path / os.fsdecode(os.fsencode(place) + b"/" + raw)).write_bytes(b"x")
    (entry,) = list_folder(tmp_path)
    assert entry.relative == f"02_跟踪表/{name}"
    assert entry.path.read_bytes() == b"x"


def test_equal_content_is_read_once(tmp_path):
    for name in ("周样例_备用.xlsx", "周样例.xlsx", "周样例.xls", "周样甲.xlsx"):
        (tmp_path / name).write_bytes(b"same")
    (tmp_path / "别的.xlsx").write_bytes(b"else")
    os.utime(tmp_path / "周样甲.xlsx", (1_700_000_000, 1_700_000_000))
    entries = list_folder(tmp_path)
    hashes = {e.relative: e.path.read_bytes().hex() for e in entries}
    same = {e.relative: e.same_as for e in mark_copies(entries, hashes)}
    assert same == {
        "周样甲.xlsx": "",  # as short as the other one, and older
        "周样例.xlsx": "周样甲.xlsx",
        "周样例_备用.xlsx": "周样甲.xlsx",
        "周样例.xls": "",
        "别的.xlsx": "",
    }
