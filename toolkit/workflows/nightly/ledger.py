"""What each recipient of each channel has been told: the difference to now is the next digest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from .journal import Entry, Intent, Outcome, Period

UNCERTAIN = "发送途中运行中断，无法确认是否送达"
_DAYS_KEPT = 400
_OVERVIEW = "总览/"


def overview_key(recipient: str) -> str:
    """The ledger of a manager's overview, apart from his own matters."""
    return _OVERVIEW + recipient


def shown_recipient(key: str) -> str:
    """A recipient as messages print it."""
    name = key.removeprefix(_OVERVIEW)
    return f"{name}（总览）" if name != key and name != "经理" else name


@dataclass(slots=True)
class Told:
    """When one matter was told for the first and for the latest time."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Failure:
    """A digest that did not arrive, or perhaps not: since when, and why."""

    since: date
    sentence: str


@dataclass(slots=True)
class Ledger:
    """One recipient of one channel."""

    told: dict[str, Told] = field(default_factory=dict)
    """By id of matter or event; an id leaves when its end was told."""
    reminded: list[date] = field(default_factory=list)
    """Days on which old matters were told again, in the order of the runs."""
    failure: Failure | None = None

    def settle(self, intent: Intent) -> None:
        """The message arrived."""
        for each in intent.tells:
            known = self.told.get(each)
            if known is None:
                self.told[each] = Told(intent.day, intent.day)
            else:
                known.last = intent.day
        for each in intent.closes:
            self.told.pop(each, None)
        if intent.reminds and intent.day not in self.reminded:
            self.reminded = [*self.reminded, intent.day][-_DAYS_KEPT:]
        self.failure = None

    def fail(self, day: date, sentence: str) -> None:
        """The message did not arrive: the next digest tells everything again."""
        self.failure = Failure(self.failure.since if self.failure else day, sentence)


@dataclass(slots=True)
class Ledgers:
    """All of them, and which messages were tried in periods that are not done yet."""

    books: dict[str, dict[str, Ledger]] = field(default_factory=dict)
    """Channel -> recipient -> ledger."""
    attempts: set[tuple[str, str, Period]] = field(default_factory=set)

    def of(self, channel: str, recipient: str) -> Ledger:
        return self.books.setdefault(channel, {}).setdefault(recipient, Ledger())

    def find(self, channel: str, recipient: str) -> Ledger | None:
        return self.books.get(channel, {}).get(recipient)

    def told(self) -> set[str]:
        """Ids that anybody was told of and whose end he was not told."""
        return {e for book in self.books.values() for ledger in book.values() for e in ledger.told}

    def fold(self, entries: Iterable[Entry]) -> None:
        """Take over a journal. Taking the same one twice changes nothing."""
        pending: dict[str, Intent] = {}
        for entry in entries:
            if isinstance(entry, Intent):
                self.attempt(entry)
                pending[entry.message] = entry
            elif intent := pending.pop(entry.message, None):
                self.conclude(intent, entry)
        for intent in pending.values():
            self.of(intent.channel, intent.recipient).fail(intent.day, UNCERTAIN)

    def attempt(self, intent: Intent) -> None:
        self.attempts |= {(intent.channel, intent.recipient, each) for each in intent.periods}

    def conclude(self, intent: Intent, outcome: Outcome) -> None:
        ledger = self.of(intent.channel, intent.recipient)
        if outcome.delivered:
            ledger.settle(intent)
        else:
            ledger.fail(intent.day, outcome.sentence)

    def forget(self, ids: Iterable[str]) -> None:
        """Drop ids whose end nobody could be told for too long."""
        gone = set(ids)
        for book in self.books.values():
            for ledger in book.values():
                for each in gone & ledger.told.keys():
                    del ledger.told[each]

    def tidy(self) -> None:
        """Ledgers in which nothing stands need no keeping."""
        self.books = {
            channel: {
                recipient: ledger
                for recipient, ledger in book.items()
                if ledger.told or ledger.reminded or ledger.failure
            }
            for channel, book in self.books.items()
        }

    def pending(self) -> list[tuple[str, str, Failure]]:
        """Channel, recipient and failure of every digest that has not arrived."""
        return [
            (channel, recipient, ledger.failure)
            for channel, book in sorted(self.books.items())
            for recipient, ledger in sorted(book.items())
            if ledger.failure is not None
        ]

    def owe_only(self, recipients: Collection[tuple[str, str]]) -> None:
        """Nothing is owed where nobody can be reached any more: a channel that was taken out of
        通知渠道, somebody who left. Should they come back, it is known what they were told.
        """
        for channel, book in self.books.items():
            for recipient, ledger in book.items():
                if (channel, recipient) not in recipients:
                    ledger.failure = None
