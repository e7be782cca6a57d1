"""跟踪记录汇总: every support record of the period, from everybody's tracking sheets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from toolkit.model.report import Table
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period

from .tables import (
    NUMBER,
    TITLE,
    field_columns,
    project_columns,
    source_columns,
    unreadable_cells,
)

SIGNED = "跟踪表署名"


@dataclass(slots=True)
class RecordSelection:
    """The support records and which of them the period takes."""

    inside: pd.DataFrame
    """Records of the frame `tracking` inside the period, by date, then file and row."""
    inside_by_source: pd.Series
    """Source number -> how many of its records lie inside; likewise the others below."""
    outside_by_source: pd.Series
    undated_by_source: pd.Series
    """Without a readable date, and therefore not taken; always empty when everything is."""


def select_records(dept: Department, period: Period) -> RecordSelection:
    """Split the support records by the period."""
    frame = dept.frame("tracking")
    inside = period.mask(frame["support_date"])
    undated = ~inside & frame["support_date"].isna()
    taken = frame if inside.all() else frame[inside]
    order = np.lexsort([taken[c].to_numpy() for c in ("row", "binding", "source", "support_date")])
    taken = taken.iloc[order]
    return RecordSelection(
        taken,
        *(
            frame.loc[mask, "source"].value_counts(sort=False)
            for mask in (inside, ~inside & ~undated, undated)
        ),
    )


def record_table(dept: Department, inside: pd.DataFrame) -> Table:
    """All fields of the records under their labels, with file, sheet and row.

    What everybody reads comes first, then the place, then the optional fields.
    """
    fields = dept.dossier.blocks["tracking"].fields
    first = [f.key for f in fields if not f.optional_group or f.key == "hours"]
    rest = [f.key for f in fields if f.key not in first]
    columns = (
        field_columns(dept.dossier, "tracking", inside, first)
        | project_columns(dept, inside)
        | {SIGNED: inside["owner"]}
        | source_columns(dept.dossier, inside)
        | field_columns(dept.dossier, "tracking", inside, rest)
    )
    rows = pd.DataFrame(columns, copy=False)  # half a million rows need not be there twice
    rows.index = pd.RangeIndex(len(rows))
    table = Table(rows)
    table.instead = unreadable_cells(dept.dossier, "tracking", inside, [*first, *rest])
    # the frame shows the project's own number and name; the raw text would hide them
    for title in (NUMBER, TITLE):
        for position in [p for p, t in table.instead if t == title]:
            if table.frame.at[position, title]:
                del table.instead[position, title]
    return table
