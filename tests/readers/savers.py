"""A program that saves workbooks over and over, until it is stopped or ten minutes are over.

    python -m tests.readers.savers HOW FOLDER VERSIONS STOP SEED

HOW: `in-place` or `as-excel`. VERSIONS holds a folder for every workbook, with its versions;
each is saved to the workbook of the folder's name in FOLDER. It ends when the file STOP exists.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MOST_SECONDS = 600.0
_PATIENCE_SECONDS = 60.0
_LOCK = b"\x09\xe5\xbc\xa0\xe6\xa0\xb7\xe4\xbe\x8b".ljust(165)
"""The owner's name as Excel writes it, its length first."""


def save_in_place(path: Path, content: bytes, dice: random.Random) -> None:
    """Over the old bytes or into the emptied file, piece by piece."""
    with _patiently(lambda: path.open(dice.choice(("wb", "r+b")), buffering=0)) as stream:
        at = 0
        while at < len(content):
            size = dice.randint(200, 6000)
            stream.write(content[at : at + size])
            at += size
            if dice.random() < 0.3:
                os.fsync(stream.fileno())
            time.sleep(dice.uniform(0.0, 0.01))
        stream.truncate()


def save_as_excel(path: Path, content: bytes, dice: random.Random) -> None:
    """A new file under a passing name; the old one is renamed away, the new one renamed."""
    lock, passing, away = (
        path.with_name(name)
        for name in (f"~${path.name}", _passing_name(dice), f"{_passing_name(dice)}.tmp")
    )
    lock.write_bytes(_LOCK)
    with passing.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    time.sleep(dice.uniform(0.0, 0.01))
    _patiently(lambda: os.replace(path, away))
    time.sleep(dice.uniform(0.0, 0.05))
    _patiently(lambda: os.replace(passing, path))
    _patiently(away.unlink)
    if dice.random() < 0.5:
        _patiently(lock.unlink)


HOW: dict[str, tuple[Callable[[Path, bytes, random.Random], None], float]] = {
    "in-place": (save_in_place, 0.005),
    "as-excel": (save_as_excel, 0.3),
}
"""The way of saving, and the longest rest after it in seconds."""


def _passing_name(dice: random.Random) -> str:
    return f"{dice.getrandbits(32):08X}"


def _patiently(action: Callable[[], Any]) -> Any:
    """Windows: whoever reads the file keeps others from replacing it for a moment."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return action()
        except PermissionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def main(arguments: list[str]) -> None:
    save, rest = HOW[arguments[0]]
    folder, versions, stop = map(Path, arguments[1:4])
    dice = random.Random(int(arguments[4]))
    books = [
        (folder / each.name, [version.read_bytes() for version in sorted(each.iterdir())])
        for each in sorted(versions.iterdir())
    ]
    deadline = time.monotonic() + _MOST_SECONDS
    while not stop.exists() and time.monotonic() < deadline:
        path, contents = dice.choice(books)
        save(path, dice.choice(contents), dice)
        time.sleep(dice.uniform(0.0, rest))


if __name__ == "__main__":
    main(sys.argv[1:])
