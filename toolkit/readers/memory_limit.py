"""How much memory a child process may take, and giving back what nobody needs any more.

A hostile file fails in the child, not the PC.
"""

from __future__ import annotations

import contextlib
import mmap
import sys

MOST = 512 * 2**20
"""What a child process may hold in all. The largest book that is read takes half of it."""
_PARSING = 448 * 2**20
"""What it may take for files, beside what it is itself."""
_LARGEST_KEPT = 32 * 2**20
"""Arrays that are larger go back to the system when they are freed; glibc allows no more."""
_FREE_KEPT = 128 * 2**20
"""What may lie free at the end of a process's memory before it is handed back."""
_M_TRIM_THRESHOLD, _M_TOP_PAD, _M_MMAP_THRESHOLD = -1, -2, -3
"""Numbers of `mallopt` in glibc's malloc.h."""


def limit_memory() -> None:
    """Limit this process. Windows has it from outside (`job_object`).

    macOS accepts a limit but does not keep it; the time-out ends a hungry parser there.
    """
    own = _address_space()
    if own:
        _set(own + _PARSING)


def give_back() -> None:
    """Hand what was freed back to the system, where the C library would keep it (Linux)."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)


def keep_freed() -> None:
    """Let this process take for the next file what the last one freed (Linux with glibc).

    Else the system zeroes new pages for every large array: a twentieth of the time of reading.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            set_option = ctypes.CDLL(None).mallopt
            set_option(_M_MMAP_THRESHOLD, _LARGEST_KEPT)
            set_option(_M_TRIM_THRESHOLD, _FREE_KEPT)
            set_option(_M_TOP_PAD, _LARGEST_KEPT // 2)


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
