"""The file of the cache: readings by their key, and which file had which content.

SQLite keeps concurrent runs apart and lays thousands of readings into one file, for opening one
file each would take longer on Windows than parsing them. A body is only believed when its proof
fits its key; a damaged file is thrown away and begun anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import NamedTuple

from .recognise import is_configuration

FILE_NAME = "readings.sqlite"
MAX_BYTES = 2**30
MAX_DAYS = 90
_SCHEMA = 1
_TABLES = """
CREATE TABLE IF NOT EXISTS entries (
    key TEXT PRIMARY KEY, used INTEGER NOT NULL, size INTEGER NOT NULL,
    proof BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS seen (
    folder TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL, fingerprint TEXT NOT NULL, day INTEGER NOT NULL,
    PRIMARY KEY (folder, path)) WITHOUT ROWID;
"""
_AT_ONCE = 500
_PATIENCE_SECONDS = 3.0
_POINTER = b"SWP1"


class Seen(NamedTuple):
    """What a file was when its content was hashed."""

    size: int
    mtime_ns: int
    ctime_ns: int
    fingerprint: str


def entry_key(context: str, fingerprint: str, name: str, *, labels: bool = False) -> str:
    """The key of a reading: the content, how it was read, and what of its name matters."""
    suffix = PurePath(name).suffix.lower()
    parts = (context, fingerprint, suffix, is_configuration(name), labels)
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


class Kept(NamedTuple):
    """A body and its hash."""

    body: bytes
    digest: bytes


def pointer_to(snapshot: str, files: int) -> bytes:
    """A body that says in which snapshot, of how many files, the reading lies."""
    return _POINTER + json.dumps([snapshot, files]).encode()


def pointed_to(body: bytes) -> tuple[str, int] | None:
    """The snapshot of a body of `pointer_to`, and how many files it has."""
    if not body.startswith(_POINTER):
        return None
    try:
        snapshot, files = json.loads(body[len(_POINTER) :])
        return str(snapshot), int(files)
    except (ValueError, TypeError):
        return None


def digest_of(body: bytes) -> bytes:
    """SHA-256 of a body."""
    return hashlib.sha256(body).digest()


def _proof(key: str, digest: bytes) -> bytes:
    return hashlib.sha256(key.encode() + digest).digest()


class Store:
    """An open file. Every method works on, or finds nothing, when the file is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._mends = True

    @classmethod
    def open(cls, path: Path) -> Store:
        """The file, made when it is missing; an unusable one is begun anew."""
        store = cls(path)
        for _ in range(2):
            if store._connect():
                break
            store._throw_away()
        return store

    @classmethod
    def existing(cls, path: Path) -> Store:
        """The file if it is there, for reading: nothing is made or mended."""
        store = cls(path)
        with contextlib.suppress(sqlite3.Error):
            if path.exists():
                store._connection = sqlite3.connect(path, timeout=_PATIENCE_SECONDS)
                store._connection.execute("PRAGMA query_only=1")
        store._mends = False
        return store

    def close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _connect(self) -> bool:
        """Whether the file can be used."""
        try:
            connection = sqlite3.connect(
                self._path, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error:
            return False
        try:
            connection.execute("PRAGMA page_size=16384")
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version not in (0, _SCHEMA):
                raise sqlite3.DatabaseError("another schema")
            connection.executescript(_TABLES)
            connection.execute(f"PRAGMA user_version={_SCHEMA}")
        except sqlite3.OperationalError:
            connection.close()  # busy, or the disk is full: not a reason to throw it away
            return True
        except sqlite3.DatabaseError:
            connection.close()
            return False
        self._connection = connection
        return True

    def _throw_away(self) -> None:
        self.close()
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                os.unlink(f"{self._path}{suffix}")

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[sqlite3.Connection | None]:
        """The connection; what goes wrong with it costs the cache, not the run."""
        try:
            yield self._connection
        except sqlite3.OperationalError:
            pass
        except sqlite3.DatabaseError:
            if self._mends:
                self._throw_away()
            else:
                self.close()

    def body(self, key: str) -> bytes | None:
        """The body under a key, if it is there and whole."""
        kept = self.bodies([key]).get(key)
        return None if kept is None else kept.body

    def bodies(self, keys: Sequence[str]) -> dict[str, Kept]:
        """The bodies that are there and whole."""
        found: dict[str, Kept] = {}
        with self._guarded() as connection:
            for start in range(0, len(keys) if connection else 0, _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                assert connection is not None
                marks = ",".join("?" * len(some))
                rows = connection.execute(
                    f"SELECT key, proof, body FROM entries WHERE key IN ({marks})", some
                )
                for key, proof, body in rows:
                    digest = digest_of(body) if isinstance(body, bytes) else b""
                    if digest and proof == _proof(key, digest):
                        found[key] = Kept(body, digest)
        return found

    def seen(self, folder: str) -> dict[str, Seen]:
        """Path -> what the file was when it was last read."""
        found: dict[str, Seen] = {}
        with self._guarded() as connection:
            if connection is not None:
                rows = connection.execute(
                    "SELECT path, size, mtime_ns, ctime_ns, fingerprint FROM seen WHERE folder=?",
                    (folder,),
                )
                found = {path: Seen(*rest) for path, *rest in rows}
        return found

    def keep(
        self,
        bodies: Iterable[tuple[str, bytes]],
        used: Iterable[str],
        folder: str,
        seen: Mapping[str, Seen],
        gone: Iterable[str],
        day: int,
    ) -> None:
        """Remember bodies and files, and forget what nobody used for long."""
        with self._guarded() as connection:
            if connection is None:
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.executemany(
                    "INSERT OR REPLACE INTO entries VALUES (?,?,?,?,?)",
                    (
                        (key, day, len(body), _proof(key, digest_of(body)), body)
                        for key, body in bodies
                    ),
                )
                connection.executemany(
                    "UPDATE entries SET used=? WHERE key=? AND used<>?",
                    ((day, key, day) for key in used),
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO seen VALUES (?,?,?,?,?,?,?)",
                    ((folder, path, *file, day) for path, file in seen.items()),
                )
                connection.executemany(
                    "DELETE FROM seen WHERE folder=? AND path=?", ((folder, path) for path in gone)
                )
                _forget(connection, day)
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
            connection.execute("PRAGMA incremental_vacuum")


def _forget(connection: sqlite3.Connection, day: int) -> None:
    connection.execute("DELETE FROM entries WHERE used<?", (day - MAX_DAYS,))
    connection.execute("DELETE FROM seen WHERE day<?", (day - MAX_DAYS,))
    (total,) = connection.execute("SELECT COALESCE(SUM(size), 0) FROM entries").fetchone()
    if total <= MAX_BYTES:
        return
    oldest = connection.execute("SELECT key, size FROM entries ORDER BY used, rowid").fetchall()
    for key, size in oldest:
        connection.execute("DELETE FROM entries WHERE key=?", (key,))
        total -= size
        if total <= MAX_BYTES * 4 // 5:
            break
