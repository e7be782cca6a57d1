"""File names from any text: legal on Windows, short, and never empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.writers.files import safe_name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("立项单_LX-1_甲/乙:项目?.xlsx", "立项单_LX-1_甲_乙_项目_.xlsx"),
        (' <a>|"b"*. ', "_a_b_"),
        ("con.xlsx", "_con.xlsx"),
        ("COM1", "_COM1"),
        ("LPT¹.2026.xlsx", "_LPT¹.2026.xlsx"),
        ("console.xlsx", "console.xlsx"),
        ("e\u0301.xlsx", "é.xlsx"),
        ("甲\t乙\n丙\x00.xlsx", "甲 乙 丙.xlsx"),
        ("...", "_"),
        ("项目 .xlsx", "项目.xlsx"),
    ],
)
def test_safe_name(text, expected):
    assert safe_name(text) == expected


def test_a_long_name_keeps_its_suffix():
    name = safe_name("很长的项目名称" * 30 + ".xlsx")
    assert len(name) == 80
    assert name.endswith(".xlsx")


@given(st.text(max_size=200))
def test_every_text_gives_a_name_that_can_be_used(text):
    name = safe_name(text)
    assert 1 <= len(name) <= 80
    assert not set(name) & set('<>:"/\\|?*\t\n\r\0')
    assert name == name.strip(" .")
    assert safe_name(name) == name
