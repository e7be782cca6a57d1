"""Hostile .xls and .xlsb: records that lie, and boxes (OLE) whose chains go round."""

from __future__ import annotations

import struct
from collections.abc import Callable

from ..other_formats import (
    binary_number,
    binary_record,
    binary_row,
    compound,
    far_cell_in_xls,
    record,
    xls,
    xlsb,
)
from .attack import DAMAGED, NUMBERED, Attack, harmless

NAME = "跟踪记录"
_FAT, _DIRECTORY, _SMALL_TABLE, _DIFAT = 76, 48, 60, 68
_NUMBER, _SHARED, _FORMULA, _NUMBERS, _EXTENT = 0x0203, 0x00FD, 0x0006, 0x00BD, 0x0200
_MERGES, _BEGIN = 0x00E5, 0x0809
_SCATTERED = "的内容一直散布到 {}，已拒绝读取"


def with_records(extra: bytes, more_sheets: int = 0) -> bytes:
    return xls(NAME, NUMBERED, extra=extra, more_sheets=more_sheets)


def patched(change: Callable[[bytearray], None]) -> bytes:
    """The register with other bytes in its box."""
    content = bytearray(with_records(b""))
    change(content)
    return bytes(content)


def number_at(content: bytearray, place: int) -> int:
    return int(struct.unpack_from("<I", content, place)[0])


def sector(content: bytearray, header: int) -> int:
    """Where the sector begins whose number stands in the header."""
    return (number_at(content, header) + 1) * 512


def all_chains_go_round(content: bytearray) -> None:
    struct.pack_into("<128I", content, sector(content, _FAT), *[0] * 128)


def directory_goes_round(content: bytearray) -> None:
    own = number_at(content, _DIRECTORY)
    struct.pack_into("<I", content, sector(content, _FAT) + 4 * own, own)


def stream_says(place: int, value: int) -> Callable[[bytearray], None]:
    """Another start (116) or size (120) of the workbook's stream."""

    def change(content: bytearray) -> None:
        struct.pack_into("<I", content, sector(content, _DIRECTORY) + 128 + place, value)

    return change


def header_says(place: int, *values: int) -> Callable[[bytearray], None]:
    return lambda content: struct.pack_into(f"<{len(values)}I", content, place, *values)


def sheet_is_elsewhere(content: bytearray) -> None:
    struct.pack_into("<I", content, content.find(b"\x85\x00", 512) + 4, 0xFFFFFFF0)


def strings_say(head: bytes) -> bytes:
    """A table of texts that begins otherwise."""

    def change(content: bytearray) -> None:
        place = content.find(struct.pack("<H", 0xFC), 512) + 4
        content[place : place + len(head)] = head

    return patched(change)


def formula(code: bytes) -> bytes:
    head = struct.pack("<HHH", 5, 0, 0) + bytes(14) + struct.pack("<H", len(code))
    return with_records(record(_FORMULA, head + code))


def claiming(rows: int, columns: int, times: int = 1) -> bytes:
    """A used range that is larger than what is filled: formatted to the end."""
    return with_records(record(_EXTENT, struct.pack("<IIHHH", 0, rows, 0, columns, 0)) * times)


def merges(times: int) -> bytes:
    range_ = struct.pack("<4H", 5, 65_535, 0, 255)
    full = record(_MERGES, struct.pack("<H", 1026) + range_ * 1026)
    return with_records(far_cell_in_xls(3_000, 255) + full * times)


def sheets_in_sheets(count: int) -> bytes:
    """Each sheet is the same long list of cells."""
    cells = b"".join(far_cell_in_xls(row, 5) for row in range(10, 20_000))
    return with_records(cells, count)


def binary(extra: bytes) -> bytes:
    return xlsb(NAME, NUMBERED, extra=extra)


ATTACKS = {
    "最远单元格.xls": Attack(
        lambda: with_records(far_cell_in_xls(65_535, 255)), _SCATTERED.format("IV65536")
    ),
    "列号六万.xls": Attack(lambda: with_records(far_cell_in_xls(65_535, 65_535)), DAMAGED),
    "范围四十亿行.xls": harmless(lambda: claiming(0xFFFFFFFF, 65_535)),
    "范围是整张表.xls": harmless(lambda: claiming(65_536, 256)),
    "范围说四万次.xls": Attack(lambda: claiming(65_536, 256, 40_000), DAMAGED),
    "字符串数二十亿.xls": harmless(lambda: strings_say(struct.pack("<II", *[2_000_000_000] * 2))),
    "字符串长六万.xls": Attack(
        lambda: strings_say(struct.pack("<IIHBHI", 1, 1, 65_535, 0x0D, 65_535, 0xFFFFFFFF)), DAMAGED
    ),
    "第四十亿个字符串.xls": harmless(
        lambda: with_records(record(_SHARED, struct.pack("<HHHI", 5, 0, 0, 4_000_000_000)))
    ),
    "多值记录倒着.xls": Attack(
        lambda: with_records(record(_NUMBERS, struct.pack("<HH6xH", 5, 9, 3))), DAMAGED
    ),
    "多值记录过宽.xls": Attack(
        lambda: with_records(record(_NUMBERS, struct.pack("<HH6xH", 5, 0, 65_535))), DAMAGED
    ),
    "公式括号八千.xls": harmless(lambda: formula(b"\x15" * 8_000), 2),
    "公式参数八千.xls": harmless(lambda: formula(b"\x42\xff\x00\x00" * 2_000), 2),
    "合并五万次.xls": harmless(lambda: merges(50)),
    "百万条空记录.xls": harmless(lambda: with_records(record(0x0201, b"") * 1_000_000)),
    "一千层开头.xls": harmless(lambda: with_records(record(_BEGIN, b"") * 1_000)),
    "五千张表.xls": Attack(lambda: with_records(b"", 5_000), "工作簿里有 5001 张工作表"),
    "同一张表五百次.xls": Attack(lambda: sheets_in_sheets(500), DAMAGED),
    "表在文件之外.xls": Attack(lambda: patched(sheet_is_elsewhere), DAMAGED),
    "链表打圈.xls": Attack(lambda: patched(all_chains_go_round), DAMAGED),
    "目录打圈.xls": Attack(lambda: patched(directory_goes_round), DAMAGED),
    "分配表二十亿.xls": harmless(lambda: patched(header_says(44, 2**31 - 1))),
    "分配表的表打圈.xls": Attack(lambda: patched(header_says(_DIFAT, 0, 2**31)), DAMAGED),
    "小分配表二十亿.xls": harmless(lambda: patched(header_says(_SMALL_TABLE, 0, 2**31 - 1))),
    "流说四GB.xls": harmless(lambda: patched(stream_says(120, 0xFFFFFFFF))),
    "流在文件之外.xls": Attack(lambda: patched(stream_says(116, 0x7FFFFFFF)), DAMAGED),
    "流说一百字节.xls": Attack(lambda: patched(stream_says(120, 100)), DAMAGED),
    "空的流.xls": Attack(
        lambda: compound({"Workbook": b""}), "工作簿里没有任何内容", "unrecognised"
    ),
    "最远单元格.xlsb": Attack(
        lambda: binary(binary_row(1_048_575) + binary_number(16_383)),
        _SCATTERED.format("XFD1048576"),
    ),
    "四十亿行.xlsb": Attack(lambda: binary(binary_row(4_000_000_000) + binary_number(0)), DAMAGED),
    "文本长四十亿.xlsb": Attack(
        lambda: binary(binary_row(9) + binary_record(6, struct.pack("<III", 0, 0, 0xFFFFFFF0))),
        DAMAGED,
    ),
    "五十万条空记录.xlsb": harmless(lambda: binary(binary_record(127) * 500_000)),
    "合并重叠.xlsb": Attack(
        lambda: binary(
            binary_row(3_000)
            + binary_number(1_000)
            + binary_record(146)
            + b"".join(
                binary_record(176, struct.pack("<4I", 5 + n, 1_048_575, 0, 16_383))
                for n in range(1_000)
            )
        ),
        DAMAGED,
    ),
}
