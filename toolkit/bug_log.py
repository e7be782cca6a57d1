"""Where an unexpected error goes: the traceback to a log, one sentence to the user."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

LOG_NAME = "toolkit-error.log"


def log_folder() -> Path:
    """The user's own log folder, never on the share."""
    import platformdirs

    return Path(platformdirs.user_log_path("support-workbooks-toolkit"))


def log_bug(command: Sequence[str], when: datetime) -> str:
    """Append the exception that is being handled to the log; returns what to tell the user."""
    log = log_folder() / LOG_NAME
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(f"{when.isoformat()} {list(command)}\n{traceback.format_exc()}\n")
    except OSError:
        return "程序出错了，没有改动任何表格；日志也写不进去，请告诉维护人。"
    return f"程序出错了，没有改动任何表格。详情已写入 {log}，请把它交给维护人。"
