"""What a run says of itself, to people and to programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from toolkit.model.agenda import Digest
from toolkit.model.jobs import JOB_OF

from .heartbeat import RunResult
from .journal import Period
from .ledger import shown_recipient

SCHEMA = 1
IDLE, BUSY, PREVIEW = "无事可做", "已有运行", "预览"


@dataclass(frozen=True, slots=True)
class Ran:
    """One period that was run."""

    job: str
    period: str
    result: RunResult
    merged: tuple[Period, ...] = ()

    def __str__(self) -> str:
        made_up = f"，补做了 {len(self.merged)} 次错过的运行" if self.merged else ""
        return f"{JOB_OF[self.job].title}（{self.period}）：{self.result.value}{made_up}"


@dataclass(frozen=True, slots=True)
class Message:
    """A digest and where it went, or where it would go."""

    channel: str
    recipient: str
    digest: Digest
    failure: str = ""


@dataclass(slots=True)
class RunReport:
    """Outcome of one start of the nightly job."""

    folder: Path
    started: datetime
    outcome: str = IDLE
    """A RunResult, or IDLE, BUSY, PREVIEW."""
    reason: str = ""
    finished: datetime | None = None
    ran: list[Ran] = field(default_factory=list)
    workbooks: list[Path] = field(default_factory=list)
    reports: list[Path] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    """How many matters are new, open, overdue, resolved."""

    @property
    def exit_code(self) -> int:
        """1 when something could not be delivered or written; findings are no failure."""
        return int(self.outcome in (RunResult.PARTLY.value, RunResult.FAILED.value))

    @property
    def sent(self) -> list[Message]:
        return [message for message in self.messages if not message.failure]

    def summary(self) -> str:
        """One line for heartbeat and log."""
        counts = "，".join(f"{name} {number}" for name, number in self.counts.items())
        parts = [counts, f"待办表 {len(self.workbooks)} 份", f"送达 {len(self.sent)} 份"]
        failed = len(self.messages) - len(self.sent)
        parts += [f"未送达 {failed} 份"] if failed else []
        return "；".join(filter(None, parts))


def report_lines(report: RunReport) -> list[str]:
    """What a person reads on a terminal."""
    if report.outcome in (IDLE, BUSY, RunResult.REST.value):
        return [report.reason]
    lines = [str(ran) for ran in report.ran]
    if report.outcome == PREVIEW:
        lines = [report.reason]
        for message in report.messages:
            where = f"【{message.channel}】给{shown_recipient(message.recipient)}"
            lines += ["", f"{where}：{message.digest.subject}", message.digest.text]
    else:
        lines.append(report.summary())
        lines += [f"待办表：{path}" for path in report.workbooks[-1:]]
        lines += [f"报告：{path}" for path in report.reports]
    return lines + [f"注意：{notice}" for notice in report.notices]


def run_json(report: RunReport) -> dict[str, Any]:
    """The object that `toolkit schedule run --json` prints."""
    return {
        "schema": SCHEMA,
        "folder": str(report.folder),
        "started": report.started.isoformat(),
        "finished": report.finished.isoformat() if report.finished else None,
        "outcome": report.outcome,
        "reason": report.reason,
        "jobs": [
            {
                "job": ran.job,
                "title": JOB_OF[ran.job].title,
                "period": ran.period,
                "result": ran.result.value,
                "merged": [list(period) for period in ran.merged],
            }
            for ran in report.ran
        ],
        "counts": report.counts,
        "workbooks": [str(path) for path in report.workbooks],
        "reports": [str(path) for path in report.reports],
        "messages": [
            {
                "channel": message.channel,
                "recipient": message.recipient,
                "subject": message.digest.subject,
                "lines": list(message.digest.lines),
                "ids": list(message.digest.ids),
                "delivered": not message.failure and report.outcome != PREVIEW,
                "failure": message.failure,
            }
            for message in report.messages
        ],
        "notices": report.notices,
    }
