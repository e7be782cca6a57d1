"""One file to what it is and what it says: its verdict and its records.

Everything here runs in the threads that load the files and shares nothing that changes, but for
the memory of parsed cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from toolkit.forms.names import META_KIND, META_VERSION, OUTPUT_KIND, form_key_of
from toolkit.model.dossier import Status
from toolkit.model.text import clean, fold

from .binding import Binder, BoundBlock
from .extract import BlockRecords, Extractor
from .folder import Entry
from .frames import is_empty
from .grid import Book
from .guard import RefusedError, stumbled
from .loading import LOG, Loaded

CONFIGURATION_NAMES = ("部门配置", "列名别名")


@dataclass(slots=True)
class Reading:
    """What became of one file. A `rule` makes a finding of `reason` and `hint`."""

    entry: Entry
    fingerprint: str = ""
    status: Status = Status.READ
    reason: str = ""
    rule: str = ""
    severity: str = "warn"
    hint: str = ""
    form: str = ""
    template_version: str = ""
    hidden_rows: int = 0
    records: list[BlockRecords] = field(default_factory=list)


class Recogniser:
    """Turns loaded files into readings; one for a run, called by threads."""

    def __init__(self, binder: Binder, extractor: Extractor) -> None:
        self._binder = binder
        self._extractor = extractor

    def __call__(self, loaded: Loaded) -> Reading:
        """The file's reading; a mistake of the toolkit with it must not cost the other files."""
        reading = Reading(loaded.entry, loaded.fingerprint)
        try:
            self._read(loaded, reading)
        except Exception as error:
            LOG.exception("cannot take in %s", loaded.entry.relative)
            reading.records.clear()
            _refuse(reading, stumbled(error))
        return reading

    def _read(self, loaded: Loaded, reading: Reading) -> None:
        if loaded.book is None:
            assert loaded.refused is not None
            return _refuse(reading, loaded.refused)
        book, kind = loaded.book, loaded.book.meta.get(META_KIND, "")
        if fold(kind) == fold(OUTPUT_KIND):
            reading.status, reading.reason = Status.OUTPUT, "工具的输出，不作为数据读取"
            return None
        reading.template_version = book.meta.get(META_VERSION, "")
        reading.hidden_rows = sum(g.hidden_rows for g in book.grids)
        bound = self._bind(book, form_key_of(kind), loaded.entry.path.name)
        if not bound:
            return _unrecognised(reading, book)
        reading.form = "+".join(dict.fromkeys(b.form.key for b in bound))
        if all(is_empty(b) for b in bound):
            reading.reason = "空白表单"  # a template lying about does not mean that it is kept
            return None
        if left_out := _left_out(book, bound):
            reading.reason = f"未认出的工作表，未计入：{'、'.join(left_out)}"
        reading.records += [self._extractor.records(b) for b in bound]
        return None

    def _bind(self, book: Book, form_key: str, name: str) -> list[BoundBlock]:
        if is_configuration(name):
            bound = self._binder.bind(book, form_key, configuration=True)
            if bound:
                return bound
        return self._binder.bind(book, form_key)  # perhaps only a project is named like it


def is_configuration(name: str) -> bool:
    """Whether a file is the department's configuration, by its name."""
    return any(fold(part) in fold(name) for part in CONFIGURATION_NAMES)


def _refuse(reading: Reading, refused: RefusedError) -> None:
    reading.status, reading.reason = Status.UNREADABLE, refused.reason
    reading.rule, reading.hint = "SRC-1", refused.hint


def _unrecognised(reading: Reading, book: Book) -> None:
    reading.status, reading.rule = Status.UNRECOGNISED, "SRC-4"
    if any(clean(v) for g in book.grids for row in g.rows for v in row):
        reading.reason = "认不出是哪一种表单，未计入"
        reading.hint = "如果是本部门的表单，请运行 toolkit adopt 对应列名；无关的文件请移出文件夹。"
    else:
        reading.reason, reading.severity = "工作簿里没有任何内容", "info"
        reading.hint = "如果是误存的空文件，可以删除。"


def _left_out(book: Book, bound: list[BoundBlock]) -> list[str]:
    """Names of sheets that hold a table of some kind, but none that is known."""
    used = {b.grid.name for b in bound}
    return [
        grid.name
        for grid in book.grids
        if grid.name not in used
        and sum(sum(v != "" for v in row) >= 3 for row in grid.rows[:200]) >= 5
    ]
