"""Whether somebody could act in a role on a day: yes, no, or nobody can tell (catalogue D)."""

from __future__ import annotations

import pandas as pd

from .people import Appointments


def acted(roles: Appointments, role: str, name: str, day: pd.Timestamp) -> bool | None:
    """True for a holder or his deputy; None when the 角色任命 has no holder on that day."""
    on = day.date()
    if roles.may_act(role, name, on):
        return True
    return False if roles.holders(role, on) else None
