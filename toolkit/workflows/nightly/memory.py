"""What one run leaves to the next; how it is kept on the disk is the matter of `state`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256

from toolkit.model.agenda import Matter, Standing

from .journal import Period
from .ledger import Ledgers

MARKS_KEPT = 400
EVENTS_KEPT = 50


@dataclass(slots=True)
class Remembered:
    """A matter as it was last seen: enough to speak of it when it is gone."""

    matter: Matter
    first_seen: date
    last_seen: date
    standing: Standing = Standing.OPEN
    """NEW never: that is a question of who was told."""
    reason: str = ""
    waits_for: str = ""
    """The file without which nobody can say whether it was put right."""
    unsure: bool = False
    """It was there when the memory was lost: nobody knows whether it was told before."""
    quiet: bool = False
    """It was announced and is not done, but there is time: nobody need be told again today."""
    ended: date | None = None
    missed_runs: int = 0
    """Runs since it ended: nobody is owed its end for ever."""
    former: str = ""
    """Whom it was taken from on the day `handed`."""
    handed: date | None = None

    @property
    def alive(self) -> bool:
        return self.ended is None


@dataclass(frozen=True, slots=True)
class Mark:
    """A period that is done."""

    period: str
    at: datetime
    result: str


@dataclass(slots=True)
class SeenFile:
    """A workbook that was read: its content then, and days of runs on which it was away."""

    fingerprint: str
    away: list[date] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Event:
    """Something about a run that managers are told once on every channel."""

    id: str
    day: date
    text: str

    @classmethod
    def of(cls, day: date, text: str) -> Event:
        return cls(f"event-{sha256(f'{day}{text}'.encode()).hexdigest()[:12]}", day, text)


@dataclass(slots=True)
class State:
    """Everything that a run remembers."""

    last_run: datetime | None = None
    restarted: date | None = None
    """The day on which an earlier memory was lost: what was there then is not called new."""
    configured: bool = False
    """Whether a 部门配置 was read."""
    matters: dict[str, Remembered] = field(default_factory=dict)
    done: dict[str, list[Mark]] = field(default_factory=dict)
    """Job -> its periods in the order in which they were run, which is not that of the calendar
    when a clock was wrong."""
    merged: dict[str, list[Period]] = field(default_factory=dict)
    """Job -> (missed period, period that made up for it). A record only: it blocks nothing."""
    skipped: dict[str, list[str]] = field(default_factory=dict)
    """Job -> periods too old to be made up, so that this is said once."""
    ledgers: Ledgers = field(default_factory=Ledgers)
    events: list[Event] = field(default_factory=list)
    files: dict[str, SeenFile] = field(default_factory=dict)
    read_count: int = 0
    force_from: date | None = None
    """启用日期 or P01, whichever is later, as the last run saw it."""
    calendar: dict[date, bool] = field(default_factory=dict)
    """The department's own 工作日历: `status` needs it without reading the folder."""
    workbooks: dict[str, str] = field(default_factory=dict)
    """Person -> mark of what his workbook says."""

    def mark(self, job: str, period: str, at: datetime, result: str) -> None:
        """Note that a period is done."""
        marks = [mark for mark in self.done.get(job, ()) if mark.period != period]
        self.done[job] = [*marks, Mark(period, at, result)][-MARKS_KEPT:]

    def note_merged(self, job: str, periods: Iterable[str], into: str) -> None:
        pairs = [*self.merged.get(job, ()), *((period, into) for period in periods)]
        self.merged[job] = pairs[-MARKS_KEPT:]

    def note_skipped(self, job: str, periods: Iterable[str]) -> None:
        self.skipped[job] = [*self.skipped.get(job, ()), *periods][-MARKS_KEPT:]

    def tell(self, day: date, text: str) -> None:
        """Keep an event until every manager has been told."""
        event = Event.of(day, text)
        if event not in self.events:
            self.events = [*self.events, event][-EVENTS_KEPT:]

    def is_done(self, job: str, period: str) -> bool:
        return any(mark.period == period for mark in self.done.get(job, ()))

    def tidy(self, today: date) -> None:
        """Forget what serves no purpose any more.

        A matter that ended when everybody was told, what was told of things that nobody
        remembers, attempts in periods that are done and will not be run again.
        """
        told = self.ledgers.told()
        self.matters = {
            each: was
            for each, was in self.matters.items()
            if was.ended in (None, today) or each in told
        }
        self.ledgers.forget(told - self.matters.keys() - {event.id for event in self.events})
        self.ledgers.attempts = {
            attempt for attempt in self.ledgers.attempts if not self.is_done(*attempt[2])
        }
        self.ledgers.tidy()
