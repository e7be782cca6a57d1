"""How much memory a child process may take: a hostile file fails there, not the PC."""

from __future__ import annotations

import contextlib
import mmap
import sys

SPARE = 320 * 2**20
"""What every file may take."""
_PER_BYTE = 24
"""What a byte of an unpacked file may take while it is parsed: cells are larger than text."""
MOST = 2 * 2**30
_STEP = 64 * 2**20


class MemoryLimit:
    """The limit of this process, moved for each file. Windows has it from outside (`job_object`).

    macOS accepts a limit but does not keep it; the time-out ends a hungry parser there.
    """

    def __init__(self) -> None:
        self._own = _address_space()
        self._limit = 0

    def allow(self, unpacked: int) -> None:
        """Let the next file take what one of `unpacked` bytes may need."""
        wanted = min(SPARE + unpacked * _PER_BYTE, MOST)
        limit = self._own + -(-wanted // _STEP) * _STEP
        if self._own and limit != self._limit:
            self._limit = limit
            _set(limit)


def _address_space() -> int:
    """Bytes of address space that this process has now; 0 where it does not tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            pages = int(file.read().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * mmap.PAGESIZE


def _set(limit: int) -> None:
    if sys.platform != "win32":
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard != resource.RLIM_INFINITY:
            limit = min(limit, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
