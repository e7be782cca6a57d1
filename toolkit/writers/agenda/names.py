"""Where people find what the nightly job writes for them."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.writers.personal_names import personal_names

FOLDER = "90_输出"
"""As digests name the place; the files are written where the caller says."""
OVERVIEW_NAME = "待办总览.xlsx"
_PREFIX, _SUFFIX = "待办_", ".xlsx"


def agenda_name(person: str) -> str:
    """The file of one person, as long as nobody else's name gives the same one."""
    return agenda_names([person])[person]


def agenda_names(persons: Iterable[str]) -> dict[str, str]:
    """Person -> name of the file, for everybody who has one in this run; no two are the same."""
    return personal_names(_PREFIX, persons, _SUFFIX)
