"""A disk that fails: the n-th thing that changes a folder goes wrong, or is the last one ever."""

from __future__ import annotations

import builtins
import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch


class Killed(BaseException):
    """The process is dead: nothing of ours catches it, and nothing happens on the disk any more."""


Fault = Callable[[int, int, str], BaseException | None]
"""(point, number of the step, what is done) -> what goes wrong, if anything."""


def _error(code: int) -> OSError:
    return OSError(code, os.strerror(code))


def full(point: int, number: int, what: str) -> BaseException | None:
    """From the point on the disk is full; removing still works."""
    grows = what in ("open", "write", "fsync", "mkdir", "link")
    return _error(errno.ENOSPC) if number >= point and grows else None


def gone(point: int, number: int, what: str) -> BaseException | None:
    """From the point on the disk or the share answers nothing but errors."""
    return _error(errno.EIO) if number >= point else None


def broken_once(point: int, number: int, what: str) -> BaseException | None:
    """One thing fails, everything else works."""
    return _error(errno.EIO) if number == point else None


def held_once(point: int, number: int, what: str) -> BaseException | None:
    """A sharing violation, or a right that is missing for a moment."""
    return _error(errno.EACCES) if number == point else None


def killed(point: int, number: int, what: str) -> BaseException | None:
    """The process dies, as of a power cut."""
    return Killed(what) if number >= point else None


def interrupted(point: int, number: int, what: str) -> BaseException | None:
    """Ctrl-C at one thing; everything else works."""
    return KeyboardInterrupt(what) if number == point else None


FAULTS: dict[str, Fault] = {
    each.__name__: each for each in (full, gone, broken_once, held_once, killed)
}


@dataclass
class Disk:
    """What is done to a folder, step by step. Only what happens below `folder` counts."""

    folder: Path
    fault: Fault | None = None
    point: int = 0
    steps: list[str] = field(default_factory=list)

    def step(self, what: str, path: Any = None) -> None:
        """Raises what goes wrong with this step. Without a path it counts wherever it is done."""
        if path is not None and not self._is_below(path):
            return
        self.steps.append(what)
        error = self.fault and self.fault(self.point, len(self.steps), what)
        if error:
            raise error

    def _is_below(self, path: Any) -> bool:
        return isinstance(path, str | os.PathLike) and Path(path).is_relative_to(self.folder)

    @contextmanager
    def at_work(self) -> Iterator[Disk]:
        """Everything that the toolkit does to the folder goes through `step` first."""

        def around(name: str, function: Callable[..., Any], which: int | None) -> Any:
            def stepped(*args: Any, **options: Any) -> Any:
                self.step(name, None if which is None else args[which])
                return function(*args, **options)

            return stepped

        real_open = io.open

        def opened(file: Any, mode: str = "r", *args: Any, **options: Any) -> Any:
            if not set(mode) & set("wxa+") or not self._is_below(file):
                return real_open(file, mode, *args, **options)
            self.step("open")
            return _File(real_open(file, mode, *args, **options), self)

        with ExitStack() as stack:
            for name, which in (
                ("replace", 1), ("rename", 1), ("link", 1), ("unlink", 0), ("mkdir", 0),
                ("chmod", 0), ("truncate", 0), ("fsync", None),
            ):  # fmt: skip
                changed = around(name, getattr(os, name), which)
                stack.enter_context(patch.object(os, name, changed))
            stack.enter_context(patch.object(io, "open", opened))
            stack.enter_context(patch.object(builtins, "open", opened))
            yield self


class _File:
    """An open file of the folder; a write that fails has written half."""

    def __init__(self, stream: Any, disk: Disk) -> None:
        self._stream, self._disk = stream, disk

    def write(self, data: Any) -> Any:
        try:
            self._disk.step("write")
        except BaseException:
            self._stream.write(data[: len(data) // 2])
            raise
        return self._stream.write(data)

    def truncate(self, *args: Any) -> Any:
        self._disk.step("truncate")
        return self._stream.truncate(*args)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: Any) -> None:
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def points(steps: list[str], wanted: int) -> list[int]:
    """So many numbers of steps: the first and the last of every kind, then those between."""
    kinds = dict.fromkeys(steps)
    first = [steps.index(kind) + 1 for kind in kinds]
    last = [len(steps) - steps[::-1].index(kind) for kind in kinds]
    chosen = list(dict.fromkeys([*first, *last]))
    rest = [number for number in range(1, len(steps) + 1) if number not in chosen]
    missing = wanted - len(chosen)
    if missing > 0:
        chosen += [rest[n * len(rest) // missing] for n in range(min(missing, len(rest)))]
    return sorted(chosen[:wanted])
