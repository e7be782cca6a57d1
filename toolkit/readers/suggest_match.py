"""Which field an own label may mean: likeness of the labels together with the values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.model.forms import Field, FieldType

from .suggest_labels import nearest_label
from .suggest_values import Evidence, KnownValues, evidence

SUGGESTED = 0.6
"""Below that, nothing is suggested."""
_LEAST_LIKENESS = 0.3
_FOR, _AGAINST = 0.3, 0.6
"""Weight of values that support, and of values that contradict."""
_CLOSE = 0.1


@dataclass(frozen=True, slots=True)
class OwnLabel:
    """A label that stands in a workbook (from 0), with the usable values that belong to it."""

    text: str
    row: int
    column: int
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """The field that an own label may mean, how surely (about 0.6 to 1.3), and why in Chinese."""

    label: OwnLabel
    field: Field
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class _Pair:
    score: float
    likeness: float
    label: int
    field: Field
    values: Evidence


def assign(labels: Sequence[OwnLabel], fields: Iterable[Field], known: KnownValues) -> list[Guess]:
    """Give each label at most one field and each field at most one label, the surest first."""
    wanted = list(fields)
    choices = [f for f in wanted if f.type in (FieldType.CHOICE, FieldType.CHOICES)]
    pairs: list[_Pair] = []
    for number, label in enumerate(labels):
        chosen = any(evidence(f, label.values, known).score >= 1 for f in choices)
        for f in wanted:
            pair = _pair(number, label, f, known, chosen)
            if pair is not None and pair.score >= SUGGESTED:
                pairs.append(pair)
    pairs.sort(key=lambda p: -p.score)
    guesses = [Guess(labels[p.label], p.field, p.score, _reason(p, pairs)) for p in _best(pairs)]
    free = [label for label in labels if all(g.label is not label for g in guesses)]
    missing = [f for f in wanted if all(g.field is not f for g in guesses)]
    return guesses + _by_exclusion(free, missing, known)


def _pair(number: int, label: OwnLabel, f: Field, known: KnownValues, chosen: bool) -> _Pair | None:
    """`chosen` says that the values are the options of some field: hardly a free text then."""
    likeness = nearest_label(label.text, f)
    if likeness < _LEAST_LIKENESS:
        return None
    values = evidence(f, label.values, known)
    score = likeness + (_FOR if values.score > 0 else _AGAINST) * values.score
    if chosen and f.type is FieldType.TEXT:
        score -= _FOR
    return _Pair(score, likeness, number, f, values)


def _best(pairs: Sequence[_Pair]) -> Iterable[_Pair]:
    labels: set[int] = set()
    fields: set[str] = set()
    for pair in pairs:
        if pair.label not in labels and pair.field.key not in fields:
            labels.add(pair.label)
            fields.add(pair.field.key)
            yield pair


def _reason(chosen: _Pair, pairs: Sequence[_Pair]) -> str:
    said = "名称相近" if chosen.likeness >= SUGGESTED else "名称略有相近"
    if chosen.values.reason:
        said += f"，{chosen.values.reason}"
    others = [
        p.field.label
        for p in pairs
        if p.label == chosen.label and p is not chosen and chosen.score - p.score < _CLOSE
    ]
    return said + (f"；也可能是“{'”“'.join(others[:2])}”" if others else "")


_OPTIONS = "可选项"
_KINDS: dict[str, Callable[[Field], bool]] = {
    "日期": lambda f: f.type is FieldType.DATE,
    "是或否": lambda f: f.type is FieldType.YESNO,
    "较长的文字": lambda f: f.type is FieldType.LONG,
    _OPTIONS: lambda f: f.type in (FieldType.CHOICE, FieldType.CHOICES),
}


def _always(f: Field) -> bool:
    return f.required is not None and not f.required.clauses


def _by_exclusion(
    free: Sequence[OwnLabel], missing: Sequence[Field], known: KnownValues
) -> list[Guess]:
    """A required field and the only column that is left with values of its kind.

    Several options of one list are so particular that the field need not be required.
    """
    guesses: list[Guess] = []
    for kind, belongs in _KINDS.items():
        fields = [f for f in missing if belongs(f)]
        fits = {
            f.key: [
                x
                for x in free
                if (_always(f) or (kind == _OPTIONS and len(set(x.values)) > 1))
                and x.values
                and evidence(f, x.values, known).score >= 0.6
            ]
            for f in fields
        }
        for f in fields:
            rivals = [x for other in fits if other != f.key for x in fits[other]]
            if len(fits[f.key]) == 1 and fits[f.key][0] not in rivals:
                reason = f"名称看不出来，但只有这一栏的内容是{kind}，请仔细核对"
                guesses.append(Guess(fits[f.key][0], f, SUGGESTED, reason))
    return guesses
