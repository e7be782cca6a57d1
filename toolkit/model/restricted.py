"""What the restricted report consists of: complaints, pay, development cost, bonus basis."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from .finding import CheckResult
from .report import Table


@dataclass(slots=True)
class RestrictedTables:
    """The whole restricted report. Nothing of it may stand anywhere else (DESIGN.md, promise 7)."""

    department: str
    as_of: date
    period: str
    """The period as people read it."""
    complaints: Table
    pay: Table
    corrections: Table
    development: Table
    hours: Table
    bonus: Table
    bonus_rows: Table
    parameters: Table
    result: CheckResult
    """The findings of the restricted registers alone."""
    remarks: list[str] = field(default_factory=list)
    """What is missing, and what the figures rest on; whole sentences."""
    kept: frozenset[str] = frozenset()
    """Blocks that the department keeps: an empty table differs from a missing register."""
