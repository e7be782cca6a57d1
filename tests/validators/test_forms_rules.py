"""Rules on leftovers, requests and faults: what the cases as data cannot say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.departments import build
from toolkit.model.dossier import Source, Status
from toolkit.model.finding import CheckResult, Result
from toolkit.validators.engine import check
from toolkit.validators.registry import load_rules

CLOSED_LEFTOVER = [{"related": "GZ-XM2026-0001-01", "close_date": "2026-05-20"}]
THREE_REQUESTS = [{"number": f"GJ-{n}", "issue_date": f"2026-04-0{n}"} for n in (1, 2, 3)]


def _check(rule: str, **records: Any) -> CheckResult:
    return check(build(records), [load_rules()[rule]])


@pytest.mark.parametrize(
    ("rule", "records", "result"),
    [
        ("X34", {"tracking": [{"result": "问题遗留"}]}, Result.NOT_APPLICABLE),
        ("X38", {"leftovers": CLOSED_LEFTOVER}, Result.NOT_APPLICABLE),
        ("X38", {"leftovers": CLOSED_LEFTOVER, "fault": []}, Result.PASS),
        ("X41", {"initiation": [{}]}, Result.NOT_APPLICABLE),
        ("X41", {"initiation": [{}], "improvement": []}, Result.PASS),
        ("X41", {"fault": [{}]}, Result.NOT_APPLICABLE),
        ("X42", {"improvement": THREE_REQUESTS}, Result.FAIL),
        ("X42", {"improvement": THREE_REQUESTS, "roles": []}, Result.UNDETERMINED),
        ("X42", {"improvement": THREE_REQUESTS[:2], "roles": []}, Result.PASS),
        ("R44-2", {"fault": [{}], "roles": []}, Result.UNDETERMINED),
        ("X51", {"fault": [{}]}, Result.UNDETERMINED),
        ("R08-2", {"tracking": [{}]}, Result.NOT_APPLICABLE),
    ],
)
def test_overall_result(rule: str, records: dict[str, Any], result: Result) -> None:
    assert _check(rule, **records).results == {rule: result}


@pytest.mark.parametrize(
    ("rule", "records"),
    [
        (
            "X35",
            {
                "leftovers": [{"path": "产品改进申请单", "related": "GJ-9"}],
                "improvement": [{}],
            },
        ),
        (
            "X57",
            {
                "fault": [
                    {
                        "convert_to": "产品改进申请单",
                        "convert_ref": "GJ-9",
                        "proposer_opinion": "好",
                    }
                ],
                "improvement": [{}],
            },
        ),
    ],
)
def test_a_form_in_an_unreadable_file_is_not_missing(rule: str, records: dict[str, Any]) -> None:
    assert len(check(build(records), [load_rules()[rule]]).findings) == 1
    dept = build(records)
    dept.dossier.sources.append(Source("03_研发/产品改进申请单_GJ-9.xlsx", Status.UNREADABLE))
    assert not check(dept, [load_rules()[rule]]).findings


def test_closing_after_go_live_is_not_history() -> None:
    """A leftover raised long ago and wrongly closed now is a matter of now."""
    records = {
        "department": [{"go_live_date": "2026-05-01"}],
        "fault": [{"decision": "研发解决"}],
        "leftovers": CLOSED_LEFTOVER,
    }
    assert [f.rule for f in _check("X38", **records).findings] == ["X38"]
    records["department"] = [{"go_live_date": "2026-06-01"}]
    assert [f.rule for f in _check("X38", **records).findings] == ["HIST"]
