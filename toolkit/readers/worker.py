"""A child process that reads workbooks: when a parser aborts or hangs there, the run goes on."""

from __future__ import annotations

import atexit
import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from .grid import Book
from .guard import crashed, too_long
from .job_object import limited
from .memory_limit import MOST
from .passwords import department_passwords
from .protocol import (
    BOOK,
    CONTEXT,
    PARSED,
    READY,
    Context,
    receive,
    send,
    unpack_book,
    unpack_refusal,
)

TIMEOUT_SECONDS = 60.0
_PACKAGE_FOLDER = str(Path(__file__).resolve().parents[2])
_CODE = "from toolkit.readers.child import serve; serve()"
_SPARES = 2
"""Idle children that wait for the next folder; after a minute they end by themselves."""


class ChildError(Exception):
    """No child can be started here."""


class Child:
    """A running child. Used by one thread at a time; `kill` may be called by another."""

    def __init__(self) -> None:
        paths = [_PACKAGE_FOLDER, os.environ.get("PYTHONPATH", "")]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, paths)),
                "OPENBLAS_NUM_THREADS": "1",  # its threads reserve memory and are of no use here
            },
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        self._job = limited(self.process, MOST)
        self.was_ready = False
        self.context: bytes = b""
        """What the child was told last."""

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def tell(self, context: bytes) -> None:
        """Send the context unless the child knows it. Raises OSError when it is gone."""
        if context != self.context:
            self.say(CONTEXT, context)
            self.context = context

    def say(self, kind: bytes, body: bytes) -> None:
        assert self.process.stdin is not None
        send(self.process.stdin, kind, body)

    def hear(self) -> tuple[bytes, bytes]:
        """The next answer. Raises EOFError or OSError when the child is gone.

        Raises ChildError when it never was there.
        """
        assert self.process.stdout is not None
        if not self.was_ready:
            try:
                kind, _ = receive(self.process.stdout)
            except EOFError as error:
                raise ChildError(f"{sys.executable} ends at once") from error
            self.was_ready = kind == READY
        return receive(self.process.stdout)

    def kill(self) -> None:
        """End the process; whoever waits for it gets an EOFError."""
        with contextlib.suppress(OSError):
            self.process.kill()

    def close(self) -> None:
        """End the process and free its pipes."""
        self.kill()
        with contextlib.suppress(OSError, ValueError):
            self.process.communicate()


class _Spares:
    """Children that have nothing to do: one that is starting, or those of the last folder."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Child] = []

    def take(self) -> Child:
        """An idle child, else a new one."""
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None:
                return Child()
            if child.alive:
                return child
            child.close()

    def give(self, child: Child) -> None:
        """Keep a child that is well and has answered everything."""
        with self._lock:
            if child.alive and len(self._idle) < _SPARES:
                self._idle.append(child)
                return
        child.close()

    def close(self) -> None:
        """End all that are idle."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.close()

    def start_ahead(self) -> None:
        """Start a child unless one is idle."""
        with self._lock:
            if not any(child.alive for child in self._idle):
                self._idle.append(Child())


SPARES = _Spares()
atexit.register(SPARES.close)


def start_ahead() -> None:
    """Start a child while the caller still imports what it needs."""
    with contextlib.suppress(OSError):
        SPARES.start_ahead()


class Worker:
    """Parses single workbooks in a child; a context manager, used by threads."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        self._child: Child | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the child go, if there is one."""
        if self._child is not None:
            SPARES.give(self._child)
            self._child = None

    def parse(self, name: str, content: bytes) -> Book:
        """The workbook, parsed by the child. Raises RefusedError, also when the child dies."""
        context = pickle.dumps(Context(passwords=department_passwords()))
        with self._lock:
            if self._child is None or not self._child.alive:
                if self._child is not None:
                    self._child.close()
                self._child = SPARES.take()
            child = self._child
            try:
                with _timer(child, self._timeout) as late:
                    child.tell(context)
                    child.say(BOOK, pickle.dumps((name, content)))
                    kind, body = child.hear()
            except (OSError, EOFError, ChildError) as error:
                child.close()
                self._child = None
                raise (too_long() if late.is_set() else crashed()) from error
        if kind != PARSED:
            raise unpack_refusal(body)
        book = unpack_book(body)
        assert isinstance(book, Book)
        return book


@contextlib.contextmanager
def _timer(child: Child, seconds: float) -> Iterator[threading.Event]:
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
