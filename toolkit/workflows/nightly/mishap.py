"""A mistake of the toolkit itself with one thing: noted, told, and the other things go on."""

from __future__ import annotations

import logging

LOG = logging.getLogger("toolkit.nightly")
"""The log of the runs (`toolkit.job_log` gives it a file)."""


def stumbled(error: BaseException) -> str:
    """What people are told; the log has the rest."""
    return f"程序出错（{type(error).__name__}），请把运行日志交给工具维护人。"
