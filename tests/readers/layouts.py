"""Tables of 跟踪记录 in layouts of staff's own making, and what they read to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from pathlib import Path
from typing import Any

from toolkit.model.dossier import Dossier

from .workbooks import (
    TRACKING,
    as_read,
    read,
    some_records,
    workbook,
)

LABELS = {f.key: f.label for f in TRACKING.fields}
KEYS = tuple(LABELS)
ROWS = some_records()
EXPECTED = as_read(ROWS)
Row = Mapping[str, object]


def cell(value: object) -> Any:
    """A value as a cell: several joined, times as times."""
    if isinstance(value, tuple):
        return "、".join(value)
    if isinstance(value, str) and len(value) == 5 and value[2] == ":":
        return time(int(value[:2]), int(value[3:]))
    return value if value != "" else None


def table(keys: Sequence[str], rows: Sequence[Row] = ROWS, **labels: str) -> list[list[Any]]:
    """Header and rows of a plain table; keys that are no field become columns of their own."""
    header = [labels.get(k, LABELS.get(k, k)) for k in keys]
    return [
        header,
        *[[cell(row.get(k, "随手记" if k not in LABELS else "")) for k in keys] for row in rows],
    ]


def save(folder: Path, content: bytes, name: str = "项目跟踪表_样例甲_2026.xlsx") -> Path:
    path = folder / "02_跟踪表" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def read_sheet(
    folder: Path,
    rows: Sequence[Sequence[Any]],
    change: Callable[[Any, Any], None] | None = None,
    sheet: str = "跟踪记录",
) -> Dossier:
    save(folder, workbook({sheet: rows}, change))
    return read(folder)


def assert_reconciled(dossier: Dossier) -> None:
    for s in dossier.sources:
        assert s.rows == s.consolidated + s.rejected, s.path
    assert len(dossier.rejected) == sum(s.rejected for s in dossier.sources)
