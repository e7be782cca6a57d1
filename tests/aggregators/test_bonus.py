"""奖金依据: the catalogue's example E5, why rows count or not, shares that add up."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.departments import build
from toolkit.aggregators.bonus import bonus_basis, shares
from toolkit.aggregators.bonus_rows import bonus_rows
from toolkit.regulation.period import Period

DAY = dt.date
ALL = Period.of()
MAIL = {"mail_subject": "第二售前支持-示例平台-孙二"}


def rows(tracking: list[dict[str, Any]], period: Period = ALL, **other: Any) -> pd.DataFrame:
    return bonus_rows(build({"initiation": [{}], "tracking": tracking, **other}), period)


def verdict(row: dict[str, Any], **other: Any) -> tuple[str, str]:
    found = rows([row], **other).iloc[0]
    return found.verdict, found.reason


def example() -> list[dict[str, Any]]:
    """Twelve rows: 第一 eight of 20 h, 第二 four of 10 h, one of them (2 h) without a mail."""
    first = [
        {"hours": 2.5, "support_date": DAY(2026, 3, d)} for d in (10, 11, 12, 13, 16, 17, 18, 19)
    ]
    second = [
        {"hours": h, "support_date": DAY(2026, 4, d), "supporter": "孙二", **mail}
        for d, h, mail in ((7, 3, MAIL), (8, 3, MAIL), (9, 2, MAIL), (10, 2, {}))
    ]
    return [*first, *second]


def test_worked_example() -> None:
    dept = build({"initiation": [{}], "tracking": example()})
    table = bonus_basis(dept, bonus_rows(dept, ALL))
    assert list(table["姓名"]) == ["孙二", "钱一"]
    assert list(table["角色"]) == ["第二售前", "第一售前"]
    assert table["计入工时"].sum() == 28
    assert [f"{share:.1%}" for share in table["工时占比"]] == ["28.6%", "71.4%"]
    assert list(table["计入次数"]) == [3, 8]
    assert (list(table["待补次数"]), list(table["待补工时"])) == ([1, 0], [2, 0])
    assert list(table["完整率"]) == [0.75, 1]
    assert table["依据"].iloc[1] == "项目跟踪表_钱一.xlsx 跟踪记录 第4–11行"
    assert table["支持内容"].iloc[0] == "售前交流 3次 8小时"


def test_the_period_takes_its_own_days() -> None:
    found = rows(example(), Period.of("2026-04"))
    assert list(found["verdict"]) == ["计入"] * 3 + ["待补证据"]


ABSENT = {"sales_present": "否", "report_channel": "未汇报"}


@pytest.mark.parametrize(
    ("row", "verdict_", "reason"),
    [
        ({}, "计入", ""),
        (ABSENT, "待补证据", "没有汇报邮件或电话"),
        (ABSENT | {"report_channel": "邮件"}, "计入", ""),
        (ABSENT | {"report_channel": "电话"}, "计入", ""),
        (ABSENT | {"report_time": DAY(2026, 3, 11)}, "计入", ""),
        (ABSENT | {"mail_subject": "无"}, "待补证据", "没有汇报邮件或电话"),
        (ABSENT | {"channel": "无客户沟通"}, "计入", ""),
        ({"content": ""}, "待补证据", "“具体内容”没有填写"),
        ({"sales_present": ""}, "待补证据", "“销售在场”没有填写"),
        ({"result": "问题遗留"}, "待补证据", "“遗留编号”没有填写"),
        ({"supporter": "孙二"}, "待补证据", "没有告知第一售前"),
        ({"supporter": "孙二", **MAIL}, "计入", ""),
        ({"supporter": "李三"}, "待补证据", "不是第一、第二售前"),
        ({"support_date": DAY(2026, 3, 1)}, "不计入", "立项之前"),
        ({"support_date": DAY(2026, 3, 2)}, "计入", ""),
        ({"project_id": "XM2026-0009"}, "待补证据", "没有找到立项单"),
        ({"project_id": ""}, "待补证据", "看不出是哪个项目"),
    ],
)
def test_why_a_row_counts_or_not(row: dict[str, Any], verdict_: str, reason: str) -> None:
    found = verdict(row)
    assert found[0] == verdict_
    assert reason in found[1]
    assert bool(found[1]) == bool(reason)


def test_a_call_that_is_registered_is_a_report() -> None:
    call = {
        "call_time": "2026-03-10T17:00", "caller": "钱一", "callee": "周销",
        "project_id": "XM2026-0001", "purpose": "汇报",
    }  # fmt: skip
    assert verdict(ABSENT, calls=[call])[0] == "计入"
    assert verdict(ABSENT, calls=[call | {"callee": "李三"}])[0] == "待补证据"


def test_one_report_tells_of_all_contacts_of_the_day() -> None:
    other = ABSENT | {"report_channel": "邮件", "content": "当天下午再次到客户现场核对参数"}
    assert list(rows([ABSENT, other])["verdict"]) == ["计入", "计入"]


def test_a_call_tells_the_first_presales_as_well_as_a_mail() -> None:
    call = {
        "call_time": "2026-03-11T09:00", "caller": "孙二", "callee": "钱一",
        "project_id": "XM2026-0001", "purpose": "转办告知",
    }  # fmt: skip
    second = {"supporter": "孙二"}
    assert verdict(second, calls=[call])[0] == "计入"
    assert verdict(second, calls=[call | {"call_time": "2026-03-13T09:00"}])[0] == "待补证据"
    assert verdict(second, calls=[call | {"project_id": "XM2026-0002"}])[0] == "待补证据"


def test_nothing_is_demanded_that_no_form_could_hold() -> None:
    without = ["tracking.mail_subject", "tracking.report_time"]
    assert verdict({"supporter": "孙二"}, without=without)[0] == "计入"
    lacking = verdict({}, without=["tracking.sales_present"])
    assert lacking[0] == "待补证据"
    assert "无法核对汇报" in lacking[1]


def test_unreadable_cells_are_asked_for() -> None:
    problem = {"frame": "tracking", "index": 0, "field": "support_date", "kind": "type", "raw": "?"}
    assert verdict({"support_date": ""}, problems=[problem]) == ("待补证据", "“支持日期”看不懂")


def test_approved_helpers_and_developers_on_a_fault_count() -> None:
    helper = {"supporter": "李三", "support_date": DAY(2026, 5, 11)}
    assert verdict(helper, reinforcements=[{}])[0] == "计入"
    assert verdict(helper | {"support_date": DAY(2026, 6, 1)}, reinforcements=[{}])[0] == "待补证据"
    developer = {"supporter": "郑研", "support_date": DAY(2026, 5, 12)}
    fault = {"dev_lead": "郑研", "assign_date": DAY(2026, 5, 11)}
    assert verdict(developer, fault=[fault])[0] == "计入"
    assert verdict(developer, fault=[fault | {"close_date": DAY(2026, 5, 11)}])[0] == "待补证据"


def test_before_the_charter_an_urging_makes_the_row_count() -> None:
    early = {"support_date": DAY(2026, 3, 1)}
    urging = {"project_id": "XM2026-0001", "project_name": "示例平台", "urge_date": DAY(2026, 3, 1)}
    assert verdict(early, urgings=[urging])[0] == "计入"


def test_a_row_written_twice_counts_once() -> None:
    assert sorted(rows([{}, {}])["verdict"]) == ["不计入", "计入"]
    assert list(rows([{}, {"start_time": "14:00"}])["verdict"]) == ["计入", "计入"]


def test_before_the_regulation_nothing_counts() -> None:
    rule = [{"parameter": "P01", "value": "2026-04-01"}]
    assert verdict({}, parameters=rule) == ("不计入", "制度生效之前")


def test_where_no_initiation_is_kept_nobody_is_asked_for_one() -> None:
    dept = build({"tracking": [{}]})
    assert list(bonus_rows(dept, ALL)["verdict"]) == ["计入"]


def test_no_records_and_no_hours() -> None:
    dept = build({"initiation": [{}], "tracking": []})
    assert bonus_basis(dept, bonus_rows(dept, ALL)).empty
    dept = build({"initiation": [{}], "tracking": [{}, {"supporter": "孙二", **MAIL}]})
    table = bonus_basis(dept, bonus_rows(dept, ALL))
    assert table["工时占比"].isna().all()
    assert list(table["未填工时"]) == [1, 1]


_amounts = st.lists(st.integers(0, 4000).map(lambda n: n / 4), max_size=12)


@given(_amounts)
def test_shares_are_a_hundred_percent_together(amounts: list[float]) -> None:
    found = shares(amounts)
    if sum(amounts) == 0:
        assert found == [None] * len(amounts)
        return
    known = [share for share in found if share is not None]
    assert sum(round(share * 1000) for share in known) == 1000
    for amount, share in zip(amounts, known, strict=True):
        assert abs(share - amount / sum(amounts)) < 0.001
        assert (share == 0) or amount > 0


@given(_amounts, st.integers(1, 9))
def test_shares_do_not_depend_on_the_unit(amounts: list[float], factor: int) -> None:
    assert shares([amount * factor for amount in amounts]) == shares(amounts)


@given(st.lists(st.integers(0, 400).map(float), min_size=1, unique=True, max_size=9))
def test_who_worked_more_has_no_smaller_share(amounts: list[float]) -> None:
    found = shares(sorted(amounts))
    if None not in found:
        assert found == sorted(share for share in found if share is not None)


@settings(max_examples=8)
@given(st.permutations(example()))
def test_the_order_of_the_rows_does_not_matter(tracking: list[dict[str, Any]]) -> None:
    dept = build({"initiation": [{}], "tracking": tracking})
    table = bonus_basis(dept, bonus_rows(dept, ALL)).drop(columns="依据")
    plain = build({"initiation": [{}], "tracking": example()})
    pd.testing.assert_frame_equal(
        table, bonus_basis(plain, bonus_rows(plain, ALL)).drop(columns="依据")
    )
