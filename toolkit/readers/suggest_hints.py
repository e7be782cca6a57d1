"""What is suggested about an own label, and how the votes of many workbooks become one hint."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from toolkit.model.forms import Block, Field, Form
from toolkit.model.location import Location, a1
from toolkit.model.text import clean, fold_label

from .grid import Grid
from .suggest_match import Guess, OwnLabel
from .suggest_tables import Reading

_BLANK_SUPPORT = 0.05
_LONGEST_EXAMPLE = 12


@dataclass(frozen=True, slots=True)
class Hint:
    """An own label of a block, where it stands, and the field that it may mean (or None)."""

    form: Form
    block: Block
    label: str
    place: Location
    field: Field | None
    score: float = 0.0
    reason: str = ""
    examples: tuple[str, ...] = ()

    @property
    def matter(self) -> tuple[str, str, str, str]:
        """What the hint says, without where and why."""
        return self.form.key, self.block.key, self.label, self.field.key if self.field else ""

    @property
    def order(self) -> tuple[str, int, int]:
        """As the forms are ordered, labels without a field at the end of their table."""
        keys = self.block.keys
        place = keys.index(self.field.key) if self.field else len(keys)
        return self.form.key, self.form.blocks.index(self.block), place


@dataclass(slots=True)
class Tally:
    """The hints of a round: votes for the fields of each label, and labels without any."""

    votes: dict[tuple[str, str, str], dict[str, list[Hint]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def add(self, hint: Hint) -> None:
        form, block, label, meant = hint.matter
        self.votes[form, block, fold_label(label)][meant].append(hint)

    def decided(self) -> list[Hint]:
        """One hint for each label: the field with the most support."""
        return [
            max(
                max(fields.values(), key=lambda hints: sum(map(_support, hints))),
                key=lambda h: h.score,
            )
            for fields in self.votes.values()
        ]


def _support(hint: Hint) -> float:
    """A label above values says more than the same label on a blank form."""
    return hint.score * (1.0 if hint.examples else _BLANK_SUPPORT)


@dataclass(frozen=True, slots=True)
class Place:
    """A sheet of a workbook."""

    path: str
    grid: Grid

    def of(self, label: OwnLabel) -> Location:
        return Location(self.path, self.grid.name, a1(label.row, label.column))


def of_reading(reading: Reading, place: Place) -> Iterator[Hint]:
    """The guesses of a table's header, and its labels without a field if any field is missing."""
    yield from of_guesses(reading.form, reading.block, place, reading.guesses)
    if len(reading.fields) < len(reading.block.fields):
        yield from of_unknown(reading.form, reading.block, place, reading.free)


def of_guesses(form: Form, block: Block, place: Place, guesses: Iterable[Guess]) -> Iterator[Hint]:
    for g in guesses:
        where, examples = place.of(g.label), _examples(g.label)
        yield Hint(form, block, g.label.text, where, g.field, g.score, g.reason, examples)


def of_unknown(form: Form, block: Block, place: Place, free: Iterable[OwnLabel]) -> Iterator[Hint]:
    for label in free:
        yield Hint(form, block, label.text, place.of(label), None, examples=_examples(label))


def _examples(label: OwnLabel) -> tuple[str, ...]:
    texts = dict.fromkeys(clean(v).removesuffix(" 00:00:00") for v in label.values)
    cut = (t if len(t) <= _LONGEST_EXAMPLE else f"{t[:_LONGEST_EXAMPLE]}…" for t in texts)
    return tuple(t for t, _ in zip(cut, range(2), strict=False))
