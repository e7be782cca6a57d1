"""Values and links as cells: text stays text, every file name can be linked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path, PurePosixPath, PureWindowsPath
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from toolkit.writers.report.cells import CellWriter, Targets
from toolkit.writers.report.columns import Look, line_counts, look_of
from toolkit.writers.report.links import Links, hyperlink
from toolkit.writers.report.styles import ReportStyles
from toolkit.writers.report.values import CUT_MARK, LONGEST_TEXT, cell_text, cell_texts, plain

BASE = PurePosixPath("/部门")
ON_D = PureWindowsPath(r"D:\部门")
REPORT = BASE / "90_输出" / "部门汇总.xlsx"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "=1+1"),
        ("  ", ""),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("响铃\x07和\x00零\ufffe", "响铃和零"),
        ("坏\ud800字", "坏字"),
        (("张三", "李四"), "张三、李四"),
        ((), ""),
        (None, ""),
        (float("nan"), ""),
        (pd.NaT, ""),
        (float("inf"), "inf"),
        (np.int64(7), 7.0),
        (2.5, 2.5),
        (True, "是"),
        (dt.time(9, 5), "09:05"),
        (dt.date(2026, 11, 20), 46346.0),
        (pd.Timestamp("2026-11-20 12:00"), 46346.5),
        (dt.date(1899, 12, 31), "1899-12-31"),
    ],
)
def test_plain(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_too_long_text_is_cut_with_a_mark() -> None:
    cut = cell_text("长" * 40_000)
    assert len(cut) == LONGEST_TEXT
    assert cut.endswith(CUT_MARK)
    assert cell_text("长" * LONGEST_TEXT) == "长" * LONGEST_TEXT


def test_signs_beyond_the_basic_plane_take_two_units() -> None:
    cut = cell_text("𠮷" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= LONGEST_TEXT
    assert set(cut.removesuffix(CUT_MARK)) == {"𠮷"}


def test_text_that_looks_like_ready_made_xml_is_changed() -> None:
    assert cell_text("<r><t>甲</t></r>") == "<r><t>甲</t></r> "


@pytest.mark.parametrize(
    ("path", "sheet", "cell", "target"),
    [
        (
            "02_跟踪表/项目跟踪表_张三.xlsx",
            "跟踪记录",
            "G17",
            "../02_跟踪表/项目跟踪表_张三.xlsx#'跟踪记录'!G17",
        ),
        ("部门配置.xlsx", "", "", "../部门配置.xlsx"),
        ("a b/c#1 100%.xlsx", "", "", "../a b/c%231 100%25.xlsx"),
        ("a.xlsx", '张三\'s "表"', "", "../a.xlsx#'张三''s \"表\"'!A1"),
        ("", "跟踪记录", "A1", ""),
        ("深" * 260 + ".xlsx", "", "", ""),
    ],
)
def test_targets(path: str, sheet: str, cell: str, target: str) -> None:
    assert Links(REPORT, BASE).target(path, sheet, cell) == target


@pytest.mark.parametrize(
    ("workbook", "base", "target"),
    [
        (PurePosixPath("/部门/结果.xlsx"), BASE, "01_立项/a.xlsx"),
        (PurePosixPath("/tmp/x/结果.xlsx"), BASE, "../../部门/01_立项/a.xlsx"),
        (
            PureWindowsPath(r"D:\部门\90_输出\a.xlsx"),
            PureWindowsPath(r"D:\部门"),
            "../01_立项/a.xlsx",
        ),
        (
            PureWindowsPath(r"C:\临时\a.xlsx"),
            PureWindowsPath(r"D:\部门"),
            r"D:\部门\01_立项\a.xlsx",
        ),
        (
            PureWindowsPath(r"C:\临时\a.xlsx"),
            PureWindowsPath(r"\\server\share\部门"),
            r"\\server\share\部门\01_立项\a.xlsx",
        ),
    ],
)
def test_links_from_elsewhere(workbook: PurePosixPath, base: PurePosixPath, target: str) -> None:
    assert Links(workbook, base).target("01_立项/a.xlsx") == target


def test_hyperlink_doubles_quotes_and_keeps_numbers() -> None:
    assert hyperlink('../a"b.xlsx', 'a"b') == 'HYPERLINK("../a""b.xlsx","a""b")'
    assert hyperlink("../a.xlsx", 17) == 'HYPERLINK("../a.xlsx",17)'
    assert hyperlink("", "a") == hyperlink("a", "长" * 256) == ""
    # names of files on Linux may hold what no formula can
    assert hyperlink("../a\x0b.xlsx", "a") == hyperlink("../a.xlsx", "a\nb") == ""


def test_looks_follow_titles_and_types() -> None:
    days = pd.Series(pd.to_datetime(["2026-11-20"]))
    assert look_of("随便", days).kind == "date"
    assert look_of("随便", pd.Series([1])).kind == "count"
    assert look_of("随便", pd.Series([1.5])).kind == "hours"
    assert look_of("姓名", pd.Series(["张三"])).kind == "centre"
    assert look_of("编号", pd.Series(["YL-XM2026-0001-01"])).kind == "text"
    assert look_of("具体内容", pd.Series(["短"])).kind == "long"
    assert look_of("编号", pd.Series(["长" * 99])).width == 30


def test_line_counts() -> None:
    assert line_counts(["", "短", "一" * 10, "甲\n乙\n丙"], 12.5) == [1, 1, 2, 3]


def test_rendered_links_are_well_formed(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    writer = CellWriter(book.add_worksheet(), ReportStyles(book))
    targets = Targets(["../a&b<c>.xlsx#'表'!", "", "../a.xlsx"], ["G7", "", ""])
    cells = writer.links(["a&b<c>", "无处", 17], targets, Look())[0:3]
    named, plain, number = (ElementTree.fromstring(f'<c r="A1{cell}') for cell in cells)
    assert named.findtext("v") == "a&b<c>"
    assert named.findtext("f") == """HYPERLINK("../a&b<c>.xlsx#'表'!G7","a&b<c>")"""
    assert named.get("t") == "str"
    assert plain.find("f") is None
    assert plain.get("t") == "s"
    assert (number.findtext("f"), number.findtext("v")) == ('HYPERLINK("../a.xlsx",17)', "17")
    assert number.get("t") is None


TEXTS = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["", " ", "a\rb", "\x00", "<r>x</r>", "_x000D_", "长" * 20_000, "\ud800"]),
)


@given(st.lists(TEXTS, max_size=6))
def test_many_texts_become_what_each_becomes(texts: list[str]) -> None:
    assert cell_texts(texts) == [cell_text(text) for text in texts]
