"""增援审批: what a line says by now, which days it covers, and what a support rests on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.departments import build
from toolkit.regulation.reinforcements import Reinforcements, Verdict, missing_opinions

PROJECT, PERSON = "xm2026-0001", "李三"
DAY = date(2026, 5, 6)


def _lines(*lines: dict[str, Any], **records: Any) -> Reinforcements:
    return Reinforcements(build({"initiation": [{}], "reinforcements": list(lines), **records}))


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ({}, Verdict.APPROVED),
        ({"conclusion": ""}, Verdict.APPROVED),
        ({"conclusion": "", "general_opinion": ""}, Verdict.OPEN),
        ({"conclusion": "", "general_opinion": "不同意"}, Verdict.REJECTED),
        ({"conclusion": "不批准"}, Verdict.REJECTED),
        ({"general_opinion": "不同意"}, Verdict.APPROVED),
    ],
)
def test_the_verdict_of_a_line(line: dict[str, Any], verdict: Verdict) -> None:
    (found,) = _lines(line).of(PROJECT, PERSON)
    assert found.verdict is verdict


def test_an_opinion_that_cannot_be_read_decides_nothing() -> None:
    problem = {
        "frame": "reinforcements",
        "index": 0,
        "field": "director_opinion",
        "kind": "option",
        "raw": "可以",
    }
    approvals = _lines({"director_opinion": ""}, problems=[problem])
    (found,) = approvals.of(PROJECT, PERSON)
    assert found.verdict is Verdict.UNCLEAR
    assert approvals.lets(PROJECT, PERSON, DAY)
    assert approvals.relied_on(PROJECT, PERSON, DAY) is None


def test_a_line_covers_its_first_and_its_last_day() -> None:
    approvals = _lines({})
    days = (date(2026, 5, 5), DAY, date(2026, 5, 29), date(2026, 5, 30), None)
    assert [approvals.lets(PROJECT, PERSON, day) for day in days] == [
        False, True, True, False, True,
    ]  # fmt: skip
    assert _lines({"start": "", "end": ""}).lets(PROJECT, PERSON, date(2020, 1, 1))
    assert not approvals.lets(PROJECT, "陈经", DAY)
    assert not approvals.lets("xm2026-0002", PERSON, DAY)


def test_a_support_rests_on_the_approval_that_was_there_first() -> None:
    late, soon = {"general_date": date(2026, 5, 8)}, {"number": "ZY-2"}
    approvals = _lines(late, soon, {"number": "ZY-3", "conclusion": "", "general_opinion": ""})
    found = approvals.relied_on(PROJECT, PERSON, DAY)
    assert found is not None
    assert (found.index, found.agreed) == (1, DAY)
    only_open = _lines({"conclusion": "", "general_opinion": ""}).relied_on(PROJECT, PERSON, DAY)
    assert only_open is not None
    assert only_open.verdict is Verdict.OPEN
    assert _lines({"conclusion": "不批准"}).relied_on(PROJECT, PERSON, DAY) is None


def test_opinions_that_somebody_could_have_given() -> None:
    lines = [{"support_opinion": "", "general_opinion": ""}, {}]
    dept = build({"reinforcements": lines, "without": ["reinforcements.general_opinion"]})
    assert missing_opinions(dept) == {0: ["support_opinion"], 1: []}
