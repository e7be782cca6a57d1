"""Files of a folder to books, several at a time, in the order of the folder."""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from .folder import Entry
from .grid import Book
from .guard import RefusedError, stumbled
from .sheets import read_book
from .worker import Worker

LOG = logging.getLogger("toolkit.readers")
LOG.addHandler(logging.NullHandler())  # tracebacks are for a log, not for the console of staff
T = TypeVar("T")
MAX_FILE = 512 * 2**20
_LOOKS = 3
_PAUSE_SECONDS = 0.3
"""A program that writes in place needs a moment; then the file is looked at again."""
_AHEAD = 8
"""Books that may wait for the slower side: enough for even work, little memory."""


@dataclass(slots=True)
class Loaded:
    """A file's bytes turned into a book, or the reason why not."""

    entry: Entry
    fingerprint: str = ""
    book: Book | None = None
    refused: RefusedError | None = None


@overload
def load_all(entries: Iterable[Entry]) -> Iterator[Loaded]: ...


@overload
def load_all(entries: Iterable[Entry], work: Callable[[Loaded], T]) -> Iterator[T]: ...


def load_all(
    entries: Iterable[Entry], work: Callable[[Loaded], Any] | None = None
) -> Iterator[Any]:
    """Books, or what `work` makes of them in the same threads, in the order of the entries.

    Parsing releases the GIL, so threads are enough. Work in the caller's loop instead would keep
    the parsers waiting.
    """
    threads = min(4, (os.cpu_count() or 1) + 1)
    waiting: deque[Future[Any]] = deque()

    def one(entry: Entry) -> Any:
        loaded = _load(entry, worker)
        return loaded if work is None else work(loaded)

    with Worker() as worker, ThreadPoolExecutor(max_workers=threads) as pool:
        try:
            for entry in entries:
                waiting.append(pool.submit(one, entry))
                if len(waiting) > threads + _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _load(entry: Entry, worker: Worker) -> Loaded:
    loaded = Loaded(entry)
    for look in range(_LOOKS):
        if look:
            time.sleep(_PAUSE_SECONDS)
        try:
            before = entry.path.stat()
            if before.st_size > MAX_FILE:
                raise RefusedError("文件过大，已拒绝读取", "请确认来源；正常的表单不会这么大。")
            content = entry.path.read_bytes()
            after = entry.path.stat()
            fingerprint = hashlib.sha256(content).hexdigest()
            if look and fingerprint == loaded.fingerprint:
                break  # unchanged: it is not being saved, it is broken
            loaded.fingerprint = fingerprint
            if before.st_mtime_ns != after.st_mtime_ns or len(content) != after.st_size:
                continue
            loaded.book, loaded.refused = read_book(entry.path.name, content, worker), None
            break
        except FileNotFoundError:
            # Excel saves by deleting and renaming: it may be back in a moment
            loaded.refused = RefusedError(
                "文件在读取时不见了，可能刚被移动、改名或正在保存", "请稍后再检查一次。"
            )
        except OSError as error:
            loaded.refused = _unopened(error)
            break
        except RefusedError as refused:
            loaded.refused = refused
            if not refused.torn or not _may_be_torn(entry):
                break
        except Exception as error:  # a mistake of ours must not cost the other files
            LOG.exception("cannot read %s", entry.relative)
            loaded.refused = stumbled(error)
            break
    if loaded.book is None and loaded.refused is None:
        loaded.refused = RefusedError("文件一直在变化，可能正在保存", "请稍后再检查一次。")
    return loaded


def _may_be_torn(entry: Entry) -> bool:
    """Whether somebody wrote the file just now or after it was listed."""
    try:
        written = entry.path.stat().st_mtime_ns
    except OSError:
        return True
    return written != entry.mtime_ns or time.time_ns() - written < 5 * 10**9


def _unopened(error: OSError) -> RefusedError:
    if isinstance(error, PermissionError):
        return RefusedError(
            "文件打不开：没有读取权限，或正被其他程序独占",
            "请关闭正在使用它的程序，或请管理员开放读取权限后再试。",
        )
    return RefusedError(
        "文件打不开，读取时出错", "请确认网络盘已连接、文件没有被占用，然后再检查一次。"
    )
