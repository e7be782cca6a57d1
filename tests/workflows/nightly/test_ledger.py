"""Folding a journal: any number of times gives the same, and nothing untold counts as told."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.nightly.desk import ENGINEER, intent, outcome
from toolkit.workflows.nightly.journal import Entry
from toolkit.workflows.nightly.ledger import UNCERTAIN, Ledgers, overview_key, shown_recipient

DAY = dt.date(2026, 10, 12)


def test_only_a_delivered_message_tells() -> None:
    ledgers = Ledgers()
    ledgers.fold([intent("m", ["A"]), outcome("m")])
    ledger = ledgers.of("邮件", ENGINEER)
    assert (ledger.told["A"].first, ledger.told["A"].last) == (DAY, DAY)
    assert ledger.reminded == [DAY]
    assert ledger.failure is None


def test_a_message_without_outcome_is_tried_and_untold() -> None:
    ledgers = Ledgers()
    ledgers.fold([intent("m", ["A"])])
    ledger = ledgers.of("邮件", ENGINEER)
    assert ledger.told == {}
    assert ledger.failure is not None
    assert ledger.failure.sentence == UNCERTAIN
    assert ledgers.attempts == {("邮件", ENGINEER, ("morning", "2026-10-12"))}


def test_a_refused_message_is_owed_since_the_first_refusal() -> None:
    ledgers = Ledgers()
    later = DAY + dt.timedelta(days=1)
    ledgers.fold([
        intent("m", ["A"]), outcome("m", False, "忙。"),
        intent("n", ["A"], day=later), outcome("n", False, "还忙。"),
    ])  # fmt: skip
    assert [(c, r, f.since, f.sentence) for c, r, f in ledgers.pending()] == [
        ("邮件", ENGINEER, DAY, "还忙。")
    ]
    ledgers.fold([intent("o", ["A"], day=later), outcome("o")])
    assert ledgers.pending() == []


def test_a_closed_matter_leaves_the_book() -> None:
    ledgers = Ledgers()
    ledgers.fold([intent("m", ["A", "B"]), outcome("m"), intent("n", ["A"], closes=("A",)),
                  outcome("n")])  # fmt: skip
    assert set(ledgers.of("邮件", ENGINEER).told) == {"B"}


def test_who_cannot_be_reached_is_owed_nothing_but_is_remembered() -> None:
    ledgers = Ledgers()
    ledgers.fold([intent("m", ["A"]), outcome("m"), intent("n", ["B"]), outcome("n", False, "忙")])
    ledgers.owe_only({("邮件", "李样本")})
    assert ledgers.pending() == []
    assert set(ledgers.of("邮件", ENGINEER).told) == {"A"}
    ledgers.forget(["A"])
    ledgers.tidy()
    assert ledgers.books["邮件"][ENGINEER].told == {}


def test_an_overview_is_a_recipient_of_its_own() -> None:
    assert overview_key("何协调") != "何协调"
    assert shown_recipient(overview_key("何协调")) == "何协调（总览）"
    assert shown_recipient(overview_key("经理")) == "经理"
    assert shown_recipient("何协调") == "何协调"


@st.composite
def journals(draw: st.DrawFn) -> list[Entry]:
    """Messages in the order of their days, some without an outcome."""
    entries: list[Entry] = []
    for number in range(draw(st.integers(0, 8))):
        day = DAY + dt.timedelta(days=draw(st.integers(0, 1)) + number // 2)
        tells = draw(st.lists(st.sampled_from("ABCD"), max_size=4, unique=True))
        closes = tuple(each for each in tells if draw(st.booleans()))
        who = draw(st.sampled_from(["周演示", "李样本"]))
        message = f"m{number}"
        entries.append(intent(message, tells, day=day, closes=closes, recipient=who,
                              periods=(("morning", day.isoformat()),)))  # fmt: skip
        what = draw(st.sampled_from(["told", "refused", "unknown"]))
        if what != "unknown":
            entries.append(outcome(message, what == "told", "" if what == "told" else "忙。"))
    return entries


@given(journals(), st.data())
def test_folding_twice_changes_nothing(entries: list[Entry], data: st.DataObject) -> None:
    """The journal is emptied after the state is published: a crash between has it folded again."""
    ledgers = Ledgers()
    before = data.draw(st.integers(0, len(entries)))
    ledgers.fold(entries[:before])
    ledgers.fold(entries[:])
    once = deepcopy(ledgers)
    ledgers.fold(entries)
    for channel, book in once.books.items():
        for recipient, ledger in book.items():
            again = ledgers.of(channel, recipient)
            assert set(again.told) == set(ledger.told)
            assert {k: t.last for k, t in again.told.items()} == {
                k: t.last for k, t in ledger.told.items()
            }
            assert sorted(again.reminded) == sorted(ledger.reminded)
            assert (again.failure is None) == (ledger.failure is None)
    assert ledgers.attempts == once.attempts
