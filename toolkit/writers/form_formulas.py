"""Excel formulas that say whether a field of a form is still missing."""

from __future__ import annotations

from collections.abc import Callable

from toolkit.model.condition import Clause, Condition
from toolkit.model.forms import Field

Reference = Callable[[str], str]
"""Field key -> the A1 reference of its cell."""


def blank(reference: str) -> str:
    """True where a cell holds nothing but blanks."""
    return f"LEN(TRIM({reference}))=0"


def holds(condition: Condition, refer: Reference) -> list[str]:
    """The terms that must all be true for the condition; none at all means always."""
    return [_term(clause, refer(clause.field)) for clause in condition.clauses]


def missing(field: Field, refer: Reference, *besides: str) -> str:
    """Formula that is true while a required field is blank and `besides` hold too."""
    if field.required is None:
        raise ValueError(f"{field.key} is never required")
    terms = [*besides, blank(refer(field.key)), *holds(field.required, refer)]
    return f"=AND({','.join(terms)})"


def _term(clause: Clause, reference: str) -> str:
    if not clause.values:
        return blank(reference) if clause.negated else f"NOT({blank(reference)})"
    equal = ",".join(f"TRIM({reference})={_text(value)}" for value in clause.values)
    any_of = f"OR({equal})" if len(clause.values) > 1 else equal
    return f"NOT({any_of})" if clause.negated else any_of


def _text(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
