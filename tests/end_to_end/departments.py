"""Sample departments in temporary folders, and what a check of them says."""

from __future__ import annotations

import datetime as dt
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
    department = plan_department(size or SampleSize(), seed, check_date=SAMPLE_DAY, planted=False)
    write_sample(folder, department)
    return folder


def make_planted(folder: Path) -> Path:
    """The committed sample department, made anew."""
    write_sample(folder, planted_sample())
    return folder


def check(folder: Path) -> Checked:
    return check_folder(folder, today=TODAY)


def grave(checked: Checked) -> list[Finding]:
    """Errors and warnings."""
    return [f for f in checked.result.findings if f.severity.value != "info"]


def where(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.path, finding.sheet, finding.cell
