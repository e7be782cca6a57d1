"""A side look into .xlsx parts for what the fast reader does not tell.

python-calamine returns '' for error cells and for formulas without a cached value, and nothing
about defined names and hidden rows; a scan of the parts costs a few percent of the parsing.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

from toolkit.model.location import split_a1

from .grid import Unreadable

_MAIN = "{*}"
_RELATION_ID = re.compile(r"\{[^}]*relationships\}id$")
_CELL_NAME = re.compile(r"^'?(?P<sheet>.+?)'?!\$?(?P<column>[A-Z]{1,3})\$?(?P<row>\d+)$")
_ERROR_CELL = re.compile(rb'<c\b(?=[^>]*?\bt="e")[^>]*?\br="([A-Z]+\d+)"')
_FORMULA_CELL = re.compile(
    rb"<c\b(?P<attributes>[^>]*)>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)"
    rb"\s*(?P<value><v>|<v/>|<v />|</c>)(?P<next><)?"
)
_REFERENCE = re.compile(rb'\br="([A-Z]+\d+)"')
_HIDDEN_ROW = re.compile(rb'<row\b[^>]*?\bhidden="(?:1|true)"')
_LAST_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
_COLUMNS = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})\d')


@dataclass(slots=True)
class SheetScan:
    """What was seen in a sheet part: cells from 0, counts, and the extent of all cells."""

    unreadable: dict[tuple[int, int], Unreadable] = field(default_factory=dict)
    hidden_rows: int = 0
    last_row: int = 0
    last_column: int = 0


@dataclass(slots=True)
class BookScan:
    sheets: dict[str, SheetScan] = field(default_factory=dict)
    names: dict[str, tuple[str, int, int]] = field(default_factory=dict)


def scan_book(content: bytes) -> BookScan:
    """Scan an .xlsx or .xlsm. Raises zipfile.BadZipFile, KeyError or ParseError when broken."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        workbook_part = _workbook_part(archive)
        root = ElementTree.fromstring(_safe(archive.read(workbook_part)))
        targets = _relations(archive, workbook_part)
        found = BookScan(names=_names(root))
        for sheet in root.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
            relation = next((v for k, v in sheet.attrib.items() if _RELATION_ID.search(k)), "")
            part = targets.get(relation, "")
            if part in archive.namelist() and "worksheet" in part:
                found.sheets[sheet.attrib["name"]] = scan_sheet(archive.read(part))
    return found


def scan_sheet(xml: bytes) -> SheetScan:
    """Error cells, formulas that were never calculated, hidden rows and the extent."""
    scan = SheetScan()
    if b't="e"' in xml:
        for match in _ERROR_CELL.finditer(xml):
            scan.unreadable[_place(match[1])] = Unreadable.ERROR
    if b"<f" in xml:
        for match in _FORMULA_CELL.finditer(xml):
            if match["value"] == b"<v>" and match["next"] is None:
                continue  # a value follows
            if b't="str"' in match["attributes"] and match["value"] != b"</c>":
                continue  # an empty text is a calculated value
            reference = _REFERENCE.search(match["attributes"])
            if reference is not None:
                scan.unreadable.setdefault(_place(reference[1]), Unreadable.NO_CACHED_VALUE)
    if b'hidden="' in xml:
        scan.hidden_rows = len(_HIDDEN_ROW.findall(xml))
    rows = _LAST_ROW.findall(xml[xml.rfind(b"<row") :])
    scan.last_row = int(rows[-1]) if rows else 0
    if scan.last_row > 3_000:  # below that no width can hurt
        letters = max(set(_COLUMNS.findall(xml)), key=lambda c: (len(c), c), default=b"A")
        scan.last_column = split_a1(f"{letters.decode()}1")[1] + 1
    return scan


def _place(reference: bytes) -> tuple[int, int]:
    return split_a1(reference.decode())


def _safe(xml: bytes) -> bytes:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ElementTree.ParseError("document type declarations are not allowed")
    return xml


def _workbook_part(archive: zipfile.ZipFile) -> str:
    root = ElementTree.fromstring(_safe(archive.read("_rels/.rels")))
    for relation in root:
        if relation.attrib.get("Type", "").endswith("/officeDocument"):
            return relation.attrib["Target"].lstrip("/")
    return "xl/workbook.xml"


def _relations(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    folder, name = posixpath.split(part)
    root = ElementTree.fromstring(_safe(archive.read(f"{folder}/_rels/{name}.rels")))
    return {
        relation.attrib["Id"]: posixpath.normpath(posixpath.join(folder, target))
        if not (target := relation.attrib["Target"]).startswith("/")
        else target.lstrip("/")
        for relation in root
    }


def _names(root: ElementTree.Element) -> dict[str, tuple[str, int, int]]:
    names = {}
    for element in root.iterfind(f"{_MAIN}definedNames/{_MAIN}definedName"):
        match = _CELL_NAME.match(element.text or "")
        if match and "localSheetId" not in element.attrib:
            row, column = split_a1(match["column"] + match["row"])
            names[element.attrib["name"]] = (match["sheet"].replace("''", "'"), row, column)
    return names
