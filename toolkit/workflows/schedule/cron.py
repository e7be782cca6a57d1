"""A block of the user's crontab: two lines a day, between two marks.

cron does not start what it missed while the PC was off; `toolkit schedule run` catches up by
itself the next time. Settings above the block (TZ, PATH, MAILTO) and every other line are the
user's: they keep their bytes.
"""

from __future__ import annotations

import re
import shlex

from toolkit.model.errors import ToolkitError

from .entry import Entry
from .system import Outcome, System

_LINES = re.compile(rb"[^\n]*\n|[^\n]+")
_EDIT = "请用 crontab -e 检查后重新运行。"


def block(entry: Entry) -> bytes:
    """The lines between and with the marks. Raises ToolkitError as _command does."""
    command = _command(entry)
    lines = [
        f"{_begin(entry.name)}：{entry.start.folder}",
        *(f"{at.minute} {at.hour} * * * {command}" for at in entry.times),
        _end(entry.name),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _command(entry: Entry) -> str:
    """The command line for sh, % escaped for cron.

    Raises ToolkitError for a backslash: one cron removes it, another does not.
    """
    line = shlex.join(entry.start.line)
    if "\\" in line:
        raise ToolkitError(
            f"路径“{entry.start.folder}”里有反斜杠，不同的 cron 处理不一样。",
            "请给文件夹改名后再运行，也可以改用 --kind systemd。",
        )
    # errors still reach the user as cron's mail; the ordinary output is in the log as well
    return line.replace("%", "\\%") + " >/dev/null"


def _begin(name: str) -> str:
    return f"# >>> {name} 技术支持表单工具的定时任务"


def _end(name: str) -> str:
    return f"# <<< {name}"


def merged(crontab: bytes, added: bytes, name: str) -> bytes:
    """The crontab with the block: in the place of an earlier one, else at its end.

    Raises ToolkitError when an earlier block is damaged.
    """
    before, _, after, found = _split(crontab, name)
    if not found and before and not before.endswith(b"\n"):
        before += b"\n"
    return before + added + after


def without(crontab: bytes, name: str) -> bytes:
    """The crontab without the block. Raises ToolkitError when the block is damaged."""
    before, _, after, _ = _split(crontab, name)
    return before + after


def _split(crontab: bytes, name: str) -> tuple[bytes, bytes, bytes, bool]:
    """What stands before, in and after the block, and whether there is one."""
    lines = _LINES.findall(crontab)
    first = [n for n, line in enumerate(lines) if line.startswith(f"# >>> {name} ".encode())]
    last = [n for n, line in enumerate(lines) if line.strip() == _end(name).encode()]
    if not first and not last:
        return crontab, b"", b"", False
    if len(first) != 1 or len(last) != 1 or last[0] < first[0]:
        raise ToolkitError(f"crontab 里“{name}”的首尾标记行不成对，没有改动它。", _EDIT)
    parts = lines[: first[0]], lines[first[0] : last[0] + 1], lines[last[0] + 1 :]
    before, inside, after = (b"".join(part) for part in parts)
    return before, inside, after, True


def install(entry: Entry, system: System) -> tuple[str, ...]:
    """Put the block into the user's crontab; returns what the user should know.

    Raises ToolkitError when crontab is missing or refuses.
    """
    added = block(entry)
    crontab = _read(system)
    wanted = merged(crontab, added, entry.name)
    if wanted != crontab:
        _demand(_crontab(system, "-", given=wanted))
    return (
        "关机时错过的，由下一次运行补上。请确认 cron 服务在运行。",
        "邮箱、机器人的密码如用环境变量，请写在 crontab 开头（crontab -e）。",
    )


def remove(name: str, system: System) -> bool:
    """Take the block out; False when there is none. Raises ToolkitError as install does."""
    crontab = _read(system)
    rest = without(crontab, name)
    if rest == crontab:
        return False
    _demand(_crontab(system, "-", given=rest) if rest else _crontab(system, "-r"))
    return True


def present(name: str, system: System) -> bool:
    """Whether the block is there. Raises ToolkitError as install does."""
    crontab = _read(system)
    return without(crontab, name) != crontab


def preview(entry: Entry, system: System) -> str:
    """The block that install would put in."""
    return f"# 并入 crontab -l 的内容，其他行不变\n{block(entry).decode()}"


def available(system: System) -> bool:
    """Whether the user has a crontab or may have one."""
    try:
        _read(system)
    except ToolkitError:
        return False
    return True


def _read(system: System) -> bytes:
    done = _crontab(system, "-l")
    if done.code and b"no crontab" in done.errors:
        return b""
    _demand(done)
    return done.output


def _crontab(system: System, option: str, *, given: bytes = b"") -> Outcome:
    try:
        return system.run(["crontab", option], given=given)
    except OSError as error:
        raise ToolkitError(
            f"没能运行 crontab：{error.strerror or error}。",
            "请先安装 cron，也可以改用 --kind systemd。",
        ) from error


def _demand(done: Outcome) -> None:
    if done.code:
        said = f"：{done.words}" if done.words else f"，退出码 {done.code}"
        raise ToolkitError(f"crontab 没有接受{said}。", _EDIT)
