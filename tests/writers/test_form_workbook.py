"""The official workbooks as Excel sees them: names, tables, protection, paper, content."""

import re
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl.utils import range_boundaries

from tests.golden import assert_same_workbook
from tests.writers.form_books import FORMS, blank, blank_book, opened, places, written
from toolkit.forms import layout_of
from toolkit.forms.names import defined_name, table_name
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import FieldType, Layout
from toolkit.workflows.forms import build_forms
from toolkit.writers.form_workbook import FormContent

WORKBOOKS = Path(__file__).parents[2] / "workbooks"
EVERY_FORM = pytest.mark.parametrize("key", sorted(FORMS))


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_committed_blanks_are_fresh(tmp_path):
    for fresh in build_forms(tmp_path):
        assert_same_workbook(fresh, WORKBOOKS / fresh.name, "Run: toolkit forms build")


@EVERY_FORM
def test_the_same_form_gives_the_same_bytes(key):
    assert written(FORMS[key]) == blank(key)


@EVERY_FORM
def test_names_point_at_the_cells_of_the_layout(key):
    form, book = FORMS[key], blank_book(key)
    names = set()
    for block, field, sheet, cell in places(form):
        name = defined_name(form, block, field)
        names.add(name)
        target_sheet, _, target = book.defined_names[name].attr_text.partition("!")
        assert target_sheet == f"'{sheet}'"
        target = target.replace("$", "")
        head = book[sheet][target]
        if block.layout is Layout.TABLE:
            assert head.value == field.label
            assert head.offset(row=1).coordinate == cell
        else:
            assert target == cell
            assert head.offset(column=-1).value == field.label
    assert len(names) == sum(len(block.fields) for block in form.blocks)


@EVERY_FORM
def test_names_are_legal_in_excel(key):
    form = FORMS[key]
    names = [defined_name(form, block, field) for block, field, *_ in places(form)]
    names += [table_name(form, b) for b in form.blocks if b.layout is Layout.TABLE]
    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert re.fullmatch(r"[^\W\d][\w.]{0,254}", name)
        assert not re.fullmatch(r"[A-Za-z]{1,3}\d+", name)


def test_names_replace_what_excel_does_not_allow():
    tracking, fault = FORMS["F02"].block("tracking"), FORMS["F04"].block("fault")
    assert defined_name(FORMS["F02"], tracking, tracking.field("hours")) == "F02_跟踪记录_工时_小时"
    assert defined_name(FORMS["F04"], fault, fault.field("patch")) == "F04_版本_补丁"


@EVERY_FORM
def test_tables_are_real_and_sheets_with_them_are_free(key):
    form, book = FORMS[key], blank_book(key)
    for layout in layout_of(form):
        sheet = book[layout.name]
        assert sheet.protection.sheet is layout.is_form
        assert sheet.protection.password is None
        assert len(sheet.tables) == len(layout.tables)
        for table in layout.tables:
            block = table.block
            real = sheet.tables[table_name(form, block)]
            assert [c.name for c in real.tableColumns] == [f.label for f in block.fields]
            assert real.autoFilter.ref == real.ref
            left, top, _, bottom = range_boundaries(real.ref)
            assert (left, top) == (table.first_column + 1, table.header_row + 1)
            assert bottom - top == block.blank_rows
            frozen = sheet[sheet.freeze_panes]
            assert frozen.row == top + 1


@EVERY_FORM
def test_only_inputs_can_be_typed_into_on_a_protected_sheet(key):
    book = blank_book(key)
    for layout in layout_of(FORMS[key]):
        if not layout.is_form:
            continue
        sheet = book[layout.name]
        cells = [cell for group in layout.labels.values() for cell in group]
        inputs = {sheet[cell.cell].coordinate for cell in cells}
        for row in sheet.iter_rows():
            for cell in row:
                if type(cell).__name__ != "MergedCell":
                    assert cell.protection.locked is (cell.coordinate not in inputs)


@EVERY_FORM
def test_paper(key):
    form, book = FORMS[key], blank_book(key)
    for layout in layout_of(form):
        sheet = book[layout.name]
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.center.text
        assert form.title in sheet.oddFooter.left.text
        if layout.is_form:
            assert sheet.page_setup.orientation == "portrait"
            assert int(sheet.page_setup.fitToHeight or 1) == 1
        else:
            head = layout.tables[0].header_row + 1
            assert sheet.print_title_rows == f"${head}:${head}"
            assert int(sheet.page_setup.fitToHeight) == 0
        if form.kind == "register" and not layout.is_form:
            assert sheet.page_setup.orientation == "landscape"


def test_the_optional_group_is_folded_away_on_paper_only():
    sheet = blank_book("F02")["跟踪记录"]
    tracking = FORMS["F02"].block("tracking")
    main = [f for f in tracking.fields if not f.optional_group]
    area = f'name="_xlnm.Print_Area" localSheetId="1">跟踪记录!$A:${chr(64 + len(main))}<'
    assert area in parts(blank("F02"))["xl/workbook.xml"]
    # openpyxl keeps one entry for equal neighbours
    levels = {}
    for dimension in sheet.column_dimensions.values():
        for column in range(dimension.min, dimension.max + 1):
            levels[column] = (dimension.outline_level, dimension.hidden)
    for column, field in enumerate(tracking.fields, 1):
        assert levels[column] == (int(field.optional_group), False)


@EVERY_FORM
def test_one_font_that_has_chinese(key):
    styles = parts(blank(key))["xl/styles.xml"]
    assert set(re.findall(r'<name val="([^"]+)"/>', styles)) == {"微软雅黑"}
    assert "<scheme" not in styles


@EVERY_FORM
def test_blank_rows_are_few(key):
    for name, part in parts(blank(key)).items():
        if name.startswith("xl/worksheets/sheet"):
            assert part.count("<c ") < 1200, name


def test_meta_and_lists_are_hidden():
    moment = datetime(2026, 11, 23, 8, 30, 5)
    book = opened(written(FORMS["F01"], number="LX-XM2026-0001", generated=moment))
    assert book["_meta"].sheet_state == book["_lists"].sheet_state == "hidden"
    assert list(book["_meta"].iter_rows(values_only=True)) == [
        ("表单类型", "F01 技术支持立项单"),
        ("模板版本", "1"),
        ("表单编号", "LX-XM2026-0001"),
        ("生成时间", "2026-11-23 08:30:05"),
    ]
    blank_rows = list(blank_book("F01")["_meta"].iter_rows(values_only=True))
    assert [value for _, value in blank_rows[2:]] == [None, None]
    assert book.sheetnames[:3] == ["立项单", "追加支持内容", "责任人变更"]


def test_the_number_goes_into_the_forms_own_field_unless_the_content_has_one():
    form = FORMS["F01"]
    cell = next(c for _, f, _, c in places(form) if f.key == "number")
    assert opened(written(form, number="LX-1"))["立项单"][cell].value == "LX-1"
    own = FormContent(labels={"initiation": {"number": "LX-2"}})
    assert opened(written(form, own, number="LX-1"))["立项单"][cell].value == "LX-2"


def test_a_filled_register_keeps_types_and_grows():
    rows = [
        {
            "project_id": "XM2026-0001",
            "support_date": date(2026, 11, day % 28 + 1),
            "content": "=1+1 不是公式\x0b",
            "hours": 2.5 if day else float("nan"),
            "start_time": time(9, 30),
            "report_time": datetime(2026, 11, 23, 15, 30),
            "helpers": ("林大海", "何青山"),
            "version": "3.10",
        }
        for day in range(40)
    ]
    form = FORMS["F02"]
    content = FormContent({"tracking_sheet": {"owner": "陈小雨", "year": 2026}}, {"tracking": rows})
    book = opened(written(form, content))
    sheet = book["跟踪记录"]
    column = {f.key: c.rstrip("0123456789") for b, f, _, c in places(form) if b.key == "tracking"}
    last = {key: sheet[f"{letter}43"] for key, letter in column.items()}
    assert last["content"].value == "=1+1 不是公式"
    assert last["content"].data_type == "s"
    assert last["support_date"].value == datetime(2026, 11, 12)
    assert last["support_date"].number_format == "yyyy-mm-dd"
    assert last["hours"].value == 2.5
    assert sheet[f"{column['hours']}4"].value is None
    assert last["start_time"].value == time(9, 30)
    assert last["report_time"].value == datetime(2026, 11, 23, 15, 30)
    assert last["helpers"].value == "林大海、何青山"
    assert (last["version"].value, last["version"].number_format) == ("3.10", "@")
    assert last["record_id"].value is None
    assert sheet.tables["T_F02_跟踪记录"].ref == "A3:Y48"
    assert book["项目清单"]["B3"].value == "陈小雨"
    assert book["项目清单"]["D3"].value == 2026


def test_rows_with_long_texts_are_tall_but_not_fixed():
    rows = [{"content": "说明" * 60}, {"content": "短"}]
    book = written(FORMS["F02"], FormContent(tables={"tracking": rows}))
    sheet = parts(book)["xl/worksheets/sheet2.xml"]
    heads = dict(re.findall(r'<row r="(\d+)"([^>]*)>', sheet))
    height = float(re.search(r'ht="([\d.]+)"', heads["4"])[1])
    assert height > 80
    assert "customHeight" not in heads["4"]
    assert " ht=" not in heads["5"]
    assert "customHeight" in heads["3"]


def test_long_texts_of_a_form_are_readable():
    form, text = FORMS["F01"], "客户希望了解统一数据平台的部署方式。" * 30
    content = FormContent(labels={"initiation": {"requirement": text}})
    cell = next(c for _, f, _, c in places(form) if f.key == "requirement")
    sheet = opened(written(form, content))["立项单"]
    empty = blank_book("F01")["立项单"]
    row = sheet[cell].row
    assert sheet.row_dimensions[row].height > 2 * empty.row_dimensions[row].height


def test_a_text_that_no_cell_holds_is_refused(tmp_path):
    content = FormContent(labels={"initiation": {"requirement": "长" * 32_768}})
    with pytest.raises(ToolkitError, match="32767"):
        written(FORMS["F01"], content)


@pytest.mark.parametrize(
    "content",
    [
        FormContent(labels={"initiation": {"colour": "红"}}),
        FormContent(labels={"nothing": {"number": "1"}}),
        FormContent(tables={"initiation_changes": [{"who": "陈小雨"}]}),
    ],
)
def test_content_without_a_place_is_a_bug(content):
    with pytest.raises(ValueError, match="has no fields"):
        written(FORMS["F01"], content)


@EVERY_FORM
def test_columns_are_as_wide_as_the_form_says(key):
    for layout in layout_of(FORMS[key]):
        for table in layout.tables:
            sheet = parts(blank(key))[
                f"xl/worksheets/sheet{FORMS[key].sheets.index(layout.name) + 1}.xml"
            ]
            widths = {}
            for low, high, width in re.findall(
                r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', sheet
            ):
                widths |= dict.fromkeys(range(int(low), int(high) + 1), float(width))
            for column, field in enumerate(table.block.fields, 1):
                assert int(widths[column]) == field.width


def test_dates_numbers_and_texts_have_their_formats():
    wanted = {
        FieldType.DATE: "yyyy-mm-dd",
        FieldType.DATETIME: "yyyy-mm-dd hh:mm",
        FieldType.TIME: "hh:mm",
        FieldType.NUMBER: "General",
    }
    for key, form in FORMS.items():
        for _, field, sheet, cell in places(form):
            assert blank_book(key)[sheet][cell].number_format == wanted.get(field.type, "@")
