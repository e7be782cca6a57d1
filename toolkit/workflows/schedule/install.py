"""「定时任务」: put a department's job into the system's scheduler, show it, take it out."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Literal, Protocol, get_args

from toolkit.forms import load_forms
from toolkit.model.errors import ToolkitError
from toolkit.model.jobs import TRIGGERS

from . import cron, schtasks, systemd
from .command import absolute, start_of
from .entry import Entry
from .names import task_name
from .system import System
from .windows_task import as_share, demand_reachable

Kind = Literal["windows", "systemd", "cron"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TITLES: dict[Kind, str] = {
    "windows": "Windows 任务计划程序",
    "systemd": "systemd 用户定时器",
    "cron": "cron",
}


class _Scheduler(Protocol):
    def install(self, entry: Entry, system: System) -> tuple[str, ...]: ...
    def remove(self, name: str, system: System) -> bool: ...
    def present(self, name: str, system: System) -> bool: ...
    def preview(self, entry: Entry, system: System) -> str: ...


_SCHEDULERS: dict[Kind, _Scheduler] = {"windows": schtasks, "systemd": systemd, "cron": cron}


@dataclass(frozen=True, slots=True)
class Installed:
    """What stands in the scheduler now."""

    kind: Kind
    name: str
    folder: PurePath
    replaced: bool
    clock: str
    """The times of day, as people read them."""
    notes: tuple[str, ...]
    """Sentences that the user should read."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out; `kinds` is empty when nothing was there."""

    kinds: tuple[Kind, ...]
    folder: PurePath


def install(
    folder: Path, *, kind: Kind | None, account: str, now: datetime, system: System
) -> Installed:
    """Start the department's job every day, with the scheduler of this machine or `kind`.

    Doing it again replaces the job. Raises ToolkitError when the folder is no department, the
    machine has no such scheduler, or the scheduler refuses.
    """
    kind = _kind(kind, account, system)
    _demand_scheduler(kind, system)
    entry = _entry(folder, kind, account, now, system)
    _demand_start(entry, system)
    scheduler = _SCHEDULERS[kind]
    replaced = scheduler.present(entry.name, system)
    notes = [*scheduler.install(entry, system), *_twice(kind, entry, system)]
    return Installed(kind, entry.name, entry.start.folder, replaced, entry.clock, tuple(notes))


def preview(folder: Path, *, kind: Kind | None, account: str, now: datetime, system: System) -> str:
    """What install would write and run, changing nothing. Raises as install does."""
    kind = _kind(kind, account, system)
    return _SCHEDULERS[kind].preview(_entry(folder, kind, account, now, system), system)


def remove(folder: Path, *, kind: Kind | None, system: System) -> Removed:
    """Take the job out of `kind`, or of every scheduler of this machine.

    The folder need not be there any more. Raises ToolkitError when a scheduler refuses.
    """
    whole = absolute(folder)
    names = dict.fromkeys(task_name(path) for path in (whole, as_share(whole, system)))
    if kind is not None:
        _demand_scheduler(_kind(kind, "", system), system)
    kinds = (kind,) if kind is not None else _kinds_here(system)
    tried = [(each, _SCHEDULERS[each].remove(name, system)) for each in kinds for name in names]
    found = dict.fromkeys(each for each, was_there in tried if was_there)
    return Removed(tuple(found), whole)


def _kind(kind: Kind | None, account: str, system: System) -> Kind:
    """The scheduler to use. Raises ToolkitError when the options do not fit it."""
    if kind is None and system.windows:
        kind = "windows"
    elif kind is None:
        kind = "systemd" if systemd.answers(system) else "cron"
    if system.windows and kind != "windows":
        raise ToolkitError(
            f"Windows 上没有{TITLES[kind]}。", "请去掉 --kind，用 Windows 自己的任务计划程序。"
        )
    if account and kind != "windows":
        raise ToolkitError(
            f"--account 只用于 Windows，{TITLES[kind]}总是以当前用户运行。",
            "请换到要用的用户下，去掉 --account 再运行。",
        )
    return kind


def _demand_scheduler(kind: Kind, system: System) -> None:
    if kind == "windows" and not system.windows:
        raise ToolkitError(
            "这台电脑不是 Windows，没有任务计划程序。", "请去掉 --kind；只想看内容可加 --print。"
        )


def _entry(folder: Path, kind: Kind, account: str, now: datetime, system: System) -> Entry:
    """The job, once it is certain that it would find the department."""
    start = start_of(absolute(folder), system.python)
    entry = Entry(task_name(start.folder), start, TRIGGERS, now, account)
    if kind == "windows":
        demand_reachable(entry, system)
    _demand_department(folder, system)
    return entry


def _demand_department(folder: Path, system: System) -> None:
    """A job for a folder that is none would report every day that nothing is wrong."""
    if not folder.is_dir():
        hint = "映射的网络驱动器请写成 \\\\服务器\\共享 的形式。" if system.windows else ""
        raise ToolkitError(f"找不到文件夹“{folder}”。", f"请检查路径是否正确。{hint}")
    forms = load_forms()
    if (folder / forms["G19"].file_name).is_file():
        return  # no need to read a thousand workbooks
    from toolkit.readers.reader import read_folder

    if not any(source.form for source in read_folder(folder, forms).sources):
        raise ToolkitError(
            f"“{folder}”不像部门文件夹，里面没有任何表单，没有安装定时任务。",
            '请改成部门文件夹的路径；还没有的请先运行 toolkit init "文件夹"。',
        )


def _demand_start(entry: Entry, system: System) -> None:
    """Python must find the toolkit from anywhere, not only from the folder of its source."""
    python, arguments = str(entry.start.python), ("-P", "-m", "toolkit", "--version")
    try:
        done = system.run([python, *arguments])
    except OSError as error:
        raise _cannot_start(python, error.strerror or str(error)) from error
    if done.code:
        raise _cannot_start(python, done.words or f"退出码 {done.code}")


def _cannot_start(python: str, why: str) -> ToolkitError:
    return ToolkitError(
        f"用“{python}”启动不了本工具：{why}。", "请先用 pip 安装本工具，再重新运行。"
    )


def _kinds_here(system: System) -> tuple[Kind, ...]:
    if system.windows:
        return ("windows",)
    return ("systemd", "cron") if cron.available(system) else ("systemd",)


def _twice(kind: Kind, entry: Entry, system: System) -> Iterable[str]:
    """A note for every other scheduler that starts the same department."""
    for other in _kinds_here(system):
        with suppress(ToolkitError):  # this one is installed; what the other one says is extra
            if other != kind and _SCHEDULERS[other].present(entry.name, system):
                yield (
                    f"{TITLES[other]} 里还有同一部门的任务，可以删除："
                    f'toolkit schedule remove "{entry.start.folder}" --kind {other}'
                )
