"""Windows' Task Scheduler, through `schtasks`: the only door to it that every Windows has.

Its messages are in the language and code page of the PC, so its answers are judged by their
HRESULT (option /HRESULT), never by their words.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from toolkit.model.errors import ToolkitError

from .entry import Entry
from .system import Outcome, System
from .windows_task import account_of, logon_of, task_file, task_xml

_NOT_FOUND = 0x80070002
_ELEVATE = "请右键“以管理员身份运行”命令提示符，再运行同一条命令。"
_REFUSALS = {
    0x80070005: ("没有权限", _ELEVATE),
    0x8007052E: ("账户 {account} 的密码不对", "请重新运行，并输入这个账户登录 Windows 的密码。"),
    0x8007052F: (
        "账户 {account} 受限制，例如密码为空",
        "请给它设置密码，或用 --account 换一个账户。",
    ),
    0x80070534: ("找不到账户 {account}", "请用 --account 域\\用户名 写明账户。"),
    0x80070569: (
        "账户 {account} 没有“作为批处理作业登录”的权利",
        "请管理员在“本地安全策略→用户权限分配”中加上它。",
    ),
}


def install(entry: Entry, system: System) -> tuple[str, ...]:
    """Register the task, replacing an earlier one; returns what the user should know.

    With a password login schtasks asks for the password on the user's terminal. Raises
    ToolkitError when it refuses.
    """
    account = account_of(entry, system)
    asks = logon_of(entry) == "Password"
    if asks and not system.terminal:
        raise ToolkitError(
            f"安装这项任务要输入账户 {account} 的密码，现在没有可以输入的窗口。",
            "请在命令提示符窗口里运行同一条命令。",
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "task.xml")
        file.write_bytes(task_file(entry, system))
        done = _run(system, _create(entry, str(file), account), talks=asks)
    if done.code:
        raise _refused("安装", done, account)
    return _notes(entry, account)


def remove(name: str, system: System) -> bool:
    """Delete the task; False when there is none. Raises ToolkitError when schtasks refuses."""
    done = _run(system, ["/Delete", "/TN", name, "/F", "/HRESULT"])
    if _hresult(done) == _NOT_FOUND:
        return False
    if done.code:
        raise _refused("删除", done, "")
    return True


def present(name: str, system: System) -> bool:
    """Whether the task is there, as far as this user may see."""
    return _run(system, ["/Query", "/TN", name, "/HRESULT"]).code == 0


def preview(entry: Entry, system: System) -> str:
    """The command and the definition that install would use."""
    command = _create(entry, "task.xml", account_of(entry, system))
    line = subprocess.list2cmdline(["schtasks", *command])
    return f"# 命令\n{line}\n\n# task.xml（安装时写成 UTF-16）\n{task_xml(entry, system)}"


def _create(entry: Entry, file: str, account: str) -> list[str]:
    command = ["/Create", "/TN", entry.name, "/XML", file, "/F", "/HRESULT"]
    if logon_of(entry) == "Password":
        command += ["/RU", account, "/RP", "*"]  # * asks for it
    return command


def _run(system: System, command: Sequence[str], *, talks: bool = False) -> Outcome:
    # by its whole path: Windows looks into the current folder before it looks into its own
    root = PureWindowsPath(system.environment.get("SystemRoot", "C:\\Windows"))
    try:
        return system.run([str(root / "System32" / "schtasks.exe"), *command], talks=talks)
    except OSError as error:
        raise ToolkitError(
            f"没能运行 Windows 的任务计划程序（schtasks）：{error.strerror or error}。",
            "请在 Windows 上运行；只想看内容可加 --print。",
        ) from error


def _hresult(done: Outcome) -> int:
    return done.code & 0xFFFFFFFF


def _refused(what: str, done: Outcome, account: str) -> ToolkitError:
    code = _hresult(done)
    if known := _REFUSALS.get(code):
        why, advice = known
        return ToolkitError(f"没能{what}定时任务：{why.format(account=account)}。", advice)
    said = f"（{done.words}）" if done.words else ""
    return ToolkitError(f"没能{what}定时任务，任务计划程序报错 {code:#x}{said}。", _ELEVATE)


def _notes(entry: Entry, account: str) -> tuple[str, ...]:
    if logon_of(entry) == "Password":
        return (
            f"运行账户：{account}（不登录也运行）。",
            "这个账户改密码以后，请重新运行本命令，否则任务不再启动。",
        )
    return (
        f"运行账户：{account}（不登录也运行，不保存密码）。",
        "这种方式读不到 Windows 凭据管理器：邮箱、机器人的密码请放在用户环境变量里，"
        f'或加上 --account "{account}" 重新安装。',
    )
