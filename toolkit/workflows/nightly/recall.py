"""The memory at the start of a run: state and journal together, or a fresh start that says so."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from .heartbeat import Heartbeat, RunResult
from .journal import read_journal
from .memory import State
from .periods import first_day
from .places import Places
from .state import DamagedError, read_state, set_aside

_HOW_LONG = 7
"""Days during which people hear that the memory was lost, when they are told something first."""
_COUNTS_AS_DONE = (RunResult.DONE.value, RunResult.PARTLY.value)


@dataclass(slots=True)
class Recalled:
    """`notice` says that an earlier memory was lost; '' when all is well."""

    state: State
    notice: str = ""


def recall(
    places: Places,
    heartbeat: Heartbeat | None,
    now: datetime,
    *,
    touch: bool = True,
    fold: bool = True,
) -> Recalled:
    """Read state and journal. Without `touch` a damaged state stays where it is; without `fold`
    the journal is left out (somebody is writing it).

    Raises ToolkitError when they are there but cannot be read.
    """
    journal = read_journal(places.journal) if fold else []
    notice = ""
    try:
        state = read_state(places.state)
    except DamagedError as error:
        kept = set_aside(places.state).name if touch else places.state.name
        state = None
        notice = f"提醒记录已损坏（{error}），原文件保留为“{kept}”"
    if state is None and not notice and _ran_before(heartbeat):
        notice = "提醒记录不见了"
    if state is None:
        state = _afresh(heartbeat, now.date()) if notice else State()
    if notice:
        notice += "，已重新开始记录：原有事项按“仍未处理”列出，不算新问题。"
    state.ledgers.fold(journal)
    return Recalled(state, notice)


def restart_notice(state: State, today: date) -> str:
    """What everybody is told once after a lost memory; '' otherwise."""
    if state.restarted is None or abs((today - state.restarted).days) > _HOW_LONG:
        return ""
    return "提醒重新开始：工具丢失了以前的提醒记录，以下按目前的情况列出全部事项。"


def _ran_before(heartbeat: Heartbeat | None) -> bool:
    results = {beat.result for beat in heartbeat.jobs.values()} if heartbeat else set()
    return bool(results & {*_COUNTS_AS_DONE, RunResult.REST.value})


def _afresh(heartbeat: Heartbeat | None, today: date) -> State:
    """An empty memory that at least knows what the heartbeat says was done."""
    state = State(restarted=today)
    for job, beat in heartbeat.jobs.items() if heartbeat else ():
        if beat.result in _COUNTS_AS_DONE:
            with suppress(ValueError):  # a heartbeat that somebody edited
                first_day(beat.period)
                moment = datetime.fromisoformat(beat.finished)
                state.mark(job, beat.period, moment, beat.result)
    return state
