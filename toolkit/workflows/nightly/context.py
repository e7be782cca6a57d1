"""What every step of a run needs, and what must hold before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from toolkit.model.errors import ToolkitError
from toolkit.workflows.check import Checked, Progress

from .memory import State
from .periods import Plan, plan
from .places import Places
from .sight import configuration_state
from .tools import Tools


@dataclass(slots=True)
class Context:
    """`now` is local time at the start of the run, `begun` what `monotonic` said then."""

    places: Places
    now: datetime
    environment: Mapping[str, str]
    sleep: Callable[[float], None]
    monotonic: Callable[[], float]
    only: str | None = None
    progress: Progress | None = None
    tools: Tools = field(default_factory=Tools)
    begun: float = 0.0

    @property
    def today(self) -> date:
        return self.now.date()

    def clock(self) -> datetime:
        """Local time, which goes on from `now`."""
        return self.now + timedelta(seconds=int(self.monotonic() - self.begun))


def demand_configuration(checked: Checked, state: State) -> None:
    """Raise ToolkitError when the 部门配置 of earlier runs is not there to be read.

    Without it nobody knows who works when and whom to tell: better late than wrong.
    """
    read, why = configuration_state(checked.department.dossier)
    if not read and (why or state.configured):
        raise ToolkitError(
            f"部门配置读不到（{why or '文件不在原处'}），不知道该通知谁；没有发送，记录未改动。",
            "请把部门配置.xlsx 放回或修好；之后的运行会自动补做。",
        )


def plan_of(context: Context, state: State, workday: Callable[[date], bool]) -> Plan:
    """What is due for this run, by the memory and the calendar."""
    return plan(
        context.now,
        workday,
        lambda job: state.done.get(job, ()),
        made_up=lambda job: {period for period, _ in state.merged.get(job, ())},
        only=context.only,
    )
