"""What a side look into a workbook finds that the fast reader does not tell."""

from __future__ import annotations

from dataclasses import dataclass, field

from .grid import Unreadable

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
BETWEEN_EPOCHS = 1462
"""Days between the two days from which Excel counts: 1899-12-30 and 1904-01-01."""
META_SHEET = "_meta"
Range = tuple[int, int]


def is_read(sheet: str) -> bool:
    """Sheets that begin with `_` are the toolkit's own lists; of them only `_meta` counts."""
    return sheet == META_SHEET or not sheet.startswith("_")


@dataclass(slots=True)
class SheetScan:
    """One sheet: cells from 0, counts, and the extent of the filled cells."""

    unreadable: dict[tuple[int, int], Unreadable] = field(default_factory=dict)
    hidden_rows: int = 0
    last_row: int = 0
    last_column: int = 0
    """From 1; both may stay 0 when all filled cells lie near."""
    merges: dict[Range, Range] | None = None
    """Anchor -> last row and column; None where the fast reader tells it."""


@dataclass(slots=True)
class BookScan:
    """Sheet name -> scan; defined name -> sheet, row and column from 0."""

    sheets: dict[str, SheetScan] = field(default_factory=dict)
    names: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    days_before: int = 0
    """What to add to serial numbers of days."""
    changes: dict[int, int] = field(default_factory=dict)
    """Place in the file -> byte that the fast reader is to see there."""
