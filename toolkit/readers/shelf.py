"""The readings that the cache holds: in the folder's snapshot, one by one, or in another's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from toolkit.model.forms import Form

from .cache import Cache
from .codec import DamagedError, decode
from .reading import Reading
from .snapshot import Snapshot
from .store import Kept, pointed_to
from .vocabulary import Vocabulary

_FEW = 20
"""Another folder's snapshot is opened for more than one in so many of its files."""


class Found(NamedTuple):
    """A reading, its hash, and whether it comes from the folder's own snapshot."""

    reading: Reading
    digest: str
    cut: bool = False


@dataclass(slots=True)
class Shelf:
    """What is kept of the files of one run."""

    cache: Cache
    forms: Mapping[str, Form]
    words: Vocabulary
    _own: Snapshot = field(default_factory=Snapshot)
    _others: list[Snapshot] = field(default_factory=list)
    _bodies: dict[str, Kept] = field(default_factory=dict)

    def fetch(self, keys: Iterable[str], *, labels: bool) -> bool:
        """Get ready what is kept under these keys; whether it is all there."""
        wanted = set(keys)
        if wanted and not labels:  # of which no snapshot is made
            self._own = Snapshot.of(self.cache.snapshot(), self.forms, self.words)
        rest = wanted - self._own.digests.keys()
        self._bodies = self.cache.bodies(rest)
        return rest <= self._bodies.keys()

    def fetch_others(self, pointers: Mapping[str, bytes]) -> None:
        """Get ready the snapshots in which readings lie, by their keys.

        Those of which only a few are wanted are left out: they are sooner read anew.
        """
        wanted: dict[tuple[str, int], int] = defaultdict(int)
        for key, body in pointers.items():
            place = pointed_to(body)
            if place is not None and key not in self._own.digests:
                wanted[place] += 1
        for (name, files), count in wanted.items():
            if count * _FEW > files:
                content = self.cache.snapshot_of(name)
                self._others.append(Snapshot.of(content, self.forms, self.words))

    def reading(self, key: str) -> Found | None:
        """What was fetched under a key; a new one every time."""
        for snapshot in (self._own, *self._others):
            if key in snapshot.digests:
                reading = snapshot.reading(key)
                if reading is not None:
                    return Found(reading, snapshot.digests[key], snapshot is self._own)
        if key not in self._bodies:
            return None
        kept = self._bodies[key]
        try:
            return Found(decode(kept.body, self.forms, self.words), kept.digest.hex())
        except DamagedError:
            return None

    def pointer(self, key: str) -> bytes:
        """Where else the reading lies that was fetched under a key; empty when nobody knows."""
        kept = self._bodies.get(key)
        return b"" if kept is None or pointed_to(kept.body) is None else kept.body
