"""A file as it was at one moment: never half of it, and not gone only because it is being saved.

Excel saves by writing a new file, deleting the old one and renaming; other programs write in
place. Size and time before and after reading tell one half of the torn reads, the CRC of every
part of the zip the other half.
"""

from __future__ import annotations

import hashlib
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .archive import BROKEN_ZIP, Archive
from .grid import Book
from .guard import OLE, RefusedError, hungry, stumbled

MAX_FILE = 512 * 2**20
_PAUSES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""A program that writes in place needs a moment; then the file is looked at again."""
_SETTLED = 0.7
"""Seconds after which bytes that stayed the same are not being written any more.

A busy disk may keep a program waiting for half a second."""
_FRESH_NS = 5 * 10**9
"""A file written so recently may still be written on."""


@dataclass(slots=True)
class Loaded:
    """A file's bytes turned into a book, or the reason why not."""

    fingerprint: str = ""
    """SHA-256 of the bytes."""
    book: Book | None = None
    refused: RefusedError | None = None
    missing: bool = False
    """There is no file of this name at the moment."""
    state: tuple[int, int, int] = (0, 0, 0)
    """Size, mtime_ns and ctime_ns of the bytes that were read."""
    trace: str = ""
    """The traceback of a mistake of the toolkit."""


Parse = Callable[[bytes], Book]
Known = Callable[[str], bool]


def load(
    path: Path,
    listed_ns: int,
    parse: Parse,
    *,
    known: Known = lambda fingerprint: False,
    sleep: Callable[[float], None] = time.sleep,
    now_ns: Callable[[], int] = time.time_ns,
) -> Loaded:
    """The book in a file. `listed_ns` is the mtime with which the file was listed.

    What is `known` by its fingerprint is not parsed: neither book nor refusal is given back.
    """
    loaded = Loaded()
    same = 0.0
    for pause in _PAUSES:
        if pause:
            sleep(pause)
        try:
            before = path.stat()
            if before.st_size > MAX_FILE:
                raise RefusedError("文件过大，已拒绝读取", "请确认来源；正常的表单不会这么大。")
            content = path.read_bytes()
            after = path.stat()
            fingerprint = hashlib.sha256(content).hexdigest()
            same = same + pause if fingerprint == loaded.fingerprint else 0.0
            loaded.missing = False
            if loaded.refused is not None and same >= _SETTLED:
                break  # it is not being saved, it is broken
            loaded.fingerprint = fingerprint
            loaded.state = after.st_size, after.st_mtime_ns, after.st_ctime_ns
            if _changed(before, after) or len(content) != after.st_size:
                loaded.refused = None
                continue
            if known(fingerprint):
                return loaded
            fresh = _is_fresh(after.st_mtime_ns, listed_ns, now_ns())
            if fresh and same < _SETTLED and _may_be_half(content):
                continue
            loaded.book, loaded.refused = parse(content), None
            break
        except FileNotFoundError:
            loaded.missing = True
            loaded.refused = RefusedError(
                "文件在读取时不见了，可能刚被移动、改名或正在保存", "请稍后再检查一次。"
            )
            break  # looked for again when all others are read
        except OSError as error:
            loaded.refused = _unopened(error)
            if not isinstance(error, PermissionError) or os.name != "nt":
                break  # Windows: somebody may just be saving it
        except RefusedError as refused:
            loaded.refused = refused
            if same >= _SETTLED or not refused.torn or not _may_be_torn(path, listed_ns, now_ns()):
                break
        except MemoryError:
            loaded.refused = hungry()
            break
        except Exception as error:  # a mistake of ours must not cost the other files
            loaded.trace = traceback.format_exc()
            loaded.refused = stumbled(error)
            break
    else:
        if loaded.refused is None or loaded.refused.torn:
            loaded.refused = RefusedError("文件一直在变化，可能正在保存", "请稍后再检查一次。")
    return loaded


def _changed(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size)


def _is_fresh(written_ns: int, listed_ns: int, now_ns: int) -> bool:
    """Whether somebody wrote the file just now or after it was listed."""
    return written_ns != listed_ns or abs(now_ns - written_ns) < _FRESH_NS


def _may_be_torn(path: Path, listed_ns: int, now_ns: int) -> bool:
    try:
        return _is_fresh(path.stat().st_mtime_ns, listed_ns, now_ns)
    except OSError:
        return True


def _may_be_half(content: bytes) -> bool:
    """Whether bytes that were just written may be half of a file although they look sound.

    A zip proves itself by its end and its checksums; an .xls only by staying as it is.
    """
    if not content.startswith(b"PK"):
        return content.startswith(OLE)
    try:
        archive = Archive(content)
    except BROKEN_ZIP:
        return False  # parsing it will say so
    return _goes_on(content) or next(archive.unread_damage(), None) is not None


def _goes_on(content: bytes) -> bool:
    """Whether something lies behind a zip: a longer version, whose rest will be cut off."""
    end = content.rfind(b"PK\x05\x06")
    return end + 22 + int.from_bytes(content[end + 20 : end + 22], "little") != len(content)


def _unopened(error: OSError) -> RefusedError:
    if isinstance(error, PermissionError):
        return RefusedError(
            "文件打不开：没有读取权限，或正被其他程序独占",
            "请关闭正在使用它的程序，或请管理员开放读取权限后再试。",
        )
    return RefusedError(
        "文件打不开，读取时出错", "请确认网络盘已连接、文件没有被占用，然后再检查一次。"
    )
