"""Texts: cut and split by bytes, never by characters."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.writers.delivery.texts import printable, sendable, shorten, size, split_message

WIDE = st.text(st.sampled_from('待办跟踪记录Ab1 "\\\n\t😀👨‍👩‍👧𠮷，。…'), max_size=300)
LINE = WIDE.map(lambda text: text.replace("\n", ""))
HEADING = re.compile(r"（(\d+)/(\d+)）$")


def encoded(text: str) -> int:
    return len(json.dumps({"c": text}, ensure_ascii=False).encode()) - len(b'{"c": ""}')


@given(WIDE)
def test_size_is_what_json_makes_of_it(text):
    assert size(text) == encoded(text) >= len(text.encode())


@given(WIDE, st.integers(3, 200))
def test_what_is_too_long_is_cut_as_late_as_possible(text, limit):
    short = shorten(text, limit)
    assert encoded(short) <= limit
    if short != text:
        assert short.endswith("…")
        kept = len(short) - 1
        assert text.startswith(short[:-1])
        assert encoded(text[: kept + 1] + "…") > limit


@given(WIDE, st.lists(LINE, max_size=80), st.integers(120, 2048))
def test_parts_are_below_the_limit_complete_and_in_order(subject, lines, limit):
    parts = [part.split("\n") for part in split_message(subject, lines, limit)]
    assert all(encoded("\n".join(part)) <= limit for part in parts)
    headings = [part[0] for part in parts]
    if len(parts) > 1:
        assert [HEADING.search(h).groups() for h in headings] == [
            (str(n), str(len(parts))) for n in range(1, len(parts) + 1)
        ]
    assert len({HEADING.sub("", h) for h in headings}) == 1
    told = [line for part in parts for line in part[1:]]
    room = limit - max(map(encoded, headings))
    for line, as_told in zip(lines, told, strict=True):
        if as_told != line:
            assert as_told.endswith("…")
            assert line.startswith(as_told[:-1])
            assert encoded(line) > room - 10  # the line end, and a wider number


@given(st.lists(st.text(st.sampled_from("待办😀a"), max_size=20), min_size=100))
def test_lines_that_fit_are_never_changed(lines):
    parts = split_message("【待办】", lines, 200)
    assert len(parts) > 1
    assert [line for part in parts for line in part.split("\n")[1:]] == lines


def test_a_piece_of_several_lines_is_not_torn():
    piece = "甲\n乙\n丙"
    parts = split_message("主题", [piece] * 30, 150)
    assert all(part.partition("\n")[2].count(piece) * 3 == part.count("\n") for part in parts)
    assert sum(part.count(piece) for part in parts) == 30


def test_a_short_digest_has_no_number():
    assert split_message("主题", ["甲", "乙"], 2048) == ["主题\n甲\n乙"]
    assert split_message("主题", [], 2048) == ["主题"]


@pytest.mark.parametrize("count", [100, 500, 590, 600, 5800, 5900, 6000, 60_000])
def test_numbers_have_room_at_every_width(count):
    """Lines of three bytes fill a message to the brim: a wider heading would not fit."""
    parts = split_message("主题", ["a"] * count, 200)
    total = len(parts)
    assert [part.partition("\n")[0] for part in parts] == [
        f"主题（{n}/{total}）" for n in range(1, total + 1)
    ]
    assert 198 <= size(parts[-2]) <= 200
    assert max(map(size, parts)) <= 200
    assert sum(part.count("a") for part in parts) == count


def test_a_line_too_long_for_a_message_is_cut_alone():
    parts = split_message("主题", ["前", "长" * 1000, "后"], 300)
    body = [line for part in parts for line in part.split("\n")[1:]]
    assert [body[0], body[-1]] == ["前", "后"]
    assert re.fullmatch("长+…", body[1])
    assert len(body) == 3


def test_foreign_text_is_printable_in_a_chinese_console():
    text = printable("550 5.1.1 <a@b> \r\nno\u202e such 😀 user" + "很" * 200)
    text.encode("gbk")
    assert text.startswith("550 5.1.1 <a@b> no such ? user很")
    assert len(text) == 120


def test_a_lone_surrogate_can_be_sent():
    assert sendable("a\udc80b").encode("utf-8") == b"a?b"
