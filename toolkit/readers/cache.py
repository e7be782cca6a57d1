"""What earlier runs read: where it lies, what its keys say, and which files need reading at all.

Without it only time changes: it holds the very bytes that a child would hand back, under the hash
of the content and of all that decides how it is read. Restricted files, files with a password of
their own and files that could not be read never come near it.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from toolkit import __version__
from toolkit.model.forms import Form

from .folder import Entry
from .labels import OwnLabels
from .store import FILE_NAME, Kept, Seen, Store, entry_key

_SETTLED_NS = 3 * 10**9
"""A file that is younger may change again without its time changing (FAT counts two seconds)."""
_DAY_SECONDS = 86_400


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

    def bodies(self, entries: Iterable[Entry], *, labels: bool = False) -> dict[str, Kept]:
        """Relative path -> body of the files that need no reading."""
        keys = {
            entry.relative: entry_key(self.key, fingerprint, entry.path.name, labels=labels)
            for entry in entries
            if (fingerprint := self.fingerprint(entry))
        }
        found = self.store.bodies(list(dict.fromkeys(keys.values())))
        self._used.update(found)
        return {path: found[key] for path, key in keys.items() if key in found}

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
            self._new.items(), self._used - self._new.keys(), self.folder, changed, gone, day
        )

    def close(self) -> None:
        self.store.close()
