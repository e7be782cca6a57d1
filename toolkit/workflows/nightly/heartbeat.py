"""心跳.json: the proof that the jobs ran, for managers on other PCs and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import toolkit
from toolkit.model.jobs import JOB_OF
from toolkit.regulation.calendar import known_years

from .state import write_json

SCHEMA = 1
_DECEMBER = 12


class RunResult(StrEnum):
    """How a job's run went."""

    RUNNING = "运行中"
    DONE = "成功"
    PARTLY = "部分失败"
    FAILED = "失败"
    REST = "休息日"


@dataclass(frozen=True, slots=True)
class Beat:
    """The last run of one job."""

    started: str = ""
    finished: str = ""
    period: str = ""
    result: str = ""
    message: str = ""


@dataclass(slots=True)
class Heartbeat:
    """What the file says."""

    jobs: dict[str, Beat] = field(default_factory=dict)
    calendar: dict[str, Any] = field(default_factory=dict)
    host: str = ""
    version: str = ""

    def begin(self, periods: Iterable[tuple[str, str]], now: datetime, host: str) -> None:
        """The jobs run now."""
        self.host, self.version = host, toolkit.__version__
        self.calendar = calendar_knowledge(now.date())
        for job, period in periods:
            started = now.isoformat(timespec="seconds")
            self.jobs[job] = Beat(started, "", period, RunResult.RUNNING.value)

    def end(
        self,
        periods: Iterable[tuple[str, str]],
        result: RunResult,
        finished: datetime,
        message: str,
    ) -> None:
        """The jobs are over."""
        for job, period in periods:
            begun = self.jobs.get(job, Beat())
            moment = finished.isoformat(timespec="seconds")
            self.jobs[job] = Beat(begun.started, moment, period, result.value, message)


def read_heartbeat(path: Path) -> Heartbeat | None:
    """The heartbeat; None when there is none that can be understood."""
    try:
        raw = json.loads(path.read_text("utf-8"))
        jobs = {
            str(key): Beat(**{name: str(each.get(name, "")) for name in Beat.__slots__})
            for key, each in raw["jobs"].items()
        }
        return Heartbeat(jobs, dict(raw["calendar"]), str(raw["host"]), str(raw["version"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_heartbeat(path: Path, beat: Heartbeat, sleep: Callable[[float], None]) -> None:
    """Publish it. Raises ToolkitError when that fails."""
    jobs = {
        key: {"title": JOB_OF[key].title, **asdict(each)}
        for key, each in beat.jobs.items()
        if key in JOB_OF
    }
    data = {
        "schema": SCHEMA,
        "jobs": jobs,
        "calendar": beat.calendar,
        "host": beat.host,
        "version": beat.version,
    }
    write_json(path, data, sleep)


def calendar_knowledge(today: date) -> dict[str, Any]:
    """Whether the public holidays of the year are known; in December of the next one, too."""
    known: dict[str, Any] = {"year": today.year, "known": today.year in known_years()}
    if today.month == _DECEMBER:
        known |= {"next_year": today.year + 1, "next_known": today.year + 1 in known_years()}
    return known


def calendar_notice(today: date) -> str:
    """What managers are asked to do about a year without holidays; '' when all is known."""
    knowledge = calendar_knowledge(today)
    unknown = [
        knowledge[year]
        for year, known in (("year", "known"), ("next_year", "next_known"))
        if knowledge.get(known) is False
    ]
    if not unknown:
        return ""
    years = "、".join(f"{year} 年" for year in unknown)
    return (
        f"工具还不知道 {years}的节假日和调休，暂按周一至周五上班计算；"
        "请升级工具，或在部门配置的“工作日历”里填写。"
    )
