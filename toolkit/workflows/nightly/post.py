"""Who gets which digest through which channel: the difference to what he was told before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from toolkit.model.agenda import ChannelSetting, Digest, Overview, RunFacts
from toolkit.model.jobs import JOB_OF
from toolkit.regulation.channels import MAIL, MANAGERS

from .agendas import Board, told_ids, worth_sending
from .journal import Intent, Period
from .ledger import Ledger, overview_key, shown_recipient
from .memory import Event, State
from .mishap import LOG, stumbled
from .periods import outrun
from .tools import Tools

_NEWS_DAYS = 14


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A digest with all that is noted about it."""

    setting: ChannelSetting
    digest: Digest
    address: str
    intent: Intent


@dataclass(slots=True)
class Post:
    """One run's post. `periods` are those that the run is for; `names` the workbooks' names."""

    board: Board
    state: State
    settings: Sequence[ChannelSetting]
    addresses: Mapping[str, str]
    managers: Sequence[str]
    periods: Sequence[Period]
    facts: RunFacts
    names: Mapping[str, str]
    canonical: Callable[[str], str]
    tools: Tools
    restart: str = ""
    """What people are told once when an earlier memory was lost."""
    mishaps: list[str] = field(default_factory=list)

    def to_people(self) -> Iterator[Outgoing]:
        """The digests of everybody's own matters."""
        for setting in self.settings:
            for person, address in self._people(setting):
                if outgoing := self._kept(self._agenda, setting, person, address):
                    yield outgoing

    def to_managers(self, overview: Overview) -> Iterator[Outgoing]:
        """The overviews; `overview` without the events, which depend on who heard them."""
        for setting in self.settings:
            for person, address in self._managers(setting):
                if outgoing := self._kept(self._overview, setting, person, address, overview):
                    yield outgoing

    def _kept(self, make: Callable[..., Outgoing | None], *what: Any) -> Outgoing | None:
        """A digest that we cannot put into words must not cost the others."""
        try:
            return make(*what)
        except Exception as error:
            LOG.exception("cannot make a digest")
            self.mishaps.append(f"给{shown_recipient(what[1])}的摘要没有做成：{stumbled(error)}")
            return None

    def reachable(self) -> set[tuple[str, str]]:
        """Channel and recipient of everybody who can be told anything now."""
        people = {(s.name, person) for s in self.settings for person, _ in self._people(s)}
        return people | {
            (s.name, overview_key(person)) for s in self.settings for person, _ in self._managers(s)
        }

    def _people(self, setting: ChannelSetting) -> list[tuple[str, str]]:
        if setting.kind == MAIL:
            told = self.state.ledgers.books.get(setting.name, {}).keys()
            people = self.board.people() | set(told)
            return [(p, self.addresses[p]) for p in sorted(people) if p in self.addresses]
        return [] if setting.recipient == MANAGERS else [(self.canonical(setting.recipient), "")]

    def _managers(self, setting: ChannelSetting) -> list[tuple[str, str]]:
        if setting.kind == MAIL:
            return [(m, self.addresses[m]) for m in self.managers if m in self.addresses]
        return [(MANAGERS, "")] if setting.recipient == MANAGERS else []

    def _agenda(self, setting: ChannelSetting, person: str, address: str) -> Outgoing | None:
        periods = [p for p in self._open(setting, person) if JOB_OF[p[0]].every == "day"]
        if not periods:
            return None
        ledger = self.state.ledgers.of(setting.name, person)
        morning = any(job == "morning" for job, _ in periods)
        full = ledger.failure is not None or (morning and not self._reminded(ledger))
        agenda = (self.board.full if full else self.board.news)(person, ledger)
        if not worth_sending(agenda):
            if full:
                ledger.failure = None
            return None
        facts = self.facts
        if self.restart and not ledger.told:
            facts = replace(facts, notices=(*facts.notices, self.restart))
        digest = self.tools.render_agenda(agenda, facts, self.names.get(person, ""))
        standing, over = told_ids(agenda)
        intent = self._intent(setting, person, periods, [*standing, *over], over, full)
        return Outgoing(setting, digest, address, intent)

    def _overview(
        self, setting: ChannelSetting, person: str, address: str, overview: Overview
    ) -> Outgoing | None:
        key = overview_key(person)
        periods = self._open(setting, key)
        if not periods:
            return None
        ledger = self.state.ledgers.of(setting.name, key)
        events = [event for event in self.state.events if self._is_news(event, ledger)]
        ordinary = any(job != "evening" for job, _ in periods) and not self._reminded(ledger)
        if not events and ledger.failure is None and not (ordinary and worth_telling(overview)):
            return None
        notices = [event.text for event in events]
        digest = self.tools.render_overview(replace(overview, notices=notices), self.facts)
        ids = [event.id for event in events]
        reminds = ordinary or ledger.failure is not None
        return Outgoing(
            setting, digest, address, self._intent(setting, key, periods, ids, (), reminds)
        )

    def _open(self, setting: ChannelSetting, recipient: str) -> list[Period]:
        """Periods in which no message to the recipient was begun."""
        tried = self.state.ledgers.attempts
        return [p for p in self.periods if (setting.name, recipient, p) not in tried]

    def _is_news(self, event: Event, ledger: Ledger) -> bool:
        """Not told yet, and not so old that it only confuses."""
        recent = abs((self.board.today - event.day).days) <= _NEWS_DAYS
        return recent and event.id not in ledger.told

    def _reminded(self, ledger: Ledger) -> bool:
        days, today = [day.isoformat() for day in ledger.reminded], self.board.today.isoformat()
        return today in days and not outrun(JOB_OF["morning"], today, days, often=2)

    def _intent(
        self,
        setting: ChannelSetting,
        recipient: str,
        periods: Sequence[Period],
        tells: Sequence[str],
        closes: Sequence[str],
        reminds: bool,
    ) -> Intent:
        parts = (setting.name, recipient, *(part for p in periods for part in p), *tells)
        what = "\x1f".join(parts)
        return Intent(
            message=sha256(what.encode("utf-8", "backslashreplace")).hexdigest()[:32],
            channel=setting.name,
            recipient=recipient,
            periods=tuple(periods),
            day=self.board.today,
            tells=tuple(dict.fromkeys(tells)),
            closes=tuple(closes),
            reminds=reminds,
        )


def worth_telling(overview: Overview) -> bool:
    """Whether there is anything but history."""
    return bool(overview.loads or overview.long_open or overview.unassigned or overview.stopped)
