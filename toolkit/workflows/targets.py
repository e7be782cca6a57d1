"""Where a report may be written: never over somebody's workbook (DESIGN.md, promise 2)."""

from __future__ import annotations

from pathlib import Path

from toolkit.model.errors import ToolkitError
from toolkit.readers.outputs import output_without_rows
from toolkit.writers.files import make_folder

_SUFFIX = ".xlsx"


def demand_report_target(path: Path) -> None:
    """Raise ToolkitError unless `path` is new or an earlier report, and an .xlsx.

    The parent folder is made when it is missing.
    """
    if path.is_dir():
        raise ToolkitError(f"“{path}”是文件夹。", f"请写出文件名，例如 {path / '部门汇总.xlsx'}。")
    if path.suffix.lower() != _SUFFIX:
        raise ToolkitError(
            f"报告只能写成 {_SUFFIX}，而不是“{path.name}”。", "请换一个以 .xlsx 结尾的文件名。"
        )
    if path.exists() and not _is_output(path):
        raise ToolkitError(
            f"“{path.name}”已经存在，而且不是本工具的报告，没有改动它。", "请换一个文件名。"
        )
    make_folder(path.parent)


def _is_output(path: Path) -> bool:
    try:
        return output_without_rows(path.read_bytes()) is not None
    except OSError:
        return False
