"""The most memory that child processes held, while somebody looked (Linux; nothing elsewhere)."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from types import TracebackType

_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")
_EVERY = 0.01


class ChildMemory:
    """A context manager; `mebibytes` is the peak of the largest child of this process."""

    def __init__(self) -> None:
        self.mebibytes = 0.0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> ChildMemory:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._stopped.wait(_EVERY):
            self._look()

    def _look(self) -> None:
        for children in Path("/proc/self/task").glob("*/children"):
            try:
                peaks = [_peak(pid) for pid in children.read_text().split()]
            except OSError:
                continue  # the thread has ended
            self.mebibytes = max(self.mebibytes, *peaks, 0.0)


def _peak(pid: str) -> float:
    """In MiB; 0 for a process that is no reader, or still a copy of this one."""
    try:
        if b"toolkit.readers.child" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            return 0.0
        found = _PEAK.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0
