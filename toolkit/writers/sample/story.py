"""The year of the sample department: everything that happened, before it is written down."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from .bugs import BugDesk
from .days import Days
from .faults import LEAD, Course, FaultDesk
from .improvements import ImprovementDesk
from .leftovers import Leftover, LeftoverDesk
from .people import Team
from .phrases import Voice, phrases
from .projects import Plot, Project, Tenure
from .visits import Diary, Visit, share

_NEAR = 8
"""A case begins with a visit of one of the next days, if there is one."""
_LEFT_OVER, _MET_A_BUG = 0.1, 0.05
_SMALL, _LARGE = 9, 20
"""Hours of development: of each of three requests of a project, of a single one."""


@dataclass(frozen=True, slots=True)
class Case:
    """A form that a project needs about some day. `fixed`: not a day later."""

    day: int
    course: Course | None = None
    budget: int = _LARGE
    fixed: bool = False


@dataclass(slots=True)
class Story:
    """All that happened, and the desks that keep the paper work."""

    team: Team
    days: Days
    projects: list[Project]
    rng: Random
    sheets: dict[str, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    """Owner -> visits in the order of their days."""
    diary: Diary = field(init=False)
    leftovers: LeftoverDesk = field(init=False)
    bugs: BugDesk = field(init=False)
    improvements: ImprovementDesk = field(init=False)
    faults: FaultDesk = field(init=False)

    def __post_init__(self) -> None:
        people_and_time = self.team, self.days, self.rng
        self.diary = Diary(*people_and_time)
        self.leftovers = LeftoverDesk(self.days, self.rng)
        self.bugs = BugDesk(*people_and_time)
        self.improvements = ImprovementDesk(*people_and_time)
        self.faults = FaultDesk(*people_and_time)

    def tell(self, records: int) -> None:
        """Let the year happen, with that many support records in all."""
        shares = share(records, self.projects, self.team, self.days, self.rng)
        for n, project in enumerate(self.projects):
            tenures = project.tenures(self.days)
            visits = [
                list(self.diary.visits(project, tenure, shares.get((n, k), 0)))
                for k, tenure in enumerate(tenures)
            ]
            for case in self._cases(project, tenures):
                self._begin(project, case, tenures, visits)
            for tenure, some in zip(tenures, visits, strict=True):
                self._everyday(some, tenure)
                self.sheets[tenure.owner] += some
        for owner in self.team.engineers:
            self.sheets[owner].sort(key=lambda visit: visit.day)
            product = self.rng.choice(phrases().products)
            self.bugs.daily(Voice(product, phrases()), product.versions[0], owner)
        self.bugs.number()
        self.leftovers.number()

    def _cases(self, project: Project, tenures: list[Tenure]) -> Iterator[Case]:
        """What the plot demands, in the order of time."""
        if not tenures:
            return
        start, last, roll = tenures[0].start, self.days.last, self.rng.random
        length = tenures[0].end - start
        late = start + int(length * (0.4 + 0.2 * roll()))
        match project.plot:
            case Plot.FLAGSHIP:
                for part in (0.12, 0.38, 0.62):
                    yield Case(start + int(length * part), budget=_SMALL)
            case Plot.REQUEST:
                yield Case(max(start, last - self.rng.randint(8, 14)))
            case Plot.FAULT:
                yield Case(late, Course.SOLVED)
            case Plot.CONVERTED:
                yield Case(late, Course.CONVERTED)
            case Plot.ACCEPTED_FAULT:
                yield Case(project.accepted + 3, Course.SEVERE)
            case Plot.OPEN_FAULT:
                yield Case(last - LEAD[Course.OPEN], Course.OPEN, fixed=True)
            case Plot.PLAIN if roll() < 0.12:
                yield Case(late)
            case Plot.PLAIN if roll() < 0.12:
                yield Case(late, Course.REJECTED)
            case Plot.PLAIN if roll() < 0.04:
                yield Case(last - LEAD[Course.PENDING], Course.PENDING, fixed=True)

    def _begin(
        self, project: Project, case: Case, tenures: list[Tenure], visits: list[list[Visit]]
    ) -> None:
        """Start the case at a visit of those days; without one it starts by itself."""
        nth = next((n for n, t in enumerate(tenures) if t.start <= case.day <= t.end), None)
        if nth is None:
            return
        visit = _visit_near(visits[nth], case.day, 0 if case.fixed else _NEAR)
        day = visit.day if visit else case.day
        if case.course is None:
            self._request(project, day, tenures[nth], case.budget, visit)
        else:
            self._fault(project, day, tenures[nth], case.course, visit)

    def _request(
        self, project: Project, day: int, tenure: Tenure, budget: int, visit: Visit | None
    ) -> None:
        improvement = self.improvements.request(
            project, day, tenure, budget=budget, follows=visit is not None
        )
        if improvement is None or visit is None:
            return
        visit.content += f"；对方提出“{improvement.title}”，转产品改进申请"
        leftover = self.leftovers.open(visit, "产品改进申请单", f"{improvement.title}，待研发支持")
        leftover.documents.append(improvement)
        improvement.origin = leftover
        improvement.values["origin"] = "遗留问题"
        self._follow(leftover, improvement.closed)

    def _fault(
        self, project: Project, day: int, tenure: Tenure, course: Course, visit: Visit | None
    ) -> None:
        fault = self.faults.report(project, day, course, tenure)
        if fault is None:
            return
        phenomenon, operation = fault.values["phenomenon"], fault.values["operation"]
        fault.bug = self.bugs.behind(fault, day, phenomenon, operation)
        improvement = None
        if course is Course.CONVERTED:
            improvement = self.improvements.request(
                project, fault.consulted, tenure, budget=_LARGE, follows=True
            )
            if improvement is not None:
                improvement.origin = fault
                improvement.values["origin"] = "故障单转化"
                self.faults.convert(fault, improvement.number)
        if visit is None:
            return
        visit.bug = fault.bug
        visit.content += f"；遇到“{fault.bug.title}”，当场未能排除"
        if course is Course.REJECTED:
            return
        leftover = self.leftovers.open(visit, "故障处理工作单", fault.bug.description)
        leftover.documents = [fault, improvement] if improvement else [fault]
        fault.leftover = leftover
        self._follow(leftover, improvement.closed if improvement else fault.closed)

    def _follow(self, leftover: Leftover, closed: int) -> None:
        if closed >= 0:
            self.leftovers.close(leftover, closed)
        else:
            self.leftovers.keep_open(leftover, "待研发")

    def _everyday(self, visits: list[Visit], tenure: Tenure) -> None:
        roll = self.rng.random
        for visit in visits:
            if visit.leftovers or visit.bug is not None:
                continue
            if roll() < _LEFT_OVER:
                self.leftovers.run(visit, tenure)
            elif roll() < _MET_A_BUG and visit.channel != "无客户沟通":
                self._meet_a_bug(visit, tenure)

    def _meet_a_bug(self, visit: Visit, tenure: Tenure) -> None:
        """It goes into the register; sometimes the customer waits for the answer."""
        bug = self.bugs.met(visit)
        answered = bug.received + 1
        if 0 < answered <= tenure.end and self.rng.random() < 0.4:
            leftover = self.leftovers.open(visit, "内部bug反馈", f"{bug.title}，待测试组答复")
            leftover.documents.append(bug)
            self.leftovers.close(leftover, answered)


def _visit_near(visits: list[Visit], day: int, within: int) -> Visit | None:
    for visit in visits[bisect_left(visits, day, key=lambda v: v.day) :]:
        if visit.day > day + within:
            break
        if visit.free:
            return visit
    return None
