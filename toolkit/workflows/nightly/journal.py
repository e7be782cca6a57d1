"""What was sent, noted line by line while it happens, so that no crash makes us send it twice.

An intent is on the disk before its message leaves; the outcome follows. A message whose intent
stands is not sent again in its period, whatever became of it; what it told counts as told only
with its outcome. So a crash between the two repeats nothing and loses nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from toolkit.model.errors import ToolkitError
from toolkit.writers.files import publish

Period = tuple[str, str]
"""Job and period, e.g. ("morning", "2026-10-12")."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A message that is about to leave. `tells` are ids of matters and events that it speaks of,
    `closes` those among them that are spoken of for the last time.
    """

    message: str
    channel: str
    recipient: str
    periods: tuple[Period, ...]
    day: date
    tells: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    reminds: bool = False
    """Whether it repeats what was told before: at most once a day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. `sentence` says why it was not delivered."""

    message: str
    delivered: bool
    sentence: str = ""


Entry = Intent | Outcome


def read_journal(path: Path) -> list[Entry]:
    """All whole lines in their order; a line torn by a crash is passed over.

    Raises ToolkitError when the file is there but cannot be read: without it we might send twice.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ToolkitError(
            f"投递记录“{path}”读不出来：{error.strerror or error}，没有运行。",
            "请检查网络文件夹和读取权限后重新运行。",
        ) from error
    entries: list[Entry] = []
    for line in raw.split(b"\n"):
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            entries.append(_entry(json.loads(line.decode("utf-8"))))
    return entries


def append(path: Path, entry: Entry) -> None:
    """Put one line on the disk. Raises ToolkitError when it cannot be written in full."""
    try:
        _append(path, _line(entry))
    except OSError as error:
        raise ToolkitError(
            f"投递记录“{path.name}”写不进去：{error.strerror or error}。",
            "请检查磁盘空间和写入权限；没有记录就不发送。",
        ) from error


def clear(path: Path) -> None:
    """Forget everything: it stands in the state now. Not being able to is harmless, because
    taking the same lines twice changes nothing.
    """
    with suppress(OSError), path.open("r+b") as stream:
        stream.truncate(0)
        os.fsync(stream.fileno())


def _append(path: Path, line: bytes) -> None:
    if not path.exists():
        with publish(path):
            pass  # an empty file whose name survives a power cut
    with path.open("r+b", buffering=0) as stream:
        size = stream.seek(0, os.SEEK_END)
        try:
            torn = size > 0 and not _ends_line(stream, size)
            data = b"\n" + line if torn else line
            if stream.write(data) != len(data):
                raise OSError(28, "磁盘已满")
            os.fsync(stream.fileno())
        except OSError:
            with suppress(OSError):
                stream.truncate(size)
            raise


def _ends_line(stream: Any, size: int) -> bool:
    stream.seek(size - 1)
    return bool(stream.read(1) == b"\n")


def _line(entry: Entry) -> bytes:
    if isinstance(entry, Intent):
        raw: dict[str, Any] = {
            "发送中": entry.message,
            "channel": entry.channel,
            "recipient": entry.recipient,
            "periods": entry.periods,
            "day": entry.day.isoformat(),
            "tells": entry.tells,
            "closes": entry.closes,
            "reminds": entry.reminds,
        }
    else:
        raw = {"结果": entry.message, "delivered": entry.delivered, "sentence": entry.sentence}
    text = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
    # half a character (a broken file name) becomes the escape that JSON has for it
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _entry(raw: dict[str, Any]) -> Entry:
    if "结果" in raw:
        return Outcome(str(raw["结果"]), bool(raw["delivered"]), str(raw["sentence"]))
    return Intent(
        str(raw["发送中"]),
        str(raw["channel"]),
        str(raw["recipient"]),
        tuple((str(job), str(period)) for job, period in raw["periods"]),
        date.fromisoformat(raw["day"]),
        _texts(raw["tells"]),
        _texts(raw["closes"]),
        bool(raw["reminds"]),
    )


def _texts(raw: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(str, raw))
