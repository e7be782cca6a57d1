"""The projects of the sample: who, for whom, and what becomes of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from .customers import Customer, customers
from .days import Days
from .people import SURNAMES, Team
from .phrases import Product, Voice, phrases


class Plot(StrEnum):
    """What becomes of a project."""

    FLAGSHIP = "three improvement requests"
    ACCEPTED = "accepted, in after-sale service"
    FAULT = "a fault that R&D solved"
    PLAIN = "running"
    HANDOVER = "another first presales takes over"
    CONVERTED = "a fault that became an improvement request"
    CLOSED = "accepted and closed"
    ADDITIONS = "more support types were added"
    CANCELLED = "cancelled"
    WAITING = "applied for, nobody assigned yet"
    REQUEST = "an improvement request in development"
    ACCEPTED_FAULT = "accepted; a severe fault afterwards"
    NEW_SALES = "its sales left the company"
    LOST = "lost to a competitor"
    OPEN_FAULT = "a fault in R&D, and a new second presales"


_WEIGHTS = {Plot.PLAIN: 8, Plot.ACCEPTED: 4, Plot.CLOSED: 3, Plot.REQUEST: 3, Plot.FAULT: 2}
_NEVER_FIRST = {Plot.WAITING, Plot.CANCELLED, Plot.LOST}
_ACCEPTED = {Plot.ACCEPTED, Plot.CLOSED, Plot.ACCEPTED_FAULT}
_BEFORE_ORDER = ("售前交流", "技术文档编写", "产品测试")
_ORDER = ("售前交流", "客户培训", "技术文档编写", "产品测试", "产品实施", "售后服务")
_EARLY_END = {Plot.CANCELLED, Plot.LOST, Plot.CLOSED}


@dataclass(frozen=True, slots=True)
class Change:
    """From `day` on (inclusive) the role is the new person's."""

    day: int
    role: str
    old: str
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class Addition:
    """A support type that was asked for after 立项."""

    day: int
    support_type: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Tenure:
    """Both days inclusive. `running`: it ends only because the story is told on that day."""

    owner: str
    start: int
    end: int
    running: bool


@dataclass(slots=True)
class Project:
    """Days are numbers of working days; -1 is never. People are those of the 立项单."""

    plot: Plot
    customer: Customer
    product: Product
    version: str
    sales: str
    first: str
    second: str
    applied: int
    charter: int
    suffix: str
    contacts: tuple[str, ...]
    accepted: int = -1
    closed: int = -1
    types: list[str] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    requirement: str = ""
    focus: str = ""
    number: str = ""
    voice: Voice = field(init=False)

    def __post_init__(self) -> None:
        self.voice = Voice(self.product, phrases())

    @property
    def close_result(self) -> str:
        return {Plot.CANCELLED: "取消", Plot.LOST: "失败"}.get(self.plot, "成功")

    @property
    def name(self) -> str:
        return f"{self.customer.name}{self.product.system}{self.suffix}"

    @property
    def alias(self) -> str:
        return f"{self.customer.short}{self.product.short}"

    def holder(self, role: str, day: int) -> str:
        """Who held 责任销售, 第一售前 or 第二售前 on a day."""
        name = {"责任销售": self.sales, "第一售前": self.first, "第二售前": self.second}[role]
        for change in self.changes:
            if change.role == role and change.day <= day:
                name = change.new
        return name

    def tenures(self, days: Days) -> list[Tenure]:
        """Who kept the project in his 跟踪表, and when; none while it waits."""
        if self.charter < 0:
            return []
        end = days.last if self.closed < 0 else self.closed - 1
        found, start, owner = [], self.charter, self.first
        for change in self.changes:
            if change.role == "第一售前":
                found.append(Tenure(owner, start, change.day - 1, running=False))
                start, owner = change.day, change.new
        return [*found, Tenure(owner, start, end, running=self.closed < 0)]


def plots(wanted: int, engineers: int, rng: Random) -> list[Plot]:
    """What becomes of each project: one of each first, then at random."""
    every = list(Plot)
    weights = [_WEIGHTS.get(plot, 1) for plot in every]
    chosen = every[:wanted] + rng.choices(every, weights, k=max(0, wanted - len(every)))
    # everybody's first project must run long enough to hold his support records
    return [
        Plot.PLAIN if n < engineers and plot in _NEVER_FIRST else plot
        for n, plot in enumerate(chosen)
    ]


def found(wanted: int, team: Team, days: Days, rng: Random) -> list[Project]:
    """All projects, numbered by their day of application; owners take turns."""
    clients = customers(wanted, rng)
    kinds = plots(wanted, len(team.engineers), rng)
    projects = [
        _project(n, plot, client, team, days, rng)
        for n, (plot, client) in enumerate(zip(kinds, clients, strict=True))
    ]
    for n, project in enumerate(sorted(projects, key=lambda p: p.applied), 1):
        project.number = f"XM{days.year}-{n:04}"
    return projects


def _project(n: int, plot: Plot, client: Customer, team: Team, days: Days, rng: Random) -> Project:
    first = team.engineers[n % len(team.engineers)]
    second = rng.choice(_others(team, first))
    sales = (
        team.leaver if plot is Plot.NEW_SALES and team.leaver else rng.choice(team.staying_sales)
    )
    if n < len(team.engineers):
        charter = rng.randint(2, 7)
    else:
        charter = rng.randint(3, int(days.last * (0.35 if plot in _EARLY_END else 0.55)))
    applied = charter - rng.randint(1, 2)
    if plot is Plot.WAITING:
        applied, charter = days.last - rng.randint(0, 2), -1
    product = rng.choice(phrases().products)
    contacts = tuple(
        rng.choice(SURNAMES) + title for title in rng.sample(("主任", "科长", "工", "老师"), 2)
    )
    project = Project(
        plot, client, product, _version(product, applied, days), sales, first, second,
        applied, charter, rng.choice(phrases().suffixes), contacts,
    )  # fmt: skip
    _plan_end(project, days, rng)
    _plan_types(project, rng)
    _plan_additions(project, days, rng)
    _plan_changes(project, team, days, rng)
    return project


def _others(team: Team, *taken: str) -> list[str]:
    """Presales who could join; the manager helps out where there are too few."""
    free = [name for name in team.engineers if name not in taken]
    return free or [team.presales_manager]


def _version(product: Product, day: int, days: Days) -> str:
    released = [v for v, since in releases(product, days) if since <= day]
    return released[-1]


def releases(product: Product, days: Days) -> Iterator[tuple[str, int]]:
    """Version and day of its standard release; the first one was there before the story."""
    for n, version in enumerate(product.versions):
        yield version, -1 if n == 0 else int(days.last * (0.05 + 0.4 * (n - 1)))


def _plan_end(project: Project, days: Days, rng: Random) -> None:
    left = days.last - project.charter
    if project.plot is Plot.CANCELLED:
        project.closed = project.charter + rng.randint(12, 25)
    elif project.plot is Plot.LOST:
        project.closed = project.charter + int(left * rng.uniform(0.5, 0.8))
    elif project.plot in _ACCEPTED:
        project.accepted = project.charter + int(left * rng.uniform(0.45, 0.6))
        if project.plot is Plot.CLOSED:
            project.closed = project.accepted + int(left * rng.uniform(0.2, 0.3))


def _plan_types(project: Project, rng: Random) -> None:
    types = {"售前交流"}
    types |= {t for t in _BEFORE_ORDER if rng.random() < 0.75}
    if len(types) == 1:
        types.add("产品测试")
    if project.accepted >= 0:
        types |= {"产品实施", "售后服务"}
    elif project.plot not in _EARLY_END | {Plot.ADDITIONS} and rng.random() < 0.4:
        types.add("产品实施")
    if project.plot not in _EARLY_END | {Plot.ADDITIONS} and rng.random() < 0.5:
        types.add("客户培训")
    project.types = [t for t in _ORDER if t in types]
    needs, voice = phrases().requirements, project.voice
    wanted = [needs[t] for t in project.types[:3]]
    project.requirement = "".join(voice.say(text, rng) for text in wanted)
    project.focus = voice.say("{d}最关心{m}在{s}下是否稳定，以及今后升级是否方便", rng)


def _plan_additions(project: Project, days: Days, rng: Random) -> None:
    wanted = 2 if project.plot is Plot.ADDITIONS else int(rng.random() < 0.15)
    if project.charter < 0 or project.accepted >= 0 or project.closed >= 0:
        return
    missing = [t for t in ("产品测试", "产品实施", "客户培训") if t not in project.types]
    for n, support_type in enumerate(missing[:wanted], 1):
        day = project.charter + int((days.last - project.charter) * 0.25 * n)
        text = project.voice.say(phrases().requirements[support_type], rng)
        project.additions.append(Addition(day, support_type, text))


def _plan_changes(project: Project, team: Team, days: Days, rng: Random) -> None:
    middle = project.charter + int((days.last - project.charter) * rng.uniform(0.4, 0.6))
    reason = rng.choice(phrases().reasons)
    if project.plot is Plot.NEW_SALES and team.leaver:
        leaves = next(p.left for p in team.roster if p.name == team.leaver)
        assert leaves is not None
        day = days.number(leaves) + 1
        new = rng.choice(team.staying_sales)
        project.changes.append(Change(day, "责任销售", project.sales, new, "离职交接"))
    if project.plot in (Plot.HANDOVER, Plot.OPEN_FAULT):
        free = [e for e in team.engineers if e not in (project.first, project.second)]
        if free:
            role = "第一售前" if project.plot is Plot.HANDOVER else "第二售前"
            old = project.holder(role, 0)
            project.changes.append(Change(middle, role, old, rng.choice(free), reason))
