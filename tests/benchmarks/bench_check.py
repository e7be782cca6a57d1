"""How long `toolkit check` takes beside bare python-calamine: cold, warm and with 1 % changed.

Run `python tests/benchmarks/bench_check.py`; README.md beside it explains the figures.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import toolkit

OLD = 1_700_000_000
AS_OF = date(2026, 11, 20)
PACKAGE = Path(toolkit.__file__).parent
IMPORTS = ("pandas", "numpy", "click", "rich.table", "python_calamine")


def cpu() -> float:
    """Seconds of processor time of this process and (not on Windows) of its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def run_calamine(folder: Path) -> dict[str, Any]:
    """Every sheet of every workbook to lists, one thread, nothing else."""
    import python_calamine

    rows = 0
    started = time.perf_counter()
    for path in sorted(folder.rglob("*.xlsx")):
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            rows += len(book.get_sheet_by_name(name).to_python())
    return {"seconds": time.perf_counter() - started, "rows": rows, "cpu": cpu()}


def run_check(folder: Path, cache: Path | None) -> dict[str, Any]:
    """What `toolkit check` does, step by step."""
    laps = [time.perf_counter()]
    from toolkit.workflows.early import import_meanwhile, start_reading_ahead

    start_reading_ahead()
    from toolkit.forms import load_forms
    from toolkit.readers.reader import read_folder

    laps.append(time.perf_counter())
    import_meanwhile()
    with ExitStack() as later:
        dossier = read_folder(folder, load_forms(), cache=cache, later=later)
        laps.append(time.perf_counter())
        from toolkit.workflows.judged import Judged

        judged = Judged.of(cache, folder, dossier, AS_OF, AS_OF) if cache is not None else None
        result = judged.recall() if judged is not None else None
        if known := result is not None:
            laps += [time.perf_counter()] * 2
        else:
            from toolkit.regulation.department import Department
            from toolkit.workflows.check import judge

            department = Department.of(dossier, AS_OF)
            laps.append(time.perf_counter())
            result, said = judge(department, judged)
            laps.append(time.perf_counter())
    if judged is not None and not known:
        judged.keep(result, said)
    laps.append(time.perf_counter())
    from toolkit.readers.worker import SPARES

    SPARES.close()  # so that their time counts
    names = ("imports", "read", "department", "rules", "kept")
    steps = {name: laps[n + 1] - laps[n] for n, name in enumerate(names)}
    records = sum(source.rows for source in dossier.sources)
    return {
        "seconds": laps[-1] - laps[0],
        "rows": records,
        "findings": len(result.findings),
        "cpu": cpu(),
        **steps,
    }


def in_a_process(*arguments: str) -> dict[str, Any]:
    """One of the runs above in a Python of its own, with its wall time and memory."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True
    )
    peak = [0]
    watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watch.start()
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{arguments} failed")
    took = time.perf_counter() - started
    return {**json.loads(output), "process": took, "mib": peak[0] / 2**20}


def _watch(pid: int, peak: list[int]) -> None:
    """The most memory that a process and its children held together (Linux; 0 elsewhere)."""
    while Path(f"/proc/{pid}").exists():
        peak[0] = max(peak[0], sum(_resident(each) for each in _family(pid)))
        time.sleep(0.03)


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def make_department(folder: Path, workbooks: int, rows: int, seed: int) -> None:
    from toolkit.workflows.init import init_sample

    init_sample(folder, workbooks, 1, rows, seed)
    make_old(folder)


def make_old(folder: Path) -> None:
    """A file that was written just now is hashed anew; the files of a department are older."""
    for path in folder.rglob("*.xlsx"):
        os.utime(path, (OLD, OLD))


def some_of(folder: Path, share: float) -> list[Path]:
    paths = sorted(folder.rglob("*.xlsx"))
    return paths[:: max(int(1 / share), 1)]


def save_again(path: Path, number: int) -> None:
    """Other bytes with the same records, as after a look at the workbook."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = f"save {number}".encode()


def edit(path: Path, number: int) -> None:
    """One day in the workbook's largest sheet becomes another one."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.infolist()}
    sheet = max((e for e in parts if "worksheets/sheet" in e.filename), key=lambda e: e.file_size)
    day = f"<v>{46_000 + number % 199}</v>".encode()
    parts[sheet] = re.sub(rb"<v>4[56]\d{3}</v>", day, parts[sheet], count=1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, body in parts.items():
            archive.writestr(entry.filename, body)


def measure(folder: Path, cache: Path, repeat: int) -> dict[str, list[dict[str, Any]]]:
    """All runs side by side, round after round."""
    found: dict[str, list[dict[str, Any]]] = {}
    for number in range(repeat):
        shutil.rmtree(cache, ignore_errors=True)
        found.setdefault("calamine", []).append(in_a_process("_calamine", str(folder)))
        found.setdefault("no cache", []).append(in_a_process("_check", str(folder)))
        found.setdefault("cold", []).append(in_a_process("_check", str(folder), str(cache)))
        found.setdefault("warm", []).append(in_a_process("_check", str(folder), str(cache)))
        for name, change in (("1 % saved again", save_again), ("1 % changed", edit)):
            for count, path in enumerate(some_of(folder, 0.01)):
                change(path, number * 1_000 + count)
                os.utime(path, (OLD + number + 1, OLD + number + 1))
            run = in_a_process("_check", str(folder), str(cache))
            found.setdefault(name, []).append(run)
    return found


def median(runs: list[dict[str, Any]], key: str) -> float:
    return statistics.median(run[key] for run in runs)


def show(found: dict[str, list[dict[str, Any]]]) -> None:
    calamine = median(found["calamine"], "seconds")
    cold = median(found["cold"], "seconds")
    steps = ("imports", "read", "department", "rules", "kept")
    print(f"{'':15} {'seconds':>8} {'/calamine':>9} {'/cold':>6} {'CPU':>7} {'MiB':>6}  steps")
    for name, runs in found.items():
        took = median(runs, "seconds")
        parts = "  ".join(f"{s} {median(runs, s):.2f}" for s in steps if s in runs[0])
        print(
            f"{name:15} {took:8.2f} {took / calamine:9.2f} {took / cold:6.2f}"
            f" {median(runs, 'cpu'):7.2f} {max(run['mib'] for run in runs):6.0f}  {parts}"
        )


def show_imports() -> None:
    """Each in a fresh Python, less a Python that imports nothing."""

    def start(code: str) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
            times.append(time.perf_counter() - started)
        return statistics.median(times)

    bare = start("pass")
    print(f"bare Python {bare * 1000:.0f} ms; on top of it:")
    for name in IMPORTS:
        print(f"  import {name:16} {(start(f'import {name}') - bare) * 1000:6.0f} ms")
    for name, code in (
        ("toolkit --help", "from toolkit.__main__ import main; main(['--help'])"),
        ("the child process", "import toolkit.readers.child"),
    ):
        print(f"  {name:23} {(start(code) - bare) * 1000:6.0f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workbooks", type=int, default=60, help="项目跟踪表, one an engineer")
    parser.add_argument("--rows", type=int, default=500, help="support records in each")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="rounds; medians are compared")
    parser.add_argument("--folder", type=Path, help="an existing department instead (it is copied)")
    parser.add_argument("--linear", help="also these numbers of workbooks, as 10,100,1000,3000")
    options = parser.parse_args()
    compileall.compile_dir(PACKAGE, quiet=1)  # as pip does, whatever this environment forbids
    show_imports()
    sizes = [int(n) for n in options.linear.split(",")] if options.linear else []
    for workbooks in (options.workbooks, *sizes):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "部门")
            if options.folder is not None:
                shutil.copytree(options.folder, folder)
                make_old(folder)
            else:
                make_department(folder, workbooks, options.rows, options.seed)
            files = list(folder.rglob("*.xlsx"))
            for path in files:
                path.read_bytes()  # the disk is nobody's merit
            found = measure(folder, Path(name, "cache"), options.repeat)
        rows = int(median(found["cold"], "rows"))
        print(f"\n{len(files)} files, {rows} records, median of {options.repeat}")
        show(found)


if __name__ == "__main__":
    if sys.argv[1:2] == ["_calamine"]:
        print(json.dumps(run_calamine(Path(sys.argv[2]))))
    elif sys.argv[1:2] == ["_check"]:
        kept = Path(sys.argv[3]) if len(sys.argv) > 3 else None
        print(json.dumps(run_check(Path(sys.argv[2]), kept)))
    else:
        main()
