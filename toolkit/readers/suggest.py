"""Suggests what a department's own labels mean; nothing here is ever used without a decision."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from toolkit.model.forms import Form, Layout
from toolkit.model.text import clean, fold_label

from .binding import CONFIGURATION, NAMED, Binder, BoundBlock
from .grid import Book, Grid
from .labels import OWN, LabelIndex, OwnLabels
from .suggest_forms import FormGuess, guess_form, guesses_for_form, guesses_for_head, values_of
from .suggest_hints import Hint, Place, Tally, of_guesses, of_reading, of_unknown
from .suggest_tables import Reading, guess_table, guess_tables, read_header
from .suggest_values import KnownValues
from .tables import header_texts, two_lines

_MOST_ROUNDS = 4
_CLEARLY_BETTER = 1.3
"""So much better must another reading of a table be than the one that was recognised."""
_WELL_COVERED = 0.6
"""A header of which so many labels find a field is not read as anything else."""
_TITLE_ROWS = 4


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A workbook to look at; `source` is its number in the dossier."""

    source: int
    path: str
    book: Book
    form_key: str = ""
    configuration: bool = False


@dataclass(slots=True)
class Survey:
    """All hints, and every block as it would be bound if all of them were confirmed."""

    hints: list[Hint]
    bound: list[tuple[int, BoundBlock]]


def survey(forms: Mapping[str, Form], own: OwnLabels, books: Sequence[OpenBook]) -> Survey:
    """Look at all workbooks until the suggestions do not change any more."""
    surveyor = _Surveyor(forms, own)
    hints: list[Hint] = []
    for _ in range(_MOST_ROUNDS):
        before = {hint.matter for hint in hints}
        hints = surveyor.round(books, hints)
        if {hint.matter for hint in hints} == before:
            break
    return Survey(sorted(hints, key=lambda h: h.order), list(surveyor.bind(books, hints)))


@dataclass(slots=True)
class _Seen:
    """Sheets that were guessed in this round: their likes are read in the next one anyway."""

    headers: set[tuple[int, tuple[str, ...]]] = field(default_factory=set)
    labels: list[set[str]] = field(default_factory=list)

    def like(self, grid: Grid) -> bool:
        if any(
            row < len(grid.rows) and tuple(header_texts(grid, row).values()) == texts
            for row, texts in self.headers
        ):
            return True
        texts = {clean(v).strip("：: ") for row in grid.rows for v in row if isinstance(v, str)}
        return any(labels <= texts for labels in self.labels)

    def table(self, reading: Reading) -> None:
        texts = header_texts(reading.grid, reading.header_row)
        self.headers.add((reading.header_row, tuple(texts.values())))

    def form(self, guess: FormGuess) -> None:
        self.labels.append({g.label.text for g in guess.guesses})


class _Surveyor:
    def __init__(self, forms: Mapping[str, Form], own: OwnLabels) -> None:
        self._forms = {k: f for k, f in forms.items() if k != CONFIGURATION}
        self._all = forms
        self._own = own
        self._indexes = {
            (form.key, block.key): LabelIndex(form, block, own)
            for form in self._forms.values()
            for block in form.blocks
        }

    def bind(
        self, books: Iterable[OpenBook], hints: Iterable[Hint]
    ) -> Iterator[tuple[int, BoundBlock]]:
        """Bind every workbook as if all hints were confirmed."""
        assumed = copy.deepcopy(self._own)
        for hint in hints:
            if hint.field is not None:
                assumed.add(hint.form, hint.block.key, hint.field.label, hint.label)
        binder = Binder(self._all, assumed)
        for each in books:
            for block in binder.bind(each.book, each.form_key, configuration=each.configuration):
                yield each.source, block

    def round(self, books: Sequence[OpenBook], hints: Iterable[Hint]) -> list[Hint]:
        """The hints on the ground of what the last round's hints make readable."""
        bound: dict[int, list[BoundBlock]] = defaultdict(list)
        for source, block in self.bind(books, hints):
            bound[source].append(block)
        known = self._known(b for blocks in bound.values() for b in blocks)
        tally, seen = Tally(), _Seen()
        for each in books:
            if not each.configuration:
                for hint in self._look_at(each, bound[each.source], known, seen):
                    tally.add(hint)
        return tally.decided()

    def _known(self, bound: Iterable[BoundBlock]) -> KnownValues:
        known = KnownValues()
        for block in bound:
            assumed = self._assumed(block)
            for key, raws in values_of(block) if block.form.key != CONFIGURATION else ():
                guessed_in = block.block.key if key in assumed else ""
                known.learn(block.block.field(key), raws, guessed_in)
        return known

    def _assumed(self, bound: BoundBlock) -> set[str]:
        """Fields that only a hint has bound."""
        confirmed = self._own.of(bound.form, bound.block)
        return {
            key
            for key, how in bound.how.items()
            if how == OWN and fold_label(bound.labels[key]) not in confirmed
        }

    def _look_at(
        self, each: OpenBook, bound: list[BoundBlock], known: KnownValues, seen: _Seen
    ) -> Iterator[Hint]:
        for block in bound:
            place = Place(each.path, block.grid)
            if not block.columns:
                yield from self._form(block, bound, known, place)
                continue
            if reading := self._header(block, bound, known):
                yield from of_reading(reading, place)
            yield from self._head(block, bound, place, known)
        recognised = {block.grid.name for block in bound}
        for grid in each.book.grids:
            if grid.name not in recognised and not seen.like(grid):
                yield from self._unrecognised(each, grid, bound, known, seen)

    def _form(
        self, form: BoundBlock, bound: list[BoundBlock], known: KnownValues, place: Place
    ) -> Iterator[Hint]:
        last = _next_table(form, bound)
        guesses, free = guesses_for_form(form, self._assumed(form), last, known)
        yield from of_guesses(form.form, form.block, place, guesses)
        if form.form.kind == "form" and len(form.values) < len(form.block.fields):
            yield from of_unknown(form.form, form.block, place, free)
        if form.form.kind == "form":
            for table in self._tables_below(form, bound, known):
                yield from of_reading(table, place)

    def _header(
        self, bound: BoundBlock, others: list[BoundBlock], known: KnownValues
    ) -> Reading | None:
        """The header of a recognised table read once more, as any block that suits it better."""
        complete = len(bound.columns) == len(bound.block.fields) or NAMED in bound.how.values()
        if complete and not self._assumed(bound):
            return None
        texts = _texts_of(bound)

        def read(form: Form, index: LabelIndex) -> Reading:
            where = bound.grid, bound.header_row, bound.end_row
            return read_header(*where, texts, index, form, known)

        mine = read(bound.form, self._indexes[bound.form.key, bound.block.key])
        decided = OWN in bound.how.values() and not self._assumed(bound)
        if decided or len(mine.fields) >= _WELL_COVERED * len(texts):
            return mine
        readings = [read(form, index) for form, index in self._candidates(others)]
        best = max(readings, key=lambda r: r.score)
        return best if best.score > _CLEARLY_BETTER * mine.score else mine

    def _candidates(self, bound: list[BoundBlock]) -> list[tuple[Form, LabelIndex]]:
        """What a table may be: tables of forms only beside their form in the same workbook."""
        here = {b.form.key for b in bound if b.block is b.form.blocks[0]}
        return [
            (form, self._indexes[form.key, block.key])
            for form in self._forms.values()
            for block in form.blocks
            if (form.kind == "form" and (block.layout is Layout.LABELS or form.key in here))
            or (form.kind == "register" and block.layout is Layout.TABLE)
        ]

    def _head(
        self, table: BoundBlock, bound: list[BoundBlock], place: Place, known: KnownValues
    ) -> Iterator[Hint]:
        head = next((b for b in table.form.blocks if b.layout is Layout.LABELS), None)
        if table.form.kind != "register" or head is None:
            return
        here = [b for b in bound if b.grid is table.grid]
        if any(b.block is head and not self._assumed(b) for b in here):
            return
        if any(b.columns and b.header_row < table.header_row for b in here):
            return  # above it stands another table, and only above that one the head
        guesses = guesses_for_head(head, table.grid, table.header_row, known)
        yield from of_guesses(table.form, head, place, guesses)

    def _tables_below(
        self, form: BoundBlock, bound: list[BoundBlock], known: KnownValues
    ) -> list[Reading]:
        """Tables of a form that stand below it under headers that are not known."""
        done = {b.block.key for b in bound if b.grid is form.grid}
        candidates = [
            (form.form, self._indexes[form.form.key, block.key])
            for block in form.form.blocks
            if block.key not in done
        ]
        # a label of the form that is not known may have been found in such a header instead
        first = min(v.label[0] for v in form.values.values()) + 1
        return guess_tables(form.grid, candidates, known, first)

    def _unrecognised(
        self,
        each: OpenBook,
        grid: Grid,
        bound: list[BoundBlock],
        known: KnownValues,
        seen: _Seen,
    ) -> Iterator[Hint]:
        titles = _titles(each.path, grid)
        table = guess_table(grid, self._candidates(bound), known, titles)
        form = guess_form(grid, self._forms.values(), self._own, known, titles)
        place = Place(each.path, grid)
        if form is not None and (table is None or form.score > table.score):
            seen.form(form)
            yield from of_guesses(form.form, form.block, place, form.guesses)
        elif table is not None:
            seen.table(table)
            yield from of_reading(table, place)


def _next_table(bound: BoundBlock, others: Iterable[BoundBlock]) -> int | None:
    return min((b.header_row for b in others if b.grid is bound.grid and b.columns), default=None)


def _texts_of(bound: BoundBlock) -> dict[int, str]:
    """Column -> label of a recognised header, as it was read."""
    known = frozenset(fold_label(t) for t in (*bound.labels.values(), *bound.unbound.values()))
    texts = header_texts(bound.grid, bound.header_row)
    if bound.header_row and (double := two_lines(bound.grid, bound.header_row - 1, known)):
        texts = {**texts, **double}
    wanted = {*bound.labels.values(), *bound.unbound.values()}
    return {column: text for column, text in texts.items() if text in wanted}


def _titles(path: str, grid: Grid) -> set[str]:
    """What stands around a sheet: the names of file and sheet, and the texts on top."""
    tops = (v for row in grid.rows[:_TITLE_ROWS] for v in row if isinstance(v, str))
    texts = (PurePosixPath(path).stem, *PurePosixPath(path).parts[:-1], grid.name, *tops)
    return {t for text in texts if 2 <= len(t := clean(text)) <= 30}
