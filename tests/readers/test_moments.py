"""Dates and times in every spelling that staff use, and what is refused."""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time, timedelta

import pytest

from toolkit.model.dossier import ProblemKind
from toolkit.readers.values import parse

from .fields import DATE, MOMENT, NUMBER, PEOPLE, TIME, TYPES

DAY = datetime(2024, 3, 5)


@pytest.mark.parametrize(
    "raw",
    [
        "2024.3.5",
        "2024/3/5",
        "2024-3-5",
        "2024-03-05",
        "2024年3月5日",
        "2024年03月05日",
        "2024年3月5号",
        "2024 年 3 月 5 日",
        "20240305",
        " 2024.3.5\u3000",
        "２０２４．３．５",
        "２０２４年３月５日",
        "2024－03－05",
        "2024—3—5",
        "2024。3。5",
        "2024年3月5日 星期二",
        "2024-03-05（周二）",
        "2024/3/5 14:30",
        "2024-03-05T14:30:00",
        "2024.3.5 下午3点",
        "2024年3月5日上午",
        "2024-03-05 24:00",
        "2024-3-5\n",
        45356,
        45356.0,
        45356.6,
        20240305,
        20240305.0,
        date(2024, 3, 5),
        datetime(2024, 3, 5, 23, 59, 59),
        timedelta(days=45356),
    ],
)
def test_dates_in_every_spelling(raw):
    assert parse(DATE, raw) == (DAY, None, "")


@pytest.mark.parametrize(
    ("raw", "hour", "minute"),
    [
        ("2024-03-05", 0, 0),
        ("2024-03-05 14:30", 14, 30),
        ("2024/3/5 9：05", 9, 5),
        ("2024年3月5日 下午3:20", 15, 20),
        ("2024年3月5日下午3点", 15, 0),
        ("2024-3-5 3:20 PM", 15, 20),
        ("2024-3-5 12:10 am", 0, 10),
        ("2024.3.5 上午9点半", 9, 30),
        ("2024-03-05 14:30:29", 14, 30),
        ("20240305 14:30", 14, 30),
        ("2024-03-05T14:30:00.000Z", 14, 30),
        (45356.5, 12, 0),
        (datetime(2024, 3, 5, 9, 29, 59, 999_600), 9, 30),
        ("2024-03-05 14时30分", 14, 30),
        ("2024-03-05 晚上8点", 20, 0),
    ],
)
def test_moments(raw, hour, minute):
    parsed = parse(MOMENT, raw)
    assert parsed.kind is None
    assert parsed.value.replace(second=0) == DAY.replace(hour=hour, minute=minute)


def test_midnight_at_the_end_of_a_day_is_the_next_day_only_for_moments():
    assert parse(MOMENT, "2024-03-05 24:00").value == datetime(2024, 3, 6)
    assert parse(DATE, "2024-03-05 24:00").value == DAY
    assert parse(MOMENT, 45355.999999999).value == DAY


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("3月5日", "没有写年份"),
        ("3.5", "没有写年份"),
        ("3/5", "没有写年份"),
        ("3-5", "没有写年份"),
        ("3月5日下午", "没有写年份"),
        ("24.3.5", "四位"),
        ("24年3月5日", "四位"),
        ("05/03/24", "四位"),
        ("2024.13.5", "不是存在的日期"),
        ("2024.6.31", "不是存在的日期"),
        ("20240631", "不是存在的日期"),
        (20240631, "不是存在的日期"),
        ("0000-01-01", "不是存在的日期"),
        ("2024-03-05 25:00", "不是存在的日期"),
        ("2024.3.5-3.7", "多余的文字"),
        ("2024-03-05 已完成", "多余的文字"),
        ("2024年3月", "不是日期"),
        ("05/03/2024", "不是日期"),
        ("昨天", "不是日期"),
        ("2024", "不是日期"),
        (3.5, "不是日期"),
        (-5, "不是日期"),
        (12, "不是日期"),
        (1e308, "不是日期"),
        (True, "不是日期"),
        (time(9, 30), "不是日期"),
        ("9" * 5000, "不是日期"),
        ("2024.3.555", "不是日期"),
    ],
)
def test_what_is_no_date_is_a_problem_and_never_guessed(raw, said):
    parsed = parse(DATE, raw)
    assert parsed.value is None
    assert parsed.kind is ProblemKind.TYPE
    assert said in parsed.message
    assert len(parsed.message) < 80


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("9:30", "09:30"),
        ("09：30", "09:30"),
        ("９：３０", "09:30"),
        ("9点", "09:00"),
        ("9点半", "09:30"),
        ("下午2:05", "14:05"),
        ("2:05 pm", "14:05"),
        ("14时05分", "14:05"),
        ("24:00", "24:00"),
        (time(9, 30), "09:30"),
        (time(9, 29, 59, 999_990), "09:30"),
        (0.395833333333, "09:30"),
        (45356.75, "18:00"),
        (datetime(2024, 3, 5, 18), "18:00"),
        (timedelta(hours=9.5), "09:30"),
    ],
)
def test_times(raw, text):
    assert parse(TIME, raw) == (text, None, "")


@pytest.mark.parametrize(
    "raw", ["上午", "25:00", "9:61", "9:30-11:30", 3.5, True, date(2024, 3, 5), "x"]
)
def test_no_times(raw):
    assert parse(TIME, raw).kind is ProblemKind.TYPE


def test_a_hostile_text_costs_no_time():
    started = clock.perf_counter()
    for f in (DATE, MOMENT, TIME, NUMBER, TYPES, PEOPLE):
        for text in (
            "2024-03-05" + " " * 20_000 + "x",
            "(" * 20_000,
            "1," * 10_000,
            "星期" * 10_000,
        ):
            parse(f, text)
    assert clock.perf_counter() - started < 2.0
