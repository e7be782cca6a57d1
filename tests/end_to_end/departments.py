"""Sample departments in temporary folders, and what a check of them says."""

from __future__ import annotations

import atexit
import datetime as dt
import shutil
import tempfile
from functools import cache
from pathlib import Path

from toolkit.model.finding import Finding
from toolkit.workflows.check import Checked, check_folder
from toolkit.workflows.init import SAMPLE_DAY, SAMPLE_SEED
from toolkit.writers.sample import SampleDepartment, SampleSize, plan_department, write_sample

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, 30)


def planted_sample() -> SampleDepartment:
    """The plan of the committed sample department."""
    return plan_department(SampleSize(), SAMPLE_SEED, check_date=SAMPLE_DAY, planted=True)


def make_clean(folder: Path, seed: int, size: SampleSize | None = None) -> Path:
    """A generated department without planted breaches."""
    return _copied(_made(seed, size or SampleSize()), folder)


def make_planted(folder: Path) -> Path:
    """The committed sample department, made anew."""
    return _copied(_made(None, SampleSize()), folder)


@cache
def _made(seed: int | None, size: SampleSize) -> Path:
    """A department that is made once a process and then copied; without a seed the planted one."""
    folder = Path(tempfile.mkdtemp(prefix="toolkit-department-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if seed is None:
        write_sample(folder, planted_sample())
    else:
        write_sample(folder, plan_department(size, seed, check_date=SAMPLE_DAY, planted=False))
    return folder


def _copied(made: Path, folder: Path) -> Path:
    """A copy whose files are new, as if they had just been written."""
    shutil.copytree(made, folder, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return folder


def check(folder: Path) -> Checked:
    return check_folder(folder, today=TODAY)


def grave(checked: Checked) -> list[Finding]:
    """Errors and warnings."""
    return [f for f in checked.result.findings if f.severity.value != "info"]


def where(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.path, finding.sheet, finding.cell
