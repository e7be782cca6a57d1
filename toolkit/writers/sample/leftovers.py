"""What a support left open, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from .days import Days
from .phrases import phrases
from .projects import Project, Tenure
from .visits import Visit

if TYPE_CHECKING:
    from .bugs import Bug
    from .faults import Fault
    from .improvements import Improvement


@dataclass(slots=True, eq=False)
class Leftover:
    """One row of 遗留与问题; days are numbers, -1 is not yet."""

    project: Project
    owner: str
    raised: int
    description: str
    path: str
    started: int
    handler: str = ""
    documents: list[Bug | Fault | Improvement] = field(default_factory=list)
    progress: str = ""
    progressed: int = -1
    status: str = ""
    done: int = -1
    closed: int = -1
    expected: int = -1
    informed: int = -1
    number: str = ""


class LeftoverDesk:
    """Opens, closes and numbers leftovers."""

    def __init__(self, days: Days, rng: Random) -> None:
        self._days, self._rng = days, rng
        self.leftovers: list[Leftover] = []

    def open(self, visit: Visit, path: str, description: str = "") -> Leftover:
        """A visit ended with a leftover; sales gets that in writing (R12-4)."""
        if not description:
            templates = phrases().leftovers["descriptions"]
            description = visit.project.voice.say(self._rng.choice(templates), self._rng)
        started = self._days.capped(visit.day + (self._rng.random() < 0.3))
        leftover = Leftover(visit.project, visit.owner, visit.day, description, path, started)
        if visit.report_channel:
            visit.report_channel = "邮件"
        visit.leftovers.append(leftover)
        self.leftovers.append(leftover)
        return leftover

    def run(self, visit: Visit, tenure: Tenure) -> None:
        """An everyday leftover: closed within days, or still open on the day of the check.

        What could not be closed before the sheet's owner changes is not left over at all.
        """
        rng, days = self._rng, self._days
        done = visit.day + rng.randint(1, 9)
        waits = tenure.running and rng.random() < 0.16
        if done + 1 > tenure.end and not tenure.running:
            return
        leftover = self.open(visit, "销售处理" if rng.random() < 0.12 else "部门内部")
        if leftover.path == "销售处理":
            leftover.handler = visit.project.holder("责任销售", visit.day)
        if waits or done > days.last:
            self.keep_open(leftover, "待客户" if waits else "处理中")
        else:
            self.close(leftover, done)

    def close(self, leftover: Leftover, done: int) -> None:
        """Done and reported on one day, closed on the next, if that is not beyond the story."""
        leftover.done = leftover.progressed = done
        leftover.closed = self._days.capped(done + 1)
        closed = leftover.project.closed
        if closed >= 0:
            leftover.closed = min(leftover.closed, closed)
        leftover.status = "已关闭"
        leftover.progress = self._rng.choice(phrases().leftovers["closing"])

    def keep_open(self, leftover: Leftover, status: str) -> None:
        """Looked after within the last days, and known to the manager when it takes long."""
        rng, last = self._rng, self._days.last
        leftover.status = status
        leftover.progress = rng.choice(phrases().leftovers["progress"])
        leftover.progressed = max(leftover.started, last - rng.randint(0, 3))
        if status != "处理中":
            leftover.expected = last + rng.randint(3, 20)
        if last - leftover.raised > 2:
            leftover.informed = leftover.raised + rng.randint(1, 2)

    def number(self) -> None:
        """YL-…-01, -02 … per project, in the order of the days."""
        counts: dict[str, int] = {}
        for leftover in sorted(self.leftovers, key=lambda one: one.raised):
            project = leftover.project.number
            counts[project] = counts.get(project, 0) + 1
            leftover.number = f"YL-{project}-{counts[project]:02}"
