"""Escapes of XML and of Excel, and what some programs make of characters beyond U+FFFF."""

from __future__ import annotations

import datetime as dt

import pytest

from toolkit.readers.xml_text import unescaped
from toolkit.workflows.check import check_folder, check_json

from .workbooks import edited, some_records, write_tracking


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a&amp;b &#20013;&#x6587;", "a&b 中文"),
        ("&#xD83D;&#xDE00;", "😀"),
        ("&#55357;&#56832;！", "😀！"),
        ("_xD83D__xDE00_", "😀"),
        ("甲&#xD83D;乙", "甲\ufffd乙"),
        ("&#xDE00;_xD83D_", "\ufffd\ufffd"),
        ("&amp;#xD83D;", "&#xD83D;"),
        ("😀&lt;", "😀<"),
    ],
)
def test_what_is_meant(written: str, meant: str) -> None:
    assert unescaped(written) == meant


@pytest.mark.parametrize("half", ["&#xD83D;", "&#xD83D;&#xDE00;"])
def test_half_characters_in_names_and_numbers_stop_nothing(tmp_path, half: str) -> None:
    path = tmp_path / "部门" / "项目跟踪表_钱一.xlsx"
    rows = [{**row, "project_id": "XM笑1", "content": "笑"} for row in some_records(3)]
    write_tracking(path, rows)
    parts = r"xl/(sharedStrings|worksheets/sheet\d+)\.xml"
    path.write_bytes(edited(path.read_bytes(), parts, lambda xml: xml.replace("笑", half)))
    shown = half.replace("&#xD83D;&#xDE00;", "😀").replace("&#xD83D;", "\ufffd")
    for _ in range(2):
        checked = check_folder(path.parent, today=dt.date(2026, 11, 20), cache=tmp_path / "c")
        assert set(checked.dossier.frame("tracking")["content"]) == {shown}
        assert any(shown in f["message"] for f in check_json(checked)["findings"])
