"""Improvement requests (F03): talked over, issued, developed, delivered, verified."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from .days import Days
from .people import Team
from .phrases import phrases
from .projects import Project, Tenure

if TYPE_CHECKING:
    from .faults import Fault
    from .leftovers import Leftover

_TYPES = ("功能改进", "定制版本", "易用性", "性能", "接口")


@dataclass(slots=True, eq=False)
class Improvement:
    """`values` are the fields of the form, `hours` its 研发工时; days are numbers."""

    project: Project
    number: str
    nth: int
    """Which request of its project it is."""
    title: str
    values: dict[str, Any]
    hours: list[dict[str, Any]] = field(default_factory=list)
    issued: int = -1
    closed: int = -1
    origin: Leftover | Fault | None = None


class ImprovementDesk:
    """Writes the forms. `budget` hours a form keep every project below a week (X46, R22)."""

    def __init__(self, team: Team, days: Days, rng: Random) -> None:
        self._team, self._days, self._rng = team, days, rng
        self.improvements: list[Improvement] = []
        self._counts: dict[str, int] = {}

    def request(
        self, project: Project, start: int, tenure: Tenure, *, budget: int, follows: bool
    ) -> Improvement | None:
        """A request that is first talked about after `start`.

        None when it would not be closed within a tenure that ends, or when it `follows` from
        something else and could not be issued before the check.
        """
        rng, last = self._rng, self._days.last
        talked = start + rng.randint(1, 3)
        issued = talked + rng.randint(0, 2)
        received = issued + rng.randint(1, 2)
        delivered = received + rng.randint(4, 12)
        verified = delivered + rng.randint(1, 3)
        if not tenure.running and verified > tenure.end:
            return None
        if talked > last or (follows and issued > last):
            return None
        if project.holder("责任销售", talked) != project.holder("责任销售", issued):
            talked = issued
        improvement = self._draft(project)
        single = not follows and budget > 10
        if issued <= last:
            self._issue(improvement, talked, issued)
        else:
            self._talk(improvement, talked)
        if single and issued < last and rng.random() < 0.15:
            self._withdraw(improvement, issued + 1)
        elif received <= last:
            rejected = single and rng.random() < 0.15
            self._develop(improvement, received, delivered, budget, rejected=rejected)
            if delivered <= last and not rejected:
                self._deliver(improvement, delivered, verified)
        self.improvements.append(improvement)
        return improvement

    def _draft(self, project: Project) -> Improvement:
        rng, nth = self._rng, self._counts.get(project.number, 0) + 1
        self._counts[project.number] = nth
        chosen = rng.choice(phrases().improvements["requests"])
        title, background, acceptance = project.voice.say_all(chosen, rng)
        values = {
            "request_type": rng.choice(_TYPES),
            "product": project.product.name,
            "base_version": project.version,
            "origin": "直接需求",
            "description": f"{title}。{background}",
            "background": background,
            "acceptance": acceptance,
        }
        return Improvement(project, f"GJ-{project.number}-{nth:02}", nth, title, values)

    def _talk(self, improvement: Improvement, day: int) -> None:
        """The first two with sales; from the third on all three sit together (第二十一条)."""
        project, when = improvement.project, self._days[day]
        sales, first = project.holder("责任销售", day), project.holder("第一售前", day)
        values = improvement.values
        values |= {"account_sales": sales, "responsible_presales": first}
        if improvement.nth <= 2:
            values |= {"sales_talk_person": sales, "sales_talk_date": when}
        else:
            three = (("sales", sales), ("presales", first), ("manager", self._manager))
            for who, name in three:
                values |= {f"meeting_{who}": name, f"meeting_{who}_date": when}
        values["minutes"] = self._rng.choice(phrases().improvements["minutes"])

    def _issue(self, improvement: Improvement, talked: int, issued: int) -> None:
        self._talk(improvement, talked)
        values, days = improvement.values, self._days
        first = improvement.project.holder("第一售前", issued)
        improvement.issued = issued
        values |= {
            "ordinal": improvement.nth,
            "issuer": first if improvement.nth <= 2 else self._manager,
            "issue_date": days[issued],
            "expected_date": days[issued + self._rng.randint(18, 30)],
        }

    def _withdraw(self, improvement: Improvement, day: int) -> None:
        """Before R&D took it: it does not count, so it has no ordinal (catalogue E3)."""
        improvement.values["withdraw_date"] = self._days[day]
        del improvement.values["ordinal"]

    def _develop(
        self,
        improvement: Improvement,
        received: int,
        delivered: int,
        budget: int,
        *,
        rejected: bool,
    ) -> None:
        rng, days, values = self._rng, self._days, improvement.values
        values |= {"receiver": self._team.development_manager, "receive_date": days[received]}
        if rejected:
            values["decision"] = "驳回"
            return
        lead = rng.choice(self._team.developers)
        values |= {
            "decision": "接受",
            "dev_lead": lead,
            "estimated_hours": budget,
            "plan_date": days[delivered],
        }
        left = budget - rng.randint(0, 3)
        workers = (lead, rng.choice(self._team.developers))
        for day in range(received, min(delivered, days.last) + 1):
            if left <= 0:
                break
            hours = min(left, rng.randint(2, 6))
            left -= hours
            category = rng.choice(("设计", "开发", "开发", "自测", "联调"))
            improvement.hours.append(_line(days[day], rng.choice(workers), hours, category))
        if rng.random() < 0.5:
            improvement.hours.append(_line(days[received], lead, 1, "会议"))
        improvement.hours.sort(key=lambda line: line["work_date"])

    def _deliver(self, improvement: Improvement, delivered: int, verified: int) -> None:
        days, values, project = self._days, improvement.values, improvement.project
        values |= {
            "net_hours": sum(h["hours"] for h in improvement.hours if h["category"] != "会议"),
            "delivery_version": f"{project.version}-D{project.number[-4:]}.{improvement.nth}",
            "delivery_date": days[delivered],
        }
        if verified <= days.last:
            improvement.closed = verified
            values |= {
                "verifier": project.holder("第一售前", verified),
                "verify_result": "通过",
                "verify_date": days[verified],
                "close_date": days[verified],
            }

    @property
    def _manager(self) -> str:
        return self._team.presales_manager


def _line(day: Any, developer: str, hours: int, category: str) -> dict[str, Any]:
    return {"work_date": day, "developer": developer, "hours": hours, "category": category}
