"""Recognises which forms a workbook holds and binds their fields to cells (DESIGN.md)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from toolkit.forms.names import defined_name
from toolkit.model.forms import Block, Form, Layout
from toolkit.model.location import a1
from toolkit.model.text import clean, fold, fold_label

from .grid import Book, Grid
from .label_forms import FoundForm, FoundValue, find_form, label_texts, unclaimed_labels
from .labels import LabelIndex, OwnLabels
from .tables import BEGINNING, FoundTable, find_tables

NAMED = "名称"
CONFIGURATION = "G19"
SMALLEST_FORM = 5
"""So many labels, on three rows, make a label-value form recognised."""
_TELLING = 2
"""So many labels that no ordinary form has make a workbook a restricted one."""


@dataclass(slots=True)
class BoundBlock:
    """A block of a form and where it stands. Rows and columns from 0."""

    form: Form
    block: Block
    grid: Grid
    header_row: int = -1
    end_row: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    values: dict[str, FoundValue] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    unbound: dict[str, str] = field(default_factory=dict)


class Binder:
    """Binds workbooks to forms; made once a run, because its label indexes are costly."""

    def __init__(self, forms: Mapping[str, Form], own: OwnLabels | None = None) -> None:
        self._forms = forms
        own = own or OwnLabels()
        self._indexes = {
            (form.key, block.key): LabelIndex(form, block, own)
            for form in forms.values()
            for block in form.blocks
        }
        self._names = {
            (form.key, block.key): {f.key: defined_name(form, block, f) for f in block.fields}
            for form in forms.values()
            for block in form.blocks
        }

    @cached_property
    def _rarity(self) -> dict[str, dict[str, float]]:
        """Form -> field of its label block -> 1 / number of label forms with such a label."""
        seen: dict[str, set[str]] = {}
        for (form_key, _), index in self._label_indexes():
            for text in index.folded_labels():
                seen.setdefault(text, set()).add(form_key)
        return {
            form_key: {
                f.key: 1.0 / len(seen.get(fold_label(f.label), {form_key}))
                for f in index.block.fields
            }
            for (form_key, _), index in self._label_indexes()
        }

    def _label_indexes(self) -> Iterable[tuple[tuple[str, str], LabelIndex]]:
        return (
            (key, index)
            for key, index in self._indexes.items()
            if index.block.layout is Layout.LABELS and self._forms[key[0]].kind == "form"
        )

    def bind(
        self, book: Book, form_key: str = "", *, configuration: bool = False
    ) -> list[BoundBlock]:
        """All blocks of a workbook; empty when nothing is recognised.

        `form_key` is what the workbook's `_meta` says; without it every form is tried, the
        configuration only when `configuration` allows it (its small tables resemble others).
        """
        if form_key in self._forms:
            forms = [self._forms[form_key]]
        else:
            forms = [f for f in self._forms.values() if configuration == (f.key == CONFIGURATION)]
        named = [b for form in forms for b in self._by_name(book, form)]
        done = {b.grid.name for b in named}
        rest = Book([g for g in book.grids if g.name not in done])
        found = self._by_label(rest, forms)
        known = {(b.block.key, b.grid.name) for b in (*named, *found)}
        for form in forms:
            heads = self._heads(book, form, named) if form.kind == "register" else ()
            found += [h for h in heads if (h.block.key, h.grid.name) not in known]
        bound = _drop_orphans([*named, *found], certain=bool(form_key))
        order = {g.name: n for n, g in enumerate(book.grids)}
        return sorted(bound, key=lambda b: (order[b.grid.name], b.header_row))

    @cached_property
    def _ordinary_labels(self) -> frozenset[str]:
        ordinary = (i for (key, _), i in self._indexes.items() if not self._forms[key].restricted)
        return frozenset(text for index in ordinary for text in index.folded_labels())

    def is_restricted(self, bound: Sequence[BoundBlock]) -> bool:
        """Whether a workbook is a restricted register, and not only similar to one in a corner.

        So it is when it holds nothing else, or a table with labels that only such a register has.
        """
        secret = [b for b in bound if b.form.restricted]
        telling = (
            sum(fold_label(text) not in self._ordinary_labels for text in b.labels.values())
            for b in secret
        )
        return bool(secret) and (len(secret) == len(bound) or max(telling) >= _TELLING)

    def _by_name(self, book: Book, form: Form) -> Iterable[BoundBlock]:
        """Blocks whose defined names are still there; their other fields are found by label."""
        grids = {g.name: g for g in book.grids}
        for block in form.blocks:
            names = self._names[form.key, block.key]
            places = {key: book.names[name] for key, name in names.items() if name in book.names}
            sheets = {sheet for sheet, _, _ in places.values()}
            if len(places) * 2 < len(block.fields) or len(sheets) != 1:
                continue
            grid = grids.get(sheets.pop())
            if grid is not None and _still_true(grid, self._indexes[form.key, block.key], places):
                yield self._named_block(form, block, grid, places)

    def _named_block(
        self, form: Form, block: Block, grid: Grid, places: dict[str, tuple[str, int, int]]
    ) -> BoundBlock:
        index = self._indexes[form.key, block.key]
        bound = BoundBlock(form, block, grid, how=dict.fromkeys(places, NAMED))
        if block.layout is Layout.LABELS:
            for key, (_, row, column) in places.items():
                label = block.field(key).label
                bound.values[key] = FoundValue((row, column), (row, column), label, NAMED)
                bound.labels[key] = label
            return bound
        rows = [row for _, row, _ in places.values()]
        bound.header_row = max(set(rows), key=rows.count)
        bound.end_row = len(grid.rows)
        bound.columns = {
            k: column for k, (_, row, column) in places.items() if row == bound.header_row
        }
        line = grid.rows[bound.header_row] if bound.header_row < len(grid.rows) else []
        header = {c: clean(v) for c, v in enumerate(line) if isinstance(v, str) and clean(v)}
        bound.labels = {k: header.get(c, block.field(k).label) for k, c in bound.columns.items()}
        free = {c: t for c, t in header.items() if c not in bound.columns.values()}
        for key, (column, how) in index.match(free).items():
            if key not in bound.columns:
                bound.columns[key], bound.how[key] = column, how
                bound.labels[key] = header[column]
        used = set(bound.columns.values())
        bound.unbound = {a1(bound.header_row, c): t for c, t in header.items() if c not in used}
        return bound

    def _by_label(self, book: Book, forms: list[Form]) -> list[BoundBlock]:
        tables = {g.name: self._tables(g, forms) for g in book.grids}
        bound: list[BoundBlock] = []
        for grid in book.grids:
            form = self._label_form(grid, forms)
            here = tables[grid.name]
            if form is not None:
                own = [t for t in here if _belongs(t, form)]
                form = self._without(grid, form, own)
            if form is not None:
                here = own
                bound.append(_from_form(grid, form, _first_row(own)))
            bound += [_from_table(grid, t) for t in here]
        for form_ in forms:
            if form_.kind == "register":
                bound += self._heads(book, form_, bound)
        return bound

    def _tables(self, grid: Grid, forms: list[Form]) -> list[FoundTable]:
        candidates = [
            (form, self._indexes[form.key, block.key])
            for form in forms
            for block in form.blocks
            if block.layout is Layout.TABLE or form.kind == "form"
        ]
        known = frozenset(t for _, index in candidates for t in index.folded_labels())
        return find_tables(grid, candidates, known)

    def _label_form(self, grid: Grid, forms: list[Form]) -> FoundForm | None:
        best: FoundForm | None = None
        top = {
            fold_label(clean(v[:BEGINNING]))
            for row in grid.rows[:4]
            for v in row
            if isinstance(v, str)
        }
        known = {t for _, index in self._label_indexes() for t in index.folded_labels()}
        texts = {n: t for n, t in label_texts(grid, None).items() if fold_label(t[0]) in known}
        for form in forms:
            if form.kind != "form":
                continue
            block = next(b for b in form.blocks if b.layout is Layout.LABELS)
            index = self._indexes[form.key, block.key]
            found = find_form(grid, form, index, self._rarity[form.key], texts=texts)
            if found is None or not _is_form(found.values.values()):
                continue
            titles = {fold_label(t) for t in (form.title, *form.titles)}
            found.score += 3.0 * any(t and (t in titles) for t in top)
            if best is None or found.score > best.score:
                best = found
        # without anything to tell its records apart it is unrecognised, not a form that suits less
        named = best is not None and set(best.values) & set(best.index.block.identity)
        return best if named else None

    def _without(self, grid: Grid, form: FoundForm, tables: list[FoundTable]) -> FoundForm | None:
        """The form without what stands in headers of tables; None when nothing of it is left."""
        if not tables:
            return form
        rarity = self._rarity[form.form.key]
        above = find_form(grid, form.form, form.index, rarity, _first_row(tables))
        if above is not None and _is_form(above.values.values()):
            return above
        headers = {row for t in tables for row in range(t.first_row, t.header_row + 1)}
        outside = [v for v in form.values.values() if v.label[0] not in headers]
        return form if _is_form(outside) else None

    def _heads(self, book: Book, form: Form, bound: list[BoundBlock]) -> Iterable[BoundBlock]:
        """Label lines above the tables of a register, such as 署名 and 年度."""
        for block in form.blocks:
            if block.layout is not Layout.LABELS:
                continue
            for grid in book.grids:
                headers = [
                    b.header_row for b in bound if b.grid is grid and b.form is form and b.columns
                ]
                alone = form.key == CONFIGURATION and fold(grid.name) == fold(block.sheet)
                if not headers and not alone:
                    continue
                last = min(headers) if headers else None
                index = self._indexes[form.key, block.key]
                found = find_form(grid, form, index, {}, last)
                if found is not None and set(found.values) & set(block.identity):
                    yield _from_form(grid, found, last)


def _is_form(values: Collection[FoundValue]) -> bool:
    """A line of labels alone is the header of a table."""
    return len(values) >= SMALLEST_FORM and len({v.label[0] for v in values}) >= 3


def _first_row(tables: Iterable[FoundTable]) -> int | None:
    return min((t.first_row for t in tables), default=None)


def _still_true(grid: Grid, index: LabelIndex, places: dict[str, tuple[str, int, int]]) -> bool:
    """Whether the labels still stand where the names say: some programs move cells, not names."""
    own = {f.key: fold_label(f.label) for f in index.block.fields}
    right = wrong = 0
    for key, (_, row, column) in places.items():
        cells = [(row, column)]
        if index.block.layout is Layout.LABELS:
            cells = [(row, column - 1), (row - 1, column)]
        texts = [clean(v) for cell in cells if isinstance(v := grid.value(*cell), str) and v]
        if own[key] in map(fold_label, texts):
            right += 1
            continue
        meant = [k for text in texts for k in index.match({0: text})]
        right += key in meant
        wrong += bool(meant) and key not in meant
    return right > wrong


def _belongs(table: FoundTable, form: FoundForm) -> bool:
    """A table on a form's sheet is a part of it, unless it is clearly something of its own."""
    if table.index.block.layout is Layout.LABELS:
        return False  # the form itself, one line of its labels taken for a header
    return table.form is form.form or len(table.matched) > len(form.values)


def _from_table(grid: Grid, table: FoundTable) -> BoundBlock:
    columns = {key: column for key, (column, _) in table.matched.items()}
    used = set(columns.values())
    return BoundBlock(
        table.form,
        table.index.block,
        grid,
        table.header_row,
        table.end_row,
        columns,
        labels={key: table.texts[c] for key, c in columns.items()},
        how={key: how for key, (_, how) in table.matched.items()},
        unbound={a1(table.header_row, c): t for c, t in table.texts.items() if c not in used},
    )


def _from_form(grid: Grid, found: FoundForm, last_row: int | None) -> BoundBlock:
    return BoundBlock(
        found.form,
        found.index.block,
        grid,
        values=found.values,
        labels={k: v.text for k, v in found.values.items()},
        how={k: v.how for k, v in found.values.items()},
        unbound={
            a1(*v.label): v.text.strip("：: ") for v in unclaimed_labels(grid, found, last_row)
        },
    )


def _drop_orphans(bound: list[BoundBlock], certain: bool) -> list[BoundBlock]:
    """Tables of a form count only beside the form itself, unless `_meta` vouches for them."""
    if certain:
        return bound
    parents = {b.form.key for b in bound if b.form.kind == "form" and b.block is b.form.blocks[0]}
    return [b for b in bound if b.form.kind != "form" or b.form.key in parents]
