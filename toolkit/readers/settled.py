"""The list of a folder in which somebody may just be saving.

Excel writes a new file under a passing name, deletes the old one and renames. A list made between
the two misses a workbook that is there. So where something speaks for it, the folder is listed
again before a file counts as gone, and what stood in one of these lists stays: who reads it says
what became of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

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
    waited = 0.0
    met: dict[str, Entry] = {}
    while True:
        listed = list_folder(folder, restricted=restricted)
        met |= {entry.relative: entry for entry in listed if entry.status is Status.READ}
        entries = _with_missing(listed, met)
        if waited >= _patience(entries, known, now_ns()):
            return entries
        sleep(_STEP)
        waited += _STEP


def _with_missing(listed: list[Entry], met: Mapping[str, Entry]) -> list[Entry]:
    """The list and the workbooks that only earlier lists had."""
    there = {entry.relative for entry in listed}
    missing = [entry for path, entry in met.items() if path not in there]
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
