"""All rules beside the reading of the files that they judge, in one run.

    python tests/benchmarks/bench_rules.py                                     # a minute
    python tests/benchmarks/bench_rules.py --engineers 333 --projects 15 --records 1500

The second line is the full size: 5,000 projects, 500,000 support records. The cache is not used.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from toolkit.forms import load_forms
from toolkit.readers.reader import read_folder
from toolkit.regulation.department import Department
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules
from toolkit.workflows.init import SAMPLE_DAY, init_sample


def timed(what: str, work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of the wall clock, printed."""
    started = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - started
    print(f"{what:34} {seconds:8.2f} s", flush=True)
    return seconds, result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engineers", type=int, default=40)
    parser.add_argument("--projects", type=int, default=5, help="an engineer")
    parser.add_argument("--records", type=int, default=300, help="an engineer")
    parser.add_argument("--folder", type=Path, help="an existing department instead")
    options = parser.parse_args()
    load_rules()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary) / "部门"
        size = options.engineers, options.projects, options.records
        if options.folder is None:
            timed("writing the department", lambda: init_sample(folder, *size, 1))
        reading, dossier = timed("reading", lambda: read_folder(folder, load_forms()))
        deriving, dept = timed("department", lambda: Department.of(dossier, SAMPLE_DAY))
        judging, result = timed(f"{len(load_rules())} rules", lambda: check(dept))
        slowest = sorted(_each(dept), reverse=True)[:8]
    files, records = len(dossier.sources), len(dossier.frame("tracking"))
    projects = len(dossier.frame("initiation"))
    print(f"{files} files, {projects} projects, {records:,} support records, "
          f"{len(result.findings)} findings")  # fmt: skip
    print(f"rules / reading {judging / reading:.2f}, with department {deriving / reading:.2f} more")
    print("slowest: " + ", ".join(f"{rule} {seconds:.2f} s" for seconds, rule in slowest))


def _each(dept: Department) -> list[tuple[float, str]]:
    found = []
    for spec in load_rules().values():
        started = time.perf_counter()
        check(dept, [spec])
        found.append((time.perf_counter() - started, spec.id))
    return found


if __name__ == "__main__":
    main()
