"""An .xlsx or .xlsm to grids: its sheets, defined names, texts, formats and cells."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from toolkit.model.location import split_a1
from toolkit.model.text import clean

from .archive import MAX_TREE, Archive
from .cells import Cells, SharedParts
from .grid import Book, Grid
from .guard import MAX_SHEETS, too_many_sheets
from .number_formats import cell_formats
from .scan import BETWEEN_EPOCHS, META_SHEET, is_read
from .shared_strings import shared_strings
from .sheet_quick import read_cells
from .xml_text import remembered, tree

_MAIN = "{*}"
_RELATION_ID = re.compile(r"\{[^}]*relationships\}id$")
_CELL_NAME = re.compile(r"'?(?P<sheet>[^'].*?)'?!\$?(?P<column>[A-Z]{1,3})\$?(?P<row>[1-9]\d{0,6})")


@dataclass(frozen=True, slots=True)
class _Workbook:
    """What the workbook part says. It is shared: nobody changes it."""

    sheets: dict[str, str]
    """Sheet name -> relation id."""
    names: dict[str, tuple[str, int, int]]
    days_before: int


def read_ooxml(archive: Archive) -> Book:
    """All data sheets of a workbook, hidden ones included.

    Raises BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError or ParseError when
    it is broken, TooLargeError or RefusedError when it is made to do harm.
    """
    workbook, relations = _opened(archive)
    if len(workbook.sheets) > MAX_SHEETS:
        raise too_many_sheets(len(workbook.sheets))
    shared = _shared(archive, relations, workbook.days_before)
    book = Book([], names=workbook.names)
    unread = {part for _, part in relations.values()}
    for sheet, relation in workbook.sheets.items():
        kind, part = relations.get(relation, ("", ""))
        if kind != "worksheet" or not is_read(sheet):
            continue
        if part not in unread:
            raise ValueError("two sheets are one part")
        unread.remove(part)
        cells = read_cells(archive.read(part), shared)
        if sheet == META_SHEET:
            book.meta = meta_entries(cells.lines())
        else:
            book.grids.append(_grid(sheet, cells, shared))
    return book


def _grid(name: str, cells: Cells, shared: SharedParts) -> Grid:
    return Grid(name, cells.lines(), cells.merges, cells.hidden_rows, shared.days_before)


def part_of_sheet(archive: Archive, sheet: str) -> str:
    """The part of a sheet. Raises KeyError when there is none."""
    workbook, relations = _opened(archive)
    return relations[workbook.sheets[sheet]][1]


def part_of_strings(archive: Archive) -> str:
    """The part of the shared strings; '' when there is none."""
    _, relations = _opened(archive)
    return next((part for kind, part in relations.values() if kind == "sharedStrings"), "")


def _opened(archive: Archive) -> tuple[_Workbook, dict[str, tuple[str, str]]]:
    part = _workbook_part(archive.read("_rels/.rels", MAX_TREE))
    folder, name = posixpath.split(part)
    workbook = _workbook(archive.read(part, MAX_TREE))
    return workbook, _relations(folder, archive.read(f"{folder}/_rels/{name}.rels", MAX_TREE))


def meta_entries(rows: Iterable[list[Any]]) -> dict[str, str]:
    """What `_meta` says: label -> value."""
    return {clean(r[0]): clean(r[1]) for r in rows if len(r) > 1 and clean(r[0])}


def _shared(
    archive: Archive, relations: Mapping[str, tuple[str, str]], days_before: int
) -> SharedParts:
    shared = SharedParts(days_before=days_before)
    parts = {kind: part for kind, part in relations.values() if part in archive}
    if "sharedStrings" in parts:
        shared.strings = shared_strings(archive.read(parts["sharedStrings"]))
    if "styles" in parts:
        shared.formats = cell_formats(archive.read(parts["styles"], MAX_TREE))
    return shared


@remembered
def _workbook(xml: bytes) -> _Workbook:
    root = tree(xml)
    days_before = 0
    for properties in root.iterfind(f"{_MAIN}workbookPr"):
        if properties.attrib.get("date1904") in ("1", "true"):
            days_before = BETWEEN_EPOCHS
    sheets = {
        sheet.attrib["name"]: relation
        for sheet in root.iterfind(f"{_MAIN}sheets/{_MAIN}sheet")
        for key, relation in sheet.attrib.items()
        if _RELATION_ID.search(key)
    }
    return _Workbook(sheets, _names(root), days_before)


@remembered
def _workbook_part(xml: bytes) -> str:
    root = tree(xml)
    for relation in root:
        if relation.attrib.get("Type", "").endswith("/officeDocument"):
            return relation.attrib["Target"].lstrip("/")
    return "xl/workbook.xml"


@remembered
def _relations(folder: str, xml: bytes) -> dict[str, tuple[str, str]]:
    """Relation id -> its kind (worksheet, sharedStrings …) and part."""
    root = tree(xml)
    found = {}
    for relation in root:
        target = relation.attrib.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = relation.attrib.get("Type", "").rpartition("/")[2]
        found[relation.attrib.get("Id", "")] = kind, posixpath.normpath(path)
    return found


def _names(root: ElementTree.Element) -> dict[str, tuple[str, int, int]]:
    names = {}
    for element in root.iterfind(f"{_MAIN}definedNames/{_MAIN}definedName"):
        match = _CELL_NAME.fullmatch(element.text or "")
        if match and "localSheetId" not in element.attrib:
            row, column = split_a1(match["column"] + match["row"])
            names[element.attrib.get("name", "")] = (
                match["sheet"].replace("''", "'"),
                row,
                column,
            )
    return names
