"""Everything that was read from a department's folder: sources, bindings, frames, problems."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .forms import Block, Field, FieldType, Form
from .location import Location

if TYPE_CHECKING:  # the readers' child processes do without it
    import pandas as pd

BOOKKEEPING = ("source", "binding", "row", "key", "project", "person")
"""Columns that every frame has beside its fields.

`source` and `binding` index `Dossier.sources` and `Dossier.bindings`; `row` is the row in Excel
(from 1; of a label-value form the row of its first cell); `key` identifies the record across
runs; `project` is the canonical project key ('' when there is none); `person` is whose matter
the record is ('' when unknown).
"""


class Status(StrEnum):
    """What became of a file."""

    READ = "read"
    OUTPUT = "output"
    BACKUP = "backup"
    ARCHIVE = "archive"
    LOCK = "lock"
    TEMPORARY = "temporary"
    CONFLICT = "conflict"
    RESTRICTED = "restricted"
    UNRECOGNISED = "unrecognised"
    IGNORED = "ignored"
    UNREADABLE = "unreadable"


@dataclass(slots=True)
class Source:
    """A file that was met in the folder, read or not. Counts are data rows."""

    path: str
    status: Status = Status.READ
    reason: str = ""
    form: str = ""
    """Key of its form; several are joined with '+'."""
    rows: int = 0
    consolidated: int = 0
    rejected: int = 0
    size: int = 0
    mtime_ns: int = 0
    fingerprint: str = ""
    """SHA-256 of the content, hexadecimal."""
    template_version: str = ""
    hidden_rows: int = 0


@dataclass(slots=True)
class Binding:
    """Where the fields of one block were found on one sheet of one source."""

    source: int
    form: str
    block: str
    sheet: str
    header_row: int = 0
    """Row of the (last) header line of a table, from 1; 0 for a label-value block."""
    columns: dict[str, str] = field(default_factory=dict)
    """Field -> column letter (tables)."""
    cells: dict[str, str] = field(default_factory=dict)
    """Field -> A1 of the value cell (label-value blocks)."""
    labels: dict[str, str] = field(default_factory=dict)
    """Field -> the label as it stands in the workbook."""
    how: dict[str, str] = field(default_factory=dict)
    """Field -> 名称, 标签, 别名, 规范化 or 部门别名."""
    unbound: dict[str, str] = field(default_factory=dict)
    """A1 of a label nobody claimed -> its text."""

    def has(self, field_key: str) -> bool:
        return field_key in self.columns or field_key in self.cells


class ProblemKind(StrEnum):
    """Why a cell could not be read as its field's type."""

    TYPE = "type"
    OPTION = "option"
    ERROR_CELL = "error_cell"
    NO_CACHED_VALUE = "no_cached_value"


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell whose value is there but could not be taken: it is not blank."""

    frame: str
    index: int
    """Index label of the record in its frame."""
    field: str
    kind: ProblemKind
    raw: str
    message: str


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row of a table that is not a record (total line, note …)."""

    source: int
    sheet: str
    row: int
    block: str
    reason: str
    text: str


NO_SOURCE = -1


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """Something about a whole file that somebody should know."""

    source: int
    """`NO_SOURCE` when it is about the folder."""
    rule: str
    severity: str
    message: str
    hint: str = ""
    sheet: str = ""
    cell: str = ""


_FRAME_DTYPES = {
    FieldType.DATE: "datetime64[s]",
    FieldType.DATETIME: "datetime64[s]",
    FieldType.NUMBER: "float64",
}


def dtype_of(field_: Field) -> str:
    """The pandas dtype of a field's column: text '' and lists () are blank, dates NaT."""
    return _FRAME_DTYPES.get(field_.type, "object")


def empty_frame(block: Block) -> pd.DataFrame:
    """A frame without records, with all columns."""
    import pandas as pd

    columns = {name: pd.Series(dtype="int64") for name in ("source", "binding", "row")}
    columns |= {name: pd.Series(dtype="object") for name in ("key", "project", "person")}
    columns |= {f.key: pd.Series(dtype=dtype_of(f)) for f in block.fields}
    return pd.DataFrame(columns)


@dataclass(slots=True)
class Dossier:
    """The department's records. A frame has one row a record, in the order of the files.

    Every frame holds every field of its block; a field that no workbook has stays blank, and
    `bound` tells the difference.
    """

    forms: dict[str, Form]
    sources: list[Source] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    source_problems: list[SourceProblem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    """Path -> hash of what was read of a file, where there is a cache; colours do not change it."""
    secret: bool = False
    """Some of it was read with a password: nothing of it, nor about it, may be kept."""
    blocks: dict[str, Block] = field(init=False)
    form_of: dict[str, Form] = field(init=False)
    _bound: dict[str, list[tuple[int, Binding]]] = field(default_factory=dict, init=False)
    _counted: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.blocks = {b.key: b for form in self.forms.values() for b in form.blocks}
        self.form_of = {b.key: form for form in self.forms.values() for b in form.blocks}

    def frame(self, key: str) -> pd.DataFrame:
        """All records of a block; an empty frame when the department keeps none."""
        found = self.frames.get(key)
        return empty_frame(self.blocks[key]) if found is None else found

    def kept(self, key: str) -> bool:
        """Whether any workbook of the department has this block, filled or not."""
        return bool(self.bindings_of(key))

    def bound(self, frame: str, field_key: str) -> bool:
        """Whether at least one workbook has this field."""
        return any(binding.has(field_key) for _, binding in self.bindings_of(frame))

    def bindings_of(self, frame: str) -> list[tuple[int, Binding]]:
        """The workbooks' bindings of a block, with their numbers; not to be changed."""
        if self._counted != len(self.bindings):  # the readers only ever add some
            self._bound, self._counted = {}, len(self.bindings)
            for number, binding in enumerate(self.bindings):
                self._bound.setdefault(binding.block, []).append((number, binding))
        return self._bound.get(frame, [])

    def unreadable(self, frame: str, field_key: str) -> set[int]:
        """Index labels of records whose cell holds something that could not be taken."""
        return {p.index for p in self.problems if p.frame == frame and p.field == field_key}

    def locate(self, frame: str, index: int, field_key: str = "") -> Location:
        """File, sheet and cell of a field of a record; without the field its id cell or row."""
        records = self.frames[frame]
        binding = self.bindings[int(records.at[index, "binding"])]
        path = self.sources[binding.source].path
        if binding.cells:
            cell = binding.cells.get(field_key) or next(iter(binding.cells.values()))
        else:
            letter = binding.columns.get(field_key) or self._id_column(binding)
            cell = f"{letter}{int(records.at[index, 'row'])}"
        return Location(path, binding.sheet, cell)

    def _id_column(self, binding: Binding) -> str:
        block = self.blocks[binding.block]
        number = block.record_key
        own = (number,) if number and not block.field(number).auto else ()
        for name in (*own, *block.identity, number):
            if name in binding.columns:
                return binding.columns[name]
        return next(iter(binding.columns.values()), "A")
