"""Looks into a console's file: names, cells, parts."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from toolkit.model.resources import bundled

BUTTONS_BAS = (bundled("macros") / "Buttons.bas").read_text(encoding="ascii")


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as book:
        return book.read(name)


def named_cells(path: Path) -> dict[str, tuple[Worksheet, str]]:
    book = openpyxl.load_workbook(path, keep_vba=True)
    places = {}
    for name, definition in book.defined_names.items():
        ((sheet, cell),) = definition.destinations
        places[name] = book[sheet], cell.replace("$", "")
    return places
