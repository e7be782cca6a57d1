"""「建立部门文件夹」: blank forms and configuration, or a sample department that works."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import date
from pathlib import Path

from toolkit.forms import load_forms
from toolkit.model.errors import ToolkitError
from toolkit.model.resources import bundled
from toolkit.readers.folder import OUTPUT_FOLDER
from toolkit.writers.files import make_folder, new_file

from .check import Progress

BLANK_FOLDER = "00_空白表单"
SAMPLE_DAY = date(2026, 11, 20)
"""检查日期 of generated sample departments: fixed, so that they never age."""
SAMPLE_SEED = 2026
_PROJECTS_EACH, _RECORDS_EACH = 3, 50


def init_department(folder: Path) -> list[Path]:
    """Make a new department: its folders, 部门配置.xlsx and the blank forms.

    Raises ToolkitError when the folder already holds a 部门配置; other files are left alone.
    """
    configuration = load_forms()["G19"].title + ".xlsx"
    if not _is_missing(folder / configuration):
        raise ToolkitError(
            f"“{folder}”已经是部门文件夹（有{configuration}），没有改动。",
            "请换一个文件夹，或直接使用它。",
        )
    made = []
    folders = {form.folder for form in load_forms().values() if form.folder}
    for name in sorted({BLANK_FOLDER, OUTPUT_FOLDER, *folders}):
        make_folder(folder / name)
    # the configuration last: what was interrupted before can be begun again
    for form in sorted(load_forms().values(), key=lambda form: form.key == "G19"):
        blank = bundled("workbooks") / f"{form.title}.xlsx"
        target = folder / (blank.name if form.key == "G19" else f"{BLANK_FOLDER}/{blank.name}")
        if _is_missing(target):
            with suppress(OSError):  # then the name is taken, which the user is told
                target.unlink(missing_ok=True)
            with new_file(target) as temporary:
                shutil.copyfile(blank, temporary)
            made.append(target)
    return made


def _is_missing(path: Path) -> bool:
    """An empty file holds no form: it is what a killed run leaves where there are no links."""
    return not path.exists() or (path.is_file() and not path.stat().st_size)


def init_sample(
    folder: Path,
    engineers: int = 6,
    projects: int | None = None,
    records: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write a sample department (K projects and M records an engineer).

    Without any size or seed it is the committed sample with its planted breaches; otherwise it
    is clean. Raises ToolkitError when the folder is not empty.
    """
    from toolkit.writers.sample import SampleSize, plan_department, write_sample

    if folder.exists() and any(folder.iterdir()):
        raise ToolkitError(f"文件夹“{folder}”里已有文件，没有改动。", "请换一个新的文件夹名。")
    committed = (engineers, projects, records, seed) == (6, None, None, None)
    each = projects or _PROJECTS_EACH, _RECORDS_EACH if records is None else records
    size = SampleSize() if committed else SampleSize.per_engineer(engineers, *each)
    department = plan_department(
        size, SAMPLE_SEED if seed is None else seed, check_date=SAMPLE_DAY, planted=committed
    )
    make_folder(folder)
    return write_sample(folder, department, progress)
