"""What the schedulers start: `toolkit schedule run` with the interpreter that runs now."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath

from toolkit.model.errors import ToolkitError

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Start:
    """A command line, as a list of arguments: each scheduler quotes it by its own rules."""

    python: PurePath
    folder: PurePath
    """The department's folder, absolute, as the user named it: a share stays a share."""

    @property
    def arguments(self) -> tuple[str, ...]:
        # -P: what lies in the working directory must never be imported in place of the toolkit
        return ("-P", "-m", "toolkit", "schedule", "run", str(self.folder))

    @property
    def line(self) -> tuple[str, ...]:
        return (str(self.python), *self.arguments)


def start_of(folder: PurePath, python: PurePath) -> Start:
    """The command for an absolute folder.

    Raises ToolkitError for a path that no scheduler could carry: control characters, or bytes
    that are no text.
    """
    for path in (folder, python):
        text = str(path)
        shown = _CONTROL.sub("?", text.encode("utf-8", errors="replace").decode())
        if shown != text:
            raise ToolkitError(
                f"路径“{shown}”里有控制字符或无法识别的字符，不能写进定时任务。",
                "请给文件夹改名后再运行。",
            )
    return Start(python, folder)


def absolute(folder: Path) -> Path:
    """The folder from the root on. Links and drive letters stay what they are."""
    whole = folder.absolute()
    if ".." not in whole.parts:
        return whole
    # on Windows `..` is struck out as text; elsewhere only the file system knows what is above
    return Path(os.path.abspath(whole)) if sys.platform == "win32" else whole.resolve()
