"""One nightly run over a large department: time and memory beside a plain check of it.

    python tests/benchmarks/bench_nightly.py                   # 100 engineers
    python tests/benchmarks/bench_nightly.py --engineers 1000  # the full size

The department is generated and looked at four weeks later, so that everybody's sheet has been
silent for long; messages go to a channel that only counts them: what a mail server takes is not
ours.
"""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from toolkit.model.agenda import ChannelSetting
from toolkit.workflows.check import check_folder
from toolkit.workflows.init import SAMPLE_DAY, init_sample
from toolkit.workflows.nightly.run import run_jobs
from toolkit.workflows.nightly.tools import Tools

DAY = SAMPLE_DAY + dt.timedelta(weeks=4)
MAIL = ChannelSetting("邮件", "邮件", server="smtp.example.com", sender="jobs@example.com")


class Counter:
    """A channel that takes everything."""

    sent = 0

    def send(self, digest: Any, address: str, message_id: str) -> None:
        Counter.sent += 1

    def close(self) -> None:
        pass


def timed(what: str, work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the wall clock, printed with the peak of memory so far."""
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:44} {seconds:8.2f} s   peak {peak:6.0f} MiB", flush=True)
    return seconds, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engineers", type=int, default=100)
    parser.add_argument("--records", type=int, default=50, help="support records an engineer")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "部门"
        timed(
            f"making {options.engineers} engineers",
            lambda: init_sample(folder, options.engineers, None, options.records, 1),
        )
        checking, _ = timed("check", lambda: check_folder(folder, today=DAY, as_of=DAY))
        nightly, report = timed("first nightly run (08:30)", lambda: run(folder, _at(8)))
        again, _ = timed("second run of the day (17:30)", lambda: run(folder, _at(17)))
        idle, _ = timed("a run with nothing due", lambda: run(folder, _at(18)))
        print(f"nightly / check {nightly / checking:.2f}, evening / check {again / checking:.2f}")
        print(f"nothing due {idle:.2f} s; {report.summary()}; messages {Counter.sent}")


def _at(hour: int) -> dt.datetime:
    return dt.datetime.combine(DAY, dt.time(hour, 31))


def run(folder: Path, when: dt.datetime) -> Any:
    return run_jobs(
        folder, now=when, environment={}, sleep=lambda seconds: None, monotonic=time.monotonic,
        tools=Tools(open_channel=lambda *_, **__: Counter(), channels=lambda department: [MAIL]),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
