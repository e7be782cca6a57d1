"""What a form is: blocks of fields, each block a label-value part or a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .condition import Condition


class FieldType(StrEnum):
    TEXT = "text"
    LONG = "long"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    PERSON = "person"
    PEOPLE = "people"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    YESNO = "yesno"
    REFERENCE = "reference"
    REFERENCES = "references"


class Layout(StrEnum):
    LABELS = "labels"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `label` and `aliases` bind it, `required` says when it must be filled."""

    key: str
    label: str
    type: FieldType
    aliases: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    synonyms: dict[str, str] = field(default_factory=dict, hash=False)
    """Other words that staff write for an option -> the option."""
    required: Condition | None = None
    required_severity: str = "error"
    enforced_by: str = ""
    """Rule that reports a missing value instead of the general required check."""
    rule: str = "FLD-1"
    """Rule id under which the general required check reports this field."""
    article: int | None = None
    help: str = ""
    width: int = 14
    section: str = ""
    wide: bool = False
    """In a label-value form: takes the whole width of the page."""
    planned: bool = False
    """A date that may lie in the future."""
    unique: bool = False
    auto: bool = False
    """Filled by the toolkit or by Excel; never demanded of staff."""
    outsider: bool = False
    """A person field that may name somebody who is not in the roster."""
    optional_group: bool = False
    """In a register: stands in the grouped block to the right."""
    departments: tuple[str, ...] = ()
    """Departments that the person must belong to (R02-3)."""
    signature: bool = False
    minimum: float | None = None
    """Of a number: what lies below is a slip. In the unit of the label."""
    maximum: float | None = None

    def __post_init__(self) -> None:
        limits = [n for n in (self.minimum, self.maximum) if n is not None]
        if limits and self.type is not FieldType.NUMBER:
            raise ValueError(f"field {self.key}: only numbers have limits")
        if limits != sorted(limits):
            raise ValueError(f"field {self.key}: minimum is greater than maximum")

    @property
    def range_text(self) -> str:
        """The reasonable range as messages print it; '' when there is none."""
        if self.minimum is None or self.maximum is None:
            low = "" if self.minimum is None else f"不小于 {self.minimum:g}"
            return low or ("" if self.maximum is None else f"不大于 {self.maximum:g}")
        return f"{self.minimum:g}–{self.maximum:g}"

    @property
    def is_date(self) -> bool:
        return self.type in (FieldType.DATE, FieldType.DATETIME)

    @property
    def is_person(self) -> bool:
        return self.type in (FieldType.PERSON, FieldType.PEOPLE)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of one sheet; all its records in the department make the frame `key`."""

    key: str
    sheet: str
    layout: Layout
    fields: tuple[Field, ...]
    title: str = ""
    identity: tuple[str, ...] = ()
    """Fields of which at least one must be filled for a row to be a record."""
    record_key: str = ""
    """Field that numbers the records, if there is one."""
    event_date: tuple[str, ...] = ()
    """Date fields that say when the record happened; the first filled one counts."""
    blank_rows: int = 20

    def field(self, key: str) -> Field:
        return next(f for f in self.fields if f.key == key)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(f.key for f in self.fields)


@dataclass(frozen=True, slots=True)
class Form:
    """A workbook kind: one form (F01 …) with its blocks."""

    key: str
    title: str
    kind: str
    """'form': one case per file; 'register': many rows."""
    blocks: tuple[Block, ...]
    folder: str = ""
    file_name: str = ""
    number: str = ""
    """Pattern of its numbers, e.g. `GJ-{project_id}-{n:02}`."""
    titles: tuple[str, ...] = ()
    """Other titles that departments give it."""
    intro: str = ""
    article: int | None = None
    restricted: bool = False
    """Read only where somebody asks for restricted records; nothing of it shows anywhere else."""

    @property
    def sheets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(block.sheet for block in self.blocks))

    def block(self, key: str) -> Block:
        return next(b for b in self.blocks if b.key == key)
