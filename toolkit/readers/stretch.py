"""Records that lie one behind the other in columns which were put together before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All columns of a block: rows in Excel, and values as BlockRecords has them."""

    rows: npt.NDArray[np.int32]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The records from `start` to before `stop`."""

    columns: Columns
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def joined(self, other: Stretch) -> Stretch | None:
        """Both as one, when the other one follows in the same columns."""
        if other.columns is not self.columns or other.start != self.stop:
            return None
        return Stretch(self.columns, self.start, other.stop)
