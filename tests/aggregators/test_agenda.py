"""Whose turn it is: owners, what waits, what falls due, and what is nobody's task."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.departments import DEFAULTS, build
from toolkit.aggregators.agenda import matters
from toolkit.model.agenda import Matter
from toolkit.model.dossier import Source, Status
from toolkit.model.finding import Severity
from toolkit.validators.engine import check
from toolkit.workflows.agenda import department_matters
from toolkit.workflows.check import Checked

SHEET = "项目跟踪表_钱一.xlsx"
THURSDAY = dt.date(2026, 3, 19)


def _agenda(records: dict[str, Any], as_of: dt.date = THURSDAY) -> dict[str, Matter]:
    """Rule -> matter of a department; the tests have one matter a rule."""
    dept = build(records, as_of=as_of)
    found = department_matters(Checked.of(Path("/部门"), dept, check(dept)))
    assert len({m.id for m in found}) == len(found)
    rules = [m.rule for m in found]
    assert len(set(rules)) == len(rules), rules
    return {m.rule: m for m in found}


QUIET = {"initiation": [{}], "tracking": [{"support_date": "2026-03-17"}]}
"""Nothing to be done on THURSDAY."""
INCOMPLETE = {"support_date": "2026-03-17", "result": ""}


def test_a_department_in_order_has_nothing_to_do() -> None:
    assert _agenda(QUIET) == {}


def test_a_first_presales_without_any_sheet_is_asked_for_one() -> None:
    found = _agenda({"initiation": [{}], "tracking_sheet": [{"owner": "孙二"}]})["X06"]
    assert (found.owner, found.since, found.due) == (
        "钱一",
        dt.date(2026, 3, 2),
        dt.date(2026, 3, 4),
    )
    assert found.missing
    assert found.place.startswith("立项单_1.xlsx!立项单!")
    assert "没有他的项目跟踪表" in found.message
    assert "--owner 钱一" in found.hint


@pytest.mark.parametrize(
    "records",
    [
        # nobody's project, or one that is over, needs no sheet
        {"initiation": [], "tracking_sheet": [{"owner": "孙二"}]},
        {"initiation": [{"close_date": "2026-03-16", "close_result": "取消"}],
         "tracking_sheet": [{"owner": "孙二"}]},
        # his workbook is there and could not be read: that is the file's matter
        {"initiation": [{}], "tracking_sheet": [{"owner": "孙二"}],
         "unread": ["02_跟踪表/项目跟踪表_钱一.xlsx"]},
    ],
)  # fmt: skip
def test_no_sheet_is_asked_for_without_need(records: dict[str, Any]) -> None:
    assert "X06" not in _agenda(records)


def test_a_sheet_that_did_not_move_is_a_reminder_with_its_age() -> None:
    quiet = {**QUIET, "tracking": [{"support_date": "2026-03-11"}]}
    found = _agenda(quiet)["MIS-1"]
    assert found.owner == "钱一"
    assert found.due == dt.date(2026, 3, 18)
    assert "2026-03-11起已6个工作日没有新记录" in found.message
    assert "参数P41＝5工作日" in found.hint
    assert found.severity is Severity.INFO
    assert (found.path, found.sheet) == (SHEET, "跟踪记录")
    assert "MIS-1" not in _agenda(quiet, dt.date(2026, 3, 18))
    # a leftover's progress is an entry, too; a date in the future is none
    progress = {"progress_date": "2026-03-16", "raised_date": "2026-03-11"}
    assert "MIS-1" not in _agenda({**quiet, "leftovers": [progress]})
    planned = [{"support_date": "2026-03-11"}, {"support_date": "2026-12-01"}]
    assert "MIS-1" in _agenda({**QUIET, "tracking": planned})


def test_whoever_has_no_project_under_way_may_be_silent() -> None:
    over = {"close_date": "2026-03-12", "close_result": "成功"}
    records = {"initiation": [over], "tracking": [{"support_date": "2026-03-11"}]}
    assert _agenda(records) == {}


WAITING: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("MIS-2", "陈经", {"initiation": [{"charter_date": "", "first_presales": "",
      "second_presales": "", "apply_date": "2026-03-17"}]}, "2026-03-17", "2026-03-19"),
    ("MIS-3", "陈经", {"fault": [{"basis": "明显严重bug", "severity": "严重", "consent": "",
      "consent_person": "", "consent_date": "", "submit_date": "", "submit_to": "",
      "propose_date": "2026-03-16"}], **QUIET}, "2026-03-16", "2026-03-18"),
    ("MIS-6", "蒋理", {"improvement": [{"issue_date": "2026-03-16",
      "sales_talk_date": "2026-03-16"}], **QUIET}, "2026-03-16", "2026-03-18"),
    ("MIS-7", "钱一", {"improvement": [{"issue_date": "2026-03-12", "decision": "需补充",
      "sales_talk_date": "2026-03-12", "receiver": "郑研", "receive_date": "2026-03-13"}],
      **QUIET}, "2026-03-13", "2026-03-17"),
    ("MIS-8", "钱一", {"improvement": [{"issue_date": "2026-03-05", "decision": "接受",
      "sales_talk_date": "2026-03-05", "receive_date": "2026-03-06", "net_hours": 8,
      "delivery_date": "2026-03-17", "delivery_version": "V3.2.2"}], **QUIET},
     "2026-03-17", "2026-03-19"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "owner", "records", "since", "due"), WAITING)
def test_forms_wait_for_somebody(
    rule: str, owner: str, records: dict[str, Any], since: str, due: str
) -> None:
    found = _agenda(records)[rule]
    assert (found.owner, str(found.since), str(found.due)) == (owner, since, due)
    assert found.missing
    assert found.path.endswith(".xlsx")
    assert found.cell
    assert "参数P" in found.hint


ISSUED = [
    {"number": f"GJ-XM2026-0001-0{n}", "issue_date": f"2026-03-0{n + 2}", "decision": "接受",
     "sales_talk_date": f"2026-03-0{n + 2}", "receive_date": "2026-03-06"}
    for n in (1, 2)
]  # fmt: skip
DRAFT = {"number": "GJ-XM2026-0001-03", "issue_date": "", "issuer": "", "sales_talk_person": "",
         "sales_talk_date": "", "meeting_sales": "周销",
         "meeting_sales_date": "2026-03-16"}  # fmt: skip


def test_a_third_request_waits_for_the_talk_and_then_for_the_manager() -> None:
    talk = _agenda({**QUIET, "improvement": [*ISSUED, DRAFT]})["MIS-4"]
    assert (talk.owner, talk.cell, talk.since) == ("陈经", "D17", dt.date(2026, 3, 16))
    talked = {"meeting_presales": "钱一", "meeting_presales_date": "2026-03-17",
              "meeting_manager": "陈经", "meeting_manager_date": "2026-03-18"}  # fmt: skip
    issue = _agenda({**QUIET, "improvement": [*ISSUED, {**DRAFT, **talked}]})
    assert "MIS-4" not in issue
    assert issue["MIS-5"].due == dt.date(2026, 3, 20)
    assert "MIS-4" not in _agenda({**QUIET, "improvement": [ISSUED[0], DRAFT]})


def test_a_fault_without_grounds_does_not_wait_for_consent() -> None:
    early = {"basis": "三次未解决", "consent": "", "consent_person": "", "consent_date": "",
             "submit_date": "", "submit_to": "", "propose_date": "2026-03-16"}  # fmt: skip
    tries = [{"attempt_time": f"2026-03-1{n}T10:00:00", "measure": f"办法{n}"} for n in (1, 2, 3)]
    assert "MIS-3" not in _agenda({**QUIET, "fault": [early], "fault_attempts": tries[:2]})
    assert "MIS-3" in _agenda({**QUIET, "fault": [early], "fault_attempts": tries})


# --- what falls due keeps its identity --------------------------------------------------------

NOT_REPORTED = {"initiation": [{}], "tracking": [
    {"support_date": "2026-03-18", "sales_present": "否", "report_channel": "未汇报"},
]}  # fmt: skip


def test_a_matter_keeps_its_id_from_its_day_to_its_delay() -> None:
    days = [dt.date(2026, 3, d) for d in (18, 19, 20)]
    told = [_agenda(NOT_REPORTED, day)["X15"] for day in days]
    assert len({m.id for m in told}) == 1
    assert [m.due for m in told] == [dt.date(2026, 3, 19)] * 3
    assert [m.since for m in told] == [dt.date(2026, 3, 18)] * 3
    assert "最后期限2026-03-19" in told[0].message
    assert "最后期限2026-03-19" in told[1].message
    assert "应在2026-03-19前汇报" in told[2].message
    assert [m.severity for m in told] == [Severity.INFO, Severity.INFO, Severity.WARN]


def test_what_is_not_due_today_and_is_not_of_today_is_left_alone() -> None:
    wait = {"parameters": [{"parameter": "P02", "value": "5"}]}
    assert "X15" in _agenda({**NOT_REPORTED, **wait}, dt.date(2026, 3, 18))
    assert "X15" not in _agenda({**NOT_REPORTED, **wait}, dt.date(2026, 3, 20))
    assert "X15" in _agenda({**NOT_REPORTED, **wait}, dt.date(2026, 3, 25))


def test_a_decision_that_is_awaited_is_the_development_managers_matter() -> None:
    fault = {"submit_date": "2026-03-17", "propose_date": "2026-03-16", "basis": "明显严重bug",
             "severity": "严重", "consent_date": "2026-03-17"}  # fmt: skip
    due = _agenda({**QUIET, "fault": [fault]})["X54"]
    assert (due.owner, due.due) == ("蒋理", THURSDAY)
    assert "工作日没有审查" not in due.message
    late = _agenda({**QUIET, "fault": [fault]}, dt.date(2026, 3, 20))["X54"]
    assert late.owner == "蒋理"
    assert late.id == due.id


# --- owners -----------------------------------------------------------------------------------


def test_a_deputy_on_his_days_is_asked_instead_of_the_manager() -> None:
    roles = [{"role": "售前经理", "holder": "陈经", "deputy": "李三",
              "deputy_start": "2026-03-16", "deputy_end": "2026-03-20"}]  # fmt: skip
    asked = {"roles": roles, **WAITING[0][2]}
    assert _agenda(asked)["MIS-2"].owner == "李三"
    assert _agenda(asked, dt.date(2026, 3, 23))["MIS-2"].owner == "陈经"


def test_a_matter_of_somebody_who_left_is_the_managers() -> None:
    roster = [
        {**person, "left": "2026-03-18"} if person["name"] == "钱一" else person
        for person in DEFAULTS["all_roster"]
    ]
    found = _agenda({**QUIET, "roster": roster, "tracking": [INCOMPLETE]})["R16-3"]
    assert found.owner == ""
    assert "钱一已不在职，请经理安排" in found.message


def test_configuration_is_the_support_managers() -> None:
    waiver = {"finding_id": "X34", "reason": "客户要求", "approver": "陈经", "until": "2026-12-31"}
    assert _agenda({**QUIET, "waivers": [waiver]})["WVR-1"].owner == "陈经"


def test_a_waived_matter_says_so_whether_it_is_a_finding_or_not() -> None:
    silent = {**QUIET, "tracking": [{"support_date": "2026-03-11"}]}
    number = _agenda(silent)["MIS-1"].id
    waiver = {"finding_id": number, "reason": "驻场", "approver": "陈经", "until": "2026-03-31"}
    assert "驻场" in _agenda({**silent, "waivers": [waiver]})["MIS-1"].waived
    ended = {**waiver, "until": "2026-03-18"}
    assert not _agenda({**silent, "waivers": [ended]})["MIS-1"].waived


def test_remarks_history_and_restricted_files_are_nobodys_task() -> None:
    dept = build({**QUIET, "tracking": [INCOMPLETE]}, as_of=THURSDAY)
    result = check(dept)
    assert [m.rule for m in matters(dept, result)] == ["R16-3"]
    result.findings = [replace(f, severity=Severity.INFO) for f in result.findings]
    assert matters(dept, result) == []
    result = check(dept)
    hidden = Source("09_受限/投诉台账.xlsx", Status.RESTRICTED)
    dept.dossier.sources.append(hidden)
    result.findings = [replace(f, path=hidden.path) for f in result.findings]
    assert matters(dept, result) == []


def test_what_began_before_the_go_live_is_history() -> None:
    info = [{"go_live_date": "2026-03-18", "department_name": "示例部"}]
    assert (
        _agenda({**QUIET, "department": info, "tracking": [{"support_date": "2026-03-11"}]}) == {}
    )
