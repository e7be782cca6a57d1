"""Drop-downs, prompts, gentle checks and the tint of what is still missing."""

import pytest

from tests.writers.form_books import (
    FORMS,
    blank_book,
    listed,
    opened,
    places,
    tint_at,
    validation_at,
    written,
)
from toolkit.model.forms import FieldType, Layout
from toolkit.writers.form_workbook import Choices

PEOPLE = {"售前": ["陈小雨", "林大海"], "销售": ["赵明月"], "研发": ["钱思源"]}
EVERYBODY = ["陈小雨", "林大海", "赵明月", "钱思源"]
EVERY_FORM = pytest.mark.parametrize("key", sorted(FORMS))


@EVERY_FORM
def test_every_field_says_what_it_wants_and_refuses_nothing(key):
    for _, field, sheet, cell in places(FORMS[key]):
        found = validation_at(blank_book(key)[sheet], cell)
        assert found.promptTitle == field.label[:32]
        assert field.help[:20] in found.prompt
        assert len(found.prompt) <= 255
        assert len(found.error or "") <= 255
        if field.article:
            assert found.prompt.endswith(f"（第{field.article}条）")
        if field.required is not None and not field.required.clauses:
            assert found.prompt.startswith("必填。")
        if found.type is not None:
            assert found.errorStyle in ("warning", "information")


@EVERY_FORM
def test_choices_are_offered_from_inside_the_workbook(key):
    book = blank_book(key)
    for _, field, sheet, cell in places(FORMS[key]):
        found = validation_at(book[sheet], cell)
        if field.type in (FieldType.CHOICE, FieldType.YESNO):
            assert found.type == "list"
            assert listed(book, found.formula1) == list(field.options)
        if field.type in (FieldType.CHOICES, FieldType.PEOPLE, FieldType.REFERENCES):
            assert found.type is None
        if field.type is FieldType.CHOICES:
            assert all(option in found.prompt for option in field.options)


@EVERY_FORM
def test_nothing_refers_to_another_workbook(key):
    book = blank_book(key)
    texts = [name.attr_text for name in book.defined_names.values()]
    for sheet in book:
        texts += [v.formula1 or "" for v in sheet.data_validations.dataValidation]
    assert not [text for text in texts if "[" in text]


@EVERY_FORM
def test_validations_of_tables_reach_far_below_them(key):
    for block, field, sheet, cell in places(FORMS[key]):
        if block.layout is Layout.TABLE:
            column = cell.rstrip("0123456789")
            found = validation_at(blank_book(key)[sheet], f"{column}1990")
            assert found.promptTitle == field.label
            if field.required is not None:
                assert tint_at(blank_book(key)[sheet], f"{column}1990")


def test_dates_times_and_numbers_are_checked_gently():
    sheet = blank_book("F02")["跟踪记录"]
    kinds = {
        f.key: validation_at(sheet, c)
        for b, f, _, c in places(FORMS["F02"])
        if b.title == "跟踪记录"
    }
    assert kinds["support_date"].type == kinds["report_time"].type == "date"
    assert kinds["support_date"].errorStyle == "warning"
    assert kinds["start_time"].type == "time"
    assert kinds["hours"].type == "decimal"


def test_people_are_offered_by_department():
    form = FORMS["F01"]
    book = opened(written(form, choices=Choices(PEOPLE)))
    offered = {}
    for block, field, sheet, cell in places(form):
        if field.type is FieldType.PERSON and block.key == "initiation":
            found = validation_at(book[sheet], cell)
            assert found.errorStyle == "information"
            offered[field.key] = listed(book, found.formula1)
    assert offered["first_presales"] == PEOPLE["售前"]
    assert offered["account_sales"] == PEOPLE["销售"]
    assert offered["applicant"] == EVERYBODY


def test_without_a_roster_nobody_is_nagged_about_names():
    for _, field, sheet, cell in places(FORMS["F01"]):
        if field.type is FieldType.PERSON:
            assert validation_at(blank_book("F01")[sheet], cell).type is None


def test_projects_are_offered_where_they_are_referred_to():
    book = opened(written(FORMS["F04"], choices=Choices(projects=["XM2026-0001"])))
    cell = next(c for _, f, _, c in places(FORMS["F04"]) if f.key == "project_id")
    found = validation_at(book["故障处理工作单"], cell)
    assert listed(book, found.formula1) == ["XM2026-0001"]
    assert not found.showErrorMessage
    # a charter founds its project: there is nothing to choose yet
    book = opened(written(FORMS["F01"], choices=Choices(projects=["XM2026-0001"])))
    cell = next(c for _, f, _, c in places(FORMS["F01"]) if f.key == "project_id")
    assert validation_at(book["立项单"], cell).type is None


def test_a_tracking_sheet_offers_its_own_projects():
    book = blank_book("F02")
    wanted = {"project_id": "清单_项目编号", "project_name": "清单_项目名称"}
    for block, field, sheet, cell in places(FORMS["F02"]):
        if block.key in ("tracking", "leftovers") and field.key in wanted:
            found = validation_at(book[sheet], cell)
            assert (found.type, found.formula1) == ("list", wanted[field.key])
    assert book.defined_names["清单_项目名称"].attr_text == (
        "OFFSET('项目清单'!$B$6,0,0,"
        "MAX(1,COUNTA('项目清单'!$B$6:$B$2000),COUNTA('项目清单'!$A$6:$A$2000)),1)"
    )


def test_the_department_offers_its_own_roster():
    book = blank_book("G19")
    for block, field, sheet, cell in places(FORMS["G19"]):
        if field.type is FieldType.PERSON:
            found = validation_at(book[sheet], cell)
            expected = None if block.key == "roster" else "名册_姓名"
            assert found.formula1 == expected
    assert book.defined_names["名册_姓名"].attr_text.startswith("OFFSET('人员名册'!$A$4,")


@EVERY_FORM
def test_required_cells_and_no_others_are_tinted(key):
    for _, field, sheet, cell in places(FORMS[key]):
        tints = tint_at(blank_book(key)[sheet], cell)
        assert len(tints) == (field.required is not None), field.key


@pytest.mark.parametrize(
    ("form", "block", "field", "formula"),
    [
        ("F01", "initiation", "customer", "AND(LEN(TRIM($B$6))=0)"),
        ("F01", "initiation", "stop_reason", "AND(LEN(TRIM($B$28))=0,NOT(LEN(TRIM($D$27))=0))"),
        (
            "F02",
            "tracking",
            "project_id",
            "AND(COUNTA($A4:$Y4)>0,LEN(TRIM($A4))=0,LEN(TRIM($B4))=0)",
        ),
        (
            "F02",
            "tracking",
            "report_channel",
            'AND(COUNTA($A4:$Y4)>0,LEN(TRIM($K4))=0,TRIM($J4)="否")',
        ),
        (
            "F03",
            "improvement",
            "origin_ref",
            'AND(LEN(TRIM($D$9))=0,OR(TRIM($B$9)="遗留问题",TRIM($B$9)="故障单转化"))',
        ),
    ],
)
def test_conditions_become_formulas(form, block, field, formula):
    for b, f, sheet, cell in places(FORMS[form]):
        if (b.key, f.key) == (block, field):
            assert tint_at(blank_book(form)[sheet], cell) == [formula]
            return
    pytest.fail("no such field")
