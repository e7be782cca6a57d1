"""Error cells, formulas without a value, hidden rows and far cells of .xlsx files."""

from __future__ import annotations

import io
from datetime import date, datetime
from unittest import mock
from xml.etree.ElementTree import ParseError

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.dossier import ProblemKind
from toolkit.readers import sheet_quick
from toolkit.readers.archive import Archive
from toolkit.readers.cells import SharedParts
from toolkit.readers.grid import NEVER_CALCULATED, Unreadable
from toolkit.readers.number_formats import Shown
from toolkit.readers.ooxml import read_ooxml
from toolkit.readers.sheet_quick import UnusualError, quick_cells, read_cells
from toolkit.readers.sheet_small import SMALL
from toolkit.readers.sheet_stream import stream_sheet
from toolkit.readers.sheets import read_book
from toolkit.readers.worker import Worker

from .workbooks import edited, read, records, sheet_xml, with_sheet_xml, workbook

HEADER = [
    "项目编号",
    "项目名称",
    "支持日期",
    "支持内容类型",
    "具体内容",
    "销售在场",
    "结果",
    "工时",
]
ROW = ["XM1", "甲项目", date(2026, 3, 5), "产品测试", "测了三项", "是", "成功", 2.0]
ERROR, NEVER = Unreadable("#N/A"), NEVER_CALCULATED


PADDING = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(10, SMALL // 30))
"""Blank rows that make a part long enough for numpy."""


def content(cells):
    """Everything that was found, for comparing."""
    places = zip(cells.rows.tolist(), cells.columns.tolist(), cells.values, strict=True)
    return sorted(places, key=lambda p: p[:2]), cells.hidden_rows, cells.merges


def scanned(cell: str) -> Unreadable | None:
    """What is found in cell B2 when it is unreadable, by all ways of reading alike."""
    row = f'<row r="2"><c r="A2"><v>1</v></c>{cell}<c r="C2"><v>3</v></c></row>'
    careful = stream_sheet(sheet_xml(row).encode())
    for rows in (row, row + PADDING):
        assert content(read_cells(sheet_xml(rows).encode())) == content(careful)
    assert set(careful.unreadable) <= {(1, 1)}
    return careful.unreadable.get((1, 1))


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ('<c r="B2" t="e"><v>#N/A</v></c>', ERROR),
        ('<c t="e" r="B2"><v>#N/A</v></c>', ERROR),
        ('<c s="3" t="e" r="B2" cm="1"><f>NA()</f><v>#N/A</v></c>', ERROR),
        ("<c r='B2' t='e'><v>#N/A</v></c>", ERROR),
        ('<c r = "B2" t = "e"><v>#N/A</v></c>', ERROR),
        ('<c r="B2" t="e"><v>#DIV/0!</v></c>', Unreadable("#DIV/0!")),
        ('<c r="B2" t="e"><f t="array" ref="B2">1/0</f><v>#DIV/0!</v></c>', Unreadable("#DIV/0!")),
        ('<c r="B2"><f>A2*2</f></c>', NEVER),
        ('<c r="B2"><f>A2*2</f><v></v></c>', NEVER),
        ('<c r="B2"><f>A2*2</f><v/></c>', NEVER),
        ('<c r="B2"><f>A2*2</f><v /></c>', NEVER),
        ('<c r="B2"><f>\n A2*2 </f>\n <v/>\n</c>', NEVER),
        ('<c r="B2"><f t="shared" ref="B2:B9" si="0">A2*2</f></c>', NEVER),
        ('<c r="B2"><f t="shared" si="0"/></c>', NEVER),
        ('<c r="B2"><f t="shared" si="0"/><v></v></c>', NEVER),
        ('<c r="B2"><f t="dataTable" ref="B2:B3" r1="A1"/></c>', NEVER),
        ('<c r="B2" t="str"><f>A2&amp;"x"</f></c>', NEVER),
        ('<c r="B2" t="str"><f>IF(A2&lt;1,"x","")</f><v></v></c>', None),
        ('<c t="str" r="B2"><f>IF(A2&lt;1,"x","")</f><v/></c>', None),
        ("<c r='B2' t='str'><f>T(1)</f><v></v></c>", None),
        ('<c r="B2"><f>A2*2</f><v>2</v></c>', None),
        ('<c r="B2"><f t="shared" si="0"/><v>2</v></c>', None),
        ('<c r="B2" t="str"><f>A2&amp;"x"</f><v>1x</v></c>', None),
        ('<c r="B2" t="b"><f>TRUE()</f><v>1</v></c>', None),
        ('<c r="B2" s="4"/>', None),
        ('<c r="B2"></c>', None),
        ('<c r="B2" t="inlineStr"><is><t>t="e"</t></is></c>', None),
        ('<c r="B2" t="inlineStr"><is><t>x</t><phoneticPr fontId="1"/></is></c>', None),
        ('<c r="B2" t="inlineStr"><is><r><rPr><b/></rPr><t>x</t></r></is></c>', None),
        ("<c r=\"B2\"><f>'甲 表'!A1='x'</f><v>1</v></c>", None),
        ('<c r="B2"><!-- t="e" --><v>1</v></c>', None),
        ('<c r="B2"><v><![CDATA[1]]></v></c>', None),
    ],
)
def test_cells_that_the_fast_reader_would_call_blank(cell, found):
    assert scanned(cell) == found


def test_a_prefixed_part_is_understood():
    xml = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<x:sheetData><x:row r="1" hidden="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c>'
        b'<x:c r="XFD1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    scan = read_cells(xml)
    assert scan.unreadable == {(0, 0): ERROR}
    assert (scan.hidden_rows, scan.last_row, scan.last_column) == (1, 1, 16_384)


def test_a_prefix_below_an_unprefixed_root_hides_nothing():
    xml = sheet_xml(
        '<row r="1"><c r="A1"><v>1</v></c><m:c xmlns:m="http://schemas.openxmlformats.org/'
        'spreadsheetml/2006/main" r="XFD1048576"><m:v>1</m:v></m:c></row>'
    ).encode()
    scan = read_cells(xml)
    assert (scan.last_row, scan.last_column) == (1_048_576, 16_384)


def test_utf_16_is_understood():
    xml = sheet_xml('<row r="1"><c r="A1" t="e"><v>#N/A</v></c></row>')
    assert read_cells(xml.replace("UTF-8", "UTF-16").encode("utf-16")).unreadable == {(0, 0): ERROR}


def test_hidden_and_filtered_rows_are_counted_but_not_hidden_columns():
    xml = sheet_xml(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>1</v></c></row>'
        '<row r="3" hidden="0"/><row r="4" spans="1:2" hidden="true" ht="0"/>'
    ).replace("<sheetData>", '<cols><col min="2" max="2" hidden="1"/></cols><sheetData>')
    assert read_cells(xml.encode()).hidden_rows == 2
    assert stream_sheet(xml.encode()).hidden_rows == 2


@pytest.mark.parametrize(
    ("cell", "extent"),
    [
        ("XFD1048576", (1_048_576, 16_384)),
        ("A10000", (10_000, 5)),
        ("AAA1", (9, 703)),
        ("XFD5", (9, 16_384)),
        ("ZZ99999", (99_999, 702)),
    ],
)
def test_far_cells(cell, extent):
    rest = '<row r="9"><c r="E9"><v>0</v></c></row>'
    far = f'<row><c r="{cell}"><v>1</v></c></row>'
    xml = sheet_xml(rest + far).encode()
    assert (read_cells(xml).last_row, read_cells(xml).last_column) == extent
    careful = stream_sheet(xml)
    assert (careful.last_row, careful.last_column) == extent


def test_far_cells_without_content_do_not_count():
    xml = sheet_xml('<row r="1048576"><c r="XFD1048576" s="3"/><c r="XFC1048576"></c></row>')
    assert read_cells(xml.encode()).last_row == 0


def test_cells_without_references_follow_each_other():
    xml = sheet_xml(
        '<row><c><v>1</v></c><c t="e"><v>#REF!</v></c></row><row><c><f>A1</f></c></row>'
    )
    scan = read_cells(xml.encode())
    assert scan.unreadable == {(0, 1): Unreadable("#REF!"), (1, 0): NEVER}
    assert (scan.last_row, scan.last_column) == (2, 2)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="A1048577"><v>1</v></c></row>',
        '<row r="1"><c r="A99999999999999"><v>1</v></c></row>',
        '<row r="1"><c r="AAAAAAAAAAAAAAA1"><v>1</v></c></row>',
        '<row r="4000000000"><c><v>1</v></c></row>',
        '<row r="x"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</c></v></row>'.replace("<c ", "<c  "),
    ],
)
def test_what_lies_outside_of_the_grid_is_refused(rows):
    xml = sheet_xml(rows).encode()
    try:
        scan = read_cells(xml)
    except ParseError:
        return
    # the quick look does not check the nesting of tags; the parser does, and takes no harm
    assert scan.last_row * scan.last_column < 10_000_000
    assert "</c></v>" in rows


def test_a_document_type_is_refused():
    xml = sheet_xml("").replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet')
    with pytest.raises(ParseError):
        read_cells(xml.encode())


CELL = st.sampled_from(
    [
        "<v>1</v>", "<v>46086</v>", "<v>46086.40625</v>", "<v>0.5</v>", "<v>-1.5E-3</v>",
        "<v>1e999</v>", "<v>x</v>", "<v>2026-03-05</v>", "<v>a&amp;b &#20013;_x000D_</v>",
        "<f>A1</f><v>3</v>", "<f>A1</f>", '<f t="shared" si="0"/><v/>', "", None,
        "<f>A1</f><v></v>", '<f t="shared" si="0"/><v>0</v>', "<v>0</v>",
        "<is><t>直接</t></is>", '<is><t xml:space="preserve"> x </t></is>', "<is><t/></is>",
    ]
)  # fmt: skip
KIND = st.sampled_from(
    ["", ' t="s"', ' t="str"', ' t="e"', ' t="b"', ' t="n"', ' t="inlineStr"', ' t="d"']
)


STRINGS = ("甲", "", "a\nb", "无")


def shared_parts() -> SharedParts:
    strings = np.empty(len(STRINGS), object)
    strings[:] = STRINGS
    return SharedParts(strings, (Shown.NUMBER, Shown.MOMENT, Shown.DURATION))


def in_small_pieces(xml, shared):
    """As a part of many megabytes is read."""
    with mock.patch.object(sheet_quick, "_PIECE", 16_000):
        return quick_cells(xml, shared)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 12_000), st.sampled_from(["A", "B", "Z", "AB", "ZZ", "ABC"])),
        st.tuples(CELL, KIND, st.sampled_from(["", ' s="0"', ' s="1"', ' s="2"', ' s="7"'])),
        max_size=12,
    ),
    st.sets(st.integers(1, 12_000), max_size=3),
    st.booleans(),
)
def test_all_ways_of_reading_find_the_same(cells, hidden, long):
    rows = []
    for row in sorted({r for r, _ in cells} | hidden):
        mark = ' hidden="1"' if row in hidden else ""
        line = [
            f'<c r="{c}{row}"{style}{kind}/>'
            if body is None
            else f'<c r="{c}{row}"{style}{kind}>{body}</c>'
            for (r, c), (body, kind, style) in sorted(
                cells.items(), key=lambda i: (len(i[0][1]), i[0])
            )
            if r == row
        ]
        rows.append(f'<row r="{row}" spans="1:9"{mark}>{"".join(line)}</row>')
    xml = sheet_xml("".join(rows) + (PADDING if long else "")).encode()
    shared = shared_parts()
    results = []
    for way in (quick_cells, in_small_pieces, stream_sheet):
        try:
            results.append(content(way(xml, shared)))
        except UnusualError:
            pass
        except (ParseError, IndexError, ValueError):
            results.append("refused")
    assert all(result == results[0] for result in results)


def test_problems_stand_at_their_record_and_field(tmp_path):
    def formulas(book, sheet):
        sheet.write_formula(2, 2, "=NA()", book.add_format({"num_format": "yyyy-mm-dd"}), "#N/A")
        sheet.write_formula(3, 7, "=1/0", None, "#DIV/0!")
        sheet.write_formula(4, 6, '=T("")', None, "空")

    content = workbook({"跟踪记录": [HEADER, *[ROW] * 5]}, formulas)
    content = edited(
        content,
        "xl/worksheets/sheet1.xml",
        lambda x: x.replace('<c r="H6"><v>2</v>', '<c r="H6"><f>1+1</f>').replace("空", ""),
    )
    (tmp_path / "项目跟踪表_样例甲_2026.xlsx").write_bytes(content)
    dossier = read(tmp_path)
    found = {(p.index, p.field): (p.kind, p.raw) for p in dossier.problems}
    assert found == {
        (1, "support_date"): (ProblemKind.ERROR_CELL, "#N/A"),
        (2, "hours"): (ProblemKind.ERROR_CELL, "#DIV/0!"),
        (4, "hours"): (ProblemKind.NO_CACHED_VALUE, "（公式）"),
    }
    assert str(dossier.locate("tracking", 4, "hours")).endswith("!跟踪记录!H6")
    results = [r["result"] for r in records(dossier, "tracking")]
    assert results == ["成功", "成功", "成功", "", "成功"]


def test_formulas_written_by_openpyxl_have_no_value(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "跟踪记录"
    sheet.append(HEADER)
    sheet.append([*ROW[:7], "=1+1"])
    book.save(tmp_path / "项目跟踪表_样例甲.xlsx")
    dossier = read(tmp_path)
    (problem,) = dossier.problems
    assert (problem.field, problem.kind) == ("hours", ProblemKind.NO_CACHED_VALUE)
    assert records(dossier, "tracking")[0]["hours"] is None


def test_books_that_count_from_1904(tmp_path):
    def add(book, sheet):
        sheet.write_number(2, 2, 44_624)  # 2026-03-05 in such a book, not shown as a date

    content = workbook({"跟踪记录": [HEADER, ROW, ROW]}, add, date_1904=True)
    (tmp_path / "跟踪表.xlsx").write_bytes(content)
    days = [r["support_date"] for r in records(read(tmp_path), "tracking")]
    assert days == [datetime(2026, 3, 5)] * 2


def test_iso_dates_of_strict_files(tmp_path):
    content = workbook({"跟踪记录": [HEADER, ROW]})
    content = edited(
        content,
        "xl/worksheets/sheet1.xml",
        lambda x: x.replace("<v>46086</v>", "<v>2026-03-05</v>").replace(
            '<c r="C2"', '<c r="C2" t="d"'
        ),
    )
    (tmp_path / "跟踪表.xlsx").write_bytes(content)
    assert records(read(tmp_path), "tracking")[0]["support_date"] == datetime(2026, 3, 5)


def test_defined_names_of_single_cells():
    def name(book, sheet):
        book.define_name("F02_甲", "='跟踪 记录'!$C$4")
        book.define_name("F02_乙", "='跟踪 记录'!$C$4:$D$5")
        book.define_name("'跟踪 记录'!local", "='跟踪 记录'!$A$1")

    content = workbook({"跟踪 记录": [["x"]]}, name)
    content = edited(content, "xl/workbook.xml", lambda x: x.replace("$C$4<", "$C$4<", 1))
    assert read_ooxml(Archive(content)).names == {"F02_甲": ("跟踪 记录", 3, 2)}


def test_a_stray_claim_of_strings_is_refused():
    content = edited(
        workbook({"甲": [["x"]]}),
        "xl/sharedStrings.xml",
        lambda x: x.replace('uniqueCount="1"', 'uniqueCount="2000000000"'),
    )
    with pytest.raises(ParseError):
        read_ooxml(Archive(content))


def test_values_hidden_under_a_merge_do_not_count():
    def merge(book, sheet):
        sheet.merge_range(0, 0, 1, 1, "上")
        sheet.write_string(1, 1, "下")
        sheet.write_formula(1, 0, "=NA()", None, "#N/A")

    with Worker() as worker:
        (grid,) = read_book("x.xlsx", workbook({"甲": [["", ""], ["", ""]]}, merge), worker).grids
    assert [line[:2] for line in grid.rows] == [["上", ""], ["", ""]]


def test_own_sheets_are_not_data_and_meta_is_read_as_names_and_values():
    content = workbook(
        {"甲": [["x"]], "_lists": [["y"]], "_meta": [["表单类型", "F02 项目跟踪表"]]}
    )
    with Worker() as worker:
        book = read_book("x.xlsx", content, worker)
    assert [g.name for g in book.grids] == ["甲"]
    assert book.meta == {"表单类型": "F02 项目跟踪表"}


def test_a_part_of_a_usual_form_gets_the_quick_look():
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_rich_string(0, 0, "a", book.add_format({"bold": True}), "b")
    sheet.write_formula(1, 1, "=A1", None, 3)
    book.close()
    archive = Archive(buffer.getvalue())
    quick_cells(archive.read("xl/worksheets/sheet1.xml"), shared_parts())


def test_a_minimal_part_is_read():
    with Worker() as worker:
        xml = sheet_xml('<row r="2"><c r="B2" t="inlineStr"><is><t>甲</t></is></c></row>')
        (grid,) = read_book("x.xlsx", with_sheet_xml(xml), worker).grids
    assert grid.rows == [["", ""], ["", "甲"]]
