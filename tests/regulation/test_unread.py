"""Files that could not be read: whose forms may stand in them."""

from __future__ import annotations

import pytest

from tests.departments import build
from toolkit.regulation.unread import UnreadForms

PROJECTS = [
    {},
    {"project_id": "XM2026-0002", "number": "LX-2", "project_name": "示例门户"},
]


@pytest.mark.parametrize(
    ("path", "first", "second"),
    [
        ("03_研发/故障处理工作单_GZ-XM2026-0001-01.xlsx", True, False),
        ("03_研发/故障处理工作单_示例平台.xlsx", True, False),
        ("03_研发/故障处理工作单_gz-xm2026－0002-01.xlsx", False, True),
        ("03_研发/故障处理工作单.xlsx", True, True),
        ("故障/GZ-01.xlsx", True, True),
        ("02_跟踪表/项目跟踪表_钱一.xlsx", False, False),
    ],
)
def test_whose_form_an_unread_file_may_be(path: str, first: bool, second: bool) -> None:
    unread = UnreadForms(build({"initiation": PROJECTS, "unread": [path]}), "故障", "工作单")
    assert unread.may_hold_form_of("xm2026-0001") is first
    assert unread.may_hold_form_of("xm2026-0002") is second


def test_files_that_were_read_hold_no_surprise() -> None:
    dept = build({"initiation": PROJECTS, "fault": [{}]})
    assert not UnreadForms(dept, "故障").may_hold_form_of("xm2026-0001")
