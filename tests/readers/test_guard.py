"""What is refused before or while it is parsed, and with which words."""

from __future__ import annotations

import io
import os
import random
import struct
import zipfile

import pytest

from toolkit.model.location import a1
from toolkit.readers.grid import Book
from toolkit.readers.guard import RefusedError, inspect
from toolkit.readers.sheets import read_book
from toolkit.readers.worker import Worker

from .other_formats import (
    compound,
    ods,
    text_cell,
    xls,
    xlsb,
    zipped,
)
from .workbooks import edited, sheet_xml, with_sheet_xml, workbook

GOOD = workbook({"跟踪记录": [["项目编号", "支持日期"], ["XM1", 46086.0]]})
ROWS = [["项目编号", "支持日期"], ["XM1", 46086.0]]


@pytest.fixture(scope="module")
def worker():
    with Worker() as one:
        yield one


def refused(name: str, content: bytes, worker: Worker) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        read_book(name, content, worker)
    assert caught.value.reason
    assert caught.value.hint.endswith("。")
    (caught.value.reason + caught.value.hint).encode("gbk")
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xlsx", b"", "0 字节"),
        ("a.xlsx", bytes(70_000), "空字节"),
        ("a.et", GOOD, ".et 格式"),
        ("a.xls", b"<html><body><table><tr><td>x", "网页"),
        ("a.xls", b"\xef\xbb\xbf\r\n <!DOCTYPE html><html>", "网页"),
        ("a.xls", "<html><meta charset=gbk>甲".encode("gbk"), "网页"),
        ("a.xls", "<html>".encode("utf-16"), "网页"),
        ("a.xls", b"MIME-Version: 1.0\nContent-Type: multipart/related", ".mht"),
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "XML 表格",
        ),
        ("a.xlsx", "编号,日期\n1,2026-03-05\n".encode(), "文本文件"),
        ("a.xlsx", "编号,日期\n1,2026-03-05\n".encode("gbk"), "文本文件"),
        ("a.xlsx", b"%PDF-1.7", "PDF"),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n\x00\x01", "不是 Excel"),
        ("a.xlsx", zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "Word"),
        ("a.xlsx", zipped({"甲.txt": "x"}), "压缩包"),
        ("a.xlsx", zipped({"[Content_Types].xml": ""}), "损坏"),
        ("a.xlsx", GOOD[: len(GOOD) // 2], "损坏"),
        ("a.xlsx", GOOD[:40], "损坏"),
        ("a.xls", compound({"WordDocument": b"x"}), "Word"),
        ("a.xlsx", compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), "密码"),
        ("a.xls", xls("甲", ROWS, password=True), "密码"),
        ("a.xls", compound({"Workbook": b"x"})[:700], "损坏"),
        ("a.ods", ods("", manifest="<manifest:encryption-data/>"), "密码"),
        ("a.ods", zipped({"mimetype": "application/x.text", "content.xml": ""}), "文档"),
        ("a.ods", zipped({"content.xml": "<x"}), "损坏"),
        ("a.xlsb", zipped({"xl/workbook.bin": b"x"}), "损坏"),
    ],
)
def test_verdicts(name, content, reason, worker):
    assert reason in refused(name, content, worker).reason


def test_good_files_of_every_format_are_read(worker):
    for name, content in (
        ("a.xlsx", GOOD),
        ("a.xls", xls("跟踪记录", ROWS)),
        ("a.xlsb", xlsb("跟踪记录", ROWS)),
        ("a.xls", GOOD),  # what it is counts, not what it is called
    ):
        (grid,) = read_book(name, content, worker).grids
        assert (grid.name, grid.rows) == ("跟踪记录", ROWS), name
    cells = f"<table:table-row>{text_cell('项目编号')}{text_cell('支持日期')}</table:table-row>"
    (grid,) = read_book("a.ods", ods(cells), worker).grids
    assert grid.rows == ROWS[:1]


def test_a_damaged_byte_is_noticed_in_every_part_that_is_read(worker):
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        entries = {e.filename: e for e in archive.infolist()}
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"):
        place = entries[part].header_offset + 30 + len(part) + entries[part].compress_size // 2
        content = bytearray(GOOD)
        content[place] ^= 0xFF
        error = refused("a.xlsx", bytes(content), worker)
        assert "损坏" in error.reason, part
        assert error.torn


def far_xlsx(cell: str) -> bytes:
    row = "".join(filter(str.isdigit, cell))
    return with_sheet_xml(sheet_xml(f'<row r="{row}"><c r="{cell}"><v>1</v></c></row>'))


@pytest.mark.parametrize("cell", ["XFD20", "D1048576", "ZZ1048576", "XFD1048576"])
def test_wide_or_long_sheets_are_read(cell, worker):
    (grid,) = read_book("a.xlsx", far_xlsx(cell), worker).grids
    assert grid.rows[-1][-1] == 1.0
    assert a1(len(grid.rows) - 1, len(grid.rows[-1]) - 1) == cell


def test_blank_formatted_rows_to_the_end_cost_nothing(worker):
    styled = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in (1, 500_000, 1_048_576))
    (grid,) = read_book("a.xlsx", with_sheet_xml(sheet_xml(styled)), worker).grids
    assert grid.rows == []


def test_a_child_that_has_died_is_replaced(worker):
    before = read_book("a.xls", xls("甲", ROWS), worker)
    worker._child.process.kill()
    worker._child.process.wait()
    assert read_book("a.xls", xls("甲", ROWS), worker) == before


def test_a_child_that_dies_while_parsing_is_one_unreadable_file(worker):
    book = worker.parse("a.xls", xls("甲", ROWS))
    worker._child.process.stdin.write(struct.pack("<cQ", b"B", 2**40))  # it ends at once
    assert "解析时出错" in refused("a.xls", xls("甲", ROWS), worker).reason
    assert worker.parse("a.xls", xls("甲", ROWS)) == book


def test_a_parser_that_hangs_is_ended():
    content = xls("甲", ROWS)
    with Worker(timeout=0.0) as one:
        assert "时间过长" in refused("a.xls", content, one).reason


def test_a_child_goes_on_to_the_next_user_or_ends_with_its_pipe():
    with Worker() as one:
        assert isinstance(one.parse("a.xls", xls("甲", ROWS)), Book)
        child = one._child
    with Worker() as other:
        other.parse("a.xls", xls("甲", ROWS))
        assert other._child is child
    child.process.stdin.close()
    assert child.process.wait(10) == 0


def outcome(name: str, content: bytes, worker: Worker) -> str:
    try:
        read_book(name, content, worker)
    except RefusedError:
        return "refused"
    return "read"


@pytest.mark.parametrize("make", [xls, xlsb], ids=["xls", "xlsb"])
def test_mutated_files_are_read_or_refused(make, worker):
    content = make("跟踪记录", [["项目编号", "支持日期"], *[["XM1", float(n)] for n in range(40)]])
    source, outcomes = random.Random(7), []
    for _ in range(150):
        mutated = bytearray(content)
        for _ in range(source.randrange(1, 6)):
            mutated[source.randrange(len(mutated))] = source.randrange(256)
        outcomes.append(outcome("a.xls", bytes(mutated), worker))
    assert set(outcomes) == {"read", "refused"}


def test_mutated_sheets_of_xlsx_are_read_or_refused(worker):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 30))
    xml = sheet_xml(rows).encode()
    source, outcomes = random.Random(7), []
    for _ in range(300):
        mutated = bytearray(xml)
        for _ in range(source.randrange(1, 4)):
            mutated[source.randrange(len(mutated))] = source.choice(b'<>/"=cvrA0129 XFD\x00')
        outcomes.append(outcome("a.xlsx", with_sheet_xml(bytes(mutated)), worker))
    assert set(outcomes) == {"read", "refused"}


def test_hidden_sheets_are_read_and_chart_sheets_are_not(worker):
    def chart(book, sheet):
        shown = book.add_chartsheet("图")
        pie = book.add_chart({"type": "pie"})
        pie.add_series({"values": "=甲!$A$1:$A$2"})
        shown.set_chart(pie)

    content = workbook({"甲": [[1.0], [2.0]]}, chart)
    content = edited(
        content, "xl/workbook.xml", lambda x: x.replace('name="甲"', 'name="甲" state="veryHidden"')
    )
    assert [g.name for g in read_book("a.xlsx", content, worker).grids] == ["甲"]


def test_inspect_needs_no_suffix():
    assert inspect("x", GOOD).kind == "xlsx"
    assert (
        inspect("x", struct.pack("<8B", 0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1)).kind
        == "xls"
    )


def test_the_child_needs_no_installed_package(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(os.environ, "PYTHONPATH", raising=False)
    with Worker() as one:
        assert isinstance(one.parse("a.xls", xls("甲", ROWS)), Book)
