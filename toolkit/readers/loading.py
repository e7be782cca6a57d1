"""The files of a folder to readings or books: from the cache, else read in child processes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from toolkit.model.dossier import Status
from toolkit.model.errors import ToolkitError
from toolkit.model.forms import Form

from .cache import Cache
from .codec import DamagedError, decode
from .folder import Entry
from .grid import Book
from .guard import stumbled
from .labels import OwnLabels
from .passwords import department_passwords
from .pool import Pool, children_for
from .protocol import Answer, Context, Task, unpack_book
from .reading import Reading, refusal
from .shelf import Found, Shelf
from .store import digest_of, pointed_to
from .vocabulary import Vocabulary
from .worker import TIMEOUT_SECONDS, ChildError, start_ahead

LOG = logging.getLogger("toolkit.readers")
LOG.addHandler(logging.NullHandler())  # tracebacks are for a log, not for the console of staff
_MISSING_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.25
"""Excel saves by deleting and renaming: a missing file is looked for again so often, so long."""


_FEW = 20
"""Where less than one file in so many is to be read, the others need not wait for it."""


@dataclass(slots=True)
class Loaded:
    """What became of an entry: its reading or book, and the hash of its content."""

    entry: Entry
    fingerprint: str = ""
    reading: Reading | None = None
    book: Book | None = None
    secret: bool = False
    """Read with a password of its own: nothing of it may be kept."""
    key: str = ""
    """Of its reading in the cache."""
    digest: str = ""
    """The hash of its reading, where there is a cache."""
    cut: bool = False
    """Whether it comes from a snapshot of the folder."""


class _Elsewhere(NamedTuple):
    """An entry of which the cache tells in which snapshot its reading lies."""

    entry: Entry
    fingerprint: str
    key: str
    pointer: bytes
    state: tuple[int, int, int] | None = None
    """Of the bytes that were hashed just now."""


@dataclass(frozen=True, slots=True)
class Loader:
    """How the files of one run are read."""

    forms: Mapping[str, Form]
    restricted: bool = False
    cache: Cache | None = None
    timeout: float = TIMEOUT_SECONDS
    sleep: Callable[[float], None] = time.sleep
    words: Vocabulary = field(default_factory=Vocabulary)
    """What the columns of its readings are numbers of."""

    def readings(
        self, entries: Sequence[Entry], own: OwnLabels, *, labels: bool = False
    ) -> Iterator[Loaded]:
        """The reading of every entry, in the order in which they are ready."""
        cache = self.cache
        context = Context(
            self.forms,
            own,
            self.restricted,
            department_passwords(),
            cache.key if cache is not None else "",
            str(cache.path) if cache is not None else "",
        )
        shelf = Shelf(cache, self.forms, self.words) if cache is not None else None
        keys = cache.keys(entries, labels=labels) if cache is not None else {}
        known = [entry for entry in entries if entry.relative in keys]
        rest = [entry for entry in entries if entry.relative not in keys]
        elsewhere: list[_Elsewhere] = []
        if rest:
            start_ahead()
        with ThreadPoolExecutor(1, "few") as aside:
            few = None
            if rest and len(rest) * _FEW < len(entries):  # read while the others are unpacked
                few = aside.submit(self._all_answers, rest, context, labels=labels)
                rest = []
            if shelf is not None and not shelf.fetch(keys.values(), labels=labels):
                start_ahead()
            for entry in known:
                assert shelf is not None
                key, fingerprint = keys[entry.relative], shelf.cache.fingerprint(entry)
                if (found := shelf.reading(key)) is not None:
                    yield _loaded(entry, fingerprint, key, found)
                elif pointer := shelf.pointer(key):
                    elsewhere.append(_Elsewhere(entry, fingerprint, key, pointer))
                else:
                    rest.append(entry)
            answers = few.result() if few is not None else []
        for entry, answer in chain(answers, self._answers(rest, context, labels=labels)):
            if pointed_to(answer.body) is None:
                yield self._reading(entry, answer)
            else:
                elsewhere.append(
                    _Elsewhere(entry, answer.fingerprint, answer.key, answer.body, answer.state)
                )
        if shelf is not None and elsewhere:
            yield from self._elsewhere(shelf, elsewhere, context, labels=labels)

    def _elsewhere(
        self, shelf: Shelf, wanted: list[_Elsewhere], context: Context, *, labels: bool
    ) -> Iterator[Loaded]:
        """Readings from snapshots; what is not there is read after all."""
        shelf.fetch_others({one.key: one.pointer for one in wanted})
        rest: list[Entry] = []
        for one in wanted:
            if (found := shelf.reading(one.key)) is None:
                rest.append(one.entry)
                continue
            if one.state is not None:
                shelf.cache.note(one.entry, one.fingerprint, one.state)
            yield _loaded(one.entry, one.fingerprint, one.key, found)
        for entry, answer in self._answers(rest, replace(context, cache=""), labels=labels):
            yield self._reading(entry, answer)

    def books(self, entries: Sequence[Entry]) -> Iterator[Loaded]:
        """The book of every entry that can be read, in the order of the entries."""
        context = Context(passwords=department_passwords())
        found: dict[str, Loaded] = {}
        for entry, answer in self._answers(entries, context, as_book=True):
            try:
                book = unpack_book(answer.body)
            except Exception:
                book = None
            found[entry.relative] = Loaded(
                entry, answer.fingerprint, book=book if isinstance(book, Book) else None
            )
        return (found[entry.relative] for entry in entries)

    def _reading(self, entry: Entry, answer: Answer) -> Loaded:
        if answer.trace:
            LOG.error("cannot read %s\n%s", entry.relative, answer.trace)
        try:
            reading = decode(answer.body, self.forms, self.words)
        except DamagedError as error:
            LOG.error("cannot understand what was read of %s: %s", entry.relative, error)
            reading = refusal(stumbled(error))
        else:
            if self.cache is not None and answer.key:
                self.cache.put(answer.key, answer.body)
                self.cache.note(entry, answer.fingerprint, answer.state)
        secret = reading.status is Status.READ and not answer.key
        digest = digest_of(answer.body).hex() if self.cache is not None else ""
        return Loaded(
            entry, answer.fingerprint, reading, secret=secret, key=answer.key, digest=digest
        )

    def _all_answers(
        self, entries: Sequence[Entry], context: Context, *, labels: bool
    ) -> list[tuple[Entry, Answer]]:
        return list(self._answers(entries, context, labels=labels))

    def _answers(
        self,
        entries: Sequence[Entry],
        context: Context,
        *,
        labels: bool = False,
        as_book: bool = False,
    ) -> Iterator[tuple[Entry, Answer]]:
        """The answer to every entry; what is missing is looked for again at the end."""
        tasks = [
            Task(number, str(entry.path), entry.mtime_ns, labels, as_book)
            for number, entry in enumerate(entries)
        ]
        children = children_for(len(entries), sum(entry.size for entry in entries))
        waited = 0.0
        with Pool(context, children, self.timeout) as pool:
            while tasks:
                missing: list[Task] = []
                try:
                    for answer in pool.answers(tasks):
                        if answer.missing and waited < _MISSING_SECONDS:
                            missing.append(next(t for t in tasks if t.number == answer.number))
                        else:
                            yield entries[answer.number], answer
                except ChildError as error:
                    raise _no_children(error) from error
                tasks = missing
                if tasks:
                    self.sleep(_LOOK_AGAIN_SECONDS)
                    waited += _LOOK_AGAIN_SECONDS


def _loaded(entry: Entry, fingerprint: str, key: str, found: Found) -> Loaded:
    reading, digest, cut = found
    return Loaded(entry, fingerprint, reading, key=key, digest=digest, cut=cut)


def _no_children(error: Exception) -> ToolkitError:
    return ToolkitError(
        f"无法启动读取表格的子进程（{error}）。", "请联系管理员允许运行 Python，然后再试一次。"
    )
