"""Cells to typed values: texts, numbers, options and names, and what is refused."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from toolkit.model.dossier import ProblemKind
from toolkit.model.forms import FieldType
from toolkit.readers.grid import NEVER_CALCULATED, Unreadable
from toolkit.readers.values import ColumnParser, blank_of, parse

from .fields import (
    DATE,
    MOMENT,
    NUMBER,
    PEOPLE,
    PERSON,
    REFERENCES,
    RESULT,
    TEXT,
    TIME,
    TYPE,
    TYPES,
    YESNO,
    field,
)

DAY = datetime(2024, 3, 5)
BLANKS = (
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u2003 \u2060",
    None,
)


@pytest.mark.parametrize("raw", ["-", "——", "/", "//", "无", "待定", "N/A", "TBD", "暂无"])
@pytest.mark.parametrize("f", [DATE, MOMENT, TIME, NUMBER, PERSON, PEOPLE, REFERENCES])
def test_placeholders_are_blank(f, raw):
    assert parse(f, raw) == (blank_of(f.type), None, "")


@pytest.mark.parametrize("raw", BLANKS)
@pytest.mark.parametrize("type_", list(FieldType))
def test_every_kind_of_blank_is_blank(type_, raw):
    assert parse(field(type_), raw) == (blank_of(type_), None, "")


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (2.5, 2.5),
        (3, 3.0),
        ("2.5", 2.5),
        ("２．５", 2.5),
        ("1,234.5", 1234.5),
        ("１，２３４", 1234.0),
        ("2小时", 2.0),
        ("2.5 个小时", 2.5),
        ("3h", 3.0),
        ("3 H", 3.0),
        ("2次", 2.0),
        ("-1", -1.0),
        ("－1", -1.0),
        (" 4\u3000", 4.0),
        ("+.5", 0.5),
    ],
)
def test_numbers(raw, number):
    assert parse(NUMBER, raw) == (number, None, "")


@pytest.mark.parametrize(
    "raw",
    [
        "约2小时",
        "2，5",
        "1,23",
        "两小时",
        "2天",
        "2小时30分",
        True,
        time(2, 30),
        "9" * 400,
        "1e5",
        "inf",
        1e301,
    ],
)
def test_no_numbers(raw):
    assert parse(NUMBER, raw).kind is ProblemKind.TYPE


@pytest.mark.parametrize(
    "raw", ["是", " 是 ", "√", "Y", "yes", "有", "Ｙ", True, 1.0, "1", "在场", "TRUE"]
)
def test_yes(raw):
    assert parse(YESNO, raw).value == "是"


@pytest.mark.parametrize(
    "raw", ["否", "×", "N", "无", "没有", "不在场", False, 0.0, "0", "x", "未在场"]
)
def test_no(raw):
    assert parse(YESNO, raw).value == "否"


def test_neither_yes_nor_no():
    assert parse(YESNO, "也许").kind is ProblemKind.OPTION
    assert parse(YESNO, "/") == ("", None, "")


@pytest.mark.parametrize(
    ("raw", "option"),
    [
        ("产品测试", "产品测试"),
        ("产品 测试", "产品测试"),
        ("ｐｏｃ", "产品测试"),
        ("测试", "产品测试"),
        ("-", ""),
    ],
)
def test_options_and_their_synonyms(raw, option):
    assert parse(TYPE, raw) == (option, None, "")


def test_unknown_options_are_problems_with_their_wording():
    parsed = parse(RESULT, "差不多")
    assert parsed == ("", ProblemKind.OPTION, "“差不多”不在可选项中")
    assert parse(RESULT, 7.0).kind is ProblemKind.OPTION


@pytest.mark.parametrize(
    ("raw", "options"),
    [
        ("售前交流、产品测试", ("售前交流", "产品测试")),
        ("售前交流,测试；POC", ("售前交流", "产品测试")),
        ("售前交流 产品测试", ("售前交流", "产品测试")),
        ("售前交流/产品测试\n售后", ("售前交流", "产品测试", "售后服务")),
        ("产品 测试、售后", ("产品测试", "售后服务")),
        ("-", ()),
        ("、", ()),
        ("售前交流、-", ("售前交流",)),
    ],
)
def test_several_options(raw, options):
    assert parse(TYPES, raw) == (options, None, "")


def test_several_options_of_which_one_is_unknown():
    parsed = parse(TYPES, "产品 测试、驻场陪护")
    assert parsed.value == ("产品测试",)
    assert parsed.kind is ProblemKind.OPTION
    assert "驻场陪护" in parsed.message
    assert "产品" not in parsed.message


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("张三", "张三"),
        ("张 三", "张三"),
        ("张\u3000三", "张三"),
        (" 张三\u00a0", "张三"),
        ("张\u200b三", "张三"),
        ("张三（0123）", "张三(0123)"),
        ("张三 (0123)", "张三(0123)"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("John  Smith", "John Smith"),
        ("Ｊｏｈｎ", "John"),
        ("张三、", "张三"),
    ],
)
def test_names(raw, name):
    assert parse(PERSON, raw) == (name, None, "")


@pytest.mark.parametrize("raw", ["张三、李四", "张三/李四", "张三\n李四", 123.0])
def test_two_people_or_no_name_where_one_person_belongs(raw):
    assert parse(PERSON, raw).kind is ProblemKind.TYPE


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("张三、李四", ("张三", "李四")),
        ("张三 李四", ("张三", "李四")),
        ("张 三", ("张三",)),
        ("张三，李 四；王五", ("张三", "李四", "王五")),
        ("John Smith、李四", ("John Smith", "李四")),
        ("欧阳 娜娜", ("欧阳娜娜",)),
        ("张三、张三", ("张三",)),
        ("张三（0123） 李四", ("张三(0123)", "李四")),
    ],
)
def test_several_people(raw, names):
    assert parse(PEOPLE, raw) == (names, None, "")


def test_references():
    assert parse(REFERENCES, "GZ-01、ＧＺ－０２\nGZ-01").value == ("GZ-01", "GZ-02")
    assert parse(REFERENCES, 7.0).value == ("7",)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (13800000000.0, "13800000000"),
        (2.5, "2.5"),
        ("Ｖ３．１", "V3．1"),
        ("张三，您好", "张三，您好"),
        (datetime(2024, 3, 5), "2024-03-05"),
        (date(2024, 3, 5), "2024-03-05"),
        (datetime(2024, 3, 5, 9, 30), "2024-03-05 09:30"),
        (time(9, 30), "09:30"),
        (True, "是"),
        (" =1+1 ", "=1+1"),
    ],
)
def test_text(raw, text):
    assert parse(TEXT, raw) == (text, None, "")


@pytest.mark.parametrize("type_", list(FieldType))
def test_error_cells_and_uncalculated_formulas_are_never_blank(type_):
    wrong = parse(field(type_), Unreadable("#N/A"))
    assert wrong.kind is ProblemKind.ERROR_CELL
    assert "#N/A" in wrong.message
    assert parse(field(type_), NEVER_CALCULATED).kind is ProblemKind.NO_CACHED_VALUE


def test_a_column_keeps_problems_with_their_places():
    parser = ColumnParser(DATE)
    for _ in range(2):  # the second time from memory
        values, problems = parser.parse([DAY, "", "3月5日", 45356.0, Unreadable("#REF!"), "3月5日"])
        assert values == [DAY, None, None, DAY, None, None]
        assert [(at, parsed.kind.value) for at, _, parsed in problems] == [
            (2, "type"),
            (4, "error_cell"),
            (5, "type"),
        ]


def test_true_is_not_the_number_one():
    parser = ColumnParser(TEXT)
    assert parser.parse([1.0, ""])[0] == ["1", ""]
    assert parser.parse([True, 1.0, False, 0.0])[0] == ["是", "1", "否", "0"]
    assert parser.parse([1.0, 0.0])[0] == ["1", "0"]


@pytest.mark.parametrize("column", [["", "  ", "\u3000"], [" 甲 ", "乙\u00a0", ""], ["甲"] * 3])
@pytest.mark.parametrize("type_", list(FieldType))
def test_a_column_reads_like_its_cells_one_by_one(type_, column):
    f = field(type_)
    one_by_one = [parse(f, raw) for raw in column]
    values, problems = ColumnParser(f).parse(column)
    assert values == [p.value for p in one_by_one]
    assert [at for at, _, _ in problems] == [n for n, p in enumerate(one_by_one) if p.kind]
