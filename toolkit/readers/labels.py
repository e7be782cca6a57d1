"""Which field a label means: the official label, the department's own, an alias, or nearly so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from toolkit.model.forms import Block, Form
from toolkit.model.text import clean, fold, fold_label

EXACT, OWN, ALIAS, NORMALISED = "标签", "部门别名", "别名", "规范化"


@dataclass(slots=True)
class OwnLabels:
    """The department's confirmed names: (form title or key, table or '') -> label -> field."""

    entries: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def add(self, form: Form, table: str, standard: str, own: str) -> bool:
        """Remember one line of 列名别名; False when the form has no such field."""
        found = False
        for block in form.blocks:
            if table and fold(table) not in (fold(block.sheet), fold(block.title), block.key):
                continue
            for f in block.fields:
                if fold_label(f.label) == fold_label(standard):
                    mapping = self.entries.setdefault((form.key, block.key), {})
                    mapping[fold_label(own)] = f.key
                    found = True
        return found

    def of(self, form: Form, block: Block) -> dict[str, str]:
        return self.entries.get((form.key, block.key), {})


class LabelIndex:
    """Label texts of one block to its fields."""

    def __init__(self, form: Form, block: Block, own: OwnLabels) -> None:
        self.block = block
        self._exact = {f.label: f.key for f in block.fields}
        self._own = own.of(form, block)
        self._alias: dict[str, list[str]] = defaultdict(list)
        self._folded: dict[str, list[str]] = defaultdict(list)
        for f in block.fields:
            self._folded[fold_label(f.label)].append(f.key)
            for alias in f.aliases:
                self._alias[fold_label(alias)].append(f.key)

    def knows(self, text: str) -> bool:
        folded = fold_label(text)
        return folded in self._own or folded in self._folded or folded in self._alias

    def folded_labels(self) -> Iterable[str]:
        """Every normalised text that this block would take as a label."""
        return (*self._own, *self._folded, *self._alias)

    def match(self, texts: Mapping[int, str]) -> dict[str, tuple[int, str]]:
        """Assign fields to positions, best evidence first: field -> (position, how).

        Each field and each position is used once. What the department confirmed about a name
        stands before everything that the toolkit knows of it, because somebody decided it; but a
        sheet that also has the official label means that one.
        """
        taken: dict[str, tuple[int, str]] = {}
        free = dict(texts)
        for how, lookup in (
            (EXACT, self._by_label),
            (NORMALISED, self._by_folded),
            (OWN, self._by_own),
            (ALIAS, self._by_alias),
        ):
            for position, text in list(free.items()):
                for key in lookup(text):
                    if key not in taken:
                        taken[key] = (position, how)
                        del free[position]
                        break
        return taken

    def _by_own(self, text: str) -> list[str]:
        key = self._own.get(fold_label(text))
        return [key] if key else []

    def _by_label(self, text: str) -> list[str]:
        key = self._exact.get(clean(text))
        return [key] if key and fold_label(text) not in self._own else []

    def _by_folded(self, text: str) -> list[str]:
        folded = fold_label(text)
        return [] if folded in self._own else self._folded.get(folded, [])

    def _by_alias(self, text: str) -> list[str]:
        folded = fold_label(text)
        return [] if folded in self._own else self._alias.get(folded, [])
