"""Thousands of mutated workbooks through the product's reader: every one ends in a verdict.

python tests/benchmarks/bench_fuzz.py                       # 10,000 .xlsx and 10,000 .xls
python tests/benchmarks/bench_fuzz.py --count 500 --seed 3 --kinds xls
python tests/benchmarks/bench_fuzz.py --libreoffice         # also files that LibreOffice wrote
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.programs import libreoffice_convert
from tests.readers.fuzz.series import official, run, various


def written_by_libreoffice(kind: str) -> list[bytes]:
    """The seeds once more, as LibreOffice saves them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sources = [folder / "official.xlsx", folder / "various.xlsx"]
        for path, content in zip(sources, (official(), various()), strict=True):
            path.write_bytes(content)
        made = libreoffice_convert(sources, kind, folder / kind, folder / "profile")
        return [path.read_bytes() for path in made]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="files of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default="xlsx,xls")
    parser.add_argument("--libreoffice", action="store_true", help="mutate its files, too")
    options = parser.parse_args()
    wrong: list[str] = []
    for kind in options.kinds.split(","):
        more = written_by_libreoffice(kind) if options.libreoffice else []
        started = time.perf_counter()
        outcome = run(kind, options.count, options.seed, more)
        took = time.perf_counter() - started
        print(f"\n{outcome.verdicts.total()} mutated .{kind} in {took:.0f} s")
        for (status, reason), number in outcome.verdicts.most_common():
            print(f"{number:7} {status:13} {reason}")
        wrong += outcome.wrong
    print(f"\n{len(wrong)} without a declared verdict", *wrong, sep="\n")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
