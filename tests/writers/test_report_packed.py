"""The workbook that is packed meanwhile holds the same parts as one that XlsxWriter packs."""

from __future__ import annotations

import gc
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from toolkit.writers.form_styles import BOOK_OPTIONS
from toolkit.writers.report import packed
from toolkit.writers.report.packed import PackedWorkbook

TEXTS = [
    "平常的", "<&>\"'", " 前", "后 ", "\t", "第一行\n第二行", "响铃\x07", "_x000D_", "<r>不是</r>",
    "零\x00", "𠮷",
]  # fmt: skip
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)


def _fill(book: Any, folder: Path, texts: list[str], rows: int) -> None:
    sheet, image = book.add_worksheet("表"), folder / "a.png"
    image.write_bytes(PNG)
    for row, text in enumerate(texts):
        sheet.write_string(row, 0, text)
    for row in range(rows):
        sheet.write_string(row, 1, f"第{row}行")
        sheet.write_number(row, 2, row)
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=表!$C$1:$C$9"})
    sheet.insert_chart("E1", chart)
    sheet.insert_image("E20", str(image))
    book.set_properties({"created": datetime(2026, 11, 20)})
    book.close()


def _parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize("texts", [["平常的", "<&>"], TEXTS], ids=["plain", "unusual"])
def test_the_same_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: list[str]) -> None:
    monkeypatch.setattr(packed, "_PIECE", 700)
    monkeypatch.setattr(packed, "_TEXTS", 3)
    plain = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), BOOK_OPTIONS)
    _fill(plain, tmp_path, texts, 300)
    _fill(PackedWorkbook(tmp_path / "b.xlsx", BOOK_OPTIONS), tmp_path, texts, 300)
    assert _parts(tmp_path / "b.xlsx") == _parts(tmp_path / "a.xlsx")


def test_the_same_bytes_again(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        _fill(PackedWorkbook(tmp_path / name, BOOK_OPTIONS), tmp_path, TEXTS, 30)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More pieces than may wait, and nobody takes them; no traceback when all is thrown away."""
    monkeypatch.setattr(packed, "_PIECE", 10)
    book = PackedWorkbook(tmp_path / "没有" / "a.xlsx", BOOK_OPTIONS)
    with pytest.raises(xlsxwriter.exceptions.FileCreateError):
        _fill(book, tmp_path, TEXTS, 30)
    del book
    gc.collect()
