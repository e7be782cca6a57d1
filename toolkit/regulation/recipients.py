"""Who a typed list of recipients reaches: people, mail groups, addresses, roles (catalogue C)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from toolkit.model.frame_rows import rows_of
from toolkit.model.text import fold

from .department import Department


def reached(dept: Department, entries: Iterable[str], on: date) -> set[str]:
    """The people whom the entries of 收件人 or 抄送 mean on a day, groups taken apart."""
    groups, addresses = _groups(dept, on), _addresses(dept)
    found: set[str] = set()
    for entry in entries:
        key = fold(entry)
        found.add(entry)
        found |= groups.get(key, set())
        if key in addresses:
            found.add(addresses[key])
    return found


def reaches(dept: Department, role: str, entries: Iterable[str], on: date) -> bool:
    """Whether a list names whoever could act in a role on a day, or the role itself."""
    names = reached(dept, entries, on)
    return fold(role) in map(fold, names) or any(dept.roles.may_act(role, n, on) for n in names)


def _groups(dept: Department, on: date) -> dict[str, set[str]]:
    """Name and address of each group in force on a day -> its members."""
    found: dict[str, set[str]] = {}
    day = pd.Timestamp(on)
    for row in rows_of(dept.frame("mail_groups")):
        if row.start > day or row.end < day:
            continue
        for key in filter(None, (fold(row.group), fold(row.address))):
            found.setdefault(key, set()).update(row.members)
    return found


def _addresses(dept: Department) -> dict[str, str]:
    """Mail address -> whose it is."""
    canonical = dept.roster.canonical
    rows = rows_of(dept.frame("roster"))
    return {fold(mail): canonical(row.name) for row in rows for mail in row.mail}
