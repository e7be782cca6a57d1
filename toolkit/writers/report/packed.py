"""A workbook whose parts are packed by a second thread while the next ones are rendered.

XlsxWriter renders all parts first, into memory or temporary files, and packs them at the end.
Of a large report both take seconds, and packing leaves Python to others.
"""

from __future__ import annotations

import re
import sys
import zipfile
from html import escape
from io import BytesIO, StringIO
from pathlib import Path
from queue import Queue
from threading import Thread
from types import TracebackType
from typing import Any

import xlsxwriter
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings

_LEVEL = 2
"""A third of the time of the usual level 6, a quarter more bytes."""
_PIECE = 2**22
"""Characters of a part that are packed in one step: between two steps Python is waited for."""
_WAITING = 4
"""Pieces that may wait for being packed, so that memory does not grow with the report."""
_TURN_SECONDS = 0.0003
"""So long one thread may keep Python from the other; usually it is longer than packing a piece."""
_TEXTS = 5_000
"""Shared strings that are rendered in one step."""
_UNUSUAL = re.compile(r"\A\s|\s\x00|\x00\s|\s\Z|[\x01-\x08\x0b-\x1f]|_x[0-9a-fA-F]{4}_|<r>")
"""Among texts with NUL between them: what XlsxWriter writes in another way than a plain text."""


class PackedWorkbook(xlsxwriter.Workbook):  # type: ignore[misc]  # XlsxWriter has no types
    """Like `xlsxwriter.Workbook`; of a large report in half the time."""

    def __init__(self, path: Path, options: dict[str, Any]) -> None:
        super().__init__(_Nowhere(), options | {"in_memory": True})
        self._path = path
        self._file: _File

    def _store_workbook(self) -> None:
        with _File(self._path) as self._file:
            super()._store_workbook()

    def _get_packager(self) -> Packager:
        return _Packager(self._file)


class _Nowhere(BytesIO):
    """XlsxWriter's own file, without parts; left open, for a failure leaves it half written."""

    def close(self) -> None:
        pass


class _File:
    """The zip file, written by a thread of its own; what it raises is raised at the next part."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pieces: Queue[tuple[str, bytes | str] | None] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._ended = False
        self._thread = Thread(target=self._pack, daemon=True)

    def __enter__(self) -> _File:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(_TURN_SECONDS)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._pieces.put(None)
        self._thread.join()
        sys.setswitchinterval(self._interval)
        if error is None:
            self._demand_sound()

    def put(self, part: str, piece: bytes | str) -> None:
        """Go on with a part; those before it are complete."""
        self._demand_sound()
        self._pieces.put((part, piece))

    def _demand_sound(self) -> None:
        if self._error is not None:
            raise self._error

    def _pack(self) -> None:
        try:
            self._pack_all()
        except BaseException as error:  # also what ends a process is told to who waits for it
            self._error = error
            while not self._ended:  # who writes must not wait for room
                self._next()

    def _next(self) -> tuple[str, bytes | str] | None:
        """The next piece; None, once, at the end."""
        item = self._pieces.get()
        self._ended = item is None
        return item

    def _pack_all(self) -> None:
        with zipfile.ZipFile(self._path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as file:
            item = self._next()
            while item is not None:
                part = item[0]
                with file.open(part, "w") as stream:
                    while item is not None and item[0] == part:
                        piece = item[1]
                        stream.write(piece.encode() if isinstance(piece, str) else piece)
                        item = self._next()


class _Part(StringIO):
    """What XlsxWriter takes for a part in memory."""

    def __init__(self, file: _File, name: str) -> None:
        super().__init__()
        self._file, self._name = file, name
        self._texts: list[str] = []
        self._length = 0

    def write(self, text: str) -> int:
        self._texts.append(text)
        self._length += len(text)
        if self._length >= _PIECE:
            self.send()
        return len(text)

    def send(self) -> None:
        """Hand over what was written."""
        self._file.put(self._name, "".join(self._texts))
        self._texts.clear()
        self._length = 0


class _Packager(Packager):  # type: ignore[misc]
    def __init__(self, file: _File) -> None:
        super().__init__()
        self._file = file
        self._part: _Part | None = None

    def _create_package(self) -> list[Any]:
        binaries = super()._create_package()
        self._end_part()
        for content, name, _ in binaries:
            self._file.put(name, content.getvalue())
        return []

    def _filename(self, xml_filename: str) -> _Part:
        self._end_part()
        self._part = _Part(self._file, xml_filename)
        return self._part

    def _end_part(self) -> None:
        if self._part is not None:
            self._part.send()
            self._part = None

    def _write_shared_strings_file(self) -> None:
        if not self.workbook.str_table.count:
            return
        strings = _SharedStrings()
        strings.string_table = self.workbook.str_table
        strings._set_xml_writer(self._filename("xl/sharedStrings.xml"))
        strings._assemble_xml_file()


class _SharedStrings(SharedStrings):  # type: ignore[misc]
    def _write_sst_strings(self) -> None:
        texts = self.string_table.string_array
        for start in range(0, len(texts), _TEXTS):
            some = texts[start : start + _TEXTS]
            joined = "\0".join(some)
            if _UNUSUAL.search(joined) or joined.count("\0") >= len(some):
                for text in some:
                    self._write_si(text)
            else:
                plain = escape(joined, quote=False).replace("\0", "</t></si><si><t>")
                self.fh.write(f"<si><t>{plain}</t></si>")
