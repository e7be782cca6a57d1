"""Numbers that point into a table of different values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def objects(values: Sequence[Any]) -> npt.NDArray[np.object_]:
    """Values as an array of one dimension, also when they are tuples."""
    return np.fromiter(values, object, len(values))


def used(
    codes: npt.NDArray[np.integer[Any]], length: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.intp]]:
    """Codes into just the places of a table of `length` that are pointed to, and these places."""
    pointed = np.zeros(length, bool)
    pointed[codes] = True
    places = np.flatnonzero(pointed)
    numbers = np.empty(length, np.int32)
    numbers[places] = np.arange(len(places), dtype=np.int32)
    return numbers.take(codes), places
