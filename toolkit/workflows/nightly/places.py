"""Where the nightly job keeps what it remembers: FOLDER/90_输出/定时任务, for everybody to see."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toolkit.model.errors import ToolkitError
from toolkit.readers.folder import OUTPUT_FOLDER
from toolkit.writers.files import make_folder

RUN_FOLDER = "定时任务"
_LEFT_OVER = ".~*.tmp"
_LEFT_OVER_OUTPUTS = (
    ".~待办*.tmp", ".~部门汇总_????-W??.*.tmp", ".~部门汇总_????-??.*.tmp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one department's runs."""

    department: Path

    @property
    def output(self) -> Path:
        return self.department / OUTPUT_FOLDER

    @property
    def folder(self) -> Path:
        return self.output / RUN_FOLDER

    @property
    def state(self) -> Path:
        return self.folder / "状态.json"

    @property
    def journal(self) -> Path:
        return self.folder / "投递.jsonl"

    @property
    def heartbeat(self) -> Path:
        return self.folder / "心跳.json"

    @property
    def lock(self) -> Path:
        return self.folder / "运行.lock"

    @property
    def holder(self) -> Path:
        """Who holds the lock: Windows lets nobody read the locked file itself."""
        return self.folder / "正在运行.json"

    def make(self) -> None:
        """Make the folder. Raises ToolkitError where the department is away or empty."""
        demand_department(self.department)
        make_folder(self.folder)

    def tidy(self) -> None:
        """Remove what a killed run left half written; only for whoever holds the lock."""
        half_written = list(self.folder.glob(_LEFT_OVER))
        for pattern in _LEFT_OVER_OUTPUTS:
            half_written += self.output.glob(pattern)
        for path in half_written:
            try:
                path.unlink()
            except OSError:
                continue  # the next run tries again


def demand_department(folder: Path) -> None:
    """Raise ToolkitError unless the folder is there and holds anything but our own output.

    An empty folder is what an unmounted share looks like: writing there would start afresh.
    """
    try:
        names = [entry.name for entry in folder.iterdir()]
    except NotADirectoryError:
        raise ToolkitError(f"“{folder}”是文件，不是文件夹。", "请给出部门文件夹。") from None
    except OSError as error:
        raise ToolkitError(
            f"部门文件夹“{folder}”现在打不开（{error.strerror or error}），没有运行，记录未改动。",
            "请检查路径；网络文件夹请确认已连接，连上后会自动补做。",
        ) from error
    if not any(name != OUTPUT_FOLDER and not name.startswith(".") for name in names):
        raise ToolkitError(
            f"部门文件夹“{folder}”里没有任何表格，可能是网络文件夹没有连上；没有运行，记录未改动。",
            "请确认文件夹里有部门的表格后重新运行。",
        )
