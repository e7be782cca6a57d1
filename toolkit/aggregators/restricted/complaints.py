"""投诉: every complaint about every person, whether it counts, why, and what is on record."""

from __future__ import annotations

import pandas as pd

from toolkit.aggregators.tables import (
    field_columns,
    project_columns,
    source_columns,
    unreadable_cells,
)
from toolkit.model.frame_rows import rows_of
from toolkit.model.report import Table
from toolkit.regulation.complaint_evidence import Report, reports_of
from toolkit.regulation.department import Department
from toolkit.regulation.period import Period
from toolkit.regulation.settlement import Settlement

STANDING, REASON, ACCUSED = "计入情况", "原因", "被投诉人"
FOUND, WHERE = "查到的汇报", "汇报所在"
_FIRST = ("number", "received", "complainant", "contact_date", "category", "ruling")
_ASIDE = (
    "ruling_date", "decider", "mail_subject", "mail_to", "mail_cc", "evidence", "statement", "note",
)  # fmt: skip
_FRAME = "complaints"


def complaint_table(dept: Department, settlement: Settlement, period: Period) -> Table:
    """The claims of the complaints received in the period, the latest first; undated ones last."""
    claims = settlement.claims
    claims = claims[period.mask(claims["received"])].sort_values(
        ["received", "label", "person"], ascending=[False, True, True], na_position="last"
    )
    lines = dept.frame(_FRAME).loc[claims["complaint"]]
    lines = lines.set_axis(claims.index)
    reports = {i: reports_of(dept, row) for i, row in _each(dept, claims)}
    columns: dict[str, pd.Series] = {
        STANDING: claims["standing"],
        REASON: claims["reason"],
        ACCUSED: claims["person"],
    }
    columns |= field_columns(dept.dossier, _FRAME, lines, _FIRST) | project_columns(dept, lines)
    columns[FOUND] = _texts(claims, {i: "\n".join(map(str, r)) for i, r in reports.items()})
    columns[WHERE] = _texts(
        claims, {i: "\n".join(_place(dept, each) for each in r) for i, r in reports.items()}
    )
    columns |= field_columns(dept.dossier, _FRAME, lines, _ASIDE)
    columns |= source_columns(dept.dossier, lines)
    frame = pd.DataFrame(columns).reset_index(drop=True)
    return Table(frame, _unreadable(dept, claims))


def _each(dept: Department, claims: pd.DataFrame) -> list[tuple[int, object]]:
    """Each claim's line of the register, with only the claim's own person in it."""
    register = dept.frame(_FRAME)
    found = []
    for claim in rows_of(claims):
        line = register.loc[[claim.complaint]].copy()
        line.at[claim.complaint, "accused"] = (claim.person,)
        found.append((int(claim.Index), next(rows_of(line))))
    return found


def _texts(claims: pd.DataFrame, texts: dict[int, str]) -> pd.Series:
    return pd.Series([texts[i] for i in claims.index], index=claims.index, dtype=object)


def _place(dept: Department, report: Report) -> str:
    return str(dept.dossier.locate(report.frame, report.index, report.field))


def _unreadable(dept: Department, claims: pd.DataFrame) -> dict[tuple[int, str], str]:
    """The raw text of cells that could not be taken, on every claim of their complaint."""
    found: dict[tuple[int, str], str] = {}
    for position, complaint in enumerate(claims["complaint"]):
        line = dept.frame(_FRAME).loc[[complaint]]
        raw = unreadable_cells(dept.dossier, _FRAME, line, (*_FIRST, *_ASIDE))
        found |= {(position, title): text for (_, title), text in raw.items()}
    return found
