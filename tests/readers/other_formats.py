"""Small .xls, .xlsb and .ods files made by hand, byte by byte, for what no library writes."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_ERRORS = {"#DIV/0!": 0x07, "#REF!": 0x17, "#N/A": 0x2A}


@dataclass(frozen=True)
class Error:
    """An error cell; with `formula` the result of one."""

    text: str
    formula: bool = False

    @property
    def code(self) -> int:
        return _ERRORS[self.text]


Cell = str | float | Error | None


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file with streams of at least 4,096 bytes (shorter ones are filled up)."""
    sectors: list[bytes] = []
    table: list[int] = []

    def put(content: bytes) -> int:
        first = len(sectors)
        pieces = [content[i : i + 512].ljust(512, b"\0") for i in range(0, len(content), 512)]
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), _END])
        return first

    bodies = {name: body.ljust(4096, b"\0") for name, body in streams.items()}
    places = {name: put(body) for name, body in bodies.items()}
    entries = [_entry("Root Entry", 5, _END, 0, child=1 if bodies else _FREE)]
    names = list(bodies)
    for number, name in enumerate(names, 1):
        right = number + 1 if number < len(names) else _FREE
        entries.append(_entry(name, 2, places[name], len(bodies[name]), right=right))
    while len(entries) % 4:
        entries.append(_entry("", 0, 0, 0))
    directory = put(b"".join(entries))
    tables = (len(sectors) + 127 + 1) // 127 + 1
    first_table = len(sectors)
    table += [_FAT] * tables
    table += [_FREE] * (tables * 128 - len(table))
    sectors += [struct.pack("<128I", *table[i * 128 : i * 128 + 128]) for i in range(tables)]
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, tables, directory, 0, 4096, _END, 0, _END, 0, 0)[:-4]
    numbers = [*range(first_table, first_table + tables)] + [_FREE] * (109 - tables)
    return header + struct.pack("<109I", *numbers) + b"".join(sectors)


def _entry(
    name: str, kind: int, start: int, size: int, *, right: int = _FREE, child: int = _FREE
) -> bytes:
    raw = name.encode("utf-16-le")
    return (
        raw.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(raw) + 2 if raw else 0, kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def record(kind: int, body: bytes) -> bytes:
    """A record of an .xls."""
    return struct.pack("<HH", kind, len(body)) + body


def xls(
    name: str,
    rows: Sequence[Sequence[Cell]],
    *,
    hidden: Sequence[int] = (),
    date_1904: bool = False,
    password: bool = False,
    extra: bytes = b"",
    more_sheets: int = 0,
) -> bytes:
    """A BIFF8 workbook with one sheet; `hidden` rows from 0.

    `more_sheets` are other names of the same sheet: no program writes that.
    """
    texts = list(dict.fromkeys(v for row in rows for v in row if isinstance(v, str)))
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0x0606))
    if password:
        start += record(0x002F, bytes(54))
    start += record(0x0042, struct.pack("<H", 1200)) + record(0x0022, struct.pack("<H", date_1904))
    strings = struct.pack("<II", len(texts), len(texts))
    strings += b"".join(
        struct.pack("<HB", len(t.encode("utf-16-le")) // 2, 1) + t.encode("utf-16-le")
        for t in texts
    )
    ending = record(0x00FC, strings) + record(0x000A, b"")
    titles = [name.encode("utf-16-le"), *(f"{n}".encode("utf-16-le") for n in range(more_sheets))]
    sheet_at = len(start) + sum(4 + 8 + len(title) for title in titles) + len(ending)
    bound = b"".join(
        record(0x0085, struct.pack("<IBBBB", sheet_at, 0, 0, len(title) // 2, 1) + title)
        for title in titles
    )
    return compound({"Workbook": start + bound + ending + _sheet(rows, texts, hidden, extra)})


def _sheet(
    rows: Sequence[Sequence[Cell]], texts: list[str], hidden: Sequence[int], extra: bytes
) -> bytes:
    width = max((len(r) for r in rows), default=0)
    parts = [record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0x0606))]
    parts.append(record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)))
    for r, row in enumerate(rows):
        flags = 0x120 if r in hidden else 0x100
        parts.append(record(0x0208, struct.pack("<HHHHHHHH", r, 0, len(row), 255, 0, 0, flags, 15)))
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            at = struct.pack("<HHH", r, c, 0)
            if isinstance(value, str):
                parts.append(record(0x00FD, at + struct.pack("<I", texts.index(value))))
            elif isinstance(value, Error) and value.formula:
                result = bytes((2, 0, value.code, 0, 0, 0, 0xFF, 0xFF))
                parts.append(record(0x0006, at + result + bytes(6) + struct.pack("<H", 0)))
            elif isinstance(value, Error):
                parts.append(record(0x0205, at + bytes((value.code, 1))))
            elif value is not None:
                parts.append(record(0x0203, at + struct.pack("<d", value)))
    return b"".join(parts) + extra + record(0x000A, b"")


def far_cell_in_xls(row: int, column: int) -> bytes:
    """A number record anywhere, for `extra`."""
    return record(0x0203, struct.pack("<HHHd", row, column, 0, 1.0))


_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/'
    '2006/content-types"><Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.'
    'binary.macroEnabled.main"/><Default Extension="rels" ContentType="application/vnd.openxml'
    'formats-package.relationships+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/{kind}" Target="{target}"/></Relationships>'
)


def binary_record(kind: int, body: bytes = b"") -> bytes:
    """A record of an .xlsb."""
    number = bytes((kind,)) if kind < 128 else bytes((kind & 0x7F | 0x80, kind >> 7))
    size, rest = b"", len(body)
    while True:
        size += bytes((rest & 0x7F | (0x80 if rest > 0x7F else 0),))
        rest >>= 7
        if not rest:
            return number + size + body


def _wide(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw


def xlsb(
    name: str,
    rows: Sequence[Sequence[Cell]],
    *,
    hidden: Sequence[int] = (),
    merge: tuple[int, int, int, int] | None = None,
    extra: bytes = b"",
) -> bytes:
    """A binary workbook with one sheet; `merge` is (first row, last row, first, last column)."""
    book = binary_record(131) + binary_record(153, bytes(12)) + binary_record(143)
    book += binary_record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name))
    book += binary_record(144) + binary_record(132)
    width = max((len(r) for r in rows), default=1)
    sheet = binary_record(129) + binary_record(
        148, struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, width - 1)
    )
    sheet += binary_record(145)
    for r, row in enumerate(rows):
        sheet += binary_row(r, hidden=r in hidden)
        sheet += b"".join(_binary_cell(c, v) for c, v in enumerate(row) if v is not None)
    sheet += extra + binary_record(146)
    if merge is not None:
        sheet += binary_record(177, struct.pack("<I", 1)) + binary_record(
            176, struct.pack("<4I", *merge)
        )
        sheet += binary_record(178)
    sheet += binary_record(130)
    return zipped(
        {
            "[Content_Types].xml": _TYPES,
            "_rels/.rels": _RELATIONS.format(kind="officeDocument", target="xl/workbook.bin"),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": _RELATIONS.format(
                kind="worksheet", target="worksheets/sheet1.bin"
            ),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def binary_row(row: int, *, hidden: bool = False) -> bytes:
    """A row header of an .xlsb."""
    flags = bytes((0, 0x10 if hidden else 0, 0))
    return binary_record(0, struct.pack("<IIH", row, 0, 300) + flags + struct.pack("<I", 0))


def binary_number(column: int) -> bytes:
    """A number cell of an .xlsb."""
    return _binary_cell(column, 1.0)


def _binary_cell(column: int, value: Cell) -> bytes:
    at = struct.pack("<II", column, 0)
    if isinstance(value, str):
        return binary_record(6, at + _wide(value))
    if isinstance(value, Error) and value.formula:
        return binary_record(11, at + bytes((value.code,)) + bytes(2) + struct.pack("<II", 0, 0))
    if isinstance(value, Error):
        return binary_record(3, at + bytes((value.code,)))
    return binary_record(5, at + struct.pack("<d", value))


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return buffer.getvalue()


def ods(
    rows: str, *, settings: str = "", names: str = "", manifest: str = "", prologue: str = ""
) -> bytes:
    """An OpenDocument spreadsheet; `rows` is the XML inside of its table 跟踪记录."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for prefix, space in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    calc = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{prologue}<office:document-content {spaces} {calc} '
        f'office:version="1.3"><office:body><office:spreadsheet>{settings}'
        f'<table:table table:name="跟踪记录">{rows}</table:table>{names}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest or "<manifest/>",
        }
    )


def text_cell(text: str, more: str = "") -> str:
    """A text cell of an .ods."""
    return (
        f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )
