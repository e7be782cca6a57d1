"""The list of a folder in which somebody may just be saving.

Excel writes a new file under a passing name, deletes the old one and renames. A list made between
the two misses a workbook that is there. So where something speaks for it, the folder is listed
again before a file counts as gone, and what stood in one of these lists stays: who reads it says
what became of it. Only what has another name by now is gone from its old one.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from toolkit.model.dossier import Status

from .folder import Entry, list_folder
from .lock_files import locked_path

_STEP = 0.05
_WHILE_SAVING = 2.0
"""Seconds to wait for a passing file to go: it is renamed or left over."""
_WHEN_GONE = 3.0
_WHEN_GONE_BUT_OPEN = 10.0
"""Seconds until a workbook that an earlier run read counts as deleted."""
_FRESH_NS = 30 * 10**9


def list_settled(
    folder: Path,
    *,
    restricted: bool = False,
    known: Collection[str] = (),
    sleep: Callable[[float], None] = time.sleep,
    now_ns: Callable[[], int] = time.time_ns,
) -> list[Entry]:
    """`list_folder`, repeated as long as a workbook may be missing only for a moment.

    `known` are the paths of workbooks that were there before.
    """
    waited, awaited = 0.0, set(known)
    met: dict[str, _Met] = {}
    while True:
        listed = list_folder(folder, restricted=restricted)
        there = {entry.relative: entry for entry in listed if entry.status is Status.READ}
        met |= {path: _Met(entry, there.keys()) for path, entry in there.items()}
        for path in _renamed(there, met):
            del met[path]
            awaited.discard(path)
        entries = _with_missing(listed, met)
        if waited >= _patience(entries, awaited, now_ns()):
            return entries
        sleep(_STEP)
        waited += _STEP


class _Met(NamedTuple):
    """A workbook, and the names of all that stood in the last list that had it."""

    entry: Entry
    beside: Collection[str]


def _renamed(there: Mapping[str, Entry], met: Mapping[str, _Met]) -> list[str]:
    """Old names of workbooks: one of the same size and time stands under a name that is new.

    What a program that is saving renames has a passing name, which no workbook has.
    """
    names: dict[tuple[int, int], list[str]] = defaultdict(list)
    for path, entry in there.items():
        names[entry.size, entry.mtime_ns].append(path)
    renamed = []
    for path in met.keys() - there.keys():
        entry, beside = met[path]
        if any(name not in beside for name in names.get((entry.size, entry.mtime_ns), ())):
            renamed.append(path)
    return renamed


def _with_missing(listed: list[Entry], met: Mapping[str, _Met]) -> list[Entry]:
    """The list and the workbooks that only earlier lists had."""
    there = {entry.relative for entry in listed}
    missing = [one.entry for path, one in met.items() if path not in there]
    return sorted([*listed, *missing], key=lambda entry: entry.relative) if missing else listed


def _patience(entries: Iterable[Entry], known: Collection[str], now_ns: int) -> float:
    """How many seconds such a list is worth waiting for a better one."""
    patience = 0.0
    present, open_ = set(), set()
    for entry in entries:
        present.add(entry.relative)
        if entry.status is Status.LOCK:
            open_.add(locked_path(entry.relative))
        elif entry.status is Status.TEMPORARY and 0 <= now_ns - entry.mtime_ns < _FRESH_NS:
            patience = _WHILE_SAVING
    for path in known:
        if path not in present:
            patience = max(patience, _WHEN_GONE_BUT_OPEN if path in open_ else _WHEN_GONE)
    return patience
