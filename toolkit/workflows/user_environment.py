"""A variable in the user's own environment. Only Windows has a place for it that programs read."""

from __future__ import annotations

import shlex
import sys

from toolkit.model.errors import ToolkitError

_ENVIRONMENT = "Environment"
_BROADCAST, _SETTING_CHANGED, _ABORT_IF_HUNG, _MILLISECONDS = 0xFFFF, 0x1A, 0x2, 1000


def set_user_variable(name: str, value: str) -> bool:
    """Set it for programs that are started from now on; False where the user must do it.

    Raises ToolkitError when Windows refuses.
    """
    if sys.platform != "win32":
        return False
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _ENVIRONMENT, 0, winreg.KEY_SET_VALUE) as key:
            # not setx: it cuts values at 1,024 characters and goes through the code page
            winreg.SetValueEx(key, name, 0, winreg.REG_SZ, value)
    except OSError as error:
        raise ToolkitError(
            f"没能设置用户变量 {name}：{error.strerror or error}。",
            f"请在“系统属性→环境变量”里新建用户变量 {name}，值为 {value}。",
        ) from error
    _announce()
    return True


def _announce() -> None:
    """Let Explorer know, so that an Excel started from it has the variable without a new login."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.SendMessageTimeoutW(
            _BROADCAST, _SETTING_CHANGED, 0, _ENVIRONMENT, _ABORT_IF_HUNG, _MILLISECONDS, None
        )


def shell_line(name: str, value: str) -> str:
    """What a user of Linux or macOS adds to ~/.profile."""
    return f"export {name}={shlex.quote(value)}"
