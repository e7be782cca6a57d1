"""Archives that unpack to too much, lie about themselves, or are two workbooks in one."""

from __future__ import annotations

import io
import zipfile
import zlib

from .attack import BOOK, DAMAGED, FORM, HEAD, PARTS, RELATIONS, SHEET, TAIL, TOO_LARGE, Attack
from .bombs import Entry, Repeated, archive, noise

MB = 2**20
_CELL = b'<row r="9"><c r="A9" t="inlineStr"><is><t>'
_CELL_END = b"</t></is></c></row>" + TAIL


def with_parts(**changed: bytes | Repeated | Entry) -> bytes:
    """The register with other parts: sheet, book, relations."""
    names = {"sheet": SHEET, "book": BOOK, "relations": RELATIONS}
    return archive(PARTS | {names[key]: body for key, body in changed.items()})


def one_text(mebibytes: int, more: bytes = b"") -> bytes:
    text = Repeated(b"A" * MB, mebibytes, HEAD + _CELL, _CELL_END + more)
    return with_parts(sheet=text)


def sixty_million_cells(more: bytes = b"") -> bytes:
    unit = b"<c/>" * (MB // 4)
    rows = Repeated(unit, 229, HEAD + b'<row r="9">', b"</row>" + TAIL + more)
    return with_parts(sheet=rows)


def rows_of_cells(mebibytes: int) -> bytes:
    """Ordinary cells that pack well enough to look like a form."""
    cells = b'<c r="A%d"><v>1</v></c><c r="B%d"><v>2</v></c>'
    unit = b"".join(b'<row r="%d">' % n + cells % (n, n) + b"</row>" for n in range(20, 15_900))
    return with_parts(sheet=Repeated(unit, mebibytes, HEAD, TAIL))


def lying() -> bytes:
    bomb = Repeated(b"A" * MB, 1024).packed()
    return with_parts(sheet=Entry(bomb, len(PARTS[SHEET]), zlib.crc32(PARTS[SHEET])))


def wrong_sum() -> bytes:
    packed = Repeated(b"", 0, PARTS[SHEET]).packed()
    return with_parts(sheet=Entry(packed, len(PARTS[SHEET]), 1))


def twice() -> bytes:
    buffer = io.BytesIO(FORM)
    with zipfile.ZipFile(buffer, "a") as book:
        book.writestr(SHEET.upper(), "<x/>")
    return buffer.getvalue()


def overlapping() -> bytes:
    """Two parts of the directory begin at the same place."""
    content = bytearray(FORM)
    last = content.rfind(b"PK\x01\x02")
    place = content.rfind(b"PK\x01\x02", 0, last)
    first = content.find(b"PK\x01\x02")
    content[place + 42 : place + 46] = content[first + 42 : first + 46]
    return bytes(content)


def far_directory() -> bytes:
    content = bytearray(FORM)
    place = content.rfind(SHEET.encode())
    content[place - 4 : place] = b"\xff\xff\xff\x7f"
    return bytes(content)


def flagged(bit: int) -> bytes:
    content = bytearray(FORM)
    content[content.find(b"PK\x01\x02") + 8] |= bit
    return bytes(content)


def packed_oddly() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as book:
        for name, body in PARTS.items():
            book.writestr(name, body)
    return buffer.getvalue()


def same_sheet(times: int) -> bytes:
    sheets = b"".join(
        b'<sheet name="s%d" sheetId="%d" r:id="rId1"/>' % (n, n + 9) for n in range(times)
    )
    return with_parts(book=PARTS[BOOK].replace(b"<sheets>", b"<sheets>" + sheets))


def relation_to(target: bytes) -> bytes:
    return with_parts(relations=PARTS[RELATIONS].replace(b"worksheets/sheet1.xml", target))


ATTACKS = {
    "一个单元格1GB.xlsx": Attack(lambda: one_text(1024), TOO_LARGE),
    "一个单元格200MB.xlsx": Attack(lambda: one_text(200, b"<!--" + noise(MB) + b"-->"), TOO_LARGE),
    "一个单元格16MB.xlsx": Attack(lambda: one_text(16, b"<!--" + noise(MB) + b"-->"), TOO_LARGE),
    "六千万单元格.xlsx": Attack(sixty_million_cells, TOO_LARGE),
    "六千万单元格不超压缩比.xlsx": Attack(
        lambda: sixty_million_cells(b"<!--" + noise(2_000_000) + b"-->"), TOO_LARGE
    ),
    "普通单元格128MB.xlsx": Attack(lambda: rows_of_cells(128), TOO_LARGE),
    "不读的部分1GB.xlsx": Attack(
        lambda: archive(PARTS | {"xl/media/image1.png": Repeated(bytes(MB), 1024)}), TOO_LARGE
    ),
    "总量超1GB.xlsx": Attack(
        lambda: archive(
            PARTS | {f"xl/m{n}": Repeated(noise(6_000) + bytes(MB), 400) for n in range(3)}
        ),
        TOO_LARGE,
    ),
    "部分过多.xlsx": Attack(
        lambda: archive(PARTS | {f"x{n}": b"" for n in range(10_001)}), TOO_LARGE
    ),
    "目录说小.xlsx": Attack(lying, DAMAGED),
    "校验和不符.xlsx": Attack(wrong_sum, DAMAGED),
    "同名部分.xlsx": Attack(twice, "文件内部有重复的部分，已拒绝读取"),
    "重叠部分.xlsx": Attack(overlapping, "文件内部结构重叠，已拒绝读取"),
    "部分在文件之外.xlsx": Attack(far_directory, DAMAGED),
    "加密的部分.xlsx": Attack(lambda: flagged(1), "文件设有打开密码"),
    "少见的压缩.xlsx": Attack(packed_oddly, DAMAGED),
    "一万张表.xlsx": Attack(lambda: same_sheet(10_000), "工作簿里有 10001 张工作表"),
    "同一张表五百次.xlsx": Attack(lambda: same_sheet(500), DAMAGED),
    "指向文件之外.xlsx": Attack(lambda: relation_to(b"../../../../etc/passwd"), DAMAGED),
    "指向自己.xlsx": Attack(
        lambda: relation_to(b"workbook.xml"), "工作簿里没有任何内容", "unrecognised"
    ),
}
