"""Product problems and wishes that presales met, for the 内部bug反馈表."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from .days import Days
from .people import Team
from .phrases import Voice, phrases
from .visits import Visit

if TYPE_CHECKING:
    from .faults import Fault
    from .projects import Project


@dataclass(slots=True, eq=False)
class Bug:
    """One row of the register; days are numbers, -1 is not yet."""

    day: int
    reporter: str
    voice: Voice
    version: str
    category: str
    title: str
    description: str
    steps: str
    severity: str
    sent: int
    project: Project | None = None
    tester: str = ""
    received: int = -1
    conclusion: str = ""
    fault: Fault | None = None
    number: str = ""


class BugDesk:
    """Takes bugs and numbers them by day at the end."""

    def __init__(self, team: Team, days: Days, rng: Random) -> None:
        self._team, self._days, self._rng = team, days, rng
        self.bugs: list[Bug] = []

    def met(self, visit: Visit) -> Bug:
        """Somebody met a problem during a visit and wrote it down."""
        project = visit.project
        bug = self._new(visit.day, visit.supporter, project.voice, project.version)
        bug.project = project
        visit.bug = bug
        visit.content += f"；发现“{bug.title}”，已填反馈表"
        return bug

    def daily(self, voice: Voice, version: str, reporter: str) -> Bug:
        """A wish from daily use, without a project."""
        return self._new(int(self._rng.random() * self._days.last), reporter, voice, version)

    def behind(self, fault: Fault, day: int, phenomenon: str, steps: str) -> Bug:
        """The product problem behind a fault order (X53)."""
        project, reporter = fault.project, fault.project.holder("第一售前", day)
        title = phenomenon.partition("，")[0]
        bug = Bug(
            day, reporter, project.voice, project.version, "产品问题", title, phenomenon, steps,
            "严重", self._days.capped(day + 1), project, fault=fault,
        )  # fmt: skip
        self._receive(bug, "确认")
        self.bugs.append(bug)
        return bug

    def number(self) -> None:
        """Give every bug its number, in the order of the days."""
        self.bugs.sort(key=lambda bug: bug.day)
        for n, bug in enumerate(self.bugs, 1):
            bug.number = f"BUG-{self._days.year}-{n:03}"

    def _new(self, day: int, reporter: str, voice: Voice, version: str) -> Bug:
        rng, wish = self._rng, self._rng.random() < 0.25
        chosen = rng.choice(phrases().bugs["suggestions" if wish else "problems"])
        title, description, steps = voice.say_all(chosen, rng)
        category = rng.choice(("易用性建议", "其他修改建议")) if wish else "产品问题"
        severity = "轻微" if wish else rng.choice(("一般", "一般", "严重"))
        sent = self._days.capped(day + (rng.random() < 0.3))
        bug = Bug(
            day, reporter, voice, version, category, title, description, steps, severity, sent
        )
        usual = ("采纳", "采纳", "不采纳") if wish else ("确认", "确认", "确认", "重复")
        self._receive(bug, rng.choice(usual))
        self.bugs.append(bug)
        return bug

    def _receive(self, bug: Bug, conclusion: str) -> None:
        day = bug.sent + int(self._rng.random() * 3)
        if day <= self._days.last:
            bug.tester = self._rng.choice(self._team.testers)
            bug.received, bug.conclusion = day, conclusion
