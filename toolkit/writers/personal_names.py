"""Names of files that belong to one person each: two people never share a file."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import count

from .files import safe_name


def personal_names(prefix: str, persons: Iterable[str], suffix: str) -> dict[str, str]:
    """Person -> file name, e.g. 待办_姓名.xlsx.

    Names that Windows takes for the same file get a number, by the order of the persons' names:
    the same people have the same files in every run.
    """
    taken: set[str] = set()
    found: dict[str, str] = {}
    for person in sorted(set(persons)):
        name = _free(safe_name(f"{prefix}{person}{suffix}"), suffix, taken)
        taken.add(same_on_windows(name))
        found[person] = name
    return found


def same_on_windows(name: str) -> str:
    """Equal for names that are one file there: case and Unicode form make no difference."""
    return unicodedata.normalize("NFC", name).casefold()


def _free(name: str, suffix: str, taken: set[str]) -> str:
    """The name, or the first with a number that is free."""
    stem = name.removesuffix(suffix)
    for number in count(2):
        if same_on_windows(name) not in taken:
            return name
        tail = f"_{number}{suffix}"
        name = safe_name(stem + tail)
        if not name.endswith(tail):
            # shortening took the number away: it takes the place of the stem's end
            name = stem[: len(suffix) - len(tail)] + tail
    raise AssertionError("there is always another number")
