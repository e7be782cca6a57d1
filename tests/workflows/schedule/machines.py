"""Machines that are not there: a Windows, a Linux, and programs that answer as told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath, PureWindowsPath

from toolkit.model.jobs import TRIGGERS
from toolkit.workflows.schedule.command import start_of
from toolkit.workflows.schedule.entry import Entry
from toolkit.workflows.schedule.names import task_name
from toolkit.workflows.schedule.system import Outcome, System

NOW = datetime(2026, 11, 25, 12, 0, 0)
"""A Wednesday: of the two runs of a day one is over."""
PYTHON = PureWindowsPath("C:\\Program Files\\Python 312\\python.exe")


@dataclass
class Programs:
    """Answers by the words that a command line contains; succeeds silently by default."""

    answers: dict[str, Outcome | OSError] = field(default_factory=dict)
    calls: list[list[str]] = field(default_factory=list)
    given: list[bytes] = field(default_factory=list)
    talked: list[bool] = field(default_factory=list)
    watch: Callable[[Sequence[str]], None] | None = None

    def __call__(
        self, command: Sequence[str], *, given: bytes = b"", talks: bool = False
    ) -> Outcome:
        self.calls.append(list(command))
        self.given.append(given)
        self.talked.append(talks)
        if self.watch is not None:
            self.watch(command)
        line = " ".join(command)
        answer = next((a for words, a in self.answers.items() if words in line), Outcome(0))
        if isinstance(answer, OSError):
            raise answer
        return answer

    def lines(self, program: str) -> list[str]:
        """The arguments of each call of a program."""
        named = [c for c in self.calls if PureWindowsPath(c[0]).name.startswith(program)]
        return [" ".join(call[1:]) for call in named]


def windows(
    programs: Programs,
    *,
    drives: Mapping[str, str] | None = None,
    terminal: bool = True,
    **variables: str,
) -> System:
    """A PC of user 演示 in domain 总部, with drives mapped to shares."""
    return System(
        platform="win32",
        python=PYTHON,
        home=PureWindowsPath("C:\\Users\\演示"),
        environment={
            "SystemRoot": "C:\\Windows",
            "SystemDrive": "C:",
            "USERDOMAIN": "总部",
            "USERNAME": "演示",
            **variables,
        },
        run=programs,
        share_of=lambda drive: (drives or {}).get(drive.upper(), ""),
        terminal=terminal,
    )


def linux(programs: Programs, home: Path, python: PurePath | None = None) -> System:
    """A PC whose user has this home."""
    return System(
        platform="linux",
        python=python or Path("/usr/bin/python3"),
        home=home,
        environment={},
        run=programs,
        share_of=lambda _: "",
        terminal=False,
    )


def entry(folder: PurePath, python: PurePath, *, account: str = "", now: datetime = NOW) -> Entry:
    """A department's job at the real times."""
    return Entry(task_name(folder), start_of(folder, python), TRIGGERS, now, account)
