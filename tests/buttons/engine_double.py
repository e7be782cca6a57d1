"""A test double of Excel behind xlwings' real objects, registered through the public `xw.engines`.

Workbooks are loaded from real files with openpyxl and live in memory; nothing is ever saved.
What is not implemented raises NotImplementedError, by xlwings' own base classes. It knows the
quirks that our code must cope with: text in a cell that is not formatted as text becomes a
formula, number or date; protected sheets refuse; numbers come back as float. It says nothing
about COM, recalculation or Excel itself.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw
from openpyxl.utils import get_column_letter, range_boundaries
from xlwings import base_classes

from tests.buttons.workbook_state import (
    BookState,
    CellState,
    Colour,
    ExcelError,
    SheetState,
    load,
    place_of,
)

NAME = "double"
_LOOKS_LIKE_A_DATE = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_LOOKS_LIKE_A_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class Engine:
    """The engine, its one app and what happened to it."""

    name = NAME
    type = "desktop"

    def __init__(self) -> None:
        self.books: list[BookState] = []
        self.alerts: list[tuple[str, str]] = []
        """(mode, text) of every box."""
        self.status: list[Any] = []
        self.active: BookState | None = None
        self.screen_updating = True

    @property
    def apps(self) -> Apps:
        return Apps(self)

    @staticmethod
    def prepare_xl_data_element(x: Any, options: Any) -> Any:
        return "" if x is None else x

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        return [[empty_as if c is None else c for c in row] for row in data]

    def open(self, path: Path) -> BookState:
        book = load(path)
        self.books.append(book)
        self.active = book
        return book

    def register(self) -> None:
        """Make it the active engine of xlwings."""
        engine = xw.Engine(impl=self)
        xw.engines.add(engine)
        engine.activate()

    def unregister(self) -> None:
        xw.engines.engines = [e for e in xw.engines.engines if e.impl is not self]
        xw.engines.engines_by_name.pop(NAME, None)
        xw.engines.active = None

    def book(self, state: BookState) -> xw.Book:
        """The workbook as tests pass it to our code."""
        return xw.Book(impl=Book(self, state))


class Apps(base_classes.Apps):
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __iter__(self) -> Iterator[App]:
        yield App(self._engine)

    def __len__(self) -> int:
        return 1


class App(base_classes.App):
    pid = 4711
    hwnd = 65932
    version = "16.0"

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def books(self) -> Books:
        return Books(self)

    @property
    def screen_updating(self) -> bool:
        return self.engine.screen_updating

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        self.engine.screen_updating = value

    @property
    def status_bar(self) -> Any:
        return self.engine.status[-1] if self.engine.status else False

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self.engine.status.append(value)

    def activate(self, steal_focus: bool = False) -> None:
        assert not steal_focus

    def alert(self, prompt: str, title: str, buttons: str, mode: str, callback: Any) -> str:
        assert buttons == "ok"
        assert callback is None
        self.engine.alerts.append((mode, prompt))
        return "ok"


class Books(base_classes.Books):
    def __init__(self, app: App) -> None:
        self.app = app

    def __iter__(self) -> Iterator[Book]:
        return (Book(self.app.engine, state) for state in self.app.engine.books)

    def __len__(self) -> int:
        return len(self.app.engine.books)

    def __call__(self, name_or_index: str | int) -> Book:
        for number, state in enumerate(self.app.engine.books, 1):
            if name_or_index == number or str(name_or_index).lower() == state.name.lower():
                return Book(self.app.engine, state)
        raise KeyError(name_or_index)

    def open(self, fullname: str, *options: Any) -> Book:  # type: ignore[override]
        assert not any(options), "only the plain way of opening is known"
        return Book(self.app.engine, self.app.engine.open(Path(fullname)))


class _Native:
    """What a COM workbook has beyond xlwings; everything else raises AttributeError."""

    __slots__ = ("_state",)

    def __init__(self, state: BookState) -> None:
        object.__setattr__(self, "_state", state)

    @property
    def Saved(self) -> bool:  # noqa: N802 - COM's own name
        return self._state.saved

    @Saved.setter
    def Saved(self, value: bool) -> None:  # noqa: N802
        self._state.saved = value


class Book(base_classes.Book):
    def __init__(self, engine: Engine, state: BookState) -> None:
        self._engine, self.state = engine, state

    @property
    def api(self) -> _Native:
        return _Native(self.state)

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def fullname(self) -> str:
        if self.state.address:
            raise xw.XlwingsError("Couldn't find the local file of a web address")
        folder = self.state.folder
        return self.state.name if folder is None else str(folder / self.state.name)

    @property
    def app(self) -> App:
        return App(self._engine)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    def activate(self) -> None:
        self._engine.active = self.state


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, state) for state in self.book.state.sheets)

    def __len__(self) -> int:
        return len(self.book.state.sheets)

    def __call__(self, name_or_index: str | int) -> Sheet:
        for number, state in enumerate(self.book.state.sheets, 1):
            if name_or_index == number or str(name_or_index).lower() == state.name.lower():
                return Sheet(self.book, state)
        raise ExcelError(f"no sheet {name_or_index}")


class Sheet(base_classes.Sheet):
    def __init__(self, book: Book, state: SheetState) -> None:
        self.book, self.state = book, state  # type: ignore[misc]

    book = None  # type: ignore[assignment]

    @property
    def name(self) -> str:
        return self.state.name

    @property
    def notes(self) -> list[Note]:
        return [
            Note(Range(self, row, column))
            for (row, column), cell in sorted(self.state.cells.items())
            if cell.note is not None
        ]

    def range(self, arg1: str, arg2: Any = None) -> Range:  # type: ignore[override]
        if arg2 is not None or not isinstance(arg1, str) or ":" in arg1:
            raise NotImplementedError
        column, row, *_ = range_boundaries(arg1.replace("$", ""))
        return Range(self, row, column)


class Range(base_classes.Range):
    """One cell."""

    shape = (1, 1)

    def __init__(self, sheet: Sheet, row: int, column: int) -> None:
        self.sheet, self.row, self.column = sheet, row, column  # type: ignore[misc]

    row = column = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return 1

    @property
    def api(self) -> object:
        return object()

    @property
    def cell(self) -> CellState:
        return self.sheet.state.at(self.row, self.column)

    @property
    def address(self) -> str:
        return f"${get_column_letter(self.column)}${self.row}"

    def changed(self, *, value: bool = False) -> CellState:
        """The cell to write to. Protection leaves only the values of unlocked cells free."""
        if self.sheet.state.protected and not (value and not self.cell.locked):
            raise ExcelError("the sheet is protected")
        self.sheet.book.state.saved = False
        return self.cell

    @property
    def raw_value(self) -> Any:
        return self.cell.value

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        for left, top, right, bottom in self.sheet.state.merged:
            inside = left <= self.column <= right and top <= self.row <= bottom
            if inside and (left, top) != (self.column, self.row):
                return  # Excel drops what is written into the covered part of a merge
        cell = self.changed(value=True)
        cell.value = _as_typed(value, cell.number_format)

    @property
    def number_format(self) -> str:
        return self.cell.number_format

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.changed().number_format = value

    @property
    def color(self) -> Colour | None:
        return self.cell.color

    @color.setter
    def color(self, value: Colour | None) -> None:
        self.changed().color = value

    @property
    def note(self) -> Note | None:
        return None if self.cell.note is None else Note(self)

    def add_note(self, text: str) -> Note:
        self.changed().note = text
        return Note(self)


def _as_typed(value: Any, number_format: str) -> Any:
    """What Excel makes of a value that is put into a cell."""
    if value == "":
        return None
    if not isinstance(value, str):
        return float(value) if isinstance(value, int) else value
    if number_format == "@":
        return value
    if value.startswith("="):
        raise ExcelError(f"{value!r} became a formula")
    if date := _LOOKS_LIKE_A_DATE.fullmatch(value):
        return dt.datetime(int(date[1]), int(date[2]), int(date[3] or 1))
    return float(value) if _LOOKS_LIKE_A_NUMBER.fullmatch(value) else value


class Note(base_classes.Note):
    def __init__(self, place: Range) -> None:
        self._place = place

    @property
    def location(self) -> Range:
        return self._place

    @property
    def text(self) -> str:
        assert self._place.cell.note is not None
        return self._place.cell.note

    @text.setter
    def text(self, value: str) -> None:
        self._place.changed().note = value

    def delete(self) -> None:
        self._place.changed().note = None


class Names(base_classes.Names):
    def __init__(self, book: Book) -> None:
        self._book = book

    def __len__(self) -> int:
        return len(self._book.state.names)

    def contains(self, name_or_index: str) -> bool:
        return name_or_index in self._book.state.names

    def __call__(self, name_or_index: str) -> Name:
        return Name(self._book, name_or_index)


class Name(base_classes.Name):
    def __init__(self, book: Book, name: str) -> None:
        self._book = book
        self.name = name  # type: ignore[misc]

    name = ""  # type: ignore[assignment]

    @property
    def refers_to_range(self) -> Range:
        sheet, row, column = place_of(self._book.state.names[self.name])
        return Range(Sheet(self._book, self._book.state.sheet(sheet)), row, column)
