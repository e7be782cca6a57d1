"""One run in a process of its own, to be killed: python -m tests.workflows.nightly.victim.

    victim FOLDER BOX [--slow] [--die N] [--when TIME]

Digests go to BOX. `--slow` holds the run while it reads, until FOLDER/go exists; `--die N` kills
the process at the N-th step of its writing, as a power cut would.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

from tests.workflows.nightly.desk import OTHER, make_desk, matter
from tests.workflows.nightly.steps import at_every_step

_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows: TerminateProcess, just as final
_SECONDS = 60


def main(arguments: list[str]) -> int:
    folder, box = Path(arguments[0]), Path(arguments[1])
    options = arguments[2:]
    desk = make_desk(folder, matters=[matter("A"), matter("B", OTHER)], box=box)
    if "--slow" in options:
        desk.on_check = lambda: _wait_for(folder / "go")
    when = options[options.index("--when") + 1] if "--when" in options else "2026-10-12T08:30"
    last = int(options[options.index("--die") + 1]) if "--die" in options else 0

    def step(number: int, what: str) -> None:
        if number == last:
            os.kill(os.getpid(), _KILL)

    with at_every_step(desk, step):
        report = desk.run(when)
    sys.stdout.buffer.write(report.outcome.encode("utf-8"))
    return report.exit_code


def _wait_for(path: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
