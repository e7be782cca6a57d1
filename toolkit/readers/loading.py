"""The files of a folder to readings or books: from the cache, else read in child processes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

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
from .snapshot import Snapshot
from .store import digest_of
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
        missing: list[Entry] = []
        keys = cache.keys(entries, labels=labels) if cache is not None else {}
        rest = [entry for entry in entries if entry.relative not in keys]
        if rest:
            start_ahead()
        with ThreadPoolExecutor(1, "few") as aside:
            few = None
            if rest and len(rest) * _FEW < len(entries):  # read while the others are unpacked
                few = aside.submit(lambda: list(self._answers(rest, context, labels=labels)))
            if cache is not None:
                known = [entry for entry in entries if entry.relative in keys]
                for one in self._kept(known, keys, cache, labels=labels):
                    if one.reading is None:
                        missing.append(one.entry)
                    else:
                        yield one
            if few is not None:
                for entry, answer in few.result():
                    yield self._reading(entry, answer)
                rest = []
        for entry, answer in self._answers([*rest, *missing], context, labels=labels):
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

    def _kept(
        self, entries: Sequence[Entry], keys: Mapping[str, str], cache: Cache, *, labels: bool
    ) -> Iterator[Loaded]:
        """Every entry, with its reading if that is kept."""
        snapshot = Snapshot()
        if keys and not labels:
            snapshot = Snapshot.of(cache.snapshot(), self.forms, self.words)
        bodies = cache.bodies(key for key in keys.values() if key not in snapshot.digests)
        if any(key not in bodies and key not in snapshot.digests for key in keys.values()):
            start_ahead()
        for entry in entries:
            one = Loaded(entry, cache.fingerprint(entry), key=keys[entry.relative])
            if one.key in snapshot.digests:
                one.reading = snapshot.reading(one.key, self.forms)
                one.digest, one.cut = snapshot.digests[one.key], True
            elif one.key in bodies:
                one.reading = self._from_cache(bodies[one.key].body)
                one.digest = bodies[one.key].digest.hex()
            yield one

    def _from_cache(self, body: bytes) -> Reading | None:
        try:
            return decode(body, self.forms, self.words)
        except DamagedError:
            return None

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


def _no_children(error: Exception) -> ToolkitError:
    return ToolkitError(
        f"无法启动读取表格的子进程（{error}）。", "请联系管理员允许运行 Python，然后再试一次。"
    )
