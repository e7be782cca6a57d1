"""From matters to what one person is told: his workbook, his digest, and the managers' overview."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from toolkit.model.agenda import NOBODY, Agenda, Item, Load, Matter, Overview, Standing
from toolkit.regulation.calendar import WorkCalendar
from toolkit.regulation.parameters import Parameter

from .ledger import Ledger
from .memory import Remembered


@dataclass(slots=True)
class Board:
    """All matters of the day, by id and by whom they concern."""

    matters: Mapping[str, Remembered]
    today: date
    calendar: WorkCalendar
    _of: dict[str, list[Remembered]] = field(default_factory=dict, init=False)
    _workbooks: dict[str, Agenda] = field(default_factory=dict, init=False)

    def people(self) -> set[str]:
        """Everybody whom a matter concerns or concerned until today."""
        return set(self._by_person())

    def concerning(self, person: str) -> list[Remembered]:
        return self._by_person().get(person, [])

    def workbook(self, person: str) -> Agenda:
        """All that stands in somebody's 待办_姓名.xlsx; new is what was first seen today."""
        if person not in self._workbooks:
            self._workbooks[person] = self._workbook(person)
        return self._workbooks[person]

    def _workbook(self, person: str) -> Agenda:
        known = [
            was
            for was in self.concerning(person)
            if was.alive or was.ended == self.today or was.handed == self.today
        ]
        known = [was for was in known if not was.matter.past or was.first_seen == self.today]
        return self._agenda(person, known, self._is_new)

    def full(self, person: str, ledger: Ledger) -> Agenda:
        """All that stands between somebody and what he was told through one channel."""
        told = [self.matters[each] for each in ledger.told if each in self.matters]
        known = {was.matter.id: was for was in (*told, *self._mine(person))}
        loud = [was for was in known.values() if not self._may_rest(was, person, ledger)]
        return self._agenda(person, loud, self._unheard(ledger))

    def news(self, person: str, ledger: Ledger) -> Agenda:
        """Only what came since, and what is missing today unless it was told today."""
        is_new = self._unheard(ledger)
        mine = [was for was in self._mine(person) if not self._may_rest(was, person, ledger)]
        known = [was for was in mine if is_new(was) or self._asks_today(was, ledger)]
        return self._agenda(person, known, is_new)

    def overview(
        self,
        limit: Parameter,
        addresses: Mapping[str, str],
        *,
        notices: Sequence[str] = (),
        history: int = 0,
    ) -> Overview:
        """What the managers are told; `limit` is P12."""
        everybody = {person: self.workbook(person) for person in sorted(self.people())}
        loads = [
            _load(agenda, addresses.get(person, ""))
            for person, agenda in everybody.items()
            if person != NOBODY and agenda
        ]
        owned = (agenda for person, agenda in everybody.items() if person != NOBODY)
        pending = [item for agenda in owned for item in agenda.pending]
        late = [item for item in pending if self._is_late(item, limit.days)]
        return Overview(
            as_of=self.today,
            loads=loads,
            long_open=sorted(late, key=lambda item: (-item.age, *_order(item))),
            unassigned=sorted(everybody[NOBODY].pending, key=_order) if NOBODY in everybody else [],
            limit=str(limit),
            stopped=[item for agenda in everybody.values() for item in agenda.stopped],
            notices=notices,
            history=history,
        )

    def _may_rest(self, was: Remembered, person: str, ledger: Ledger) -> bool:
        """Announced to the person, and not due yet or beyond remedy."""
        rests = was.quiet or was.matter.past
        return rests and was.matter.owner == person and was.matter.id in ledger.told

    def _asks_today(self, was: Remembered, ledger: Ledger) -> bool:
        """An entry missing today, known to the person, of which he has not heard today."""
        told = ledger.told.get(was.matter.id)
        concerns = was.matter.missing and self.today in (was.matter.since, was.matter.due)
        return concerns and told is not None and told.last != self.today

    def _by_person(self) -> Mapping[str, list[Remembered]]:
        if not self._of:
            for was in self.matters.values():
                self._of.setdefault(was.matter.owner, []).append(was)
                if was.former and was.handed == self.today:
                    self._of.setdefault(was.former, []).append(was)
        return self._of

    def _mine(self, person: str) -> Iterable[Remembered]:
        return (was for was in self.concerning(person) if was.alive and was.matter.owner == person)

    def _is_new(self, was: Remembered) -> bool:
        if was.unsure:
            return False
        return was.first_seen == self.today or was.handed == self.today

    def _unheard(self, ledger: Ledger) -> Callable[[Remembered], bool]:
        """Whether a matter was never told; after a lost memory nobody can know of the old ones."""

        def unheard(was: Remembered) -> bool:
            return was.matter.id not in ledger.told and not was.unsure

        return unheard

    def _agenda(
        self, person: str, known: Iterable[Remembered], is_new: Callable[[Remembered], bool]
    ) -> Agenda:
        lists: dict[str, list[Item]] = defaultdict(list)
        for was in known:
            name, item = self._placed(person, was, is_new)
            lists[name].append(item)
        for items in lists.values():
            items.sort(key=_order)
        return Agenda(
            person,
            self.today,
            new=lists["new"],
            today=lists["today"],
            open=lists["open"],
            resolved=lists["resolved"],
            stopped=lists["stopped"],
            unverified=lists["unverified"],
        )

    def _placed(
        self, person: str, was: Remembered, is_new: Callable[[Remembered], bool]
    ) -> tuple[str, Item]:
        if was.matter.owner != person and was.alive:
            to = was.matter.owner or "经理处理"
            return "stopped", self._item(was, Standing.STOPPED, f"已移交给{to}")
        if not was.alive:
            name = "resolved" if was.standing is Standing.RESOLVED else "stopped"
            return name, self._item(was, was.standing, was.reason)
        if was.standing is Standing.UNVERIFIED:
            return "unverified", self._item(was, was.standing, was.reason)
        standing = Standing.NEW if is_new(was) else Standing.OPEN
        if was.matter.due == self.today:
            return "today", self._item(was, standing)
        return ("new" if standing is Standing.NEW else "open"), self._item(was, standing)

    def _item(self, was: Remembered, standing: Standing, reason: str = "") -> Item:
        matter = was.matter
        begun = min(was.first_seen, matter.since or was.first_seen)
        age = self.calendar.workdays_between(begun, self.today)
        late = self.calendar.workdays_between(matter.due, self.today) if matter.due else 0
        return Item(matter, standing, was.first_seen, max(age, 0), max(late, 0), reason)

    def _is_late(self, item: Item, limit: int) -> bool:
        """Older than the limit, and not something for which there still is time."""
        in_time = item.matter.due is not None and item.matter.due >= self.today
        return item.age > limit and not in_time


def worth_sending(agenda: Agenda) -> bool:
    """What nobody can verify is told along with other things, never alone."""
    return bool(agenda.pending or agenda.resolved or agenda.stopped)


def told_ids(agenda: Agenda) -> tuple[list[str], list[str]]:
    """Ids that an agenda tells of as still standing, and those whose end it tells."""
    standing = [item.matter.id for item in (*agenda.pending, *agenda.unverified)]
    return standing, [item.matter.id for item in (*agenda.resolved, *agenda.stopped)]


def _load(agenda: Agenda, address: str) -> Load:
    pending = agenda.pending
    new = sum(item.standing is Standing.NEW for item in pending)
    return Load(
        person=agenda.person,
        new=new,
        open=len(pending) - new,
        overdue=sum(item.overdue > 0 for item in pending),
        resolved=len(agenda.resolved),
        oldest=max((item.age for item in pending), default=0),
        address=address,
    )


def _order(item: Item) -> tuple[object, ...]:
    """The most urgent first, then by place."""
    matter: Matter = item.matter
    return (-item.overdue, matter.severity.rank, -item.age, matter.path, matter.sheet, matter.id)
