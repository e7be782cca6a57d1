"""Each hostile file of the tests alone in a folder: seconds, memory of the worker, verdict.

python tests/benchmarks/bench_hostile.py
python tests/benchmarks/bench_hostile.py .xls 合并         # only names with one of these in it
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.readers.child_memory import ChildMemory
from tests.readers.hostile.attack import FORM
from tests.readers.hostile.collection import ATTACKS
from toolkit.forms import load_forms
from toolkit.model.dossier import Source
from toolkit.readers import worker
from toolkit.readers.reader import read_folder

SECONDS, MEBIBYTES = 2.0, 512


def measured(name: str, content: bytes) -> tuple[float, float, Source]:
    """Seconds, peak of the worker in MiB, and what became of the file.

    The worker is new, but it has started: that happens once for a folder.
    """
    worker.SPARES.close()
    lone("好.xlsx", FORM)
    with ChildMemory() as memory:
        started = time.perf_counter()
        source = lone(name, content)
        seconds = time.perf_counter() - started
    return seconds, memory.mebibytes, source


def lone(name: str, content: bytes) -> Source:
    """What becomes of the only file of a folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        os.utime(path, (1_760_000_000, 1_760_000_000))
        (source,) = read_folder(Path(folder), load_forms()).sources
    return source


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="only attacks with one of these in their name")
    options = parser.parse_args()
    slowest = largest = 0.0
    wrong = 0
    print("| attack | bytes | seconds | peak MiB | verdict |\n| --- | ---: | ---: | ---: | --- |")
    for name, attack in ATTACKS.items():
        if options.names and not any(part in name for part in options.names):
            continue
        content = attack.make()
        seconds, mebibytes, source = measured(name, content)
        verdict = source.reason or f"{source.status.value}，{source.rows} 行"
        print(f"| {name} | {len(content):,} | {seconds:.2f} | {mebibytes:.0f} | {verdict} |")
        slowest, largest = max(slowest, seconds), max(largest, mebibytes)
        wrong += source.status.value != attack.status or attack.said not in source.reason
    print(f"\nslowest {slowest:.2f} s, largest {largest:.0f} MiB, unexpected verdicts {wrong}")
    raise SystemExit(wrong or slowest > SECONDS or largest > MEBIBYTES)


if __name__ == "__main__":
    main()
