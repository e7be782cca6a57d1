"""What holds for every value: written values read back equal, and no cell raises."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.model.forms import FieldType
from toolkit.readers.grid import Unreadable
from toolkit.readers.values import ColumnParser, blank_of, parse

from .fields import RESULT, TYPES, field

ANY_CELL = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.text("0123456789年月日.-/: ,，；上下午点半h小时", max_size=24),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
    st.builds(Unreadable, st.sampled_from(["", "#N/A"])),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(list(FieldType)), ANY_CELL)
def test_no_cell_raises(type_, raw):
    f = {FieldType.CHOICE: RESULT, FieldType.CHOICES: TYPES}.get(type_, field(type_))
    parsed = parse(f, raw)
    empty = parsed.value == blank_of(f.type) if type_ is not FieldType.CHOICES else True
    assert empty or parsed.kind is None
    assert parsed.kind is None or parsed.message
    (value,), problems = ColumnParser(f).parse([raw])
    assert value == parsed.value
    assert bool(problems) == (parsed.kind is not None)


WORD = st.text("甲乙丙丁abcXYZ019。，（）", min_size=1, max_size=12)
NAME = st.text("甲乙丙丁戊己庚", min_size=2, max_size=3)
TYPED: dict[FieldType, st.SearchStrategy[Any]] = {
    FieldType.TEXT: WORD,
    FieldType.LONG: WORD,
    FieldType.DATE: st.dates(date(1955, 1, 1), date(2118, 1, 1)),
    FieldType.DATETIME: st.datetimes(datetime(1955, 1, 1), datetime(2118, 1, 1)).map(
        lambda m: m.replace(microsecond=0)
    ),
    FieldType.TIME: st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    FieldType.PERSON: NAME,
    FieldType.PEOPLE: st.lists(NAME, min_size=1, max_size=3, unique=True).map(tuple),
    FieldType.CHOICE: st.sampled_from(RESULT.options),
    FieldType.CHOICES: st.lists(st.sampled_from(TYPES.options), min_size=1, unique=True).map(tuple),
    FieldType.NUMBER: st.floats(-1e9, 1e9).map(lambda n: round(n, 3)),
    FieldType.YESNO: st.sampled_from(["是", "否"]),
    FieldType.REFERENCE: st.text("ABC-019", min_size=3, max_size=12).filter(lambda t: t.strip("-")),
    FieldType.REFERENCES: st.lists(
        st.text("ABC019", min_size=3, max_size=9), min_size=1, max_size=3, unique=True
    ).map(tuple),
}


def written_and_read(value: Any) -> Any:
    """What python-calamine gives for a value that XlsxWriter wrote in its natural form."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    if isinstance(value, tuple):
        sheet.write_string(0, 0, "、".join(value))
    elif isinstance(value, datetime):
        sheet.write_datetime(0, 0, value, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    elif isinstance(value, date):
        sheet.write_datetime(0, 0, value, book.add_format({"num_format": "yyyy-mm-dd"}))
    elif isinstance(value, time):
        sheet.write_datetime(0, 0, value, book.add_format({"num_format": "hh:mm"}))
    elif isinstance(value, str):
        sheet.write_string(0, 0, value)
    else:
        sheet.write_number(0, 0, value)
    book.close()
    read = python_calamine.load_workbook(io.BytesIO(buffer.getvalue()))
    return read.get_sheet_by_index(0).to_python(skip_empty_area=False)[0][0]


@settings(max_examples=150, deadline=None)
@given(st.data(), st.sampled_from(list(TYPED)))
def test_what_was_written_reads_back_equal(data, type_):
    value = data.draw(TYPED[type_])
    f = {FieldType.CHOICE: RESULT, FieldType.CHOICES: TYPES}.get(type_, field(type_))
    expected = value
    if type_ is FieldType.DATE:
        expected = datetime(value.year, value.month, value.day)
    elif type_ is FieldType.TIME:
        expected = f"{value:%H:%M}"
    assert parse(f, written_and_read(value)) == (expected, None, "")
