"""Fault orders (F04): three failed attempts, consent, review, solution, confirmation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING, Any

from .days import Days
from .people import Team
from .phrases import phrases
from .projects import Project, Tenure

if TYPE_CHECKING:
    from .bugs import Bug
    from .leftovers import Leftover


class Course(StrEnum):
    """How a fault order goes."""

    SOLVED = "solved by R&D"
    SEVERE = "submitted at once, solved"
    REJECTED = "sent back with advice"
    CONVERTED = "became an improvement request"
    OPEN = "R&D is working on it on the day of the check"
    PENDING = "not reviewed yet on the day of the check"


LEAD = {Course.OPEN: 4, Course.PENDING: 1}
"""Working days before the check on which a fault that is not finished begins."""


@dataclass(slots=True, eq=False)
class Fault:
    """`values` are the fields of the form, `attempts` its 尝试记录; days are numbers."""

    project: Project
    number: str
    course: Course
    values: dict[str, Any]
    told: dict[str, str]
    """What the cause, the measure and the advice will be."""
    attempts: list[dict[str, Any]] = field(default_factory=list)
    closed: int = -1
    consulted: int = -1
    bug: Bug | None = None
    leftover: Leftover | None = None


class FaultDesk:
    """Writes the forms; everything is decided within the default deadlines (P10, P11, P13)."""

    def __init__(self, team: Team, days: Days, rng: Random) -> None:
        self._team, self._days, self._rng = team, days, rng
        self.faults: list[Fault] = []
        self._counts: dict[str, int] = {}

    def report(self, project: Project, start: int, course: Course, tenure: Tenure) -> Fault | None:
        """A fault first met on `start`; None when it could not end within the tenure."""
        rng, finished = self._rng, course not in LEAD
        proposed = start if course in (Course.SEVERE, Course.PENDING) else start + 1
        submitted = proposed + (course is Course.OPEN or (finished and rng.random() < 0.5))
        decided = submitted + (1 if course is Course.OPEN else rng.randint(0, 1))
        solved = decided + rng.randint(1, 2)
        confirmed = solved + rng.randint(0, 1)
        if finished and confirmed + 2 > tenure.end:
            return None
        fault = self._propose(project, course, start, proposed)
        self._submit(fault, proposed, submitted)
        if course is not Course.PENDING:
            self._review(fault, decided)
        if course in (Course.SOLVED, Course.SEVERE):
            self._solve(fault, solved, confirmed)
        elif course is Course.CONVERTED:
            self._consult(fault, decided + rng.randint(2, 3))
        self.faults.append(fault)
        return fault

    def convert(self, fault: Fault, number: str) -> None:
        """Write the way out into the form, once the improvement request has its number."""
        fault.values |= {"convert_to": "产品改进申请单", "convert_ref": number}

    def _propose(self, project: Project, course: Course, start: int, proposed: int) -> Fault:
        rng, days = self._rng, self._days
        nth = self._counts.get(project.number, 0) + 1
        self._counts[project.number] = nth
        first = project.holder("第一售前", start)
        entry = rng.choice(phrases().faults)
        keys = ("environment", "operation", "phenomenon", "cause", "measure", "advice")
        texts = project.voice.say_all([*(entry[k] for k in keys), *entry["attempts"]], rng)
        told = dict(zip(keys, texts, strict=False))
        severe = course is Course.SEVERE
        values = {
            "responsible_presales": first,
            "proposer": first,
            "propose_date": days[proposed],
            "basis": "明显严重bug" if severe else "三次未解决",
            "severity": "致命" if severe else "严重",
            "required_date": days[proposed + 12],
            "product": project.product.name,
            "version": project.version,
            "environment": told["environment"],
            "operation": told["operation"],
            "phenomenon": told["phenomenon"],
            "logs": f"日志存放于 项目资料/{project.number}/日志_{days[proposed]:%m%d}.zip",
        }
        fault = Fault(project, f"GZ-{project.number}-{nth:02}", course, values, told)
        if not severe:
            self._try(fault, start, proposed, texts[len(keys) :])
        return fault

    def _try(self, fault: Fault, start: int, proposed: int, measures: list[str]) -> None:
        first, second = fault.values["proposer"], fault.project.holder("第二售前", start)
        times = ((start, 9), (start, 11), (proposed, 14))
        for (day, hour), handler, measure in zip(
            times, (first, first, second), measures, strict=False
        ):
            when = datetime.combine(self._days[day], time(hour))
            fault.attempts.append(
                {
                    "attempt_time": when + timedelta(minutes=5 * self._rng.randint(0, 11)),
                    "handler": handler,
                    "measure": measure,
                    "outcome": "未解决",
                    "evidence": f"截图_{day:03}_{hour:02}.png",
                }
            )

    def _submit(self, fault: Fault, proposed: int, submitted: int) -> None:
        fault.values |= {
            "consent_person": self._team.presales_manager,
            "consent": "同意",
            "consent_date": self._days[proposed],
            "submit_to": self._team.development_manager,
            "submit_date": self._days[submitted],
            "receive_date": self._days[submitted],
        }

    def _review(self, fault: Fault, decided: int) -> None:
        values, days, rng = fault.values, self._days, self._rng
        rejected = fault.course is Course.REJECTED
        values |= {
            "handling": "有误" if rejected else "得当",
            "decision": "驳回" if rejected else "研发解决",
            "decision_date": days[decided],
        }
        if rejected:
            values["advice"] = fault.told["advice"]
            return
        lead = rng.choice(self._team.developers)
        values |= {
            "dev_lead": lead,
            "assigner": self._team.development_manager,
            "assign_date": days[decided],
            "members": tuple(dict.fromkeys((lead, rng.choice(self._team.developers)))),
            "estimate_date": days[decided + 3],
        }

    def _solve(self, fault: Fault, solved: int, confirmed: int) -> None:
        values, days = fault.values, self._days
        fault.closed = confirmed
        values |= {
            "cause": fault.told["cause"],
            "measure": fault.told["measure"],
            "patch": f"{fault.project.version}-HF{fault.number[-2:]}",
            "solved_date": days[solved],
            "close_request_date": days[solved],
            "confirm_person": values["proposer"],
            "confirm_result": "已解决",
            "confirm_date": days[confirmed],
            "close_date": days[confirmed],
        }

    def _consult(self, fault: Fault, day: int) -> None:
        fault.consulted = day
        fault.values |= {
            "cause": fault.told["cause"],
            "convert_reason": "无法解决",
            "consult_date": self._days[day],
            "proposer_opinion": "同意转为产品改进，先用临时办法，不影响项目进度",
        }
