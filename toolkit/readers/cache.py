"""What earlier runs read: where it lies, what its keys say, and which files need reading at all.

Without it only time changes: it holds the very bytes that a child would hand back, under the hash
of the content and of all that decides how it is read, or a snapshot of all that was read of a
folder. Restricted files, files with a password of their own and files that could not be read never
come near it.

Under the key of each reading that lies in a snapshot stands in which: content is found again when
files or folders have other names.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path

from toolkit import __version__
from toolkit.model.forms import Form

from .folder import Entry
from .labels import OwnLabels
from .store import FILE_NAME, Kept, Seen, Store, digest_of, entry_key, pointer_to

_SETTLED_NS = 3 * 10**9
"""A file that is younger may change again without its time changing (FAT counts two seconds)."""
_DAY_SECONDS = 86_400
_PIECE_BYTES = 2**22
"""A snapshot is kept in pieces of this size."""
_MOST_BYTES = 2**29
"""Of more than that no snapshot is made."""


def default_cache_folder() -> Path:
    """The user's own cache folder, never on the share."""
    import platformdirs

    return Path(platformdirs.user_cache_path("support-workbooks-toolkit", appauthor=False))


def is_private(folder: Path) -> bool:
    """Whether the folder can be used and nobody else may write into it; it is made if missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sys.platform == "win32":
            return True  # the profile is the user's own
        state = folder.stat()
        return state.st_uid == os.geteuid() and not state.st_mode & 0o022
    except OSError:
        return False


def context_key(forms: Mapping[str, Form], own: OwnLabels) -> str:
    """What decides how a content is read: the program, the forms, the department's own labels."""
    labels = sorted((key, sorted(names.items())) for key, names in own.entries.items())
    parts = (__version__, program_key("readers", "model", "forms"), list(forms.values()), labels)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def program_key(*packages: str) -> str:
    """The hash of the modules of packages: a changed program works anew, whatever its version."""
    found = hashlib.sha256()
    for package in packages:
        folder = Path(__file__).parent.parent / package
        for path in sorted([*folder.glob("*.py"), *folder.glob("*.toml")]):
            found.update(path.read_bytes())
    return found.hexdigest()


@dataclass(slots=True)
class Cache:
    """The cache of one run of one folder. `close` it, also after a mistake."""

    store: Store
    path: Path
    folder: str
    key: str = ""
    _seen: dict[str, Seen] = field(default_factory=dict)
    _new: dict[str, bytes] = field(default_factory=dict)
    _used: set[str] = field(default_factory=set)
    _noted: dict[str, Seen] = field(default_factory=dict)
    _snapshot: list[bytes] = field(default_factory=list)
    _members: list[str] = field(default_factory=list)
    """Keys of the readings in the new snapshot."""
    is_stale: bool = False
    """Whether the snapshot is of last month: files that went would stay in it for ever."""
    now_ns: Callable[[], int] = time.time_ns

    @classmethod
    def of(cls, cache_folder: Path, folder: Path) -> Cache | None:
        """The cache for a department's folder; None where there can be none."""
        if not is_private(cache_folder):
            return None
        path = cache_folder / FILE_NAME
        cache = cls(Store.open(path), path, str(folder.resolve()))
        cache._seen = cache.store.seen(cache.folder)
        return cache

    @property
    def known_paths(self) -> set[str]:
        """The files that earlier runs read in this folder."""
        return set(self._seen)

    def fingerprint(self, entry: Entry) -> str:
        """The hash of a file that did not change since it was read; '' when nobody knows."""
        seen = self._seen.get(entry.relative)
        if seen is None or seen[:3] != (entry.size, entry.mtime_ns, entry.ctime_ns):
            return ""
        return seen.fingerprint

    def keys(self, entries: Iterable[Entry], *, labels: bool = False) -> dict[str, str]:
        """Relative path -> key of the reading of each file that did not change."""
        return {
            entry.relative: entry_key(self.key, fingerprint, entry.path.name, labels=labels)
            for entry in entries
            if (fingerprint := self.fingerprint(entry))
        }

    def bodies(self, keys: Iterable[str]) -> dict[str, Kept]:
        """The readings that are there."""
        found = self.store.bodies(list(dict.fromkeys(keys)))
        self._used.update(found)
        return found

    def snapshot(self) -> bytes:
        """The folder as it was put together this month or the last; empty when it was not."""
        month = _month(self.now_ns())
        found = self.snapshot_of(self._snapshot_key(month))
        if not found:
            found = self.snapshot_of(self._snapshot_key(month - 1))
            self.is_stale = bool(found)
        return found

    def snapshot_of(self, key: str) -> bytes:
        """The snapshot under a key, of any folder; empty when it is not there."""
        index = self.store.body(key)
        try:
            digests = list(map(bytes.fromhex, json.loads(index or b"[]")))
        except (ValueError, TypeError):
            return b""
        keys = [key, *(f"{key}/{number}" for number in range(len(digests)))]
        found = self.store.bodies(keys[1:])
        if [kept.digest for kept in map(found.get, keys[1:]) if kept is not None] != digests:
            return b""  # another run has just laid another one in its place
        self._used.update(keys)
        return b"".join([found.pop(each).body for each in keys[1:]])

    @property
    def can_be_put_together(self) -> bool:
        """Whether a snapshot of what was read would not be too large."""
        return sum(map(len, self._new.values())) <= _MOST_BYTES

    def put_snapshot(self, pack: Callable[[], list[bytes]], keys: Sequence[str]) -> None:
        """Keep the folder as it is now, packed at once, instead of each of these readings.

        They go first: both together would take too much memory.
        """
        for key in keys:
            self._new.pop(key, None)
        self._snapshot, self._members = pack(), list(keys)

    def _snapshot_key(self, month: int) -> str:
        whole = repr((self.key, self.folder, month)).encode("utf-8", "surrogatepass")
        return f"snapshot-{hashlib.sha256(whole).hexdigest()}"

    def _packed(self) -> Iterator[tuple[str, bytes]]:
        """What there is to keep of a snapshot; nothing of it is left."""
        parts, self._snapshot = self._snapshot, []
        if not parts:
            return
        key, digests = self._snapshot_key(_month(self.now_ns())), []
        for number, piece in enumerate(_pieces(parts)):
            digests.append(digest_of(piece).hex())
            yield f"{key}/{number}", piece
        yield key, json.dumps(digests).encode()
        pointer = pointer_to(key, len(self._members))
        yield from ((member, pointer) for member in self._members)

    def note(self, entry: Entry, fingerprint: str, state: tuple[int, int, int]) -> None:
        """Remember what a file is, unless it may still be changing."""
        if self.now_ns() - max(state[1:]) > _SETTLED_NS:
            self._noted[entry.relative] = Seen(*state, fingerprint)

    def put(self, key: str, body: bytes) -> None:
        self._new[key] = body

    def save(self, present: Sequence[str]) -> None:
        """Write what is new; `present` are the paths of all files that are there."""
        gone = self.store.seen(self.folder).keys() - set(present)
        changed = {p: s for p, s in self._noted.items() if self._seen.get(p) != s}
        day = self.now_ns() // 10**9 // _DAY_SECONDS
        self.store.keep(
            chain(self._new.items(), self._packed()),
            self._used - self._new.keys(),
            self.folder,
            changed,
            gone,
            day,
        )

    def close(self) -> None:
        self.store.close()


def _month(now_ns: int) -> int:
    return now_ns // 10**9 // _DAY_SECONDS // 30


def _pieces(parts: list[bytes]) -> Iterator[bytes]:
    """The parts joined to pieces of a good size; none of them is left."""
    some: list[bytes] = []
    parts.reverse()
    while parts:
        some.append(parts.pop())
        if sum(map(len, some)) >= _PIECE_BYTES or not parts:
            yield b"".join(some)
            some = []
