"""Leftovers and the records that name them: by number and project, never by chance."""

from __future__ import annotations

from typing import Any

from tests.departments import build
from toolkit.regulation.open_leftovers import UNDER_WAY, records_naming, still_open


def _pairs(records: dict[str, Any]) -> list[tuple[int, int]]:
    named = records_naming(build(records))
    return sorted(zip(named["row"], named["leftover"], strict=True))


def test_by_number_and_project() -> None:
    leftovers = [{"leftover_id": "YL-1"}, {"leftover_id": "YL-2"}, {"leftover_id": "YL-3"}]
    leftovers[2]["project_id"] = "XM2026-0002"
    rows = [{"leftover_ids": "yl-1、YL-2"}, {"leftover_ids": "YL-3、YL-9"}, {}]
    assert _pairs({"leftovers": leftovers, "tracking": rows}) == [(0, 0), (0, 1)]


def test_one_number_in_two_sheets_means_the_own_one_or_none() -> None:
    leftovers = [{"leftover_id": "1", "owner": "钱一"}, {"leftover_id": "1", "owner": "孙二"}]
    rows = [{"leftover_ids": "1", "owner": name} for name in ("钱一", "孙二", "李三")]
    assert _pairs({"leftovers": leftovers, "tracking": rows}) == [(0, 0), (1, 1)]


def test_one_number_twice_in_a_sheet_means_none() -> None:
    leftovers = [{"leftover_id": "1"}, {"leftover_id": "1"}]
    assert _pairs({"leftovers": leftovers, "tracking": [{"leftover_ids": "1"}]}) == []


def test_nothing_to_name() -> None:
    assert _pairs({"tracking": [{"leftover_ids": "1"}]}) == []
    assert _pairs({"leftovers": [{}]}) == []
    blank = [{"leftover_id": "", "description": "x"}]
    assert _pairs({"leftovers": blank, "tracking": [{"leftover_ids": "1"}]}) == []


def test_open_only_where_every_cell_that_decides_was_read() -> None:
    fields = ("status", "done_date", "close_date")
    problems = [
        {"frame": "leftovers", "index": n, "field": field, "kind": "type"}
        for n, field in enumerate(fields)
    ]
    leftovers = [{"leftover_id": f"YL-{n}"} for n in range(4)]
    dept = build({"leftovers": leftovers, "problems": problems})
    assert list(still_open(dept, *UNDER_WAY)) == [False, False, False, True]
    assert not still_open(dept, "无资源").any()
