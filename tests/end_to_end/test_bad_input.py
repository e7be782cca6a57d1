"""Every kind of bad file: a finding with a reason and a next step, and the others come through."""

from __future__ import annotations

import io
import json
import os
import sys
import textwrap
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests.amounts import some
from tests.readers.other_formats import compound, ods, text_cell, xls
from tests.readers.workbooks import (
    as_read,
    records,
    sheet_xml,
    some_records,
    with_sheet_xml,
    workbook,
    write_tracking,
)
from toolkit.model.dossier import Dossier
from toolkit.model.finding import Finding
from toolkit.readers import worker
from toolkit.workflows.check import check_folder, check_json

TODAY = date(2026, 11, 23)
GOOD = "02_跟踪表/项目跟踪表_样例甲_2026.xlsx"
ROWS = some_records(6)
TABLE = [
    ["项目编号", "支持日期", "支持内容类型", "具体内容", "销售在场", "结果"],
    ["XM9", date(2026, 3, 5), "产品测试", "不应读到", "是", "成功"],
]
TRACKING = workbook({"跟踪记录": TABLE})


def cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def damaged(content: bytes) -> bytes:
    """One byte in the middle of the sheet changed: its check sum is wrong."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    place = entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2
    return content[:place] + bytes((content[place] ^ 0x55,)) + content[place + 1 :]


def chart_only() -> bytes:
    def chart(book, sheet):
        pie = book.add_chart({"type": "pie"})
        pie.add_series({"values": "=甲!$A$1"})
        book.add_chartsheet("图").set_chart(pie)

    return workbook({"甲": []}, chart)


def word() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return buffer.getvalue()


def far(cell: str) -> bytes:
    row = "".join(filter(str.isdigit, cell))
    return with_sheet_xml(sheet_xml(f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>'))


FAR_ODS = ods(
    '<table:table-row table:number-rows-repeated="1048575"><table:table-cell/></table:table-row>'
    '<table:table-row><table:table-cell table:number-columns-repeated="16383"/>'
    f"{text_cell('x')}</table:table-row>"
)
LOCK = bytes((6,)) + "样例乙".encode("gbk").ljust(54)
XLS = xls("跟踪记录", [[str(v) for v in row] for row in TABLE], password=True)

BAD: dict[str, tuple[bytes, str, str, str]] = {
    # path -> content, status, rule, what the reason says
    "02_跟踪表/~$项目跟踪表_样例甲_2026.xlsx": (LOCK, "lock", "SRC-2", "样例乙正在编辑"),
    "02_跟踪表/~$样例丙.xlsx": (
        bytes((9,)) + "样例丙".encode().ljust(54),
        "lock",
        "SRC-2",
        "样例丙正在编辑“样例丙.xlsx”",
    ),
    "02_跟踪表/.~lock.跟踪表.xlsx#": (
        "样例丁,yd,PC1,05.03.2026 10:10,file:///x;".encode(),
        "lock",
        "SRC-2",
        "样例丁正在编辑“跟踪表.xlsx”",
    ),
    "02_跟踪表/.~跟踪表.xlsx": (TRACKING, "temporary", "SRC-2", "临时文件"),
    "02_跟踪表/~WRD0001.tmp": (TRACKING, "temporary", "SRC-2", "临时文件"),
    "02_跟踪表/5A7C3E10": (TRACKING, "temporary", "SRC-2", "临时文件"),
    "02_跟踪表/项目跟踪表_样例甲_2026 (1).xlsx": (TRACKING, "conflict", "SRC-3", "副本"),
    "02_跟踪表/项目跟踪表_样例甲_2026 - 副本.xlsx": (TRACKING, "conflict", "SRC-3", "副本"),
    "02_跟踪表/项目跟踪表_样例甲_2026 (conflicted copy 2026-03-05).xlsx": (
        TRACKING,
        "conflict",
        "SRC-3",
        "项目跟踪表_样例甲_2026.xlsx",
    ),
    "02_跟踪表/项目跟踪表_样例甲_2026.sync-conflict-20260305-101010-ABCDEFG.xlsx": (
        TRACKING,
        "conflict",
        "SRC-3",
        "同步冲突",
    ),
    "02_跟踪表/项目跟踪表_样例甲_2026 (SFConflict yl@x 2026-03-05).xlsx": (
        TRACKING,
        "conflict",
        "SRC-3",
        "同步冲突",
    ),
    "02_跟踪表/项目跟踪表_样例甲_2026_CaseConflict_1.xlsx": (
        TRACKING,
        "conflict",
        "SRC-3",
        "同步冲突",
    ),
    "02_跟踪表/项目跟踪表_样例甲_2026-DESKTOP-AB12CD3.xlsx": (
        TRACKING,
        "conflict",
        "SRC-3",
        "同步冲突",
    ),
    "02_跟踪表/项目跟踪表_样例甲_2026_冲突.xlsx": (TRACKING, "conflict", "SRC-3", "同步冲突"),
    "坏/金山.et": (TRACKING, "unreadable", "SRC-1", ".et 格式"),
    "坏/加密.xlsx": (
        compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        "unreadable",
        "SRC-1",
        "打开密码",
    ),
    "坏/加密.xls": (XLS, "unreadable", "SRC-1", "打开密码"),
    "坏/截断.xlsx": (cut(TRACKING), "unreadable", "SRC-1", "已损坏"),
    "坏/校验错.xlsx": (damaged(TRACKING), "unreadable", "SRC-1", "已损坏"),
    "坏/截断.xls": (xls("甲", [["x"]])[:900], "unreadable", "SRC-1", "已损坏"),
    "坏/空.xlsx": (b"", "unreadable", "SRC-1", "0 字节"),
    "坏/全零.xlsx": (bytes(40_000), "unreadable", "SRC-1", "空字节"),
    "坏/网页.xls": (b"<html><table><tr><td>x</td></tr></table>", "unreadable", "SRC-1", "网页文件"),
    "坏/文本.xlsx": ("编号,日期\n1,2\n".encode("gbk"), "unreadable", "SRC-1", "CSV"),
    "坏/文档.xlsx": (word(), "unreadable", "SRC-1", "Word"),
    "坏/旧文档.xls": (compound({"WordDocument": b"x"}), "unreadable", "SRC-1", "Word"),
    "坏/飞远.xlsx": (far("XFD1048576"), "unrecognised", "SRC-4", "认不出"),
    "坏/飞远.ods": (FAR_ODS, "unreadable", "SRC-1", "XFD1048576"),
    "坏/菜单.xlsx": (
        workbook({"周一": [["菜名", "价格"], ["鱼", 12.0]]}),
        "unrecognised",
        "SRC-4",
        "认不出是哪一种表单",
    ),
    "坏/只有图.xlsx": (chart_only(), "unrecognised", "SRC-4", "没有任何内容"),
}

SILENT: dict[str, tuple[bytes, str]] = {
    "90_输出/部门汇总.xlsx": (TRACKING, "output"),
    "90_输出/~$部门汇总.xlsx": (LOCK, "output"),
    "销售存档/样例丁/立项单.xlsx": (TRACKING, "archive"),
    "备份/跟踪表.xlsx": (TRACKING, "backup"),
    "02_跟踪表/跟踪表.xlsx.bak": (TRACKING, "backup"),
    "09_受限/台账.xlsx": (TRACKING, "restricted"),
    "08_登记/投诉与绩效台账.xlsx": (TRACKING, "restricted"),
    "08_登记/~$投诉与绩效台账.xlsx": (LOCK, "restricted"),
    "说明.docx": (word(), "ignored"),
}

DEEP = "01 立项#2/二〇二六 年/第 1 组(甲&乙)/％20/跟踪 #1 表.xlsx"


def put(folder: Path, path: str, content: bytes) -> None:
    target = folder.joinpath(*path.split("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    os.utime(target, (1_760_000_000, 1_760_000_000))  # nobody is saving it just now


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "部门"
    write_tracking(folder.joinpath(*GOOD.split("/")), ROWS)
    return folder


def checked(folder: Path) -> tuple[Dossier, dict[str, Finding]]:
    """The dossier, and what is said about files: path -> finding."""
    result = check_folder(folder, today=TODAY)
    of_files = ("SRC-1", "SRC-2", "SRC-3", "SRC-4")
    found = [f for f in result.result.findings if f.rule in of_files]
    assert len({f.path for f in found}) == len(found)
    json.dumps(check_json(result), ensure_ascii=False).encode("gbk")
    return result.department.dossier, {f.path: f for f in found}


def assert_good_came_through(dossier: Dossier, more: int = 0) -> None:
    read = records(dossier, "tracking")
    named = [{**r, "supporter": r["supporter"] or "样例甲"} for r in as_read(ROWS)]
    kept = [{k: r[k] for k in named[0]} for r in read if r["project_id"] != "XM8"]
    assert kept == named
    assert len(read) == len(named) + more
    for s in dossier.sources:
        assert s.rows == s.consolidated + s.rejected, s.path


@pytest.mark.parametrize("path", some(list(BAD), 10))
def test_a_bad_file_is_a_finding(folder, path):
    content, status, rule, reason = BAD[path]
    put(folder, path, content)
    dossier, findings = checked(folder)
    (source,) = (s for s in dossier.sources if s.path == path)
    assert source.status.value == status
    assert (source.rows, source.consolidated) == (0, 0)
    assert findings.keys() == {path}
    finding = findings[path]
    assert finding.rule == rule
    assert reason in finding.message
    assert finding.hint.endswith("。")
    assert_good_came_through(dossier)


@pytest.mark.parametrize("path", some(list(SILENT), 3))
def test_what_is_not_meant_to_be_read_is_passed_over(folder, path):
    content, status = SILENT[path]
    put(folder, path, content)
    dossier, findings = checked(folder)
    (source,) = (s for s in dossier.sources if s.path == path)
    assert source.status.value == status
    assert source.reason
    assert source.fingerprint == ""
    assert findings == {}
    assert_good_came_through(dossier)


@pytest.mark.parametrize("path", some([p for p, bad in BAD.items() if bad[2] == "SRC-3"], 3))
def test_a_copy_without_its_original_is_read(tmp_path, path):
    put(tmp_path, path, TRACKING)
    dossier, findings = checked(tmp_path)
    assert findings == {}
    assert [r["project_id"] for r in records(dossier, "tracking")] == ["XM9"]


def unreadable(path: Path) -> None:
    path.chmod(0)
    try:
        path.read_bytes()
    except PermissionError:
        return
    path.chmod(0o600)
    pytest.skip("this account may read everything")


def denied(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Reading this one file is refused, whatever account runs the tests."""
    code = textwrap.dedent(f"""
        from pathlib import Path
        from toolkit.readers.child import serve
        read_bytes = Path.read_bytes

        def refuse(self):
            if self.name == {name!r}:
                raise PermissionError(13, "Permission denied")
            return read_bytes(self)

        Path.read_bytes = refuse
        serve()
    """)
    monkeypatch.setattr(worker, "_CODE", code)
    monkeypatch.setattr(worker, "SPARES", type(worker.SPARES)())


def test_a_file_that_may_not_be_read_is_a_finding(folder, monkeypatch):
    put(folder, "坏/没有权限.xlsx", TRACKING)
    denied(monkeypatch, "没有权限.xlsx")
    dossier, findings = checked(folder)
    assert findings.keys() == {"坏/没有权限.xlsx"}
    assert "没有读取权限" in findings["坏/没有权限.xlsx"].message
    assert_good_came_through(dossier)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no such mode")
def test_a_file_without_permission_on_disk_is_a_finding(folder):
    put(folder, "坏/没有权限.xlsx", TRACKING)
    unreadable(folder / "坏" / "没有权限.xlsx")
    _, findings = checked(folder)
    assert "没有读取权限" in findings["坏/没有权限.xlsx"].message


def test_everything_in_one_folder(folder, monkeypatch):
    for path, (content, *_) in {**BAD, **SILENT}.items():
        put(folder, path, content)
    put(folder, DEEP, workbook({"跟踪记录": [TABLE[0], ["XM8", *TABLE[1][1:]]]}))
    put(folder, "坏/没有权限.xlsx", TRACKING)
    denied(monkeypatch, "没有权限.xlsx")
    if sys.platform != "win32":
        (folder / "坏" / "圈").symlink_to(folder, target_is_directory=True)
        (folder / "坏" / "自己.xlsx").symlink_to(folder / "坏" / "自己.xlsx")
    dossier, findings = checked(folder)
    assert findings.keys() == {*BAD, "坏/没有权限.xlsx"}
    assert {s.path for s in dossier.sources} == {GOOD, DEEP, *BAD, *SILENT, "坏/没有权限.xlsx"}
    for path, (_, status, rule, reason) in BAD.items():
        (source,) = (s for s in dossier.sources if s.path == path)
        assert (source.status.value, findings[path].rule) == (status, rule), path
        assert reason in findings[path].message
    assert_good_came_through(dossier, more=1)
    assert sum(s.consolidated for s in dossier.sources) == len(ROWS) + 1
