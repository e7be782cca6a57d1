"""Whether somebody could act in a role on a day: yes, no, or nobody can tell (catalogue D)."""

from __future__ import annotations

import pandas as pd

from .people import Appointments, Roster


def acted(roles: Appointments, role: str, name: str, day: pd.Timestamp) -> bool | None:
    """True for a holder or his deputy; None when the 角色任命 has no holder on that day."""
    on = day.date()
    if roles.may_act(role, name, on):
        return True
    return False if roles.holders(role, on) else None


def unclear(roster: Roster, name: str) -> bool:
    """Whether the roster has nobody of the name, or several: R02-1 says so, and nothing else.

    He may be the very one who holds the role, under a name that the roster does not have.
    """
    return len(roster) > 0 and len(roster.find(name)) != 1
