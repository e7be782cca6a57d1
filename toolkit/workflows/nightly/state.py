"""The memory on the disk: 状态.json, whole or not at all; a damaged one is set aside."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields
from datetime import date, datetime
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any

from toolkit.model.agenda import Matter, Standing
from toolkit.model.errors import ToolkitError
from toolkit.model.finding import Severity
from toolkit.writers.files import TargetInUse, publish

from .ledger import Failure, Ledger, Ledgers, Told
from .memory import Event, Mark, Remembered, SeenFile, State

SCHEMA = 1
_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
_MATTER_FIELDS = {f.name for f in fields(Matter)}


class DamagedError(Exception):
    """The file is there, but it is not a state that this version understands."""


def read_state(path: Path) -> State | None:
    """The state; None when there is none yet.

    Raises DamagedError when it cannot be understood, ToolkitError when it cannot be read: then
    it may well be whole, and nothing is run on a guess.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ToolkitError(
            f"提醒记录“{path}”读不出来：{error.strerror or error}，没有运行，记录未改动。",
            "请检查网络文件夹和读取权限后重新运行。",
        ) from error
    try:
        data = json.loads(raw.decode("utf-8"))
        if data["schema"] != SCHEMA:
            raise DamagedError(f"格式版本是 {data['schema']}，本工具认识的是 {SCHEMA}")
        return _state(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError("内容不完整") from error


def set_aside(path: Path) -> Path:
    """Rename a damaged state, never over another one; returns its new name.

    Raises ToolkitError when it cannot be renamed.
    """
    for number in count(1):
        aside = path.with_name(f"{path.stem}_损坏{number}{path.suffix}")
        if aside.exists():
            continue
        try:
            os.rename(path, aside)
        except OSError as error:
            raise ToolkitError(
                f"提醒记录“{path.name}”已损坏，又不能改名：{error.strerror or error}，没有运行。",
                "请关闭打开它的程序，或请管理员检查写入权限。",
            ) from error
        return aside
    raise AssertionError("there is always another number")


def write_state(path: Path, state: State, sleep: Callable[[float], None]) -> None:
    """Publish the state. Raises ToolkitError when that fails; the earlier one stands then."""
    write_json(path, {"schema": SCHEMA, **_plain(state)}, sleep)


def write_json(path: Path, data: Any, sleep: Callable[[float], None]) -> None:
    """Publish one JSON object in UTF-8. Raises ToolkitError; no second copy is left beside it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    try:
        with publish(path, pauses=_PAUSES, sleep=sleep) as temporary:
            temporary.write_bytes(text.encode("utf-8", "backslashreplace"))
    except TargetInUse as error:
        with suppress(OSError):
            error.kept.unlink()
        raise ToolkitError(
            f"“{path.name}”正被其他程序占用，没能更新。", "请关闭打开它的程序后重新运行。"
        ) from None


def _plain(value: Any) -> Any:
    """Anything of ours as JSON knows it; what is empty or unset is left out of objects."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(each) for key, each in value.items()}
    if isinstance(value, set):
        return sorted(_plain(each) for each in value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        plain = {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
        return {name: each for name, each in plain.items() if each not in (None, "", [], {})}
    return value


def _state(raw: Mapping[str, Any]) -> State:
    return State(
        last_run=_moment(raw.get("last_run")),
        restarted=_day(raw.get("restarted")),
        configured=bool(raw.get("configured", False)),
        matters={str(key): _remembered(each) for key, each in raw.get("matters", {}).items()},
        done={job: [_mark(mark) for mark in marks] for job, marks in raw.get("done", {}).items()},
        merged={
            job: [(str(period), str(into)) for period, into in pairs]
            for job, pairs in raw.get("merged", {}).items()
        },
        skipped={job: list(map(str, each)) for job, each in raw.get("skipped", {}).items()},
        ledgers=_ledgers(raw.get("ledgers", {})),
        events=[
            Event(str(e["id"]), date.fromisoformat(e["day"]), str(e["text"]))
            for e in raw.get("events", ())
        ],
        files={
            str(path): SeenFile(str(seen.get("fingerprint", "")), _days(seen.get("away", ())))
            for path, seen in raw.get("files", {}).items()
        },
        read_count=int(raw.get("read_count", 0)),
        force_from=_day(raw.get("force_from")),
        calendar={
            date.fromisoformat(day): bool(worked) for day, worked in raw.get("calendar", {}).items()
        },
        workbooks={str(person): str(mark) for person, mark in raw.get("workbooks", {}).items()},
    )


def _remembered(raw: Mapping[str, Any]) -> Remembered:
    return Remembered(
        matter=_matter(raw["matter"]),
        first_seen=date.fromisoformat(raw["first_seen"]),
        last_seen=date.fromisoformat(raw["last_seen"]),
        standing=Standing(raw["standing"]),
        reason=str(raw.get("reason", "")),
        waits_for=str(raw.get("waits_for", "")),
        unsure=bool(raw.get("unsure", False)),
        quiet=bool(raw.get("quiet", False)),
        ended=_day(raw.get("ended")),
        missed_runs=int(raw.get("missed_runs", 0)),
        former=str(raw.get("former", "")),
        handed=_day(raw.get("handed")),
    )


def _matter(raw: Mapping[str, Any]) -> Matter:
    # a field that another version knew says nothing to this one
    known: dict[str, Any] = {key: value for key, value in raw.items() if key in _MATTER_FIELDS}
    for name in ("owner", "message", "hint"):
        known.setdefault(name, "")
    known["severity"] = Severity(raw["severity"])
    known["since"], known["due"] = _day(raw.get("since")), _day(raw.get("due"))
    return Matter(**known)


def _mark(raw: Mapping[str, Any]) -> Mark:
    return Mark(str(raw["period"]), datetime.fromisoformat(raw["at"]), str(raw.get("result", "")))


def _ledgers(raw: Mapping[str, Any]) -> Ledgers:
    books = {
        channel: {recipient: _ledger(each) for recipient, each in book.items()}
        for channel, book in raw.get("books", {}).items()
    }
    attempts = {
        (str(channel), str(recipient), (str(job), str(period)))
        for channel, recipient, (job, period) in raw.get("attempts", ())
    }
    return Ledgers(books, attempts)


def _ledger(raw: Mapping[str, Any]) -> Ledger:
    failure = raw.get("failure")
    return Ledger(
        {
            str(each): Told(date.fromisoformat(told["first"]), date.fromisoformat(told["last"]))
            for each, told in raw.get("told", {}).items()
        },
        _days(raw.get("reminded", ())),
        failure and Failure(date.fromisoformat(failure["since"]), str(failure.get("sentence", ""))),
    )


def _days(raw: Any) -> list[date]:
    return [date.fromisoformat(day) for day in raw]


def _day(raw: str | None) -> date | None:
    return None if raw is None else date.fromisoformat(raw)


def _moment(raw: str | None) -> datetime | None:
    return None if raw is None else datetime.fromisoformat(raw)
