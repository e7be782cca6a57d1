"""Which complaints say again what an earlier one said: they do not count twice (P40; catalogue E1).

Pure: claims in, the claim that each repeats out. A claim is one complaint about one person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of

ITSELF, VOID = -1, -2
"""A claim that repeats none; one that follows up a complaint which was ruled void."""

LastDay = Callable[[date], date]


def repeats(claims: pd.DataFrame, taken: pd.Series, last_day: LastDay) -> pd.Series:
    """Of the claims in `taken`, the index of the claim that each repeats, `ITSELF` or `VOID`.

    `claims` needs person, number and follows (folded numbers), received, project, contact_date
    and void. A claim repeats an earlier one about the same person that has its number, that it
    follows up, or that is about the same contact (project and day) and began at most P40 ago:
    `last_day` is the last day of that time after a day. A contact without project or day is no
    contact that could be told from others. What follows up a void complaint is void as well.
    """
    found = pd.Series(ITSELF, index=claims.index[taken.astype(bool)], dtype="int64")
    ordered = _ordered(claims)
    for _, own in ordered.groupby("person", sort=False):
        _within(own, found, last_day)
    return found


def _ordered(claims: pd.DataFrame) -> pd.DataFrame:
    """In the order of receipt; of one day the follow-ups last, then by number."""
    order = claims.assign(
        _day=claims["received"].dt.normalize(), _follows=claims["follows"].map(bool)
    )
    keys = ["_day", "_follows", "received", "number"]
    return order.sort_values(keys, kind="stable")


def _within(own: pd.DataFrame, found: pd.Series, last_day: LastDay) -> None:
    """Fill in what the claims about one person repeat."""
    roots: dict[str, int] = {}
    contacts: dict[tuple[str, pd.Timestamp], tuple[int, date]] = {}
    for row in rows_of(own):
        root = _named(row, roots)
        if row.Index not in found.index:
            if row.number and (row.void or root == VOID):
                roots.setdefault(row.number, VOID)
            continue
        day = row.received.date()
        known = bool(row.project) and not pd.isna(row.contact_date)
        contact = (row.project, row.contact_date)
        if root == ITSELF and known and contact in contacts and day <= contacts[contact][1]:
            root = contacts[contact][0]
        found.at[row.Index] = root
        if root == ITSELF:
            root = row.Index
            if known:
                contacts[contact] = (root, last_day(day))
        if row.number:
            roots.setdefault(row.number, root)


def _named(row: pd.Series, roots: dict[str, int]) -> int:
    """The earlier claim that has the number of this one, or that this one follows up."""
    for number in (row.number, *row.follows):
        if number and number in roots and (number != row.number or roots[number] != VOID):
            return roots[number]
    return ITSELF
