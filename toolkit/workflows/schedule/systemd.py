"""A systemd user service and its timer (Linux), and the manager that runs them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePath

from toolkit.model.errors import ToolkitError
from toolkit.writers.files import publish

from .entry import Entry
from .system import Outcome, System

_TARGET = "timers.target"
_TIME_LIMIT = "4h"
"""A run that hangs is ended before the next one is due."""


def units(entry: Entry) -> Mapping[str, str]:
    """File names and texts of the service and its timer."""
    return {f"{entry.name}.service": _service(entry), f"{entry.name}.timer": _timer(entry)}


def _service(entry: Entry) -> str:
    program, *arguments = _command(entry)
    # only in arguments does systemd replace variables; in the program's path $ is a letter
    command = " ".join([_quoted(program), *(_quoted(a.replace("$", "$$")) for a in arguments)])
    return (
        "[Unit]\n"
        f"Description=技术支持表单工具的定时任务：“{_literal(str(entry.start.folder))}”\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        "WorkingDirectory=%h\n"
        f"TimeoutStartSec={_TIME_LIMIT}\n"
        f"ExecStart={command}\n"
    )


def _command(entry: Entry) -> tuple[str, ...]:
    """systemd starts no program in whose path there is a quotation mark or a backslash."""
    program, *_ = entry.start.line
    if any(mark in program for mark in "\"'\\"):
        return ("/bin/sh", "-c", 'exec "$0" "$@"', *entry.start.line)
    return entry.start.line


def _timer(entry: Entry) -> str:
    moments = "".join(f"OnCalendar=*-*-* {moment:%H:%M:%S}\n" for moment in entry.times)
    return (
        "[Unit]\n"
        f"Description=技术支持表单工具：每天 {entry.clock}\n"
        "\n"
        "[Timer]\n"
        f"{moments}"
        "Persistent=true\n"
        "\n"
        "[Install]\n"
        f"WantedBy={_TARGET}\n"
    )


def _quoted(argument: str) -> str:
    """One argument of a command line, by systemd.syntax(7)."""
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_literal(escaped)}"'


def _literal(text: str) -> str:
    """Text in which % is a letter, not the beginning of a specifier."""
    return text.replace("%", "%%")


def answers(system: System) -> bool:
    """Whether the user's own manager runs here."""
    try:
        return system.run(["systemctl", "--user", "show-environment"]).code == 0
    except OSError:
        return False


def install(entry: Entry, system: System) -> tuple[str, ...]:
    """Write both units, switch the timer on; returns what the user should know.

    Raises ToolkitError when no user manager answers (nothing is written then) or it refuses.
    """
    if not answers(system):
        raise ToolkitError(
            "这台电脑没有为当前用户运行的 systemd，装不了它的定时任务。",
            "请登录桌面后重试，或先运行 loginctl enable-linger，也可以改用 --kind cron。",
        )
    folder = _unit_folder(system)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in units(entry).items():
            with publish(folder / name) as temporary:
                temporary.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ToolkitError(
            f"没能写入“{folder}”：{error.strerror or error}。", "请检查磁盘空间和权限后重试。"
        ) from error
    timer = f"{entry.name}.timer"
    _demand(system, "daemon-reload")
    _demand(system, "enable", timer)
    _demand(system, "restart", timer)  # not start: a timer that runs keeps its old times
    return (
        "退出登录后也要运行，请再执行一次：loginctl enable-linger",
        "邮箱、机器人的密码如用环境变量，请写在 ~/.config/environment.d/ 下的 .conf 文件里。",
    )


def remove(name: str, system: System) -> bool:
    """Switch the timer off and delete both units; False when they were not there.

    Works without a manager as well, so that a department can clean up after it. Raises
    ToolkitError when a file cannot be deleted or the manager refuses.
    """
    folder = _unit_folder(system)
    files = [folder / f"{name}.service", folder / f"{name}.timer"]
    wanted = folder / f"{_TARGET}.wants" / f"{name}.timer"
    if not any(path.is_symlink() or path.exists() for path in (*files, wanted)):
        return False
    running = answers(system)
    if running and files[1].exists():
        _demand(system, "disable", "--now", f"{name}.timer")
    try:
        for path in (wanted, *files):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise ToolkitError(
            f"没能删除“{error.filename}”：{error.strerror or error}。", "请检查权限后重试。"
        ) from error
    if running:
        _demand(system, "daemon-reload")
    return True


def present(name: str, system: System) -> bool:
    """Whether the timer's file is there."""
    return (_unit_folder(system) / f"{name}.timer").exists()


def preview(entry: Entry, system: System) -> str:
    """Both files and the commands that install would use."""
    folder = _unit_folder(system)
    files = "\n".join(f"# {folder / name}\n{text}" for name, text in units(entry).items())
    commands = ("daemon-reload", f"enable {entry.name}.timer", f"restart {entry.name}.timer")
    return f"{files}\n# 命令\n" + "".join(f"systemctl --user {c}\n" for c in commands)


def _unit_folder(system: System) -> Path:
    configured = system.environment.get("XDG_CONFIG_HOME", "")
    # a relative one counts as not set (XDG Base Directory Specification)
    absolute = PurePath(configured).is_absolute()
    base = Path(configured) if absolute else Path(system.home, ".config")
    return base / "systemd" / "user"


def _demand(system: System, *command: str) -> None:
    done: Outcome = system.run(["systemctl", "--user", *command])
    if done.code:
        said = f"：{done.words}" if done.words else f"，退出码 {done.code}"
        raise ToolkitError(
            f"systemctl --user {' '.join(command)} 没有成功{said}。",
            "请按提示处理后重新运行，也可以改用 --kind cron。",
        )
