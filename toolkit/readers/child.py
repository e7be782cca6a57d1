"""The child process: reads one file after the other, and may die of any of them.

It parses, recognises, binds and types, so that only finished columns travel to the parent. It
imports neither pandas nor anything else that it does not need: it starts with every run.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import IO

from .codec import DamagedError, decode, encode
from .grid import Book
from .guard import RefusedError, hungry, stumbled
from .memory_limit import keep_freed, limit_memory
from .protocol import (
    BOOK,
    CONTEXT,
    PARSED,
    READING,
    READY,
    REFUSED,
    Answer,
    Context,
    Task,
    pack_answer,
    pack_refusal,
    receive,
    send,
)
from .reading import Reading, refusal
from .recognise import Recogniser
from .stable_file import Loaded, load
from .store import Store, entry_key, pointed_to
from .workbook import parse_workbook

IDLE_SECONDS = 60.0
"""A child that nobody has used for so long ends by itself."""
_COLLECT_EVERY = 200
_REFUSAL = 1_000
"""Bytes of an answer with no more than a reason."""


class FileReader:
    """Reads files as a context says; what a child does with each of them."""

    def __init__(self, context: Context, hungry: Callable[[], None] = lambda: None) -> None:
        """`hungry` is called when memory does not suffice, before that becomes a verdict."""
        self._context = context
        self._hungry = hungry
        self._trace = ""
        self._store: Store | None = None

    @cached_property
    def _recogniser(self) -> Recogniser:
        return Recogniser(
            self._context.forms, self._context.own, restricted=self._context.restricted
        )

    @cached_property
    def _label_reader(self) -> Recogniser:
        return Recogniser(self._context.forms)

    def answers(self, tasks: Iterable[Task]) -> Iterator[Answer]:
        """The answers to tasks, in their order."""
        self._store = Store.existing(Path(self._context.cache)) if self._context.cache else None
        try:
            yield from map(self.answer, tasks)
        finally:
            if self._store is not None:
                self._store.close()
                self._store = None

    def answer(self, task: Task) -> Answer:
        """Never raises: whatever happens is the file's reading."""
        self._trace = ""
        path = Path(task.path)
        kept: list[bytes] = []

        def known(fingerprint: str) -> bool:
            key = self._key(task, path.name, fingerprint)
            found = self._store.body(key) if self._store is not None and key else None
            kept.extend(self._sound(found))
            return bool(kept)

        loaded = load(
            path, task.mtime_ns, lambda content: self.parse(path.name, content), known=known
        )
        body, keep = (kept[-1], True) if kept else self._body(task, path.name, loaded)
        key = self._key(task, path.name, loaded.fingerprint) if keep else ""
        return Answer(
            task.number,
            loaded.fingerprint,
            loaded.state,
            loaded.missing,
            key,
            self._trace or loaded.trace,
            body,
        )

    def _sound(self, body: bytes | None) -> Iterator[bytes]:
        """The body from the cache if there is one and it is a reading, or tells where it lies."""
        if body is not None and pointed_to(body) is not None:
            yield body
        elif body is not None:
            with contextlib.suppress(DamagedError):
                decode(body, self._context.forms)
                yield body

    def parse(self, name: str, content: bytes) -> Book:
        """A workbook. Raises RefusedError."""
        return parse_workbook(name, content, self._context.passwords)

    def _body(self, task: Task, name: str, loaded: Loaded) -> tuple[bytes, bool]:
        """What the parent gets, and whether the cache may keep it."""
        if loaded.book is None:
            assert loaded.refused is not None
            refused = loaded.refused
            if refused.hungry:
                self._hungry()
            return (pack_refusal(refused) if task.as_book else encode(refusal(refused))), False
        if task.as_book:
            return _pickled(loaded.book), False
        try:
            reading = self._read(task, name, loaded.book)
            return encode(reading), reading.may_be_kept and not loaded.book.secret
        except MemoryError:
            self._hungry()
            return encode(refusal(hungry())), False
        except Exception as error:  # a mistake of ours must not cost the other files
            self._trace = traceback.format_exc()
            return encode(refusal(stumbled(error))), False

    def _read(self, task: Task, name: str, book: Book) -> Reading:
        if task.labels:
            return self._label_reader.read_labels(book)
        return self._recogniser.read(book, name)

    def _key(self, task: Task, name: str, fingerprint: str) -> str:
        if not self._context.keys or not fingerprint or task.as_book:
            return ""
        return entry_key(self._context.keys, fingerprint, name, labels=task.labels)


def _pickled(book: Book) -> bytes:
    """A book as plain rows."""
    grids = [replace(grid, rows=list(grid.rows)) for grid in book.grids]
    return pickle.dumps(replace(book, grids=grids), 5)


def serve() -> None:
    """The child's whole life: answer what comes through its standard input."""
    requests, answers = _pipes()
    gc.disable()  # cells make no cycles
    served = _Served(requests, answers)
    threading.Thread(target=served.end_when_idle, daemon=True).start()
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):
        served.loop()
    os._exit(0)


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Standard input and output, of which nothing else may make use any more."""
    ours = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        for end in ours:
            msvcrt.setmode(end, os.O_BINARY)
    requests, answers = os.fdopen(ours[0], "rb"), os.fdopen(ours[1], "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    return requests, answers


class _Served:
    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._requests, self._answers = requests, answers
        limit_memory()
        keep_freed()
        gc.freeze()  # what is imported is not looked through again
        self._reader = FileReader(Context(), self._end_unless_new)
        self._idle_since: float | None = time.monotonic()
        self._files = 0

    def _end_unless_new(self) -> None:
        """A file that finds no room beside what others left behind gets a child of its own."""
        if self._files:
            os._exit(1)

    def end_when_idle(self) -> None:
        while True:
            time.sleep(IDLE_SECONDS / 10)
            since = self._idle_since
            if since is not None and time.monotonic() - since > IDLE_SECONDS:
                os._exit(0)

    def loop(self) -> None:
        send(self._answers, READY, b"")
        while True:
            self._idle_since = time.monotonic()
            kind, body = receive(self._requests)
            self._idle_since = None
            message = pickle.loads(body)
            if kind == CONTEXT:
                self._reader = FileReader(message, self._end_unless_new)
            elif kind == BOOK:
                self._parse(*message)
            else:
                for answer in self._reader.answers(message):
                    send(self._answers, READING, pack_answer(answer))
                    self._files += 1
                    if self._files % _COLLECT_EVERY == 0 or len(answer.body) < _REFUSAL:
                        gc.collect()  # a refusal holds on to what it refused

    def _parse(self, name: str, content: bytes) -> None:
        try:
            body = _pickled(self._reader.parse(name, content))
        except RefusedError as refused:
            return send(self._answers, REFUSED, pack_refusal(refused))
        except Exception as error:
            return send(self._answers, REFUSED, pack_refusal(stumbled(error)))
        return send(self._answers, PARSED, body)
