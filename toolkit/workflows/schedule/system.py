"""What the schedulers are driven through: this machine's programs, paths and environment.

Everything that install, remove and preview know of the machine is in one `System`, so that a
test hands in a Windows that is not there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from .network_drive import share_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended; `output` and `errors` are empty when it talked to the user itself."""

    code: int
    output: bytes = b""
    errors: bytes = b""

    @property
    def words(self) -> str:
        """The first line that the program said, errors first; '' when it said nothing."""
        encoding = "oem" if sys.platform == "win32" else "utf-8"
        for said in (self.errors, self.output):
            for line in said.decode(encoding, errors="replace").splitlines():
                if line.strip():
                    return line.strip()
        return ""


class Run(Protocol):
    """Runs a program to its end. Raises OSError when it cannot be started."""

    def __call__(
        self, command: Sequence[str], *, given: bytes = b"", talks: bool = False
    ) -> Outcome:
        """`given` is its standard input; with `talks` it has the user's terminal instead."""


@dataclass(frozen=True, slots=True)
class System:
    """The machine on which the job is installed."""

    platform: str
    """As sys.platform."""
    python: PurePath
    """The interpreter, absolute, its links not followed: a virtual environment stays one."""
    home: PurePath
    environment: Mapping[str, str]
    run: Run
    share_of: Callable[[str], str]
    """The network share behind a drive such as `Z:`; '' for a local drive."""
    terminal: bool
    """Whether a program that asks for a password would be answered."""

    @property
    def windows(self) -> bool:
        return self.platform == "win32"


def this_system() -> System:
    """The machine that we run on; read at the door and passed on."""
    return System(
        platform=sys.platform,
        # not resolve(): in a virtual environment that would be another Python
        python=Path(sys.executable).absolute(),
        home=Path.home(),
        environment=os.environ,
        run=run_program,
        share_of=share_of,
        terminal=sys.stdin is not None and sys.stdin.isatty(),
    )


def run_program(command: Sequence[str], *, given: bytes = b"", talks: bool = False) -> Outcome:
    """The real thing; see Run."""
    if talks:
        return Outcome(subprocess.run(list(command), check=False).returncode)
    done = subprocess.run(list(command), input=given, capture_output=True, check=False)
    return Outcome(done.returncode, done.stdout, done.stderr)
