"""One run at a time: the system frees the lock when its holder dies, however it dies."""

from __future__ import annotations

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from toolkit.model.errors import ToolkitError

SHORT_WAIT = 3.0
"""Seconds: whoever only looks whether somebody runs (`running`) holds the lock for a moment."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who runs, and since when."""

    host: str = ""
    pid: int = 0
    user: str = ""
    since: str = ""

    def __str__(self) -> str:
        known = (
            f"主机 {self.host}" if self.host else "",
            f"用户 {self.user}" if self.user else "",
            f"进程 {self.pid}" if self.pid else "",
            f"自 {self.since.replace('T', ' ')} 起" if self.since else "",
        )
        return "，".join(filter(None, known)) or "详情未知"


class BusyError(ToolkitError):
    """Somebody else is running the very same department."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(f"另一次运行正在进行（{holder}）。", "不用再运行一次；等它结束即可。")
        self.holder = holder


def this_process(now: datetime) -> Holder:
    """The holder that this process would be."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = ""  # a service account without a name
    return Holder(socket.gethostname(), os.getpid(), user, now.isoformat(timespec="seconds"))


@contextmanager
def only_run(lock: Path, sidecar: Path, holder: Holder, wait: float = SHORT_WAIT) -> Iterator[None]:
    """Hold the lock; `wait` seconds at most. Raises BusyError, or ToolkitError without a lock.

    The lock file stays when the run is over: an old one blocks nobody.
    """
    from filelock import FileLock, Timeout

    guard = FileLock(str(lock))
    try:
        guard.acquire(timeout=wait)
    except Timeout:
        raise BusyError(read_holder(sidecar)) from None
    except (OSError, NotImplementedError) as error:
        raise ToolkitError(
            f"无法锁定“{lock}”：{getattr(error, 'strerror', None) or error}，没有运行。",
            "请检查该文件夹的写入权限和磁盘空间。",
        ) from error
    try:
        with suppress(OSError):  # it only serves a message
            sidecar.write_text(json.dumps(asdict(holder), ensure_ascii=False), "utf-8")
        yield
    finally:
        try:
            with suppress(OSError):
                sidecar.unlink(missing_ok=True)
        finally:
            guard.release()


def running(lock: Path, sidecar: Path) -> Holder | None:
    """Who holds the lock now; None when nobody does. Never makes a file."""
    if not lock.is_file():
        return None
    from filelock import FileLock, Timeout

    guard = FileLock(str(lock))
    try:
        guard.acquire(timeout=0)
    except Timeout:
        return read_holder(sidecar)
    except (OSError, NotImplementedError):
        return None  # a colleague who may only read the folder cannot tell
    guard.release()
    return None


def read_holder(sidecar: Path) -> Holder:
    """What the sidecar says; it may be gone, half written or somebody else's."""
    try:
        raw = json.loads(sidecar.read_text("utf-8"))
        return Holder(
            str(raw["host"]), int(raw["pid"]), str(raw.get("user", "")), str(raw["since"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Holder()
