"""Who heard of what: single contacts, and the rounds of a test that one report may cover."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.departments import build
from toolkit.regulation.reports import reported, silent_rounds, unheard

DAY = dt.date(2026, 3, 9)
AWAY = {"sales_present": "否"}
SILENT = {**AWAY, "report_channel": "未汇报", "support_type": "产品测试"}


def test_what_a_row_says_itself() -> None:
    dept = build(
        {
            "tracking": [
                {**AWAY, "report_channel": "邮件"},
                {**AWAY, "report_channel": "电话"},
                {**SILENT, "report_time": "2026-03-10"},
                {**SILENT, "mail_subject": "客户沟通-示例平台-钱一"},
                {**SILENT, "mail_subject": "无"},
                SILENT,
                {**SILENT, "report_channel": ""},
                {},
            ],
            "problems": [
                {"frame": "tracking", "index": 6, "field": "report_channel", "kind": "option"}
            ],
        }
    )
    assert list(reported(dept)) == [True, True, True, True, False, False, True, False]


def test_unheard_are_only_those_that_say_so() -> None:
    days = [{"support_date": DAY + dt.timedelta(days=n)} for n in range(4)]
    dept = build(
        {
            "tracking": [
                {**SILENT, **days[0]},
                {**AWAY, **days[0], "report_channel": "邮件"},  # tells of the row before
                {**SILENT, **days[1]},
                {**SILENT, **days[1], "supporter": "孙二"},
                {**AWAY, **days[1], "supporter": "孙二", "report_channel": "电话"},
                {**SILENT, **days[2], "sales_present": "是"},
                {**SILENT, **days[3], "sales_present": ""},
            ]
        }
    )
    assert list(unheard(dept)) == [False, False, True, False, False, False, False]


def test_a_department_without_tracking_sheets() -> None:
    dept = build({"initiation": [{}]})
    assert not unheard(dept).any()
    assert list(silent_rounds(dept, "产品测试", unheard(dept))) == []


_HEARD = {"未汇报": False, "邮件": True, "在场": True, "": True}
_ROW = st.fixed_dictionaries(
    {
        "day": st.integers(0, 6),
        "how": st.sampled_from(list(_HEARD)),
        "stage": st.sampled_from(["执行", "收尾", "准备"]),
        "project": st.sampled_from(["XM2026-0001", "XM2026-0002"]),
        "who": st.sampled_from(["钱一", "孙二"]),
    }
)


def _record(row: dict[str, Any]) -> dict[str, Any]:
    present = row["how"] == "在场"
    return {
        "project_id": row["project"],
        "support_date": DAY + dt.timedelta(days=row["day"]),
        "supporter": row["who"],
        "support_type": "产品测试",
        "stage": row["stage"],
        "sales_present": "是" if present else "否",
        "report_channel": "" if present else row["how"],
    }


def _left_over(rows: list[dict[str, Any]]) -> set[frozenset[int]]:
    """By the words of the rule, row by row: what no report on the day or later in a round tells."""
    mailed = {(r["project"], r["who"], r["day"]) for r in rows if r["how"] == "邮件"}
    silent = {
        n
        for n, r in enumerate(rows)
        if not _HEARD[r["how"]] and (r["project"], r["who"], r["day"]) not in mailed
    }
    rounds: dict[tuple[str, int], list[int]] = {}
    for n, row in enumerate(rows):
        if row["stage"] != "准备":
            over = {
                r["day"]
                for r in rows
                if (r["stage"], r["project"]) == ("收尾", row["project"]) and r["day"] < row["day"]
            }
            rounds.setdefault((row["project"], len(over)), []).append(n)
    found = set()
    for members in rounds.values():
        heard = [rows[n]["day"] for n in members if n not in silent]
        left = {n for n in members if n in silent and rows[n]["day"] > max(heard, default=-1)}
        found |= {frozenset(left)} if left else set()
    return found


@given(st.lists(_ROW, min_size=1, max_size=9))
def test_rounds_are_what_the_rule_says(rows: list[dict[str, Any]]) -> None:
    dept = build({"tracking": [_record(row) for row in rows]})
    rounds = list(silent_rounds(dept, "产品测试", unheard(dept)))
    assert {frozenset(each.rows) for each in rounds} == _left_over(rows)
    for each in rounds:
        days = [rows[n]["day"] for n in each.rows]
        assert days == sorted(days)
        assert each.ended == any(rows[n]["stage"] == "收尾" for n in each.rows)
    assert list(silent_rounds(dept, "产品实施", unheard(dept))) == []
