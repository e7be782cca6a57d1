"""The scheduled jobs: what runs when (catalogue K)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Literal


@dataclass(frozen=True, slots=True)
class Job:
    """A job of the schedule. Weekly and monthly ones ride on the first run that is due on or
    after Monday or the first day of the month.
    """

    key: str
    title: str
    every: Literal["day", "week", "month"]
    at: time


JOBS = (
    Job("morning", "到期与逾期", "day", time(8, 30)),
    Job("evening", "今日缺项", "day", time(17, 30)),
    Job("weekly", "每周汇总", "week", time(8, 30)),
    Job("monthly", "每月汇总", "month", time(8, 30)),
)
JOB_OF = {job.key: job for job in JOBS}
TRIGGERS = tuple(sorted({job.at for job in JOBS}))
"""Times of day at which the system's scheduler starts `toolkit schedule run`."""
