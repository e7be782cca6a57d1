"""One workbook to what it is and what it says: its verdict and its records.

Everything here runs in the child processes, workbook by workbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from toolkit.forms.names import META_KIND, META_VERSION, form_key_of
from toolkit.model.dossier import Status
from toolkit.model.forms import Form
from toolkit.model.text import clean, fold

from .binding import CONFIGURATION, Binder, BoundBlock
from .extract import Extractor, is_empty
from .folder import NOT_READ
from .grid import Book
from .labels import OwnLabels
from .outputs import is_output
from .reading import Reading

CONFIGURATION_NAMES = ("部门配置", "列名别名")


class Recogniser:
    """Turns workbooks into readings; one for a run, because its indexes are costly."""

    def __init__(
        self,
        forms: Mapping[str, Form],
        own: OwnLabels | None = None,
        *,
        restricted: bool = False,
    ) -> None:
        self._forms = forms
        self._own = own
        self._restricted = restricted
        self._extractor = Extractor()

    @cached_property
    def _binder(self) -> Binder:
        return Binder(self._forms, self._own)

    def read(self, book: Book, name: str) -> Reading:
        """The reading of a workbook; of its file name only matters whether it says 部门配置."""
        kind = book.meta.get(META_KIND, "")
        if is_output(book):
            return Reading(Status.OUTPUT, "工具的输出，不作为数据读取")
        reading = Reading(
            template_version=book.meta.get(META_VERSION, ""),
            hidden_rows=sum(g.hidden_rows for g in book.grids),
        )
        bound = self._bind(book, form_key_of(kind), name)
        if not bound:
            return _unrecognised(reading, book)
        left_out = _left_out(book, bound)
        if not self._restricted:
            if self._binder.is_restricted(bound):
                # it lies in an ordinary folder under some name, but nobody may read it
                reading.status, reading.reason = Status.RESTRICTED, NOT_READ
                reading.hidden_rows = 0
                return reading
            bound = [b for b in bound if not b.form.restricted]
        reading.form = "+".join(dict.fromkeys(b.form.key for b in bound))
        if all(is_empty(b) for b in bound):
            reading.reason = "空白表单"  # a template lying about does not mean that it is kept
            return reading
        if left_out:
            reading.reason = f"未认出的工作表，未计入：{'、'.join(left_out)}"
        reading.records += [self._extractor.records(b) for b in bound]
        return reading

    def read_labels(self, book: Book) -> Reading:
        """What a workbook says as the department's configuration, whatever else it may be."""
        bound = self._binder.bind(book, CONFIGURATION)
        return Reading(records=[self._extractor.records(b) for b in bound])

    def _bind(self, book: Book, form_key: str, name: str) -> list[BoundBlock]:
        if is_configuration(name):
            bound = self._binder.bind(book, form_key, configuration=True)
            if bound:
                return bound
        return self._binder.bind(book, form_key)  # perhaps only a project is named like it


def is_configuration(name: str) -> bool:
    """Whether a file is the department's configuration, by its name."""
    return any(fold(part) in fold(name) for part in CONFIGURATION_NAMES)


def _unrecognised(reading: Reading, book: Book) -> Reading:
    reading.status, reading.rule = Status.UNRECOGNISED, "SRC-4"
    if any(clean(v) for g in book.grids for row in g.rows for v in row):
        reading.reason = "认不出是哪一种表单，未计入"
        reading.hint = "如果是本部门的表单，请运行 toolkit adopt 对应列名；无关的文件请移出文件夹。"
    else:
        reading.reason, reading.severity = "工作簿里没有任何内容", "info"
        reading.hint = "如果是误存的空文件，可以删除。"
    return reading


def _left_out(book: Book, bound: list[BoundBlock]) -> list[str]:
    """Names of sheets that hold a table of some kind, but none that is known."""
    used = {b.grid.name for b in bound}
    return [
        grid.name
        for grid in book.grids
        if grid.name not in used
        and sum(sum(v != "" for v in row) >= 3 for row in grid.rows[:200]) >= 5
    ]
