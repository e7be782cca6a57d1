"""The rows of a frame one by one."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """What `frame.itertuples()` gives: its index as `Index`, and each column by its name.

    pandas makes a new class for every call, which takes longer than a hundred rows.
    """
    if not len(frame):
        return iter(())
    columns = (frame.iloc[:, place].tolist() for place in range(frame.shape[1]))
    return map(_kind(tuple(frame.columns))._make, zip(frame.index.tolist(), *columns, strict=True))


@cache
def _kind(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", ["Index", *columns], rename=True)
