"""Whether the jobs run: for managers, for the IT department's monitoring, for a quick look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from toolkit.model.jobs import JOBS, Job
from toolkit.regulation.calendar import WorkCalendar

from .heartbeat import Beat, RunResult, calendar_knowledge, calendar_notice, read_heartbeat
from .ledger import shown_recipient
from .lock import Holder, running
from .memory import State
from .periods import begun, next_ripe, overdue
from .places import Places, demand_department
from .recall import recall

SCHEMA = 1
GRACE = timedelta(hours=2)
INTERRUPTED = "中断"
_WRONG = (RunResult.FAILED.value, RunResult.PARTLY.value, INTERRUPTED)


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job: its last run, and whether a period is `late` (its name; '' when none is)."""

    job: Job
    beat: Beat
    late: str
    next_due: datetime

    @property
    def fine(self) -> bool:
        return not self.late and self.beat.result not in _WRONG


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A digest that has not arrived: the next run sends it again."""

    channel: str
    recipient: str
    since: date
    sentence: str


@dataclass(slots=True)
class ScheduleStatus:
    """What `toolkit schedule status` says."""

    folder: Path
    now: datetime
    jobs: list[JobStatus]
    calendar: dict[str, Any]
    pending: list[Undelivered] = field(default_factory=list)
    running: Holder | None = None
    never_ran: bool = False
    host: str = ""
    version: str = ""
    trouble: str = ""
    """What is wrong with the records themselves."""

    @property
    def fine(self) -> bool:
        whole = not self.never_ran and not self.trouble and not self.pending
        return whole and all(job.fine for job in self.jobs)


def status(folder: Path, now: datetime) -> ScheduleStatus:
    """Look at the records; nothing is changed. Raises ToolkitError when they cannot be read."""
    demand_department(folder)
    places = Places(folder)
    heartbeat = read_heartbeat(places.heartbeat)
    holder = running(places.lock, places.holder)
    recalled = recall(places, heartbeat, now, touch=False, fold=holder is None)
    state = recalled.state
    workday = WorkCalendar(state.calendar).is_workday
    beats = heartbeat.jobs if heartbeat else {}
    never_ran = heartbeat is None and not state.done
    return ScheduleStatus(
        folder,
        now,
        [
            _job(
                job,
                beats.get(job.key, Beat()),
                _late(job, state, now, workday, never_ran),
                holder,
                now,
                workday,
            )
            for job in JOBS
        ],
        calendar_knowledge(now.date()),
        [
            Undelivered(channel, shown_recipient(recipient), failure.since, failure.sentence)
            for channel, recipient, failure in state.ledgers.pending()
        ],
        holder,
        never_ran=never_ran,
        host=heartbeat.host if heartbeat else "",
        version=heartbeat.version if heartbeat else "",
        trouble=recalled.notice,
    )


def status_json(found: ScheduleStatus) -> dict[str, Any]:
    """The object that `toolkit schedule status --json` prints."""
    return {
        "schema": SCHEMA,
        "folder": str(found.folder),
        "now": found.now.isoformat(),
        "fine": found.fine,
        "never_ran": found.never_ran,
        "host": found.host,
        "version": found.version,
        "calendar": found.calendar,
        "jobs": [
            {
                "job": each.job.key,
                "title": each.job.title,
                "started": each.beat.started,
                "finished": each.beat.finished,
                "period": each.beat.period,
                "result": each.beat.result,
                "message": each.beat.message,
                "late": each.late,
                "next_due": each.next_due.isoformat(),
            }
            for each in found.jobs
        ],
        "pending": [
            {
                "channel": each.channel,
                "recipient": each.recipient,
                "since": each.since.isoformat(),
                "sentence": each.sentence,
            }
            for each in found.pending
        ],
        "running": None
        if found.running is None
        else {
            "host": found.running.host,
            "pid": found.running.pid,
            "user": found.running.user,
            "since": found.running.since,
        },
        "trouble": found.trouble,
    }


def status_lines(found: ScheduleStatus) -> list[str]:
    """What a person reads on a terminal."""
    lines = [f"“{found.folder}”的定时任务，{found.now:%Y-%m-%d %H:%M}："]
    if found.never_ran:
        lines.append("还没有运行过：请用 toolkit schedule install 安装，或用 run 试运行一次。")
    for each in found.jobs:
        lines.append(f"  {each.job.title}：{_last(each.beat)}；下次 {each.next_due:%m-%d %H:%M}")
        if each.late:
            lines.append(f"    迟到：{each.late} 没有运行，请看电脑是否开机、任务是否启用。")
        if each.beat.message and each.beat.result in _WRONG:
            lines.append(f"    {each.beat.message}")
    if found.running:
        lines.append(f"  正在运行（{found.running}）。")
    lines += [
        f"  未送达：{each.channel}，{each.recipient}，自 {each.since}：{each.sentence}"
        for each in found.pending
    ]
    notice = calendar_notice(found.now.date())
    lines += [f"  {text}" for text in (found.trouble, notice) if text]
    lines.append("一切正常。" if found.fine else "有问题需要处理，见上。")
    return lines


def _last(beat: Beat) -> str:
    if not beat.started:
        return "没有运行记录"
    when = beat.started.replace("T", " ")[:16]
    return f"上次 {when}，期间 {beat.period}，{beat.result}"


def _late(
    job: Job, state: State, now: datetime, workday: Callable[[date], bool], never_ran: bool
) -> str:
    """The period that should have been run and was not; '' where no job ever ran."""
    if never_ran:
        return ""
    return overdue(
        job,
        now,
        workday,
        state.done.get(job.key, ()),
        since=begun(state.done.get("morning", ()), now - GRACE),
        made_up={period for period, _ in state.merged.get(job.key, ())},
        grace=GRACE,
    )


def _job(
    job: Job,
    beat: Beat,
    late: str,
    holder: Holder | None,
    now: datetime,
    workday: Callable[[date], bool],
) -> JobStatus:
    if beat.result == RunResult.RUNNING.value and holder is None:
        beat = Beat(
            beat.started, "", beat.period, INTERRUPTED, "运行没有结束就停了，下次运行会接着做完。"
        )
    return JobStatus(job, beat, late, next_ripe(job, now, workday))
