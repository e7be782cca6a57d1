"""The one small language of the forms: under which condition a field is required."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .text import is_blank

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd


def blank(column: pd.Series) -> pd.Series:
    """True where a typed column holds nothing."""
    import pandas as pd

    from .coded_array import CodedType

    if isinstance(column.dtype, CodedType):
        nothing = column.array.of_table("blank", _are_nothing)
        return pd.Series(nothing, index=column.index)
    if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
        codes, values = pd.factorize(column, use_na_sentinel=False)
        return pd.Series(_are_nothing(list(values)).take(codes), index=column.index)
    return column.isna()


def _are_nothing(values: list[Any]) -> npt.NDArray[np.bool_]:
    import numpy as np

    return np.fromiter(map(_nothing, values), bool, len(values))


def _nothing(value: object) -> bool:
    return len(value) == 0 if isinstance(value, tuple) else is_blank(value)


@dataclass(frozen=True, slots=True)
class Clause:
    """`field`, `!field`, `field=a|b` or `field!=a|b`."""

    field: str
    values: tuple[str, ...] = ()
    negated: bool = False

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        import pandas as pd

        from .coded_array import CodedType

        if self.field not in frame.columns:
            return pd.Series(self.negated, index=frame.index)
        column = frame[self.field]
        if not self.values:
            held = ~blank(column)
        elif isinstance(column.dtype, CodedType):
            held = column.isin(self.values)
        else:
            held = column.astype(object).isin(self.values)
        return ~held if self.negated else held


@dataclass(frozen=True, slots=True)
class Condition:
    """All clauses together (` & ` between them). No clause at all: always."""

    clauses: tuple[Clause, ...]
    source: str

    @classmethod
    def parse(cls, text: str) -> Condition:
        if text == "always":
            return cls((), text)
        clauses = []
        for part in text.split("&"):
            name, equals, values = part.strip().partition("=")
            negated = name.startswith("!") or name.endswith("!")
            options = tuple(v.strip() for v in values.split("|")) if equals else ()
            clauses.append(Clause(name.strip("! "), options, negated))
        return cls(tuple(clauses), text)

    def mask(self, frame: pd.DataFrame) -> pd.Series:
        """Rows of `frame` on which the condition holds; an unbound field counts as blank."""
        import pandas as pd

        result = pd.Series(True, index=frame.index)
        for clause in self.clauses:
            result &= clause.mask(frame)
        return result
