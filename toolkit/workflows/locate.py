"""Which department a path belongs to: people also drop one of its workbooks."""

from __future__ import annotations

from pathlib import Path

from toolkit.forms import load_forms

_LEVELS = 3
"""How far above a workbook its department's folder is looked for."""


def department_folder(path: Path) -> Path:
    """The folder itself; for a workbook the nearest folder above it that has a 部门配置.

    Without one it is the folder in which the workbook lies.
    """
    if not path.is_file():
        return path
    configuration = load_forms()["G19"].file_name
    above = [path.absolute().parent, *path.absolute().parent.parents][:_LEVELS]
    return next((f for f in above if (f / configuration).is_file()), path.parent)
