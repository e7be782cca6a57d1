"""Ten working days around 国庆节: filled, late, fixed, waived, expired; every digest is pinned.

After a wanted change: python -m tests.end_to_end.test_ten_days writes ten_days.txt anew; read
the difference before it is committed.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import openpyxl
import pytest

from tests.amounts import LONG
from tests.end_to_end.working_days import (
    DEVELOPMENT,
    ENGINEER,
    FAULT,
    MANAGER,
    Office,
    Sent,
    day,
    support,
)
from toolkit.workflows.nightly.report import RunReport

pytestmark = LONG

PINNED = Path(__file__).with_name("ten_days.txt")
HOLIDAYS = ["10-01", "10-04", "10-07"]
WORKED = ["09-28", "09-29", "09-30", "10-08", "10-09", "10-10", "10-12", "10-13", "10-14", "10-15"]
"""10-10 is a Saturday that is worked; 10-11 is a Sunday."""


def live(folder: Path) -> tuple[Office, list[RunReport]]:
    """Everything that happens, morning and evening, with what people do in between."""
    office = Office(folder, [support("09-25")])
    reports = []
    for text in [*WORKED[:3], *HOLIDAYS, *WORKED[3:6], "10-11", *WORKED[6:]]:
        reports.append(office.morning(text))
        if during := _DAY.get(text):
            during(office)
        reports.append(office.evening(text))
    return office, reports


def _visit_not_reported(office: Office) -> None:
    office.tracking.append(support("09-28", sales_present="否", report_channel="未汇报"))


def _report_by_phone(office: Office) -> None:
    office.tracking[1]["report_channel"] = "电话"


def _leftover_without_its_line(office: Office) -> None:
    office.tracking.append(support("10-08", result="问题遗留"))
    office.fault = dict(FAULT)


def _waiver_until_monday(office: Office) -> None:
    told = office.sent[-1].digest.text + "".join(s.digest.text for s in office.sent)
    number = told[told.index("X34-") :][:12]
    office.waivers.append({"finding_id": number, "reason": "等客户确认范围", "approver": MANAGER,
                           "until": day("10-12")})  # fmt: skip


def _incomplete_row(office: Office) -> None:
    office.tracking.append(support("10-13", result=""))


def _register_and_decide(office: Office) -> None:
    office.leftovers.append({
        "leftover_id": "YL-XM2026-0001-01", "project_id": "XM2026-0001",
        "description": "单点登录在旧版浏览器上跳转失败", "raised_date": day("10-08"),
        "path": "部门内部", "start_date": day("10-14"),
        "progress": "已复现，正在比对日志", "progress_date": day("10-14"),
        "manager_informed_date": day("10-14"), "sales_informed_date": day("10-14"),
    })  # fmt: skip
    office.tracking[2]["leftover_ids"] = ("YL-XM2026-0001-01",)
    office.waivers.clear()
    assert office.fault is not None
    office.fault |= {"receive_date": day("10-09"), "handling": "得当", "decision": "研发解决",
                     "decision_date": day("10-14"), "dev_lead": "郑虚构", "assigner": DEVELOPMENT,
                     "assign_date": day("10-14"), "consult_date": day("10-14")}  # fmt: skip


def _fill_the_result(office: Office) -> None:
    office.tracking[3]["result"] = "成功"


_DAY = {
    "09-28": _visit_not_reported,
    "09-30": _report_by_phone,
    "10-08": _leftover_without_its_line,
    "10-10": _waiver_until_monday,
    "10-13": _incomplete_row,
    "10-14": _register_and_decide,
    "10-15": _fill_the_result,
}


def transcript(office: Office) -> str:
    """Every digest in the order in which it was sent."""
    told = []
    for sent in office.sent:
        head = f"===== {sent.when:%m-%d %H:%M} → {sent.address}　{sent.digest.subject}"
        told.append(f"{head}\n{sent.digest.text.rstrip()}\n")
    return "\n".join(told)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, list[RunReport]]:
    return live(tmp_path_factory.mktemp("部门"))


def test_every_digest_is_the_pinned_one(lived: tuple[Office, list[RunReport]]) -> None:
    assert transcript(lived[0]) == PINNED.read_text("utf-8")


def _of(office: Office, person: str) -> list[Sent]:
    return [sent for sent in office.sent if sent.digest.recipient == person]


def test_nobody_hears_anything_on_days_off(lived: tuple[Office, list[RunReport]]) -> None:
    office, reports = lived
    days = {sent.when.date() for sent in office.sent}
    assert not days & {day(text) for text in [*HOLIDAYS, "10-11"]}
    rest = [report for report in reports if report.outcome == "休息日"]
    assert len(rest) == 2 * len([*HOLIDAYS, "10-11"])
    assert all(report.exit_code == 0 for report in reports)


def test_at_most_one_digest_a_person_and_run(lived: tuple[Office, list[RunReport]]) -> None:
    told = [(sent.when, sent.digest.recipient) for sent in lived[0].sent]
    assert len(told) == len(set(told))


def test_a_matter_is_told_at_most_once_a_day(lived: tuple[Office, list[RunReport]]) -> None:
    told = [
        (sent.when.date(), each) for sent in _of(lived[0], ENGINEER) for each in sent.digest.ids
    ]
    assert len(told) == len(set(told))


def test_each_person_gets_his_own_matters_only(lived: tuple[Office, list[RunReport]]) -> None:
    office = lived[0]
    assert {sent.digest.recipient for sent in office.sent} == {
        ENGINEER, DEVELOPMENT, MANAGER, "经理",
    }  # fmt: skip
    research = "".join(sent.digest.text for sent in _of(office, DEVELOPMENT))
    assert "X54-" in research
    assert "X34-" not in research
    assert "X54-" not in "".join(sent.digest.text for sent in _of(office, ENGINEER))


def _says(office: Office, person: str, text: str, moment: str) -> str:
    hour = 8 if moment == "morning" else 17
    found = [
        sent.digest.text
        for sent in _of(office, person)
        if sent.when.date() == day(text) and sent.when.hour == hour
    ]
    return found[0] if found else ""


def test_the_story_as_the_engineer_hears_it(lived: tuple[Office, list[RunReport]]) -> None:
    office = lived[0]
    assert "X15-" in _says(office, ENGINEER, "09-28", "evening"), "missing on its own day"
    assert "今天到期" in _says(office, ENGINEER, "09-29", "morning")
    assert "应在2026-09-29前汇报" in _says(office, ENGINEER, "09-30", "morning")
    thanks = _says(office, ENGINEER, "10-08", "morning")
    assert "已解决" in thanks
    assert "X15-" in thanks
    assert "X34-" in _says(office, ENGINEER, "10-08", "evening")
    waived = _says(office, ENGINEER, "10-12", "morning")
    assert "不再提醒" in waived
    assert f"等客户确认范围（{MANAGER}批准，至2026-10-12）" in waived
    assert "X34-" in _says(office, ENGINEER, "10-13", "morning"), "the waiver has run out"
    assert "WVR-2-" in _says(office, MANAGER, "10-13", "morning")
    assert "已解决" in _says(office, ENGINEER, "10-15", "morning")


def test_at_the_end_all_is_done(lived: tuple[Office, list[RunReport]]) -> None:
    folder = lived[0].folder / "90_输出"
    sheet = openpyxl.load_workbook(folder / f"待办_{ENGINEER}.xlsx").worksheets[0]
    shown = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("已解决" in text for text in shown)
    assert not any(text in ("新", "仍未处理", "今天到期") for text in shown)


def test_the_weeks_and_the_month_have_their_reports(
    lived: tuple[Office, list[RunReport]],
) -> None:
    names = {path.name for path in (lived[0].folder / "90_输出").glob("部门汇总_*.xlsx")}
    assert names == {
        "部门汇总_2026-W39.xlsx", "部门汇总_2026-W40.xlsx", "部门汇总_2026-W41.xlsx",
        "部门汇总_2026-09.xlsx",
    }  # fmt: skip


def main() -> None:
    """Write the pinned digests anew."""
    with tempfile.TemporaryDirectory() as folder:
        office, _ = live(Path(folder))
    PINNED.write_text(transcript(office), "utf-8")
    print(f"{dt.date.today()}: {len(office.sent)} digests in {PINNED}")


if __name__ == "__main__":
    main()
