"""Parts of an .xlsx that are well packed and still made to break their reader."""

from __future__ import annotations

from toolkit.model.location import column_letter

from .attack import (
    BOOK,
    DAMAGED,
    HEAD,
    PARTS,
    RELATIONS,
    SHEET,
    STRINGS,
    STYLES,
    TAIL,
    TOO_LARGE,
    Attack,
    harmless,
)
from .bombs import archive, noise

_LETTERS = [column_letter(n).encode() for n in range(16_384)]
_LAUGHS = b'<!DOCTYPE x [<!ENTITY l0 "haha">%s]>' % b"".join(
    b'<!ENTITY l%d "%s">' % (n + 1, b"&l%d;" % n * 10) for n in range(9)
)
_OUTSIDE = b'<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>'
_NOISE = b"<!--%s-->" % noise(400_000)
"""So that the ratio of packing is that of a form."""


def with_rows(rows: bytes, behind: bytes = b"", **parts: bytes) -> bytes:
    tail = TAIL.replace(b"</sheetData>", b"</sheetData>" + behind)
    return archive(PARTS | {SHEET: HEAD + rows + tail} | parts)


def with_document_type(part: str, declaration: bytes) -> bytes:
    start, mark, rest = PARTS[part].partition(b"?>")
    rest = rest.replace(b"</", b"&l9;</", 1) if b"</" in rest else rest
    return archive(PARTS | {part: start + mark + declaration + rest})


def nested(part: str, before: bytes) -> bytes:
    deep = b"<a>" * 500_000 + b"</a>" * 500_000
    content = PARTS[part].replace(before, deep + before, 1)
    return archive(PARTS | {part: content + _NOISE})


def merged(columns: bytes, count: int) -> bytes:
    """Merges over the whole sheet, each over all rows below it."""
    rows = b"".join(
        b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (n, columns, n) for n in range(20, 1_500)
    )
    merges = b"".join(b'<mergeCell ref="A%d:XFD1048576"/>' % (n + 20) for n in range(count))
    return with_rows(rows, b'<mergeCells count="%d">' % count + merges + b"</mergeCells>" + _NOISE)


def long_texts() -> bytes:
    """The longest text that Excel keeps, in each of 655,360 cells."""
    strings = PARTS[STRINGS].replace(
        b"</sst>", b"<si><t>" + ("长" * 32_767).encode() + b"</t></si></sst>"
    )
    number = strings.count(b"<si>") - 1
    rows = b"".join(
        b'<row r="%d">' % row
        + b"".join(b'<c r="%s%d" t="s"><v>%d</v></c>' % (c, row, number) for c in _LETTERS)
        + b"</row>"
        for row in range(5, 45)
    )
    return with_rows(rows, **{STRINGS: strings})


def names(count: int) -> bytes:
    some = b"".join(
        b'<definedName name="n%d">%s</definedName>' % (n, b"'!" * 150) for n in range(count)
    )
    book = PARTS[BOOK].replace(b"</sheets>", b"</sheets><definedNames>" + some + b"</definedNames>")
    return archive(PARTS | {BOOK: book + _NOISE})


def styles(count: int) -> bytes:
    some = b"".join(
        b'<numFmt numFmtId="%d" formatCode="%s%d"/>' % (n + 200, b"&quot;" * 100, n)
        for n in range(count)
    )
    text = PARTS[STYLES].replace(b"<fonts", b"<numFmts>" + some + b"</numFmts><fonts", 1)
    return archive(PARTS | {STYLES: text + _NOISE})


def claimed() -> bytes:
    text = PARTS[STRINGS].replace(b'uniqueCount="', b'uniqueCount="2000000000" x="')
    return archive(PARTS | {STRINGS: text})


def blank_rows() -> bytes:
    row = b'<row r="%d" spans="1:25" s="3" customFormat="1" ht="20.1" customHeight="1"/>'
    return with_rows(b"".join(row % n for n in range(3, 1_048_577)))


def blank_cells() -> bytes:
    row = b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
    return with_rows(b"".join(row % (n, n, n) for n in range(3, 1_048_577)))


def one(cell: bytes, row: bytes) -> bytes:
    return with_rows(b'<row r="%s"><c r="%s"><v>1</v></c></row>' % (row, cell))


ATTACKS = {
    "最远单元格.xlsx": harmless(lambda: one(b"XFD1048576", b"1048576")),
    "最后一行.xlsx": harmless(lambda: one(b"C1048576", b"1048576"), 2),
    "最后一列.xlsx": harmless(lambda: one(b"XFD9", b"9")),
    "四十亿行.xlsx": Attack(lambda: one(b"A4000000000", b"4000000000"), DAMAGED),
    "四十亿行不写引用.xlsx": Attack(
        lambda: with_rows(b'<row r="4000000000"><c><v>1</v></c></row>'), DAMAGED
    ),
    "第16385列.xlsx": Attack(lambda: one(b"XFE9", b"9"), DAMAGED),
    "行号四千位.xlsx": Attack(
        lambda: with_rows(b'<row r="%s"><c><v>1</v></c></row>' % (b"9" * 4_000)), DAMAGED
    ),
    "一行两百万格.xlsx": Attack(
        lambda: with_rows(b'<row r="9">%s</row>' % (b"<c><v>1</v></c>" * 400_000), _NOISE), DAMAGED
    ),
    "两百万注释.xlsx": Attack(
        lambda: with_rows(b"<!---->" * 2_100_000, b"<!--%s-->" % noise(900_000)), TOO_LARGE
    ),
    "字符串数二十亿.xlsx": Attack(claimed, DAMAGED),
    "长文本铺满.xlsx": harmless(long_texts, 41),
    "八百万位数字.xlsx": Attack(
        lambda: with_rows(b'<row r="9"><c r="A9"><v>%s</v></c></row>' % (b"1" * 8_000_000), _NOISE),
        TOO_LARGE,
    ),
    "二十兆属性.xlsx": harmless(
        lambda: archive(
            PARTS
            | {SHEET: PARTS[SHEET].replace(b"<sheetData>", b'<sheetData x="%s">' % noise(20 << 20))}
        )
    ),
    "合并重叠.xlsx": Attack(lambda: merged(b"ZZ", 50_000), DAMAGED),
    "合并重叠且散布.xlsx": Attack(lambda: merged(b"XFD", 20_000), DAMAGED),
    "五万个名称.xlsx": harmless(lambda: names(50_000)),
    "十万种格式.xlsx": Attack(lambda: styles(100_000), TOO_LARGE),
    "百万方括号.xlsx": harmless(
        lambda: archive(
            PARTS
            | {
                STYLES: PARTS[STYLES].replace(
                    b"<fonts",
                    b'<numFmts><numFmt numFmtId="200" formatCode="%s"/></numFmts><fonts'
                    % (b"[" * 1_000_000),
                    1,
                )
            }
        )
    ),
    "百万空行.xlsx": harmless(blank_rows),
    "百万空格子.xlsx": harmless(blank_cells),
    **{
        f"{what}{part.rpartition('/')[2]}.xlsx": Attack(
            lambda part=part, text=text: with_document_type(part, text), DAMAGED
        )
        for what, text in (("十亿笑_", _LAUGHS), ("外部实体_", _OUTSIDE))
        for part in (SHEET, BOOK, STRINGS, STYLES, RELATIONS)
    },
    "嵌套五十万层_sheet.xlsx": harmless(lambda: nested(SHEET, b"</sheetData>")),
    "嵌套五十万层_workbook.xlsx": harmless(lambda: nested(BOOK, b"<sheets>")),
    "嵌套五十万层_styles.xlsx": harmless(lambda: nested(STYLES, b"<fonts")),
    "嵌套五十万层_strings.xlsx": harmless(lambda: nested(STRINGS, b"</sst>")),
}
