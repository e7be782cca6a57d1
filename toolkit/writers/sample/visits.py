"""The support records: when, who, what, and how sales heard of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from .days import Days
from .people import Team
from .projects import Project, Tenure

if TYPE_CHECKING:
    from .bugs import Bug
    from .leftovers import Leftover

_SLOTS = ((540, 630), (640, 720), (810, 920), (930, 1060))
"""Visits with times, in minutes of the day: nobody is in two places at once (X96)."""
_ALONE = ("无客户沟通", "邮件", "即时通讯")
_STAGED = ("产品测试", "产品实施")
_WHEN = {"售前交流": (5, 2, 1), "技术文档编写": (3, 3, 1), "产品测试": (1, 5, 2),
         "产品实施": (0.3, 2, 6), "客户培训": (0.3, 1, 3)}  # fmt: skip
"""How usual a support type is in the first, second and last third of a project."""
_AFTER_SALE = 0.67
"""Part of the visits after the acceptance that are 售后服务; the others are 故障处理."""


@dataclass(slots=True)
class Visit:
    """One row of a 跟踪表. Times are minutes of the day, -1 when nobody wrote them down."""

    project: Project
    owner: str
    day: int
    supporter: str
    support_type: str
    content: str = ""
    stage: str = ""
    channel: str = ""
    contact: str = ""
    sales_present: bool = True
    report_channel: str = ""
    hours: float = 0.0
    start: int = -1
    end: int = -1
    reported: tuple[int, int] | None = None
    """Day and minute of the report to sales."""
    filled: int = -1
    helper: str = ""
    bug: Bug | None = None
    leftovers: list[Leftover] = field(default_factory=list)

    @property
    def free(self) -> bool:
        """Nothing special happened yet, so that a case may begin here."""
        busy = self.leftovers or self.bug is not None or self.support_type == "技术文档编写"
        return not busy and self.supporter == self.owner


@dataclass(frozen=True, slots=True)
class Style:
    """How thoroughly somebody keeps his 跟踪表; all of them are in order."""

    detailed: bool
    """Fills the grouped columns: times, report, fill date."""
    numbered: bool
    """Writes record numbers."""
    project_as: str
    """'both', 'number' or 'alias': how a row names its project."""

    @classmethod
    def of(cls, nth: int) -> Style:
        return (
            cls(True, True, "both"),
            cls(True, False, "number"),
            cls(False, False, "alias"),
            cls(False, False, "both"),
        )[nth % 4]


def share(
    records: int, projects: list[Project], team: Team, days: Days, rng: Random
) -> dict[tuple[int, int], int]:
    """How many records fall into each tenure: (project, ordinal of its tenure) -> number.

    Every engineer with a project gets an equal part of all records, longer tenures get more.
    """
    held: dict[str, list[tuple[tuple[int, int], int]]] = defaultdict(list)
    for n, project in enumerate(projects):
        for k, tenure in enumerate(project.tenures(days)):
            held[tenure.owner].append(((n, k), tenure.end - tenure.start + 1))
    owners = [name for name in team.engineers if name in held]
    shares: Counter[tuple[int, int]] = Counter()
    for n, owner in enumerate(owners):
        part = records // len(owners) + (n < records % len(owners))
        keys, lengths = zip(*held[owner], strict=True)
        shares.update(rng.choices(keys, lengths, k=part))
    return shares


class Diary:
    """Makes visits; remembers who is where, so that nobody is needed twice."""

    def __init__(self, team: Team, days: Days, rng: Random) -> None:
        self._team, self._days, self._rng = team, days, rng
        self._styles = {name: Style.of(n) for n, name in enumerate(team.engineers)}
        self._busy: dict[tuple[str, int], int] = defaultdict(int)
        self._begun: dict[tuple[int, str], list[int]] = defaultdict(list)

    def style(self, owner: str) -> Style:
        return self._styles[owner]

    def visits(self, project: Project, tenure: Tenure, wanted: int) -> Iterator[Visit]:
        """Visits of one tenure in the order of their days."""
        span, roll = tenure.end - tenure.start + 1, self._rng.random
        for day in sorted(tenure.start + int(roll() * span) for _ in range(wanted)):
            kind = self._type(project, day)
            visit = Visit(project, tenure.owner, day, tenure.owner, kind)
            after_sale = 0 <= project.accepted <= day
            if not after_sale and roll() < 0.12:
                visit.supporter = project.holder("第二售前", day)
            if kind in _STAGED:
                visit.stage = self._stage(project, kind, day)
                kind = f"{kind}/{visit.stage}"
            visit.channel, visit.content = project.voice.work(kind, self._rng)
            self._meet(visit)
            self._report(visit)
            if roll() < 0.04 and len(self._team.engineers) > 2:
                name = self._rng.choice(self._team.engineers)
                visit.helper = name if name not in (visit.owner, visit.supporter) else ""
            yield visit

    def _type(self, project: Project, day: int) -> str:
        if 0 <= project.accepted <= day:
            # 售后服务 begins after the acceptance (X80)
            if day == project.accepted:
                return "故障处理"
            return "售后服务" if self._rng.random() < _AFTER_SALE else "故障处理"
        end = project.accepted if project.accepted >= 0 else project.closed
        if end < 0:
            end = self._days.last + 1
        third = min(2, 3 * (day - project.charter) // max(1, end - project.charter))
        types = [t for t in project.types if t in _WHEN]
        types += [a.support_type for a in project.additions if a.day <= day]
        weights = [_WHEN[t][third] for t in types]
        return self._rng.choices([*types, "故障处理", "其他"], [*weights, 0.4 * third, 0.3])[0]

    def _stage(self, project: Project, kind: str, day: int) -> str:
        """Talk first, then prepare; nothing is done on site before that."""
        before = self._begun[id(project), kind]
        before.append(day)
        if len(before) == 1:
            return "沟通"
        if len(before) == 2 or day == before[0]:
            return "准备"
        return "收尾" if len(before) > 4 and self._rng.random() < 0.12 else "执行"

    def _meet(self, visit: Visit) -> None:
        if self._styles[visit.owner].detailed and visit.channel not in ("邮件", "即时通讯"):
            self._find_time(visit)
        if visit.start < 0:
            visit.hours = (1 + int(self._rng.random() * 8)) / 2
        if visit.channel != "无客户沟通":
            contacts = visit.project.contacts
            visit.contact = contacts[int(self._rng.random() * len(contacts))]

    def _find_time(self, visit: Visit) -> None:
        key = (visit.supporter, visit.day)
        taken = self._busy[key]
        first = int(self._rng.random() * len(_SLOTS))
        for k in range(len(_SLOTS)):
            slot = (first + k) % len(_SLOTS)
            if not taken >> slot & 1:
                self._busy[key] = taken | 1 << slot
                earliest, latest = _SLOTS[slot]
                visit.start = earliest + 10 * int(self._rng.random() * 3)
                visit.end = latest - 10 * int(self._rng.random() * 3)
                visit.hours = round((visit.end - visit.start) / 30) / 2
                return

    def _report(self, visit: Visit) -> None:
        roll, days = self._rng.random, self._days
        visit.sales_present = visit.channel not in _ALONE and roll() < 0.4
        # who finishes a test or an implementation reports it in any case (X25)
        if not visit.sales_present or visit.stage == "收尾":
            visit.report_channel = "邮件" if roll() < 0.8 else "电话"
        if not self._styles[visit.owner].detailed:
            return
        visit.filled = days.capped(visit.day + (roll() < 0.2))
        if visit.report_channel:
            begin = visit.end if visit.end > 0 else 1000
            visit.reported = (visit.day, min(begin + 10 + 5 * int(roll() * 10), 1110))
            if visit.day < days.last and roll() < 0.15:
                visit.reported = (visit.day + 1, 550 + 5 * int(roll() * 10))
                visit.filled = visit.day + 1
