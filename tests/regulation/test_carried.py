"""An open leftover that the new year's sheet lists again is one leftover."""

from __future__ import annotations

from typing import Any

import pytest

from tests.departments import build
from toolkit.regulation.department import Department

OLD, NEW = "跟踪表_钱一_2025.xlsx", "跟踪表_钱一_2026.xlsx"


def _dept(first: dict[str, Any], second: dict[str, Any]) -> Department:
    sheets = [{"file": OLD, "year": ""}, {"file": NEW, "year": "2026"}]
    return build({"tracking_sheet": sheets, "leftovers": [first, second]})


@pytest.mark.parametrize("files", [(OLD, NEW), (NEW, OLD)])
def test_the_latest_sheet_holds(files: tuple[str, str]) -> None:
    rows = _dept(*({"file": f, "progress": f} for f in files)).frame("leftovers")
    assert rows["progress"].tolist() == [NEW]
    assert rows["key"].tolist() == ["yl-xm2026-0001-01"], "the id of findings stays"
    assert rows["state"].tolist() == ["处理中"]


@pytest.mark.parametrize(
    "other",
    [
        {"file": OLD},
        {"file": NEW, "owner": "孙二"},
        {"file": NEW, "project_id": "XM2026-0002"},
        {"file": NEW, "raised_date": "2026-03-11"},
        {"file": NEW, "raised_date": ""},
        {"file": NEW, "leftover_id": "YL-2"},
    ],
)
def test_what_differs_is_another_leftover(other: dict[str, Any]) -> None:
    sheets = [{"file": OLD}, {"file": NEW, "owner": other.get("owner", "钱一")}]
    dept = build({"tracking_sheet": sheets, "leftovers": [{"file": OLD}, other]})
    assert len(dept.frame("leftovers")) == 2
