"""A side look into the parts of an .xlsx: sheets, defined names, and what `sheet_xml` finds."""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from xml.etree import ElementTree

from toolkit.model.location import split_a1

from .scan import BETWEEN_EPOCHS, BookScan, is_read
from .sheet_xml import scan_sheet

_MAIN = "{*}"
_RELATION_ID = re.compile(r"\{[^}]*relationships\}id$")
_CELL_NAME = re.compile(r"'?(?P<sheet>[^'].*?)'?!\$?(?P<column>[A-Z]{1,3})\$?(?P<row>[1-9]\d{0,6})")
_UNIQUE_COUNT = re.compile(rb"""<(?:\w+:)?sst\b[^>]*?\suniqueCount\s*=\s*["'](\d+)["']""")


@dataclass(frozen=True, slots=True)
class _Workbook:
    """What the workbook part says. It is shared: nobody changes it."""

    sheets: dict[str, str]
    """Sheet name -> relation id."""
    names: dict[str, tuple[str, int, int]]
    days_before: int


def scan_book(archive: zipfile.ZipFile) -> BookScan:
    """Scan an .xlsx or .xlsm; reading its parts checks their CRC, too.

    Raises BadZipFile, zlib.error, KeyError, NotImplementedError or ParseError when it is broken.
    """
    part = _workbook_part(archive.read("_rels/.rels"))
    folder, name = posixpath.split(part)
    workbook = _workbook(archive.read(part))
    relations = _relations(folder, archive.read(f"{folder}/_rels/{name}.rels"))
    _demand_plausible_strings(archive, relations)
    found = BookScan(names=workbook.names, days_before=workbook.days_before)
    for sheet, relation in workbook.sheets.items():
        kind, part = relations.get(relation, ("", ""))
        if kind == "worksheet" and is_read(sheet):
            found.sheets[sheet] = scan_sheet(archive.read(part))
    return found


@lru_cache(maxsize=64)
def _workbook(xml: bytes) -> _Workbook:
    """Cached, because workbooks that were made from one form have equal parts."""
    root = ElementTree.fromstring(_safe(xml))
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


def _safe(xml: bytes) -> bytes:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ElementTree.ParseError("document type declarations are not allowed")
    return xml


@lru_cache(maxsize=64)
def _workbook_part(xml: bytes) -> str:
    root = ElementTree.fromstring(_safe(xml))
    for relation in root:
        if relation.attrib.get("Type", "").endswith("/officeDocument"):
            return relation.attrib["Target"].lstrip("/")
    return "xl/workbook.xml"


@lru_cache(maxsize=64)
def _relations(folder: str, xml: bytes) -> dict[str, tuple[str, str]]:
    """Relation id -> its kind (worksheet, sharedStrings …) and part."""
    root = ElementTree.fromstring(_safe(xml))
    found = {}
    for relation in root:
        target = relation.attrib.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = relation.attrib.get("Type", "").rpartition("/")[2]
        found[relation.attrib.get("Id", "")] = kind, posixpath.normpath(path)
    return found


def _demand_plausible_strings(
    archive: zipfile.ZipFile, relations: dict[str, tuple[str, str]]
) -> None:
    """The fast reader reserves memory for as many strings as the part claims to have."""
    for kind, part in relations.values():
        if kind == "sharedStrings" and part in archive.NameToInfo:
            xml = archive.read(part)
            claimed = _UNIQUE_COUNT.search(xml, 0, 2_000)
            if claimed and int(claimed[1]) > len(xml):
                raise ElementTree.ParseError("more strings are claimed than can be there")


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
