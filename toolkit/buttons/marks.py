"""Marks in a workbook that is open in Excel: a colour and a note at each cell, no value.

The note remembers the colour that was there. It begins and ends with words of ours, so that
exactly our part goes again, also from a note that somebody had written before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from toolkit.model.errors import ToolkitError
from toolkit.model.finding import Severity
from toolkit.workflows.annotate import CellMark

from .console import MarkedSheets

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xlwings as xw

MOST_MARKS = 500
"""More are of no help to anybody; the others stand in the list of results."""
Colour = tuple[int, int, int]
COLOURS: dict[Severity, Colour] = {
    Severity.ERROR: (255, 199, 206),
    Severity.WARN: (255, 235, 156),
    Severity.INFO: (221, 235, 247),
}
_NO_COLOUR = "无"
_LONGEST_NOTE = 2000
_MARK = re.compile(
    r"(?P<gap>\r\n\r\n|\n\n)?【校验 \d{4}-\d{2}-\d{2}】(?:(?!【校验 ).)*?"
    r"【原底色 (?P<former>无|#[0-9A-F]{6})】",
    re.DOTALL,
)
_OUR_WORDS = re.compile(r"【(?=校验 |原底色 )")


class ExcelForm:
    """An open workbook, through xlwings."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book

    @property
    def path(self) -> Path:
        """Where it was saved. Raises ToolkitError when it never was, or only on the web."""
        try:
            return Path(self._book.fullname)
        except Exception as error:  # xlwings could not tell the folder of a web address
            raise ToolkitError(
                f"“{self._book.name}”是从网页地址打开的，找不到它在这台电脑上的位置。",
                "请从同步文件夹或网络盘里打开它。",
            ) from error

    @property
    def is_saved(self) -> bool:
        """Whether the disk holds what the window shows."""
        native = self._book.api
        if hasattr(native, "Saved"):  # COM
            return bool(native.Saved)
        return bool(native.saved.get())  # AppleScript

    def mark(self, marks: Sequence[CellMark], on: date) -> MarkedSheets:
        """Replace our marks by these; at most MOST_MARKS."""
        with self._undisturbed():
            self._clear()
            result = MarkedSheets()
            for mark in marks[:MOST_MARKS]:
                try:
                    _put(self._book.sheets[mark.sheet].range(mark.cell), mark, on)
                    result.done += 1
                except Exception:  # what Excel raises depends on the system: mostly protection
                    result.fail(mark.sheet)
            return result

    def clear(self) -> MarkedSheets:
        """Take away our marks: our part of the notes, and our colour where it is still ours."""
        with self._undisturbed():
            return self._clear()

    def _clear(self) -> MarkedSheets:
        result = MarkedSheets()
        for sheet in self._book.sheets:
            for note in list(sheet.notes):
                found = list(_MARK.finditer(note.text))
                if not found:
                    continue
                try:
                    _take(note, found[-1])
                    result.done += 1
                except Exception:
                    result.fail(sheet.name)
        return result

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Without flicker; and a saved workbook stays saved: marks alone are nothing to save."""
        app, was_saved = self._book.app, self.is_saved
        updating, app.screen_updating = app.screen_updating, False
        try:
            yield
        finally:
            app.screen_updating = updating
            if was_saved:
                with suppress(Exception):
                    self._book.api.Saved = True


def _put(cell: xw.Range, mark: CellMark, on: date) -> None:
    former = cell.color
    # what staff wrote is quoted in messages, and must not end the mark
    said = _OUR_WORDS.sub("[", mark.text[:_LONGEST_NOTE])
    text = f"【校验 {on}】\n{said}\n【原底色 {_written(former)}】"
    note = cell.note
    own = None if note is None else note.text
    # the note comes first: without it nobody would know the former colour
    if note is None:
        note = cell.add_note(text)
    else:
        note.text = f"{own}\n\n{text}"
    try:
        cell.color = COLOURS[mark.severity]
    except Exception:
        with suppress(Exception):
            _restore(note, own)
        raise


def _take(note: xw.Note, found: re.Match[str]) -> None:
    cell = note.location
    if cell.color in COLOURS.values():
        # another colour is somebody's own choice since
        former = found["former"]
        cell.color = None if former == _NO_COLOUR else _colour(former)
    rest = note.text[: found.start()] + note.text[found.end() :]
    _restore(note, rest if rest or found["gap"] else None)


def _restore(note: xw.Note, own: str | None) -> None:
    """The note that was there before; None is none."""
    if own is None:
        note.delete()
    else:
        note.text = own


def _written(colour: Colour | None) -> str:
    return _NO_COLOUR if colour is None else "#{:02X}{:02X}{:02X}".format(*colour)


def _colour(written: str) -> Colour:
    return int(written[1:3], 16), int(written[3:5], 16), int(written[5:7], 16)
